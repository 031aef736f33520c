package history_test

import (
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Session, o.Run = true, true
	o.Record = []sessions.Payload{
		sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "after 30 minutes"},
		sessions.Noted{Item: "SEC-02", Text: "ask the gateway team"},
	}
	return drive.NewWorld(t, o)
}

func TestHistoryGoesBack(t *testing.T) {
	w := world(t, drive.Options{})
	seq := w.Review().State.Seq
	w.Keys("T")
	w.Has("History", "SEC-02 noted: ask the gateway team", "SEC-03 judged pass: after 30 minutes", "opened on phase5-dashboard")
	// The latest is what is open; the one before is gone back to.
	w.Press("enter")
	w.Has("History")
	w.Keys("j")
	w.Press("enter")
	r := w.Review()
	if r.State.Seq != seq-1 || r.Item("SEC-02").Note != "" || r.Item("SEC-03").Reviewer == nil {
		t.Fatalf("event %d of %d is open, note %q", r.State.Seq, seq, r.Item("SEC-02").Note)
	}
	w.Has("as after event")
	w.Keys("p") // judges nothing
	// Back leads to where it was opened from, in the review as it is.
	w.Press("esc")
	w.Has("History", "▸7 ")
	if r := w.Review(); r.State.Seq < seq || r.ReadOnly() != "" || w.Model.FocusName() != screen.History {
		t.Fatalf("event %d of %d, %q, on %s", r.State.Seq, seq, r.ReadOnly(), w.Model.FocusName())
	}
	// From home too the review as it is opens.
	w.Press("enter")
	w.Has("as after event")
	w.Keys("H")
	w.Press("enter")
	if r := w.Review(); r.State.Seq < seq || r.ReadOnly() != "" {
		t.Errorf("event %d of %d, %q", r.State.Seq, seq, r.ReadOnly())
	}
}

func TestHistoryFilters(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("T/gateway")
	w.Press("enter")
	w.Has("ask the gateway team")
	w.Lacks("SEC-03 judged")
	w.Keys("/nothing of the kind")
	w.Press("enter")
	w.Has("Nothing matches")
}

// From an item's history to what was done to it alone, and back in time; clearing shows all.
func TestHistoryOfAnItem(t *testing.T) {
	w := world(t, drive.Options{})
	w.Send(w.Review().Record(sessions.CauseLinked{ID: "RC-1", Title: "no limits", Items: []string{"SEC-01", "SEC-03"}})())
	w.Send(w.Review().Record(sessions.CauseLinked{ID: "RC-1", Title: "no limits", Items: []string{"SEC-01"}})())
	w.Keys("/SEC-03")
	w.Press("enter")
	w.Keys("lttt")
	w.Has("goes back in time", "taken out of", "judged pass: after 30")
	w.Press("enter")
	w.Has("History of SEC-03", "taken out of “no limits”", "linked to “no limits”", "SEC-03 judged pass")
	w.Lacks("SEC-02", "opened on")
	w.Keys("jj")
	seq := w.Review().State.Seq
	w.Press("enter")
	if r := w.Review(); r.State.Seq >= seq-1 || r.Item("SEC-03").Reviewer == nil || len(r.State.Causes) > 0 {
		t.Fatalf("event %d of %d, causes %v", r.State.Seq, seq, r.State.Causes)
	}
	w.Keys("T")
	w.Has("opened on", "SEC-02 checked")
	w.Sweep(100, 30)
}

func TestHistoryTakesInWhatHappens(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("T")
	w.Send(w.Review().Record(sessions.Marked{Items: []string{"REL-01"}, On: true})())
	w.Has("REL-01 marked")
	w.Keys("z")
	w.Has("undone: REL-01 marked")
}

func TestHistoryFitsEverySize(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("T")
	w.Sweep(130, 45)
}
