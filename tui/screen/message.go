package screen

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
)

// Messages by which screens and dialogs ask the root for something. They are returned by
// the commands below and never reach a screen.
type (
	// OpenMsg opens a screen over this one, or comes back to it where it is open below.
	OpenMsg struct {
		Name Name
		Args Args
	}
	// BackMsg leaves the screen.
	BackMsg struct{}
	// ToastMsg shows a message in the status line for four seconds and keeps it.
	ToastMsg struct {
		Kind ToastKind
		Text string
	}
	// AskMsg opens a dialog. ByItself says that no key asked for it: it stays deaf for a
	// moment, so that keys already on their way do not answer it.
	AskMsg struct {
		Dialog   Dialog
		ByItself bool
	}
	// CloseMsg closes the dialog that sends it, then runs Then.
	CloseMsg struct{ Then tea.Cmd }
	// PaintMsg paints with another theme for this sitting.
	PaintMsg struct{ Theme string }
	// DoMsg carries out an action as if its key had been pressed.
	DoMsg struct{ ID action.ID }
	// BegunMsg hands over a session that was just created or opened, with what to run
	// at once and which screen to open on it.
	BegunMsg struct {
		Review *Review
		Run    []checks.Class
		Open   OpenMsg
	}
	// ResumeMsg opens a saved session by its id, or the one in a report file, read-only.
	ResumeMsg struct {
		ID   string
		File string          // path of the report file, instead of ID
		Data []byte          // its bytes where they were read already; nil: read it
		At   sessions.Moment // as it was then, to look at; zero: as it is
		Back Name            // where in the review as it is leaving that moment leads; empty: Home
		Name Name            // Walk when empty
		Args Args
		Run  []checks.Class // what to run at once
	}
)

// ToastKind says how a toast is painted and whether it stays until the next key.
type ToastKind int

// The kinds of toasts. An Alert stays until the next key.
const (
	Good ToastKind = iota
	Note
	Alert
)

// Toast is a message that was shown, as :messages keeps it.
type Toast struct {
	At   time.Time
	Kind ToastKind
	Text string
}

// Revisit opens a review as it was at a moment, to look at. Leaving it leads back to its
// history.
func Revisit(r *Review, at sessions.Moment) tea.Cmd {
	return say(ResumeMsg{ID: r.ID(), File: r.File, At: at, Back: History})
}

// WaitMsg has For carried out beside everything else: it answers when something happens,
// which may be never, so nobody counts on its answer.
type WaitMsg struct{ For tea.Cmd }

func say(m tea.Msg) tea.Cmd { return func() tea.Msg { return m } }

// Go opens a screen.
func Go(name Name, args Args) tea.Cmd { return say(OpenMsg{name, args}) }

// Leave goes back the way one came.
func Leave() tea.Cmd { return say(BackMsg{}) }

// Tell shows a toast. Only for what happens out of sight.
func Tell(kind ToastKind, text string) tea.Cmd { return say(ToastMsg{kind, text}) }

// Fail shows an error until the next key: what happened, and what to do.
func Fail(err error) tea.Cmd {
	if err == nil {
		return nil
	}
	return Tell(Alert, err.Error())
}

// Ask opens a dialog that a key asked for.
func Ask(d Dialog) tea.Cmd { return say(AskMsg{Dialog: d}) }

// Interrupt opens a dialog that nobody asked for.
func Interrupt(d Dialog) tea.Cmd { return say(AskMsg{Dialog: d, ByItself: true}) }

// Close closes the dialog that returns it, and only then runs the command: the two
// never overtake each other.
func Close(then tea.Cmd) tea.Cmd { return say(CloseMsg{then}) }

// Paint paints with another theme for this sitting.
func Paint(theme string) tea.Cmd { return say(PaintMsg{theme}) }

// Run carries out an action as its key would.
func Run(id action.ID) tea.Cmd { return say(DoMsg{id}) }

// ResumeFile opens the session in a report file, to look at.
func ResumeFile(path string) tea.Cmd { return say(ResumeMsg{File: path}) }

// ResumeBytes opens the session in the bytes of a report file that was read already.
func ResumeBytes(path string, data []byte) tea.Cmd { return say(ResumeMsg{File: path, Data: data}) }

// Resume opens a saved session.
func Resume(id string, name Name, args Args) tea.Cmd {
	return say(ResumeMsg{ID: id, Name: name, Args: args})
}
