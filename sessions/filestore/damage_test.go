package filestore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"assess/gonogo/sessions"
)

// damaged makes a session of n events, without or with HEAD, lets spoil change its
// journal, and locks it.
func damaged(t *testing.T, n int, keepHead bool, spoil func(journal []byte) []byte) (home string, s *Store, lockErr error) {
	t.Helper()
	home = t.TempDir()
	s = openStore(t, home)
	write(t, s, n)
	if !keepHead {
		os.Remove(inSession(home, headFile))
	}
	journal, err := os.ReadFile(inSession(home, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(inSession(home, journalFile), spoil(journal), 0o600); err != nil {
		t.Fatal(err)
	}
	lock, lockErr := s.Lock(ctx, id)
	if lockErr == nil {
		t.Cleanup(func() { lock.Close() })
	}
	return home, s, lockErr
}

// TestReopenAfterACutAtEveryByte: what was whole is there, what was not is kept aside, and
// writing goes on.
func TestReopenAfterACutAtEveryByte(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	dontWait(s)
	write(t, s, 3)
	os.Remove(inSession(home, headFile)) // the checkpoint had not come yet
	journal, err := os.ReadFile(inSession(home, journalFile))
	if err != nil {
		t.Fatal(err)
	}
	first := bytes.IndexByte(journal, '\n') + 1
	for cut := first; cut <= len(journal); cut++ {
		if err := os.WriteFile(inSession(home, journalFile), journal[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		whole := bytes.Count(journal[:cut], []byte("\n"))
		lock, err := s.Lock(ctx, id)
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		n, damage := read(t, s)
		left := cut - (bytes.LastIndexByte(journal[:cut], '\n') + 1)
		if n != whole || (damage != nil) != (left > 0) {
			t.Fatalf("cut at %d: %d lines of %d, %v", cut, n, whole, damage)
		}
		if damage != nil {
			moved, err := os.ReadFile(inSession(home, damage.Moved))
			if err != nil || !bytes.Equal(moved, journal[cut-left:cut]) || !damage.Harmless() {
				t.Fatalf("cut at %d: moved %q, %v", cut, moved, err)
			}
		}
		if _, err := s.Append(ctx, id, s.writer(id).head, line(whole+1)); err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if n, _ := read(t, s); n != whole+1 {
			t.Fatalf("cut at %d: %d lines after one more", cut, n)
		}
		lock.Close()
		os.Remove(inSession(home, headFile))
	}
}

func TestDamageIsReadOnly(t *testing.T) {
	for name, c := range map[string]struct {
		keepHead bool
		spoil    func([]byte) []byte
		kind     sessions.Damage
		line     uint64
		whole    int
	}{
		"acknowledged events cut off": {true, func(j []byte) []byte { return j[:bytes.LastIndexByte(j[:len(j)-1], '\n')+1] },
			sessions.DamagedMissing, 3, 2},
		"acknowledged events torn": {true, func(j []byte) []byte { return j[:len(j)-5] },
			sessions.DamagedMissing, 3, 2},
		"changed in the middle": {false, func(j []byte) []byte { return bytes.Replace(j, []byte("note 1"), []byte("note 9"), 1) },
			sessions.DamagedMiddle, 1, 0},
		"changed in the middle, HEAD there": {true, func(j []byte) []byte { return bytes.Replace(j, []byte("note 2"), []byte("note 9"), 1) },
			sessions.DamagedMiddle, 2, 1},
		"another journal": {true, func([]byte) []byte {
			var out []byte
			var h sessions.Head
			for seq := 1; seq <= 3; seq++ {
				out, h.Hash = sessions.AppendLine(out, h.Hash, bytes.Replace(line(seq), []byte("ann"), []byte("bob"), 1))
			}
			return out
		}, sessions.DamagedRewritten, 3, 3},
		"emptied": {true, func([]byte) []byte { return nil }, sessions.DamagedMissing, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			home, s, err := damaged(t, 3, c.keepHead, c.spoil)
			var damage *sessions.ChainError
			if !errors.Is(err, sessions.ErrReadOnly) || !errors.As(err, &damage) || damage.Kind != c.kind || damage.Line != c.line {
				t.Fatalf("%v: %+v", err, damage)
			}
			before, _ := os.ReadFile(inSession(home, journalFile))
			n := 0
			var said *sessions.ChainError
			for _, err := range s.Read(ctx, id, 0) {
				if err != nil {
					errors.As(err, &said)
					break
				}
				n++
			}
			if n != c.whole || said == nil || said.Kind != c.kind {
				t.Errorf("read %d lines, %+v", n, said)
			}
			if after, _ := os.ReadFile(inSession(home, journalFile)); !bytes.Equal(before, after) {
				t.Error("the journal was repaired")
			}
			if moved, _ := filepath.Glob(inSession(home, "journal.damaged-*")); len(moved) != 0 {
				t.Errorf("bytes were moved: %v", moved)
			}
		})
	}
}

func TestJunkAfterTheLastLine(t *testing.T) {
	for name, junk := range map[string][]byte{"NUL": make([]byte, 4096), "text": []byte("x\ny\nz"), "half": line(4)[:30]} {
		home, s, err := damaged(t, 3, true, func(j []byte) []byte { return append(j, junk...) })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		n, damage := read(t, s)
		if n != 3 || damage == nil || damage.Moved == "" {
			t.Fatalf("%s: %d lines, %+v", name, n, damage)
		}
		if moved, err := os.ReadFile(inSession(home, damage.Moved)); err != nil || !bytes.Equal(moved, junk) {
			t.Errorf("%s: moved %q, %v", name, moved, err)
		}
	}
}

// TestHeadDoesNotMatterWhenItSaysNothing: without HEAD, or with one that can't be read,
// the journal is what it is.
func TestHeadDoesNotMatterWhenItSaysNothing(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "junk": "xyz", "half": "3 0011", "no number": "x " + string(make([]byte, 64))} {
		home := t.TempDir()
		s := openStore(t, home)
		write(t, s, 3)
		if err := os.WriteFile(inSession(home, headFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		lock, err := s.Lock(ctx, id)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n, damage := read(t, s); n != 3 || damage != nil {
			t.Errorf("%s: %d lines, %v", name, n, damage)
		}
		lock.Close()
	}
}

func TestLeftoversOfACrashAreTakenAway(t *testing.T) {
	home := t.TempDir()
	s := openStore(t, home)
	write(t, s, 1)
	if err := os.WriteFile(inSession(home, tmpPrefix+"abc"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	lock.Close()
	if left, _ := filepath.Glob(inSession(home, tmpPrefix+"*")); len(left) != 0 {
		t.Errorf("left: %v", left)
	}
}
