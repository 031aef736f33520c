package report

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// heardWidth is how many cells a told line of the report may have at most.
const heardWidth = 76

// Tell lists the sections; the text of the one that is chosen follows.
func (s *preview) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	if s.err != nil {
		t.Say("Error", s.err.Error())
	}
	if s.stale() {
		t.Say("Note", fmt.Sprintf(toldStale, s.env.Key(action.Turn)))
	}
	for _, sec := range s.sections {
		t.Rows = append(t.Rows, fmt.Sprintf(toldSection, sec.title))
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At, s.marked, s.text = i, s.sections[i].title, true
		return nil
	}
	sec := s.section()
	if sec == nil || !s.text {
		return t
	}
	t.Title += ", " + sec.title
	t.Rows = nil
	t.Up = func() tea.Cmd { s.text = false; return nil }
	for _, name := range s.texts(sec.title) {
		if _, ok := s.edits[name]; ok {
			t.Say("Text", s.textWords(name)+", "+s.stateWords(name))
		}
	}
	for _, l := range sec.heard(heardWidth) {
		if l.text != "" {
			t.Lines = append(t.Lines, l.text)
		}
	}
	return t
}

// Asks asks for the text that is being edited.
func (s *preview) Asks() *form.Asking {
	if s.edit == nil || s.section() == nil {
		return nil
	}
	hint := editHint
	if e := s.edits[s.editing]; e.Changed {
		hint = fmt.Sprintf(editHintChanged, screen.OneLine(s.drafts[s.editing]))
	}
	f := form.New(form.Field{Name: "text", Label: s.textWords(s.editing), Hint: hint, Text: s.edit})
	return &form.Asking{Form: f,
		Draft: func() tea.Cmd {
			return s.env.Review.Draft("text:"+s.editing, s.edit.Text())
		},
		Save: func() tea.Cmd { cmd, _ := s.doEdit(action.FieldSave); return cmd }}
}
