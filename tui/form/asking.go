package form

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// Asking is a form as it is asked for field by field, for people who answer line by line.
type Asking struct {
	*Form
	// Changed is called whenever a value of the form changed: it keeps a draft, or reads
	// what the value names.
	Changed func() tea.Cmd
	// Save takes the whole; where it refuses, the form's Err says why.
	Save func() tea.Cmd
	// Leave closes what asks, nothing is lost; nil: as Esc does.
	Leave func() tea.Cmd
	// Sure is asked for a yes before Save; empty: the last answer saves.
	Sure string
	// Secret says that what is typed must not be shown and is no draft: Save takes it from
	// Answer.
	Secret func(secret []byte) tea.Cmd
}

// Asker is a screen or a dialog that asks; nil means that it asks nothing now.
type Asker interface {
	screen.Told
	Asks() *Asking
}

// Tell says what the dialog is about.
func (d *Dialog) Tell() screen.Telling {
	t := screen.Telling{Title: d.Title}
	t.Say("Note", d.Note)
	return t
}

// Asks goes through the fields.
func (d *Dialog) Asks() *Asking { return &Asking{Form: d.Form, Changed: d.keep, Save: d.save} }
