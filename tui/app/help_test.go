package app_test

import (
	"testing"

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
