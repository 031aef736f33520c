package home

import (
	"cmp"
	"slices"
	"strings"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/widget"
)

// order is one way to sort the list.
type order struct {
	name, words string
	less        func(a, b sessions.Summary) int // beside newest first
}

// orders are the ways there are; newest first is the one people come back to.
var orders = []order{
	{"age", byAge, func(a, b sessions.Summary) int { return 0 }},
	{"decision", byDecision, func(a, b sessions.Summary) int { return severity[decision(a)] - severity[decision(b)] }},
	{"target", byTarget, func(a, b sessions.Summary) int {
		return cmp.Or(strings.Compare(a.Target, b.Target), strings.Compare(a.Profile, b.Profile))
	}},
	{"score", byScore, func(a, b sessions.Summary) int {
		return cmp.Or(known(a)-known(b), cmp.Compare(a.Score, b.Score))
	}},
	{"waiting", byWhatWaits, func(a, b sessions.Summary) int { return waiting(b) - waiting(a) }},
}

var severity = map[sessions.Decision]int{sessions.NoGo: 0, sessions.ConditionalGo: 1, sessions.Incomplete: 2, sessions.Go: 3}

// known puts reviews without a score last.
func known(s sessions.Summary) int {
	if undecided(s) {
		return 1
	}
	return 0
}

// waiting is how much of a review waits for the person.
func waiting(s sessions.Summary) int {
	if !waits(s) {
		return 0
	}
	return s.Questions + s.NeedConsent
}

// orderOf is the place of an order in orders.
func orderOf(name string) int {
	return max(slices.IndexFunc(orders, func(o order) bool { return o.name == name }), 0)
}

func sortBy(list []sessions.Summary, order int) {
	slices.SortStableFunc(list, func(a, b sessions.Summary) int { return b.Touched.Compare(a.Touched) })
	slices.SortStableFunc(list, orders[order].less)
}

// decision is the one that stands: declared where declared.
func decision(s sessions.Summary) sessions.Decision {
	if s.Declared != "" {
		return s.Declared
	}
	return s.Decision
}

func undecided(s sessions.Summary) bool {
	d := decision(s)
	return d == sessions.Incomplete || d == ""
}

// matches reports whether a row has the text that the filter asks for.
func matches(s sessions.Summary, text string) bool {
	if text == "" {
		return true
	}
	all := strings.Join(append([]string{s.Target, s.Version, s.Environment, s.Profile, decision(s).Words(), stateWord(s), s.ID}, s.Blockers...), " ")
	if !s.Baseline.IsZero() {
		all += " baseline"
	}
	return strings.Contains(strings.ToLower(all), strings.ToLower(text))
}

// trendLength is how many scores a trend shows.
const trendLength = 5

// trends draws, for each session, its score after those of earlier sessions of the same
// target and profile. One score alone is no trend.
func trends(list []sessions.Summary) map[string]string {
	type line struct{ target, profile string }
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b sessions.Summary) int { return a.Created.Compare(b.Created) })
	scores := map[line][]float64{}
	out := make(map[string]string, len(list))
	for _, s := range sorted {
		if undecided(s) {
			continue
		}
		k := line{s.Target, s.Profile}
		scores[k] = append(scores[k], s.Score)
		if v := scores[k]; len(v) > 1 {
			out[s.ID] = widget.Spark(v[max(len(v)-trendLength, 0):], 0, 100)
		}
	}
	return out
}
