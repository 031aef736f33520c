package app_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
)

// What was left out of a paste is told.
func TestACutPasteIsTold(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 100, H: 24})
	w.Send(app.PasteCut{Most: 1 << 20})
	if !strings.Contains(w.Frame(), "longer than 1024 KB") {
		t.Errorf("it is not told:\n%s", w.Frame())
	}
}
