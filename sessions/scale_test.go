package sessions_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
)

// BenchmarkOpen100000 opens a session longer than any review: some thirty times a long day.
func BenchmarkOpen100000(b *testing.B) {
	home := b.TempDir()
	s := long(b, home, 100_000)
	s.Close()
	st, reg := open(b, home), kinds.Registry()
	b.ResetTimer()
	for b.Loop() {
		got, err := sessions.View(ctx, st, reg, s.ID())
		if err != nil || got.State().Seq != 100_000 {
			b.Fatal(err)
		}
	}
}

// crowd makes a home of n sessions with 300 events each: one that was recorded, the others
// its copies.
func crowd(b *testing.B, n int) string {
	b.Helper()
	home := b.TempDir()
	s := long(b, home, 300)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
	from := filepath.Join(home, "sessions", s.ID())
	journal, err := os.ReadFile(filepath.Join(from, "journal.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(from, "summary.json"))
	if err != nil {
		b.Fatal(err)
	}
	var sum map[string]any
	if err := json.Unmarshal(text, &sum); err != nil {
		b.Fatal(err)
	}
	for k := 1; k < n; k++ {
		sum["id"] = fmt.Sprintf("20261122-140931-copy-%04d", k)
		dir := filepath.Join(home, "sessions", sum["id"].(string))
		text, err := json.Marshal(sum)
		if err != nil {
			b.Fatal(err)
		}
		for _, do := range []func() error{
			func() error { return os.Mkdir(dir, 0o700) },
			func() error { return os.WriteFile(filepath.Join(dir, "journal.jsonl"), journal, 0o600) },
			func() error { return os.WriteFile(filepath.Join(dir, "summary.json"), text, 0o600) },
		} {
			if err := do(); err != nil {
				b.Fatal(err)
			}
		}
	}
	return home
}

// BenchmarkList lists 1,000 sessions of 300 events, whose files are in the system's cache.
func BenchmarkList(b *testing.B) {
	st := open(b, crowd(b, 1000))
	b.ResetTimer()
	for b.Loop() {
		all, err := st.List(ctx)
		if err != nil || len(all) != 1000 || all[0].Stale || all[0].Items == 0 {
			b.Fatal(len(all), err)
		}
	}
}

// BenchmarkSearch looks for a word in 1,000 sessions of 300 events: one that nothing holds,
// and one of a few lines.
func BenchmarkSearch(b *testing.B) {
	st := open(b, crowd(b, 1000))
	all, err := st.List(ctx)
	if err != nil {
		b.Fatal(err)
	}
	for name, want := range map[string]int{"zebra": 0, "reviewers write them": 1000} {
		b.Run(fmt.Sprint(want), func(b *testing.B) {
			for b.Loop() {
				hits, err := sessions.Search(ctx, st, all, name)
				if want == 0 && err != nil || len(hits) != want {
					b.Fatal(len(hits), err)
				}
			}
		})
	}
}
