package report

import (
	"cmp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// The horizons of recommendations, in order.
var horizons = []string{"immediate", "short term", "long term"}

// horizonOf is an item's horizon: the profile's, else by severity.
func horizonOf(declared string, s checks.Severity) string {
	if slices.Contains(horizons, declared) {
		return declared
	}
	switch s {
	case checks.Critical, checks.High:
		return "immediate"
	case checks.Medium:
		return "short term"
	}
	return "long term"
}

// actions lists what has to be done: the profile's actions whose items need work (done ones
// too, so that ticks show), then the items and findings that no action covers.
func (b *builder) actions() []Action {
	out := []Action{}
	covered := map[string]bool{}
	for _, pa := range b.st.Profile.Actions {
		all := checks.MatchItems(b.st.Profile, pa.Items)
		if len(b.verdicts(pa.Items)) == 0 {
			continue // its items are not part of this plan
		}
		for _, id := range all {
			covered[id] = true
		}
		act := Action{
			Title: pa.Title, List: pa.List, Priority: pa.Priority, DaysLow: pa.Days[0], DaysHigh: pa.Days[1],
			Horizon: actionHorizon(pa), Items: b.open(pa.Items), Snippet: pa.Snippet, Lines: []Tick{},
			Done: b.settled(pa.Items),
		}
		for _, l := range pa.Lines {
			act.Lines = append(act.Lines, Tick{Text: l.Text, Ticked: b.ticked(pa.Title, l), ByHand: l.ByHand})
		}
		out = append(out, act)
	}
	out = append(out, b.itemActions(covered)...)
	for _, f := range b.st.Findings {
		if !f.Strength && f.Recommendation != "" {
			act := findingAction(f, horizonOf(f.Horizon, f.Severity))
			act.Done = f.Closed
			out = append(out, act)
		}
	}
	for i := range out {
		for _, c := range b.conditionsOn(out[i].Items) { // who answers for what an action settles does it
			out[i].Owner = cmp.Or(out[i].Owner, string(c.Owner))
		}
	}
	return out
}

func actionHorizon(a checks.Action) string {
	switch {
	case slices.Contains(horizons, a.Horizon):
		return a.Horizon
	case a.List == "must":
		return "immediate"
	}
	return "short term"
}

// itemActions turns the fix of every open item that no action covers into an action.
func (b *builder) itemActions(covered map[string]bool) []Action {
	out := []Action{}
	for _, p := range b.st.Plan.Items {
		it := b.byID[p.Item.ID]
		if it == nil || covered[it.ID] || p.Item.Fix == "" || (it.Verdict != checks.Fail && it.Verdict != checks.Warn) {
			continue
		}
		out = append(out, Action{
			Title: p.Item.Title, Text: p.Item.Fix, Snippet: p.Item.Snippet, Effort: p.Item.Effort,
			Horizon: horizonOf(p.Item.Horizon, p.Item.Severity), Items: []string{it.ID}, Lines: []Tick{}, fromItem: true,
		})
	}
	return out
}

// ticked tells whether a line is done: by its items, or by hand.
func (b *builder) ticked(group string, l checks.Line) bool {
	if l.ByHand || len(l.Items) == 0 {
		return b.st.Ticks[sessions.LineKey(group, l.Text)]
	}
	return b.settled(l.Items)
}

// beforeDeploy is the deadline of conditions that are the pre-deployment checklist, and its
// list's name.
const beforeDeploy = "before deploy"

// checklist is the readiness checklist (must fix, should fix) and the pre-deployment
// checklist that conditions make.
func (b *builder) checklist(actions []Action) []ChecklistLine {
	out := []ChecklistLine{}
	for _, list := range []string{"must", "should"} {
		for _, a := range actions {
			if a.List != list {
				continue
			}
			for _, l := range a.Lines {
				out = append(out, ChecklistLine{List: list, Group: a.Title, Text: l.Text, Ticked: l.Ticked, ByHand: l.ByHand})
			}
		}
	}
	for _, c := range b.st.Profile.Conditions {
		if c.Checklist {
			out = append(out, ChecklistLine{List: beforeDeploy, Group: c.ID, Text: c.Text, Ticked: b.settled(c.Items)})
		}
	}
	for _, c := range b.st.Conditions { // what people wrote
		if strings.HasPrefix(string(c.Due), beforeDeploy) {
			out = append(out, ChecklistLine{List: beforeDeploy, Group: c.ID, Text: string(c.Text), Ticked: sessions.Met(b.st, c)})
		}
	}
	return out
}

// todo reports whether an action is still to do: not one that is done, nor one of the
// profile of which nothing was seen to be wrong, as nobody looked yet.
func (a Action) todo() bool {
	return !a.Done && (len(a.Items) > 0 || len(a.Lines) == 0)
}

// plan groups the actions that are still to do by horizon.
func plan(actions []Action) []PlanGroup {
	out := []PlanGroup{}
	for _, h := range horizons {
		g := PlanGroup{Title: h, Actions: []Action{}}
		for _, a := range actions {
			if a.Horizon == h && a.todo() {
				g.Actions = append(g.Actions, a)
			}
		}
		out = append(out, g)
	}
	return out
}

// nextSteps groups the profile's open actions by priority; a profile without priorities
// gives the immediate ones.
func nextSteps(actions []Action) []PlanGroup {
	out := []PlanGroup{}
	for _, p := range []struct {
		priority int
		title    string
	}{{1, "Priority 1"}, {2, "Priority 2"}, {3, "Priority 3"}} {
		g := PlanGroup{Title: p.title, Actions: []Action{}}
		for _, a := range actions {
			if a.Priority == p.priority && a.todo() {
				g.Actions = append(g.Actions, a)
			}
		}
		if len(g.Actions) > 0 {
			out = append(out, g)
		}
	}
	return out
}

// The scales of the risk matrix: risk = impact × probability.
var (
	impacts       = map[string]int{"LOW": 1, "MEDIUM": 2, "HIGH": 3}
	probabilities = map[string]int{"LOW": 1, "MEDIUM": 2, "LIKELY": 3, "CERTAIN": 4}
)

// riskLevel and riskPriority read a product of impact and probability.
func riskLevel(product int) string {
	switch {
	case product >= 10:
		return "HIGH"
	case product >= 4:
		return "MEDIUM"
	}
	return "LOW"
}

func riskPriority(product int) string {
	switch {
	case product >= 9:
		return "IMMEDIATE"
	case product >= 4:
		return "SHORT-TERM"
	}
	return "LONG-TERM"
}

// risks is the matrix: the profile's rows whose items need work, then findings with an
// impact and a probability.
func (b *builder) risks() []Risk {
	out := []Risk{}
	add := func(component, impact, probability string, items []string) {
		product := impacts[impact] * probabilities[probability]
		if product == 0 {
			return
		}
		out = append(out, Risk{Component: component, Impact: impact, Probability: probability,
			Level: riskLevel(product), Priority: riskPriority(product), Items: orEmpty(items)})
	}
	for _, r := range b.st.Profile.Risks {
		if open := b.open(r.Items); len(open) > 0 {
			add(r.Component, strings.ToUpper(r.Impact), strings.ToUpper(r.Probability), open)
		}
	}
	for _, f := range b.st.Findings {
		if !f.Strength && !f.Closed {
			add(string(f.Title), strings.ToUpper(f.Impact), strings.ToUpper(f.Probability), f.Items)
		}
	}
	return out
}
