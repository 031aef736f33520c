package findings

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Widths of the columns after the title.
const (
	severityW = 10
	horizonW  = 12
	ownerW    = 11
)

// explainsWidth has room for the long ids where the window has.
func explainsWidth(w int) int {
	if w >= 100 {
		return 24
	}
	return 15
}

func (s *findings) View(w, h int) string {
	p, r := s.env.Paint, s.env.Review
	if r == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, "")}, w, h))
	}
	o := r.State.Opened
	lines := []string{
		p.Title(w, heading+"   "+strings.TrimSpace(string(o.Target)+" "+string(o.Version)), s.count()+" · "+r.Saved()),
		p.Across(w, true),
	}
	if len(s.rows) == 0 {
		return paint.Page(w, h, paint.Pad(append(lines, s.empty(w)), w, h))
	}
	title := titleWidth(w)
	head := p.Line(w)
	head.Gap(4).Fit(themes.Muted, "Finding", title)
	s.columns(&head, w, themes.Muted, "Severity", "Horizon", "Owner", "Explains")
	lines = append(lines, head.String())
	detail := s.detail(w, h-len(lines)-min(len(s.rows), 4)-1)
	from, to := s.list.Window(h - len(lines) - len(detail))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(w, title, i))
	}
	return paint.Page(w, h, paint.Pad(append(lines, detail...), w, h))
}

// count says how many there are: "3 findings, 1 strength".
func (s *findings) count() string {
	issues, strengths := 0, 0
	for _, f := range s.env.Review.State.Findings {
		if f.Strength {
			strengths++
		} else {
			issues++
		}
	}
	out := screen.Count(issues, "finding", "findings")
	if strengths > 0 {
		out += ", " + screen.Count(strengths, "strength", "strengths")
	}
	return out
}

func (s *findings) empty(w int) string {
	l := s.env.Paint.Line(w)
	l.Gap(1)
	if s.filter != "" {
		return l.Add(themes.Muted, screen.NothingMatches(s.filter, s.env.Key(action.Back))).String()
	}
	return l.Add(themes.Muted, fmt.Sprintf(noFindings+" "+noStrengths, s.env.Key(action.Create), s.env.Key(action.Praise))).String()
}

// titleWidth is what the other columns leave; horizon and owner need 78 cells, what it
// explains 64.
func titleWidth(w int) int {
	rest := w - 6 - severityW
	if w >= 64 {
		rest -= explainsWidth(w) - 1
	}
	if w >= 78 {
		rest -= horizonW + ownerW
	}
	return max(rest, 8)
}

// columns appends what stands after the title.
func (s *findings) columns(l *paint.Line, w int, t themes.Token, severity, horizon, owner, explains string) {
	l.Gap(1).Fit(t, severity, severityW)
	if w >= 78 {
		l.Fit(t, horizon, horizonW).Fit(t, owner, ownerW-1).Gap(1)
	}
	if w >= 64 {
		l.Fit(t, explains, explainsWidth(w)-1)
	}
}

func (s *findings) row(w, width, i int) string {
	x := s.rows[i]
	l := s.env.Paint.Row(w, i == s.list.At)
	cursor := " "
	if i == s.list.At {
		cursor = themes.SignCursor
	}
	sign, token := sign(x)
	l.Add(themes.Focus, cursor).Add(token, sign)
	mark := " "
	if x.ID != "" && x.draft != "" {
		mark = themes.SignDraft
	}
	l.Add(themes.Text, mark).Gap(1).Fit(themes.Text, title(x), width)
	owner := string(x.Owner)
	if owner == "" && x.ID != "" && !x.Strength {
		owner = noOwner
	}
	s.columns(&l, w, themes.Text, words(x), x.Horizon, owner, s.explains(w, x))
	return l.String()
}

// sign is an open finding's, a strength's, a closed one's or a draft's.
func sign(x row) (string, themes.Token) {
	switch {
	case x.ID == "":
		return themes.SignDraft, themes.Muted
	case x.Strength, x.Closed:
		return themes.SignPass, themes.Pass
	}
	return themes.SignFail, themes.Fail
}

func title(x row) string { return cmp.Or(string(x.Title), noTitle) }

// explains is how many items it stands for, by its cause where it has one, and the first.
func (s *findings) explains(w int, x row) string {
	items := x.Items
	if i := slices.IndexFunc(s.env.Review.State.Causes, func(c sessions.Cause) bool { return c.ID == x.Cause }); i >= 0 && x.Cause != "" {
		items = s.env.Review.State.Causes[i].Items
	}
	if len(items) == 0 {
		return ""
	}
	out := fmt.Sprintf("%2d %s", len(items), items[0])
	if len(items) > 1 {
		out += " +" + strconv.Itoa(len(items)-1)
	}
	if paint.Width(out) > explainsWidth(w)-1 { // ids are never cut; below they stand in full
		return fmt.Sprintf("%2d", len(items))
	}
	return out
}

// detail is what the marked finding says, in at most h lines after an empty one.
func (s *findings) detail(w, h int) []string {
	x := s.at()
	if x == nil || h < 4 {
		return nil
	}
	p := s.env.Paint
	out := []string{paint.Blank(w), p.Across(w, false)}
	for _, part := range []struct{ label, text string }{
		{"Items", strings.Join(x.Items, " ")}, {"Observed", string(x.Description)}, {"Recommend", string(x.Recommendation)},
		{"Effort", string(x.Effort)}, {"Evidence", evidence(*x)},
	} {
		if part.text == "" {
			continue
		}
		label := part.label
		for _, text := range paint.Wrap(part.text, min(w-16, layout.Prose)) {
			l := p.Line(w)
			out = append(out, l.Gap(4).Fit(themes.Muted, label, 11).Add(themes.Text, text).String())
			label = ""
		}
	}
	if x.ID == "" || x.draft != "" {
		l := p.Line(w)
		out = append(out, l.Gap(4).Add(themes.Muted, fmt.Sprintf(draftKept, s.env.Key(action.Enter))).String())
	}
	if len(out) == 2 {
		return nil
	}
	return out[:min(len(out), h)]
}

func evidence(x row) string {
	if len(x.Evidence) == 0 {
		return ""
	}
	return screen.Count(len(x.Evidence), "piece", "pieces")
}
