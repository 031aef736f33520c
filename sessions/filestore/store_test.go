package filestore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

var ctx = context.Background()

const id = "20261122-140931-atlas-demo-x7k2"

func openStore(t testing.TB, home string) *Store {
	t.Helper()
	s, err := Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// line is a journal line that decodes.
func line(seq int) []byte {
	return fmt.Appendf(nil, `{"seq":%d,"at":"2026-11-22T14:09:31.000Z","by":"ann","type":"item.noted","data":{"item":"A-01","text":"note %d"}}`, seq, seq)
}

// write creates a session of n events and returns the lines' head.
func write(t testing.TB, s *Store, n int) sessions.Head {
	t.Helper()
	head, err := s.Create(ctx, id, line(1))
	if err != nil {
		t.Fatal(err)
	}
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	for seq := 2; seq <= n; seq++ {
		if head, err = s.Append(ctx, id, head, line(seq)); err != nil {
			t.Fatal(err)
		}
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	return head
}

// read returns how many lines there are and what is wrong.
func read(t testing.TB, s *Store) (int, *sessions.ChainError) {
	t.Helper()
	n := 0
	for e, err := range s.Read(ctx, id, 0) {
		var damage *sessions.ChainError
		if errors.As(err, &damage) {
			return n, damage
		}
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Seq != uint64(n) || !bytes.Equal(e.JSON, line(n)) {
			t.Fatalf("entry %d: %d %s", n, e.Seq, e.JSON)
		}
	}
	return n, nil
}

func inSession(home, name string) string { return filepath.Join(home, sessionsDir, id, name) }

func TestLayout(t *testing.T) {
	home := filepath.Join(t.TempDir(), "data")
	s := openStore(t, home)
	head := write(t, s, 3)
	body := []byte("evidence")
	if err := s.PutBlob(ctx, id, sha256.Sum256(body), bytes.NewReader(body)); err != nil {
		t.Fatal(err)
	}
	if err := s.PutDraft(ctx, id, "note:A-01", "half a"); err != nil {
		t.Fatal(err)
	}
	if err := s.PutSummary(ctx, sessions.Summary{ID: id, Head: fmt.Sprintf("%x", head.Hash)}); err != nil {
		t.Fatal(err)
	}
	files := map[string]bool{}
	err := filepath.WalkDir(home, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(home, p)
		want := fs.FileMode(0o600)
		switch {
		case d.IsDir():
			want = 0o700
		case strings.Contains(rel, evidenceDir):
			want = 0o400
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s has mode %o, want %o", rel, info.Mode().Perm(), want)
		}
		files[filepath.Base(p)] = true
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{journalFile, headFile, summaryFile, lockFile, fmt.Sprintf("%x", sha256.Sum256(body))} {
		if !files[name] {
			t.Errorf("%s is missing", name)
		}
	}
	if got, err := os.ReadFile(inSession(home, headFile)); err != nil || string(got) != fmt.Sprintf("3 %x\n", head.Hash) {
		t.Errorf("HEAD is %q, %v", got, err)
	}
	lines, err := os.ReadFile(inSession(home, journalFile))
	if err != nil || bytes.Count(lines, []byte("\n")) != 3 || !bytes.HasPrefix(lines[64:], append([]byte(" "), line(1)...)) {
		t.Errorf("journal %q, %v", lines, err)
	}
}

func TestOpenRefusesAFolderOthersWriteTo(t *testing.T) {
	for _, at := range []string{".", sessionsDir} {
		home := filepath.Join(t.TempDir(), "data")
		openStore(t, home)
		if err := os.Chmod(filepath.Join(home, at), 0o770); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(home); err == nil || !strings.Contains(err.Error(), "chmod go-w") {
			t.Errorf("%s: %v", at, err)
		}
	}
}

func TestCreateTwice(t *testing.T) {
	s := openStore(t, t.TempDir())
	write(t, s, 1)
	if _, err := s.Create(ctx, id, line(1)); !errors.Is(err, sessions.ErrExists) {
		t.Errorf("%v", err)
	}
	if n, damage := read(t, s); n != 1 || damage != nil {
		t.Errorf("%d lines, %v", n, damage)
	}
}

func TestHostileIDs(t *testing.T) {
	s := openStore(t, t.TempDir())
	for _, id := range []string{"", ".", "..", "../x", "/etc", "a/b", `a\b`, "C:", "a\x00b", "a\nb", "A", "-rf", "a-", "é", strings.Repeat("a", 65)} {
		if _, err := s.Create(ctx, id, line(1)); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("Create(%q): %v", id, err)
		}
		if _, err := s.Lock(ctx, id); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("Lock(%q): %v", id, err)
		}
		if err := s.Remove(ctx, id); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("Remove(%q): %v", id, err)
		}
		if err := s.PutDraft(ctx, id, "n", "t"); err == nil {
			t.Errorf("PutDraft(%q) worked", id)
		}
	}
}

func TestAppendConflicts(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	head := write(t, s, 2)
	if _, err := s.Append(ctx, id, head, line(3)); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("without a lock: %v", err)
	}
	if _, err := s.Lock(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(ctx, id, sessions.Head{Seq: 1}, line(3)); !errors.Is(err, sessions.ErrConflict) {
		t.Errorf("on another head: %v", err)
	}
	head, err := s.Append(ctx, id, head, line(3), line(4))
	if err != nil || head.Seq != 4 {
		t.Fatalf("%+v, %v", head, err)
	}
	// Somebody who ignores the lock.
	f, err := os.OpenFile(inSession(home, journalFile), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "x")
	f.Close()
	if _, err := s.Append(ctx, id, head, line(5)); !errors.Is(err, sessions.ErrConflict) {
		t.Errorf("after a write of somebody else: %v", err)
	}
}

// TestJournalReplacedUnderTheWriter: an older copy that is moved in its place, as rsync and
// editors do, would take every later event with it unnoticed.
func TestJournalReplacedUnderTheWriter(t *testing.T) {
	for name, spoil := range map[string]func(file string, older []byte) error{
		"an older file moved over it": func(file string, older []byte) error {
			return errors.Join(os.WriteFile(file+".new", older, 0o600), os.Rename(file+".new", file))
		},
		"an older file copied over it": func(file string, older []byte) error { return os.WriteFile(file, older, 0o600) },
		"taken away":                   func(file string, _ []byte) error { return os.Remove(file) },
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			s := openStore(t, home)
			head := write(t, s, 2)
			file := inSession(home, journalFile)
			older, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Lock(ctx, id); err != nil {
				t.Fatal(err)
			}
			if head, err = s.Append(ctx, id, head, line(3)); err != nil {
				t.Fatal(err)
			}
			if err := spoil(file, older); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Append(ctx, id, head, line(4)); !errors.Is(err, sessions.ErrConflict) {
				t.Errorf("an event that nobody finds again was acknowledged: %v", err)
			}
		})
	}
}

func TestSecondWriterIsTold(t *testing.T) {
	home := t.TempDir()
	first, second := openStore(t, home), openStore(t, home)
	write(t, first, 1)
	lock, err := first.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	for _, s := range []*Store{first, second} {
		_, err = s.Lock(ctx, id)
		if !errors.Is(err, sessions.ErrReadOnly) || !strings.Contains(err.Error(), "open on "+host+" since ") || !strings.Contains(err.Error(), fmt.Sprint("process ", os.Getpid())) {
			t.Errorf("%v", err)
		}
	}
	if err := lock.Close(); err != nil {
		t.Fatal(err)
	}
	if lock, err = second.Lock(ctx, id); err != nil {
		t.Fatalf("after the first let go: %v", err)
	}
	lock.Close()
}

func TestFailedSyncIsFinal(t *testing.T) {
	s := openStore(t, t.TempDir())
	head := write(t, s, 2)
	if _, err := s.Lock(ctx, id); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("input/output error")
	s.syncData = func(*os.File) error { return failed }
	if _, err := s.Append(ctx, id, head, line(3)); !errors.Is(err, failed) {
		t.Fatalf("%v", err)
	}
	s.syncData = syncData
	if _, err := s.Append(ctx, id, head, line(3)); !errors.Is(err, failed) {
		t.Errorf("a second flush was tried: %v", err)
	}
}

func TestBlobs(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	body := []byte("what came back")
	sum := sha256.Sum256(body)
	for range 2 { // before the session is there, and the same bytes twice
		if err := s.PutBlob(ctx, id, sum, bytes.NewReader(body)); err != nil {
			t.Fatal(err)
		}
	}
	r, err := s.GetBlob(ctx, id, sum)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	r.Close()
	if err != nil || !bytes.Equal(got, body) {
		t.Errorf("%q, %v", got, err)
	}
	if err := s.PutBlob(ctx, id, sha256.Sum256([]byte("x")), strings.NewReader("y")); err == nil {
		t.Error("bytes under another hash were kept")
	}
	if err := s.PutBlob(ctx, id, sha256.Sum256([]byte("x")), io.LimitReader(zeros{}, maxBlob+1)); !errors.Is(err, sessions.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
	if _, err := s.GetBlob(ctx, id, sha256.Sum256([]byte("x"))); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("not there: %v", err)
	}
	if err := s.RemoveBlob(ctx, id, sum); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GetBlob(ctx, id, sum); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
	left, err := filepath.Glob(filepath.Join(home, sessionsDir, id, evidenceDir, "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	if all, err := s.List(ctx); err != nil || len(all) != 0 {
		t.Errorf("a session that never began is listed: %v, %v", all, err)
	}
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { return len(b), nil }

func TestLinksAndPipesAreRefused(t *testing.T) {
	home, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, home)
	write(t, s, 1)
	sum := sha256.Sum256([]byte("secret"))
	name := inSession(home, blobPath(sum))
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.GetBlob(ctx, id, sum); err == nil {
		t.Error("evidence was read through a link that leaves the folder")
	}
	if err := os.Remove(inSession(home, journalFile)); err != nil {
		t.Fatal(err)
	}
	if err := makePipe(inSession(home, journalFile)); err != nil {
		t.Skip("no pipes here: ", err)
	}
	for _, err := range s.Read(ctx, id, 0) {
		if err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("a pipe as journal: %v", err)
		}
	}
}

func TestDrafts(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	write(t, s, 1)
	want := map[string]string{"note:../../x": "half\na “note”", "finding": strings.Repeat("ä", 5000)}
	for name, text := range want {
		if err := s.PutDraft(ctx, id, name, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.PutDraft(ctx, id, "gone", "x"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.PutDraft(ctx, id, "gone", ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(inSession(home, "drafts/bad.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := openStore(t, home).Drafts(ctx, id)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v, %v", got, err)
	}
	if err := s.PutDraft(ctx, id, "much", strings.Repeat("x", maxDraft)); !errors.Is(err, sessions.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
}

func TestRemove(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	write(t, s, 1)
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Remove(ctx, id); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("open: %v", err)
	}
	lock.Close()
	for n := range 2 {
		if n > 0 {
			write(t, s, 1)
		}
		if err := s.Remove(ctx, id); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{id, id + ".2"} {
		if _, err := os.Stat(filepath.Join(home, trashDir, name, journalFile)); err != nil {
			t.Error(err)
		}
	}
	if err := s.Remove(ctx, id); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("gone: %v", err)
	}
}

func TestCheckpointEveryTwentyEvents(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	head, err := s.Create(ctx, id, line(1))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Lock(ctx, id); err != nil {
		t.Fatal(err)
	}
	for seq := 2; seq <= 45; seq++ {
		if head, err = s.Append(ctx, id, head, line(seq)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(inSession(home, headFile))
	if err != nil || !strings.HasPrefix(string(got), "40 ") {
		t.Errorf("HEAD is %q, %v", got, err)
	}
	if s.writer(id).timer == nil {
		t.Error("nothing sees to the five events after it")
	}
}

func TestListNewestFirst(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	for n := range 3 {
		name := fmt.Sprintf("20261122-14093%d-x-aaaa", n)
		head, err := s.Create(ctx, name, fmt.Appendf(nil, `{"seq":1,"at":"2026-11-22T14:09:3%d.000Z","by":"ann","type":"opened","data":{"format":1,"session":%q,"target":"t","version":"1","environment":"demo","profile":"p","profile_version":1,"target_sha256":"","profile_sha256":"","tool":"gonogo"}}`, n, name))
		if err != nil {
			t.Fatal(err)
		}
		if n == 1 {
			sum := sessions.Summary{ID: name, Target: "kept", Head: fmt.Sprintf("%x", head.Hash), Created: time.Date(2026, 11, 22, 14, 9, 31, 0, time.UTC)}
			if err := s.PutSummary(ctx, sum); err != nil {
				t.Fatal(err)
			}
		}
	}
	all, err := s.List(ctx)
	if err != nil || len(all) != 3 {
		t.Fatalf("%+v, %v", all, err)
	}
	for n, want := range []struct {
		target string
		stale  bool
	}{{"t", true}, {"kept", false}, {"t", true}} {
		if all[n].Target != want.target || all[n].Stale != want.stale || !strings.HasPrefix(all[n].ID, fmt.Sprintf("20261122-14093%d", 2-n)) {
			t.Errorf("%d: %+v", n, all[n])
		}
	}
	if err := os.WriteFile(filepath.Join(home, sessionsDir, all[0].ID, journalFile), []byte("junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if all, err = s.List(ctx); err != nil || all[2].Damaged == "" {
		t.Errorf("a damaged one hides the list: %+v, %v", all, err)
	}
}
