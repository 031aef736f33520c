package main

import (
	"context"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"golang.org/x/term"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/tui/config"
)

func isTTY(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// dataDir is where sessions live.
func (a *app) dataDir() (string, error) {
	for _, d := range []string{a.home, os.Getenv("GONOGO_HOME")} {
		if d != "" {
			return filepath.Abs(d)
		}
	}
	if d := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "gonogo"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", usage(hint(fmt.Errorf("no place for sessions: %w", err), "give --home DIR"))
	}
	return filepath.Join(home, ".local", "share", "gonogo"), nil
}

// configDir is where config.toml, profiles, themes and the signers file live.
func configDir() string {
	if d := os.Getenv("XDG_CONFIG_HOME"); filepath.IsAbs(d) {
		return filepath.Join(d, "gonogo")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".config", "gonogo")
}

// config reads config.toml; unknown keys warn.
func (a *app) config() (*config.Config, error) {
	c, warnings, err := config.Load(configDir())
	for _, w := range warnings {
		fmt.Fprintln(a.errOut, "gonogo:", clean.Line(w))
	}
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

// quietConfig is config without the warnings, which are given once.
func (a *app) quietConfig() (*config.Config, error) {
	c, _, err := config.Load(configDir())
	if err != nil {
		return nil, usage(err)
	}
	return c, nil
}

func didYouMean(near string) string {
	if near == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %s?", near)
}

// actor is who acts: --by, else [me] name, else user@host. named is false for the last,
// which the screen asks about.
func (a *app) actor() (name clean.Text, named bool, err error) {
	if a.by != "" {
		return clean.Line(a.by), true, nil
	}
	c, err := a.config()
	if err != nil {
		return "", false, err
	}
	if c.Me.Name != "" {
		return clean.Line(c.Me.Name), true, nil
	}
	host, _ := os.Hostname()
	login := "somebody"
	if u, err := user.Current(); err == nil {
		login = u.Username
	}
	return clean.Line(login + "@" + host), false, nil
}

// vouched is the list of the targets that may be run from here.
func (a *app) vouched() (*vouched.List, error) {
	dir, err := a.dataDir()
	return vouched.Open(dir), err
}

// own makes begin's session one whose target may be run from here again: it was read from
// a file that somebody named, or is the copy of one that was.
func (a *app) own(begin func(sessions.Store) (*sessions.Session, error)) func(sessions.Store) (*sessions.Session, error) {
	return func(st sessions.Store) (*sessions.Session, error) {
		s, err := begin(st)
		if err != nil {
			return s, err
		}
		list, err := a.vouched()
		if err == nil {
			err = list.Vouch(s)
		}
		if err != nil { // it runs now, and asks when it is opened again
			fmt.Fprintln(a.errOut, "gonogo:", clean.Line(err.Error()))
		}
		return s, nil
	}
}

// standsFor is sessions.ErrForeign where nobody here stands for a session's target.
func (a *app) standsFor(t *checks.Target) error {
	list, err := a.vouched()
	if err != nil {
		return err
	}
	if known, err := list.Has(t); known || err != nil {
		return err
	}
	return sessions.ErrForeign
}

// opener is sessions.View to look at a session, or sessions.Open to write to it.
type opener func(context.Context, sessions.Store, *checks.Registry, string) (*sessions.Session, error)

// openSession opens ID, a unique prefix, latest, or a report file, which is read-only. With
// @MOMENT behind it (sessions.SplitMoment) it opens the session as it was then, to look at.
func (a *app) openSession(ctx context.Context, arg string, open opener) (*sessions.Session, func(), error) {
	reg := kinds.Registry()
	arg, moment, err := sessions.SplitMoment(arg)
	if err != nil {
		return nil, nil, usage(hint(err, "gonogo history ID lists what happened when"))
	}
	if !moment.IsNow() {
		open = func(ctx context.Context, st sessions.Store, reg *checks.Registry, id string) (*sessions.Session, error) {
			return sessions.ViewAt(ctx, st, reg, id, moment)
		}
	}
	if strings.HasSuffix(arg, ".gonogo") {
		file, err := signing.ReadFile(arg)
		if err != nil {
			return nil, nil, usage(fmt.Errorf("read the report file: %w", err))
		}
		st, id, err := signing.NewStore(file)
		if err != nil {
			return nil, nil, hint(fmt.Errorf("%s: %w", arg, err), "gonogo verify tells what is wrong with it")
		}
		s, err := sessions.ViewAt(ctx, st, reg, id, moment)
		return s, closer(s, st), err
	}
	st, err := a.openStore()
	if err != nil {
		return nil, nil, err
	}
	id, err := sessions.ResolveID(ctx, st, arg)
	if err != nil {
		st.Close()
		return nil, nil, usage(hint(err, "gonogo sessions lists them"))
	}
	s, err := open(ctx, st, reg, id)
	if err != nil {
		st.Close()
		return nil, nil, err
	}
	if d := s.Damage(); d != nil {
		fmt.Fprintln(a.errOut, "gonogo: damaged:", clean.Line(d.Error()))
	}
	return s, closer(s, st), nil
}

func closer(s *sessions.Session, st sessions.Store) func() {
	return func() {
		if s != nil {
			s.Close()
		}
		st.Close()
	}
}
