package app_test

import (
	"testing"
	"time"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// left is what a sitting left on the desk.
func left() drive.Desk {
	return drive.Desk{
		screen.DeskSetup: `{"target":"../shop/target.toml","assessor":"R. Okafor","touched":"yes","intrusive":"yes"}`,
		screen.DeskCountersign + "/srv/reports/shop-1.4.gonogo": `{"decision":"return","comment":"the load test is of another build","as":"lead@example.com","key":""}`,
	}
}

func halfTyped(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Session, o.Run, o.Record = false, false, nil
	o.Change = func(a *app.Options) { a.Desk = left() }
	w := drive.NewWorld(t, o)
	w.Advance(time.Second) // a dialog that opens by itself is deaf a moment
	return w
}

// What belongs to no review is offered at home, gone on with, dropped, and taken away when
// it is used.
func TestDesk(t *testing.T) {
	desk := left()
	w := drive.NewWorld(t, drive.Options{Change: func(a *app.Options) { a.Desk = desk }})
	w.Advance(time.Second) // a dialog that opens by itself is deaf a moment
	w.Has("Half-typed", "Countersign shop-1.4.gonogo", "the load test is of another build", "New review", "go on", "drop it")
	w.Press("delete")
	w.Has("Drop what was typed?")
	w.Keys("n")
	if len(desk) != 2 {
		t.Fatalf("dropped without a yes: %v", desk)
	}
	w.Press("delete")
	w.Keys("y")
	w.Advance(time.Second)
	w.Lacks("load test")
	if len(desk) != 1 {
		t.Errorf("on the desk: %v", desk)
	}
	w.Press("enter")
	w.Has("New review", "../shop/target.toml", "draft kept")
	w.Keys("x")
	w.Advance(time.Second)
	if got := desk[screen.DeskSetup]; got == left()[screen.DeskSetup] || got == "" {
		t.Errorf("typed on, the desk has %s", got)
	}
}

// Nothing is offered where something else was asked for, and nothing where there is nothing.
func TestDeskKeepsQuiet(t *testing.T) {
	drive.NewWorld(t, drive.Options{Session: true, Change: func(a *app.Options) { a.Desk = left() }}).Lacks("Half-typed")
	drive.NewWorld(t, drive.Options{Change: func(a *app.Options) { a.Desk = drive.Desk{} }}).Lacks("Half-typed")
}
