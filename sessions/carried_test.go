package sessions_test

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// What people attached, and whom they assigned, comes over to a re-test, marked once however
// often it is carried; bytes that were taken out do not come back.
func TestRetestCarriesWhatPeopleBrought(t *testing.T) {
	reg := (&fakes{}).registry(t)
	st := open(t, t.TempDir())
	old := create(t, st, newSession(t, reg))
	attach := func(what, body string) string {
		t.Helper()
		e, err := sessions.Attachment(what, []byte(body), old.State().LastAt, old.State().Target.Redactor())
		if err == nil {
			e.SHA256, err = old.PutEvidence(ctx, e.Body)
		}
		if err != nil {
			t.Fatal(err)
		}
		record(t, old, sessions.EvidenceAttached{Items: []string{"A-01", "A-02"}, Evidence: e})
		return e.SHA256
	}
	kept, gone := attach("restart.log", "restarted in 4 s"), attach("dump.txt", "it was a secret")
	if err := old.Redact(ctx, "ann", gone, "a secret"); err != nil {
		t.Fatal(err)
	}
	record(t, old, sessions.Assigned{Items: []string{"A-02"}, To: "bo"})
	for range 2 {
		n := newSession(t, reg)
		s, err := sessions.Retest(ctx, st, old, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range []string{"A-01", "A-02"} {
			a := s.State().Items[id].Attached
			if len(a) != 1 || a[0].SHA256 != kept || a[0].What != "restart.log (carried over)" || a[0].Strength != checks.Stated {
				t.Errorf("%s: %+v", id, a)
			}
		}
		if body, err := s.Evidence(ctx, kept); err != nil || string(body) != "restarted in 4 s" {
			t.Errorf("%q, %v", body, err)
		}
		if i := s.State().Items; i["A-02"].Assigned != clean.Text("bo") || i["A-01"].Assigned != "" {
			t.Errorf("assigned to %q and %q", i["A-01"].Assigned, i["A-02"].Assigned)
		}
		if c := sessions.Carried(old.State(), s.State(), s.State().LastAt); c.Attached != 2 {
			t.Errorf("%d pieces are said to be carried over", c.Attached)
		}
		told := sessions.History(s.Events(), "A-02")
		if last := told[len(told)-1].What; !strings.HasSuffix(last, "assigned to bo, carried over") {
			t.Errorf("told as %q", last)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}
		old = s
	}
	old.Close()
}
