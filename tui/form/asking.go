package form

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// Asking is a form as it is asked for field by field, for people who answer line by line.
type Asking struct {
	*Form
	// Draft keeps what is typed so far; it may be called in the middle of a word. It may be
	// nil, as Changed may.
	Draft func() tea.Cmd
	// Changed is called whenever a field was answered: it reads what the answer names.
	Changed func() tea.Cmd
	// Save takes the whole; where it refuses, the form's Err says why.
	Save func() tea.Cmd
	// Sure is asked for a yes before Save; empty: the last answer saves.
	Sure string
	// Secret takes a passphrase in place of the form: what is typed is neither shown nor
	// kept.
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
	t.Say(noteRole, d.Note)
	return t
}

// Asks goes through the fields.
func (d *Dialog) Asks() *Asking { return &Asking{Form: d.Form, Draft: d.keep, Save: d.save} }
