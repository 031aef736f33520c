package verify

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/screen"
)

// found is what is known of a file.
type found struct {
	data     []byte // the bytes that were checked
	parts    int    // in the archive
	archive  error  // why it is none
	v        *signing.Verification
	closed   string // why the session in it can't be looked at
	replayed bool   // the report was rendered again
	signers  string // why no signers file counted, or empty
	now      time.Time
}

// opened answers a request to read the file.
type opened struct {
	request uint64
	found   found
	err     error
}

// checked answers a request to check it.
type checked struct {
	request uint64
	found   found
}

// read reads the file, once, and takes its archive apart.
func (s *verify) read() tea.Cmd {
	ctx, request := s.begin(reading)
	s.found, s.err, s.top = found{}, nil, 0
	file, now := s.file, s.env.Now()
	return func() tea.Msg {
		m := opened{request: request}
		if m.found.data, m.err = signing.ReadFile(file); m.err != nil || ctx.Err() != nil {
			return m
		}
		m.found.now = now
		c, err := signing.Decode(m.found.data)
		m.found.parts, m.found.archive = len(c), err
		return m
	}
}

// check checks what was read; with replay the report is rendered again too.
func (s *verify) check(replay bool) tea.Cmd {
	st := checking
	if replay {
		st = replaying
	}
	ctx, request := s.begin(st)
	env, f := s.env, s.found
	return func() tea.Msg {
		o, why := options(env)
		o.Render = handover.Render(ctx, env.Registry, env.Version)
		if replay {
			o.Replay, o.Tool = handover.Replay(ctx, env.Registry, f.data, env.Version), "gonogo "+env.Version
		}
		v := signing.Verify(f.data, o)
		f.v, f.signers, f.replayed = &v, why, replay
		if _, _, err := signing.NewStore(f.data); err != nil {
			f.closed = fmt.Sprintf(cannotRead, clean.Line(err.Error()))
		}
		return checked{request, f}
	}
}

// options are what a file is held against: the signers file of this person's
// configuration. why says that none counts; no file is good then.
func options(env *screen.Env) (o signing.Options, why string) {
	o.Now = env.Now()
	path := filepath.Join(env.ConfigDir, "allowed_signers")
	signers, err := signing.LoadSigners(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return o, fmt.Sprintf(noSigners, path)
	case err != nil:
		return o, fmt.Sprintf(signersRefused, err)
	}
	o.Signers = signers
	return o, ""
}

// statement is all that countersigning takes; it runs in a command.
type statement struct {
	env        *screen.Env
	file       string
	data       []byte // what was verified
	key        signing.Available
	passphrase []byte // nil: not asked yet
	signing.Statement
}

// errChanged says that the file is not the one that was verified.
var errChanged = errors.New("the file changed since it was verified: leave, and verify it again")

// run countersigns what was verified, verifies the whole once more, and only then puts it
// in the file's place, which is still as it was read.
func (j statement) run(ctx context.Context, load func(context.Context, signing.Available, []byte) (*signing.Key, error)) error {
	key, err := load(ctx, j.key, j.passphrase)
	if err != nil {
		return err
	}
	defer key.Close()
	defer context.AfterFunc(ctx, key.Close)() // an agent has no other way to be given up on
	out, err := signing.Countersign(j.data, j.Statement, key.Signer)
	if err != nil {
		return err
	}
	o, why := options(j.env)
	if v := signing.Verify(out, o); !v.Good {
		if why != "" {
			return errors.New(why)
		}
		return fmt.Errorf("nothing was written, it would not be good: %s", reason(&v))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if now, err := signing.ReadFile(j.file); err != nil {
		return err
	} else if string(now) != string(j.data) {
		return errChanged
	}
	return handover.Write(j.file, out, true)
}
