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

func TestShared(t *testing.T) {
	for _, c := range []struct {
		ids  []string
		want string
	}{
		{nil, ""},
		{[]string{"P5-SEC-AUT-01"}, "P5-SEC-"},
		{[]string{"P5-SEC-AUT-01", "P5-SEC-HDR-02"}, "P5-SEC-"},
		{[]string{"P5-SEC-AUT-01", "P5-REL-HDR-02"}, "P5-"},
		{[]string{"P5-SEC-AUT-01", "P5-SE-AUT-01"}, "P5-"},
		{[]string{"P5-SEC-AUT-01", "P5-SEC-AUT"}, "P5-"},
		{[]string{"P5-SEC-AUT-01", "P5-SEC"}, ""},
		{[]string{"H-01", "H-02"}, ""},
		{[]string{"A-B-C", "A-B-C"}, "A-"},
	} {
		if got := shared(c.ids); got != c.want {
			t.Errorf("%v share %q, want %q", c.ids, got, c.want)
		}
	}
}
