package app_test

import (
	"strings"
	"testing"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/drive"
)

// TestKeysSayWhatTheScreenSays: a screen's own words for a key are whole, without what the
// key does elsewhere.
func TestKeysSayWhatTheScreenSays(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Session: true})
	w.Keys("H?")
	w.Has("Space        tick two, C compare", "c            new review")
	w.Lacks("what follows is for all", "of what the screen holds")
}

// TestNoHeadingAloneAtTheEnd: a group's heading is not the last row that is seen.
func TestNoHeadingAloneAtTheEnd(t *testing.T) {
	for h := 14; h < 34; h++ {
		w := drive.NewWorld(t, drive.Options{W: 80, H: h, Session: true})
		w.Keys("?")
		lines := strings.Split(w.Screen(), "\n")
		for i, l := range lines[1:] {
			if !strings.Contains(l, "more below") {
				continue
			}
			last := strings.Trim(lines[i], " │")
			for _, g := range action.Groups {
				if last == g {
					t.Errorf("%d lines: %s heads nothing\n%s", h, g, w.Screen())
				}
			}
		}
	}
}
