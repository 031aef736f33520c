package walk_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/drive"
)

// cursorLine is the line with the cursor of the focused pane.
func cursorLine(w *drive.World) string {
	for _, l := range strings.Split(w.Screen(), "\n") {
		if strings.Contains(l, "▸") {
			return l
		}
	}
	return ""
}

// where says where a text stands on the screen.
func where(t *testing.T, w *drive.World, text string) (x, y int) {
	t.Helper()
	for y, l := range strings.Split(w.Screen(), "\n") {
		if i := strings.Index(l, text); i >= 0 {
			return len([]rune(l[:i])), y
		}
	}
	t.Fatalf("%q is not on the screen:\n%s", text, w.Screen())
	return 0, 0
}

func TestAClickMarks(t *testing.T) {
	for _, width := range []int{50, 80, 120, 200} {
		w := world(t, drive.Options{W: width, H: 24, Session: true, Run: true})
		w.Keys("g")
		x, y := where(t, w, "SEC-03")
		w.Click(x, y)
		if l := cursorLine(w); !strings.Contains(l, "SEC-03") {
			t.Errorf("%d cells: %q is marked", width, l)
		}
		w.Click(x, 0) // nothing to mark
		if l := cursorLine(w); !strings.Contains(l, "SEC-03") {
			t.Errorf("%d cells: %q is marked after a click on the title", width, l)
		}
		if width >= 100 {
			w.Click(where(t, w, "Reliability"))
			if l := cursorLine(w); !strings.Contains(l, "▸Reliability") {
				t.Errorf("%d cells: %q is marked after a click on the category", width, l)
			}
		}
		w.Keys("f") // while a verdict is given rows stay as they are
		before := w.Screen()
		w.Click(x, y)
		if w.Screen() != before {
			t.Errorf("%d cells: a click changed what is judged", width)
		}
	}
}
