package walk_test

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/walk"
)

// retest is a world in which a session of the small profile is tested again, at once.
func retest(t *testing.T, width int, record ...sessions.Payload) *drive.World {
	t.Helper()
	before := world(t, drive.Options{Record: record})
	before.Press("ctrl+c") // lets the session go
	ctx := t.Context()
	old, err := sessions.View(ctx, before.Store, before.Registry, before.ID)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Retest(ctx, before.Store, old, sessions.NewSession{
		Target: old.State().Target, Profile: old.State().Profile, Registry: before.Registry, Tool: "test", By: "R. Okafor",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	w := drive.NewWorld(t, drive.Options{W: width, H: 30, Screens: map[screen.Name]screen.Maker{screen.Walk: walk.New}, Change: func(o *app.Options) {
		o.Store, o.Vouched, o.Registry, o.Open, o.Begin = before.Store, before.Vouched, before.Registry, s.ID(), true
	}})
	w.Advance(time.Second)
	return w
}

func TestARetestBeginsWithWhatFailed(t *testing.T) {
	for _, width := range []int{80, 120} {
		w := retest(t, width,
			sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "after 8 hours"},
			sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "Name the origins", Owner: "platform", Due: "2020-01-31", VerifiedBy: []string{"SEC-02"}}},
		)
		w.Has("Re-test", "Overdue", "Name the origins", "1 answer", "2 items in")
		w.Press("enter")
		w.Lacks("Re-test")
		w.Has("Failed before", "0 of 2 pass now")
		if got := marked(w); got != "REL-01" && got != "SEC-02" {
			t.Errorf("%d wide: the cursor is on %q\n%s", width, got, w.Screen())
		}
		first := marked(w)
		w.Keys("pmended since")
		w.Press("ctrl+s")
		w.Has("1 of 2 pass now")
		if verdict(w, first) != "pass" {
			t.Errorf("%s is %q", first, verdict(w, first))
		}
		if r := w.Review().Item("SEC-03").Reviewer; r == nil || !r.Carried || !strings.Contains(string(r.Reason), "8 hours") {
			t.Errorf("the answer was not carried: %+v", r)
		}
		if m := w.Review().Item("SEC-01").Machine; m == nil || m.Verdict != checks.Pass {
			t.Errorf("nothing ran: %+v", m)
		}
		w.Sweep(120, 16)
	}
}

// What failed before closes and opens like a category.
func TestFailedBeforeOpensAndCloses(t *testing.T) {
	w := retest(t, 80)
	w.Press("enter")
	w.Keys("h")
	w.Press("enter")
	w.Has("SEC-02", "REL-01")
	w.Keys("h")
	w.Keys("j")
	for range 6 {
		if strings.HasPrefix(strings.TrimSpace(strings.TrimPrefix(w.Line(4), "▸")), "REL") {
			break
		}
		w.Keys("j")
	}
	w.Keys("1")
	w.Has("SEC-01", "SEC-03")
}
