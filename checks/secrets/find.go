package secrets

import (
	"bytes"
	"slices"
)

// Match is a secret found in a text, as byte offsets.
type Match struct {
	Rule       string
	Specific   bool
	Start, End int
}

// Find returns every secret-shaped stretch of b, shape by shape; matches of different
// shapes may overlap.
func Find(b []byte) []Match {
	lower := lowerASCII(b)
	var out []Match
	for i := range Shapes {
		s := &Shapes[i]
		for _, at := range s.matches(b, lower) {
			for _, part := range s.parts(b[at[0]:at[1]]) {
				out = append(out, Match{
					Rule: s.Rule, Specific: s.Specific, Start: at[0] + part[0], End: at[0] + part[1],
				})
			}
		}
	}
	return out
}

// matches are the stretches that the pattern's group matched.
func (s *Shape) matches(b, lower []byte) [][2]int {
	if s.before == 0 {
		if !slices.ContainsFunc(s.keywords, func(k string) bool { return bytes.Contains(lower, []byte(k)) }) {
			return nil
		}
		return s.within(b, 0, len(b))
	}
	var out [][2]int
	for end, windows := 0, s.windows(lower); len(windows) > 0; windows = windows[1:] {
		w := windows[0]
		if w[1] <= end { // a widened window took this one in
			continue
		}
		found := s.within(b, w[0], w[1])
		// A match that touches the window's end may go on: look further.
		for len(found) > 0 && found[len(found)-1][1] == w[1] && w[1] < len(b) {
			w[1] = min(len(b), w[1]+len(b[w[0]:w[1]]))
			found = s.within(b, w[0], w[1])
		}
		end = w[1]
		out = append(out, found...)
	}
	return out
}

func (s *Shape) within(b []byte, from, to int) [][2]int {
	var out [][2]int
	for _, at := range s.Pattern.FindAllSubmatchIndex(b[from:to], -1) {
		if at[2] >= 0 {
			out = append(out, [2]int{from + at[2], from + at[3]})
		}
	}
	return out
}

// reach is how far after its keyword a window goes: enough for the shortest match of
// every shape; longer ones widen it.
const reach = 160

// windows are the surroundings of the keywords in lower, merged and in order.
func (s *Shape) windows(lower []byte) [][2]int {
	var at [][2]int
	for _, k := range s.keywords {
		for from := 0; ; {
			i := bytes.Index(lower[from:], []byte(k))
			if i < 0 {
				break
			}
			from += i + len(k)
			at = append(at, [2]int{max(0, from-len(k)-s.before), min(len(lower), from+reach)})
		}
	}
	slices.SortFunc(at, func(a, b [2]int) int { return a[0] - b[0] })
	var out [][2]int
	for _, w := range at {
		if last := len(out) - 1; last >= 0 && w[0] <= out[last][1] {
			out[last][1] = max(out[last][1], w[1])
			continue
		}
		out = append(out, w)
	}
	return out
}

// lowerASCII keeps every byte at its place, which bytes.ToLower does not.
func lowerASCII(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		out[i] = c
	}
	return out
}

// parts are the stretches of a matched group that are secret.
func (s *Shape) parts(value []byte) [][2]int {
	switch {
	case len(value) == 0, s.accept != nil && !s.accept(value):
		return nil
	case s.split != nil:
		return s.split(value)
	}
	return [][2]int{{0, len(value)}}
}
