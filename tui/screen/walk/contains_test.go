package walk

import "testing"

func TestContains(t *testing.T) {
	for _, c := range []struct {
		text, lower string
		want        bool
	}{
		{"The Admin API", "admin api", true},
		{"The Admin API", "api", true},
		{"The Admin API", "the", true},
		{"The Admin API", "apis", false},
		{"The Admin API", "", true},
		{"", "a", false},
		{"a@b", "a`b", false}, // '@' is no capital of '`'
		{"ÜBER alles", "über", true},
		{"300 \u212a", "k", true}, // the Kelvin sign
		{"K", "\u212a", false},
		{"ab", "é", false},
	} {
		if got := contains(c.text, c.lower); got != c.want {
			t.Errorf("contains(%q, %q) is %v", c.text, c.lower, got)
		}
	}
}
