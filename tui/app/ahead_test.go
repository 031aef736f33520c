package app_test

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/drive"
)

// typed gives keys to the program faster than what they ask for can answer: everything
// that the keys asked for comes after the last of them.
func typed(w *drive.World, keys string) {
	var cmds []tea.Cmd
	for _, r := range keys {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
		_, cmd := w.Model.Update(k)
		cmds = append(cmds, cmd)
	}
	for _, cmd := range cmds {
		if cmd != nil {
			w.Send(cmd())
		}
	}
}

// A text typed right after the key that opens its field belongs to the field. It must not
// judge what is still marked meanwhile.
func TestKeysWaitForTheDialogThatTheyAreFor(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	before := len(w.Review().Session.Events())
	typed(w, "epp fine")
	w.Has("Note on SEC-01", "pp fine")
	w.Press("ctrl+s")
	events := w.Review().Session.Events()
	if len(events) != before+1 || w.Review().Item("SEC-01").Note != "pp fine" {
		t.Fatalf("%d events came: %+v", len(events)-before, events[before:])
	}
}

// Keys never wait long for what takes its time, and none is lost.
func TestKeysDoNotWaitForWork(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	_, slow := w.Model.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("r")}) // a run that has not answered
	_, timer := w.Model.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("D")})
	w.Lacks("Path to GO")
	w.Send(timer())
	w.Advance(40e6)
	w.Has("Decision")
	w.Send(slow())
}
