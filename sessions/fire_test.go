package sessions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

// doubtful is a store whose disk fails after the bytes were written: nobody knows whether
// they are durable.
type doubtful struct {
	*filestore.Store
	fails bool
}

var errFlush = errors.New("input/output error")

func (d *doubtful) Append(ctx context.Context, id string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	h, err := d.Store.Append(ctx, id, expect, lines...)
	if err == nil && d.fails {
		return expect, errFlush
	}
	return h, err
}

// TestCopyAfterAFailedFlush: an event that was written and not acknowledged is in the copy
// once, although the journal has it, too.
func TestCopyAfterAFailedFlush(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	st := &doubtful{Store: open(t, home)}
	s := create(t, st, newSession(t, reg))
	record(t, s, note("one"))
	st.fails = true
	if _, err := s.Record(ctx, "ann", note("two")); !errors.Is(err, errFlush) || len(s.Unsaved()) != 1 {
		t.Fatalf("%v, unsaved %v", err, s.Unsaved())
	}
	if _, err := s.Record(ctx, "ann", note("three")); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("it writes on: %v", err)
	}
	other := t.TempDir()
	if err := s.CopyTo(ctx, open(t, other)); err != nil {
		t.Fatal(err)
	}
	got := reopened(t, other, reg, s.ID())
	if got.Damage() != nil || got.ReadOnly() != "" || len(got.Events()) != 3 || got.State().Items["A-01"].Note != "two" {
		t.Errorf("%d events, %q, damage %v", len(got.Events()), got.State().Items["A-01"].Note, got.Damage())
	}
}

// TestCopyWhenTheJournalWasReplaced: what this session wrote is in the copy, although an
// older journal stands in the file's place.
func TestCopyWhenTheJournalWasReplaced(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	name := filepath.Join(home, "sessions", s.ID(), "journal.jsonl")
	older, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, note("one"), note("two “ü” <b>"))
	if err := errors.Join(os.WriteFile(name+".new", older, 0o600), os.Rename(name+".new", name)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, "ann", note("three")); !errors.Is(err, sessions.ErrConflict) {
		t.Fatalf("%v", err)
	}
	other := t.TempDir()
	if err := s.CopyTo(ctx, open(t, other)); err != nil {
		t.Fatal(err)
	}
	if got := reopened(t, other, reg, s.ID()); len(got.Events()) != 4 || got.State().Items["A-01"].Note != "three" {
		t.Errorf("%d events, %q", len(got.Events()), got.State().Items["A-01"].Note)
	}
}

// TestDerivedFilesNeverMatter: whatever became of HEAD and summary.json, the session opens as
// its journal says, or says that acknowledged events are gone.
func TestDerivedFilesNeverMatter(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{local: says(checks.Fail, "x")}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"))
	dir := filepath.Join(home, "sessions", s.ID())
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	stale := map[string][]byte{}
	for _, name := range []string{"HEAD", "summary.json"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		stale[name] = b
	}
	again := reopened(t, home, reg, s.ID())
	want := record(t, again, note("two"), sessions.Marked{Items: []string{"A-02"}, On: true})
	if err := again.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"HEAD", "summary.json"} {
		file := filepath.Join(dir, name)
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for what, spoil := range map[string]func() error{
			"deleted": func() error { return os.Remove(file) },
			"empty":   func() error { return os.WriteFile(file, nil, 0o600) },
			"zeros":   func() error { return os.WriteFile(file, make([]byte, len(whole)), 0o600) },
			"cut":     func() error { return os.WriteFile(file, whole[:len(whole)/2], 0o600) },
			"stale":   func() error { return os.WriteFile(file, stale[name], 0o600) },
			"a link out": func() error {
				return errors.Join(os.Remove(file), os.Symlink("/etc/passwd", file))
			},
			"a folder": func() error { return errors.Join(os.Remove(file), os.Mkdir(file, 0o700)) },
		} {
			if err := spoil(); err != nil {
				t.Fatal(err)
			}
			st := open(t, home)
			got, err := sessions.View(ctx, st, reg, s.ID())
			if err != nil || got.Damage() != nil || got.State().Seq != want.Seq || got.State().Head != want.Head || !reflect.DeepEqual(got.State().Items["A-01"].Note, want.Items["A-01"].Note) {
				t.Errorf("%s %s: %v", name, what, err)
			}
			all, err := sessions.List(ctx, st, reg)
			if err != nil || len(all) != 1 || all[0].Head != want.Head || all[0].Events != want.Seq || all[0].Damaged != "" {
				t.Errorf("%s %s: listed %+v, %v", name, what, all, err)
			}
			if err := errors.Join(os.RemoveAll(file), os.WriteFile(file, whole, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// TestClockThatGoesBack: events keep their order by number, whatever the clock said.
func TestClockThatGoesBack(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	id := s.ID()
	for n := range 4 {
		record(t, s, note(fmt.Sprint("note ", n)))
	}
	want := s.State()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 14, 0, 0, 0, time.UTC)
	n := 0
	rewrite(t, home, id, func(j []byte) []byte { // each event an hour before the one before it
		_, rest, _ := bytes.Cut(j, []byte(`"at":"`))
		was, _, _ := bytes.Cut(rest, []byte(`"`))
		n++
		return bytes.Replace(j, was, []byte(at.Add(-time.Duration(n)*time.Hour).Format("2006-01-02T15:04:05.000Z")), 1)
	})
	got := reopened(t, home, reg, id)
	if got.ReadOnly() != "" || got.Damage() != nil || got.State().Items["A-01"].Note != want.Items["A-01"].Note || got.State().Seq != want.Seq {
		t.Fatalf("read-only %q, damage %v, note %q", got.ReadOnly(), got.Damage(), got.State().Items["A-01"].Note)
	}
	record(t, got, note("on"))
	if sum := sessions.Summarise(got.State()); sum.Events != 6 || sum.Head != got.State().Head {
		t.Errorf("%+v", sum)
	}
	past, err := sessions.ViewAt(ctx, open(t, home), reg, id, sessions.Moment{Seq: 3})
	if err != nil || past.State().Items["A-01"].Note != "note 1" {
		t.Errorf("as of event 3: %v", err)
	}
	var told []string
	for _, e := range got.Events() {
		told = append(told, fmt.Sprint(e.Seq))
	}
	if strings.Join(told, " ") != "1 2 3 4 5 6" {
		t.Errorf("order: %v", told)
	}
}
