package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
)

func (a *app) packCommand() *cobra.Command {
	var out string
	var force, withhold bool
	cmd := &cobra.Command{
		Use:   "pack ID",
		Short: "Write a session as one unsigned file, to move it",
		Args:  exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
			if err != nil {
				return err
			}
			defer done()
			contents, facts, err := handover.SomeContents(cmd.Context(), s, version, func(string) bool { return !withhold })
			if err != nil {
				return err
			}
			if out == "" {
				out = s.ID() + ".gonogo"
			}
			if err := writeNew(out, signing.Pack(contents, facts), force); err != nil {
				return err
			}
			fmt.Fprintln(a.out, "packed", out)
			return nil
		},
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default: ID.gonogo)")
	cmd.Flags().BoolVar(&force, "force", false, "overwrite the file")
	cmd.Flags().BoolVar(&withhold, "without-evidence", false, withoutEvidence)
	return cmd
}

func (a *app) unpackCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "unpack FILE",
		Short: "Bring a packed or signed session into this machine's store",
		Args:  exactly("a FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			file, err := signing.ReadFile(args[0])
			if err != nil {
				return usage(err)
			}
			st, err := a.openStore()
			if err != nil {
				return err
			}
			defer st.Close()
			u, err := signing.Unpack(cmd.Context(), st, file)
			if err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
			fmt.Fprintf(a.out, "session %s: %s\n", u.ID, u.Done)
			if u.Withheld > 0 {
				fmt.Fprintf(a.errOut, "gonogo: %d pieces of evidence are withheld in %s: only their digests came along\n", u.Withheld, args[0])
			}
			return nil
		},
	}
}
