package compare

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
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
		l := p.Line(w)
		l.Gap(1)
		if s.loaded == nil {
			l.Add(themes.Muted, "reading both reviews")
		} else {
			l.Add(themes.Error, "! "+s.loaded.err.Error()+". "+s.env.Key(action.Back)+" goes back.")
		}
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, "Compare", ""), p.Across(w, true), l.String()}, w, h))
	}
	lines := append([]string{s.title(w), p.Across(w, true)}, s.headline(w)...)
	if len(s.rows) == 0 {
		l := p.Line(w)
		lines = append(lines, l.Gap(1).Add(themes.Muted, "Nothing matches “"+s.filter+"”. "+s.env.Key(action.Back)+" clears.").String())
	}
	from, to := s.list.Window(h - len(lines))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(w, i))
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// title names the two: "phase5-dashboard   1.4, 17 Jan → 1.5, 31 Jan".
func (s *compare) title(w int) string {
	c := s.loaded.c
	left := "Compare   " + c.New.Target
	if c.Old.Target != c.New.Target {
		left = "Compare   " + c.Old.Target + " " + themes.SignArrow + " " + c.New.Target
	}
	left += "   " + side(c.Old) + " " + themes.SignArrow + " " + side(c.New)
	if c.Old.Profile != c.New.Profile {
		left += "   " + c.Old.Profile + " " + themes.SignArrow + " " + c.New.Profile
	}
	return s.env.Paint.Title(w, left, "read-only")
}

func side(x sessions.ComparisonSide) string {
	at, err := time.Parse(time.RFC3339, x.At)
	if err != nil {
		return x.Version
	}
	return strings.TrimPrefix(x.Version+", ", ", ") + at.Local().Format("2 Jan")
}

// headline is how decision and score changed, and what the score's change is made of.
func (s *compare) headline(w int) []string {
	p, c := s.env.Paint, s.loaded.c
	l := p.Line(w)
	_, was := screen.DecisionSign(c.Old.Decision)
	_, is := screen.DecisionSign(c.New.Decision)
	l.Gap(1).Add(was, c.Old.Decision.Words()).Add(themes.Text, " "+themes.SignArrow+" ").Add(is, c.New.Decision.Words()).Gap(3)
	l.Add(themes.Strong, fmt.Sprintf("%.1f %s %s, %s", c.Old.Score, themes.SignArrow, screen.Percent(c.New.Score, 1), points(c.New.Score-c.Old.Score)))
	split := p.Line(w)
	split.Gap(1)
	for _, part := range c.Split {
		token := themes.Text
		switch text := points(part.Points); {
		case strings.HasPrefix(text, "+"):
			token = themes.Added
		case strings.HasPrefix(text, themes.SignMinus):
			token = themes.Removed
		}
		split.Add(themes.Muted, part.Title+" ").Add(token, points(part.Points)).Gap(3)
	}
	return []string{l.String(), split.String(), paint.Blank(w)}
}

// points prints a difference with its sign and one decimal.
func points(v float64) string {
	if v > -0.05 && v < 0.05 {
		return "0.0"
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
		s.item(&l, w, *r.item)
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
		l.End(themes.Muted, s.env.Key(action.Right)+" opens ")
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

// item is one change: the two verdicts stay where they are, the title shrinks.
func (s *compare) item(l *paint.Line, w int, c sessions.ItemChange) {
	const pair = 16
	l.Gap(5).Fit(themes.Text, c.Item+" "+c.Title, max(w-6-pair, 12)).Gap(2)
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
	}
}
