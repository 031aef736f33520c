package consent

import (
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/load"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// facts are the rows of the dialog under what is sent, label and text: the bounds that
// the guard holds every run to.
func (d *Dialog) facts() [][2]string {
	stops := [2]string{labelStops, fmt.Sprintf(stopsByKey, d.env.Key(action.RunStop))}
	if d.runs {
		return [][2]string{{labelWhere, whereHere}, stops, {labelLeaves, leavesOfArgv}}
	}
	out := [][2]string{{labelWhere, fmt.Sprintf(wherePinned, d.host)}}
	if d.class == checks.Load {
		out = append(out, [2]string{labelAtMost, load.Bounds(d.target)})
	}
	if d.class == checks.Intrusive {
		out = append(out, [2]string{labelAtMost, fmt.Sprintf(atMostSent, screen.Number(guard.DefaultBudget), guard.BurstBudget)})
	}
	leaves := leavesLogs
	if d.class == checks.Load {
		leaves = leavesSlower
	}
	return append(out, stops, [2]string{labelLeaves, leaves})
}

// sent lists each check with its paths, and under those that send the same what that is.
func (d *Dialog) sent(inner int) []string {
	var out []string
	for i, a := range d.asks {
		l := d.env.Paint.Line(inner)
		l.Gap(2).Add(themes.Strong, a.Item).Gap(2)
		if len(a.Paths) > 0 {
			paths := strings.Join(a.Paths, " ")
			l.Middle(themes.Text, paths, min(paint.Width(paths), l.Room()))
		}
		out = append(out, l.String())
		if a.Runs != "" { // every character of it: it is what gets executed
			out = append(out, d.exactly(inner, a.Runs)...)
			continue
		}
		if i+1 < len(d.asks) && d.asks[i+1].Sends == a.Sends {
			continue
		}
		for _, part := range paint.Wrap(a.Sends, max(inner-5, 1)) {
			l := d.env.Paint.Line(inner)
			out = append(out, l.Gap(4).Add(themes.Muted, part).String())
		}
	}
	return out
}

// exactly shows a command line, broken where it must be and cut nowhere.
func (d *Dialog) exactly(inner int, text string) []string {
	var out []string
	for _, part := range paint.Wrap(fmt.Sprintf(starts, text), max(inner-5, 1)) {
		l := d.env.Paint.Line(inner)
		out = append(out, l.Gap(4).Add(themes.Strong, part).String())
	}
	return out
}
