package sessions

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

func lineText(s string) clean.Text { return clean.Line(s) }

// edits are one of every event that can be undone, on the small profile.
func edits() []Payload {
	return []Payload{
		Judged{Items: []string{"A-01", "A-02"}, Verdict: checks.Fail, Reason: "r"},
		Judged{Items: []string{"A-01"}},
		Noted{Item: "A-01", Text: "n"},
		Marked{Items: []string{"A-03"}, On: true},
		FindingRecorded{Finding{ID: "F-1", Title: "t", Severity: checks.High, Category: "a"}},
		FindingRecorded{Finding{ID: "F-1", Title: "again", Severity: checks.Low, Category: "a"}},
		FindingRemoved{ID: "F-1"},
		CauseLinked{ID: "c", Title: "t", Items: []string{"A-01"}},
		CauseLinked{ID: "c"},
		Waived{Waiver: Waiver{Item: "A-01", Reason: "r", ApprovedBy: "l", Expires: "2027-01-01"}},
		ConditionRecorded{Condition{ID: "X", Text: "x"}},
		ConditionRemoved{ID: "X"},
		Declared{Decision: NoGo, Reason: "r"},
		ColourDeclared{Category: "a", RAG: Red, Reason: "r"},
		TextEdited{Section: "summary", Text: "t"},
		Ticked{Line: "l", On: true},
		Promoted{Item: "A-01", On: true},
	}
}

// content is what a person would see of a state: all but its place in the journal.
func content(st *State) State {
	c := *st
	c.Seq, c.LastAt, c.Undo, c.Redo, c.Head, c.Assessors = 0, start, nil, nil, "", nil
	if len(c.Findings) == 0 {
		c.Findings = nil
	}
	if len(c.Causes) == 0 {
		c.Causes = nil
	}
	if len(c.Conditions) == 0 {
		c.Conditions = nil
	}
	return c
}

// TestUndoTakesBackWhatWasDone: after any events, doing one more and undoing it gives the
// state before; redoing it the state after.
func TestUndoTakesBackWhatWasDone(t *testing.T) {
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	all := edits()
	for n, e := range all {
		before := script(b, append([]Payload{checked("A-01", checks.Fail, checks.Fail)}, all[:n]...)...)
		seq := uint64(len(before)) + 1
		add := func(events []Event, p Payload) []Event {
			return append(slices.Clip(events), Event{Seq: uint64(len(events)) + 1, At: start, By: "ann", Data: p})
		}
		done := add(before, e)
		undone := add(done, Undone{Seq: seq})
		redone := add(undone, Redone{Seq: seq})
		if got, want := content(b.fold(undone)), content(b.fold(before)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s undone:\n%+v\n%+v", e.Type(), got, want)
		}
		if got, want := content(b.fold(redone)), content(b.fold(done)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s redone:\n%+v\n%+v", e.Type(), got, want)
		}
		if st := b.fold(undone); !slices.Equal(st.Redo, []uint64{seq}) || slices.Contains(st.Undo, seq) {
			t.Errorf("%s undone: undo %v, redo %v", e.Type(), st.Undo, st.Redo)
		}
		if st := b.fold(add(undone, Marked{Items: []string{"A-01"}, On: true})); len(st.Redo) != 0 {
			t.Errorf("%s: a new event leaves %v to redo", e.Type(), st.Redo)
		}
	}
	if len(all) < 17 {
		t.Errorf("only %d edits", len(all))
	}
}

// TestStepByStepIsTheFold: taking events in one by one gives what folding all of them
// does, and changes no state that was handed out before.
func TestStepByStepIsTheFold(t *testing.T) {
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	data := append([]Payload{RunStarted{Run: "r1", Items: []string{"A-01"}}, checked("A-01", checks.Fail, checks.Fail),
		RunEnded{Run: "r1", RequestsSent: 3, Reached: true}, Consented{Class: checks.Load, Host: "h", Items: []string{"A-01"}}}, edits()...)
	data = append(data, SignedOff{State: Submitted}, Noted{Item: "A-02", Text: "x"}, EvidenceRedacted{SHA256: "s", Reason: "r"}, Unknown{Name: "x.y", Raw: []byte("{}")})
	events := script(b, data...)
	st := b.fold(events[:1])
	var handed []*State
	var folds []*State
	for n := 1; n < len(events); n++ {
		st = st.with(events[n])
		want := b.fold(events[:n+1])
		if !sameState(st, want) {
			t.Fatalf("event %d, %s:\n%+v\n%+v", n+1, events[n].Data.Type(), st, want)
		}
		handed, folds = append(handed, st), append(folds, want)
	}
	for n := range handed {
		if !sameState(handed[n], folds[n]) {
			t.Errorf("the state after event %d changed later", n+2)
		}
	}
}

// sameState compares two states, taking an empty list and none for the same.
func sameState(a, b *State) bool {
	x, y := content(a), content(b)
	same := a.Seq == b.Seq && a.LastAt.Equal(b.LastAt) && slices.Equal(a.Undo, b.Undo) && slices.Equal(a.Redo, b.Redo) && slices.Equal(a.Assessors, b.Assessors)
	return same && reflect.DeepEqual(x, y)
}

// TestAnyEventsFold: events in any order, on things that are not there, with undo of
// anything, never break the fold or what is computed from it.
func TestAnyEventsFold(t *testing.T) {
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	r := rand.New(rand.NewPCG(3, 4))
	pool := append(samples(t), edits()...)
	for range 300 {
		var data []Payload
		for range r.IntN(30) {
			switch p := pool[r.IntN(len(pool))]; r.IntN(6) {
			case 0:
				data = append(data, Undone{Seq: r.Uint64N(30)})
			case 1:
				data = append(data, Redone{Seq: r.Uint64N(30)})
			default:
				data = append(data, p)
			}
		}
		events := script(b, data...)
		for n := range events {
			st := b.fold(events[:n+1])
			Assess(st)
			Summarise(st)
			NeedsYou(st)
		}
	}
}

func TestLaterEditMakesADraft(t *testing.T) {
	for _, state := range []string{Submitted, Accepted, Returned} {
		for _, p := range append(edits(), checked("A-01", checks.Pass, checks.Pass), Undone{Seq: 2}) {
			st := small(t, ".....", SignedOff{State: state, Comment: "c"}, p)
			if st.SignOff.State != Draft || st.SignOff.Comment != "c" {
				t.Errorf("%s, then %s: %+v", state, p.Type(), st.SignOff)
			}
		}
	}
}

func TestCounts(t *testing.T) {
	judge := func(v checks.Verdict, more ...Payload) []Payload {
		return append([]Payload{Judged{Items: []string{"A-01"}, Verdict: v, Reason: "r"}}, more...)
	}
	says := func(v checks.Verdict) Payload { return checked("A-01", v, v) }
	for _, c := range []struct {
		name    string
		machine string
		more    []Payload
		want    checks.Verdict
		changed bool
	}{
		{"nobody", ".....", nil, checks.Pending, false},
		{"the machine", "F....", nil, checks.Fail, false},
		{"the reviewer over the machine", "F....", judge(checks.Warn), checks.Warn, false},
		{"taken back", "F....", judge(checks.Warn, Judged{Items: []string{"A-01"}}), checks.Fail, false},
		{"the machine says the same again", "F....", judge(checks.Warn, says(checks.Fail)), checks.Warn, false},
		{"the machine says something else", "F....", judge(checks.Warn, says(checks.Pass)), checks.Pass, true},
		{"and then the same again", "F....", judge(checks.Warn, says(checks.Pass), says(checks.Fail)), checks.Warn, false},
		{"answered before the machine ran", ".....", judge(checks.Pass, says(checks.Fail)), checks.Fail, true},
		{"answered, then the machine can't tell", ".....", judge(checks.Pass, says(checks.Inconclusive)), checks.Pass, false},
		{"judged inconclusive, now it fails", "?....", judge(checks.Pass, says(checks.Fail)), checks.Fail, true},
		{"judged fail, now it can't tell", "F....", judge(checks.Pass, says(checks.Inconclusive)), checks.Inconclusive, true},
		{"carried over, on a fail", ".....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Carried: true, On: checks.Fail}}, checks.Pending, false},
		{"carried over, on an answer", ".....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Carried: true, On: checks.Inconclusive}}, checks.Pass, false},
		{"carried over, fails again", ".....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Carried: true, On: checks.Fail}, says(checks.Fail)}, checks.Pass, false},
		{"carried over, passes now", ".....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "r", Carried: true, On: checks.Fail}, says(checks.Pass)}, checks.Pass, true},
		{"expired yesterday", "F....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Expires: "2026-11-21"}}, checks.Fail, false},
		{"expires today", "F....", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r", Expires: "2026-11-22"}}, checks.Pass, false},
	} {
		i := small(t, c.machine, c.more...).Items["A-01"]
		if i.Counts() != c.want || i.Changed() != c.changed {
			t.Errorf("%s: %s, changed %v, want %s, %v", c.name, i.Counts(), i.Changed(), c.want, c.changed)
		}
	}
}

// Checks see a part of what an item asks whose question is always asked.
func TestAlwaysAskedWaitsForAnAnswer(t *testing.T) {
	src := strings.Replace(smallProfile, `question = "?"`, "question = \"?\"\nwhen = \"always\"", 1)
	b := testBasis(t, testProfile(t, "small.toml", []byte(src)), testTarget)
	answered := Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "r"}
	for _, c := range []struct {
		machine, want checks.Verdict
		more          []Payload
	}{
		{checks.Pass, checks.Pending, nil},
		{checks.Warn, checks.Pending, nil},
		{checks.Inconclusive, checks.Inconclusive, nil},
		{checks.Fail, checks.Fail, nil},
		{checks.Pass, checks.Pass, []Payload{answered}},
		{checks.Pass, checks.Pending, []Payload{answered, Judged{Items: []string{"A-01"}}}},
	} {
		st := b.fold(script(b, append([]Payload{checked("A-01", c.machine, c.machine)}, c.more...)...))
		i := st.Items["A-01"]
		if i.Counts() != c.want || i.today() != c.want {
			t.Errorf("machine %s, %d judgements: %s (today %s), want %s", c.machine, len(c.more), i.Counts(), i.today(), c.want)
		}
	}
	na := strings.Replace(testTarget, "[owners]", "[not_applicable]\n\"A-01\" = \"none here\"\n[owners]", 1)
	b = testBasis(t, testProfile(t, "small.toml", []byte(src)), na)
	if v := b.fold(script(b)).Items["A-01"].Counts(); v != checks.NA {
		t.Errorf("declared not applicable: %s", v)
	}
}

func TestWhatNeedsYou(t *testing.T) {
	st := small(t, "FPF..",
		Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "r"}, checked("A-01", checks.Pass, checks.Pass), // changed since
		Marked{Items: []string{"A-02"}, On: true},
		Judged{Items: []string{"B-01"}, Verdict: checks.Pass}, // answered
	)
	questions, consent := Waiting(st)
	if !slices.Equal(questions, []string{"A-01", "A-04"}) || len(consent) != 0 {
		t.Errorf("questions %v, consent %v", questions, consent)
	}
	if got := NeedsYou(st); !slices.Equal(got, []string{"A-01", "A-02", "A-04"}) {
		t.Errorf("needs you: %v", got)
	}
	due := small(t, "FPF..", RunStarted{Run: "r1", Items: []string{"A-04"}})
	if questions, _ := Waiting(due); slices.Contains(questions, "A-04") {
		t.Errorf("A-04 is due in a run, and waits for a person: %v", questions)
	}
}

func TestCarry(t *testing.T) {
	w := Waived{Waiver: Waiver{Item: "A-02", Reason: "r", ApprovedBy: "l", Expires: "2027-01-01"}}
	old := small(t, "FF...", Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "r", By: "bo"}, w,
		Judged{Items: []string{"A-03"}, Verdict: checks.Pass, Reason: "lapsed", Expires: "2020-01-01"})
	got := Carry(old, small(t, "....."))
	want := []Payload{
		Judged{Items: []string{"A-01"}, Verdict: checks.Warn, Reason: "r", By: "bo", Carried: true, On: checks.Fail}, w,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if first := OldFailures(old, small(t, ".....")); !slices.Equal(first, []string{"A-01", "A-02"}) {
		t.Errorf("order %v", first)
	}
	fewer := small(t, ".....")
	delete(fewer.Items, "A-02")
	if gone := unasked(old, fewer); !slices.Equal(gone, []string{"A-02"}) {
		t.Errorf("asked no more: %v", gone)
	}
}

func TestParseAnswers(t *testing.T) {
	p := testProfile(t, "small.toml", []byte(smallProfile))
	got, err := ParseAnswers("a.toml", []byte("[A-01]\nverdict = \"pass\"\nreason = \"seen\"\nby = \"bo\"\nexpires = 2027-01-31\n[A-03]\nverdict = \"fail\"\nreason = \"broken\"\nexpires = \"2027-02-01\"\n"), p)
	want := []Payload{
		Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "seen", Strength: checks.Stated, By: "bo", Expires: "2027-01-31"},
		Judged{Items: []string{"A-03"}, Verdict: checks.Fail, Reason: "broken", Strength: checks.Stated, Expires: "2027-02-01"},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for src, want := range map[string]string{
		"[A-01]\nverdict = \"maybe\"":                       `a.toml:1: [A-01] verdict "maybe": say pass, warn, fail, inconclusive or na`,
		"\n[A-1]\nverdict = \"pass\"":                       `a.toml:2: [A-1] profile small has no such item: did you mean "A-01"?`,
		"[A-01]\nverdict = \"na\"":                          "a.toml:1: [A-01] na needs a reason",
		"[A-01]\nverdict = \"fail\"\nreason = \" \"":        "a.toml:1: [A-01] fail needs a reason",
		"[A-01]\nverdict = \"pass\"\nwhy = \"x\"":           "a.toml:1: unknown key A-01.why: an answer has verdict, reason, by and expires",
		"[A-01]\nverdict = \"pass\"\nexpires = \"soon\"":    `a.toml:1: [A-01] expires "soon" is not a date such as 2027-01-31`,
		"[A-01]\nverdict = \"pending\"":                     `a.toml:1: [A-01] verdict "pending": say pass, warn, fail, inconclusive or na`,
		"[A-01]\nverdict = \"pass\"\n[A-01]\nverdict=\"x\"": "a.toml:3: ",
	} {
		if _, err := ParseAnswers("a.toml", []byte(src), p); err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
			t.Errorf("%q: %v, want %s", src, err, want)
		}
	}
}
