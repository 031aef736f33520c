package sessions

import (
	"reflect"
	"testing"

	"assess/gonogo/checks"
)

// Each item of a judgement of several is judged on what the machine said of it, however the
// judgement comes into the journal.
func TestSeveralJudgedOnWhatEachWas(t *testing.T) {
	both := []string{"A-01", "A-02"}
	saw := func(a, b checks.Verdict) map[string]checks.Verdict {
		return map[string]checks.Verdict{"A-01": a, "A-02": b}
	}
	turned := checked("A-02", checks.Fail, checks.Fail)
	for _, c := range []struct {
		name    string
		machine string
		judged  Judged
		before  []Payload // between what was seen and what is recorded
		after   []Payload
		want    string // of
	}{
		{"nothing changes", "FW...", Judged{}, nil, nil, "PP"},
		{"one turns after it", "FW...", Judged{}, nil, []Payload{turned}, "PF"},
		{"one turns while the words are typed", "FW...", Judged{Saw: saw(checks.Fail, checks.Warn)}, []Payload{turned}, nil, "PF"},
		{"the same of both, one turns", "WW...", Judged{}, nil, []Payload{turned}, "PF"},
		{"the same of both was seen, one turns first", "WW...", Judged{On: checks.Warn}, []Payload{turned}, nil, "PF"},
		{"no verdict yet, then one fails", ".?...", Judged{}, nil, []Payload{turned}, "PF"},
		{"it turns and comes back", "FW...", Judged{}, nil, []Payload{turned, checked("A-02", checks.Warn, checks.Warn)}, "PP"},
	} {
		st := small(t, c.machine)
		c.judged.Items, c.judged.Verdict, c.judged.Reason = both, checks.Pass, "r"
		// As Record does it, where nobody else writes: completed, written, read again.
		add := func(p Payload) {
			p = complete(p, st)
			if err := checkPayload(p, st); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			line, err := EncodeEvent(Event{Seq: st.Seq + 1, At: start, By: "ann", Data: p})
			if err != nil {
				t.Fatal(err)
			}
			e, err := DecodeEvent(line)
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			st = st.with(e)
		}
		for _, p := range c.before {
			add(p)
		}
		add(c.judged)
		for _, p := range c.after {
			add(p)
		}
		for n, id := range both {
			if got := st.Items[id].Counts(); got != letters[c.want[n]] {
				t.Errorf("%s: %s counts as %s, judged on %+v", c.name, id, got, st.Items[id].Reviewer)
			}
		}
	}
}

// A judgement that waited for the store comes to stand on top of what others wrote: it is
// still of what was seen when it was made.
func TestJudgementKeepsWhatItIsOf(t *testing.T) {
	st := small(t, "FWP..")
	got := complete(Judged{Items: []string{"A-01", "A-02", "A-03"}, Verdict: checks.Pass, Reason: "r"}, st).(Judged)
	want := map[string]checks.Verdict{"A-01": checks.Fail, "A-02": checks.Warn, "A-03": checks.Pass}
	if !reflect.DeepEqual(got.Saw, want) || got.On != "" {
		t.Errorf("saw %v, on %q", got.Saw, got.On)
	}
	later := st.with(Event{Seq: st.Seq + 1, At: start, By: "bo", Data: checked("A-02", checks.Fail, checks.Fail)})
	if again := complete(got, later); !reflect.DeepEqual(again, Payload(got)) {
		t.Errorf("on top of it: %+v", again)
	}
	if one := complete(Judged{Items: []string{"A-02"}, Verdict: checks.Fail}, st).(Judged); one.On != checks.Warn || one.Saw != nil {
		t.Errorf("of one: %+v", one)
	}
	for _, saw := range []map[string]checks.Verdict{{"A-05": checks.Fail}, {"A-01": "perfect"}} {
		if err := (Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Saw: saw}).check(st); err == nil {
			t.Errorf("%v was taken", saw)
		}
	}
}

// A re-test whose machine did not get to an item counts no answer over what the machine had
// said, gives it on to the next re-test, and lets it count when the machine says so again.
func TestUnconfirmedAnswers(t *testing.T) {
	judged := Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "known"}
	first := small(t, "F....", judged)
	if a := Assess(first); len(a.Overrides) != 1 {
		t.Fatalf("overrides %+v", a.Overrides)
	}
	second := small(t, ".....", Carry(first, small(t, "....."))...)
	if i := second.Items["A-01"]; i.Counts() != checks.Pending || !i.Unconfirmed() {
		t.Errorf("counts as %s before the machine ran", i.Counts())
	}
	third := small(t, ".....", Carry(second, small(t, "....."))...)
	if i := third.Items["A-01"]; i.Reviewer == nil || i.Reviewer.On != checks.Fail || i.Counts() != checks.Pending {
		t.Errorf("carried twice: %+v counts as %s", i.Reviewer, i.Counts())
	}
	ran := third.with(Event{Seq: third.Seq + 1, At: start, By: "gonogo", Data: checked("A-01", checks.Fail, checks.Fail)})
	if a := Assess(ran); ran.Items["A-01"].Counts() != checks.Pass || len(a.Overrides) != 1 {
		t.Errorf("it fails again and counts as %s, overrides %+v", ran.Items["A-01"].Counts(), a.Overrides)
	}
}
