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
