package app_test

import (
	"testing"

	"assess/gonogo/tui/drive"
)

// A review whose target came with it runs nothing before somebody saw what that target
// reaches and said yes; from then on it is known here.
func TestTargetFromElsewhere(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Foreign: true})
	w.Keys("r")
	w.Has("A target from elsewhere", "http://127.0.0.1:1", "run it from here")
	w.Press("enter")
	w.Press("esc")
	if len(w.Review().State.Runs) != 0 {
		t.Fatal("it ran without anybody's yes")
	}
	w.Keys("r")
	w.Keys("y")
	if len(w.Review().State.Runs) != 1 {
		t.Fatalf("%d runs after the yes", len(w.Review().State.Runs))
	}
	w.Keys("r")
	if len(w.Review().State.Runs) != 2 {
		t.Error("it asked a second time")
	}
}
