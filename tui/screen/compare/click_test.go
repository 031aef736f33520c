package compare_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/drive"
)

func TestAClickMarks(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	for y, l := range strings.Split(w.Screen(), "\n") {
		if strings.Contains(l, "the same") {
			w.Click(5, y)
			if l := w.Line(y + 1); !strings.Contains(l, "▸") {
				t.Errorf("not marked: %q", l)
			}
			w.Click(5, 0)
			if l := w.Line(y + 1); !strings.Contains(l, "▸") {
				t.Errorf("no longer marked: %q", l)
			}
			return
		}
	}
	t.Fatalf("no group of what is the same:\n%s", w.Screen())
}
