package verify

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// whatWidth is how wide the column of steps is.
const whatWidth = 10

// Status says what goes on.
func (s *verify) Status() screen.Status {
	st := screen.Status{Left: stageWords[s.stage]}
	if s.stage != idle {
		st.Sign, st.Token = themes.SignRunning, themes.Running
	}
	return st
}

func (s *verify) View(w, h int) string {
	p := s.env.Paint
	lines := []string{p.Title(w, title+"   "+paint.Middle(filepath.Base(s.file), min(paint.Width(filepath.Base(s.file)), max(w-25, 8))), readOnly), p.Across(w, true)}
	switch {
	case s.file == "":
		lines = append(lines, s.text(w, themes.Muted, fmt.Sprintf(noFile, s.env.Key(action.Commands)))...)
	case s.err != nil:
		lines = append(lines, s.text(w, themes.Error, "! "+s.wrong())...)
	default:
		lines = append(lines, s.head(w)...)
		lines = append(lines, s.window(s.steps(w), w, h-len(lines))...)
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// wrong says why the file can't be read.
func (s *verify) wrong() string {
	why := s.err.Error()
	if at := (*fs.PathError)(nil); errors.As(s.err, &at) {
		why = at.Err.Error()
	}
	if errors.Is(s.err, fs.ErrNotExist) {
		why = noSuchFile
	}
	return fmt.Sprintf(cannotOpen, s.file, why)
}

// head is the end in one headline, and under it what the file is about.
func (s *verify) head(w int) []string {
	p := s.env.Paint
	words := headline(s.found)
	if len(words) == 0 {
		l := p.Line(w)
		return []string{l.Gap(1).Add(themes.Muted, screen.NotKnownYet).String(), paint.Blank(w)}
	}
	token := themes.Fail
	if words[0] == good {
		token = themes.Pass
	}
	indent := paint.Width(words[0]) + 4
	var out []string
	for i, text := range words[1:] {
		for _, part := range paint.Wrap(text, max(min(w-indent-1, layout.Prose), 1)) {
			l := p.Line(w)
			l.Gap(1)
			if len(out) == 0 {
				l.Add(token, words[0])
			}
			t := themes.Text
			if i == 0 {
				t = themes.Strong
			}
			out = append(out, l.To(indent).Add(t, part).String())
		}
	}
	if about := s.about(); about != "" {
		l := p.Line(w)
		out = append(out, l.Gap(indent).Add(themes.Muted, about).String())
	}
	return append(out, paint.Blank(w))
}

// about is the review in the file, as its signature names it.
func (s *verify) about() string {
	if s.found.v == nil || s.found.v.Target == "" {
		return ""
	}
	var parts []string
	for _, t := range []string{string(s.found.v.Target), string(s.found.v.Profile), sessions.Decision(s.found.v.Decision).Words()} {
		if t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, " · ")
}

// steps are the rows, painted.
func (s *verify) steps(w int) []string {
	var out []string
	for _, r := range rows(s.found, s.stage) {
		sign, token := r.sign()
		if len(r.text) == 0 {
			out = append(out, s.step(w, sign, token, r.what, ""))
		}
		what := r.what
		for i, text := range r.text {
			for _, part := range paint.Wrap(s.keyed(text), max(min(w-whatWidth-5, layout.Prose), 1)) {
				mark := " "
				if what != "" || r.state == fails && i > 0 && r.step == contentsStep {
					mark = sign
				}
				out = append(out, s.step(w, mark, token, what, part))
				what = ""
			}
		}
	}
	return out
}

func (s *verify) step(w int, sign string, token themes.Token, what, text string) string {
	l := s.env.Paint.Line(w)
	return l.Gap(1).Add(token, sign).Gap(1).Fit(themes.Muted, what, whatWidth).Gap(1).Add(themes.Text, text).String()
}

// keyed puts keys in the place of actions.
func (s *verify) keyed(text string) string {
	return strings.ReplaceAll(text, "{"+string(action.RunStart)+"}", s.env.Key(action.RunStart))
}

// window is what is in sight of the rows.
func (s *verify) window(rows []string, w, h int) []string {
	if len(rows) <= h || h < 1 {
		s.top, s.over = 0, 0
		return rows
	}
	room := max(h-1, 1)
	s.top = max(min(s.top, len(rows)-room), 0)
	s.over = len(rows) - room - s.top
	out := append([]string{}, rows[s.top:s.top+room]...)
	l := s.env.Paint.Line(w)
	more := theEnd
	if s.over > 0 {
		more = screen.LinesMore(s.over) + " " + themes.SignDown
	}
	return append(out, l.Gap(3).Add(themes.Muted, more).String())
}

// text wraps a sentence over the screen's width.
func (s *verify) text(w int, t themes.Token, text string) []string {
	var out []string
	for _, part := range paint.Wrap(text, max(min(w-2, layout.Prose), 1)) {
		l := s.env.Paint.Line(w)
		out = append(out, l.Gap(1).Add(t, part).String())
	}
	return out
}
