package main

import (
	"context"
	"encoding/json"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

func (a *app) sessionsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "sessions",
		Short: "List the saved sessions, newest first",
		Args:  exactly(),
		RunE:  func(cmd *cobra.Command, _ []string) error { return a.listSessions(cmd.Context(), asJSON) },
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	cmd.AddCommand(&cobra.Command{
		Use: "remove ID", Short: "Move a session to the trash folder", Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.removeSession(cmd.Context(), args[0]) },
	})
	return cmd
}

func (a *app) listSessions(ctx context.Context, asJSON bool) error {
	st, err := a.openStore()
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := sessions.List(ctx, st, kinds.Registry())
	if err != nil {
		return err
	}
	if asJSON {
		if list == nil {
			list = []sessions.Summary{}
		}
		return a.json(list)
	}
	if len(list) == 0 {
		fmt.Fprintln(a.out, "no sessions yet: gonogo demo makes one, gonogo review TARGET.toml begins a real one")
		return nil
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tTARGET\tPROFILE\tDECISION\tSCORE\tSTATE\tTOUCHED")
	for _, s := range list {
		score := fmt.Sprintf("%.1f %%", s.Score)
		if s.Damaged != "" {
			score = "damaged"
			fmt.Fprintf(a.errOut, "gonogo: %s: %s\n", s.ID, clean.Line(s.Damaged))
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", s.ID, clean.Line(s.Target+" "+s.Version), clean.Line(s.Profile),
			s.Decision.Words(), score, s.State, s.Touched.Local().Format("2006-01-02 15:04"))
	}
	return w.Flush()
}

func (a *app) json(v any) error {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(v)
}

func (a *app) removeSession(ctx context.Context, arg string) error {
	st, err := a.openStore()
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := sessions.ResolveID(ctx, st, arg)
	if err != nil {
		return usage(hint(err, "gonogo sessions lists them"))
	}
	if err := st.Remove(ctx, id); err != nil {
		return err
	}
	fmt.Fprintf(a.out, "moved %s to the trash folder\n", id)
	return nil
}

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "show ID",
		Short: "Show a session's scores, decision and open items",
		Args:  exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
			if err != nil {
				return err
			}
			defer done()
			doc := a.document(cmd.Context(), s)
			if asJSON {
				out, err := report.JSON(doc)
				if err != nil {
					return err
				}
				_, err = a.out.Write(out)
				return err
			}
			fmt.Fprintf(a.out, "%s %s · %s · %s\n\n", clean.Line(doc.Target.Name), clean.Line(doc.Target.Version), doc.Profile.ID, doc.Session.State)
			printResult(a.out, doc)
			printOpen(a, s.State())
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the JSON document")
	return cmd
}

// document builds a session's document; an earlier session it re-tests is told about when
// it is still there.
func (a *app) document(ctx context.Context, s *sessions.Session) *report.Document {
	st := s.State()
	var prev *sessions.State
	if from := st.Opened.From; from != "" {
		if old, done, err := a.openSession(ctx, from, sessions.View); err == nil {
			prev = old.State()
			done()
		}
	}
	return report.Build(st, sessions.Assess(st), prev, version)
}

func printOpen(a *app, st *sessions.State) {
	as := sessions.Assess(st)
	if len(as.Open) == 0 {
		return
	}
	fmt.Fprintln(a.out)
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	for _, o := range as.Open {
		waived := ""
		if o.Waived {
			waived = " (waived)"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s%s\n", o.Gate, o.Item, o.Verdict, clean.Line(o.Title), waived)
	}
	w.Flush()
}

func (a *app) compareCommand() *cobra.Command {
	var asJSON, failOnRegression bool
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Compare two sessions item by item: what was fixed, what regressed, why the score moved",
		Args:  exactly("session A", "session B"),
		RunE: func(cmd *cobra.Command, args []string) error {
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
