package sessions_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
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
	n := newSession(t, reg)
	n.Selection = checks.Selection{Categories: []string{"a"}}
	s := create(t, open(t, home), n)
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
	if got.Seq != want.Seq || got.Head != want.Head || !slices.Equal(got.Opened.Categories, []string{"a"}) || got.Items["A-01"].Note != "one" || !reflect.DeepEqual(got.Findings, want.Findings) || !reflect.DeepEqual(got.Items["A-03"].Reviewer, want.Items["A-03"].Reviewer) {
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
	n.Target.Path = n.Target.Dir + strings.Repeat("x", 200) + ".toml"
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
	if got.Target.Name != long || got.Target.Dir != n.Target.Dir || got.Opened.File != filepath.Base(n.Target.Path) || len(got.Opened.Items) != 200 || got.Profile.ID != "tiny" {
		t.Errorf("%q in %q, %d items", got.Target.Name, got.Target.Dir, len(got.Opened.Items))
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
		"na with a blank reason":       sessions.Judged{Items: []string{"A-03"}, Verdict: checks.NA, Reason: " "},
		"an override, blank reason":    sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "\n "},
		"a waiver, blank reason":       sessions.Waived{Waiver: sessions.Waiver{Item: "A-01", Reason: " ", Expires: "2030-01-01"}},
		"a milder decision, blank":     sessions.Declared{Decision: sessions.Go, Lead: " ", Reason: " "},
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
	other, err := sessions.View(ctx, open(t, home), reg, s.ID())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	name := filepath.Join(home, "sessions", s.ID(), "evidence", sha[:2], sha)
	if err := s.Redact(ctx, "ann", sha, "a password"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its bytes are still there: %v", err)
	}
	for who, s := range map[string]*sessions.Session{"who took it out": s, "another process, open since before": other} {
		if _, err := s.Evidence(ctx, sha); !errors.Is(err, sessions.ErrTakenOut) || !strings.Contains(err.Error(), "a password") {
			t.Errorf("%s: %v", who, err)
		}
		if _, err := s.Evidence(ctx, strings.Repeat("0", 64)); !errors.Is(err, sessions.ErrNotFound) {
			t.Errorf("%s, never there: %v", who, err)
		}
	}
	if err := s.Redact(ctx, "ann", s.State().Opened.ProfileSHA, "x"); !errors.Is(err, sessions.ErrRefused) {
		t.Errorf("the profile was taken out: %v", err)
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
