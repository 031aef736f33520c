package sessions_test

import (
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

func TestAttachedEvidenceBelongsToTheSession(t *testing.T) {
	home, reg := t.TempDir(), (&fakes{}).registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	sha, err := s.PutEvidence(ctx, []byte("line 4412"))
	if err != nil {
		t.Fatal(err)
	}
	ev := checks.Evidence{SHA256: sha, What: "app.log", Media: "txt", Bytes: 9, Strength: checks.Stated}
	for _, bad := range []sessions.EvidenceAttached{{}, {Items: []string{"A-01"}}, {Evidence: ev}, {Items: []string{"A-99"}, Evidence: ev},
		{Items: []string{"A-01"}, Evidence: checks.Evidence{SHA256: sha}}} {
		if _, err := s.Record(ctx, "ann", bad); err == nil {
			t.Errorf("%+v was recorded", bad)
		}
	}
	both := sessions.EvidenceAttached{Items: []string{"A-01", "A-02"}, Evidence: ev}
	for range 2 { // the same bytes again are no second piece
		st := record(t, s, both)
		for _, id := range both.Items {
			if all := st.Items[id].Evidence(); len(all) != 1 || all[0].SHA256 != sha {
				t.Errorf("%s has %+v", id, all)
			}
		}
	}
	if got, err := s.FindEvidence(sha[:8]); err != nil || got != sha {
		t.Errorf("found %q, %v", got, err)
	}
	before := s.State()
	for range 2 {
		if _, err := s.Undo(ctx, "ann"); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.State().Items["A-01"].Attached; len(got) != 0 || len(before.Items["A-01"].Attached) != 1 {
		t.Errorf("after undo %+v", got)
	}
	if _, err := s.Redo(ctx, "ann"); err != nil {
		t.Fatal(err)
	}
	id := s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if got := reopenedView(t, home, reg, id).Items["A-02"].Attached; len(got) != 1 || got[0].What != "app.log" {
		t.Errorf("reopened with %+v", got)
	}
}
