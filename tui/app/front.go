package app

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// What follows is for a front that does not paint: it asks what has the focus, what can be
// done, and does it, as keys would.

// Focus is what has the keys: the top dialog, else the top screen; nil before Init.
func (m *Model) Focus() any {
	f, _ := m.focus()
	return f
}

// FocusName names the top screen.
func (m *Model) FocusName() screen.Name {
	if t := m.top(); t != nil {
		return t.name
	}
	return ""
}

// Asks addresses a command as if what has the focus had asked for it.
func (m *Model) Asks(cmd tea.Cmd) tea.Cmd {
	_, id := m.focus()
	return address(id, cmd)
}

// Leave is Esc.
func (m *Model) Leave() tea.Cmd { return m.escape() }

// Dialog reports whether a dialog has the keys.
func (m *Model) Dialog() bool { return len(m.dialogs) > 0 }

// Can lists what can be done now, what has the focus first, or why not; under a dialog
// only what the dialog does.
func (m *Model) Can() []action.State {
	f, _ := m.focus()
	if f == nil {
		return nil
	}
	states := f.Actions()
	if len(m.dialogs) > 0 {
		return states
	}
	here := m.FocusName()
	for _, s := range m.missing(states) {
		if places[s.ID] == here || here != screen.Home && (s.ID == action.Demo || s.ID == action.OpenFile) {
			continue // it is here, or it is begun at home
		}
		states = append(states, s)
	}
	return states
}

// Said is a message without the key that asked for it and the address on it.
func Said(msg tea.Msg) tea.Msg {
	if a, ok := msg.(aheadMsg); ok {
		msg = a.msg
	}
	if a, ok := msg.(addressed); ok {
		return a.msg
	}
	return msg
}

// Tell says what a re-test begins with.
func (d *retest) Tell() screen.Telling {
	t := screen.Telling{Title: retestTitle, Lines: []string{retestIntro}, Question: retestGoOn}
	label := ""
	for _, l := range d.lines {
		if l.label != "" {
			label = l.label
		}
		t.Say(label, l.text)
	}
	t.Lines = append(t.Lines, retestSpoken)
	return t
}

// Tell says what became of a sitting that ended without closing.
func (d *welcome) Tell() screen.Telling {
	t := screen.Telling{Title: welcomeTitle, Lines: []string{fmt.Sprintf(welcomeEnded, d.when)}, Question: d.goOn()}
	for _, l := range d.lines {
		t.Say(l[0], l[1])
	}
	t.Lines = append(t.Lines, nothingLost, welcomeSpoken)
	return t
}
