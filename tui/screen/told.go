package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/widget"
)

// Told is a screen or a dialog that can be said line by line, for people who hear it
// instead of seeing it. What it tells is what its View paints, in the same words.
type Told interface {
	Tell() Telling
}

// Telling is what there is to say of a screen: its title, lines that begin with what they
// are, rows that are chosen by number, and ways to go on that no action of the table
// stands for. It follows from the screen's state alone.
type Telling struct {
	Kind  string // of what a screen can show, where that is more than one thing
	Title string
	Lines []string
	Rows  []string
	Pick  func(row int) tea.Cmd // takes a row, from 0; nil: the rows are only read
	Mark  func(row int) tea.Cmd // puts the mark on a row without taking it, so that a command is for it; nil: nothing is marked
	Ways  []Way
	// Question is what a yes answers. A screen without one asks for a command.
	Question string
	// Up goes one step up within the screen; nil where b leaves it.
	Up func() tea.Cmd
}

// Way is a word that can be typed, what it does in a few words, and the doing.
type Way struct {
	Word, Hint string
	Go         func() tea.Cmd
}

// Say adds a line that begins with its role; an empty text adds none.
func (t *Telling) Say(role, text string) {
	if text = strings.TrimSpace(text); text != "" {
		t.Lines = append(t.Lines, role+": "+text)
	}
}

// Way adds a word.
func (t *Telling) Way(word, hint string, do func() tea.Cmd) {
	t.Ways = append(t.Ways, Way{word, hint, do})
}

// Tell says the question.
func (c *Confirm) Tell() Telling {
	return Telling{Title: c.title, Lines: []string{c.text}, Question: c.yes}
}

// Tell says what to type.
func (p *Prompt) Tell() Telling { return Telling{Title: p.title, Lines: []string{p.label}} }

// Field is what is typed; Answer takes it.
func (p *Prompt) Field() *widget.Field { return &p.field }

// Answer is Enter.
func (p *Prompt) Answer() tea.Cmd { return p.save() }

// Tell says whom the target that came with the session would speak to.
func (d *foreign) Tell() Telling {
	t := Telling{Title: foreignAsks, Lines: []string{foreignWords}, Question: foreignYes}
	label := ""
	for _, l := range d.lines {
		if l[0] != "" {
			label = l[0]
		}
		t.Say(label, l[1])
	}
	return t
}

// OneLine is a text of several lines as one, for rows.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
