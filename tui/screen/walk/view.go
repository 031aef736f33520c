package walk

import (
	"fmt"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// View paints the screen: panes as the width allows, and the sheet below them.
func (s *walk) View(w, h int) string {
	if s.review() == nil {
		l := s.env.Paint.Line(w)
		return paint.Page(w, h, []string{l.Gap(1).Add(themes.Muted, screen.NoReviewOpen).String()})
	}
	s.resize(w, h)
	var bottom []string
	if s.sheet != nil {
		bottom = s.viewSheet(w, h)
	}
	top := h - len(bottom)
	var lines []string
	if s.page && !s.wide {
		lines = s.viewPage(w, top)
	} else {
		lines = s.viewPanes(w, top)
	}
	return paint.Page(w, h, append(paint.Pad(lines, w, top), bottom...))
}

// resize takes the window's size in; the marked row stays the marked one.
func (s *walk) resize(w, h int) {
	wide := len(layout.Panes(w)) >= 3
	s.w, s.h = w, h
	if wide == s.wide {
		return
	}
	s.wide = wide
	switch {
	case wide && s.page:
		s.page, s.focus = false, detailPane
	case !wide && s.focus == detailPane:
		s.page, s.focus = true, listPane
	}
	s.build()
}

// viewPanes paints the title and the panes side by side.
func (s *walk) viewPanes(w, h int) []string {
	spans := s.spans(w)
	if h < 3 {
		return []string{s.title(w)}
	}
	body := h - 1
	var panes [][]string
	switch len(spans) {
	case 1:
		panes = [][]string{s.outlineList(spans[0].W, body)}
	case 2:
		panes = [][]string{s.outlineList(spans[0].W, body), s.detail(spans[1].W, body, false)}
	case 3:
		panes = [][]string{s.outline(spans[0].W, body), s.itemList(spans[1].W, body, false), s.detail(spans[2].W, body, true)}
	default:
		panes = [][]string{s.outline(spans[0].W, body), s.itemList(spans[1].W, body, true),
			s.detail(spans[2].W, body, false), s.evidencePane(spans[3].W, body)}
	}
	out := []string{s.title(w)}
	for _, l := range paint.Beside(body, panes...) {
		out = append(out, l)
	}
	return out
}

// The list gives ids of so many cells their room; up to so many more it takes from the detail,
// where all of a list's ids are long: else little of the titles would be left.
const (
	usualID = 6
	longID  = 4
)

// spans are the panes of a window of w cells.
func (s *walk) spans(w int) []layout.Span {
	spans := layout.Panes(w)
	if len(spans) == 2 && s.order != byCategory {
		more := max(min(s.longest-usualID, longID), 0)
		spans[0].W += more
		spans[1].X += more
		spans[1].W -= more
	}
	return spans
}

// title says what is reviewed, the decision, the score and whether it is saved.
func (s *walk) title(w int) string {
	r, a := s.review(), s.review().Assessment
	t := r.State.Target
	left := t.Name
	if t.Version != "" {
		left += " " + t.Version
	}
	left += " · " + r.State.Profile.ID
	gap := 3
	score := screen.Percent(a.Score.Overall, 1)
	switch span := fmt.Sprintf("%.1f–%s", sessions.Rounded(a.Score.Low, 1), screen.Percent(a.Score.High, 1)); {
	case w >= 160:
		score += fmt.Sprintf(titleWide, span, a.Score.Coverage)
	case w >= 100:
		score += fmt.Sprintf(titleSpan, span)
	default:
		gap = 2
	}
	if a.Decision == sessions.Incomplete {
		score = ""
	}
	_, token := screen.DecisionSign(a.Decision)
	right := s.env.Paint.Line(max(w-2, 0))
	right.Add(token, a.Decision.Words())
	if score != "" {
		right.Gap(gap).Add(themes.Strong, score)
	}
	right.Gap(gap).Add(savedToken(r), r.Saved())
	used := max(w-2, 0) - right.Room()
	l := s.env.Paint.Line(w)
	l.Gap(1)
	room := w - 2 - used - 2
	if room < 4 {
		return l.Add(token, a.Decision.Words()).String()
	}
	l.Fit(themes.Strong, left, room).Gap(2)
	l.Add(token, a.Decision.Words())
	if score != "" {
		l.Gap(gap).Add(themes.Strong, score)
	}
	return l.Gap(gap).Add(savedToken(r), r.Saved()).String()
}

func savedToken(r *screen.Review) themes.Token {
	if r.Unsaved() && r.Saved() != "saving" {
		return themes.Error
	}
	return themes.Muted
}

// cursor is the sign before a row: full where its pane has the focus.
func cursor(marked, focused bool) string {
	switch {
	case marked && focused:
		return themes.SignCursor
	case marked:
		return themes.SignOther
	}
	return " "
}

// headed puts a pane's head and rule above its lines and makes it exactly h lines of w+1
// cells: one for the cursor, then the content.
func (s *walk) headed(w, h int, head string, focused bool, lines []string) []string {
	out := []string{head, " " + s.env.Paint.Rule(w, focused)}
	return paint.Pad(append(out, lines...), w+1, h)
}
