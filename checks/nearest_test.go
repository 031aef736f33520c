package checks

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"scope", "services", "security.headers.csp", "high", "base_url"}
	for name, want := range map[string]string{
		"scpoe": "scope", "hihg": "high", "Scope": "scope", "scop": "scope",
		"security.headers.cps": "security.headers.csp", "baseurl": "base_url",
		"monitoring": "", "x": "", "": "",
	} {
		if got := Nearest(name, known); got != want {
			t.Errorf("Nearest(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestEditDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"ab", "ba", 1}, {"kitten", "sitting", 3}, {"abc", "abc", 0}} {
		if got := editDistance([]rune(c.a), []rune(c.b)); got != c.want {
			t.Errorf("%q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
