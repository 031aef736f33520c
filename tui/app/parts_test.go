package app

import "testing"

func TestPartsGiveWay(t *testing.T) {
	run := "running P5-SCA-LOD-01, 10 users, 48 answers, p90 7.5 s, 1 m 11 s · Esc stops"
	for _, c := range []struct {
		text string
		room int
		want string
	}{
		{run, 80, run},
		{run, 60, "running P5-SCA-LOD-01, 10 users, 48 answers · Esc stops"},
		{run, 44, "running P5-SCA-LOD-01, 10 users · Esc stops"},
		{run, 30, "running P5-SCA-LOD-01, 10 users, 48 answers, p90 7.5 s, 1 m 11 s"},
		{"75 of 92 judged · nothing is running", 20, "75 of 92 judged"},
	} {
		if got := parts(c.text, c.room); got != c.want {
			t.Errorf("%d cells: got %q, want %q", c.room, got, c.want)
		}
	}
}
