package sessions

import (
	"bytes"
	"testing"
)

func TestAppendLower(t *testing.T) {
	for _, line := range []string{"", "GET /Api/Health", "ÄÖÜ and ASCII", "abcÄ", "\u212Aelvin", "a\xffB", "@[`{AZaz"} {
		got := appendLower([]byte("kept"), []byte(line))
		if want := append([]byte("kept"), bytes.ToLower([]byte(line))...); !bytes.Equal(got, want) {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}
