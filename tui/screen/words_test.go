package screen

import (
	"testing"
	"time"

	"assess/gonogo/checks"
)

func TestWords(t *testing.T) {
	now := time.Date(2025, 1, 17, 14, 51, 0, 0, time.UTC)
	ago := func(d time.Duration) string { return Age(now.Add(-d), now) }
	day := 24 * time.Hour
	for _, c := range []struct{ got, want string }{
		{Seconds(84 * time.Millisecond), "84 ms"}, {Seconds(1900 * time.Millisecond), "1.9 s"}, {Seconds(34 * time.Second), "34 s"},
		{Seconds(134 * time.Second), "2 m 14 s"}, {Seconds(65 * time.Minute), "1 h 05 m"}, {Seconds(-time.Second), "0 s"},
		{ago(4 * time.Minute), "4 m"}, {ago(3 * time.Hour), "3 h"}, {ago(2 * day), "2 d"}, {ago(36 * day), "5 w"}, {ago(-time.Hour), "now"},
		{Age(time.Time{}, now), ""},
		{Number(8), "8"}, {Number(818), "818"}, {Number(8818), "8 818"}, {Number(50000000), "50 000 000"}, {Number(-1234), "-1 234"},
		{Bytes(22), "22 B"}, {Bytes(4198), "4.1 KiB"}, {Bytes(512 << 20), "512.0 MiB"},
		{Percent(35.2, 1), "35.2 %"}, {Percent(23.0769, 2), "23.08 %"},
		{Percent(81.25, 1), "81.3 %"}, {Percent(59.375, 2), "59.38 %"},
		{Count(1, "question", "questions"), "1 question"}, {Count(0, "question", "questions"), "0 questions"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Every verdict has a sign of its own.
func TestVerdictSigns(t *testing.T) {
	seen := map[string]checks.Verdict{}
	for _, v := range checks.Verdicts {
		s, _ := VerdictSign(v)
		if other, ok := seen[s]; ok {
			t.Errorf("%s and %s are both %s", v, other, s)
		}
		seen[s] = v
	}
}
