package sessions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

func TestRun(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	home, reg := t.TempDir(), f.registry(t)
	server := httptest.NewServer(http.NotFoundHandler())
	defer server.Close()
	n := newSession(t, reg)
	n.Target.Source = bytes.Replace(n.Target.Source, []byte("http://127.0.0.1:9"), []byte(server.URL), 1)
	s := create(t, open(t, home), n)
	var heard []string
	listen := func(e checks.Event) {
		heard = append(heard, fmt.Sprintf("%T", e))
		if fin, ok := e.(checks.Finished); ok {
			// Journal first: what the listener hears of is on disk.
			if m := reopenedView(t, home, reg, s.ID()).Items[fin.Outcome.Item].Machine; m == nil || m.Verdict != fin.Outcome.Verdict {
				t.Errorf("%s was heard of before it was saved: %+v", fin.Outcome.Item, m)
			}
		}
	}
	if err := s.Run(ctx, "ann", checks.RunOptions{}, listen); err != nil {
		t.Fatal(err)
	}
	if want := []string{"checks.Started", "checks.Finished", "checks.RunEnded"}; !slices.Equal(heard, want) {
		t.Errorf("heard %v", heard)
	}
	st := s.State()
	m := st.Items["A-01"].Machine
	if m == nil || m.Verdict != checks.Fail || len(m.Evidence) != 1 || len(m.Measurements) != 1 || st.Items["A-01"].Running {
		t.Fatalf("%+v", m)
	}
	if body, err := s.Evidence(ctx, m.Evidence[0].SHA256); err != nil || string(body) != "first" || m.Evidence[0].Bytes != 5 {
		t.Errorf("%q, %v", body, err)
	}
	if len(st.Runs) != 1 || !st.Runs[0].Ended || st.Runs[0].Interrupted || !slices.Equal(st.Runs[0].Items, []string{"A-01"}) || len(st.Consents) != 0 {
		t.Errorf("%+v, %+v", st.Runs, st.Consents)
	}
	questions, consent := sessions.Waiting(st)
	if !slices.Equal(questions, []string{"A-03"}) || !slices.Equal(consent, []string{"A-02"}) {
		t.Errorf("questions %v, consent %v", questions, consent)
	}
	f.local = says(checks.Pass, "second")
	allow := checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}
	for range 2 { // consent is asked for once
		if err := s.Run(ctx, "bo", allow, func(checks.Event) {}); err != nil {
			t.Fatal(err)
		}
	}
	st = s.State()
	if len(st.Consents) != 1 || st.Consents[0].By != "bo" || "http://"+string(st.Consents[0].Host) != server.URL || !slices.Equal(st.Consents[0].Items, []string{"A-02"}) {
		t.Errorf("%+v", st.Consents)
	}
	if st.Items["A-02"].Counts() != checks.Pass || len(st.Items["A-01"].History) != 3 {
		t.Errorf("%+v", st.Items["A-01"].History)
	}
	types := []string{}
	for _, e := range s.Events()[4:9] {
		types = append(types, e.Data.Type())
	}
	if want := []string{"consent", "run.started", "item.checked", "item.checked", "run.ended"}; !slices.Equal(types, want) {
		t.Errorf("recorded %v", types)
	}
}

// TestInterruptedRun: what was found is saved, the run is marked, nothing hangs.
func TestInterruptedRun(t *testing.T) {
	started := make(chan struct{})
	f := &fakes{local: func(ctx context.Context, _ *checks.Probe) checks.Result {
		close(started)
		<-ctx.Done()
		return checks.Result{}
	}}
	home, reg := t.TempDir(), f.registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	run, cancel := context.WithCancel(ctx)
	go func() { <-started; cancel() }()
	if err := s.Run(run, "ann", checks.RunOptions{}, func(checks.Event) {}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	st := s.State()
	if r := st.Runs[0]; !r.Ended || !r.Interrupted || st.Items["A-01"].Machine != nil || st.Items["A-01"].Running {
		t.Errorf("%+v, %+v", r, st.Items["A-01"])
	}
	record(t, s, note("and on it goes"))
}

// TestRunOfADeadProcess: a run without an end belongs to a process that died.
func TestRunOfADeadProcess(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	st := record(t, s, sessions.RunStarted{Run: "r1", Items: []string{"A-01"}})
	if !st.Items["A-01"].Running {
		t.Error("not running")
	}
	s.Close()
	st = reopened(t, home, reg, s.ID()).State()
	if r := st.Runs[0]; !r.Ended || !r.Interrupted || st.Items["A-01"].Running {
		t.Errorf("%+v", r)
	}
}

// TestRunStopsWhenItCannotBeSaved: a result that can't be journalled is not shown.
func TestRunStopsWhenItCannotBeSaved(t *testing.T) {
	f := &fakes{local: says(checks.Pass, "x")}
	reg := f.registry(t)
	st := &failing{Store: open(t, t.TempDir())}
	s := create(t, st, newSession(t, reg))
	st.after = 1 // the run's start is written, nothing after it
	heard := 0
	err := s.Run(ctx, "ann", checks.RunOptions{}, func(checks.Event) { heard++ })
	if !errors.Is(err, errDisk) || s.State().Items["A-01"].Machine != nil {
		t.Errorf("%v, %+v", err, s.State().Items["A-01"].Machine)
	}
	if !strings.Contains(s.ReadOnly(), "disk full") || len(s.Unsaved()) == 0 {
		t.Errorf("read-only %q, unsaved %d", s.ReadOnly(), len(s.Unsaved()))
	}
	if heard > 1 { // Started needs no journal
		t.Errorf("%d events were heard of", heard)
	}
}

var errDisk = errors.New("disk full")

// failing is a store that fails after so many appends.
type failing struct {
	sessions.Store
	after int
}

func (f *failing) Append(ctx context.Context, id string, expect sessions.Head, lines ...[]byte) (sessions.Head, error) {
	if f.after--; f.after < 0 {
		return sessions.Head{}, errDisk
	}
	return f.Store.Append(ctx, id, expect, lines...)
}
