package app

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/keys"
	"assess/gonogo/tui/screen"
)

// focus is what has the keys: the top dialog, else the top screen.
type focus interface {
	Do(id action.ID) (tea.Cmd, bool)
	Type(k tea.KeyMsg) tea.Cmd
	TextFocus() bool
	Actions() []action.State
}

// focus returns what has the keys, with its id for addressing what it asks for.
func (m *Model) focus() (focus, int) {
	if n := len(m.dialogs); n > 0 {
		return m.dialogs[n-1].d, m.dialogs[n-1].id
	}
	if n := len(m.stack); n > 0 {
		return m.stack[n-1].s, m.stack[n-1].id
	}
	return nil, 0
}

func (m *Model) top() *open {
	if len(m.stack) == 0 {
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// typing reports whether letters are letters now.
func (m *Model) typing() bool {
	if m.filter != nil {
		return true
	}
	f, _ := m.focus()
	return f != nil && f.TextFocus()
}

// key presses the single keys in what Bubble Tea reports.
func (m *Model) key(k tea.KeyMsg) tea.Cmd { return m.presses(keys.Single(k, m.typing())) }

func (m *Model) presses(ks []tea.KeyMsg) tea.Cmd {
	var cmds []tea.Cmd
	for _, k := range ks {
		if cmd := m.press(k); cmd != nil {
			cmds = append(cmds, cmd)
		}
	}
	return tea.Batch(cmds...)
}

// press carries out one key, or keeps it until what the key before it opens is there.
func (m *Model) press(k tea.KeyMsg) tea.Cmd {
	if timer, held := m.holds(k); held {
		return timer
	}
	if m.toast != nil && m.toast.Kind != screen.Good { // both are about the key before
		m.toast = nil
	}
	ids := m.env.Keys.Actions(k.String())
	if m.deaf() && !slices.Contains(ids, action.QuitNow) {
		return nil
	}
	if slices.Contains(ids, action.Back) {
		return m.escape()
	}
	if m.filter != nil {
		return m.typeFilter(k, ids)
	}
	f, id := m.focus()
	if f == nil {
		return nil
	}
	if f.TextFocus() {
		return m.typed(k, ids, f, id)
	}
	return m.intent(ids, f, id)
}

// typed is a key while a text field has the focus: the field's own actions, the root's on
// keys that are no letters, everything else to the field.
func (m *Model) typed(k tea.KeyMsg, ids []action.ID, f focus, owner int) tea.Cmd {
	letter := k.Type == tea.KeyRunes || k.Type == tea.KeySpace
	if !letter && !k.Paste {
		for _, id := range ids {
			switch scope(id) {
			case action.Field:
				if cmd, ok := f.Do(id); ok {
					return m.asked(address(owner, cmd))
				}
			case action.Anywhere:
				if !m.rootHears(id) {
					continue
				}
				if cmd, ok := m.global(id); ok {
					return m.asked(cmd)
				}
			}
		}
	}
	cmd := address(owner, f.Type(k))
	if k.Type == tea.KeyEnter { // a prompt or the palette carries out what was typed
		return m.asked(cmd)
	}
	return cmd
}

// intent is a key outside text fields: the first of its actions that the focus can do,
// else the root. What is off says why.
func (m *Model) intent(ids []action.ID, f focus, owner int) tea.Cmd {
	if len(ids) == 0 {
		return nil
	}
	states := f.Actions()
	off := ""
	for _, id := range ids {
		state, listed := find(states, id)
		if scope(id) == action.Field && !listed {
			continue
		}
		if listed && !state.Enabled() {
			off = screen.NotNow(state.Off)
			continue
		}
		if off != "" && !listed { // a key whose first meaning is off takes no other one unasked
			continue
		}
		if cmd, ok := f.Do(id); ok {
			return m.asked(address(owner, cmd))
		}
		if off == "" && m.rootHears(id) {
			if why := m.why(id); why != "" {
				off = screen.NotNow(why)
				continue
			}
			if cmd, ok := m.global(id); ok {
				return m.asked(cmd)
			}
		}
	}
	if off != "" {
		m.tell(screen.Note, off)
		return m.toastTimer()
	}
	return nil
}

// click is the mouse: the wheel moves the cursor, a click marks what is under it. All it
// does keys do too.
func (m *Model) click(e tea.MouseMsg) tea.Cmd {
	f, id := m.focus()
	if f == nil || e.Action != tea.MouseActionPress || m.deaf() {
		return nil
	}
	switch e.Button {
	case tea.MouseButtonWheelUp:
		cmd, _ := f.Do(action.Up)
		return address(id, cmd)
	case tea.MouseButtonWheelDown:
		cmd, _ := f.Do(action.Down)
		return address(id, cmd)
	case tea.MouseButtonLeft:
		if c, ok := f.(screen.Clicker); ok && e.Y < m.h-2 {
			return address(id, c.Click(e.X, e.Y))
		}
	}
	return nil
}

// rootHears reports whether the root carries the action out now: under a dialog only what
// does not change what is open.
func (m *Model) rootHears(id action.ID) bool {
	if len(m.dialogs) == 0 {
		return true
	}
	switch id {
	case action.QuitNow, action.Quit, action.Redraw, action.Suspend:
		return true
	}
	return false
}

// deaf reports whether the top dialog opened by itself a moment ago.
func (m *Model) deaf() bool {
	n := len(m.dialogs)
	return n > 0 && m.o.Now().Before(m.dialogs[n-1].deaf)
}

func scope(id action.ID) action.Scope {
	if a, ok := action.Find(id); ok {
		return a.Scope
	}
	return action.Palette
}

func find(states []action.State, id action.ID) (action.State, bool) {
	for _, s := range states {
		if s.ID == id || slices.Contains(s.With, id) {
			return s, true
		}
	}
	return action.State{}, false
}
