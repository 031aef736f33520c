package app

import (
	"errors"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// deafTime is how long a dialog that opens by itself ignores keys.
const deafTime = 425 * time.Millisecond

// toastTime is how long a toast stays.
const toastTime = 4 * time.Second

// deliver hands an answer to the screen or dialog that asked, unless it is for the root.
func (m *Model) deliver(a addressed) tea.Cmd {
	if c, ok := a.msg.(screen.CloseMsg); ok && m.drop(a.to) {
		return c.Then
	}
	for _, o := range m.stack {
		if o.id == a.to {
			return m.receive(a.msg, func(msg tea.Msg) tea.Cmd { return address(o.id, o.s.Update(msg)) })
		}
	}
	for _, d := range m.dialogs {
		if d.id == a.to {
			return m.receive(a.msg, func(msg tea.Msg) tea.Cmd { return address(d.id, d.d.Update(msg)) })
		}
	}
	return m.receive(a.msg, func(tea.Msg) tea.Cmd { return nil })
}

// receive carries out what the root is asked for; everything else is data, for owner, or
// for the top screen where nobody is known to have asked.
func (m *Model) receive(msg tea.Msg, owner func(tea.Msg) tea.Cmd) tea.Cmd {
	switch msg := msg.(type) {
	case screen.OpenMsg:
		m.dialogs = nil
		m.moved = true
		return m.open(msg.Name, msg.Args)
	case screen.BackMsg:
		return m.back()
	case screen.ToastMsg:
		m.tell(msg.Kind, msg.Text)
		return m.toastTimer()
	case screen.AskMsg:
		m.ask(msg.Dialog, msg.ByItself)
		return nil
	case screen.CloseMsg:
		if n := len(m.dialogs); n > 0 {
			m.drop(m.dialogs[n-1].id)
		}
		return msg.Then
	case screen.DoMsg:
		f, id := m.focus()
		return m.intent([]action.ID{msg.ID}, f, id)
	case rescuedMsg:
		m.takeRescued(msg)
		return nil
	case screen.PaintMsg:
		return m.paintWith(msg.Theme)
	case screen.ResumeMsg:
		return m.resume(msg)
	case screen.WaitMsg:
		return msg.For
	case screen.BegunMsg:
		return tea.Batch(m.begun(msg), msg.Review.Following())
	}
	if cmd, ok := m.receiveReview(msg); ok {
		return cmd
	}
	if owner == nil {
		return m.unasked(msg)
	}
	return owner(msg)
}

// unasked gives data that nobody is known to have asked for, such as what an editor left, to
// what the person sees: the top dialog and the screen under it.
func (m *Model) unasked(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	if n := len(m.dialogs); n > 0 {
		d := m.dialogs[n-1]
		cmds = append(cmds, address(d.id, d.d.Update(msg)))
	}
	if t := m.top(); t != nil {
		cmds = append(cmds, address(t.id, t.s.Update(msg)))
	}
	return tea.Batch(cmds...)
}

// receiveReview takes what concerns the open review, and the root's own timers.
func (m *Model) receiveReview(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case screen.StateChanged:
		return m.changed(msg), true
	case screen.FlushMsg:
		return msg.Drafts.Flush(), true
	case screen.FlushedMsg:
		msg.Drafts.Flushed(msg, m.o.Now())
		if msg.Err != nil {
			m.tell(screen.Alert, fmt.Sprintf(cantKeep, screen.Pathless(msg.Err.Error(), msg.Err)))
		}
		return nil, true
	case toastMsg:
		if msg.id == m.toastID && m.toast != nil && m.toast.Kind != screen.Alert {
			m.toast = nil
		}
		return nil, true
	case demoFailed:
		m.ahead.keys = nil // they were for its form
		m.tell(screen.Alert, fmt.Sprintf(cantDemo, msg.err))
		return nil, true
	case clockMsg:
		m.clock = false
		return nil, true
	case painted:
		m.repaint(msg)
		return m.toastTimer(), true
	case LightBackground:
		return m.lighten(), true
	case PasteCut:
		m.tell(screen.Alert, fmt.Sprintf(pasteCut, msg.Most>>10))
		return nil, true
	case filesMsg:
		return m.reload(), true
	case quitMsg:
		m.err = msg.err
		return tea.Quit, true
	}
	return nil, false
}

// PasteCut says that a paste was longer than Most bytes, and that the rest of it was dropped.
type PasteCut struct{ Most int }

// changed takes a new state in and tells every open screen and dialog.
func (m *Model) changed(msg screen.StateChanged) tea.Cmd {
	r := msg.Review
	ended := msg.Ended && r.Running != nil
	news, lost := r.News(msg.State)
	r.Apply(msg, m.o.Now())
	cmds := []tea.Cmd{r.Next(msg)}
	switch {
	case news == "" || r != m.env.Review:
	case lost:
		m.tell(screen.Alert, news)
	default:
		cmds = append(cmds, m.whisper(news))
	}
	switch {
	case errors.Is(msg.Err, sessions.ErrRefused):
		m.tell(screen.Alert, msg.Err.Error())
	case msg.Err != nil && !msg.Recorded():
		m.tell(screen.Alert, fmt.Sprintf(endedEarly, msg.Err))
	case errors.Is(msg.Err, sessions.ErrConflict):
		m.tell(screen.Alert, notSavedConflict)
	case msg.Err != nil:
		m.tell(screen.Alert, fmt.Sprintf(notSaved, r.Plainly(msg.Err.Error())))
		if n := m.lost(); n > 0 && r == m.env.Review && n != m.offered {
			m.offered = n
			m.askRescue(true)
		}
	}
	if msg.Refused != nil {
		m.tell(screen.Alert, fmt.Sprintf(notSaved, msg.Refused))
	}
	if msg.Unkept != nil {
		m.tell(screen.Alert, fmt.Sprintf(waitsInMemory, msg.Unkept))
	}
	if msg.Turned != "" && msg.Err == nil {
		m.tell(screen.Good, msg.Turned)
		cmds = append(cmds, m.toastTimer())
	}
	if r == m.env.Review {
		for _, o := range m.stack {
			cmds = append(cmds, address(o.id, o.s.Update(msg)))
		}
		for _, d := range m.dialogs {
			cmds = append(cmds, address(d.id, d.d.Update(msg)))
		}
	}
	if ended && m.leaving {
		cmds = append(cmds, m.finish())
	}
	return tea.Batch(cmds...)
}

// tell shows a toast and keeps it.
func (m *Model) tell(kind screen.ToastKind, text string) {
	t := screen.Toast{At: m.o.Now(), Kind: kind, Text: text}
	m.env.Toasts = append(m.env.Toasts, t)
	if len(m.env.Toasts) > 500 {
		m.env.Toasts = m.env.Toasts[len(m.env.Toasts)-500:]
	}
	m.toast = &t
	m.toastID++
}

// whisper shows a note unless something that needs an answer is shown, and keeps it.
func (m *Model) whisper(text string) tea.Cmd {
	if m.toast != nil && m.toast.Kind == screen.Alert {
		m.env.Toasts = append(m.env.Toasts, screen.Toast{At: m.o.Now(), Kind: screen.Note, Text: text})
		return nil
	}
	m.tell(screen.Note, text)
	return m.toastTimer()
}

func (m *Model) toastTimer() tea.Cmd { return m.o.After(toastTime, toastMsg{m.toastID}) }

// ask puts a dialog over the screen and returns its id.
func (m *Model) ask(d screen.Dialog, byItself bool) int {
	m.ids++
	entry := &dialog{id: m.ids, d: d}
	if byItself {
		entry.deaf = m.o.Now().Add(deafTime)
	}
	m.filter = nil
	m.dialogs = append(m.dialogs, entry)
	return entry.id
}

// drop takes a dialog away. False: there is none of that id.
func (m *Model) drop(id int) bool {
	for i, d := range m.dialogs {
		if d.id == id {
			m.dialogs = append(m.dialogs[:i], m.dialogs[i+1:]...)
			return true
		}
	}
	return false
}

// closeDialog closes a dialog because the person left it, and tells it so.
func (m *Model) closeDialog(d *dialog) tea.Cmd {
	m.drop(d.id)
	if c, ok := d.d.(screen.Closer); ok {
		return c.Closed()
	}
	return nil
}
