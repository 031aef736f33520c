package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
)

// Screen fills the space the root gives it. It is a plain pointer: the root calls it, and
// nothing is copied back. None of its methods does I/O; that is what commands are for.
type Screen interface {
	// Open is called when the screen is entered, and again when it is come back to by
	// Open with other arguments. It may ask for data.
	Open(args Args) tea.Cmd
	// Update takes data that arrived, never keys: answers of the screen's own commands,
	// and Changed whenever the open review changed.
	Update(msg tea.Msg) tea.Cmd
	// Do carries out an intent. False: not mine, ask the next scope.
	Do(id action.ID) (tea.Cmd, bool)
	// Type takes keys, only while TextFocus is true.
	Type(k tea.KeyMsg) tea.Cmd
	// TextFocus reports whether a text field has the keys: single letters are letters.
	TextFocus() bool
	// Actions lists what can be done now, or why not, most used first: for the footer,
	// the help and the palette.
	Actions() []action.State
	// View returns exactly h lines, each exactly w cells. The status line and the footer
	// are the root's and not among them.
	View(w, h int) string
	// Keep returns what brings the screen back as it is: cursor, scroll, filter, order,
	// ticks. It comes back in Args.Kept, also after a crash.
	Keep() Kept
}

// Kept is a screen's place, as text so that it can be saved.
type Kept map[string]string

// Name names a screen in Go and Open.
type Name string

// The screens.
const (
	Home       Name = "home"
	Setup      Name = "setup"
	Walk       Name = "walk"
	Findings   Name = "findings"
	Finding    Name = "finding"
	Live       Name = "live"
	Decision   Name = "decision"
	Conditions Name = "conditions"
	Report     Name = "report"
	Compare    Name = "compare"
	Sign       Name = "sign"
	Verify     Name = "verify"
	Settings   Name = "settings"
	Messages   Name = "messages"
	History    Name = "history"
	HelpText   Name = "help"
	Search     Name = "search"
)

// FailedBefore is the category of what failed in the session that a re-test begins from.
const FailedBefore = "*before"

// Args say what to open a screen on. A screen reads what it knows and leaves the rest.
type Args struct {
	Item     string         // an item's id
	Items    []string       // several: the ticked ones
	Finding  string         // a finding's id
	Category string         // a category's id, or FailedBefore
	Sessions []string       // ids of saved sessions
	File     string         // a path
	Topic    string         // a help topic
	Profile  string         // a profile's name
	Draft    string         // the name of a draft to go on with
	Query    string         // a text to search for
	Strength bool           // a new finding is a strength
	Begin    bool           // begin the new review without asking
	Classes  []checks.Class // classes to ask consent for at once
	Kept     Kept           // the screen's place when it was last left; nil for the first time
}

// Statuser is a screen that has words of its own for the status line. Without it the
// open review speaks.
type Statuser interface {
	Status() Status
}

// Status is the line above the footer: what runs at the left, what needs you at the right.
type Status struct {
	Sign  string // one cell, painted with Token; empty for none
	Token themes.Token
	Left  string
	Right string
}

// Filterer is a screen whose list can be filtered by text typed in the status line.
type Filterer interface {
	Filter(text string) // substring, without case; empty shows all
	Filtered() string   // the filter that holds now
}

// Clicker is a screen that marks what is clicked on. x and y count from the screen's top
// left cell.
type Clicker interface {
	Click(x, y int) tea.Cmd
}

// Namer gives a screen a heading for the help dialog other than its name.
type Namer interface {
	Heading() string
}

// Entry is one line of the palette that is no action: an item, a review, a help topic.
type Entry struct {
	ID    string // what Enter opens; also matched by what is typed
	Words string
	Kind  string // item, review, help, setting
	Open  tea.Cmd
}

// Dialog stands over the screen and is asked first. Its View returns lines of exactly
// the width it chose, at most w cells and h lines; paint.Box draws the border.
type Dialog interface {
	Update(msg tea.Msg) tea.Cmd
	Do(id action.ID) (tea.Cmd, bool)
	Type(k tea.KeyMsg) tea.Cmd
	TextFocus() bool
	Actions() []action.State
	View(w, h int) []string
}

// Closer is a dialog that wants to know when it is closed by Esc: it keeps a draft, or
// answers no.
type Closer interface {
	Closed() tea.Cmd
}
