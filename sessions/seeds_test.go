package sessions

import (
	"math"
	"slices"
	"testing"

	"assess/gonogo/checks"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestPhase5Numbers(t *testing.T) {
	a := Assess(phase5(t))
	want := []struct {
		id           string
		counts       Counts
		score, today float64
		incomplete   bool
	}{
		{"security", Counts{Pass: 8, Warn: 12}, 40, 47.368421052631575, false},
		{"reliability", Counts{Pass: 3, Warn: 6, Fail: 4}, 300.0 / 13, 300.0 / 13, false},
		{"scalability", Counts{Inconclusive: 8}, 0, 0, true},
		{"deployment", Counts{Pass: 19, Warn: 11, Fail: 2}, 59.375, 1900.0 / 31, false},
		{"quality", Counts{Pass: 6, Warn: 2, Fail: 7}, 40, 40, false},
		{"documentation", Counts{Pass: 4}, 100, 100, false},
	}
	for n, w := range want {
		c := a.Categories[n]
		if c.Category.ID != w.id || c.Counts != w.counts || c.Incomplete != w.incomplete {
			t.Errorf("category %d: %s %+v incomplete %v, want %s %+v %v", n, c.Category.ID, c.Counts, c.Incomplete, w.id, w.counts, w.incomplete)
		}
		near(t, w.id, c.Score, w.score, 1e-9)
		near(t, w.id+" today", c.Today, w.today, 1e-9)
	}
	near(t, "overall", a.Score.Overall, 35.15144230769231, 1e-9)
	near(t, "low", a.Score.Low, 35.15144230769231, 1e-9)
	near(t, "high", a.Score.High, 35.15144230769231/0.8, 1e-9)
	near(t, "coverage", a.Score.Coverage, 80, 1e-9)
	near(t, "today", a.Score.Today, 37.4724, 1e-4)
	near(t, "adjusted", a.Score.Adjusted, a.Score.Overall, 1e-9)
}

func TestPhase5Decision(t *testing.T) {
	a := Assess(phase5(t))
	if a.Computed != NoGo || a.Decision != NoGo || a.OnlyUnknowns || a.Partial || a.RAG != Red {
		t.Errorf("computed %s, decision %s, only unknowns %v, partial %v, colour %s", a.Computed, a.Decision, a.OnlyUnknowns, a.Partial, a.RAG)
	}
	open := map[checks.Gate]int{}
	for _, o := range a.Open {
		open[o.Gate]++
	}
	if open[checks.Blocker] != 19 || open[checks.Condition] != 25 || open[checks.Advisory] != 8 || len(a.Open) != 52 {
		t.Errorf("open: %v of %d", open, len(a.Open))
	}
	var match []string
	for _, g := range a.Gates {
		if g.Matches && g.Says == NoGo {
			match = append(match, g.ID)
		}
		if g.ID == "category-floor" && !slices.Equal(g.By, []string{"security", "reliability", "scalability", "deployment", "quality"}) {
			t.Errorf("categories under the floor: %v", g.By)
		}
		if g.ID == "coverage" && g.Detail != "80.0 %, at least 90 % wanted" {
			t.Errorf("coverage: %s", g.Detail)
		}
	}
	if want := []string{"open-blocker", "coverage", "category-floor", "overall-floor"}; !slices.Equal(match, want) {
		t.Errorf("gates that say NO-GO: %v, want %v", match, want)
	}
	words := map[string]string{"security": "FAILED", "scalability": "INCOMPLETE", "documentation": "EXCELLENT"}
	for _, c := range a.Categories {
		if w := words[c.Category.ID]; w != "" && c.Health != w {
			t.Errorf("%s reads %q, want %q", c.Category.ID, c.Health, w)
		}
		wantRAG := map[string]string{"scalability": Amber, "documentation": Green}[c.Category.ID]
		if wantRAG == "" {
			wantRAG = Red
		}
		if c.RAG != wantRAG {
			t.Errorf("%s is %s, want %s", c.Category.ID, c.RAG, wantRAG)
		}
	}
}

func TestPhase5PathToGo(t *testing.T) {
	st := phase5(t)
	a := Assess(st)
	if len(a.Path) == 0 || a.Path[len(a.Path)-1].Decision != Go {
		t.Fatalf("the path does not end in GO: %+v", a.Path)
	}
	pass := map[string]bool{}
	var size []int
	for n, step := range a.Path {
		for _, id := range step.Items {
			if pass[id] {
				t.Errorf("%s stands in two steps", id)
			}
			pass[id] = true
		}
		size = append(size, len(step.Items))
		after := AssessIf(st, pass)
		near(t, step.Title, step.Score, after.Score.Overall, 1e-9)
		if after.Computed != step.Decision {
			t.Errorf("step %d %s: %s, want %s", n, step.Title, step.Decision, after.Computed)
		}
	}
	// Every step is needed: without any one of them it is not GO.
	for n, step := range a.Path {
		but := map[string]bool{}
		for id := range pass {
			but[id] = !slices.Contains(step.Items, id)
		}
		if AssessIf(st, but).Computed == Go {
			t.Errorf("step %d %s is not needed", n, step.Title)
		}
	}
	t.Logf("%d steps, items %v", len(a.Path), size)
	for _, s := range a.Path {
		t.Logf("%-40s %2d %5.1f %s", s.Title, len(s.Items), s.Score, s.Decision)
	}
}

func TestPhase5AllMended(t *testing.T) {
	st := phase5(t)
	pass := map[string]bool{}
	for id := range st.Items {
		pass[id] = true
	}
	if a := AssessIf(st, pass); a.Computed != Go || a.Score.Overall != 100 || a.RAG != Green {
		t.Errorf("all mended: %s %v %s", a.Computed, a.Score, a.RAG)
	}
	pass["P5-SEC-HDR-04"] = false // the outdated header: 98.75, and still GO
	a := AssessIf(st, pass)
	if a.Computed != Go {
		t.Errorf("all but the outdated header: %s", a.Computed)
	}
	near(t, "all but the outdated header", a.Score.Overall, 98.75, 1e-9)
}

func TestFullStackNumbers(t *testing.T) {
	want := []struct {
		id               string
		score, unasked   float64
		rag, health      string
		unaskedDifferent bool
	}{
		{"frontend", 1300.0 / 16, 83.3, Green, "Excellent", true},
		{"backend", 4650.0 / 64, 73.8, Amber, "Good with Critical Gaps", true},
		{"data", 1550.0 / 21, 76.3, Green, "Good", true},
		{"infrastructure", 2950.0 / 48, 64.5, Amber, "Good with Critical Gaps", true},
		{"security", 4400.0 / 69, 62.7, Amber, "MEDIUM", true},
		{"monitoring", 1000.0 / 47, 20, Red, "Poor", true},
		{"quality", 1000.0 / 17, 58.8, Amber, "Fair", false},
	}
	st := fullStack(t, nil)
	a, unasked := Assess(st), Assess(fullStack(t, fullStackManual))
	for n, w := range want {
		c := a.Categories[n]
		if c.Category.ID != w.id || c.RAG != w.rag || c.Health != w.health {
			t.Errorf("%s: %s, %q, want %s: %s, %q", c.Category.ID, c.RAG, c.Health, w.id, w.rag, w.health)
		}
		near(t, w.id, c.Score, w.score, 1e-9)
		near(t, w.id+" without answers", unasked.Categories[n].Score, w.unasked, 0.05)
	}
	near(t, "overall", a.Score.Overall, 61.9, 0.05)
	for name, a := range map[string]Assessment{"with answers": a, "without": unasked} {
		if a.Computed != ConditionalGo || a.RAG != Amber {
			t.Errorf("%s: %s, %s; gates %+v", name, a.Computed, a.RAG, a.Gates)
		}
	}
	var ids []string
	for _, c := range a.Conditions {
		ids = append(ids, c.ID)
		if !c.Complete() {
			t.Errorf("condition %+v is not complete", c)
		}
	}
	if want := []string{"C1", "C2", "C3", "C4", "C5", "C7", "C8"}; !slices.Equal(ids, want) {
		t.Errorf("conditions %v, want %v", ids, want)
	}
}

func TestFullStackWithoutOwners(t *testing.T) {
	b := testBasis(t, builtin(t, "full-stack"), `name = "atlas-demo"`)
	a := Assess(b.fold(script(b, machine(t, fullStackRows)...)))
	if a.Computed != NoGo || a.OnlyUnknowns {
		t.Errorf("without owners: %s", a.Computed)
	}
	for _, id := range []string{"broken-condition", "critical-without-condition"} {
		if !matches(a, id) {
			t.Errorf("gate %s does not match", id)
		}
	}
}

func TestFullStackDeclaredGreen(t *testing.T) {
	d := ColourDeclared{Category: "backend", RAG: Green, Reason: "only the test environment is affected"}
	a := Assess(fullStack(t, nil, d))
	c := a.Categories[1]
	if c.RAG != Green || c.Health != "Good with Minor Issues" || c.ComputedRAG != Amber || c.ComputedHealth != "Good with Critical Gaps" {
		t.Errorf("backend: %s %q, computed %s %q", c.RAG, c.Health, c.ComputedRAG, c.ComputedHealth)
	}
	if a.Computed != ConditionalGo || a.RAG != Amber {
		t.Errorf("%s, %s", a.Computed, a.RAG)
	}
	d.Reason = ""
	if c := Assess(fullStack(t, nil, d)).Categories[1]; c.RAG != Amber {
		t.Errorf("a milder colour without a reason stands: %s", c.RAG)
	}
}

func matches(a Assessment, id string) bool {
	return slices.ContainsFunc(a.Gates, func(g GateResult) bool { return g.ID == id && g.Matches })
}
