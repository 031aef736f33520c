package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

func (a *app) submitCommand() *cobra.Command {
	return a.signOff("submit", "submitted", "Submit a review for acceptance", false)
}

func (a *app) acceptCommand() *cobra.Command {
	return a.signOff("accept", "accepted", "Accept a submitted review", false)
}

func (a *app) returnCommand() *cobra.Command {
	return a.signOff("return", "returned", "Return a submitted review with a comment", true)
}

// signOff makes one of the three commands that move a review along.
func (a *app) signOff(name, state, short string, needsComment bool) *cobra.Command {
	var comment string
	cmd := &cobra.Command{
		Use: name + " ID", Short: short, Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if needsComment && comment == "" {
				return usage(hint(fmt.Errorf("%s needs a reason", name), "give --comment TEXT"))
			}
			return a.moveTo(cmd.Context(), args[0], state, comment)
		},
	}
	cmd.Flags().StringVar(&comment, "comment", "", "why")
	return cmd
}

func (a *app) moveTo(ctx context.Context, id, state, comment string) error {
	s, done, err := a.openSession(ctx, id, sessions.Open)
	if err != nil {
		return err
	}
	defer done()
	by, _, err := a.actor()
	if err != nil {
		return err
	}
	if state != "submitted" && s.State().SignOff.State != "submitted" {
		return hint(fmt.Errorf("session %s is %s, not submitted", s.ID(), s.State().SignOff.State), "gonogo submit ID comes first")
	}
	if _, err := s.Record(ctx, by, sessions.SignedOff{State: state, Comment: clean.Block(comment)}); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "%s is %s by %s\n", s.ID(), state, by)
	return nil
}
