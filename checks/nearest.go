package checks

import "strings"

// Nearest returns the known name that a mistyped one most likely stands for, or "" when
// none is close: at most a third of its letters may differ, counting a swap of
// neighbours as one (optimal string alignment). Case is ignored; of equally near names
// the first wins.
func Nearest(name string, known []string) string {
	typed := []rune(strings.ToLower(name))
	best, bestDistance := "", max(1, len(typed)/3)+1
	for _, k := range known {
		if d := editDistance(typed, []rune(strings.ToLower(k))); d < bestDistance {
			best, bestDistance = k, d
		}
	}
	return best
}

// editDistance counts insertions, deletions, replacements and swaps of neighbours.
func editDistance(a, b []rune) int {
	before, previous, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(previous[j]+1, row[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, previous, row = previous, row, before
	}
	return previous[len(b)]
}

// suggest ends an error text: `: did you mean "x"?` when a known name is near, else the
// list of what is known, cut after ten.
func suggest(name string, known []string) string {
	if n := Nearest(name, known); n != "" {
		return `: did you mean "` + n + `"?`
	}
	switch {
	case len(known) == 0:
		return ""
	case len(known) > 10:
		return ": known are " + strings.Join(known[:10], ", ") + ", …"
	}
	return ": known are " + strings.Join(known, ", ")
}
