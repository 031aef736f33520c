package finding

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// Tell says what the finding is about; choosing a piece of evidence leaves it out, or takes
// it in again.
func (s *finding) Tell() screen.Telling {
	t := screen.Telling{Title: "New finding"}
	switch {
	case s.gone != "":
		t.Say("Error", s.gone)
		return t
	case s.edits:
		t.Title = "Finding " + s.was.ID
	}
	t.Say("Items", strings.Join(s.was.Items, " "))
	t.Say("Read-only", s.off())
	if len(s.pieces) > 0 {
		for _, l := range lines(s.pieces) {
			t.Say("Evidence", screen.OneLine(l))
		}
	}
	return t
}

// Asks goes through the fields; all evidence is taken that was not left out.
func (s *finding) Asks() *form.Asking {
	if s.off() != "" || s.saving {
		return nil
	}
	f := form.New(append([]form.Field{}, s.form.Fields[:len(s.form.Fields)-1]...)...)
	for i := range f.Fields {
		if f.Fields[i].Name == "probability" {
			f.Fields[i].Label = "Probability"
		}
		if f.Fields[i].Name == "impact" {
			f.Fields[i].Label = "Impact"
		}
	}
	f.Err, f.At = s.form.Err, min(s.form.At, len(f.Fields)-1)
	return &form.Asking{Form: f, Draft: s.keep, Save: func() tea.Cmd {
		f.Err = ""
		return s.save()
	}, Sure: "save the finding"}
}
