//go:build unix

package pgstore

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// Eight people write to one session at once: every event is there, once, on one chain.
func TestManyWriters(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	id := begin(t, open(t, url, Options{}))
	const writers, each = 8, 100
	var all sync.WaitGroup
	var want []string
	for w := range writers {
		s := resume(t, open(t, url, Options{}), id)
		for n := range each {
			want = append(want, fmt.Sprintf("%d.%d", w, n))
		}
		all.Go(func() {
			for n := range each {
				if _, err := s.Record(ctx, clean.Text(fmt.Sprint("w", w)), note(fmt.Sprintf("%d.%d", w, n))); err != nil {
					t.Errorf("writer %d, event %d: %v", w, n, err)
					return
				}
			}
		})
	}
	all.Wait()
	got := notes(t, url, id)
	for w := range writers { // each writer's in its own order
		at := -1
		for n := range each {
			found := slices.Index(got, fmt.Sprintf("%d.%d", w, n))
			if found <= at {
				t.Fatalf("%d.%d is at %d, after %d", w, n, found, at)
			}
			at = found
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d events of %d are there", len(got), len(want))
	}
}

// Two have a session open: each sees what the other says, and undoes only their own.
func TestFollow(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	id := begin(t, open(t, url, Options{}))
	ann, ben := resume(t, open(t, url, Options{}), id), resume(t, open(t, url, Options{}), id)
	updates := ben.Follow(t.Context())
	if ann.Follow(t.Context()) == nil || updates == nil {
		t.Fatal("nothing to follow")
	}
	began := time.Now()
	record(t, ann, "ann", judged("A-01", checks.Fail))
	u := next(t, updates, func(u sessions.Update) bool { return u.State.Items["A-01"].Reviewer != nil })
	if took := time.Since(began); took > time.Second {
		t.Errorf("seen after %v", took)
	}
	if r := u.State.Items["A-01"].Reviewer; r.By != "ann" || u.State.Seq != 2 || len(u.State.Head) != 64 {
		t.Errorf("%+v at %d, head %q", r, u.State.Seq, u.State.Head)
	}
	if _, err := ben.Undo(ctx, "ben"); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("ben undid what ann said: %v", err)
	}
	record(t, ben, "ben", judged("A-02", checks.Pass))
	// ann has not heard of it perhaps, and undoes her own all the same.
	st, err := ann.Undo(ctx, "ann")
	if err != nil || st.Items["A-01"].Reviewer != nil || st.Items["A-02"].Reviewer == nil {
		t.Errorf("undo: %v", err)
	}
}

// An event whose answer is lost is there once.
func TestAnswerLost(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	w := newWire(t, server)
	st := open(t, w.url(url), Options{})
	id := begin(t, st)
	s := resume(t, st, id)
	record(t, s, "ann", note("before"))
	for n := range 5 {
		dropped := w.dropNext(false)
		record(t, s, "ann", note(fmt.Sprint("lost ", n)))
		select {
		case <-dropped:
		default:
			t.Fatal("no answer was dropped")
		}
	}
	record(t, s, "ann", note("after"))
	if got := strings.Join(notes(t, url, id), ", "); got != "before, lost 0, lost 1, lost 2, lost 3, lost 4, after" {
		t.Error(got)
	}
	if s.State().Seq != 8 {
		t.Errorf("the state is at %d", s.State().Seq)
	}
}

// While the store is away what is recorded waits, and goes on top of what others wrote.
func TestOffline(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w := newWire(t, server)
	ann, ben := resume(t, open(t, w.url(url), Options{Drafts: t.TempDir()}), id), resume(t, open(t, url, Options{}), id)
	updates := ann.Follow(t.Context())
	w.down()
	next(t, updates, offline)
	finding := func(id, title string) sessions.Payload {
		return sessions.FindingRecorded{Finding: sessions.Finding{ID: id, Title: clean.Line(title), Severity: checks.High}}
	}
	record(t, ann, "ann", finding("", "ann's"))
	record(t, ann, "ann", judged("A-01", checks.Fail))
	if st, err := ann.Undo(ctx, "ann"); err != nil || st.Items["A-01"].Reviewer != nil {
		t.Fatalf("undo: %v", err)
	}
	st := record(t, ann, "ann", finding("F-1", "ann's, reworded"))
	if ann.Waiting() != 4 || st.Head != "" || st.Seq != 5 || len(st.Findings) != 1 {
		t.Errorf("%d wait, head %q, seq %d, %d findings", ann.Waiting(), st.Head, st.Seq, len(st.Findings))
	}
	record(t, ben, "ben", finding("", "ben's"))
	record(t, ben, "ben", judged("A-02", checks.Pass))
	w.up()
	u := next(t, updates, func(u sessions.Update) bool { return u.Offline == nil && ann.Waiting() == 0 })
	if u.Refused != nil || u.State.Seq != 7 || len(u.State.Head) != 64 {
		t.Errorf("refused %v, seq %d, head %q", u.Refused, u.State.Seq, u.State.Head)
	}
	var titles []string
	for _, f := range u.State.Findings {
		titles = append(titles, f.ID+" "+f.Title.String())
	}
	if got := strings.Join(titles, ", "); got != "F-1 ben's, F-2 ann's, reworded" {
		t.Error(got)
	}
	if i := u.State.Items; i["A-01"].Reviewer != nil || i["A-02"].Reviewer == nil {
		t.Error("ann's undoing took back something else")
	}
}

// What waits survives the process, and is saved by the next one, once.
func TestOfflineProcessEnds(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	w := newWire(t, server)
	drafts := t.TempDir()
	first := open(t, w.url(url), Options{Drafts: drafts})
	id := begin(t, first)
	s := resume(t, first, id)
	updates := s.Follow(t.Context())
	record(t, s, "ann", note("saved"))
	dropped := w.dropNext(true)
	record(t, s, "ann", note("arrived")) // it does, and nobody knows
	<-dropped
	w.down()
	next(t, updates, offline)
	record(t, s, "ann", note("waits"))
	if err := s.Close(); err == nil || !strings.Contains(err.Error(), "2 changes are not saved, but kept on this machine") {
		t.Errorf("closed with %v", err)
	}
	first.Close()
	record(t, resume(t, open(t, url, Options{}), id), "ben", note("ben's"))
	w.up()
	again := open(t, w.url(url), Options{Drafts: drafts})
	if s := resume(t, again, id); s.Waiting() != 0 {
		t.Errorf("%d wait", s.Waiting())
	}
	if got := strings.Join(notes(t, url, id), ", "); got != "saved, arrived, ben's, waits" {
		t.Error(got)
	}
	if left, err := again.Drafts(ctx, id); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// However much waits, all of it is kept, or the change is refused before anything is lost.
func TestMuchWaits(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	w := newWire(t, server)
	drafts := t.TempDir()
	st := open(t, w.url(url), Options{Drafts: drafts})
	id := begin(t, st)
	s := resume(t, st, id)
	updates := s.Follow(t.Context())
	w.down()
	next(t, updates, offline)
	var want []string
	var refused error
	for n := 0; n < 1000 && refused == nil; n++ {
		text, before := fmt.Sprint(n, strings.Repeat(" long", 700)), s.State().Seq
		if _, refused = s.Record(ctx, "ann", slices.Repeat([]sessions.Payload{note(text)}, 250)...); refused == nil {
			want = append(want, slices.Repeat([]string{text}, 250)...)
		} else if s.State().Seq != before {
			t.Error("refused, and shown all the same")
		}
	}
	if !errors.Is(refused, sessions.ErrRefused) || !strings.Contains(refused.Error(), "8 MiB") || len(want) < 2000 || s.Waiting()*250 != len(want) {
		t.Fatalf("%d were taken, %d times 250 wait, then %v", len(want), s.Waiting(), refused)
	}
	// The process is killed: nothing is closed. Its folder is free then.
	st.texts.Close()
	w.up()
	again := resume(t, open(t, url, Options{Drafts: drafts}), id)
	if got := notes(t, url, id); !slices.Equal(got, want) || again.Waiting() != 0 {
		t.Errorf("%d of %d are there, %d wait", len(got), len(want), again.Waiting())
	}
	next(t, updates, func(u sessions.Update) bool { return u.Offline == nil && s.Waiting() == 0 })
	record(t, s, "ann", note("last")) // the first process was only stopped: it finds all of it sent
	if got := notes(t, url, id); len(got) != len(want)+1 || got[len(want)] != "last" {
		t.Errorf("%d of %d are there", len(got), len(want)+1)
	}
}

// A change that can't be kept while the store is away is refused, and the ones before stay.
func TestCannotBeKept(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	w := newWire(t, server)
	st := open(t, w.url(url), Options{Drafts: t.TempDir()})
	id := begin(t, st)
	s := resume(t, st, id)
	updates := s.Follow(t.Context())
	w.down()
	next(t, updates, offline)
	record(t, s, "ann", note("one"))
	st.texts.Close() // as where the folder is gone
	if _, err := s.Record(ctx, "ann", note("two")); !errors.Is(err, sessions.ErrRefused) || !strings.Contains(err.Error(), "can't be kept on this machine") {
		t.Errorf("recorded: %v", err)
	}
	w.up()
	next(t, updates, func(u sessions.Update) bool { return u.Offline == nil && s.Waiting() == 0 })
	if got := strings.Join(notes(t, url, id), ", "); got != "one" {
		t.Error(got)
	}
}

// Who leaves before hearing that a change was refused is told so then.
func TestRefusedUnheard(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w := newWire(t, server)
	ann, ben := resume(t, open(t, w.url(url), Options{}), id), resume(t, open(t, url, Options{}), id)
	updates := ann.Follow(t.Context())
	w.down()
	next(t, updates, offline)
	record(t, ann, "ann", sessions.SignedOff{State: sessions.Submitted})
	record(t, ben, "ben", sessions.SignedOff{State: sessions.Submitted})
	w.up()
	for end := time.Now().Add(20 * time.Second); ann.Waiting() != 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the change still waits")
		}
	}
	if err := ann.Close(); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("closed with %v", err)
	}
}

// What makes no sense any more on top of what others wrote is told, and not written.
func TestRefusedLater(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	id := begin(t, open(t, url, Options{}))
	w := newWire(t, server)
	ann, ben := resume(t, open(t, w.url(url), Options{}), id), resume(t, open(t, url, Options{}), id)
	updates := ann.Follow(t.Context())
	w.down()
	next(t, updates, offline)
	record(t, ann, "ann", sessions.SignedOff{State: sessions.Submitted})
	record(t, ben, "ben", sessions.SignedOff{State: sessions.Submitted})
	w.up()
	u := next(t, updates, func(u sessions.Update) bool { return u.Refused != nil })
	if ann.Waiting() != 0 || u.State.Seq != 2 || u.State.SignOff.By != "ben" {
		t.Errorf("%d wait, seq %d, by %s", ann.Waiting(), u.State.Seq, u.State.SignOff.By)
	}
	// At once, where one is only late.
	if _, err := ann.Record(ctx, "ann", sessions.SignedOff{State: sessions.Accepted}); err != nil {
		t.Fatal(err)
	}
	if _, err := ben.Record(ctx, "ben", sessions.SignedOff{State: sessions.Accepted}); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("accepted twice: %v", err)
	}
	if why := ben.ReadOnly(); why != "" {
		t.Errorf("frozen: %s", why)
	}
}
