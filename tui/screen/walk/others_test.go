package walk_test

import (
	"context"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// Somebody else's verdict takes the marked item out of what needs somebody; the cursor
// stays on it, so that a key on its way judges what was looked at.
func TestOthersNeverMoveTheCursor(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	w.Keys("G") // the last that needs somebody, of another category
	r := w.Review()
	first, marked := r.Needs[0], r.Needs[len(r.Needs)-1]
	w.Has("▸·   " + marked)
	for _, other := range []string{first, marked} {
		st, err := r.Session.Record(context.Background(), "L. Brandt", sessions.Judged{Items: []string{other}, Verdict: checks.NA, Reason: "not here"})
		if err != nil {
			t.Fatal(err)
		}
		a := sessions.Assess(st)
		w.Send(screen.StateChanged{Review: r, State: st, Assessment: &a, Needs: sessions.NeedsYou(st)})
	}
	w.Keys("m")
	for id, it := range w.Review().State.Items {
		if it.Marked != (id == marked) {
			t.Errorf("%s marked: %v", id, it.Marked)
		}
	}
	w.Frame()
}
