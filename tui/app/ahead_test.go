package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
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

// A name typed while the demo system starts is for its form, however long that takes; where
// it does not start, nobody wants the letters.
func TestKeysWaitForTheFormOfTheDemo(t *testing.T) {
	for _, fails := range []error{nil, errors.New("no port is free")} {
		w := drive.NewWorld(t, drive.Options{NoName: true, Change: func(a *app.Options) {
			a.StartDemo = func(context.Context) (string, string, error) { return "demo.toml", "phase5", fails }
		}})
		_, asks := w.Model.Update(screen.DoMsg{ID: action.Demo})
		var timers []tea.Cmd
		for _, r := range "Alice" {
			timers = append(timers, letter(w, r))
			w.Advance(100 * time.Millisecond)
		}
		if timers[0] == nil {
			t.Fatal("the first letter did not wait")
		}
		w.Send(timers[0]())
		w.Lacks("Assessor")
		w.Send(asks())
		w.Advance(100 * time.Millisecond)
		if fails != nil {
			w.Has("can't start the demo: no port is free")
			w.Lacks("Assessor")
			continue
		}
		w.Has("▸Assessor    Alice", "demo.toml")
		w.Press("backspace")
		w.Has("▸Assessor    Alic")
	}
}

// The palette and prompts take Enter as typing: keys wait for what it opens all the same.
func TestKeysWaitForWhatThePaletteOpens(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{NoName: true})
	w.Keys(":new review")
	_, opens := w.Model.Update(tea.KeyMsg{Type: tea.KeyEnter})
	timer := letter(w, 'c')
	w.Send(opens())
	w.Advance(10 * time.Millisecond)
	w.Has("▸Target      target.tomlc")
	w.Send(timer())
}

func letter(w *drive.World, r rune) tea.Cmd {
	_, cmd := w.Model.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}})
	return cmd
}

// A key never overtakes those that wait, though their time is over and their timer is late.
func TestNoKeyOvertakesThoseThatWait(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	slow := letter(w, 'r') // a run that has not answered
	timer := letter(w, 'D')
	w.Advance(40 * time.Millisecond)
	if cmd := letter(w, 'F'); cmd != nil {
		w.Send(cmd())
	}
	if at := w.Model.FocusName(); at != screen.Findings {
		t.Errorf("after D and F the screen is %s", at)
	}
	w.Send(timer())
	w.Advance(40 * time.Millisecond)
	if at := w.Model.FocusName(); at != screen.Findings {
		t.Errorf("the timer that came late leads to %s", at)
	}
	w.Send(slow())
}

// What a command asks for may take its time too: keys that waited for the command do not
// wait for that, else they would be pressed minutes later on something else.
func TestKeysDoNotWaitForWorkThatACommandAskedFor(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	slow := letter(w, 'r')
	timer := letter(w, 'D')
	_, work := w.Model.Update(screen.DoMsg{ID: action.ItemNote}) // has not answered either
	w.Send(timer())
	for _, cmd := range batch(work)[1:] {
		w.Send(cmd())
	}
	w.Advance(70 * time.Millisecond)
	w.Has("Decision")
	w.Send(slow())
}

// batch are the commands in one.
func batch(cmd tea.Cmd) []tea.Cmd {
	if b, ok := cmd().(tea.BatchMsg); ok {
		return b
	}
	return []tea.Cmd{cmd}
}
