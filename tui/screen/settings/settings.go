// Package settings shows how gonogo looks and who acts, lets it be tried at once, and
// writes it to config.toml when asked to.
//
// It imports no other screen.
package settings

import (
	"cmp"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// rows of the form, in order.
const (
	themeRow = iota
	signsRow
	motionRow
	mouseRow
	rows
)

type settings struct {
	env   *screen.Env
	row   int
	theme widget.Choice
	// chosen is the theme that was chosen in this sitting. The row itself can't tell: before
	// the person's own themes are found it has no place for one of them.
	chosen string
	saved  string // what was written, and where
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &settings{env: env} }

func (s *settings) Open(screen.Args) tea.Cmd {
	s.saved = ""
	s.offer(themes.Names())
	return func() tea.Msg { return found(s.env.ThemeNames()) }
}

// found are the names of all themes, the person's own too.
type found []string

// offer takes the themes that can be chosen and marks the one that is configured, or what
// was chosen in this sitting.
func (s *settings) offer(names []string) {
	chosen := cmp.Or(s.chosen, s.env.Config.Theme, "auto")
	s.theme = widget.Choice{Options: append([]string{"auto"}, names...)}
	s.theme.Choose(s.env.Paint.Theme.Name) // an old name stands for this one
	s.theme.Choose(chosen)
}

// written answers a request to write the file.
type written struct {
	err error
}

func (s *settings) Update(msg tea.Msg) tea.Cmd {
	switch m := msg.(type) {
	case found:
		s.offer(m)
	case written:
		if m.err != nil {
			return screen.Fail(m.err)
		}
		s.saved = savedTo
	}
	return nil
}

func (s *settings) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Down, action.NextPane, action.FieldNext:
		s.row = (s.row + 1) % rows
	case action.Up, action.PrevPane, action.FieldPrev:
		s.row = (s.row + rows - 1) % rows
	case action.ItemTick, action.Enter, action.Left, action.Right:
		s.saved = ""
		return s.turn(id), true
	case action.FieldSave:
		return s.save(), true
	default:
		return nil, false
	}
	return nil, true
}

// turn changes the setting under the cursor; it holds at once.
func (s *settings) turn(id action.ID) tea.Cmd {
	switch s.row {
	case themeRow:
		s.theme.Do(id)
		name := s.theme.Value()
		s.chosen = name
		if name == "auto" {
			return nil // the terminal is asked when gonogo starts
		}
		return screen.Paint(name)
	case signsRow:
		return screen.Run(action.Glyphs)
	case motionRow:
		return screen.Run(action.Calm)
	}
	return screen.Run(action.Mouse)
}

// save writes what holds now to config.toml.
func (s *settings) save() tea.Cmd {
	c, theme, ascii := *s.env.Config, s.theme.Value(), s.env.Paint.ASCII
	s.env.Config.Theme, s.env.Config.ASCII = theme, ascii
	return func() tea.Msg {
		for _, set := range []struct {
			key   string
			value any
		}{{"reduce_motion", c.ReduceMotion}, {"mouse", c.Mouse}, {"ascii", ascii}, {"theme", theme}} {
			if err := c.Set(set.key, set.value); err != nil {
				return written{err: err}
			}
		}
		return written{}
	}
}

func (s *settings) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *settings) TextFocus() bool         { return false }
func (s *settings) Keep() screen.Kept       { return nil }

func (s *settings) Actions() []action.State {
	return []action.State{
		action.On(action.Right).And(action.Left).Say(toChoose), action.On(action.Down).And(action.Up).Say(nextSetting),
		action.On(action.ItemTick).Hide(), action.On(action.NextPane).Hide(), action.On(action.PrevPane).Hide(),
		action.When(s.env.Config.Path() != "", action.FieldSave, noFolder).Say(toWrite),
		action.On(action.Back),
	}
}
