package sessions

import (
	"maps"

	"assess/gonogo/checks"
)

// tally is what the categories' verdicts add up to, so that one more item that passes
// changes a sum instead of counting all items again. Its sums are of whole and half
// weights, which are exact.
type tally struct {
	v    *view
	sums map[string]*sums // by category
}

// sums are one category's: as they count, by today's rules, and without accepted risks.
type sums struct{ raw, today, adjusted marks }

// tally counts every planned item.
func (v *view) tally() *tally {
	own := &view{st: v.st, pass: maps.Clone(v.pass), with: v.with}
	if own.pass == nil {
		own.pass = map[string]bool{}
	}
	t := &tally{v: own, sums: map[string]*sums{}}
	for i := range v.st.planned {
		c := t.sums[i.Planned.Category.ID]
		if c == nil {
			c = &sums{}
			t.sums[i.Planned.Category.ID] = c
		}
		c.take(own, i, 1)
	}
	return t
}

// take adds an item as v sees it, by times; -1 takes it out again.
func (c *sums) take(v *view, i *ItemState, by int) {
	s, verdict := i.Planned.Item.Severity, v.counts(i)
	c.raw.add(verdict, s, by)
	c.today.add(v.today(i), s, by)
	if verdict != checks.Pass && v.waived(i.Planned.Item.ID) {
		verdict = checks.NA // the adjusted score leaves accepted risks out
	}
	c.adjusted.add(verdict, s, by)
}

// mend lets items, findings and conditions pass, and returns those that did not before.
func (t *tally) mend(ids []string) []string {
	var fresh []string
	for _, id := range ids {
		if !t.v.pass[id] {
			fresh = append(fresh, id)
			t.turn(id, true)
		}
	}
	return fresh
}

// turn lets one pass, or takes that back.
func (t *tally) turn(id string, pass bool) {
	i := t.v.st.Items[id]
	if i == nil || i.Planned == nil || i.Planned.Observe { // no item that is scored
		t.v.pass[id] = pass
		return
	}
	c := t.sums[i.Planned.Category.ID]
	c.take(t.v, i, -1)
	t.v.pass[id] = pass
	c.take(t.v, i, 1)
}

// with is the score if a group passed, too.
func (t *tally) with(g group) float64 {
	fresh := t.mend(g.items)
	score := t.overall()
	for _, id := range fresh {
		t.turn(id, false)
	}
	return score
}

// categories scores every category that has planned items, in the profile's order.
func (t *tally) categories() []CategoryScore {
	var out []CategoryScore
	p := t.v.st.Profile
	for n := range p.Categories {
		category := &p.Categories[n]
		if t.sums[category.ID] == nil {
			continue
		}
		c := *t.sums[category.ID]
		for _, m := range []*marks{&c.raw, &c.today, &c.adjusted} {
			m.reckon(p.Scoring)
		}
		out = append(out, CategoryScore{
			Category: category, Score: c.raw.score, Low: c.raw.low, High: c.raw.high, Coverage: c.raw.coverage,
			Adjusted: c.adjusted.score, Today: c.today.score, Incomplete: c.raw.incomplete, Counts: c.raw.counts,
			Empty: c.raw.applicable == 0, adjustedEmpty: c.adjusted.applicable == 0, todayEmpty: c.today.applicable == 0,
		})
	}
	return out
}

// overall is the score that the sums come to.
func (t *tally) overall() float64 { return overall(t.categories()).Overall }
