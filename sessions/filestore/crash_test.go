package filestore

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"assess/gonogo/sessions"
)

// vow is what a store has promised: what it must give back whatever happens.
type vow struct {
	lines   int                 // acknowledged
	started int                 // handed in
	blobs   []string            // bodies
	drafts  map[string][]string // texts that each may have
	removed bool
}

// sitting plays a whole session on a store and keeps, for every system call, what had been
// promised before it.
type sitting struct {
	t       *testing.T
	s       *Store
	lock    io.Closer
	changes []change
	vows    []vow // vows[k] before changes[k]; the last after all
	now     vow
	fail    func(k int) error // nil: nothing fails
	failed  []string          // steps that returned an error
}

func (p *sitting) watch(c change) error {
	c.data = bytes.Clone(c.data)
	p.changes = append(p.changes, c)
	v := p.now
	v.blobs, v.drafts = slices.Clone(v.blobs), map[string][]string{}
	for name, texts := range p.now.drafts {
		v.drafts[name] = slices.Clone(texts)
	}
	p.vows = append(p.vows, v)
	if p.fail == nil {
		return nil
	}
	return p.fail(len(p.changes) - 1)
}

// step does one thing; kept says what it promises.
func (p *sitting) step(name string, do func() error, kept func()) {
	if err := do(); err != nil {
		if p.fail == nil {
			p.t.Fatalf("%s: %v", name, err)
		}
		p.failed = append(p.failed, name)
		return
	}
	kept()
}

func (p *sitting) begin(home string) {
	p.now.drafts = map[string][]string{}
	p.step("open", func() (err error) {
		p.s, err = openWith(home, func(s *Store) { s.watch = p.watch; dontWait(s) })
		return err
	}, func() {})
}

func (p *sitting) blob(body string) {
	p.step("evidence", func() error { return p.s.PutBlob(ctx, id, sha256.Sum256([]byte(body)), strings.NewReader(body)) },
		func() { p.now.blobs = append(p.now.blobs, body) })
}

func (p *sitting) create() {
	p.now.started = 1
	p.step("create", func() error { _, err := p.s.Create(ctx, id, line(1)); return err }, func() { p.now.lines = 1 })
}

func (p *sitting) open() {
	p.step("lock", func() (err error) { p.lock, err = p.s.Lock(ctx, id); return err }, func() {})
}

func (p *sitting) append(n int) {
	var lines [][]byte
	for k := range n {
		lines = append(lines, line(p.now.lines+1+k))
	}
	p.now.started = max(p.now.started, p.now.lines+n)
	p.step("append", func() error {
		w := p.s.writer(id)
		if w == nil {
			return sessions.ErrReadOnly
		}
		_, err := p.s.Append(ctx, id, w.head, lines...)
		return err
	}, func() { p.now.lines += n })
}

func (p *sitting) draft(text string) {
	before := p.now.drafts["note"]
	if before == nil {
		before = []string{""}
	}
	p.now.drafts["note"] = append(slices.Clone(before), text)
	p.step("draft", func() error { return p.s.PutDraft(ctx, id, "note", text) }, func() {
		if text != "" { // one that is taken away may come back: better twice than never
			p.now.drafts["note"] = []string{text}
		}
	})
}

func (p *sitting) summary() {
	p.step("summary", func() error { return p.s.PutSummary(ctx, sessions.Summary{ID: id, Target: "t"}) }, func() {})
}

func (p *sitting) close() {
	if p.lock != nil {
		p.step("close", p.lock.Close, func() {})
	}
}

func (p *sitting) end() {
	if p.s != nil {
		_ = p.s.Close() // gives up the locks; what it writes is part of the play
	}
	p.watchEnd()
}

// watchEnd keeps what is promised after the last call.
func (p *sitting) watchEnd() { p.vows = append(p.vows, p.now) }

// whole is a session from its beginning to its removal.
func whole(t *testing.T, home string, fail func(int) error) *sitting {
	p := &sitting{t: t, fail: fail}
	if p.begin(home); p.s == nil {
		p.watchEnd()
		return p
	}
	p.blob("the target")
	if p.create(); p.now.lines == 0 {
		p.end()
		return p
	}
	p.open()
	p.summary()
	p.append(1)
	p.draft("hal")
	p.append(3)
	p.draft("half a word")
	p.blob("an answer")
	p.blob("the target")
	p.append(1)
	p.draft("")
	p.append(15) // a checkpoint
	p.append(1)
	p.summary()
	p.close()
	p.step("remove", func() error {
		p.now.removed = true // perhaps
		return p.s.Remove(ctx, id)
	}, func() {})
	p.end()
	return p
}

// keeps holds what is in a data folder to what was promised, as the next process finds it,
// and goes on writing.
func (v vow) keeps(t *testing.T, home, when string) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(home, sessionsDir, id)); v.removed && err != nil {
		restore(t, home, when)
	}
	s, err := openWith(home, dontWait)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer s.Close()
	all, err := s.List(ctx)
	if err != nil || len(all) > 1 || len(all) == 1 && all[0].Damaged != "" && !strings.Contains(all[0].Damaged, "begins with item.noted") {
		t.Fatalf("%s: the list says %+v, %v", when, all, err)
	}
	if len(all) == 0 {
		if v.lines > 0 {
			t.Fatalf("%s: the session is gone, with %d lines", when, v.lines)
		}
		return
	}
	n, damage := read(t, s)
	if n < v.lines || n > max(v.started, 1) || damage != nil && !damage.Harmless() {
		t.Fatalf("%s: %d lines, %d were acknowledged and %d begun, %v", when, n, v.lines, v.started, damage)
	}
	v.evidence(t, s, when)
	drafts, err := s.Drafts(ctx, id)
	if texts := v.drafts["note"]; err != nil || texts != nil && !slices.Contains(texts, drafts["note"]) {
		t.Fatalf("%s: the draft is %q, not of %q, %v", when, drafts["note"], texts, err)
	}
	lock, err := s.Lock(ctx, id)
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer lock.Close()
	if _, err := s.Append(ctx, id, s.writer(id).head, line(n+1)); err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	if again, _ := read(t, s); again != n+1 {
		t.Fatalf("%s: %d lines after one more than %d", when, again, n)
	}
}

// evidence holds the pieces to what was promised, and every file to its name.
func (v vow) evidence(t *testing.T, s *Store, when string) {
	t.Helper()
	for _, body := range v.blobs {
		r, err := s.GetBlob(ctx, id, sha256.Sum256([]byte(body)))
		if err != nil {
			t.Fatalf("%s: %q: %v", when, body, err)
		}
		got, err := io.ReadAll(r)
		if r.Close(); err != nil || string(got) != body {
			t.Fatalf("%s: %q is %q, %v", when, body, got, err)
		}
	}
	for name, body := range files(t, filepath.Join(s.home, sessionsDir, id)) {
		if isBlob(name) && name != blobPath(sha256.Sum256([]byte(body))) {
			t.Fatalf("%s: evidence %s holds %q", when, name, body)
		}
	}
}

// restore moves a session that was being removed back from the trash.
func restore(t *testing.T, home, when string) {
	t.Helper()
	if err := os.Rename(filepath.Join(home, trashDir, id), filepath.Join(home, sessionsDir, id)); err != nil {
		t.Fatalf("%s: neither here nor in the trash: %v", when, err)
	}
}

// scratch is a new folder that is taken away at once.
func scratch(t *testing.T, do func(home string)) {
	t.Helper()
	dir, err := os.MkdirTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	do(filepath.Join(dir, "home"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
}

// TestPowerCutAtEverySystemCall: whatever of what was not flushed reached the disk, nothing
// that was acknowledged is lost, nothing half-written is shown, and writing goes on.
func TestPowerCutAtEverySystemCall(t *testing.T) {
	home := filepath.Join(t.TempDir(), "home")
	p := whole(t, home, nil)
	disk := newCrashDisk()
	r := rand.New(rand.NewPCG(1, 2))
	cuts := 0
	for k := range len(p.changes) + 1 {
		for _, f := range fates(r) {
			cuts++
			scratch(t, func(home string) {
				disk.afterPowerCut(t, f, home)
				p.vows[k].keeps(t, home, fmt.Sprintf("power cut before call %d, %s, %s left", k, p.named(k), f.name))
			})
		}
		if k < len(p.changes) {
			disk.do(p.changes[k])
		}
	}
	// The play is the real one: the disk in memory holds what the folder holds.
	scratch(t, func(copied string) {
		disk.afterKill(t, copied)
		if got, want := files(t, copied), files(t, home); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("a change was made past the tree: %d files in memory, %d in the folder", len(got), len(want))
		}
	})
	t.Logf("%d power cuts at %d system calls", cuts, len(p.changes))
}

func (p *sitting) named(k int) string {
	if k == len(p.changes) {
		return "the end"
	}
	return p.changes[k].op + " " + p.changes[k].name
}

// TestKillThenPowerCut: what the next process shows after one was killed is as durable as
// what it wrote itself.
func TestKillThenPowerCut(t *testing.T) {
	p := whole(t, filepath.Join(t.TempDir(), "home"), nil)
	cuts := 0
	for k := range p.changes {
		if p.vows[k].removed {
			break
		}
		scratch(t, func(home string) {
			disk := newCrashDisk()
			for _, c := range p.changes[:k] {
				disk.do(c)
			}
			disk.afterKill(t, home)
			next := &sitting{t: t}
			next.second(home)
			for n := range len(next.changes) + 1 {
				if v := next.vows[n]; n > 0 && n < len(next.changes) && v.lines == next.vows[n-1].lines && len(v.blobs) == len(next.vows[n-1].blobs) {
					disk.do(next.changes[n])
					continue // nothing more was promised
				}
				cuts++
				scratch(t, func(home string) {
					disk.afterPowerCut(t, fates(nil)[0], home)
					next.vows[n].keeps(t, home, fmt.Sprintf("killed before call %d, %s, then a power cut before %s", k, p.named(k), next.named(n)))
				})
				if n < len(next.changes) {
					disk.do(next.changes[n])
				}
			}
		})
	}
	t.Logf("%d power cuts after a kill", cuts)
}

// second is the process after one that died.
func (p *sitting) second(home string) {
	p.now.started = 100 // nobody knows yet
	p.begin(home)
	if p.open2(); p.lock == nil {
		p.create()
		p.open()
	}
	p.blob("the target")
	p.blob("another")
	p.append(2)
	p.close()
	p.end()
}

// open2 locks a session that may be there: what it shows is promised.
func (p *sitting) open2() {
	lock, err := p.s.Lock(ctx, id)
	if errors.Is(err, sessions.ErrNotFound) {
		return
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.lock = lock
	n, _ := read(p.t, p.s)
	p.now.lines, p.now.started = n, n
}

// TestEverySystemCallFails: once, or from then on. What was acknowledged is there, what
// failed was said to fail.
func TestEverySystemCallFails(t *testing.T) {
	p := whole(t, filepath.Join(t.TempDir(), "home"), nil)
	for _, c := range []struct {
		name string
		fail func(at, k int) bool
	}{{"once", func(at, k int) bool { return k == at }}, {"from then on", func(at, k int) bool { return k >= at }}} {
		for at := range p.changes {
			scratch(t, func(home string) {
				q := whole(t, home, func(k int) error {
					if c.fail(at, k) {
						return fmt.Errorf("call %d: %w", k, syscall.ENOSPC)
					}
					return nil
				})
				when := fmt.Sprintf("call %d, %s, failed %s; steps %v failed", at, p.named(at), c.name, q.failed)
				if len(q.failed) == 0 && !forgivable(p.changes[at]) {
					t.Fatalf("%s: nobody said so", when)
				}
				v := q.now
				v.started = max(v.started, v.lines)
				v.keeps(t, home, when)
			})
		}
	}
}

// forgivable reports whether a failure costs nothing that was promised: HEAD, which helps to
// notice losses, and what is taken away again.
func forgivable(c change) bool {
	return path.Base(c.name) == headFile || c.to != "" && path.Base(c.to) == headFile || c.op == "remove" || strings.HasPrefix(path.Base(c.name), tmpPrefix) || c.op == "sync" && path.Base(c.name) == id
}
