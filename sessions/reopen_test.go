package sessions_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

func TestSecondOpenerIsReadOnly(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"))
	second := reopened(t, home, reg, s.ID())
	if !strings.HasPrefix(second.ReadOnly(), "open on ") {
		t.Errorf("read-only %q", second.ReadOnly())
	}
	if second.State().Items["A-01"].Note != "one" {
		t.Error("the second opener does not see what is there")
	}
	if _, err := second.Record(ctx, "bo", note("two")); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("%v", err)
	}
	record(t, s, note("three")) // the first goes on
}

// TestConflictKeepsWhatWasTyped: a writer that ignores the lock is noticed, and the events
// that could not be written are still in memory, and can be kept elsewhere.
func TestConflictKeepsWhatWasTyped(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"))
	name := filepath.Join(home, "sessions", s.ID(), "journal.jsonl")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(whole, "x"...), 0o600); err != nil {
		t.Fatal(err)
	}
	st, err := s.Record(ctx, "ann", note("two"))
	if !errors.Is(err, sessions.ErrConflict) || st.Items["A-01"].Note != "one" || !strings.Contains(s.ReadOnly(), "somebody else") {
		t.Errorf("%v, note %q, read-only %q", err, st.Items["A-01"].Note, s.ReadOnly())
	}
	if u := s.Unsaved(); len(u) != 1 || u[0].Data != note("two") {
		t.Fatalf("unsaved: %+v", u)
	}
	other := t.TempDir()
	if err := s.CopyTo(ctx, open(t, other)); err != nil {
		t.Fatal(err)
	}
	if got := reopened(t, other, reg, s.ID()).State(); got.Items["A-01"].Note != "two" || got.Seq != 3 {
		t.Errorf("kept elsewhere: %q, %d events", got.Items["A-01"].Note, got.Seq)
	}
}

func TestChangedEvidenceIsNoticed(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	sha := s.State().Opened.ProfileSHA
	s.Close()
	name := filepath.Join(home, "sessions", s.ID(), "evidence", sha[:2], sha)
	os.Chmod(name, 0o600)
	if err := os.WriteFile(name, []byte(strings.Replace(runProfile, "critical", "low", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sessions.Open(ctx, open(t, home), reg, s.ID()); err == nil || !strings.Contains(err.Error(), "other bytes") {
		t.Errorf("%v", err)
	}
}

// TestKindsThatAreGone: a session opens although this gonogo lacks one of its kinds.
func TestKindsThatAreGone(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "x")}
	home, reg := t.TempDir(), f.registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	if err := s.Run(ctx, "ann", checks.RunOptions{}, func(checks.Event) {}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	k, _ := reg.Kind("test.intrusive")
	fewer, err := checks.NewRegistry(*k)
	if err != nil {
		t.Fatal(err)
	}
	st := reopened(t, home, fewer, s.ID()).State()
	i := st.Items["A-01"]
	if i.Counts() != checks.Fail || !strings.Contains(i.Planned.Waits, "test.local") || len(i.Planned.Item.Checks) != 1 || len(st.Items["A-02"].Planned.Checks) != 1 {
		t.Errorf("%s, waits %q", i.Counts(), i.Planned.Waits)
	}
	n := newSession(t, fewer)
	if _, err := sessions.Create(ctx, open(t, home), n); err == nil {
		t.Error("a new session began with a kind that is not there")
	}
}

func TestNewerFormatIsReadOnly(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	s.Close()
	rewrite(t, home, s.ID(), func(j []byte) []byte { return bytes.Replace(j, []byte(`"format":1`), []byte(`"format":2`), 1) })
	if got := reopened(t, home, reg, s.ID()); !strings.Contains(got.ReadOnly(), "newer gonogo (format 2") {
		t.Errorf("read-only %q", got.ReadOnly())
	}
}

// rewrite changes a journal's JSON and writes the chain anew.
func rewrite(t *testing.T, home, id string, change func([]byte) []byte) {
	t.Helper()
	dir := filepath.Join(home, "sessions", id)
	journal, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	entries, _, damage := sessions.ReadJournal(bytes.NewReader(journal))
	if damage != nil {
		t.Fatal(damage)
	}
	for n := range entries {
		entries[n].JSON = change(entries[n].JSON)
	}
	if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), sessions.EncodeJournal(entries), 0o600); err != nil {
		t.Fatal(err)
	}
	os.Remove(filepath.Join(dir, "HEAD"))
}

// TestContentDamage: a key in other capitals is damage, even where the chain holds.
func TestContentDamage(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"), note("two"), note("three"))
	s.Close()
	rewrite(t, home, s.ID(), func(j []byte) []byte { return bytes.Replace(j, []byte(`"text":"two"`), []byte(`"Text":"two"`), 1) })
	got := reopened(t, home, reg, s.ID())
	if !strings.HasPrefix(got.ReadOnly(), "journal line 3: ") || got.State().Items["A-01"].Note != "one" {
		t.Errorf("read-only %q, note %q", got.ReadOnly(), got.State().Items["A-01"].Note)
	}
}

// TestEveryByteOfAJournal: cut anywhere or with any bit flipped, a session opens with
// whole events or says precisely what is wrong.
func TestEveryByteOfAJournal(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"))
	record(t, s, note("two"))
	s.Close()
	dir := filepath.Join(home, "sessions", s.ID())
	journal, err := os.ReadFile(filepath.Join(dir, "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(journal, '\n') + 1
	st := open(t, home)
	try := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "journal.jsonl"), content, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := sessions.View(ctx, st, reg, s.ID())
		if err != nil {
			if !strings.Contains(err.Error(), "journal line 1: ") {
				t.Fatalf("%s: %v", name, err)
			}
			return
		}
		if got.Damage() == nil {
			t.Fatalf("%s: not noticed", name)
		}
		for n, e := range got.Events() {
			if e.Seq != uint64(n)+1 || n > 0 && e.Data != note([]string{"one", "two"}[n-1]) {
				t.Fatalf("%s: event %d is %+v", name, n, e)
			}
		}
	}
	for at := 0; at < len(journal); at += 3 {
		try(fmt.Sprintf("cut at %d", at), journal[:at])
	}
	for at := first; at < len(journal); at += 2 {
		bad := bytes.Clone(journal)
		bad[at] ^= 1 << (at % 8)
		try(fmt.Sprintf("byte %d", at), bad)
	}
}
