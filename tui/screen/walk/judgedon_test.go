package walk_test

import (
	"context"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
)

// A pass is of what the person saw: where a run or somebody else finds another verdict
// before it is saved, it does not count over that one.
func TestAPassIsOfTheVerdictThatWasSeen(t *testing.T) {
	for _, keys := range []string{"p", "ifine\r"} { // at once, and over the sheet
		w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
		r := w.Review()
		it := r.Item("SEC-01")
		if it.MachineVerdict() != checks.Pass {
			t.Fatalf("SEC-01 is %s", it.MachineVerdict())
		}
		// Recorded, and not on the screen yet.
		_, err := r.Session.Record(context.Background(), "L. Brandt", sessions.Checked{Item: "SEC-01", Run: it.Machine.Run,
			Verdict: checks.Warn, Today: checks.Warn, Reason: "no HSTS", Strength: it.Machine.Strength, Evidence: it.Machine.Evidence})
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range keys {
			if k == '\r' {
				w.Press("enter")
				continue
			}
			w.Keys(string(k))
		}
		now := w.Review().Item("SEC-01")
		if now.Reviewer == nil || now.Reviewer.On != checks.Pass || now.Counts() != checks.Warn {
			t.Errorf("%q: judged on %+v, it counts as %s", keys, now.Reviewer, now.Counts())
		}
	}
}

// So it is for each of several ticked items, that differ in what the machine says of them.
func TestTickedItemsAreJudgedAsSeen(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	r := w.Review()
	w.Keys(" j ")
	w.Keys("wboth")
	it := r.Item("SEC-02")
	seen := it.MachineVerdict()
	turned := checks.Fail
	if seen == checks.Fail {
		turned = checks.Pass
	}
	_, err := r.Session.Record(context.Background(), "L. Brandt", sessions.Checked{Item: "SEC-02", Run: it.Machine.Run,
		Verdict: turned, Today: turned, Reason: "another", Strength: it.Machine.Strength, Evidence: it.Machine.Evidence})
	if err != nil {
		t.Fatal(err)
	}
	w.Press("enter")
	one, two := w.Review().Item("SEC-01"), w.Review().Item("SEC-02")
	if one.Counts() != checks.Warn || two.Reviewer == nil || two.Reviewer.On != seen || two.Counts() != turned {
		t.Errorf("SEC-01 counts as %s, SEC-02 as %s, judged on %+v", one.Counts(), two.Counts(), two.Reviewer)
	}
}
