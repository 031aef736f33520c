package sessions_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// TestRetest: what people said comes over, marked; an open finding too, or the decision
// would be milder without anybody's word.
func TestRetest(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	home, reg := t.TempDir(), f.registry(t)
	st := open(t, home)
	old := create(t, st, newSession(t, reg))
	if err := old.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	shot, err := old.PutEvidence(ctx, []byte("a picture"))
	if err != nil {
		t.Fatal(err)
	}
	record(t, old,
		sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "agreed", By: "bo"},
		sessions.Judged{Items: []string{"A-03"}, Verdict: checks.Pass, Reason: "looked", Expires: "2020-01-01"},
		sessions.Waived{Waiver: sessions.Waiver{Item: "A-02", Reason: "later", ApprovedBy: "l", Expires: "2099-01-01"}},
		sessions.CauseLinked{ID: "RC-1", Title: "cause", Items: []string{"A-01"}},
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "open one", Severity: checks.Critical, Items: []string{"A-01"}, Evidence: []string{shot}}},
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-2", Title: "closed one", Severity: checks.High, Closed: true}},
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-3", Title: "good", Strength: true}},
		sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-4", Title: "closed, a proof", Severity: checks.High, Closed: true}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "mend it", Owner: "o", Due: "24h after", VerifiedBy: []string{"A-01"}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-2", Text: "close it", Owner: "o", Due: "before deploy", VerifiedBy: []string{"F-4"}}},
	)
	s, err := sessions.Retest(ctx, st, old, newSession(t, reg))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	now := s.State()
	if e := now.Earlier; e == nil || e.Session != old.ID() || e.Head != old.State().Head || len(e.Items) != len(old.State().Plan.Items) {
		t.Errorf("remembers %+v", e)
	}
	if now.Opened.From != old.ID() || s.ID() == old.ID() {
		t.Errorf("opened from %q", now.Opened.From)
	}
	if r := now.Items["A-01"].Reviewer; r == nil || !r.Carried || r.By != "bo" || r.On != checks.Fail {
		t.Errorf("answer %+v", r)
	}
	if now.Items["A-03"].Reviewer != nil {
		t.Error("an answer that was over came back")
	}
	var ids []string
	for _, f := range now.Findings {
		ids = append(ids, f.ID)
	}
	if !slices.Equal(ids, []string{"F-1", "F-4"}) || len(now.Causes) != 1 || len(now.Waivers) != 1 || len(now.Conditions) != 2 {
		t.Errorf("findings %v, %+v %+v %+v", ids, now.Causes, now.Waivers, now.Conditions)
	}
	if body, err := s.Evidence(ctx, shot); err != nil || string(body) != "a picture" {
		t.Errorf("evidence %q, %v", body, err)
	}
	// The answer holds while the machine says what it said then, and no longer.
	if err := s.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	if v := s.State().Items["A-01"].Counts(); v != checks.Warn {
		t.Errorf("the carried answer counts as %s", v)
	}
	for _, c := range []struct {
		later   time.Duration
		overdue int
	}{{time.Hour, 0}, {25 * time.Hour, 1}} {
		got := sessions.Carried(old.State(), s.State(), old.State().LastAt.Add(c.later))
		if len(got.Overdue) != c.overdue || len(got.Overdue)+len(got.Due) != 1 || got.Answers != 1 || got.Findings != 1 || !slices.Equal(got.Failures, []string{"A-01"}) {
			t.Errorf("after %s: %+v", c.later, got)
		}
	}
	if got := sessions.Carried(old.State(), s.State(), time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)); !slices.Equal(got.Lapsed, []string{"A-02"}) {
		t.Errorf("lapsed %v", got.Lapsed)
	}
	f.local = says(checks.Pass, "second")
	if err := s.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	if v := s.State().Items["A-01"].Counts(); v != checks.Pass {
		t.Errorf("an answer to another verdict still counts: %s", v)
	}
	if got := sessions.Carried(old.State(), s.State(), old.State().LastAt.Add(100*time.Hour)); len(got.Overdue) != 0 {
		t.Errorf("met, and overdue: %+v", got.Overdue)
	}
}

// TestRetestRemembers: what changed is told from the new journal alone, as it is told from
// both sessions, and stays so when the old one is edited or gone.
func TestRetestRemembers(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	home, reg := t.TempDir(), f.registry(t)
	st := open(t, home)
	old := create(t, st, newSession(t, reg))
	if err := old.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	record(t, old,
		sessions.Judged{Items: []string{"A-03"}, Verdict: checks.Pass, Reason: "looked\ntwice"},
		sessions.Waived{Waiver: sessions.Waiver{Item: "A-02", Reason: "later", ApprovedBy: "l", Expires: "2099-01-01"}})
	s, err := sessions.Retest(ctx, st, old, newSession(t, reg))
	if err != nil {
		t.Fatal(err)
	}
	f.local = says(checks.Pass, "second")
	if err := s.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	want := sessions.Compare(old.State(), s.State())
	if len(want.Groups) < 2 {
		t.Fatalf("too little changed: %+v", want)
	}
	record(t, old, sessions.Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "seen later"})
	id := s.ID()
	if err := errors.Join(old.Close(), s.Close(), st.Remove(ctx, old.ID())); err != nil {
		t.Fatal(err)
	}
	again, err := sessions.Open(ctx, st, reg, id)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := sessions.CompareEarlier(again.State().Earlier, again.State()); !reflect.DeepEqual(got, want) {
		t.Errorf("remembered\n%+v, of both\n%+v", got, want)
	}
	for _, e := range []sessions.Earlier{{EarlierReview: sessions.EarlierReview{Session: "no id"}}, {EarlierReview: sessions.EarlierReview{Session: id}}, *again.State().Earlier} {
		if _, err := again.Record(ctx, "ann", e); !errors.Is(err, sessions.ErrRefused) {
			t.Errorf("%q: %v", e.Session, err)
		}
	}
}

// TestRetestKeepsTheSelection: a partial session is tested again as the same part.
func TestRetestKeepsTheSelection(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, st := f.registry(t), open(t, t.TempDir())
	n := newSession(t, reg)
	n.Selection.Items = []string{"A-03"}
	s, err := sessions.Retest(ctx, st, create(t, st, n), newSession(t, reg))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.State().Opened.Items; !slices.Equal(got, []string{"A-03"}) {
		t.Errorf("selected %v", got)
	}
}

func TestDueAt(t *testing.T) {
	decided := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for due, want := range map[string]string{
		"24h after": "2026-11-23T12:00", "14d after": "2026-12-06T12:00", "2 weeks after deploy": "2026-12-06T12:00",
		"+7d": "2026-11-29T12:00", "48 hours": "2026-11-24T12:00", "2026-12-01": "2026-12-02T00:00", "2026-12-01 at noon": "2026-12-02T00:00",
		"before deploy": "", "": "", "soon": "", "24h": "2026-11-23T12:00", "24h before": "", "99999999h after": "", "1 hundred": "",
	} {
		at, says := sessions.Condition{Due: clean.Line(due)}.DueAt(decided)
		got := ""
		if says {
			got = at.Format("2006-01-02T15:04")
		}
		if got != want {
			t.Errorf("%q is due %q, want %q", due, got, want)
		}
	}
}

// TestRetestsRememberTheReviewsBefore: each re-test hands on what the ones before came to,
// bounded, though none of them is there any more.
func TestRetestsRememberTheReviewsBefore(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, st := f.registry(t), open(t, t.TempDir())
	s := create(t, st, newSession(t, reg))
	if got := sessions.TrendOf(nil, s.State()); len(got) != 0 {
		t.Errorf("a first review has a trend: %+v", got)
	}
	ids := []string{s.ID()}
	for range sessions.MostBefore + 2 {
		again, err := sessions.Retest(ctx, st, s, newSession(t, reg))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(s.Close(), st.Remove(ctx, s.ID())); err != nil {
			t.Fatal(err)
		}
		s = again
		ids = append(ids, s.ID())
	}
	f.local = says(checks.Pass, "second")
	if err := s.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	for id := range s.State().Items {
		record(t, s, sessions.Judged{Items: []string{id}, Verdict: checks.Pass, Reason: "looked"})
	}
	id := s.ID()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := sessions.Open(ctx, st, reg, id)
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	points := sessions.TrendOf(nil, again.State())
	var got []string
	for _, p := range points {
		got = append(got, p.ID)
	}
	if want := ids[len(ids)-sessions.MostBefore-2:]; !slices.Equal(got, want) {
		t.Errorf("remembers %v, want %v", got, want)
	}
	if first, last := points[0], points[len(points)-1]; first.Score >= last.Score || last.Score != sessions.Assess(again.State()).Score.Overall {
		t.Errorf("scores %v, then %v", first.Score, last.Score)
	}
}

// TestRememberedReviewsAreBounded: a journal from elsewhere can neither make a trend long
// nor put a score or a decision into it that there can't be.
func TestRememberedReviewsAreBounded(t *testing.T) {
	f := &fakes{local: says(checks.Fail, "first")}
	reg, st := f.registry(t), open(t, t.TempDir())
	old := create(t, st, newSession(t, reg))
	n := newSession(t, reg)
	n.From = old.ID()
	s := create(t, st, n)
	odd := sessions.EarlierReview{Session: old.ID(), Decision: "splendid", Score: 1e300}
	e := sessions.Earlier{EarlierReview: odd, Before: slices.Repeat([]sessions.EarlierReview{odd}, sessions.MostBefore+9)}
	record(t, s, e)
	points := sessions.TrendOf(nil, s.State())
	if len(points) != sessions.MostBefore+2 {
		t.Errorf("%d points", len(points))
	}
	for _, p := range points[:len(points)-1] {
		if p.Score != 100 || p.Decision != sessions.Incomplete {
			t.Errorf("point %+v", p)
		}
	}
}
