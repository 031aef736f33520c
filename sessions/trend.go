package sessions

import (
	"fmt"
	"slices"
	"time"
)

// Point is one review of a target, in the order of time.
type Point struct {
	Session  string    `json:"session"`
	Created  time.Time `json:"created"`
	Version  string    `json:"version"`
	Profile  string    `json:"profile"`
	Decision Decision  `json:"decision"` // as declared, else as computed
	State    string    `json:"state"`
	Score    float64   `json:"score"`
	Blockers int       `json:"blockers"` // open
	// Change is the score against the review before under the same profile; null where there
	// is none: scores of two profiles do not compare, nor those of undecided reviews.
	Change *float64 `json:"change"`
}

// Trend lists the reviews of a target, oldest first. Reviews that can't be read have no
// score and are left out.
func Trend(list []Summary, target string) []Point {
	out := []Point{}
	last := map[string]float64{}
	byTime := slices.SortedStableFunc(slices.Values(list), func(a, b Summary) int { return a.Created.Compare(b.Created) })
	for _, s := range byTime {
		if s.Target != target || s.Damaged != "" {
			continue
		}
		p := Point{Session: s.ID, Created: s.Created, Version: s.Version, Profile: s.Profile, Decision: s.Decision, State: s.State,
			Score: s.Score, Blockers: len(s.Blockers)}
		if s.Declared != "" {
			p.Decision = s.Declared
		}
		if p.Decision != Incomplete {
			if before, ok := last[s.Profile]; ok {
				change := s.Score - before
				p.Change = &change
			}
			last[s.Profile] = s.Score
		}
		out = append(out, p)
	}
	return out
}

// TrendWords sum a trend up, a sentence a profile: "phase5: from 35.2 % to 61.0 % in 4
// reviews, +25.8". Undecided reviews know too little to count.
func TrendWords(points []Point) []string {
	var names []string
	by := map[string][]Point{}
	for _, p := range points {
		if p.Decision == Incomplete {
			continue
		}
		if by[p.Profile] == nil {
			names = append(names, p.Profile)
		}
		by[p.Profile] = append(by[p.Profile], p)
	}
	var out []string
	for _, name := range names {
		list := by[name]
		first, last := list[0], list[len(list)-1]
		if len(list) == 1 {
			out = append(out, fmt.Sprintf("%s: %.1f %%, one review only", name, Rounded(last.Score, 1)))
			continue
		}
		was, is := Rounded(first.Score, 1), Rounded(last.Score, 1)
		out = append(out, fmt.Sprintf("%s: from %.1f %% to %.1f %% in %d reviews, %+.1f; open blockers %d, then %d",
			name, was, is, len(list), is-was, first.Blockers, last.Blockers))
	}
	return out
}
