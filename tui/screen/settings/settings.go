// Package settings shows how gonogo looks and who acts, lets it be tried at once, and
// writes it to config.toml when asked to.
//
// It imports screen, paint, widget, action and themes, and no other screen.
package settings

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// rows of the form, in order.
const (
	themeRow = iota
	signsRow
	mouseRow
	rows
)

type settings struct {
	env   *screen.Env
	row   int
	theme widget.Choice
	saved string // what was written, and where
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &settings{env: env} }

func (s *settings) Open(screen.Args) tea.Cmd {
	s.theme.Options = append([]string{"auto"}, themes.Names()...)
	s.theme.Choose("auto")
	if t := s.env.Config.Theme; t != "" {
		s.theme.Choose(t)
	}
	s.saved = ""
	return nil
}

// written answers a request to write the file.
type written struct {
	path string
	err  error
}

func (s *settings) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(written); ok {
		if m.err != nil {
			return screen.Fail(m.err)
		}
		s.saved = "saved to " + m.path
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
		if name == "auto" {
			return nil // the terminal is asked when gonogo starts
		}
		return screen.Paint(name)
	case signsRow:
		return screen.Run(action.Glyphs)
	}
	return screen.Run(action.Mouse)
}

// save writes what holds now to config.toml.
func (s *settings) save() tea.Cmd {
	c, theme, ascii, mouse := *s.env.Config, s.theme.Value(), s.env.Paint.ASCII, s.env.Config.Mouse
	s.env.Config.Theme, s.env.Config.ASCII = theme, ascii
	return func() tea.Msg {
		for _, set := range []struct {
			key   string
			value any
		}{{"mouse", mouse}, {"ascii", ascii}, {"theme", theme}} {
			if err := c.Set(set.key, set.value); err != nil {
				return written{err: err}
			}
		}
		return written{path: c.Path()}
	}
}

func (s *settings) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *settings) TextFocus() bool         { return false }
func (s *settings) Keep() screen.Kept       { return nil }

func (s *settings) Actions() []action.State {
	return []action.State{
		action.On(action.NextPane), action.On(action.ItemTick).Say("choose"),
		action.When(s.env.Config.Path() != "", action.FieldSave, "there is no folder for config.toml").Say("write config.toml"),
		action.On(action.Back),
	}
}

func (s *settings) View(w, h int) string {
	p := s.env.Paint
	lines := []string{p.Title(w, "Settings", s.saved), p.Across(w, true)}
	row := func(i int, label string, value func(*paint.Line)) {
		l := p.Row(w, i == s.row)
		sign := " "
		if i == s.row {
			sign = themes.SignCursor
		}
		l.Add(themes.Focus, sign).Fit(themes.Muted, label, 12)
		value(&l)
		lines = append(lines, l.String())
	}
	words := func(t themes.Token, text string) func(*paint.Line) {
		return func(l *paint.Line) { l.Add(t, text) }
	}
	row(themeRow, "Theme", func(l *paint.Line) { s.theme.Paint(l, 2) })
	if p.Plain {
		row(-1, "", words(themes.Muted, "this terminal shows no colour (NO_COLOR, or it has none)"))
	}
	row(signsRow, "Signs", func(l *paint.Line) {
		c := widget.Choice{Options: []string{"✓ ! ✘ ? ·", "ASCII"}}
		if p.ASCII {
			c.At = 1
		}
		c.Paint(l, 2)
	})
	row(mouseRow, "Mouse", func(l *paint.Line) {
		c := widget.Choice{Options: []string{"left to the terminal", "marks rows"}}
		if s.env.Config.Mouse {
			c.At = 1
		}
		c.Paint(l, 2)
	})
	lines = append(lines, paint.Blank(w))
	row(-1, "Assessor", words(themes.Text, s.env.By().String()))
	file := s.env.Config.Path()
	if file == "" {
		file = "none"
	}
	row(-1, "File", func(l *paint.Line) { l.Middle(themes.Text, file, min(paint.Width(file), l.Room()-1)) })
	row(-1, "Keys", words(themes.Muted, strings.TrimSuffix(file, "config.toml")+"keys.toml; gonogo help keys lists them"))
	return paint.Page(w, h, paint.Pad(lines, w, h))
}
