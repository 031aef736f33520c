package main

import (
	"fmt"
	"text/tabwriter"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// printTrend tells how a target's scores went over its sessions, oldest first.
func (a *app) printTrend(list []sessions.Summary, target string, asJSON bool) error {
	points := sessions.Trend(list, target)
	if len(points) == 0 {
		var names []string
		for _, s := range list {
			names = append(names, s.Target)
		}
		err := fmt.Errorf("no session reviews the target %.60q", target)
		if near := checks.Nearest(target, names); near != "" {
			err = fmt.Errorf("%w: did you mean %s?", err, near)
		}
		return usage(hint(err, "gonogo sessions lists them"))
	}
	if asJSON {
		return a.json(points)
	}
	w := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "CREATED\tVERSION\tPROFILE\tDECISION\tSCORE\tCHANGE\tBLOCKERS\tID")
	for _, p := range points {
		change := ""
		if p.Change != nil {
			change = fmt.Sprintf("%+.1f", *p.Change)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%.1f %%\t%s\t%d\t%s\n", p.Created.Local().Format("2006-01-02 15:04"), clean.Line(p.Version),
			clean.Line(p.Profile), p.Decision.Words(), sessions.Rounded(p.Score, 1), change, p.Blockers, p.Session)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(a.out)
	for _, line := range sessions.TrendWords(points) {
		fmt.Fprintln(a.out, clean.Line(line))
	}
	return nil
}
