package finding_test

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions/library"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/finding"
)

var pickKey = tea.KeyMsg{Type: tea.KeyCtrlT}

// Ctrl+T fills in a text of the library that fits the item, the next one when pressed
// again, and never over what a person typed.
func TestPickAText(t *testing.T) {
	house, err := library.Parse("house.toml", []byte(`
[[finding]]
id = "one"
title = "The first text about {item}"
severity = "critical"
items = ["SEC-02"]
description = "{item}: {found}."
recommendation = "Mend it."
[[finding]]
id = "two"
title = "The second text"
items = ["SEC-*"]
effort = "3 days"
[[finding]]
id = "other"
title = "Of another item"
items = ["REL-01"]
`))
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *drive.World {
		w := open(t, drive.Options{W: 120, H: 40}, screen.Args{Item: "SEC-02"})
		send(w, pickKey)
		w.Has("not now: no text of the library fits")
		send(w, finding.LibraryRead(house))
		send(w, pickKey)
		return w
	}
	w := begin()
	w.Has("The first text about SEC-02", "[critical]", "text one, 1 of 2 that fit", "Mend it.")
	w.Press("tab", "tab", "tab")
	w.Keys("our backend")
	send(w, pickKey)
	w.Has("The second text", "our backend", "3 days", "text two, 2 of 2 that fit")
	send(w, pickKey)
	w.Press("ctrl+s")
	found := w.Review().State.Findings
	if len(found) != 1 || found[0].Title != "The first text about SEC-02" || found[0].Owner != "our backend" ||
		!strings.HasPrefix(string(found[0].Description), "SEC-02: ") || found[0].Severity != checks.Critical {
		t.Errorf("recorded %+v", found)
	}

	w = begin()
	w.Keys(" of mine")
	send(w, pickKey)
	w.Press("ctrl+s")
	if found := w.Review().State.Findings; len(found) != 1 || found[0].Title != "The first text about SEC-02 of mine" || found[0].Effort != "3 days" {
		t.Errorf("what was typed is gone: %+v", found)
	}
}
