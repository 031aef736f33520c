package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

func (a *app) sessionsCommand() *cobra.Command {
	var asJSON bool
	var target string
	cmd := &cobra.Command{
		Use:     "sessions",
		Short:   "List the saved sessions, newest first; or how one target's scores went",
		Example: "  gonogo sessions\n  gonogo sessions --target payments",
		Args:    exactly(),
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.listSessions(cmd.Context(), target, asJSON) },
	}
	cmd.Flags().StringVar(&target, "target", "", "tell how the scores of this target went, oldest first")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	cmd.AddCommand(a.searchCommand(), a.baselineCommand())
	cmd.AddCommand(&cobra.Command{
		Use: "remove ID", Short: "Take a session out of the lists: to the trash folder, or hidden in the database", Args: exactly("an ID"),
		RunE: func(cmd *cobra.Command, args []string) error { return a.removeSession(cmd.Context(), args[0]) },
	})
	return cmd
}

func (a *app) listSessions(ctx context.Context, target string, asJSON bool) error {
	st, err := a.openStore()
	if err != nil {
		return err
	}
	defer st.Close()
	list, err := sessions.List(ctx, st, kinds.Registry())
	if err != nil {
		return err
	}
	if target != "" {
		return a.printTrend(list, target, asJSON)
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
		score := fmt.Sprintf("%.1f %%", sessions.Rounded(s.Score, 1))
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
	fmt.Fprintf(a.out, "removed %s: %s\n", id, sessions.AfterRemoval(st))
	return nil
}

func (a *app) showCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "show ID [ITEM...]",
		Short:   "Show a session's scores, decision and open items; or single items with what was found",
		Example: "  gonogo show latest\n  gonogo show latest SEC-12 REL-02",
		Args: func(cmd *cobra.Command, args []string) error {
			return exactly("an ID")(cmd, args[:min(1, len(args))])
		},
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
			if len(args) > 1 {
				return showItems(a.out, doc, args[1:])
			}
			fmt.Fprintf(a.out, "%s %s · %s · %s\n\n", clean.Line(doc.Target.Name), clean.Line(doc.Target.Version), doc.Profile.ID, doc.Session.State)
			if held := s.Held(cmd.Context()); held != "" {
				fmt.Fprintf(a.out, "%s\n\n", clean.Line(held))
			}
			printResult(a.out, doc)
			printOpen(a.out, s.State(), doc)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the JSON document")
	return cmd
}

// document builds a session's document. What changed is told from what the session
// remembers of the one it tests again; one that remembers nothing looks it up, when it is
// still there.
func (a *app) document(ctx context.Context, s *sessions.Session) *report.Document {
	st := s.State()
	var prev *sessions.State
	if from := st.Opened.From; from != "" && st.Earlier == nil {
		old, done, err := a.openSession(ctx, from, sessions.View)
		if err != nil {
			fmt.Fprintf(a.errOut, "gonogo: the session this one tests again, %s, is not here any more: what changed since is not told\n", from)
			return report.Build(st, sessions.Assess(st), nil, version)
		}
		prev = old.State()
		done()
	}
	return report.Build(st, sessions.Assess(st), prev, version)
}

// printOpen lists the open items, strictest gate first, each with what was found.
func printOpen(w io.Writer, st *sessions.State, doc *report.Document) {
	open := sessions.Assess(st).Open
	if len(open) == 0 {
		return
	}
	found := map[string]string{}
	width := 0
	for _, it := range doc.Items {
		found[it.ID], width = it.Summary, max(width, len(it.ID))
	}
	fmt.Fprintln(w)
	for _, o := range open {
		waived := ""
		if o.Waived {
			waived = " (waived)"
		}
		fmt.Fprintf(w, "%-9s  %-*s  %-12s  %s%s\n", o.Gate, width, o.Item, o.Verdict, clean.Line(o.Title), waived)
		if text := clean.Line(found[o.Item]); text != "" {
			fmt.Fprintf(w, "           %s\n", text)
		}
	}
	fmt.Fprintf(w, "\nnext: gonogo show ID ITEM tells more of one item, such as %s\n", open[0].Item)
}

// showItems prints single items with all that was found.
func showItems(w io.Writer, doc *report.Document, ids []string) error {
	var all []string
	byID := map[string]report.Item{}
	for _, it := range doc.Items {
		all, byID[it.ID] = append(all, it.ID), it
	}
	for n, id := range ids {
		it, ok := byID[id]
		if !ok {
			return noItem(id, all)
		}
		if n > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "%s  %s  %s · %s\n%s\n", it.ID, it.Verdict, it.Severity, it.Gate, clean.Line(it.Title))
		row := func(label, text string) {
			if text = strings.TrimSpace(string(clean.Block(text))); text != "" {
				fmt.Fprintf(w, "  %-9s %s\n", label, strings.ReplaceAll(text, "\n", "\n            "))
			}
		}
		if m := it.Machine; m != nil {
			row("machine", string(m.Today)+": "+m.Reason)
		}
		if r := it.Reviewer; r != nil {
			said := string(r.Verdict) + ": " + join(r.Reason, r.By)
			if !r.Counts {
				said += "; counts no more"
			}
			row("reviewer", said)
		}
		row("question", it.Question)
		row("note", it.Note)
		row("why", it.Why)
		row("fix", it.Fix)
		row("refs", strings.Join(it.Refs, ", "))
		for i, e := range it.Evidence {
			if i > 0 && e.What == it.Evidence[i-1].What {
				continue
			}
			row("evidence", fmt.Sprintf("%s (%s)", e.What, e.Strength))
		}
	}
	return nil
}

// join puts who said it behind what was said.
func join(reason, by string) string {
	if reason == "" {
		return "by " + by
	}
	return reason + ", by " + by
}
