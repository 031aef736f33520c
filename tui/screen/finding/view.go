package finding

import (
	"fmt"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

func (s *finding) View(w, h int) string {
	p := s.env.Paint
	if s.env.Review == nil || s.gone != "" {
		l := p.Line(w)
		l.Gap(1).Add(themes.Muted, fmt.Sprintf(goesBack, s.gone, s.env.Key(action.Back)))
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, ""), p.Across(w, true), l.String()}, w, h))
	}
	lines := []string{p.Title(w, s.title(), s.state()), p.Across(w, true)}
	fw := max(min(w-1, s.form.LabelWidth()+layout.Prose+1), 0)
	s.share(fw, h-len(lines))
	for _, l := range s.form.Fit(p, fw, h-len(lines)) {
		lines = append(lines, l+paint.Blank(w-fw))
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// title says what is written down: "Finding   new, from REL-01".
func (s *finding) title() string {
	what := isNew
	if s.was.Strength {
		what = newStrength
	}
	if s.edits {
		what = s.was.ID
	}
	switch n := len(s.was.Items); {
	case n > 3:
		what = fmt.Sprintf(titleFromAnd, what, strings.Join(s.was.Items[:3], " "))
	case n > 0:
		what = fmt.Sprintf(titleFrom, what, strings.Join(s.was.Items, " "))
	}
	return heading + "   " + what
}

// state is how what is typed is kept.
func (s *finding) state() string {
	r := s.env.Review
	if s.saving || r.ReadOnly() != "" || r.DraftOf(s.key) == "" || strings.HasPrefix(r.Saved(), "NOT SAVED") {
		return r.Saved()
	}
	out := themes.SignDraft + " " + screen.DraftKept
	if at := r.DraftSaved(); !at.IsZero() {
		out += " " + at.Local().Format("15:04")
	}
	return out
}

// share gives the two long texts the lines they need, as far as the window has them; what
// is longer scrolls in its box.
func (s *finding) share(w, h int) {
	d, r := s.field("description"), s.field("recommendation")
	need := func(x *form.Field) int { return max(x.Text.Rows(max(w-s.form.LabelWidth(), 1)), 1) }
	least := func(x *form.Field) int {
		if x == s.form.Marked() {
			return max(min(need(x), h/2), 1)
		}
		return 1
	}
	d.Lines, r.Lines = least(d), least(r)
	for room := h - len(s.form.View(s.env.Paint, w)); room > 0; {
		grew := false
		for _, x := range []*form.Field{d, r} {
			if room > 0 && x.Lines < max(need(x), 2) {
				x.Lines++
				room--
				grew = true
			}
		}
		if !grew {
			return
		}
	}
}
