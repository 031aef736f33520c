package sessions_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// savedSession is a home with one closed session in it.
func savedSession(t testing.TB) (home string, st sessions.Store, reg *checks.Registry, id string) {
	t.Helper()
	reg = (&fakes{}).registry(t)
	home = t.TempDir()
	store := open(t, home)
	s := create(t, store, newSession(t, reg))
	id = s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return home, store, reg, id
}

// A journal that was copied into another session's folder is shown, but never written to
// and never listed as the session it came from.
func TestJournalInAnothersFolder(t *testing.T) {
	home, st, reg, id := savedSession(t)
	other := "20200101-000000-other-aaaa"
	if err := os.CopyFS(filepath.Join(home, "sessions", other), os.DirFS(filepath.Join(home, "sessions", id))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{".", "evidence"} {
		if err := os.Chmod(filepath.Join(home, "sessions", other, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	s, err := sessions.Open(ctx, st, reg, other)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if !strings.Contains(s.ReadOnly(), "the journal of session "+id) {
		t.Errorf("read-only because %q", s.ReadOnly())
	}
	list, err := sessions.List(ctx, st, reg)
	if err != nil || len(list) != 2 || list[0].ID == list[1].ID {
		t.Errorf("%+v %v", list, err)
	}
	_, err = sessions.View(ctx, st, reg, id)
	if err != nil {
		t.Error(err)
	}
}

func TestMissingEvidenceIsNotAMissingSession(t *testing.T) {
	home, st, reg, id := savedSession(t)
	if err := os.RemoveAll(filepath.Join(home, "sessions", id, "evidence")); err != nil {
		t.Fatal(err)
	}
	_, err := sessions.View(ctx, st, reg, id)
	if err == nil || !errors.Is(err, sessions.ErrNotFound) || strings.Contains(err.Error(), "no such session") || !strings.Contains(err.Error(), "are not here") {
		t.Error(err)
	}
}

// What is opened does not run before somebody here stands for its target; a session made
// from another one's copy of a target neither.
func TestForeignTarget(t *testing.T) {
	_, st, reg, id := savedSession(t)
	s, err := sessions.Open(ctx, st, reg, id)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Run(ctx, "me", checks.RunOptions{}, nil); !errors.Is(err, sessions.ErrForeign) || len(s.State().Runs) != 0 {
		t.Fatalf("ran: %v", err)
	}
	again, err := sessions.Create(ctx, st, sessions.NewSession{Target: s.State().Target, Profile: s.State().Profile, Registry: reg, By: "me"})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if err := again.Run(ctx, "me", checks.RunOptions{}, nil); !errors.Is(err, sessions.ErrForeign) {
		t.Fatalf("the copy ran: %v", err)
	}
	s.Vouch()
	if err := s.Run(ctx, "me", checks.RunOptions{}, nil); err != nil || len(s.State().Runs) != 1 {
		t.Errorf("vouched for, and did not run: %v", err)
	}
}
