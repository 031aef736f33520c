package app

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// escape does the first that applies: stop what may harm the target, leave a dialog or a
// field, clear the filter, go back as far as Walk or Home, stop the safe run in Walk. It
// never discards anything and never leaves the program.
func (m *Model) escape() tea.Cmd {
	if r := m.env.Review; r != nil && r.Harsh() {
		r.Stop()
		m.tell(screen.Note, stopsNow)
		return m.toastTimer()
	}
	if m.filter != nil {
		m.filter = nil
		return m.filterTo("")
	}
	if n := len(m.dialogs); n > 0 {
		return m.escapeDialog(m.dialogs[n-1])
	}
	t := m.top()
	if t == nil {
		return nil
	}
	if t.s.TextFocus() {
		if cmd, ok := t.s.Do(action.FieldLeave); ok {
			return address(t.id, cmd)
		}
	}
	if f, ok := t.s.(screen.Filterer); ok && f.Filtered() != "" {
		f.Filter("")
		return nil
	}
	if cmd, ok := t.s.Do(action.Back); ok {
		return address(t.id, cmd)
	}
	if m.past() {
		return m.present()
	}
	if t.name != screen.Walk && t.name != screen.Home {
		return m.back()
	}
	if r := m.env.Review; t.name == screen.Walk && r != nil && r.Running != nil {
		r.Stop()
		m.tell(screen.Note, screen.StopsSaved)
		return m.toastTimer()
	}
	return nil
}

func (m *Model) escapeDialog(d *dialog) tea.Cmd {
	if d.d.TextFocus() {
		if cmd, ok := d.d.Do(action.FieldLeave); ok {
			return address(d.id, cmd)
		}
	}
	for _, id := range []action.ID{action.DialogNo, action.Back} {
		if cmd, ok := d.d.Do(id); ok {
			return address(d.id, cmd)
		}
	}
	return m.closeDialog(d)
}

// startFilter opens the status line for a filter.
func (m *Model) startFilter() tea.Cmd {
	if f, ok := m.top().s.(screen.Filterer); ok && len(m.dialogs) == 0 {
		m.filter = &widget.Field{Limit: 200}
		m.filter.Set(f.Filtered())
	}
	return nil
}

// typeFilter is a key while a filter is typed: Enter keeps it, arrows move in the list.
func (m *Model) typeFilter(k tea.KeyMsg, ids []action.ID) tea.Cmd {
	if k.Type == tea.KeyEnter {
		m.filter = nil
		return address(m.top().id, m.looks())
	}
	if cmd, ok := m.filter.Type(k); ok {
		return tea.Batch(cmd, m.filterTo(m.filter.Text()))
	}
	for _, id := range ids {
		if id == action.Down || id == action.Up || id == action.PageDown || id == action.PageUp {
			cmd, _ := m.top().s.Do(id)
			return address(m.top().id, cmd)
		}
		if scope(id) == action.Anywhere {
			cmd, _ := m.global(id)
			return cmd
		}
	}
	return nil
}

// looks is what Enter does with a filter that nothing matches; nil where it only keeps it.
func (m *Model) looks() tea.Cmd {
	if l, ok := m.top().s.(screen.Looker); ok {
		return l.Look()
	}
	return nil
}

func (m *Model) filterTo(text string) tea.Cmd {
	if f, ok := m.top().s.(screen.Filterer); ok {
		f.Filter(strings.TrimSpace(text))
		if seeker, ok := f.(screen.Seeker); ok {
			return address(m.top().id, seeker.Seek())
		}
	}
	return nil
}
