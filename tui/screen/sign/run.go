package sign

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
)

// job is all that signing takes; it runs in a command.
type job struct {
	session    *sessions.Session
	key        signing.Available
	as, into   string
	version    string
	at         time.Time
	passphrase []byte // nil: not asked yet
}

// signed is how it went.
type signed struct {
	request uint64
	file    string
	err     error
}

// start checks what was chosen and signs.
func (s *sign) start() tea.Cmd {
	s.err = ""
	if why := s.off(); why != "" { // in a field the key is not held back
		return screen.Tell(screen.Note, screen.NotNow(why))
	}
	if _, wrong := s.signer(); wrong != "" {
		s.at, s.bad, s.err = atAs, atAs, wrong
		return nil
	}
	if strings.TrimSpace(s.into.Text()) == "" {
		s.at, s.bad, s.err = atInto, atInto, needsInto
		return nil
	}
	return s.run(nil)
}

// run signs in a command; its answer is taken only while nobody gave up.
func (s *sign) run(passphrase []byte) tea.Cmd {
	session, ok := s.env.Review.Session.(*sessions.Session)
	if !ok || s.list.At >= len(s.keys) {
		s.bad, s.err = s.at, cannotSign
		return nil
	}
	as, _ := s.signer()
	j := job{session: session, key: s.keys[s.list.At], as: as, into: strings.TrimSpace(s.into.Text()),
		version: s.env.Version, at: s.env.Now().UTC().Truncate(time.Second), passphrase: passphrase}
	s.asked++
	s.step, s.err, s.covers = working, "", s.subject()
	request := s.asked
	ctx, cancel := context.WithCancel(s.env.Ctx)
	s.cancel = cancel
	return func() tea.Msg {
		defer cancel()
		return signed{request, j.into, j.run(ctx)}
	}
}

// run loads the key, renders the report, signs it, and writes the file last.
func (j job) run(ctx context.Context) error {
	key, err := unlock.Load(ctx, j.key, j.passphrase)
	if err != nil {
		return err
	}
	defer key.Close()
	defer context.AfterFunc(ctx, key.Close)() // an agent has no other way to be given up on
	contents, facts, err := handover.Contents(ctx, j.session, j.version)
	if err != nil {
		return err
	}
	facts.Signer, facts.SignedAt = j.as, j.at
	file, err := signing.Sign(contents, facts, key.Signer)
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return handover.Write(j.into, file, false)
}

// signed takes the answer: the file, a locked key, or what went wrong and in which field.
func (s *sign) signed(m signed) tea.Cmd {
	if m.request != s.asked || s.step != working {
		return nil
	}
	s.step = choosing
	switch {
	case m.err == nil:
		s.step, s.file = done, m.file
		cmd := s.env.Review.Draft(draftName, "")
		if s.submit && s.offSubmit() == "" {
			cmd = tea.Batch(cmd, s.env.Review.Record(sessions.SignedOff{State: sessions.Submitted}))
		}
		return cmd
	case errors.Is(m.err, unlock.ErrLocked):
		s.step = locked
	case errors.Is(m.err, x509.IncorrectPasswordError):
		s.step, s.err = locked, screen.WrongPassphrase
	case errors.Is(m.err, fs.ErrExist):
		s.at, s.bad, s.err = atInto, atInto, fmt.Sprintf(fileExists, m.err)
	default:
		s.at, s.bad, s.err = atKey, atKey, m.err.Error()
	}
	return nil
}

// giveUp stops waiting; what comes back after that is dropped.
func (s *sign) giveUp() {
	s.asked++
	s.step = choosing
	if s.cancel != nil {
		s.cancel()
	}
}
