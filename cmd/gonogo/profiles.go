package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
)

func (a *app) profilesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the built-in profiles; show one; check your own",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, name := range profiles.Names() {
				p, err := profiles.Load(name, configDir())
				if err != nil {
					return err
				}
				items := 0
				for _, c := range p.Categories {
					items += len(c.Items)
				}
				fmt.Fprintf(w, "%s\t%d items\t%d categories\t%s\n", name, items, len(p.Categories), p.Title)
			}
			return w.Flush()
		},
	}
	cmd.AddCommand(
		&cobra.Command{Use: "show NAME", Short: "List every item of a profile", Args: exactly("a NAME"),
			RunE: func(_ *cobra.Command, args []string) error { return a.showProfile(args[0]) }},
		&cobra.Command{Use: "check FILE", Short: "Explain every mistake in a profile", Args: exactly("a FILE"),
			RunE: func(_ *cobra.Command, args []string) error { return a.checkProfile(args[0]) }},
	)
	return cmd
}

func (a *app) showProfile(name string) error {
	p, err := profiles.Load(name, configDir())
	if err != nil {
		return usage(err)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, c := range p.Categories {
		fmt.Fprintf(w, "%s (%s), weight %g\n", c.Title, c.ID, c.Weight)
		for i := range c.Items {
			it := &c.Items[i]
			how := "question: " + it.Question
			if len(it.Checks) > 0 {
				how = ""
				for j, ch := range it.Checks {
					if j > 0 {
						how += ", "
					}
					how += ch.Kind
				}
			}
			fmt.Fprintf(w, "  %s\t%s\t%s\t%s\t%s\t%s\n", it.ID, it.Level, it.Severity, checks.ItemGate(p, it), it.Title, how)
		}
	}
	return w.Flush()
}

func (a *app) checkProfile(file string) error {
	p, err := profiles.Load(file, configDir())
	if err == nil {
		err = checks.CheckProfile(p, kinds.Registry())
	}
	if err != nil {
		return exitError{exitFailed, err}
	}
	items := 0
	for _, c := range p.Categories {
		items += len(c.Items)
	}
	fmt.Fprintf(a.out, "%s: profile %s is sound: %s in %s\n", file, p.ID, counted(items, "item", "items"), counted(len(p.Categories), "category", "categories"))
	return nil
}

// counted says "1 item" or "3 items".
func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func (a *app) checksCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "checks",
		Short: "List the kinds of checks; show one with its rule and parameters",
		Args:  exactly(),
		RunE: func(*cobra.Command, []string) error {
			w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
			for _, k := range kinds.Registry().Kinds() {
				fmt.Fprintf(w, "%s\t%s\t%s\n", k.ID, k.Class, k.Title)
			}
			return w.Flush()
		},
	}
	cmd.AddCommand(&cobra.Command{Use: "show KIND", Short: "Show a kind's rule, what it sends and its parameters", Args: exactly("a KIND"),
		RunE: func(_ *cobra.Command, args []string) error {
			reg := kinds.Registry()
			k, ok := reg.Kind(args[0])
			if !ok {
				var ids []string
				for _, k := range reg.Kinds() {
					ids = append(ids, k.ID)
				}
				return usage(hint(fmt.Errorf("no kind %q", args[0]), "gonogo checks lists them"+didYouMean(checks.Nearest(args[0], ids))))
			}
			_, err := fmt.Fprint(a.out, k.Doc())
			return err
		}})
	return cmd
}
