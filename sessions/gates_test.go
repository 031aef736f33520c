package sessions

import (
	"fmt"
	"slices"
	"testing"

	"assess/gonogo/checks"
)

// smallProfile has one item of every kind the gates tell apart.
const smallProfile = `
id = "small"
title = "Small"
version = 1
[scoring]
method = "weighted"
[gates]
coverage_floor = 50
category_floor = 40
overall_floor = 50
go_mark = 80
[[category]]
id = "a"
title = "A"
weight = 1
[[category.item]]
id = "A-01"
title = "a blocker"
severity = "critical"
question = "?"
why = "w"
fix = "f"
[[category.item]]
id = "A-02"
title = "a condition"
severity = "high"
question = "?"
why = "w"
fix = "f"
[[category.item]]
id = "A-03"
title = "an advisory"
severity = "medium"
question = "?"
why = "w"
fix = "f"
[[category.item]]
id = "A-04"
title = "a blocker that opens with a warning"
severity = "high"
gate = "blocker"
open_on = ["fail", "warn"]
question = "?"
why = "w"
fix = "f"
[[category]]
id = "b"
title = "B"
weight = 1
[[category.item]]
id = "B-01"
title = "b"
severity = "medium"
question = "?"
why = "w"
fix = "f"
[[condition]]
id = "C1"
text = "do it"
owner = "platform"
due = "before deploy"
items = ["A-02"]
`

// small folds the small profile with its five verdicts ("PPPP P") and more events.
func small(t testing.TB, verdicts string, more ...Payload) *State {
	t.Helper()
	b := testBasis(t, testProfile(t, "small.toml", []byte(smallProfile)), testTarget)
	ids := []string{"A-01", "A-02", "A-03", "A-04", "B-01"}
	var data []Payload
	for n, id := range ids {
		if v := letters[verdicts[n]]; v != checks.Pending {
			data = append(data, checked(id, v, v))
		}
	}
	return b.fold(script(b, append(data, more...)...))
}

func TestGates(t *testing.T) {
	waiver := Waived{Waiver: Waiver{Item: "A-01", Reason: "r", ApprovedBy: "lena", Expires: "2026-12-31"}}
	expired, unapproved := waiver, waiver
	expired.Waiver.Expires = "2026-11-21"
	unapproved.Waiver.ApprovedBy = ""
	override := Judged{Items: []string{"A-01"}, Verdict: checks.Pass, Reason: "seen myself"}
	finding := Finding{ID: "F-1", Title: "t", Severity: checks.Critical, Items: []string{"A-02"}}
	closed, strength, advisory := finding, finding, finding
	closed.Closed, strength.Strength, advisory.Severity = true, true, checks.Medium
	bare := ConditionRecorded{Condition{ID: "X", Text: "x"}}
	whole := ConditionRecorded{Condition{ID: "X", Text: "x", Owner: "o", Due: "24h after", VerifiedBy: []string{"B-01"}}}
	for _, c := range []struct {
		name     string
		verdicts string
		more     []Payload
		want     Decision
		gates    []string
	}{
		{"all pass", "PPPPP", nil, Go, nil},
		{"nothing decided", ".....", nil, Incomplete, []string{"unknown-blocker", "coverage", "category-floor", "overall-floor", "open-condition", "go-mark"}},
		{"a blocker fails", "FPPPP", nil, NoGo, []string{"open-blocker"}},
		{"a blocker warns: a condition", "WPPPP", nil, ConditionalGo, []string{"open-condition"}},
		{"a blocker that opens with a warning", "PPPWP", nil, NoGo, []string{"open-blocker"}},
		{"a blocker pending", ".PPPP", nil, NoGo, []string{"unknown-blocker"}},
		{"a blocker inconclusive", "?PPPP", nil, NoGo, []string{"unknown-blocker"}},
		{"a blocker does not apply", "NPPPP", nil, Go, nil},
		{"a condition fails", "PFPPP", nil, ConditionalGo, []string{"open-condition"}},
		{"a condition pending", "P.PPP", nil, ConditionalGo, []string{"open-condition"}},
		{"a condition warns: advisory", "PWPPP", nil, Go, nil},
		{"an advisory fails", "PPFPP", nil, Go, nil},
		{"a category under its floor", "PPPPF", nil, NoGo, []string{"category-floor", "go-mark"}},
		{"a category incomplete", "PPPP.", nil, NoGo, []string{"category-floor", "go-mark"}},
		{"half covered", "P...P", nil, NoGo, []string{"unknown-blocker", "category-floor", "go-mark", "open-condition"}},
		{"a waived blocker", "FPPPP", []Payload{waiver}, ConditionalGo, []string{"waived-blocker"}},
		{"a waived blocker that is not known", "?PPPP", []Payload{waiver}, ConditionalGo, []string{"waived-blocker"}},
		{"a waiver that expired", "FPPPP", []Payload{expired}, NoGo, []string{"open-blocker"}},
		{"a waiver nobody approved", "FPPPP", []Payload{unapproved}, NoGo, []string{"open-blocker"}},
		{"a waiver taken back", "FPPPP", []Payload{waiver, Waived{Waiver: Waiver{Item: "A-01"}, Remove: true}}, NoGo, []string{"open-blocker"}},
		{"an override", "FPPPP", []Payload{override}, ConditionalGo, []string{"override"}},
		{"an override accepted", "FPPPP", []Payload{override, SignedOff{State: Submitted}, SignedOff{State: Accepted}}, Go, nil},
		{"an override, accepted, edited", "FPPPP", []Payload{override, SignedOff{State: Submitted}, SignedOff{State: Accepted}, Noted{Item: "A-01", Text: "x"}}, ConditionalGo, []string{"override"}},
		{"a stricter judgement", "PPPPP", []Payload{Judged{Items: []string{"A-01"}, Verdict: checks.Fail, Reason: "no"}}, NoGo, []string{"open-blocker"}},
		{"a critical finding", "PPPPP", []Payload{FindingRecorded{finding}}, NoGo, []string{"open-blocker"}},
		{"a critical finding on a condition", "PFPPP", []Payload{FindingRecorded{finding}}, NoGo, []string{"open-blocker", "open-condition"}},
		{"a finding its item covers", "PFPPP", []Payload{FindingRecorded{advisory}}, ConditionalGo, []string{"open-condition"}},
		{"a closed finding", "PPPPP", []Payload{FindingRecorded{closed}}, Go, nil},
		{"a strength", "PPPPP", []Payload{FindingRecorded{strength}}, Go, nil},
		{"a condition without owner, deadline, proof", "PPPPP", []Payload{bare}, NoGo, []string{"broken-condition", "open-condition"}},
		{"a condition that is met", "PPPPP", []Payload{whole}, Go, nil},
		{"a condition whose proof only warns", "PPPPW", []Payload{whole}, ConditionalGo, []string{"open-condition", "go-mark"}},
		{"the profile's condition whose item only warns", "PWPPP", nil, Go, nil},
		{"the profile's condition, agreed, whose item only warns", "PWPPP", []Payload{ConditionRecorded{Condition{ID: "C1", Text: "x", Owner: "o", Due: "24h after", VerifiedBy: []string{"A-02"}}}}, ConditionalGo, []string{"open-condition"}},
		{"a condition that fails", "PPPPF", []Payload{whole}, NoGo, []string{"category-floor", "open-condition", "go-mark"}},
		{"the profile's condition without its owner", "PFPPP", []Payload{ConditionRecorded{Condition{ID: "C1", Text: "x", VerifiedBy: []string{"A-02"}}}}, NoGo, []string{"broken-condition", "open-condition"}},
		{"the profile's condition taken away", "PFPPP", []Payload{ConditionRemoved{ID: "C1"}}, ConditionalGo, []string{"open-condition"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := Assess(small(t, c.verdicts, c.more...))
			if a.Computed != c.want {
				t.Errorf("%s, want %s", a.Computed, c.want)
			}
			var got []string
			for _, g := range a.Gates {
				if g.Matches {
					got = append(got, g.ID)
				}
				if g.By == nil {
					t.Errorf("gate %s: By is null", g.ID)
				}
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.gates))
			if !slices.Equal(got, want) {
				t.Errorf("gates %v, want %v", got, want)
			}
			if n := len(a.Path); n > 0 && a.Path[n-1].Decision != Go {
				t.Errorf("the path ends in %s: %+v", a.Path[n-1].Decision, a.Path)
			} else if n == 0 && (a.Computed == NoGo || a.Computed == ConditionalGo) {
				t.Error("no path to GO")
			}
		})
	}
}

func TestOnlyUnknowns(t *testing.T) {
	for verdicts, want := range map[string]bool{
		".....": true, "PPPP.": true, ".PPPP": true, "?F?P.": true, // a condition fails: that is no NO-GO
		"FPPP.": false, "PPPPF": false, "PPPPP": false, "PFPPP": false,
	} {
		if got := Assess(small(t, verdicts)).OnlyUnknowns; got != want {
			t.Errorf("%s: only unknowns %v, want %v", verdicts, got, want)
		}
	}
}

func TestDeclared(t *testing.T) {
	milder := Declared{Decision: Go, Reason: "r", Lead: "lena", Computed: ConditionalGo}
	bare := Declared{Decision: Go, Reason: "r", Computed: ConditionalGo}
	for _, c := range []struct {
		name     string
		verdicts string
		declared Declared
		want     Decision
		lapsed   bool
	}{
		{"stricter", "PPPPP", Declared{Decision: NoGo, Computed: Go}, NoGo, false},
		{"as computed", "PFPPP", Declared{Decision: ConditionalGo, Computed: ConditionalGo}, ConditionalGo, false},
		{"milder with a lead and a reason", "PFPPP", milder, Go, false},
		{"milder without a lead", "PFPPP", bare, ConditionalGo, true},
		{"milder, and worse since", "FPPPP", milder, NoGo, true},
		{"taken back", "PFPPP", Declared{}, ConditionalGo, false},
	} {
		a := Assess(small(t, c.verdicts, c.declared))
		if a.Decision != c.want || (a.Lapsed != "") != c.lapsed {
			t.Errorf("%s: %s, lapsed %q, want %s, %v", c.name, a.Decision, a.Lapsed, c.want, c.lapsed)
		}
	}
}

func TestWeightedRange(t *testing.T) {
	// A-01 critical 10 pass, A-02 high 6 warn, A-03 medium 3 not known, A-04 high 6 fail.
	c := Assess(small(t, "PW?FP")).Categories[0]
	near(t, "score", c.Score, 100*13.0/22, 1e-9)
	near(t, "low", c.Low, 100*13.0/25, 1e-9)
	near(t, "high", c.High, 100*13.0/22, 1e-9)
	near(t, "coverage", c.Coverage, 100*22.0/25, 1e-9)
}

func TestAdjusted(t *testing.T) {
	st := small(t, "FPPPP", Waived{Waiver: Waiver{Item: "A-01", Reason: "r", ApprovedBy: "lena", Expires: "2026-12-31"}})
	c := Assess(st).Categories[0]
	near(t, "raw", c.Score, 100*15.0/25, 1e-9)
	near(t, "adjusted", c.Adjusted, 100, 1e-9)
	if c.RAG == Green {
		t.Error("green over a waived blocker")
	}
}

func TestEmptyCategory(t *testing.T) {
	a := Assess(small(t, "PPPPN"))
	if c := a.Categories[1]; !c.Empty || c.RAG != Green || a.Score.Overall != 100 || a.Computed != Go {
		t.Errorf("%+v, overall %v, %s", c, a.Score.Overall, a.Computed)
	}
	if a := Assess(small(t, "NNNNN")); a.Computed != Incomplete {
		t.Errorf("nothing applies: %s", a.Computed)
	}
}

// TestWordsFollowColours: a category that is red never reads well, whatever its score.
func TestWordsFollowColours(t *testing.T) {
	for verdicts, want := range map[string][2]string{
		"PPPPP": {Green, "Excellent"}, "PPPFP": {Red, "Poor"}, "PFPPP": {Amber, "Fair"}, "PP?PP": {Green, "Excellent"},
		"?PPPP": {Amber, "Excellent"}, "??PPP": {Amber, "Excellent"}, "???PP": {Amber, "Incomplete"}, "PWWPP": {Amber, "Good"},
	} {
		if c := Assess(small(t, verdicts)).Categories[0]; c.RAG != want[0] || c.Health != want[1] {
			t.Errorf("%s: %s, %s at %.1f %%, want %s, %s", verdicts, c.RAG, c.Health, c.Score, want[0], want[1])
		}
	}
}

func TestCriticalOfAFullStackProfile(t *testing.T) {
	// Taking C4 away leaves S2-BE-08, a critical, without a condition.
	a := Assess(fullStack(t, nil, ConditionRemoved{ID: "C4"}))
	if a.Computed != NoGo || !matches(a, "critical-without-condition") || matches(a, "broken-condition") {
		t.Errorf("%s: %+v", a.Computed, a.Gates)
	}
	// A recorded one that names it makes up for it.
	own := ConditionRecorded{Condition{ID: "X", Text: "x", Owner: "o", Due: "before deploy", VerifiedBy: []string{"S2-BE-08"}}}
	if a := Assess(fullStack(t, nil, ConditionRemoved{ID: "C4"}, own)); a.Computed != ConditionalGo {
		t.Errorf("with a condition of one's own: %s", a.Computed)
	}
}

func TestFullStackMended(t *testing.T) {
	st := fullStack(t, nil)
	pass := map[string]bool{}
	for id := range st.Items {
		pass[id] = id != "S2-IN-07"
	}
	var more []Payload
	more = append(more, checked("S2-IN-07", checks.Warn, checks.Warn)) // a private authority
	if a := AssessIf(fullStack(t, nil, more...), pass); a.Computed != Go {
		t.Errorf("all mended, certificate of a private authority: %s %+v", a.Computed, a.Gates)
	}
}

func TestPathNeedsTheMark(t *testing.T) {
	// Only advisories are open, and they keep the overall under the GO mark: the fewest of
	// them have to go.
	st := small(t, "PPFPW")
	a := Assess(st)
	if a.Computed != ConditionalGo || len(a.Path) != 1 || !slices.Equal(a.Path[0].Items, []string{"B-01"}) {
		t.Errorf("%s: %+v", a.Computed, a.Path)
	}
}

func TestPathGreedy(t *testing.T) {
	// More optional groups than subsets are tried for.
	src := `id = "many"
title = "Many"
version = 1
[gates]
coverage_floor = 0
category_floor = 0
overall_floor = 0
go_mark = 90
[[category]]
id = "a"
title = "A"
weight = 1
`
	var data []Payload
	for n := range 20 {
		src += fmt.Sprintf("[[category.item]]\nid = \"A-%02d\"\ntitle = \"t%d\"\nseverity = %q\nquestion = \"?\"\nwhy = \"w\"\nfix = \"f\"\n", n, n, []string{"medium", "low"}[n%2])
		data = append(data, checked(fmt.Sprintf("A-%02d", n), checks.Fail, checks.Fail))
	}
	b := testBasis(t, testProfile(t, "many.toml", []byte(src)), testTarget)
	a := Assess(b.fold(script(b, data...)))
	// 40 points in all, 36 wanted: all ten medium ones and six low ones.
	if len(a.Path) != 16 || a.Path[15].Decision != Go {
		t.Errorf("%d steps", len(a.Path))
	}
}
