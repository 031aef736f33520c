package home

import (
	"slices"
	"strings"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/widget"
)

// orders are the ways to sort the list; newest first is the one people come back to.
var orders = []string{"age, newest first", "decision, worst first", "target"}

var severity = map[sessions.Decision]int{sessions.NoGo: 0, sessions.ConditionalGo: 1, sessions.Incomplete: 2, sessions.Go: 3}

func sortBy(list []sessions.Summary, order int) {
	slices.SortStableFunc(list, func(a, b sessions.Summary) int { return b.Touched.Compare(a.Touched) })
	switch order {
	case 1:
		slices.SortStableFunc(list, func(a, b sessions.Summary) int { return severity[decision(a)] - severity[decision(b)] })
	case 2:
		slices.SortStableFunc(list, func(a, b sessions.Summary) int { return strings.Compare(a.Target, b.Target) })
	}
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
	all := strings.Join([]string{s.Target, s.Version, s.Profile, decision(s).Words(), s.State, s.ID}, " ")
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
