package sessions

import (
	"cmp"
	"math/bits"
	"slices"

	"assess/gonogo/checks"
)

// exactGroups is up to how many optional groups every subset is tried; beyond it the path
// takes the most useful one until it is GO.
const exactGroups = 12

// group is one step that could be taken: what would pass together.
type group struct {
	title              string
	items              []string
	blockers, required int // items that hold a blocker, a blocker or a condition open
	gain               float64
}

// path finds the fewest causes to mend that lead to GO. Open items are grouped by the
// first that names them: a linked root cause, one of the profile, an action of the
// profile; the others stand alone. A group that holds a blocker or a condition open must
// be mended whatever else is; among the others the smallest set is searched that lifts
// the scores over their marks. Steps come with the score and the decision once they and
// all before them are done: blockers first, then by what they gain.
func (v *view) path(a Assessment) []PathStep {
	must, may := v.split(v.groups(a))
	done := &view{st: v.st, pass: map[string]bool{}}
	for _, g := range must {
		done.mend(g)
	}
	chosen := append(must, done.fewest(may)...)
	now := (&view{st: v.st, pass: map[string]bool{}}).tally()
	for n := range chosen {
		chosen[n].gain = now.with(chosen[n]) - a.Score.Overall
	}
	slices.SortStableFunc(chosen, func(x, y group) int {
		return cmp.Or(compareSign(y.blockers, x.blockers), compareSign(y.required, x.required), cmp.Compare(y.gain, x.gain))
	})
	decisions := v.decisions(chosen)
	var steps []PathStep
	for n, g := range chosen {
		now.mend(g.items)
		steps = append(steps, PathStep{Title: g.title, Items: g.items, Score: now.overall(), Decision: decisions[n]})
	}
	return steps
}

// decisions are what the gates say after each group and all before it. What passes makes
// no gate stricter, but for an item that covers a finding, which is open once the item
// passes. So between such groups the decision only becomes milder, and where it is the
// same at both ends of a stretch it is the same all along.
func (v *view) decisions(groups []group) []Decision {
	out := make([]Decision, len(groups))
	at := func(n int) Decision {
		if out[n] == "" {
			out[n] = (&view{st: v.st, pass: map[string]bool{}}).mended(groups[:n+1]).assess().Computed
		}
		return out[n]
	}
	var fill func(from, to int)
	fill = func(from, to int) {
		switch {
		case to-from < 2:
		case at(from) == at(to):
			for n := from + 1; n < to; n++ {
				out[n] = out[from]
			}
		default:
			middle := (from + to) / 2
			at(middle)
			fill(from, middle)
			fill(middle, to)
		}
	}
	covers := map[string]bool{}
	for _, f := range v.st.Findings {
		for _, id := range v.st.linked(f) {
			covers[id] = true
		}
	}
	from := 0
	for n, g := range groups {
		if n > 0 && slices.ContainsFunc(g.items, func(id string) bool { return covers[id] }) {
			at(from)
			at(n - 1)
			fill(from, n-1)
			from = n
		}
	}
	if last := len(groups) - 1; last >= 0 {
		at(from)
		at(last)
		fill(from, last)
	}
	return out
}

// compareSign orders by whether there are any.
func compareSign(a, b int) int { return cmp.Compare(min(a, 1), min(b, 1)) }

func (v *view) mend(g group) {
	for _, id := range g.items {
		v.pass[id] = true
	}
}

// groups divides what is open, in the order in which causes, actions and items stand.
func (v *view) groups(a Assessment) []group {
	open := map[string]OpenItem{}
	var order []string
	for _, o := range a.Open {
		open[o.Item] = o
		order = append(order, o.Item)
	}
	required := v.required(a)
	var out []group
	take := func(title string, ids []string) {
		g := group{title: title, items: []string{}}
		for _, id := range ids {
			o, there := open[id]
			if !there {
				continue
			}
			delete(open, id)
			g.items = append(g.items, id)
			if o.Gate == checks.Blocker && !o.Waived {
				g.blockers++
			}
			if required[id] {
				g.required++
			}
		}
		if len(g.items) > 0 {
			out = append(out, g)
		}
	}
	p := v.st.Profile
	for _, c := range v.st.Causes {
		take(string(c.Title), c.Items)
	}
	for _, c := range p.Causes {
		take(c.Title, checks.MatchItems(p, c.Items))
	}
	for _, c := range p.Actions {
		take(c.Title, checks.MatchItems(p, c.Items))
	}
	for _, id := range order {
		take(open[id].Title, []string{id})
	}
	return append(out, v.loose(a, required)...)
}

// required are the items, findings and conditions without which it can't be GO.
func (v *view) required(a Assessment) map[string]bool {
	out := map[string]bool{}
	for _, o := range a.Open {
		out[o.Item] = o.Gate == checks.Blocker || o.Gate == checks.Condition && !o.Waived
	}
	for _, o := range a.Overrides {
		out[o.Item] = v.st.SignOff.State != Accepted
	}
	for _, c := range a.Conditions {
		if v.met(c) {
			continue
		}
		out[c.ID] = true
		for _, id := range c.VerifiedBy {
			out[id] = out[id] || !v.verified(id)
		}
	}
	return out
}

// loose are the steps that no open item stands for: overridden items, and conditions whose
// proof is not part of the plan.
func (v *view) loose(a Assessment, required map[string]bool) []group {
	var out []group
	for _, o := range a.Overrides {
		i := v.st.Items[o.Item]
		if class := opened(v.st.Profile, i.Planned.Item, v.counts(i)); required[o.Item] && class == checks.GateNone {
			out = append(out, group{title: i.Planned.Item.Title, items: []string{o.Item}, required: 1})
		}
	}
	for _, c := range a.Conditions {
		known := slices.ContainsFunc(c.VerifiedBy, func(id string) bool { return v.st.Items[id] != nil })
		if !v.met(c) && !known {
			out = append(out, group{title: string(c.Text), items: []string{c.ID}, required: 1})
		}
	}
	return out
}

// split parts the groups that must be mended from those that may.
func (v *view) split(groups []group) (must, may []group) {
	for _, g := range groups {
		if g.required > 0 {
			must = append(must, g)
		} else {
			may = append(may, g)
		}
	}
	return must, may
}

// fewest finds the smallest set of groups that makes v GO; of equally many groups the one
// with the fewest items. Where not even all of them do, it is empty.
func (v *view) fewest(may []group) []group {
	if len(may) == 0 || v.goes(nil) {
		return nil
	}
	if !v.goes(may) {
		return nil
	}
	if len(may) <= exactGroups {
		return v.smallest(may)
	}
	return v.greedy(may)
}

// goes reports whether v is GO once the groups are mended too.
func (v *view) goes(groups []group) bool { return v.mended(groups).assess().Computed == Go }

func (v *view) mended(groups []group) *view {
	w := &view{st: v.st, pass: make(map[string]bool, len(v.pass))}
	for id := range v.pass {
		w.pass[id] = true
	}
	for _, g := range groups {
		w.mend(g)
	}
	return w
}

// smallest tries subsets by size.
func (v *view) smallest(may []group) []group {
	for size := 1; size <= len(may); size++ {
		var best []group
		least := -1
		for set := uint(1); set < 1<<len(may); set++ {
			if bits.OnesCount(set) != size {
				continue
			}
			some, items := pick(may, set)
			if (least < 0 || items < least) && v.goes(some) {
				best, least = some, items
			}
		}
		if best != nil {
			return best
		}
	}
	return may
}

func pick(groups []group, set uint) (some []group, items int) {
	for n, g := range groups {
		if set&(1<<n) != 0 {
			some, items = append(some, g), items+len(g.items)
		}
	}
	return some, items
}

// greedy takes the group that lifts the overall score most until it is GO, then drops what
// turned out not to be needed.
func (v *view) greedy(may []group) []group {
	var taken []group
	rest := slices.Clone(may)
	now := v.tally()
	for len(rest) > 0 && !v.goes(taken) {
		best, most := 0, -1.0
		for n, g := range rest {
			if s := now.with(g); s > most {
				best, most = n, s
			}
		}
		now.mend(rest[best].items)
		taken, rest = append(taken, rest[best]), slices.Delete(rest, best, best+1)
	}
	for n := 0; n < len(taken); {
		without := slices.Delete(slices.Clone(taken), n, n+1)
		if v.goes(without) {
			taken = without
		} else {
			n++
		}
	}
	return taken
}
