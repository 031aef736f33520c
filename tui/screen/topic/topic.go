// Package topic shows one page of the documentation.
//
// It imports screen, paint, widget, action and themes, and no other screen.
package topic

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

type topic struct {
	env   *screen.Env
	page  screen.Topic
	lines []string // wrapped for width
	width int
	top   int
	h     int
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &topic{env: env} }

func (s *topic) Open(args screen.Args) tea.Cmd {
	s.page, s.width, s.top = screen.Topic{Title: "No such page: " + args.Topic}, 0, 0
	for _, t := range s.env.Topics {
		if t.Name == args.Topic {
			s.page = t
		}
	}
	return nil
}

func (s *topic) Update(tea.Msg) tea.Cmd  { return nil }
func (s *topic) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *topic) TextFocus() bool         { return false }
func (s *topic) Keep() screen.Kept       { return nil }

// Heading names the screen in the help.
func (s *topic) Heading() string { return "Help" }

func (s *topic) Do(id action.ID) (tea.Cmd, bool) {
	last := max(len(s.lines)-s.h, 0)
	switch id {
	case action.Down:
		s.top++
	case action.Up:
		s.top--
	case action.PageDown:
		s.top += max(s.h/2, 1)
	case action.PageUp:
		s.top -= max(s.h/2, 1)
	case action.Top:
		s.top = 0
	case action.Bottom:
		s.top = last
	default:
		return nil, false
	}
	s.top = max(min(s.top, last), 0)
	return nil, true
}

func (s *topic) Actions() []action.State {
	return []action.State{action.On(action.Down).Say("scroll").And(action.Up), action.On(action.Back)}
}

func (s *topic) View(w, h int) string {
	p := s.env.Paint
	s.h = max(h-2, 0)
	if s.width != w {
		s.wrap(w)
	}
	s.top = max(min(s.top, len(s.lines)-s.h), 0)
	end := min(s.top+s.h, len(s.lines))
	lines := []string{p.Title(w, s.page.Title, fmt.Sprintf("line %d of %d", min(s.top+1, len(s.lines)), len(s.lines))), p.Across(w, true)}
	for _, text := range s.lines[s.top:end] {
		l := p.Line(w)
		tok := themes.Text
		if strings.HasPrefix(text, "#") {
			tok = themes.Strong
		}
		lines = append(lines, l.Gap(1).Add(tok, text).String())
	}
	return paint.Page(w, h, lines)
}

// wrap breaks prose into lines; what is indented or a table stays as it was written.
func (s *topic) wrap(w int) {
	s.width, s.lines = w, nil
	code := false
	for _, text := range strings.Split(strings.TrimRight(s.page.Text, "\n"), "\n") {
		if strings.HasPrefix(text, "```") {
			code = !code
		}
		if code || strings.HasPrefix(text, " ") || strings.HasPrefix(text, "|") {
			s.lines = append(s.lines, text)
			continue
		}
		s.lines = append(s.lines, paint.Wrap(text, min(w-2, layout.Prose))...)
	}
}
