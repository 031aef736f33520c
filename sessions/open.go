package sessions

import (
	"cmp"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// gateRank orders gate classes, strictest highest.
var gateRank = map[checks.Gate]int{checks.Advisory: 1, checks.Condition: 2, checks.Blocker: 3}

// opened is the gate class that an item's verdict opens. A fail opens the item's class, a
// warn the next milder one unless the item's open_on lists it; what is not known (pending,
// inconclusive) opens the item's class. Nothing is milder than advisory.
func opened(p *checks.Profile, it *checks.Item, v checks.Verdict) checks.Gate {
	if v == checks.Pass || v == checks.NA {
		return checks.GateNone
	}
	class := checks.ItemGate(p, it)
	if v == checks.Warn && !slices.Contains(it.OpenOn, checks.Warn) {
		if class = class.Milder(); class == checks.GateNone {
			class = checks.Advisory
		}
	}
	return class
}

// open lists every open item and finding, strictest gate first, else in plan order.
func (v *view) open() []OpenItem {
	var out []OpenItem
	holds := map[string]int{} // item → rank of what it holds open
	for i := range v.st.planned {
		it, verdict := i.Planned.Item, v.counts(i)
		class := opened(v.st.Profile, it, verdict)
		if class == checks.GateNone {
			continue
		}
		holds[it.ID] = gateRank[class]
		out = append(out, OpenItem{
			Item: it.ID, Gate: class, Verdict: verdict, Waived: v.waived(it.ID), Title: it.Title,
			Category: i.Planned.Category.ID, Severity: it.Severity,
		})
	}
	out = append(out, v.openFindings(holds)...)
	slices.SortStableFunc(out, func(a, b OpenItem) int { return cmp.Compare(gateRank[b.Gate], gateRank[a.Gate]) })
	return out
}

// openFindings lists open findings, but for those that are linked to an item which holds
// the same class (or a stricter one) open already.
func (v *view) openFindings(holds map[string]int) []OpenItem {
	var out []OpenItem
	for _, f := range v.st.Findings {
		if f.Strength || f.Closed || v.pass[f.ID] {
			continue
		}
		class := checks.ItemGate(v.st.Profile, &checks.Item{Severity: f.Severity})
		linked := v.st.linked(f)
		if slices.ContainsFunc(linked, func(id string) bool { return holds[id] >= gateRank[class] }) {
			continue
		}
		out = append(out, OpenItem{
			Item: f.ID, Finding: true, Gate: class, Verdict: checks.Fail, Title: string(f.Title),
			Category: v.st.findingCategory(f, linked), Severity: f.Severity,
		})
	}
	return out
}

// linked are the items a finding names, itself or by its root cause.
func (st *State) linked(f Finding) []string {
	items := slices.Clone(f.Items)
	for _, c := range st.Causes {
		if f.Cause != "" && c.ID == f.Cause {
			items = append(items, c.Items...)
		}
	}
	for _, c := range st.Profile.Causes {
		if f.Cause != "" && c.ID == f.Cause {
			items = append(items, checks.MatchItems(st.Profile, c.Items)...)
		}
	}
	return items
}

func (st *State) findingCategory(f Finding, linked []string) string {
	if f.Category != "" {
		return f.Category
	}
	for _, id := range linked {
		if i := st.Items[id]; i != nil {
			return i.Planned.Category.ID
		}
	}
	return ""
}

// conditions are the conditions in force: the profile's while they are needed, each with
// the owner that the target gives its role, replaced by a recorded one of the same id or
// taken away; then the other recorded ones.
func (v *view) conditions() []Condition {
	recorded := slices.Clone(v.st.Conditions)
	var out []Condition
	for _, offered := range v.st.Profile.Conditions {
		if i := slices.IndexFunc(recorded, func(c Condition) bool { return c.ID == offered.ID }); i >= 0 {
			out = append(out, recorded[i])
			recorded = slices.Delete(recorded, i, i+1)
			continue
		}
		c := v.st.offered(offered)
		if !v.st.Dropped[c.ID] && v.needed(c) {
			out = append(out, c)
		}
	}
	return append(out, recorded...)
}

// offered is a profile's condition for this target and plan.
func (st *State) offered(p checks.PlanCondition) Condition {
	c := Condition{
		ID: p.ID, Text: clean.Line(p.Text), Owner: clean.Line(st.Target.Owners[p.Owner]), Due: clean.Line(p.Due),
		DeployNotBefore: clean.Line(p.DeployNotBefore),
	}
	for _, id := range checks.MatchItems(st.Profile, p.Items) {
		if i := st.Items[id]; i != nil && !i.Planned.Observe {
			c.VerifiedBy = append(c.VerifiedBy, id)
		}
	}
	return c
}

// Met reports whether everything that verifies a condition does, as the gates see it.
func Met(st *State, c Condition) bool { return (&view{st: st}).met(c) }

// met reports whether everything that verifies a condition does: its items pass or do not
// apply, its findings are closed. A warning is no proof: what people agreed on is met when
// it is seen to hold, however mild the gate that the warning opens.
func (v *view) met(c Condition) bool {
	if v.pass[c.ID] {
		return true
	}
	return len(c.VerifiedBy) > 0 && !slices.ContainsFunc(c.VerifiedBy, func(id string) bool { return !v.verified(id) })
}

func (v *view) verified(id string) bool {
	if i := v.st.Items[id]; i != nil {
		verdict := v.counts(i)
		return verdict == checks.Pass || verdict == checks.NA
	}
	for _, f := range v.st.Findings {
		if f.ID == id {
			return f.Closed || v.pass[id]
		}
	}
	return false
}

// needed reports whether a condition that the profile offers is in force without anybody
// having said so: one of its items holds something open. A warning that opens no more than
// an advisory holds nothing.
func (v *view) needed(c Condition) bool {
	return !v.pass[c.ID] && slices.ContainsFunc(c.VerifiedBy, func(id string) bool {
		i := v.st.Items[id]
		verdict := v.counts(i)
		class := opened(v.st.Profile, i.Planned.Item, verdict)
		return class != checks.GateNone && (class != checks.Advisory || verdict != checks.Warn)
	})
}

// overrides lists the reviewer's verdicts that count and are milder than the machine's
// fail.
func (v *view) overrides() []Override {
	var out []Override
	for i := range v.st.planned {
		id := i.Planned.Item.ID
		if !i.ReviewerCounts() || i.MachineVerdict() != checks.Fail || i.Reviewer.Verdict == checks.Fail || v.pass[id] {
			continue
		}
		out = append(out, Override{
			Item: id, Machine: i.Machine.Verdict, Verdict: i.Reviewer.Verdict,
			Reason: string(i.Reviewer.Reason), By: string(i.Reviewer.By),
		})
	}
	return out
}
