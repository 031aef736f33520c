package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
)

func (a *app) historyCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "history ID [ITEM...]",
		Short: "Tell who did what when, in a session or to single items",
		Long: "Tell who did what when, oldest first: in the whole session, or to single items. The first column is\n" +
			"the event's number. With it, or with a time, every command that looks at a session shows it as it\n" +
			"was: gonogo show ID@41, gonogo export ID@2026-11-22T14:09.",
		Example: "  gonogo history latest\n  gonogo history latest SEC-12",
		Args: func(cmd *cobra.Command, args []string) error {
			return exactly("an ID")(cmd, args[:min(1, len(args))])
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			s, done, err := a.openSession(cmd.Context(), args[0], sessions.View)
			if err != nil {
				return err
			}
			defer done()
			return a.printHistory(s, args[1:], asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	return cmd
}

func (a *app) printHistory(s *sessions.Session, items []string, asJSON bool) error {
	if err := knownItems(s.State(), items); err != nil {
		return err
	}
	list := sessions.History(s.Events(), items...)
	if asJSON {
		return a.json(list)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	day := ""
	for _, h := range list {
		if d := h.At.Local().Format("2006-01-02"); d != day {
			w.Flush()
			fmt.Fprintln(a.out, d)
			day = d
		}
		undone := ""
		if h.Undone {
			undone = " (undone)"
		}
		fmt.Fprintf(w, "%d\t%s\t  %s: %s%s\n", h.Seq, h.At.Local().Format("15:04:05"), clean.Line(h.Who()), clean.Line(h.What), undone)
	}
	return w.Flush()
}

// knownItems refuses items that the session's profile does not have.
func knownItems(st *sessions.State, ids []string) error {
	for _, id := range ids {
		if _, ok := st.Items[id]; !ok {
			return noItem(id, slices.Collect(maps.Keys(st.Items)))
		}
	}
	return nil
}

// noItem says that a session has no such item, and names the nearest of those it has.
func noItem(id string, all []string) error {
	err := fmt.Errorf("this session has no item %.40q", id)
	if near := checks.Nearest(id, all); near != "" {
		err = fmt.Errorf("%w: did you mean %s?", err, near)
	}
	return usage(err)
}

func (a *app) assignCommand() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "assign ID ITEM...",
		Short: "Say who of several assessors looks at which items",
		Long: "Say who of several assessors looks at which items (ids, or patterns such as SEC-*). It is a note for\n" +
			"those who work on the session, no lock: anybody's judgement counts, and the journal says whose it is.",
		Example: "  gonogo assign latest 'SEC-*' --to 'L. Brandt'\n  gonogo assign latest SEC-12 --to ''",
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage(errors.New("an ID and at least one item are needed"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("to") {
				return usage(hint(errors.New("nobody was named"), "give --to NAME, or --to '' for nobody"))
			}
			return a.assign(cmd.Context(), args[0], args[1:], to)
		},
	}
	cmd.Flags().StringVar(&to, "to", "", "who looks at them; empty takes them back")
	return cmd
}

func (a *app) assign(ctx context.Context, id string, patterns []string, to string) error {
	by, _, err := a.actor()
	if err != nil {
		return err
	}
	s, done, err := a.openSession(ctx, id, sessions.Open)
	if err != nil {
		return err
	}
	defer done()
	var items []string
	for _, p := range patterns {
		found := checks.MatchItems(s.State().Profile, []string{p})
		if len(found) == 0 {
			return knownItems(s.State(), []string{p})
		}
		items = append(items, found...)
	}
	slices.Sort(items)
	items = slices.Compact(items)
	if _, err := s.Record(ctx, by, sessions.Assigned{Items: items, To: clean.Line(to)}); err != nil {
		return err
	}
	who := clean.Line(to).String()
	if who == "" {
		who = "nobody"
	}
	fmt.Fprintf(a.out, "%d items assigned to %s\n", len(items), who)
	return nil
}

// searchCommand is gonogo sessions search.
func (a *app) searchCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "search TEXT",
		Short: "Find what was said in any session: reasons, notes, findings, conditions, waivers, items, people",
		Args:  exactly("a TEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			st, err := a.openStore()
			if err != nil {
				return err
			}
			defer st.Close()
			list, err := sessions.List(cmd.Context(), st, kinds.Registry())
			if err != nil {
				return err
			}
			hits, err := sessions.Search(cmd.Context(), st, list, args[0])
			if errors.Is(err, sessions.ErrTooMany) {
				fmt.Fprintln(a.errOut, "gonogo:", err, "- the first of them follow; search for more words")
				err = nil
			} else if err != nil && len(hits) == 0 {
				return err
			}
			if asJSON {
				return errors.Join(err, a.json(hits))
			}
			if len(hits) == 0 {
				fmt.Fprintf(a.out, "nothing in %d sessions says %s\n", len(list), clean.Line(args[0]))
			}
			last := ""
			for _, h := range hits {
				if h.Session != last {
					fmt.Fprintln(a.out, h.Session)
					last = h.Session
				}
				fmt.Fprintf(a.out, "  %4d  %s  %s: %s\n", h.Seq, h.At.Local().Format("2006-01-02 15:04"), clean.Line(string(h.By)), clean.Line(h.What))
			}
			return err // of a journal that could not be searched
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print a JSON list")
	return cmd
}
