package drive

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Stub stands in for a screen and remembers what it was opened on.
type Stub struct {
	Args   screen.Args
	Opened int
	env    *screen.Env
}

// Table puts the stub in the place of screens.
func (s *Stub) Table(names ...screen.Name) map[screen.Name]screen.Maker {
	m := map[screen.Name]screen.Maker{}
	for _, n := range names {
		m[n] = func(env *screen.Env) screen.Screen { s.env = env; return s }
	}
	return m
}

// Open remembers the arguments.
func (s *Stub) Open(a screen.Args) tea.Cmd { s.Args = a; s.Opened++; return nil }

// Update takes nothing.
func (s *Stub) Update(tea.Msg) tea.Cmd { return nil }

// Do does nothing.
func (s *Stub) Do(action.ID) (tea.Cmd, bool) { return nil, false }

// Type takes nothing.
func (s *Stub) Type(tea.KeyMsg) tea.Cmd { return nil }

// TextFocus is never on.
func (s *Stub) TextFocus() bool { return false }

// Actions are none.
func (s *Stub) Actions() []action.State { return nil }

// View is blank.
func (s *Stub) View(w, h int) string { return paint.Page(w, h, nil) }

// Keep keeps nothing.
func (s *Stub) Keep() screen.Kept { return nil }
