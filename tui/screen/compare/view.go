package compare

import (
	"fmt"
	"math"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// signs are what stands before a group.
var signs = map[string]struct {
	sign  string
	token themes.Token
}{
	sessions.Regressed: {themes.SignFail, themes.Fail}, sessions.NewFailure: {themes.SignFail, themes.Fail},
	sessions.StillOpen: {themes.SignWarn, themes.Warn}, sessions.NoLongerKnown: {themes.SignInconclusive, themes.Unknown},
	sessions.ObservationChanged: {"~", themes.Changed}, sessions.DefinitionChanged: {"#", themes.Changed},
	sessions.WaiverExpired: {"w", themes.Changed}, sessions.WaiverAdded: {"w", themes.Changed},
	sessions.Fixed: {themes.SignPass, themes.Pass}, sessions.NewlyKnown: {themes.SignPass, themes.Pass},
	sessions.Same: {themes.SignPending, themes.Muted},
}

func (s *compare) View(w, h int) string {
	p := s.env.Paint
	if s.loaded == nil || s.loaded.err != nil {
		text, token := reading, themes.Muted
		if s.loaded != nil {
			text, token = fmt.Sprintf(goesBack, s.loaded.err, s.env.Key(action.Back)), themes.Error
		}
		lines := []string{p.Title(w, heading, ""), p.Across(w, true)}
		for _, part := range paint.Wrap(text, max(min(w-2, layout.Prose), 1)) {
			l := p.Line(w)
			lines = append(lines, l.Gap(1).Add(token, part).String())
		}
		return paint.Page(w, h, paint.Pad(lines, w, h))
	}
	lines := append([]string{s.title(w), p.Across(w, true)}, s.headline(w)...)
	if s.table {
		lines = append(lines, s.tableHead(w))
	}
	if len(s.rows) == 0 {
		l := p.Line(w)
		lines = append(lines, l.Gap(1).Add(themes.Muted, screen.NothingMatches(s.filter, s.env.Key(action.Back))).String())
	}
	s.rowsFrom = len(lines)
	from, to := s.list.Window(h - len(lines))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(w, i))
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// tableHead names the table's columns.
func (s *compare) tableHead(w int) string {
	l := s.env.Paint.Line(w)
	title := max(w-1-1-2-24, 12)
	if w >= wideTable {
		title = min(title, 52)
	}
	l.Gap(2).Fit(themes.Muted, itemColumn, title+1).Fit(themes.Muted, verdictsColumn, 9).Fit(themes.Muted, becameColumn, 14)
	if w >= wideTable {
		l.Gap(1).Add(themes.Muted, seenColumn)
	}
	return l.String()
}

// title names the two: "phase5-dashboard   1.4, 17 Jan → 1.5, 31 Jan".
func (s *compare) title(w int) string {
	c := s.loaded.c
	left := heading + "   " + c.New.Target
	if c.Old.Target != c.New.Target {
		left = heading + "   " + c.Old.Target + " " + themes.SignArrow + " " + c.New.Target
	}
	old, new := side(c.Old, "2 Jan"), side(c.New, "2 Jan")
	if old == new { // of one day
		old, new = side(c.Old, "2 Jan 15:04"), side(c.New, "2 Jan 15:04")
	}
	left += "   " + old + " " + themes.SignArrow + " " + new
	if c.Old.Profile != c.New.Profile {
		left += "   " + c.Old.Profile + " " + themes.SignArrow + " " + c.New.Profile
	}
	return s.env.Paint.Title(w, left, readOnly)
}

func side(x sessions.ComparisonSide, layout string) string {
	at, err := time.Parse(time.RFC3339, x.At)
	if err != nil {
		return x.Version
	}
	return strings.TrimPrefix(x.Version+", ", ", ") + at.Local().Format(layout)
}

// headline is how decision and score changed, and what the score's change is made of.
func (s *compare) headline(w int) []string {
	p, c := s.env.Paint, s.loaded.c
	// The change that is shown is that of the scores that are shown.
	change := int(math.Round(c.New.Score*10)) - int(math.Round(c.Old.Score*10))
	l := p.Line(w)
	_, was := screen.DecisionSign(c.Old.Decision)
	_, is := screen.DecisionSign(c.New.Decision)
	l.Gap(1).Add(was, c.Old.Decision.Words()).Add(themes.Text, " "+themes.SignArrow+" ").Add(is, c.New.Decision.Words()).Gap(3)
	l.Add(themes.Strong, fmt.Sprintf("%.1f %s %s, %s", sessions.Rounded(c.Old.Score, 1), themes.SignArrow, screen.Percent(c.New.Score, 1), moved(change)))
	split := p.Line(w)
	split.Gap(1)
	for i, v := range tenths(c.Split, change) {
		token := themes.Muted
		switch {
		case v > 0:
			token = themes.Added
		case v < 0:
			token = themes.Removed
		}
		split.Add(themes.Muted, partTitle(c, c.Split[i])+" ").Add(token, points(float64(v)/10)).Gap(3)
	}
	return []string{l.String(), split.String(), paint.Blank(w)}
}

// partTitle names a part of the score's change. What is no longer known takes from a score
// as what is newly known adds to it, and is called by its own name.
func partTitle(c sessions.Comparison, p sessions.SplitPart) string {
	if p.Kind != "coverage" {
		return p.Title
	}
	came, went := false, false
	for _, g := range c.Groups {
		came = came || g.Kind == sessions.NewlyKnown && len(g.Items) > 0
		went = went || g.Kind == sessions.NoLongerKnown && len(g.Items) > 0
	}
	switch {
	case came && went:
		return cameAndWent
	case went:
		return onlyWent
	}
	return p.Title
}

// tenths are the parts of a score's change in tenths of a point, so that what is shown adds
// up to the change that is shown: what rounding leaves over goes to the parts that it was
// taken from most.
func tenths(parts []sessions.SplitPart, change int) []int {
	out := make([]int, len(parts))
	left := change
	for i, p := range parts {
		out[i] = int(math.Round(p.Points * 10))
		left -= out[i]
	}
	for step := 1; left != 0 && len(parts) > 0; left -= step {
		if step = 1; left < 0 {
			step = -1
		}
		most := 0
		off := func(i int) float64 { return float64(step) * (parts[i].Points*10 - float64(out[i])) }
		for i := range parts {
			if off(i) > off(most) {
				most = i
			}
		}
		out[most] += step
	}
	return out
}

// moved is a score's change, in tenths of a point, in words where there is none.
func moved(tenths int) string {
	if tenths == 0 {
		return unchanged
	}
	return points(float64(tenths) / 10)
}

// points prints a difference with its sign and one decimal.
func points(v float64) string {
	if v > -0.05 && v < 0.05 {
		return "0"
	}
	return strings.Replace(fmt.Sprintf("%+.1f", v), "-", themes.SignMinus, 1)
}

func (s *compare) row(w, i int) string {
	r := s.rows[i]
	l := s.env.Paint.Row(w, i == s.list.At)
	cursor := " "
	if i == s.list.At {
		cursor = themes.SignCursor
	}
	l.Add(themes.Focus, cursor)
	if r.item != nil {
		s.item(&l, w, r)
		return l.String()
	}
	x := signs[r.group.Kind]
	n := len(r.group.Items)
	l.Add(x.token, x.sign).Gap(1).Right(themes.Text, screen.Number(n), s.digits()).Gap(1).Add(themes.Text, r.group.Title)
	switch {
	case s.open[r.group.Kind] || s.filter != "":
	case n == 1:
		l.End(themes.Muted, r.group.Items[0].Item+" ")
	default:
		l.End(themes.Muted, fmt.Sprintf(keyOpens, s.env.Key(action.Right))+" ")
	}
	return l.String()
}

// digits is how wide the groups' numbers are.
func (s *compare) digits() int {
	n := 2
	for _, g := range s.loaded.c.Groups {
		n = max(n, len(screen.Number(len(g.Items))))
	}
	return n
}

// item is one change: the two verdicts stay where they are, the title shrinks. Where there
// is room, what became of it and what is seen now stand behind.
func (s *compare) item(l *paint.Line, w int, r row) {
	c := *r.item
	indent, end := 5, 10 // the two verdicts and the gate
	if s.table {
		indent = 1
		end += 14
	}
	title := max(w-1-indent-2-end, 12)
	if wide := w >= wideTable; wide {
		title = min(title, 52)
	}
	l.Gap(indent).Fit(themes.Text, c.Item+" "+c.Title, title).Gap(2)
	for n, v := range []checks.Verdict{c.Old, c.New} {
		if n == 1 {
			l.Add(themes.Muted, " "+themes.SignArrow+" ")
		}
		sign, token := " ", themes.Muted
		if v != "" {
			sign, token = screen.VerdictSign(v)
		}
		l.Fit(token, sign, 1)
	}
	l.Gap(3)
	switch c.Gate {
	case checks.Blocker:
		l.Add(themes.Blocker, "B")
	case checks.Condition:
		l.Add(themes.Text, "C")
	default:
		l.Gap(1)
	}
	if s.table {
		l.Gap(1).Fit(signs[r.group.Kind].token, became[r.group.Kind], 13)
	}
	if w >= wideTable {
		l.Gap(2).Fit(themes.Muted, s.seen(c), max(l.Room()-1, 0))
	}
}

// wideTable is the width from which on rows say what is seen now.
const wideTable = 100

// seen is why the newer verdict is what it is; where there is none, what is said instead.
func (s *compare) seen(c sessions.ItemChange) string {
	it := s.loaded.new.Items[c.Item]
	switch {
	case it == nil || c.New == "":
		return c.Note
	case it.ReviewerCounts() && it.Reviewer.Reason != "":
		return string(it.Reviewer.Reason)
	case it.Machine != nil:
		return string(it.Machine.Reason)
	}
	return c.Note
}
