// Package topic shows one page of the documentation.
//
// It imports no other screen.
package topic

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

type topic struct {
	env   *screen.Env
	page  screen.Topic
	lines []line // laid out for width
	width int
	top   int
	h     int
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &topic{env: env} }

func (s *topic) Open(args screen.Args) tea.Cmd {
	s.page, s.width, s.top = screen.Topic{Title: fmt.Sprintf(noSuchPage, args.Topic)}, 0, 0
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
func (s *topic) Heading() string { return heading }

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
		s.width, s.lines = w, lay(s.page.Text, max(min(w-2, layout.Prose), 1))
	}
	s.top = max(min(s.top, len(s.lines)-s.h), 0)
	end := min(s.top+s.h, len(s.lines))
	lines := []string{p.Title(w, s.page.Title, screen.LineOf(min(s.top+1, len(s.lines)), len(s.lines))), p.Across(w, true)}
	for _, spans := range s.lines[s.top:end] {
		l := p.Line(w)
		l.Gap(1)
		for _, part := range spans {
			l.Add(part.token, part.text)
		}
		lines = append(lines, l.String())
	}
	return paint.Page(w, h, lines)
}
