package screen

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
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
	t := Telling{Title: "Run this target from here?", Lines: []string{foreignWords}, Question: "run it from here"}
	label := ""
	for _, l := range d.lines {
		if l[0] != "" {
			label = l[0]
		}
		t.Say(label, l[1])
	}
	return t
}

// foreignWords is what is to know of a target that came with its session.
const foreignWords = "Its target file came with this review and was not read from this machine. Whoever wrote it chose what is sent where."

// OneLine is a text of several lines as one, for rows.
func OneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// CountWords says counts with their words: "8 pass, 2 warn, 10 fail"; what there is none
// of is left out.
func CountWords(c sessions.Counts) string {
	var parts []string
	for _, n := range []struct {
		n int
		v checks.Verdict
	}{{c.Pass, checks.Pass}, {c.Warn, checks.Warn}, {c.Fail, checks.Fail}, {c.Inconclusive, checks.Inconclusive}, {c.NA, checks.NA}, {c.Pending, checks.Pending}} {
		if n.n > 0 {
			parts = append(parts, Number(n.n)+" "+string(n.v))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ")
}

// DecisionWords is a decision with its score, its range and its coverage: "NO-GO, 35.2 %,
// range 30.0 to 41.2, coverage 80 %".
func DecisionWords(a *sessions.Assessment) string {
	out := a.Decision.Words()
	if a.Decision != a.Computed {
		out += ", declared, computed " + a.Computed.Words()
	}
	if a.Decision == sessions.Incomplete && a.Score.Coverage == 0 {
		return out
	}
	return out + ", " + Percent(a.Score.Overall, 1) + ", range " + Percent(a.Score.Low, 1) + " to " + Percent(a.Score.High, 1) +
		", coverage " + Percent(a.Score.Coverage, 0)
}
