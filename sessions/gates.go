package sessions

import (
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

// Assess computes everything that follows from a state: scores, gates, the decision and
// the path to GO.
func Assess(st *State) Assessment {
	v := &view{st: st}
	a := v.assess()
	if a.Computed == NoGo || a.Computed == Incomplete {
		a.OnlyUnknowns = v.known().assess().Computed != NoGo
	}
	if a.Computed == NoGo || a.Computed == ConditionalGo {
		a.Path = v.path(a)
	}
	return a
}

// AssessIf is Assess as if the named items passed, the named findings were closed and the
// named conditions met. It holds no path to GO.
func AssessIf(st *State, pass map[string]bool) Assessment {
	v := &view{st: st, pass: pass}
	a := v.assess()
	if a.Computed == NoGo || a.Computed == Incomplete {
		a.OnlyUnknowns = v.known().assess().Computed != NoGo
	}
	return a
}

// known is the view in which all that is pending or inconclusive passes.
func (v *view) known() *view {
	k := &view{st: v.st, pass: map[string]bool{}}
	for id := range v.pass {
		k.pass[id] = v.pass[id]
	}
	for i := range v.st.planned {
		if verdict := v.counts(i); !told(verdict) {
			k.pass[i.Planned.Item.ID] = true
		}
	}
	return k
}

func (v *view) assess() Assessment {
	a := Assessment{
		Categories: v.categories(), Open: v.open(), Overrides: v.overrides(), Conditions: v.conditions(),
		Partial: v.st.Plan.Partial,
	}
	a.Score = overall(a.Categories)
	a.Gates = v.gates(&a)
	a.Computed = decide(&a)
	a.Decision, a.Lapsed = stands(v.st.Declared, a.Computed)
	v.colour(&a)
	return a
}

// decide takes the first gate that matches; without one it is GO. While nothing at all is
// decided there is no decision.
func decide(a *Assessment) Decision {
	if !slices.ContainsFunc(a.Categories, func(c CategoryScore) bool { return c.Counts.Pass+c.Counts.Warn+c.Counts.Fail > 0 }) {
		return Incomplete
	}
	for _, g := range a.Gates {
		if g.Matches {
			return g.Says
		}
	}
	return Go
}

// strictness orders decisions; no decision yet holds a launch back like a NO-GO.
var strictness = map[Decision]int{Go: 0, ConditionalGo: 1, NoGo: 2, Incomplete: 2}

// stands is the decision that counts. A stricter declaration always stands; a milder one
// needs a lead and a reason, and lapses when the gates have become stricter since.
func stands(d *Declaration, computed Decision) (Decision, string) {
	switch {
	case d == nil || d.Decision == "":
		return computed, ""
	case strictness[d.Decision] >= strictness[computed]:
		return d.Decision, ""
	case d.Lead == "" || d.Reason == "":
		return computed, fmt.Sprintf("%s was declared without a lead and a reason, and the gates say %s", d.Decision.Words(), computed.Words())
	case strictness[computed] > strictness[d.Computed]:
		return computed, fmt.Sprintf("%s was declared while the gates said %s; they say %s now", d.Decision.Words(), d.Computed.Words(), computed.Words())
	}
	return d.Decision, ""
}

// gates evaluates every gate, strictest decision first.
func (v *view) gates(a *Assessment) []GateResult {
	g := v.st.Profile.Gates
	return []GateResult{
		openBlocker(a), unknownBlocker(a),
		floor("coverage", "coverage", NoGo, a.Score.Coverage, g.CoverageFloor),
		categoryFloor(a, g.CategoryFloor),
		floor("overall-floor", "overall", NoGo, a.Score.Overall, g.OverallFloor),
		v.brokenCondition(a), v.bareCritical(a),
		v.openCondition(a), waivedBlocker(a),
		floor("go-mark", "overall", ConditionalGo, a.Score.Overall, g.GoMark),
		v.override(a),
	}
}

// gate is a gate that matches when anything matches it.
func gate(id, title string, says Decision, by []string, detail string) GateResult {
	if by == nil {
		by = []string{}
	}
	return GateResult{ID: id, Title: title, Matches: len(by) > 0, Says: says, By: by, Detail: detail}
}

// named lists the open items that a rule chooses.
func named(open []OpenItem, choose func(OpenItem) bool) []string {
	var ids []string
	for _, o := range open {
		if choose(o) {
			ids = append(ids, o.Item)
		}
	}
	return ids
}

func openBlocker(a *Assessment) GateResult {
	by := named(a.Open, func(o OpenItem) bool { return o.Gate == checks.Blocker && !o.Waived && o.Verdict.Decided() })
	return gate("open-blocker", "an open blocker", NoGo, by, count(len(by), "open blocker"))
}

func unknownBlocker(a *Assessment) GateResult {
	by := named(a.Open, func(o OpenItem) bool { return o.Gate == checks.Blocker && !o.Waived && !o.Verdict.Decided() })
	return gate("unknown-blocker", "a blocker that is pending or inconclusive", NoGo, by, count(len(by), "blocker")+" not known")
}

func floor(id, what string, says Decision, value, least float64) GateResult {
	g := GateResult{
		ID: id, Title: fmt.Sprintf("%s under %s", what, mark(least)), Says: says, By: []string{},
		Matches: value < least-tolerance, Detail: fmt.Sprintf("%.1f %%, at least %s wanted", Rounded(value, 1), mark(least)),
	}
	if says == ConditionalGo {
		g.Title += ", the GO mark"
	}
	return g
}

// mark prints a threshold without needless decimals.
func mark(v float64) string { return fmt.Sprintf("%g %%", v) }

// categoryFloor matches categories under the floor. One that weighs nothing, or to which
// nothing applies, is shown and never decides.
func categoryFloor(a *Assessment, least float64) GateResult {
	var by, detail []string
	for _, c := range a.Categories {
		if c.Empty || c.Category.Weight == 0 || c.Score >= least-tolerance {
			continue
		}
		by = append(by, c.Category.ID)
		if c.Incomplete {
			detail = append(detail, c.Category.Title+" incomplete")
		} else {
			detail = append(detail, fmt.Sprintf("%s %.2f %%", c.Category.Title, c.Score))
		}
	}
	return gate("category-floor", "a category under "+mark(least), NoGo, by, strings.Join(detail, ", "))
}

// brokenCondition matches conditions that are not met and lack owner, deadline or proof.
func (v *view) brokenCondition(a *Assessment) GateResult {
	var by, detail []string
	for _, c := range a.Conditions {
		if !c.Complete() && !v.met(c) {
			by = append(by, c.ID)
			detail = append(detail, c.ID+" has "+strings.Join(c.Missing(), ", "))
		}
	}
	return gate("broken-condition", "a condition without owner, deadline or proof", NoGo, by, strings.Join(detail, "; "))
}

// bareCritical matches open criticals that no complete condition verifies, in a profile
// whose criticals are conditions.
func (v *view) bareCritical(a *Assessment) GateResult {
	const id, title = "critical-without-condition", "an open critical without a complete condition"
	if v.st.Profile.Gates.Critical != checks.Condition {
		return gate(id, title, NoGo, nil, "")
	}
	covered := map[string]bool{}
	for _, c := range a.Conditions {
		for _, item := range c.VerifiedBy {
			covered[item] = covered[item] || c.Complete()
		}
	}
	by := named(a.Open, func(o OpenItem) bool {
		return o.Severity == checks.Critical && o.Gate == checks.Condition && !o.Waived && !covered[o.Item]
	})
	return gate(id, title, NoGo, by, count(len(by), "open critical"))
}

// openCondition matches open items of class condition, and conditions that are not met
// and have no such item.
func (v *view) openCondition(a *Assessment) GateResult {
	by := named(a.Open, func(o OpenItem) bool { return o.Gate == checks.Condition && !o.Waived })
	items := len(by)
	for _, c := range a.Conditions {
		if !v.met(c) && !slices.ContainsFunc(c.VerifiedBy, func(id string) bool { return slices.Contains(by[:items], id) }) {
			by = append(by, c.ID)
		}
	}
	return gate("open-condition", "an open condition", ConditionalGo, by, count(len(by), "open condition"))
}

func waivedBlocker(a *Assessment) GateResult {
	by := named(a.Open, func(o OpenItem) bool { return o.Gate == checks.Blocker && o.Waived })
	return gate("waived-blocker", "a waived blocker", ConditionalGo, by, count(len(by), "blocker")+" waived")
}

// override matches while a reviewer's milder verdict on a machine's fail waits for a lead.
func (v *view) override(a *Assessment) GateResult {
	var by []string
	if v.st.SignOff.State != Accepted {
		for _, o := range a.Overrides {
			by = append(by, o.Item)
		}
	}
	return gate("override", "an override that no lead has accepted", ConditionalGo, by, count(len(by), "override"))
}

// count is "1 blocker", "2 blockers".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
