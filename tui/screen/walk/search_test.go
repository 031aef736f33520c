package walk_test

import (
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
)

// A filter finds what is said of an item anywhere, and says where.
func TestFilterFindsEverything(t *testing.T) {
	w := world(t, drive.Options{Record: []sessions.Payload{
		sessions.FindingRecorded{Finding: sessions.Finding{Title: "Origins", Severity: checks.High, Description: "quokkas read it", Items: []string{"SEC-01"}}},
		sessions.Noted{Item: "SEC-03", Text: "ask the wombat"},
		sessions.Judged{Items: []string{"REL-03"}, Verdict: checks.Warn, Reason: "numbats failed", Strength: checks.Stated},
		sessions.CauseLinked{ID: "C-1", Title: "echidnas", Items: []string{"REL-01"}},
	}})
	for _, c := range []struct{ find, id, where string }{
		{"quokka", "SEC-01", "finding"}, {"WOMBAT", "SEC-03", "note"}, {"numbat", "REL-03", "reason"}, {"echidna", "REL-01", "cause"},
		{"answered as fail", "SEC-02", "evidence"}, {"show the setting", "SEC-03", "question"}, {"allowed origins", "SEC-02", "advice"},
	} {
		w.Keys("/" + c.find)
		w.Press("enter")
		w.Has(c.where)
		w.Keys("g")
		if got := marked(w); got != c.id {
			t.Errorf("%s found %q, not %s", c.find, got, c.id)
		}
		w.Press("esc")
		w.Lacks("Esc clears")
	}
	w.Keys("/platypus")
	w.Has("Nothing matches “platypus”")
}

// Where the hit is in the evidence, its piece and its line are shown; what the exchange
// leaves out is shown raw.
func TestTheHitIsShown(t *testing.T) {
	w := world(t, drive.Options{})
	long := "line\nline\nline\nline\nline\nline\nline\nline\nline\nline\nline\nline\nline\nline\nline\nthe needle is here\n"
	w.Send(w.Review().AttachText([]string{"SEC-02"}, "app.log", long)())
	w.Keys("/needle")
	w.Has("Evidence 2 of 2", "raw, t turns", "the needle is here", "evidence")
	w.Press("enter")
	if got := marked(w); got != "SEC-02" {
		t.Errorf("the cursor is on %q", got)
	}
}

func TestTheEvidenceTellsItsKeys(t *testing.T) {
	w := world(t, drive.Options{})
	w.Send(w.Review().AttachText([]string{"SEC-02"}, "asked.txt", "> GET /x HTTP/1.1\n> Host: a.example\n\n< HTTP/1.1 200 OK\n")())
	w.Keys("jl")
	w.Has("Evidence 1 of 2", "Tab next, t turns")
	w.Keys("y")
	w.Has("copied the evidence")
	w.Press("tab")
	w.Has("Evidence 2 of 2")
	w.Keys("?/copy")
	w.Has("copy as curl")
	w.Press("esc", "esc")
	w.Keys("y")
	w.Has("copied the request as curl")
}

// Evidence that was taken out is found no more.
func TestWhatIsTakenOutIsNotFound(t *testing.T) {
	w := world(t, drive.Options{})
	sha := w.Review().Item("SEC-02").Machine.Evidence[0].SHA256
	w.Send(w.Review().Record(sessions.EvidenceRedacted{SHA256: sha, Reason: "a name"})())
	w.Keys("/answered as fail")
	w.Has("Nothing matches")
}
