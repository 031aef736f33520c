package report_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/drive"
)

func TestAClickMarks(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Frame()
	w.Click(5, 4)
	if l := w.Line(5); !strings.HasPrefix(l, "▸") {
		t.Errorf("not marked: %q", l)
	}
	w.Click(60, 10) // the text
	if l := w.Line(5); !strings.HasPrefix(l, "▹") {
		t.Errorf("the text has no focus: %q", l)
	}
	w.Click(5, 6)
	if l := w.Line(7); !strings.HasPrefix(l, "▸") {
		t.Errorf("not marked: %q", l)
	}
}
