package walk_test

import (
	"testing"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
)

// Items are handed out to the person itself or to somebody else, ticked ones together, and
// found again by who looks at them.
func TestAssign(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	me := string(w.Review().State.By)
	w.Keys("/SEC-03")
	w.Press("enter")
	w.Lacks("yours")
	w.Keys(">")
	w.Has("Assign SEC-03", me)
	w.Press("enter")
	w.Has("SEC-03 assigned to " + me + " · z undoes")
	w.Has("For     you", "1 yours")
	if got := w.Review().Item("SEC-03").Assigned; string(got) != me {
		t.Fatalf("assigned to %q", got)
	}
	w.Press("esc")
	// Two at once go to somebody else.
	w.Keys("/REL-0")
	w.Press("enter")
	w.Keys("*>")
	for range me {
		w.Press("backspace")
	}
	w.Keys("L. Brandt")
	w.Press("enter")
	w.Press("esc")
	w.Has("3 items assigned to L. Brandt")
	w.Lacks("ticked")
	// The order by assessor begins with what is one's own.
	w.Keys("oooo")
	w.Has("by assessor", me+" (you)", "L. Brandt", "assigned to nobody")
	w.Keys("g")
	w.Has("SEC-03                   medium")
	w.Keys("oo")
	// The filter knows whose an item is.
	w.Keys("/mine")
	w.Press("enter")
	w.Has("SEC-03", "assigned")
	w.Lacks("SEC-01", "REL-01")
	w.Press("esc")
	w.Keys("/brandt")
	w.Press("enter")
	w.Has("REL-01", "REL-03")
	w.Lacks("SEC-01")
	w.Press("esc")
	w.Keys("z")
	if i := w.Review().State.Items; i["REL-01"].Assigned != "" || i["SEC-03"].Assigned == "" {
		t.Errorf("after undo: %q %q", i["REL-01"].Assigned, i["SEC-03"].Assigned)
	}
	w.Sweep(122, 30)
}

// Where nobody assigned anything, there is no order by assessor, and a read-only review
// hands nothing out.
func TestNobodyIsAssigned(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	w.Keys("oooo")
	w.Has("shortest path to a decision")
	w.Send(w.Review().Record(sessions.Assigned{Items: []string{"SEC-01"}, To: "bo"})())
	w.Keys("ooooo")
	w.Has("by assessor")
	w.Lacks("(you)")
}

// A cause that is linked and a risk that is accepted are said once they are on disk.
func TestACauseAndAWaiverAreSaid(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	w.Keys("jx")
	w.Keys("Default accounts")
	w.Press("enter")
	w.Has("cause Default accounts explains 1 item · z undoes")
	w.Keys("v")
	w.Keys("pilot only")
	w.Press("tab")
	w.Keys("VPN")
	w.Press("tab")
	w.Keys("L. Lead")
	w.Press("tab")
	w.Keys("2099-01-31")
	w.Press("ctrl+s")
	w.Has("SEC-02 waived until 2099-01-31 · z undoes")
}
