package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
)

func (a *app) compareCommand() *cobra.Command {
	var asJSON, failOnRegression bool
	cmd := &cobra.Command{
		Use:   "compare [A] B",
		Short: "Compare two sessions item by item: what was fixed, what regressed, why the score moved",
		Long: "Compare two sessions item by item: what was fixed, what regressed, why the score moved.\n\n" +
			"With one session it is compared with the baseline of its target and profile (gonogo sessions\n" +
			"baseline), else with the session it tests again, else with the newest earlier one of the same target\n" +
			"and profile; which one is said on standard error.",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				return nil
			}
			return exactly("session A", "session B")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				before, err := a.before(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				args = []string{before, args[0]}
			}
			c, err := a.compare(cmd.Context(), args[0], args[1])
			if err != nil {
				return err
			}
			if asJSON {
				err = a.json(c)
			} else {
				_, err = fmt.Fprint(a.out, c.Text())
			}
			if err == nil && failOnRegression && c.Regressed() {
				err = exitError{code: exitFailed}
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&failOnRegression, "fail-on-regression", false, "exit 1 when something got worse")
	return cmd
}

func (a *app) compare(ctx context.Context, first, second string) (sessions.Comparison, error) {
	old, doneOld, err := a.openSession(ctx, first, sessions.View)
	if err != nil {
		return sessions.Comparison{}, err
	}
	oldState := old.State()
	doneOld()
	now, doneNew, err := a.openSession(ctx, second, sessions.View)
	if err != nil {
		return sessions.Comparison{}, err
	}
	defer doneNew()
	return sessions.Compare(oldState, now.State()), nil
}

// before finds what a session is compared with, and says on stderr which that is.
func (a *app) before(ctx context.Context, arg string) (string, error) {
	s, done, err := a.openSession(ctx, arg, sessions.View)
	if err != nil {
		return "", err
	}
	of := sessions.Summarise(s.State())
	done()
	st, err := a.openStore()
	if err != nil {
		return "", err
	}
	defer st.Close()
	list, err := sessions.List(ctx, st, kinds.Registry())
	if err != nil {
		return "", err
	}
	found, why := sessions.Before(list, of)
	if why == "" {
		return "", usage(hint(fmt.Errorf("there is no session of %s against %s before %s", clean.Line(of.Target), clean.Line(of.Profile), of.ID),
			"name two sessions; gonogo sessions lists them"))
	}
	fmt.Fprintf(a.errOut, "gonogo: compared with %s, %s\n", why, found.ID)
	return found.ID, nil
}

func (a *app) baselineCommand() *cobra.Command {
	var off bool
	cmd := &cobra.Command{
		Use:   "baseline ID",
		Short: "Pin a session as what others of its target and profile are compared with",
		Long: "Pin a session as the baseline of its target and profile: what others are compared with where nobody\n" +
			"names another. The pin is an event in the session's own journal, so it goes along when the session is\n" +
			"packed and moved; it leaves a submitted or accepted session as it is. Of several the last pinned counts.",
		Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.baseline(cmd.Context(), args[0], !off) },
	}
	cmd.Flags().BoolVar(&off, "off", false, "take the pin away")
	return cmd
}

func (a *app) baseline(ctx context.Context, id string, on bool) error {
	by, _, err := a.actor()
	if err != nil {
		return err
	}
	s, done, err := a.openSession(ctx, id, sessions.Open)
	if err != nil {
		return err
	}
	defer done()
	if _, err := s.Record(ctx, by, sessions.BaselineSet{On: on}); err != nil {
		return err
	}
	word := "is no baseline any more"
	if on {
		word = "is the baseline of " + clean.Line(s.State().Target.Name).String() + ", " + s.State().Profile.ID
	}
	fmt.Fprintln(a.out, s.ID(), word)
	return nil
}
