package search

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Status says what goes on.
func (s *search) Status() screen.Status {
	if s.busy {
		return screen.Status{Sign: themes.SignRunning, Token: themes.Running, Left: reading}
	}
	return screen.Status{Left: notEvidence}
}

// count says how much was found: "12 events in 3 reviews".
func (s *search) count() string {
	if s.busy || s.err != nil {
		return ""
	}
	in := map[string]bool{}
	for _, h := range s.all {
		in[h.Session] = true
	}
	out := found(len(s.all), len(in))
	if s.more {
		out = fmt.Sprintf(firstFound, out)
	}
	return out
}

func (s *search) View(w, h int) string {
	p := s.env.Paint
	lines := []string{p.Title(w, heading+"   “"+s.query+"”", s.count()), p.Across(w, true)}
	if text, token := s.empty(); text != "" {
		for _, part := range paint.Wrap(text, max(min(w-2, layout.Prose), 1)) {
			l := p.Line(w)
			lines = append(lines, l.Gap(1).Add(token, part).String())
		}
		return paint.Page(w, h, paint.Pad(lines, w, h))
	}
	c := columnsFor(w)
	lines = append(lines, s.header(c, w))
	s.from = len(lines)
	detail := s.detail(w)
	if h-len(lines)-len(detail) < 3 {
		detail = nil
	}
	from, to := s.list.Window(h - len(lines) - len(detail))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(c, w, i))
	}
	return paint.Page(w, h, append(paint.Pad(lines, w, h-len(detail)), detail...))
}

// empty is what stands there instead of a list.
func (s *search) empty() (string, themes.Token) {
	switch {
	case s.err != nil:
		return fmt.Sprintf(cannotRead, s.err), themes.Error
	case s.query == "":
		return fmt.Sprintf(notAsked, s.env.Key(action.Edit)), themes.Muted
	case s.busy:
		return reading, themes.Muted
	case len(s.all) == 0:
		return fmt.Sprintf(nothingFound, s.query, s.env.Key(action.Edit)), themes.Muted
	case len(s.rows) == 0:
		return screen.NothingMatches(s.filter, s.env.Key(action.Back)), themes.Muted
	}
	return "", themes.Text
}

// columns are the widths; zero leaves one out.
type columns struct{ review, when, by int }

func columnsFor(w int) columns {
	switch {
	case w >= 110:
		return columns{24, 12, 16}
	case w >= 76:
		return columns{18, 12, 0}
	case w >= 50:
		return columns{16, 0, 0}
	}
	return columns{}
}

func (s *search) header(c columns, w int) string {
	l := s.env.Paint.Line(w)
	l.Gap(1)
	for _, x := range []struct {
		name string
		w    int
	}{{reviewColumn, c.review}, {whenColumn, c.when}, {byColumn, c.by}} {
		if x.w > 0 {
			l.Fit(themes.Muted, x.name, x.w).Gap(2)
		}
	}
	return l.Add(themes.Muted, whatColumn).String()
}

func (s *search) row(c columns, w, i int) string {
	x := s.all[s.rows[i]]
	l := s.env.Paint.Row(w, i == s.list.At)
	cursor := " "
	if i == s.list.At {
		cursor = themes.SignCursor
	}
	l.Add(themes.Focus, cursor)
	if c.review > 0 {
		name := x.review
		if i > s.list.Top && i > 0 && s.all[s.rows[i-1]].Session == x.Session && i != s.list.At {
			name = "" // as above
		}
		l.Fit(themes.Text, name, c.review).Gap(2)
	}
	if c.when > 0 {
		l.Fit(themes.Muted, x.At.Local().Format("2 Jan 15:04"), c.when).Gap(2)
	}
	if c.by > 0 {
		l.Fit(themes.Muted, string(x.By), c.by).Gap(2)
	}
	return l.Fit(themes.Text, screen.OneLine(x.What), max(l.Room()-1, 1)).String()
}

// mostDetail is how many lines the marked one is told in.
const mostDetail = 3

// detail is the marked one in full, with who and when.
func (s *search) detail(w int) []string {
	x := s.at()
	if x == nil {
		return nil
	}
	p := s.env.Paint
	out := []string{paint.Blank(w)}
	parts := paint.Wrap(screen.OneLine(x.What), max(min(w-2, layout.Prose), 1))
	if len(parts) > mostDetail {
		parts = append(parts[:mostDetail-1:mostDetail-1], parts[mostDetail-1]+" "+themes.SignCut)
	}
	for _, part := range parts {
		l := p.Line(w)
		out = append(out, l.Gap(1).Fit(themes.Text, part, max(w-2, 1)).String())
	}
	l := p.Line(w)
	return append(out, l.Gap(1).Add(themes.Muted, s.place(x)).String())
}

// place says where a hit is from.
func (s *search) place(x *hit) string {
	return fmt.Sprintf(placeOf, x.review, x.Seq, x.By, x.At.Local().Format("2 Jan 2006 15:04"))
}

// Tell lists what was found.
func (s *search) Tell() screen.Telling {
	t := screen.Telling{Title: fmt.Sprintf(toldTitle, s.query)}
	if text, _ := s.empty(); text != "" {
		t.Say("Note", text)
		return t
	}
	t.Title += ", " + s.count()
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	for _, i := range s.rows {
		x := s.all[i]
		t.Rows = append(t.Rows, screen.OneLine(x.What)+", "+s.place(&x))
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		return s.open()
	}
	return t
}
