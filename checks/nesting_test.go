package checks

import (
	"strings"
	"testing"
)

func TestDeepTOML(t *testing.T) {
	deep := strings.Repeat("[", 65)
	for src, want := range map[string]int{
		"a = 1\nx = " + deep:                          2,
		"x = " + strings.Repeat("{a = ", 65):          1,
		"x = [\n" + strings.Repeat("[\n{a=", 40):      34,
		"x = " + strings.Repeat("[", 64):              0,
		"# " + deep + "\nx = 1":                       0,
		`x = "` + deep + `\"` + deep + `"`:            0,
		"x = '" + deep + `\'` + "\ny = 1":             0,
		`x = """` + "\n" + deep + `"` + deep + `"""`:  0,
		"x = '''\n" + deep + "''" + deep + "'''":      0,
		"x = \"not closed\ny = " + deep:               2,
		strings.Repeat("[[a]]\nb = [1, [2]]\n", 1000): 0,
		`x = "\\"` + "\ny = " + deep:                  2,
	} {
		if got := DeepTOML([]byte(src)); got != want {
			t.Errorf("%.40q: line %d, want %d", src, got, want)
		}
	}
	if _, err := ParseTarget("t.toml", []byte("x = "+strings.Repeat("[", 1<<19)), ""); err == nil || !strings.Contains(err.Error(), "t.toml:1") {
		t.Errorf("a deep document: %v", err)
	}
}
