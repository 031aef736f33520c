package sessions_test

import (
	"slices"
	"testing"
	"time"

	"assess/gonogo/sessions"
)

func TestTrend(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 11, n, 9, 0, 0, 0, time.UTC) }
	list := []sessions.Summary{ // newest first, as lists are
		{ID: "e", Target: "atlas", Profile: "production", Decision: sessions.NoGo, Score: 80, Created: day(5)},
		{ID: "d", Target: "atlas", Profile: "phase5", Score: 61, Created: day(4), Decision: sessions.Go, Declared: sessions.NoGo},
		{ID: "u", Target: "atlas", Profile: "phase5", Decision: sessions.Incomplete, Created: day(3)},
		{ID: "c", Target: "other", Profile: "phase5", Score: 99, Created: day(3)},
		{ID: "x", Target: "atlas", Profile: "phase5", Created: day(3), Damaged: "line 4"},
		{ID: "b", Target: "atlas", Profile: "phase5", Decision: sessions.NoGo, Score: 40.5, Created: day(2)},
		{ID: "a", Target: "atlas", Profile: "phase5", Decision: sessions.NoGo, Score: 35.25, Created: day(1), Blockers: []string{"SEC-01", "SEC-02"}},
	}
	got := sessions.Trend(list, "atlas")
	var ids []string
	for _, p := range got {
		ids = append(ids, p.Session)
	}
	if !slices.Equal(ids, []string{"a", "b", "u", "d", "e"}) {
		t.Fatalf("%v", ids)
	}
	if got[0].Change != nil || got[2].Change != nil || got[4].Change != nil || got[1].Change == nil || *got[1].Change != 5.25 || *got[3].Change != 20.5 {
		t.Errorf("changes %+v", got)
	}
	if got[3].Decision != sessions.NoGo || got[0].Blockers != 2 {
		t.Errorf("%+v", got)
	}
	want := []string{"phase5: from 35.3 % to 61.0 % in 3 reviews, +25.7; open blockers 2, then 0", "production: 80.0 %, one review only"}
	if words := sessions.TrendWords(got); !slices.Equal(words, want) {
		t.Errorf("%q", words)
	}
	if none := sessions.Trend(list, "atla"); none == nil || len(none) != 0 {
		t.Errorf("of a target nobody reviewed: %v", none)
	}
}
