package app

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// maker finds a screen in the table.
func (m *Model) maker(name screen.Name) (screen.Maker, bool) {
	if mk, ok := m.o.Screens[name]; ok {
		return mk, true
	}
	mk, ok := screens[name]
	return mk, ok
}

// open enters a screen: comes back to it where it is open below, else puts it on top.
func (m *Model) open(name screen.Name, args screen.Args) tea.Cmd {
	mk, ok := m.maker(name)
	if !ok {
		m.tell(screen.Note, fmt.Sprintf(noScreenNamed, name))
		return m.toastTimer()
	}
	m.filter = nil
	for i, o := range m.stack {
		if o.name == name {
			m.leaveAbove(i + 1)
			return address(o.id, o.s.Open(args))
		}
	}
	if t := m.top(); t != nil {
		m.remember(t)
	}
	args.Kept = m.kept(name)
	m.ids++
	o := &open{id: m.ids, name: name, s: mk(m.env)}
	m.stack = append(m.stack, o)
	return address(o.id, o.s.Open(args))
}

// leaveAbove takes screens off the stack, keeping their places.
func (m *Model) leaveAbove(n int) {
	for _, o := range m.stack[n:] {
		m.remember(o)
	}
	clear(m.stack[n:])
	m.stack = m.stack[:n]
}

// back leaves the top screen, the way one came.
func (m *Model) back() tea.Cmd {
	m.filter = nil
	if len(m.stack) > 1 {
		m.leaveAbove(len(m.stack) - 1)
		t := m.top()
		return address(t.id, t.s.Update(screen.BackMsg{}))
	}
	return nil
}

// perReview reports whether a screen's place belongs to the open review.
func perReview(name screen.Name) bool {
	switch name {
	case screen.Home, screen.Setup, screen.Settings, screen.Messages, screen.HelpText, screen.Verify, screen.Search:
		return false
	}
	return true
}

func (m *Model) remember(o *open) {
	k := o.s.Keep()
	if r := m.env.Review; r != nil && perReview(o.name) {
		r.Places[string(o.name)] = k
		return
	}
	m.places[o.name] = k
}

func (m *Model) kept(name screen.Name) screen.Kept {
	if r := m.env.Review; r != nil && perReview(name) {
		return r.Places[string(name)]
	}
	return m.places[name]
}

// keepPlaces writes down where the person is, so that a crash loses no place.
func (m *Model) keepPlaces() tea.Cmd {
	r, t := m.env.Review, m.top()
	if r == nil || t == nil || !perReview(t.name) || r.ReadOnly() != "" {
		return nil
	}
	keep := r.KeepPlace(t.name, t.s.Keep())
	if t.name == screen.Sign { // signing begins anew, when it is asked for
		return keep
	}
	return tea.Batch(keep, r.KeepPlace("at", screen.Kept{"screen": string(t.name)}))
}
