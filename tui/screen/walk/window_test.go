package walk_test

import (
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/tui/drive"
)

// long is a profile of two categories with n items each, whose ids are long: every third is
// critical.
func long(n int) string {
	var b strings.Builder
	for _, c := range []string{"AUT", "DBH"} {
		fmt.Fprintf(&b, "[[category]]\nid = %q\ntitle = %q\nweight = 50\n", strings.ToLower(c), "Category "+c)
		for i := range n {
			severity := "low"
			if i%3 == 0 {
				severity = "critical"
			}
			fmt.Fprintf(&b, "[[category.item]]\nid = \"P5-%s-%s-%02d\"\ntitle = \"What is asked of number %d here\"\nseverity = %q\nchecks = [ { kind = \"test.pass\" } ]\n", c, c, i, i, severity)
		}
	}
	return "id = \"long\"\ntitle = \"Long\"\nversion = 1\n[scoring]\nmethod = \"passrate\"\n" + b.String()
}

// The heading of what is in sight stays in sight, whatever is marked, and the last line says
// how much follows.
func TestTheHeadingStaysInSight(t *testing.T) {
	for _, c := range []struct {
		w    int
		keys string
	}{{80, ""}, {80, "o"}, {120, "o"}} {
		w := world(t, drive.Options{W: c.w, H: 24, Profile: long(30)})
		w.Frame()
		w.Keys(c.keys)
		for range 61 {
			top := w.Line(4)
			if !strings.Contains(top, "critical P5-") && !strings.Contains(top, "low P5-") && !strings.Contains(top, "Category") {
				t.Fatalf("%d %q: the first row is %q:\n%s", c.w, c.keys, top, w.Screen())
			}
			if cursorLine(w) == "" {
				t.Fatalf("%d %q: no row is marked:\n%s", c.w, c.keys, w.Screen())
			}
			w.Keys("j")
		}
		w.Lacks(" more ↓")
		w.Keys("g")
		w.Has(" more ↓")
	}
}

// What follows is counted in items and categories, not in lines.
func TestWhatFollowsIsCounted(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24, Profile: long(30)})
	w.Frame()
	w.Keys("o") // 20 critical items, 40 low ones, two headings, an empty row: 17 items in sight
	w.Has("43 more ↓")
}

// Sorted anew, the marked row stands near the top, with its heading above it.
func TestSortedAnewTheMarkedRowIsNearTheTop(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40, Profile: long(30)})
	w.Frame()
	w.Keys("jjjjj") // the last of a window, were it not moved
	w.Keys("o")
	if _, y := where(t, w, "▸"); y > 12 {
		t.Errorf("the marked row is line %d:\n%s", y, w.Screen())
	}
	w.Has("low P5-")
}
