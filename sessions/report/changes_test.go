package report

import (
	"reflect"
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
