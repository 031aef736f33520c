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
