package sessions_test

import (
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

func TestBefore(t *testing.T) {
	at := func(day int) time.Time { return time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC) }
	sum := func(id, target, profile string, day int) sessions.Summary {
		return sessions.Summary{ID: id, Target: target, Profile: profile, Created: at(day)}
	}
	list := []sessions.Summary{
		sum("later", "shop", "phase5", 9), sum("other-profile", "shop", "production", 7), sum("other-target", "bank", "phase5", 7),
		sum("near", "shop", "phase5", 6), sum("far", "shop", "phase5", 2), sum("broken", "shop", "phase5", 7),
	}
	list[5].Damaged = "line 3"
	now := sum("now", "shop", "phase5", 8)
	check := func(what string, of sessions.Summary, id, why string) {
		t.Helper()
		if got, because := sessions.Before(append(list, now), of); got.ID != id || because != why {
			t.Errorf("%s: %q, %q; want %q, %q", what, got.ID, because, id, why)
		}
	}
	check("nothing said", now, "near", sessions.BeforeEarlier)
	again := now
	again.From = "far"
	check("a re-test", again, "far", sessions.BeforeRetested)
	again.From = "other-profile"
	check("a re-test against another profile", again, "near", sessions.BeforeEarlier)
	again.From = "removed"
	check("a re-test of what was removed", again, "near", sessions.BeforeEarlier)
	list[4].Baseline, list[0].Baseline = at(3), at(10)
	check("a baseline", now, "later", sessions.BeforeBaseline)
	list[4].Baseline = at(11)
	check("the last pinned of two", again, "far", sessions.BeforeBaseline)
	check("the baseline itself", list[4], "", "")
	check("alone", sum("x", "y", "z", 1), "", "")
}

// A pin is kept in the journal, shown in lists, and leaves the sign-off as it is.
func TestAPinnedBaseline(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, st := f.registry(t), open(t, t.TempDir())
	s := create(t, st, newSession(t, reg))
	defer s.Close()
	record := func(p sessions.Payload) {
		t.Helper()
		if _, err := s.Record(ctx, "ann", p); err != nil {
			t.Fatal(err)
		}
	}
	record(sessions.SignedOff{State: sessions.Submitted})
	record(sessions.BaselineSet{On: true})
	if state := s.State(); state.SignOff.State != sessions.Submitted || state.Baseline.IsZero() {
		t.Errorf("%s, pinned at %s", state.SignOff.State, state.Baseline)
	}
	if sum := sessions.Summarise(s.State()); !sum.Baseline.Equal(s.State().Baseline) {
		t.Errorf("the summary says %s", sum.Baseline)
	}
	record(sessions.BaselineSet{})
	if state := s.State(); !state.Baseline.IsZero() {
		t.Errorf("still pinned: %s", state.Baseline)
	}
	record(sessions.Noted{Item: "A-01", Text: "later"})
	if state := s.State(); state.SignOff.State != sessions.Draft {
		t.Errorf("an edit leaves it %s", state.SignOff.State)
	}
}

// A deadline counts from the decision, and goes on counting from it in a re-test.
func TestDeadlines(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, st := f.registry(t), open(t, t.TempDir())
	s := create(t, st, newSession(t, reg))
	conditions := []sessions.Payload{
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "later", Owner: "ops", Due: "48h after", VerifiedBy: []string{"A-01"}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-2", Text: "by a day", Owner: "ops", Due: "2020-01-31", VerifiedBy: []string{"A-01"}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-3", Text: "no moment", Owner: "ops", Due: "before deploy", VerifiedBy: []string{"A-01"}}},
	}
	if _, err := s.Record(ctx, "ann", conditions...); err != nil {
		t.Fatal(err)
	}
	ids := func(all []sessions.Deadline) (out string) {
		for _, d := range all {
			out += d.ID + " "
		}
		return out
	}
	if got := ids(sessions.Deadlines(s.State())); got != "CO-2 " {
		t.Errorf("before the decision: %s", got)
	}
	if _, err := s.Record(ctx, "ann", sessions.SignedOff{State: sessions.Submitted}); err != nil {
		t.Fatal(err)
	}
	all := sessions.Summarise(s.State()).Deadlines
	decided := s.State().SignOff.At
	if got := ids(all); got != "CO-2 CO-1 " || !all[1].Due.Equal(decided.Add(48*time.Hour)) {
		t.Errorf("after it: %s, %+v", got, all)
	}
	for late, want := range map[time.Duration]string{time.Hour: "CO-2 ", 49 * time.Hour: "CO-2 CO-1 "} {
		if got := ids(sessions.Overdue(all, decided.Add(late))); got != want {
			t.Errorf("overdue after %s: %s", late, got)
		}
	}
	again, err := sessions.Retest(ctx, st, s, newSession(t, reg))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := sessions.Deadlines(again.State()); len(got) != 2 || !got[1].Due.Equal(decided.Add(48*time.Hour)) {
		t.Errorf("in the re-test: %+v", got)
	}
	f.local = says(checks.Pass, "mended")
	if err := again.Run(ctx, clean.Text("ann"), checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	if got := sessions.Deadlines(again.State()); len(got) != 0 {
		t.Errorf("met, and still due: %+v", got)
	}
}
