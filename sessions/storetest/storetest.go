// Package storetest holds what every store of sessions has to do, whatever it keeps them
// in: one suite that each store's tests run on itself.
//
// It imports sessions and testing alone.
package storetest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

// ID is the session of the suite.
const ID = "20261122-140931-atlas-demo-x7k2"

// Line is a journal line that decodes.
func Line(seq int) []byte {
	return fmt.Appendf(nil, `{"seq":%d,"at":"2026-11-22T14:09:31.000Z","by":"ann","type":"item.noted","data":{"item":"A-01","text":"note %d “ü”"}}`, seq, seq)
}

// Opened is the first line of a session that began at a second of the suite's minute.
func Opened(id string, second int) []byte {
	return fmt.Appendf(nil, `{"seq":1,"at":"2026-11-22T14:09:%02d.000Z","by":"ann","type":"opened","data":{"format":1,"session":%q,"target":"t","version":"1","environment":"demo","profile":"p","profile_version":1,"target_sha256":"","profile_sha256":"","tool":"gonogo"}}`, second, id)
}

// suite runs on stores that each open anew what the one before left.
type suite struct {
	*testing.T
	open func() sessions.Store
	ctx  context.Context
}

// Run runs the suite. fresh makes an empty place and returns what opens it, as often as
// asked, each time as another process would.
func Run(t *testing.T, fresh func(t *testing.T) (open func() sessions.Store)) {
	for name, test := range map[string]func(suite){
		"journal":   suite.journal,
		"batches":   suite.batches,
		"conflicts": suite.conflicts,
		"twice":     suite.twice,
		"ids":       suite.ids,
		"evidence":  suite.evidence,
		"drafts":    suite.drafts,
		"list":      suite.list,
		"remove":    suite.remove,
		"cancelled": suite.cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(suite{t, fresh(t), t.Context()}) })
	}
}

func (s suite) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// write creates a session of n events and returns its head.
func (s suite) write(st sessions.Store, n int) sessions.Head {
	s.Helper()
	head, err := st.Create(s.ctx, ID, Line(1))
	s.must(err)
	lock, err := st.Lock(s.ctx, ID)
	s.must(err)
	for seq := 2; seq <= n; seq++ {
		head, err = st.Append(s.ctx, ID, head, Line(seq))
		s.must(err)
	}
	s.must(lock.Close())
	return head
}

// read holds the lines after a seq to what was written, up to the last.
func (s suite) read(st sessions.Store, after, last int) {
	s.Helper()
	var prev [sha256.Size]byte
	for seq := 1; seq <= after; seq++ {
		prev = sessions.LineHash(prev, Line(seq))
	}
	n := after
	for e, err := range st.Read(s.ctx, ID, uint64(after)) {
		s.must(err)
		n++
		if e.Seq != uint64(n) || !bytes.Equal(e.JSON, Line(n)) || e.Hash != sessions.LineHash(prev, e.JSON) {
			s.Fatalf("entry %d is %d, %s", n, e.Seq, e.JSON)
		}
		prev = e.Hash
	}
	if n != last {
		s.Errorf("the journal ends at %d, want %d", n, last)
	}
}

func (s suite) journal() {
	st := s.open()
	head := s.write(st, 30)
	if head.Seq != 30 {
		s.Errorf("head %d", head.Seq)
	}
	s.read(st, 0, 30)
	again := s.open()
	s.read(again, 0, 30)
	s.read(again, 12, 30)
	s.read(again, 30, 30)
	for range again.Read(s.ctx, ID, 0) {
		break // a reader that has enough leaves the store usable
	}
	s.read(again, 0, 30)
}

func (s suite) batches() {
	st := s.open()
	head := s.write(st, 1)
	lock, err := st.Lock(s.ctx, ID)
	s.must(err)
	defer lock.Close()
	var lines [][]byte
	for seq := 2; seq <= 70; seq++ {
		lines = append(lines, Line(seq))
	}
	head, err = st.Append(s.ctx, ID, head, lines...)
	s.must(err)
	if head.Seq != 70 {
		s.Errorf("head %d", head.Seq)
	}
	s.read(s.open(), 0, 70)
}

func (s suite) conflicts() {
	st := s.open()
	head := s.write(st, 3)
	lock, err := st.Lock(s.ctx, ID)
	s.must(err)
	defer lock.Close()
	other := head
	other.Hash[0]++
	for name, expect := range map[string]sessions.Head{
		"behind": {Seq: 2, Hash: sessions.LineHash(sessions.LineHash([32]byte{}, Line(1)), Line(2))},
		"ahead":  {Seq: 4, Hash: head.Hash}, "other hash": other, "nothing": {},
	} {
		if _, err := st.Append(s.ctx, ID, expect, Line(4)); !errors.Is(err, sessions.ErrConflict) {
			s.Errorf("%s: %v", name, err)
		}
	}
	s.read(st, 0, 3)
	_, err = st.Append(s.ctx, ID, head, Line(4))
	s.must(err)
	s.read(st, 0, 4)
}

func (s suite) twice() {
	st := s.open()
	s.write(st, 2)
	if _, err := st.Create(s.ctx, ID, Line(1)); !errors.Is(err, sessions.ErrExists) {
		s.Errorf("%v", err)
	}
	s.read(st, 0, 2)
}

func (s suite) ids() {
	st := s.open()
	sum := sha256.Sum256([]byte("x"))
	for _, id := range []string{"", ".", "..", "../x", "/etc", "a/b", `a\b`, "C:", "a\x00b", "a\nb", "A", "-rf", "a-", "é", "' OR 1=1", strings.Repeat("a", 65)} {
		calls := map[string]error{}
		_, calls["Create"] = st.Create(s.ctx, id, Line(1))
		_, calls["Lock"] = st.Lock(s.ctx, id)
		_, calls["GetBlob"] = st.GetBlob(s.ctx, id, sum)
		_, calls["Drafts"] = st.Drafts(s.ctx, id)
		calls["Remove"] = st.Remove(s.ctx, id)
		calls["PutBlob"] = st.PutBlob(s.ctx, id, sum, strings.NewReader("x"))
		calls["PutDraft"] = st.PutDraft(s.ctx, id, "n", "t")
		for _, calls["Read"] = range st.Read(s.ctx, id, 0) {
			break
		}
		for name, err := range calls {
			if !errors.Is(err, sessions.ErrNotFound) {
				s.Errorf("%s(%q): %v", name, id, err)
			}
		}
	}
	for name, err := range st.Read(s.ctx, "nobody", 0) {
		if !errors.Is(err, sessions.ErrNotFound) {
			s.Errorf("%v: %v", name, err)
		}
	}
	if _, err := st.Lock(s.ctx, "nobody"); !errors.Is(err, sessions.ErrNotFound) {
		s.Errorf("Lock: %v", err)
	}
}

func (s suite) evidence() {
	st := s.open()
	bodies := [][]byte{[]byte("what came back"), {}, {0, 0xff, 0}, bytes.Repeat([]byte("0123456789abcdef"), sessions.MaxEvidence/16)}
	for _, body := range bodies { // before the session is there, and the same bytes twice
		for range 2 {
			s.must(st.PutBlob(s.ctx, ID, sha256.Sum256(body), bytes.NewReader(body)))
		}
	}
	again := s.open()
	for _, body := range bodies {
		r, err := again.GetBlob(s.ctx, ID, sha256.Sum256(body))
		s.must(err)
		got, err := io.ReadAll(r)
		s.must(errors.Join(err, r.Close()))
		if !bytes.Equal(got, body) {
			s.Errorf("%d bytes came back as %d", len(body), len(got))
		}
	}
	missing := sha256.Sum256([]byte("x"))
	if err := st.PutBlob(s.ctx, ID, missing, strings.NewReader("y")); err == nil {
		s.Error("bytes under another hash were kept")
	}
	if err := st.PutBlob(s.ctx, ID, missing, bytes.NewReader(make([]byte, sessions.MaxEvidence+1))); !errors.Is(err, sessions.ErrTooLarge) {
		s.Errorf("too much: %v", err)
	}
	if _, err := st.GetBlob(s.ctx, ID, missing); !errors.Is(err, sessions.ErrNotFound) {
		s.Errorf("not there: %v", err)
	}
	remover, ok := st.(sessions.BlobRemover)
	if !ok {
		s.Fatal("evidence can't be taken out")
	}
	sum := sha256.Sum256(bodies[0])
	s.must(remover.RemoveBlob(s.ctx, ID, sum))
	if _, err := again.GetBlob(s.ctx, ID, sum); !errors.Is(err, sessions.ErrNotFound) {
		s.Errorf("removed: %v", err)
	}
	if all, err := st.List(s.ctx); err != nil || len(all) != 0 {
		s.Errorf("a session that never began is listed: %v, %v", all, err)
	}
}

func (s suite) drafts() {
	st := s.open()
	s.write(st, 1)
	want := map[string]string{"note:../../x": "half\na “note”", "finding": strings.Repeat("ä", 5000)}
	for name, text := range want {
		s.must(st.PutDraft(s.ctx, ID, name, text))
	}
	s.must(st.PutDraft(s.ctx, ID, "gone", "x"))
	for range 2 {
		s.must(st.PutDraft(s.ctx, ID, "gone", ""))
	}
	if err := st.PutDraft(s.ctx, ID, "much", strings.Repeat("x", 256<<10)); !errors.Is(err, sessions.ErrTooLarge) {
		s.Errorf("too much: %v", err)
	}
	s.must(st.Close())
	got, err := s.open().Drafts(s.ctx, ID)
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		s.Errorf("%v, %v", got, err)
	}
}

func (s suite) list() {
	st := s.open()
	if all, err := st.List(s.ctx); err != nil || all == nil || len(all) != 0 {
		s.Errorf("of none: %v, %v", all, err)
	}
	for n := range 3 {
		id := fmt.Sprintf("20261122-14093%d-x-aaaa", n)
		head, err := st.Create(s.ctx, id, Opened(id, 30+n))
		s.must(err)
		if n > 0 {
			s.must(st.PutSummary(s.ctx, sessions.Summary{ID: id, Target: "kept", Head: fmt.Sprintf("%x", head.Hash),
				Created: time.Date(2026, 11, 22, 14, 9, 30+n, 0, time.UTC), Blockers: []string{"A-01"}}))
		}
		if n == 2 { // its summary is older than its journal then
			lock, err := st.Lock(s.ctx, id)
			s.must(err)
			_, err = st.Append(s.ctx, id, head, Line(2))
			s.must(err)
			s.must(lock.Close())
		}
	}
	all, err := s.open().List(s.ctx)
	s.must(err)
	var got []string
	for _, sum := range all {
		got = append(got, fmt.Sprint(sum.ID, " ", sum.Target, " ", sum.Stale, " ", sum.Blockers))
	}
	want := []string{"20261122-140932-x-aaaa kept true [A-01]", "20261122-140931-x-aaaa kept false [A-01]", "20261122-140930-x-aaaa t true []"}
	if !slices.Equal(got, want) {
		s.Errorf("%q, want %q", got, want)
	}
}

func (s suite) remove() {
	st := s.open()
	s.write(st, 1)
	lock, err := st.Lock(s.ctx, ID)
	s.must(err)
	if err := s.open().Remove(s.ctx, ID); !errors.Is(err, sessions.ErrReadOnly) {
		s.Errorf("while it is open: %v", err)
	}
	s.must(lock.Close())
	for n := range 2 {
		if n > 0 {
			s.write(st, 3) // its id is free again, and the first one stays gone
			s.read(st, 0, 3)
		}
		s.must(st.Remove(s.ctx, ID))
		if all, err := st.List(s.ctx); err != nil || len(all) != 0 {
			s.Errorf("still listed: %v, %v", all, err)
		}
	}
	if err := st.Remove(s.ctx, ID); !errors.Is(err, sessions.ErrNotFound) {
		s.Errorf("gone: %v", err)
	}
}

func (s suite) cancelled() {
	st := s.open()
	s.write(st, 2)
	ctx, cancel := context.WithCancel(s.ctx)
	cancel()
	if _, err := st.Create(ctx, "other", Line(1)); err == nil {
		s.Error("Create worked")
	}
	if _, err := st.List(ctx); err == nil {
		s.Error("List worked")
	}
	for _, err := range st.Read(ctx, ID, 0) {
		if err == nil {
			s.Error("Read worked")
		}
	}
	s.read(st, 0, 2)
}
