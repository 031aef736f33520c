package signing

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

// errStopped is what a store says once it was stopped.
var errStopped = errors.New("no space left on device")

// stopping is a store whose n-th call from now, and every later one, fails.
type stopping struct {
	*filestore.Store
	left int
}

func (s *stopping) stop() error {
	if s.left--; s.left < 0 {
		return errStopped
	}
	return nil
}

func (s *stopping) PutBlob(ctx context.Context, id string, sum [sha256.Size]byte, r io.Reader) error {
	return errors.Join(s.stop(), s.unless(func() error { return s.Store.PutBlob(ctx, id, sum, r) }))
}

func (s *stopping) RemoveBlob(ctx context.Context, id string, sum [sha256.Size]byte) error {
	return errors.Join(s.stop(), s.unless(func() error { return s.Store.RemoveBlob(ctx, id, sum) }))
}

func (s *stopping) Import(ctx context.Context, id string, lines ...[]byte) (h sessions.Head, err error) {
	err = errors.Join(s.stop(), s.unless(func() error { h, err = s.Store.Import(ctx, id, lines...); return err }))
	return h, err
}

func (s *stopping) Append(ctx context.Context, id string, expect sessions.Head, lines ...[]byte) (h sessions.Head, err error) {
	err = errors.Join(s.stop(), s.unless(func() error { h, err = s.Store.Append(ctx, id, expect, lines...); return err }))
	return h, err
}

func (s *stopping) unless(do func() error) error {
	if s.left < 0 {
		return nil
	}
	return do()
}

func fileStore(t *testing.T, home string) *filestore.Store {
	t.Helper()
	st, err := filestore.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

// shorter is example's session when it had fewer events.
func shorter(events int) []byte {
	c, f := example()
	lines := bytes.SplitAfter(c.Journal, []byte("\n"))
	c.Journal = bytes.Join(lines[:events], nil)
	f.JournalEvents, f.JournalHead = uint64(events), string(lines[events-1][:64])
	return Pack(c, f)
}

// TestUnpackStopsAnywhere: whichever call is the last that works, the session is there as a
// whole, as it was, or not at all; and unpacking again brings it.
func TestUnpackStopsAnywhere(t *testing.T) {
	ctx := context.Background()
	c, f := example()
	file := Pack(c, f)
	for _, before := range []int{0, 1} {
		for calls := 0; ; calls++ {
			st, was := fileStore(t, t.TempDir()), ""
			if before > 0 {
				if _, err := Unpack(ctx, st, shorter(before)); err != nil {
					t.Fatal(err)
				}
				was = wrong(t, st)
			}
			_, err := Unpack(ctx, &stopping{Store: st, left: calls}, file)
			if err == nil {
				if calls < 4 {
					t.Fatalf("it took %d calls only", calls)
				}
				break
			}
			if !errors.Is(err, errStopped) {
				t.Fatalf("%d calls: %v", calls, err)
			}
			entries, err := readAll(ctx, st, exampleSession)
			all, listErr := st.List(ctx)
			if err != nil || listErr != nil || len(entries) != before || len(all) != before {
				t.Fatalf("%d calls: %d events, %d sessions listed, %v, %v", calls, len(entries), len(all), err, listErr)
			}
			if before > 0 { // bytes that nothing names yet are no damage
				if now := wrong(t, st); now != was {
					t.Fatalf("%d calls: wrong is %s; before it was %s", calls, now, was)
				}
			}
			if u, err := Unpack(ctx, st, file); err != nil || u.Done != []string{"new", "continued"}[before] {
				t.Fatalf("%d calls, again: %+v, %v", calls, u, err)
			}
			if entries, err := readAll(ctx, st, exampleSession); err != nil || len(entries) != 3 {
				t.Fatalf("%d calls, again: %d events, %v", calls, len(entries), err)
			}
		}
	}
}

// wrong is all that is wrong with the example's session. What it was opened with is no target.
func wrong(t *testing.T, st sessions.Store) (out string) {
	t.Helper()
	found, err := sessions.Examine(t.Context(), st, nil, exampleSession)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range found {
		if d.State == sessions.Wrong {
			out += d.Part + ": " + d.What + "\n"
		}
	}
	return out
}

// TestUnpackTakesBack: of a session that did not come, no evidence stays behind.
func TestUnpackTakesBack(t *testing.T) {
	home := t.TempDir()
	st := fileStore(t, home)
	c, f := example()
	failing := &refusing{st}
	if _, err := Unpack(context.Background(), failing, Pack(c, f)); !errors.Is(err, errStopped) {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(home, "sessions", "*", "evidence", "*", "*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

// refusing is a store that takes evidence and no journal.
type refusing struct{ *filestore.Store }

func (refusing) Import(context.Context, string, ...[]byte) (sessions.Head, error) {
	return sessions.Head{}, errStopped
}

// TestUnpackOntoDamage: an unfinished end is moved aside and the session continued; worse
// damage is refused, and nothing is changed.
func TestUnpackOntoDamage(t *testing.T) {
	ctx := context.Background()
	c, f := example()
	for name, tt := range map[string]struct {
		spoil func([]byte) []byte
		want  string
	}{
		"an unfinished end": {func(j []byte) []byte { return append(j, "0123 {half"...) }, ""},
		"a changed line":    {func(j []byte) []byte { return bytes.Replace(j, []byte("alice"), []byte("alicf"), 1) }, "nothing was changed"},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			st := fileStore(t, home)
			if _, err := Unpack(ctx, st, shorter(2)); err != nil {
				t.Fatal(err)
			}
			journal := filepath.Join(home, "sessions", exampleSession, "journal.jsonl")
			was, err := os.ReadFile(journal)
			if err != nil {
				t.Fatal(err)
			}
			spoilt := tt.spoil(bytes.Clone(was))
			if err := os.WriteFile(journal, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			u, err := Unpack(ctx, fileStore(t, home), Pack(c, f))
			if tt.want != "" {
				now, _ := os.ReadFile(journal)
				if err == nil || !strings.Contains(err.Error(), tt.want) || !bytes.Equal(now, spoilt) {
					t.Errorf("%+v, %v, changed %v", u, err, !bytes.Equal(now, spoilt))
				}
				return
			}
			entries, readErr := readAll(ctx, st, exampleSession)
			if err != nil || readErr != nil || u.Done != "continued" || len(entries) != 3 {
				t.Errorf("%+v, %v, %d events, %v", u, err, len(entries), readErr)
			}
			moved, _ := filepath.Glob(filepath.Join(home, "sessions", exampleSession, "journal.damaged-*"))
			if len(moved) != 1 {
				t.Errorf("moved: %v", moved)
			}
		})
	}
}

// TestUnpackWhileSomebodyWrites: the session is not continued under its writer.
func TestUnpackWhileSomebodyWrites(t *testing.T) {
	ctx := context.Background()
	home := t.TempDir()
	st := fileStore(t, home)
	if _, err := Unpack(ctx, st, shorter(1)); err != nil {
		t.Fatal(err)
	}
	lock, err := st.Lock(ctx, exampleSession)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	c, f := example()
	if _, err := Unpack(ctx, fileStore(t, home), Pack(c, f)); !errors.Is(err, sessions.ErrReadOnly) || !strings.Contains(fmt.Sprint(err), "open on ") {
		t.Errorf("%v", err)
	}
	if entries, err := readAll(ctx, st, exampleSession); err != nil || len(entries) != 1 {
		t.Errorf("%d events, %v", len(entries), err)
	}
}
