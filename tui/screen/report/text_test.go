package report

import (
	"reflect"
	"strings"
	"testing"

	"assess/gonogo/tui/paint"
)

// A table that is too wide breaks none of its words: its rows stand one by one instead.
func TestATableBreaksNoWord(t *testing.T) {
	s := section{lines: []string{
		"| Component | Level | Impact | Probability | Priority | Items |",
		"| --- | --- | --- | --- | --- | --- |",
		"| Monitoring absence | HIGH | HIGH | CERTAIN | IMMEDIATE | S2-IN-06, S2-MO-01 |",
		"| SSL configuration | MEDIUM | HIGH | LIKELY | SHORT-TERM | S2-IN-07 |",
	}}
	for w := 20; w <= 110; w++ {
		got := ""
		for _, l := range s.layout(w) {
			if paint.Width(l.text) > w {
				t.Errorf("at %d cells: %q", w, l.text)
			}
			got += l.text + "\n"
		}
		for _, word := range strings.Fields("Monitoring absence IMMEDIATE Probability SHORT-TERM configuration S2-MO-01") {
			if !strings.Contains(got, word) {
				t.Errorf("at %d cells %s is broken:\n%s", w, word, got)
			}
		}
	}
}

// What is empty has its own title in the list, and its text says so.
func TestAnEmptySectionKeepsItsTitle(t *testing.T) {
	got := split("# R\n\n## Waivers: None.\n\n## Path to GO: None: no gate stands in the way.\n\n## Decision\n\nGO\n")
	want := []section{{headerSection, []string{"# R"}}, {"Waivers", []string{"None."}},
		{"Path to GO", []string{"None: no gate stands in the way."}}, {"Decision", []string{"GO"}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}
