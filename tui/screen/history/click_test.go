package history_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/drive"
)

func TestAClickMarks(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Keys("T")
	for y, l := range strings.Split(w.Screen(), "\n") {
		if strings.Contains(l, "SEC-03 judged pass") {
			w.Click(5, y)
			if l := w.Line(y + 1); !strings.HasPrefix(l, "▸") {
				t.Errorf("not marked: %q", l)
			}
			w.Click(5, 21) // what is told in full is no row
			if l := w.Line(y + 1); !strings.HasPrefix(l, "▸") {
				t.Errorf("no longer marked: %q", l)
			}
			return
		}
	}
	t.Fatalf("no judgement:\n%s", w.Screen())
}
