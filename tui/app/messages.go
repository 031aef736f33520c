package app

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// messages is the list of all toasts of this sitting, newest first.
type messages struct {
	env  *screen.Env
	list widget.List
}

func newMessages(env *screen.Env) screen.Screen { return &messages{env: env} }

func (s *messages) Open(screen.Args) tea.Cmd        { s.list.Resize(len(s.env.Toasts)); return nil }
func (s *messages) Update(tea.Msg) tea.Cmd          { return nil }
func (s *messages) Type(tea.KeyMsg) tea.Cmd         { return nil }
func (s *messages) TextFocus() bool                 { return false }
func (s *messages) Keep() screen.Kept               { return nil }
func (s *messages) Actions() []action.State         { return []action.State{action.On(action.Back)} }
func (s *messages) Do(id action.ID) (tea.Cmd, bool) { return nil, s.list.Do(id) }

func (s *messages) View(w, h int) string {
	p := s.env.Paint
	n := len(s.env.Toasts)
	s.list.Resize(n)
	lines := []string{p.Title(w, messagesTitle, messageCount(n)), p.Across(w, true)}
	if n == 0 {
		l := p.Line(w)
		lines = append(lines, l.Gap(1).Add(themes.Muted, fmt.Sprintf(messagesNone, s.env.Key(action.Back))).String())
	}
	whole := s.whole(w)
	from, to := s.list.Window(h - 2 - len(whole))
	for i := from; i < to; i++ {
		t := s.env.Toasts[n-1-i]
		sign, tok := toastSign(t.Kind)
		l := p.Row(w, i == s.list.At)
		l.Add(themes.Focus, cursor(i == s.list.At)).Add(tok, sign).Gap(2)
		l.Add(themes.Muted, t.At.Local().Format("15:04:05")).Gap(2).Add(themes.Text, t.Text)
		lines = append(lines, l.String())
	}
	return paint.Page(w, h, append(paint.Pad(lines, w, h-len(whole)), whole...))
}

// Tell says them all, newest first.
func (s *messages) Tell() screen.Telling {
	t := screen.Telling{Title: messagesTitle + ", " + messageCount(len(s.env.Toasts))}
	for _, x := range slices.Backward(s.env.Toasts) {
		t.Say(x.At.Local().Format("15:04:05"), x.Text)
	}
	return t
}

// whole is the marked message where its row cuts it, for the foot of the page.
func (s *messages) whole(w int) []string {
	at := len(s.env.Toasts) - 1 - s.list.At
	if at < 0 || at >= len(s.env.Toasts) || paint.Width(s.env.Toasts[at].Text) <= w-13 {
		return nil
	}
	lines := []string{paint.Blank(w)}
	for _, part := range paint.Wrap(s.env.Toasts[at].Text, w-2) {
		l := s.env.Paint.Line(w)
		lines = append(lines, l.Gap(1).Add(themes.Text, part).String())
	}
	return lines
}
