package sessions_test

import (
	"fmt"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
)

// long makes a session of the phase5 profile with n events as a review has them: mostly
// outcomes, each with evidence and reasons.
func long(b *testing.B, home string, n int) *sessions.Session {
	b.Helper()
	profile, err := profiles.Load("phase5", "")
	if err != nil {
		b.Fatal(err)
	}
	target, err := checks.ParseTarget("target.toml", []byte("name = \"atlas-demo\"\nlevel = \"A\"\n"), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	s, err := sessions.Create(ctx, open(b, home), sessions.NewSession{Target: target, Profile: profile, Registry: kinds.Registry(), Tool: "gonogo", By: "ann"})
	if err != nil {
		b.Fatal(err)
	}
	items := s.State().Plan.Items
	var data []sessions.Payload
	for k := range n - 1 {
		it := items[k%len(items)].Item
		if k%4 == 3 {
			data = append(data, sessions.Noted{Item: it.ID, Text: "a note of some length, as reviewers write them"})
			continue
		}
		data = append(data, sessions.Checked{
			Item: it.ID, Run: "r1", Verdict: checks.Fail, Today: checks.Fail, Reason: "GET /api/health answered 404, and so did a path that can't exist",
			Strength: checks.ObservedLive, Vantage: "laptop-7",
			Checks:       []checks.CheckOutcome{{Kind: "health.endpoint", Verdict: checks.Fail, Today: checks.Fail, Reason: "answered 404"}},
			Evidence:     []checks.Evidence{{SHA256: fmt.Sprintf("%064d", k), What: "GET /api/health", Bytes: 512, Media: "txt", Strength: checks.ObservedLive}},
			Measurements: []checks.Measurement{{Name: "latency", Value: 12.5, Unit: "ms"}},
		})
	}
	for len(data) > 0 {
		m := min(500, len(data))
		if _, err := s.Record(ctx, "ann", data[:m]...); err != nil {
			b.Fatal(err)
		}
		data = data[m:]
	}
	return s
}

// BenchmarkOpen3000 opens a session of 3,000 events; it must stay under 100 ms.
func BenchmarkOpen3000(b *testing.B) {
	home := b.TempDir()
	s := long(b, home, 3000)
	s.Close()
	st, reg := open(b, home), kinds.Registry()
	b.ResetTimer()
	for b.Loop() {
		got, err := sessions.View(ctx, st, reg, s.ID())
		if err != nil || got.State().Seq != 3000 {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecord records one event, flushed to disk.
func BenchmarkRecord(b *testing.B) {
	s := long(b, b.TempDir(), 200)
	defer s.Close()
	for b.Loop() {
		if _, err := s.Record(ctx, "ann", sessions.Noted{Item: "P5-SEC-AUT-01", Text: "x"}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkUndo folds a long session again.
func BenchmarkUndo(b *testing.B) {
	s := long(b, b.TempDir(), 3000)
	defer s.Close()
	for b.Loop() {
		if _, err := s.Undo(ctx, "ann"); err != nil {
			b.Fatal(err)
		}
		if _, err := s.Redo(ctx, "ann"); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAssess computes scores, gates, decision and path to GO.
func BenchmarkAssess(b *testing.B) {
	s := long(b, b.TempDir(), 300)
	defer s.Close()
	st := s.State()
	for b.Loop() {
		sessions.Assess(st)
	}
}
