package app

import (
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// twice is within which time a second Ctrl+C leaves at once.
const twice = 2 * time.Second

// quitMsg says that everything is on disk and the program may end, or what could not be
// written.
type quitMsg struct{ err error }

// quit is q: back, and from Home out; it asks only where a run would be cut off.
func (m *Model) quit() tea.Cmd {
	if n := len(m.dialogs); n > 0 {
		return m.closeDialog(m.dialogs[n-1])
	}
	if m.past() {
		return m.present()
	}
	if len(m.stack) > 1 {
		return m.back()
	}
	if n := m.lost(); n > 0 {
		m.ask(screen.NewConfirm(m.env, loseTitle, loseAsk(n, m.env.Key(action.Commands)), loseYes,
			func() tea.Cmd { return screen.Run(action.QuitNow) }), false)
		return nil
	}
	if r := m.env.Review; r != nil && r.Running != nil {
		m.ask(screen.NewConfirm(m.env, leaveTitle, leaveRun, leaveYes,
			func() tea.Cmd { return screen.Run(action.QuitNow) }), false)
		return nil
	}
	return m.leave()
}

// past reports whether the walk of a past moment is on top that was opened from the review
// as it is.
func (m *Model) past() bool {
	r := m.env.Review
	return r != nil && r.Back != "" && m.top().name == screen.Walk
}

// present goes from a past moment back to where it was opened from.
func (m *Model) present() tea.Cmd {
	r := m.env.Review
	return m.resume(screen.ResumeMsg{ID: r.ID(), File: r.File, Name: r.Back})
}

// leave stops what runs, writes what is not on disk and ends the program. Asked again
// within two seconds it ends at once: the journal is whole at any byte.
func (m *Model) leave() tea.Cmd {
	now := m.o.Now()
	if m.leaving && now.Sub(m.leftAt) < twice {
		m.cancel()
		return tea.Quit
	}
	m.leaving, m.leftAt = true, now
	if n := m.lost(); n > 0 {
		m.tell(screen.Alert, loseWarning(n, m.env.Key(action.Commands)))
		return nil
	}
	if r := m.env.Review; r != nil && r.Running != nil {
		r.Stop()
		m.tell(screen.Note, leavesRun)
		return m.toastTimer()
	}
	return m.finish()
}

// Abandon saves what can be saved after the program was ended from outside. It does
// nothing when the person left.
func (m *Model) Abandon() error {
	m.cancel()
	kept := m.env.Desk.Closing()()
	if r := m.env.Review; r != nil && !m.closed {
		return errors.Join(kept, r.Abandon())
	}
	return kept
}

// finish closes the review and ends the program.
func (m *Model) finish() tea.Cmd {
	if r := m.env.Review; r != nil {
		if t := m.top(); t != nil && perReview(t.name) {
			r.KeepPlace(t.name, t.s.Keep())
			if t.name != screen.Sign { // signing begins anew, when it is asked for
				r.KeepPlace("at", screen.Kept{"screen": string(t.name)})
			}
		}
	}
	closing, desk := m.closing(), m.env.Desk.Closing()
	m.closed = true
	return func() tea.Msg {
		return quitMsg{errors.Join(closing(), desk())}
	}
}
