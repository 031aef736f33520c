package profiles_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
)

func load(t *testing.T, name string) *checks.Profile {
	t.Helper()
	p, err := profiles.Load(name, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestKinds holds every built-in profile to the kinds of this build: names, parameters and
// references.
func TestKinds(t *testing.T) {
	for _, name := range profiles.Names() {
		if err := checks.CheckProfile(load(t, name), kinds.Registry()); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
	}
}

// TestWording holds what an assessor relies on: every item says why and what to do, titles
// fit their column, a question says what a good answer is.
func TestWording(t *testing.T) {
	for _, name := range profiles.Names() {
		for _, c := range load(t, name).Categories {
			for _, it := range c.Items {
				missing := func(what string) { t.Errorf("%s: %s: %s", name, it.ID, what) }
				if it.Why == "" || it.Fix == "" || len(it.Refs) == 0 {
					missing("why, fix or refs are missing")
				}
				if n := len([]rune(it.Title)); n > 90 {
					missing("the title is longer than 90 characters")
				}
				if it.Question != "" && it.Guide == "" {
					missing("the question has no guide")
				}
				if !counts(it) && it.Question == "" {
					missing("nothing decides it: no check that counts and no question")
				}
				if it.When == "always" && it.Question == "" {
					missing("asked always, but there is no question")
				}
			}
		}
	}
}

// counts reports whether a check of the item gives it a verdict.
func counts(it checks.Item) bool {
	return slices.ContainsFunc(it.Checks, func(c checks.Check) bool { return !c.Hint })
}

// frame is what the score of a profile is made of, by category.
func frame(p *checks.Profile) (ids []string, weights map[string]float64, items map[string]int) {
	weights, items = map[string]float64{}, map[string]int{}
	for _, c := range p.Categories {
		ids = append(ids, c.ID)
		weights[c.ID], items[c.ID] = c.Weight, len(c.Items)
	}
	return ids, weights, items
}

func TestFrames(t *testing.T) {
	for _, tc := range []struct {
		name, method, rules string
		ids                 string
		weights             map[string]float64
		items               map[string]int
		gates               checks.Gates
	}{
		{
			"production", "weighted", "modern",
			"security reliability scalability deployment observability data frontend api quality documentation operations",
			map[string]float64{"security": 20, "reliability": 15, "scalability": 10, "deployment": 15, "observability": 10, "data": 10,
				"frontend": 5, "api": 5, "quality": 5, "documentation": 2, "operations": 3},
			map[string]int{"security": 32, "reliability": 12, "scalability": 9, "deployment": 15, "observability": 15, "data": 14,
				"frontend": 8, "api": 9, "quality": 9, "documentation": 7, "operations": 10},
			checks.Gates{CoverageFloor: 90, CategoryFloor: 50, OverallFloor: 60, GoMark: 85, Critical: checks.Blocker, High: checks.Condition},
		},
		{
			"phase5", "passrate", "seed-legacy",
			"security reliability scalability deployment quality documentation",
			map[string]float64{"security": 25, "reliability": 10, "scalability": 20, "deployment": 25, "quality": 20, "documentation": 0},
			map[string]int{"security": 20, "reliability": 13, "scalability": 8, "deployment": 32, "quality": 15, "documentation": 4},
			checks.Gates{CoverageFloor: 90, CategoryFloor: 60, OverallFloor: 60, GoMark: 90, Critical: checks.Blocker, High: checks.Condition},
		},
		{
			"full-stack", "weighted", "modern",
			"frontend backend data infrastructure security monitoring quality",
			map[string]float64{"frontend": 1, "backend": 1, "data": 1, "infrastructure": 1, "security": 1, "monitoring": 1, "quality": 1},
			map[string]int{"frontend": 9, "backend": 12, "data": 8, "infrastructure": 13, "security": 16, "monitoring": 9, "quality": 7},
			checks.Gates{CoverageFloor: 60, CategoryFloor: 0, OverallFloor: 50, GoMark: 85, Critical: checks.Condition, High: checks.Condition},
		},
	} {
		p := load(t, tc.name)
		ids, weights, items := frame(p)
		if got := strings.Join(ids, " "); got != tc.ids {
			t.Errorf("%s: categories %s, want %s", tc.name, got, tc.ids)
		}
		if !maps.Equal(weights, tc.weights) {
			t.Errorf("%s: weights %v, want %v", tc.name, weights, tc.weights)
		}
		if !maps.Equal(items, tc.items) {
			t.Errorf("%s: items %v, want %v", tc.name, items, tc.items)
		}
		if p.Scoring.Method != tc.method || p.Scoring.Rules != tc.rules || p.Gates != tc.gates {
			t.Errorf("%s: scoring %+v, gates %+v", tc.name, p.Scoring, p.Gates)
		}
	}
}

// unpassed are the verdicts of the validation that the phase5 profile reproduces: what did
// not pass, as it counted.
var unpassed = map[checks.Verdict][]string{
	checks.Fail: {"P5-REL-DBH-01", "P5-REL-POO-*", "P5-REL-REC-01", "P5-REL-CON-*", "P5-DEP-ENV-01", "P5-DEP-SEC-01",
		"P5-QUA-INT-*", "P5-QUA-PRF-*", "P5-QUA-SEC-*"},
	checks.Warn: {"P5-SEC-COR-*", "P5-SEC-RAT-*", "P5-SEC-HDR-*", "P5-SEC-RBA-*", "P5-SEC-JWT-*", "P5-REL-DBH-02", "P5-REL-DBH-03",
		"P5-REL-REC-02", "P5-REL-ERR-*", "P5-DEP-ENV-03", "P5-DEP-ENV-04", "P5-DEP-ENV-05", "P5-DEP-SEC-02", "P5-DEP-SEC-03",
		"P5-DEP-SEC-04", "P5-DEP-SEC-05", "P5-DEP-SEC-06", "P5-DEP-MON-01", "P5-DEP-MON-02", "P5-DEP-MON-03", "P5-QUA-API-*"},
	checks.Inconclusive: {"P5-SCA-*"},
}

// TestPhase5Arithmetic holds that these verdicts give the published scores and the gate
// classes that stay open.
func TestPhase5Arithmetic(t *testing.T) {
	p := load(t, "phase5")
	verdicts := map[string]checks.Verdict{}
	for v, patterns := range unpassed {
		for _, id := range checks.MatchItems(p, patterns) {
			verdicts[id] = v
		}
	}
	passed, open := map[string]int{}, map[checks.Gate]int{}
	for _, c := range p.Categories {
		for _, it := range c.Items {
			v, notPassed := verdicts[it.ID]
			if !notPassed {
				passed[c.ID]++
				continue
			}
			gate := checks.ItemGate(p, &it)
			if v == checks.Warn && !slices.Contains(it.OpenOn, checks.Warn) {
				gate = gate.Milder()
			}
			open[gate]++
		}
	}
	want := map[string]int{"security": 8, "reliability": 3, "deployment": 19, "quality": 6, "documentation": 4}
	if !maps.Equal(passed, want) {
		t.Errorf("passed %v, want %v", passed, want)
	}
	if want := map[checks.Gate]int{checks.Blocker: 19, checks.Condition: 25, checks.Advisory: 8}; !maps.Equal(open, want) {
		t.Errorf("open %v, want %v", open, want)
	}
}

// TestPhase5Readings holds the only places where this profile counts another verdict than
// the rule's.
func TestPhase5Readings(t *testing.T) {
	p := load(t, "phase5")
	fail := checks.MatchItems(p, []string{"P5-SEC-HDR-*", "P5-REL-DBH-02", "P5-REL-DBH-03", "P5-QUA-API-*", "P5-DEP-ENV-03",
		"P5-DEP-SEC-02", "P5-DEP-MON-01", "P5-DEP-MON-02", "P5-DEP-MON-03"})
	for _, c := range p.Categories {
		for _, it := range c.Items {
			var want map[string]checks.Verdict
			switch {
			case slices.Contains(fail, it.ID):
				want = map[string]checks.Verdict{"fail": checks.Warn}
			case it.ID == "P5-DEP-SEC-03":
				want = map[string]checks.Verdict{"na": checks.Warn}
			}
			if !maps.Equal(it.Read, want) {
				t.Errorf("%s: read %v, want %v", it.ID, it.Read, want)
			}
			if it.Level != "C" {
				t.Errorf("%s: level %s: a target's level would drop it", it.ID, it.Level)
			}
		}
	}
	if len(fail) != 14 {
		t.Errorf("%d items read a failure as a warning, want 14", len(fail))
	}
}

// TestPhase5Timeline holds that the actions' days make the published timeline.
func TestPhase5Timeline(t *testing.T) {
	p := load(t, "phase5")
	days := map[string][2]float64{}
	for _, a := range p.Actions {
		d := days[a.List]
		days[a.List] = [2]float64{d[0] + a.Days[0], d[1] + a.Days[1]}
	}
	if want := map[string][2]float64{"must": {2, 3}, "should": {5, 10}}; !maps.Equal(days, want) {
		t.Errorf("days %v, want %v", days, want)
	}
	if p.Timeline.Retest != [2]float64{1, 2} {
		t.Errorf("retest %v", p.Timeline.Retest)
	}
}

// TestFullStackBlockers holds that no question can block the launch of a run without a
// person, and that every critical item that is no blocker has a condition to go with it.
func TestFullStackBlockers(t *testing.T) {
	p := load(t, "full-stack")
	covered := map[string]bool{}
	for _, c := range p.Conditions {
		if c.Owner == "" || c.Due == "" || len(c.Items) == 0 {
			t.Errorf("condition %s is not complete", c.ID)
		}
		for _, id := range checks.MatchItems(p, c.Items) {
			covered[id] = true
		}
	}
	for _, c := range p.Categories {
		for _, it := range c.Items {
			gate := checks.ItemGate(p, &it)
			if gate == checks.Blocker && !counts(it) {
				t.Errorf("%s blocks and only a person can decide it", it.ID)
			}
			if it.Severity == checks.Critical && gate == checks.Condition && !covered[it.ID] && it.ID != "S2-SE-04" {
				t.Errorf("%s is critical and has no condition", it.ID)
			}
		}
	}
}

// TestFullStackWeights holds the severities by what they add up to: a category's score is
// a share of this sum.
func TestFullStackWeights(t *testing.T) {
	sums := map[string]float64{}
	for _, c := range load(t, "full-stack").Categories {
		for _, it := range c.Items {
			sums[c.ID] += it.Severity.Weight()
		}
	}
	want := map[string]float64{"frontend": 16, "backend": 64, "data": 21, "infrastructure": 51, "security": 69, "monitoring": 47, "quality": 17}
	if !maps.Equal(sums, want) {
		t.Errorf("weights %v, want %v", sums, want)
	}
}
