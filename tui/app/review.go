package app

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// judge computes what follows from a state. Commands call it, never View.
func judge(st *sessions.State) (*sessions.Assessment, []string) {
	a := sessions.Assess(st)
	return &a, sessions.NeedsYou(st)
}

// resume opens a saved session in a command; the one that is open is kept where it is the
// same.
func (m *Model) resume(msg screen.ResumeMsg) tea.Cmd {
	to := screen.OpenMsg{Name: msg.Name, Args: msg.Args}
	if r := m.env.Review; r != nil && r.ID() == msg.ID && r.File == msg.File && r.At == msg.At && msg.Data == nil {
		return m.openOn(r, to)
	}
	if why := m.busy(); why != "" {
		m.tell(screen.Note, screen.NotNow(why))
		return m.toastTimer()
	}
	if msg.File != "" {
		return openFile(m.env, msg, to)
	}
	env, id := m.env, msg.ID
	return func() tea.Msg {
		s, err := openAt(env, env.Store, id, msg.At)
		if err != nil {
			return screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf(cantOpen, id, err)}
		}
		if err := env.Vouched.Admit(s); err != nil {
			return screen.ToastMsg{Kind: screen.Alert, Text: err.Error()}
		}
		r, err := screen.NewReview(env, s)
		if err != nil {
			return screen.ToastMsg{Kind: screen.Alert, Text: err.Error()}
		}
		r.At, r.Back = msg.At, msg.Back
		return screen.BegunMsg{Review: r, Run: msg.Run, Open: to}
	}
}

// openAt opens a session to work on it, or as it was, to look at.
func openAt(env *screen.Env, st sessions.Store, id string, at sessions.Moment) (*sessions.Session, error) {
	if at.IsNow() {
		return sessions.Open(env.Ctx, st, env.Registry, id)
	}
	return sessions.ViewAt(env.Ctx, st, env.Registry, id, at)
}

// openFile opens the session in a report file in a command. Its drafts and its evidence are
// the file's, so nothing of a session of the same id in the store mixes with it.
func openFile(env *screen.Env, msg screen.ResumeMsg, to screen.OpenMsg) tea.Cmd {
	path := msg.File
	return func() tea.Msg {
		refuse := func(err error) tea.Msg {
			if where := (*fs.PathError)(nil); errors.As(err, &where) {
				err = where.Err // the file is named already
			}
			return screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf(cantOpen, filepath.Base(path), err)}
		}
		data, err := msg.Data, error(nil)
		if data == nil {
			data, err = signing.ReadFile(path)
		}
		if err != nil {
			return refuse(err)
		}
		st, id, err := signing.NewStore(data)
		if err != nil {
			return refuse(err)
		}
		s, err := openAt(env, st, id, msg.At)
		if err != nil {
			return refuse(err)
		}
		own := *env
		own.Store = st
		r, err := screen.NewReview(&own, s)
		if err != nil {
			return refuse(err)
		}
		r.File, r.At, r.Back = path, msg.At, msg.Back
		return screen.BegunMsg{Review: r, Open: to}
	}
}

// busy says why no other review can be opened now.
func (m *Model) busy() string {
	if r := m.env.Review; r != nil && r.Running != nil {
		return fmt.Sprintf(stillRunning, r.State.Opened.Target, m.env.Key(action.RunStop))
	}
	return ""
}

// begun makes a session that was opened or created the one at hand.
func (m *Model) begun(msg screen.BegunMsg) tea.Cmd {
	var closing tea.Cmd
	old := m.env.Review
	if old != nil && old != msg.Review {
		done := m.closing()
		closing = func() tea.Msg {
			if err := done(); err != nil {
				return screen.ToastMsg{Kind: screen.Alert, Text: err.Error()}
			}
			return nil
		}
	}
	m.leaveAbove(min(1, len(m.stack)))
	if old != nil && old.ID() == msg.Review.ID() { // one goes through its moments
		msg.Review.Places[string(screen.History)] = old.Places[string(screen.History)]
	}
	m.env.Review = msg.Review
	cmds := []tea.Cmd{closing, m.openOn(msg.Review, msg.Open)}
	if why := msg.Review.ReadOnly(); why != "" {
		m.tell(screen.Note, fmt.Sprintf(readOnly, why))
		cmds = append(cmds, m.toastTimer())
	} else if why := msg.Review.BeforeGone(); why != "" {
		m.tell(screen.Note, why)
		cmds = append(cmds, m.toastTimer())
	}
	if len(msg.Run) > 0 && msg.Review.ReadOnly() == "" {
		cmds = append(cmds, msg.Review.Run(nil, msg.Run, ""))
		if c := msg.Review.Carried; c != nil {
			m.ask(newRetest(m.env, *c), true)
		}
	}
	if news, _ := msg.Review.News(msg.Review.State); news != "" { // while changes of the sitting before waited
		m.tell(screen.Alert, news)
	}
	if msg.Review.CutOff && msg.Review.ReadOnly() == "" { // else the sitting goes on elsewhere
		m.ask(newWelcome(m.env, msg.Review), true)
	}
	return tea.Batch(cmds...)
}

// openOn opens a screen on the review: the one asked for, else where the last sitting
// was, always with Walk below.
func (m *Model) openOn(r *screen.Review, to screen.OpenMsg) tea.Cmd {
	if to.Name == "" {
		to.Name = screen.Name(r.Places["at"]["screen"])
	}
	if _, ok := m.maker(to.Name); !ok || !perReview(to.Name) {
		to.Name = screen.Walk
	}
	if to.Name == screen.Walk {
		return m.open(screen.Walk, to.Args)
	}
	return tea.Batch(m.open(screen.Walk, screen.Args{}), m.open(to.Name, to.Args))
}

// closing returns what closes the review that is open: drafts written, the session's
// lock let go. It runs in a command.
func (m *Model) closing() func() error {
	r := m.env.Review
	if r == nil {
		return func() error { return nil }
	}
	return r.Closing()
}
