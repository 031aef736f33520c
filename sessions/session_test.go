package sessions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

var ctx = context.Background()

const runProfile = `
id = "tiny"
title = "Tiny"
version = 3
[[category]]
id = "a"
title = "A"
weight = 1
[[category.item]]
id = "A-01"
title = "one"
severity = "critical"
why = "w"
fix = "f"
checks = [ { kind = "test.local" } ]
[[category.item]]
id = "A-02"
title = "two"
severity = "high"
why = "w"
fix = "f"
checks = [ { kind = "test.intrusive" } ]
[[category.item]]
id = "A-03"
title = "three"
severity = "medium"
why = "w"
fix = "f"
question = "?"
`

// fakes are kinds that say what a test wants to hear.
type fakes struct {
	mu    sync.Mutex
	local func(context.Context, *checks.Probe) checks.Result
}

func (f *fakes) registry(t testing.TB) *checks.Registry {
	t.Helper()
	run := func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.local(ctx, p)
	}
	reg, err := checks.NewRegistry(
		checks.Define(checks.Kind{ID: "test.local", Title: "t", Class: checks.Local, Severity: checks.High, Sends: "nothing", Rule: "r", Fix: "f"}, run),
		checks.Define(checks.Kind{ID: "test.intrusive", Title: "t", Class: checks.Intrusive, Severity: checks.High, Sends: "nothing", Rule: "r", Fix: "f"}, run),
	)
	if err != nil {
		t.Fatal(err)
	}
	return reg
}

func says(v checks.Verdict, body string) func(context.Context, *checks.Probe) checks.Result {
	return func(_ context.Context, p *checks.Probe) checks.Result {
		r := checks.NewResult(v, checks.Configuration, "because "+body, p.Note("note", body))
		r.Measurements = []checks.Measurement{{Name: "n", Value: math.Inf(1)}, {Name: "m", Value: 2, Unit: "ms"}}
		return r
	}
}

func open(t testing.TB, home string) *filestore.Store {
	t.Helper()
	st, err := filestore.Open(home)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func newSession(t testing.TB, reg *checks.Registry) sessions.NewSession {
	t.Helper()
	target, err := checks.ParseTarget("target.toml", []byte("name = \"atlas-demo\"\nversion = \"1.4\"\nenvironment = \"demo\"\nbase_url = \"http://127.0.0.1:9\"\n"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	profile, err := checks.ParseProfile("tiny.toml", []byte(runProfile), nil)
	if err != nil {
		t.Fatal(err)
	}
	return sessions.NewSession{Target: target, Profile: profile, Registry: reg, Tool: "gonogo test", By: "ann"}
}

func create(t testing.TB, st sessions.Store, n sessions.NewSession) *sessions.Session {
	t.Helper()
	s, err := sessions.Create(ctx, st, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func record(t testing.TB, s *sessions.Session, data ...sessions.Payload) *sessions.State {
	t.Helper()
	st, err := s.Record(ctx, "ann", data...)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func note(text string) sessions.Payload { return sessions.Noted{Item: "A-01", Text: clean.Line(text)} }

// reopened is the state that a saved session opens with.
func reopened(t testing.TB, home string, reg *checks.Registry, id string) *sessions.Session {
	t.Helper()
	s, err := sessions.Open(ctx, open(t, home), reg, id)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func TestSessionSurvivesClosing(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	record(t, s, note("one"))
	want := record(t, s, sessions.Judged{Items: []string{"A-03"}, Verdict: checks.Warn, Reason: "r"}, sessions.FindingRecorded{Finding: sessions.Finding{Title: "t", Severity: checks.High}})
	if want.Findings[0].ID != "F-1" || want.Seq != 4 || len(want.Head) != 64 {
		t.Errorf("%+v", want)
	}
	dir := want.Target.Dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, "ann", note("late")); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("recorded after closing: %v", err)
	}
	again := reopened(t, home, reg, s.ID())
	got := again.State()
	if again.ReadOnly() != "" || again.Damage() != nil || got.Target.Dir != dir || dir == "" {
		t.Errorf("read-only %q, damage %v, folder %q", again.ReadOnly(), again.Damage(), got.Target.Dir)
	}
	if got.Seq != want.Seq || got.Head != want.Head || got.Items["A-01"].Note != "one" || !reflect.DeepEqual(got.Findings, want.Findings) || !reflect.DeepEqual(got.Items["A-03"].Reviewer, want.Items["A-03"].Reviewer) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestUndoRedo(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	if _, err := s.Undo(ctx, "ann"); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("undo of nothing: %v", err)
	}
	record(t, s, note("one"), note("two"))
	step := func(do func(context.Context, clean.Text) (*sessions.State, error), want clean.Text) {
		t.Helper()
		st, err := do(ctx, "bo")
		if err != nil || st.Items["A-01"].Note != want {
			t.Fatalf("%q, want %q, %v", st.Items["A-01"].Note, want, err)
		}
		if again := reopenedView(t, home, reg, s.ID()); again.Items["A-01"].Note != want || again.Head != st.Head {
			t.Fatalf("saved: %q, want %q", again.Items["A-01"].Note, want)
		}
	}
	step(s.Undo, "one")
	step(s.Undo, "")
	step(s.Redo, "one")
	step(s.Redo, "two")
	step(s.Undo, "one")
	record(t, s, note("three"))
	if _, err := s.Redo(ctx, "ann"); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("redo after a new event: %v", err)
	}
	step(s.Undo, "one")
}

func reopenedView(t testing.TB, home string, reg *checks.Registry, id string) *sessions.State {
	t.Helper()
	s, err := sessions.View(ctx, open(t, home), reg, id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, "x", note("x")); !errors.Is(err, sessions.ErrReadOnly) {
		t.Errorf("a view records: %v", err)
	}
	return s.State()
}

// TestOpenedLineStaysShort: whatever the names, the first line is under 800 bytes and the
// session knows the whole of them.
func TestOpenedLineStaysShort(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	n := newSession(t, reg)
	long := strings.Repeat(`"ä\`, 400)
	n.Target.Name, n.Target.Version = long, long
	n.Target.Source = fmt.Appendf(nil, "name = %q\nversion = %q\nenvironment = \"production\"\n", long, long)
	n.Target.Dir = "/" + strings.Repeat("folder/", 60)
	n.Selection = checks.Selection{Categories: []string{"a"}, Items: slices.Repeat([]string{"A-01", "A-0*"}, 100)}
	n.By, n.Tool, n.From = clean.Line(long), long, "20261122-140931-"+strings.Repeat("a", 46)+"-x"
	s := create(t, open(t, home), n)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	journal, err := os.ReadFile(filepath.Join(home, "sessions", s.ID(), "journal.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	if first := bytes.IndexByte(journal, '\n'); first+1 >= 800 {
		t.Errorf("the first line has %d bytes: %s", first+1, journal[:first])
	}
	got := reopened(t, home, reg, s.ID()).State()
	if got.Target.Name != long || got.Target.Dir != n.Target.Dir || len(got.Opened.Items) != 200 || got.Profile.ID != "tiny" {
		t.Errorf("%q in %q, %d items", got.Target.Name, got.Target.Dir, len(got.Opened.Items))
	}
}

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

func TestRecordRefuses(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "x")}
	home, reg := t.TempDir(), f.registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	if err := s.Run(ctx, "ann", checks.RunOptions{}, func(checks.Event) {}); err != nil {
		t.Fatal(err)
	}
	before := s.State()
	cond := sessions.Condition{ID: "X"}
	for name, p := range map[string]sessions.Payload{
		"an item that is not there":    sessions.Noted{Item: "A-99", Text: "x"},
		"a verdict that is none":       sessions.Judged{Items: []string{"A-03"}, Verdict: "maybe"},
		"no item":                      sessions.Judged{Verdict: checks.Pass},
		"na without a reason":          sessions.Judged{Items: []string{"A-03"}, Verdict: checks.NA},
		"an override without a reason": sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Pass},
		"a date that is none":          sessions.Judged{Items: []string{"A-03"}, Verdict: checks.Pass, Expires: "soon"},
		"a waiver without an end":      sessions.Waived{Waiver: sessions.Waiver{Item: "A-01", Reason: "r"}},
		"a waiver without a reason":    sessions.Waived{Waiver: sessions.Waiver{Item: "A-01", Expires: "2030-01-01"}},
		"a condition without a text":   sessions.ConditionRecorded{Condition: cond},
		"a milder decision, no lead":   sessions.Declared{Decision: sessions.Go, Reason: "r"},
		"a decision that is none":      sessions.Declared{Decision: "perhaps"},
		"a milder colour, no reason":   sessions.ColourDeclared{Category: "a", RAG: "green"},
		"green over an open blocker":   sessions.ColourDeclared{Category: "a", RAG: "green", Reason: "r"},
		"a colour that is none":        sessions.ColourDeclared{Category: "a", RAG: "pink", Reason: "r"},
		"a category that is none":      sessions.ColourDeclared{Category: "z", RAG: "red", Reason: "r"},
		"accepting a draft":            sessions.SignedOff{State: sessions.Accepted},
		"returning without a comment":  sessions.SignedOff{State: sessions.Returned},
		"a state that is none":         sessions.SignedOff{State: "done"},
		"undo of another event":        sessions.Undone{Seq: 1},
		"redo of nothing":              sessions.Redone{Seq: 1},
		"opening again":                sessions.Opened{},
		"a type of somebody else":      sessions.Unknown{Name: "x.y", Raw: []byte("{}")},
		"a finding without severity":   sessions.FindingRecorded{Finding: sessions.Finding{Title: "t"}},
		"a finding without title":      sessions.FindingRecorded{Finding: sessions.Finding{Severity: checks.Low}},
		"a finding that is not there":  sessions.FindingRemoved{ID: "F-9"},
	} {
		// One that makes no sense takes the good one before it along.
		if _, err := s.Record(ctx, "ann", note("good"), p); !errors.Is(err, sessions.ErrRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.State() != before || s.ReadOnly() != "" {
		t.Error("something of it was recorded")
	}
	record(t, s, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Fail}) // agreeing needs no reason
}

func TestEvidence(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	sha, err := s.PutEvidence(ctx, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := s.Evidence(ctx, sha); err != nil || string(got) != "secret" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := s.PutEvidence(ctx, make([]byte, sessions.MaxEvidence+1)); !errors.Is(err, sessions.ErrTooLarge) {
		t.Errorf("too much: %v", err)
	}
	for _, sha := range []string{"", "x", strings.ToUpper(sha), "../../../etc/passwd", strings.Repeat("0", 64)} {
		if _, err := s.Evidence(ctx, sha); err == nil {
			t.Errorf("%q gives something", sha)
		}
	}
	name := filepath.Join(home, "sessions", s.ID(), "evidence", sha[:2], sha)
	if err := s.Redact(ctx, "ann", sha, "a password"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its bytes are still there: %v", err)
	}
	if _, err := s.Evidence(ctx, sha); err == nil || !strings.Contains(err.Error(), "a password") {
		t.Errorf("taken out: %v", err)
	}
	if err := s.Redact(ctx, "ann", s.State().Opened.ProfileSHA, "x"); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("the profile was taken out: %v", err)
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

func TestResolveID(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	st := open(t, home)
	if _, err := sessions.ResolveID(ctx, st, sessions.Latest); !errors.Is(err, sessions.ErrNotFound) {
		t.Errorf("none yet: %v", err)
	}
	a := create(t, st, newSession(t, reg))
	earlier := sessions.Summarise(a.State())
	earlier.Created = earlier.Created.Add(-time.Hour)
	if err := st.PutSummary(ctx, earlier); err != nil {
		t.Fatal(err)
	}
	b := create(t, st, newSession(t, reg))
	for arg, want := range map[string]string{sessions.Latest: b.ID(), a.ID(): a.ID(), b.ID()[:len(b.ID())-1]: b.ID()} {
		if got, err := sessions.ResolveID(ctx, st, arg); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", arg, got, err, want)
		}
	}
	if _, err := sessions.ResolveID(ctx, st, "20"); err == nil || !strings.Contains(err.Error(), a.ID()) {
		t.Errorf("two fit: %v", err)
	}
	for _, arg := range []string{"", "x"} {
		if _, err := sessions.ResolveID(ctx, st, arg); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("%q: %v", arg, err)
		}
	}
}

func TestList(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "x")}
	home, reg := t.TempDir(), f.registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	if err := s.Run(ctx, "ann", checks.RunOptions{}, func(checks.Event) {}); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for name, spoil := range map[string]func(file string) error{
		"as it is": func(string) error { return nil },
		"removed":  os.Remove,
		"cut":      func(f string) error { return os.WriteFile(f, []byte("{"), 0o600) },
		"stale": func(f string) error {
			return os.WriteFile(f, fmt.Appendf(nil, `{"id":%q,"head":"00","items":99}`, s.ID()), 0o600)
		},
	} {
		if err := spoil(filepath.Join(home, "sessions", s.ID(), "summary.json")); err != nil {
			t.Fatal(err)
		}
		all, err := sessions.List(ctx, open(t, home), reg)
		if err != nil || len(all) != 1 {
			t.Fatalf("%s: %+v, %v", name, all, err)
		}
		got := all[0]
		if got.Items != 3 || got.Judged != 1 || got.Decision != sessions.NoGo || !slices.Equal(got.Blockers, []string{"A-01"}) ||
			got.Questions != 1 || got.NeedConsent != 1 || got.Head != s.State().Head || got.Stale || got.Damaged != "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestNewIDs(t *testing.T) {
	at := time.Date(2026, 11, 22, 14, 9, 31, 0, time.FixedZone("x", 3600))
	for name, want := range map[string]string{
		"atlas-demo": "20261122-130931-atlas-demo-", "../Äx\x00/..\u202e": "20261122-130931-x-", "": "20261122-130931-",
		strings.Repeat("Long name ", 20): "20261122-130931-long-name-long-name-long-",
	} {
		id := sessions.NewID(at, name)
		if !strings.HasPrefix(id, want) || len(id) != len(want)+4 || !sessions.ValidID(id) {
			t.Errorf("%q: %s", name, id)
		}
	}
}
