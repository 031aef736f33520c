package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/sessions/library"
)

func (a *app) findingsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "findings",
		Short: "List the finding texts to pick from; show one; check your own",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			all, err := library.Load(configDir())
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, e := range all {
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", e.ID, e.Severity, e.Title, strings.Join(append(append(e.Items, e.Kinds...), e.Tags...), " "))
			}
			if flushErr := w.Flush(); flushErr != nil {
				return flushErr
			}
			return err
		},
	}
	cmd.AddCommand(
		&cobra.Command{Use: "show ID", Short: "Show one finding text", Args: exactly("an ID"),
			RunE: func(_ *cobra.Command, args []string) error { return a.showFinding(args[0]) }},
		&cobra.Command{Use: "check FILE", Short: "Explain every mistake in a file of findings", Args: exactly("a FILE"),
			RunE: func(_ *cobra.Command, args []string) error {
				found, err := library.ReadFile(args[0])
				if err != nil {
					return exitError{exitFailed, err}
				}
				fmt.Fprintf(a.out, "%s: %s, all sound\n", args[0], counted(len(found), "finding", "findings"))
				return nil
			}},
	)
	return cmd
}

func (a *app) showFinding(id string) error {
	all, loadErr := library.Load(configDir())
	var ids []string
	for _, e := range all {
		if e.ID == id {
			fmt.Fprintf(a.out, "%s (%s, %s)\n\n%s\n\nRecommendation: %s\n\n", e.Title, e.ID, e.Source, strings.TrimSpace(e.Description), e.Recommendation)
			for _, l := range [][2]string{{"severity", string(e.Severity)}, {"horizon", e.Horizon}, {"effort", e.Effort}, {"impact", e.Impact}, {"probability", e.Probability},
				{"items", strings.Join(e.Items, " ")}, {"kinds", strings.Join(e.Kinds, " ")}, {"tags", strings.Join(e.Tags, " ")}} {
				if l[1] != "" {
					fmt.Fprintf(a.out, "  %-12s %s\n", l[0], l[1])
				}
			}
			return nil
		}
		ids = append(ids, e.ID)
	}
	if loadErr != nil {
		return loadErr
	}
	return usage(hint(fmt.Errorf("no finding %q", id), "gonogo findings lists them"+didYouMean(checks.Nearest(id, ids))))
}
