package report

import (
	"reflect"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// What became the same of several items of one row is one line; every id stays in it.
func TestChangesOfARow(t *testing.T) {
	var told []change
	for _, c := range []struct {
		how, id, row string
		old, new     string
	}{
		{"fixed", "A-01", "Headers", "warn", "pass"}, {"fixed", "A-02", "Headers", "warn", "pass"}, {"fixed", "A-03", "Headers", "fail", "pass"},
		{"regressed", "A-04", "Headers", "pass", "warn"}, {"fixed", "B-01", "", "warn", "pass"}, {"fixed", "B-02", "", "warn", "pass"},
		{"fixed", "A-05", "Headers", "warn", "pass"}, {"fixed", "A-06", "Headers", "warn", "pass"}, {"fixed", "A-07", "Headers", "warn", "pass"},
	} {
		told = tellChange(told, c.how, sessions.ItemChange{Item: c.id, Title: "title of " + c.id, Old: checks.Verdict(c.old), New: checks.Verdict(c.new)}, c.row)
	}
	want := [][]string{
		{"fixed", "**Headers**", "warn → pass", "`A-01`, `A-02`, `A-05`, `A-06`, `A-07`"},
		{"fixed", "title of A-03", "fail → pass", "`A-03`"},
		{"regressed", "title of A-04", "pass → warn", "`A-04`"},
		{"fixed", "title of B-01", "warn → pass", "`B-01`"},
		{"fixed", "title of B-02", "warn → pass", "`B-02`"},
	}
	if got := changeCells(told); !reflect.DeepEqual(got, want) {
		t.Errorf("%v\nwant %v", got, want)
	}
}

// Where a category has highlights they stand for its strengths; both are bounded.
func TestGoodWords(t *testing.T) {
	strengths := []Strength{{Text: "one."}, {Text: "two"}, {Text: "three"}, {Text: "four"}, {Text: "five"}}
	for _, c := range []struct {
		s    Section
		want string
	}{
		{Section{}, ""},
		{Section{Strengths: strengths}, "**Strengths**: one; two; three and 2 more."},
		{Section{Strengths: strengths, Highlights: []string{"a_b *c*", "d."}}, `**Highlights**: a_b \*c\*; d.`},
		{Section{Highlights: []string{"1", "2", "3", "4", "5", "6", "7"}}, "**Highlights**: 1; 2; 3; 4; 5; 6 and 1 more."},
	} {
		if got := goodWords(c.s); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// The page tells what changed: what stayed as it was is counted, and points that round to
// nothing are left out.
func TestPageTellsChanges(t *testing.T) {
	d := &Document{Changes: &sessions.Comparison{
		Split: []sessions.SplitPart{{Title: "fixed", Points: 2}, {Title: "newly known", Points: -0.04}},
		Groups: []sessions.ComparisonGroup{
			{Kind: sessions.Fixed, Title: "mended", Items: []sessions.ItemChange{{Item: "A-01", Title: "the first", Old: checks.Fail, New: checks.Pass}}},
			{Kind: sessions.Same, Title: "the same", Items: []sessions.ItemChange{{Item: "A-02", Title: "the second", Old: checks.Pass, New: checks.Pass}}},
		},
	}}
	data, err := HTML(d, nil)
	if err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]bool{"the first": true, "fixed &#43;2.0": true, "1 item is as before.": true, "the second": false, "newly known": false} {
		if strings.Contains(string(data), words) != want {
			t.Errorf("%q is there: %v", words, !want)
		}
	}
}
