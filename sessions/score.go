package sessions

import (
	"math"

	"assess/gonogo/checks"
)

// tolerance keeps rounding of sums from deciding at a floor.
const tolerance = 1e-9

// passrate is the scoring method that counts what passed over all that applies.
const passrate = "passrate"

// Rounded is a figure with so many decimals and halves up, as people round: 59.375 is 59.38.
// All that prints scores rounds here, so that screen and report say the same. The small addend
// undoes binary representation (59.375 may be stored a hair below itself).
func Rounded(x float64, decimals int) float64 {
	f := math.Pow(10, float64(decimals))
	return math.Floor(x*f+0.5+1e-9) / f
}

// view is a state looked at with some things changed: the items, findings and conditions
// of pass count as passed, closed and met; with gives other verdicts to some items.
type view struct {
	st   *State
	pass map[string]bool
	with map[string]checks.Verdict
}

func (v *view) counts(i *ItemState) checks.Verdict {
	id := i.Planned.Item.ID
	if v.pass[id] {
		return checks.Pass
	}
	if w, ok := v.with[id]; ok {
		return w
	}
	return i.Counts()
}

func (v *view) today(i *ItemState) checks.Verdict {
	if v.pass[i.Planned.Item.ID] {
		return checks.Pass
	}
	return i.today()
}

// waived reports whether an approved waiver that has not expired covers the item.
func (v *view) waived(id string) bool {
	w, ok := v.st.Waivers[id]
	return ok && w.ApprovedBy != "" && w.Reason != "" && w.Expires != "" && !Expired(w.Expires, v.st.LastAt)
}

// marks is what a category's verdicts add up to.
type marks struct {
	counts                     Counts
	applicable, decided        int
	weight, known, got         float64 // of what applies, of what is decided, earned
	plainKnown, plainGot       float64 // the same with every item alike
	score, low, high, coverage float64
	incomplete                 bool
}

// add takes one item's verdict in, by times; -1 takes it out again.
func (m *marks) add(v checks.Verdict, s checks.Severity, by int) {
	m.counts.add(v, by)
	if v == checks.NA {
		return
	}
	times, weight := float64(by), float64(by)*s.Weight()
	m.applicable += by
	m.weight += weight
	if !v.Decided() {
		return
	}
	m.decided += by
	credit := credits[v]
	m.known, m.got = m.known+weight, m.got+credit*weight
	m.plainKnown, m.plainGot = m.plainKnown+times, m.plainGot+credit*times
}

// credits are what a verdict earns in the weighted score.
var credits = map[checks.Verdict]float64{checks.Pass: 1, checks.Warn: 0.5}

func (c *Counts) add(v checks.Verdict, by int) {
	switch v {
	case checks.Pass:
		c.Pass += by
	case checks.Warn:
		c.Warn += by
	case checks.Fail:
		c.Fail += by
	case checks.Inconclusive:
		c.Inconclusive += by
	case checks.NA:
		c.NA += by
	default:
		c.Pending += by
	}
}

// reckon computes the figures. passrate: passed over what applies, so that what is not
// known counts as not passed; the high figure leaves it out. weighted: earned over what is
// decided; the low figure counts what is not known as 0. Coverage is the decided share, by
// weight when weighted. A category that is decided to less than completeAt is incomplete:
// score and low are 0. Where all items weigh nothing, each weighs the same.
func (m *marks) reckon(s checks.Scoring) {
	if m.applicable == 0 {
		return
	}
	all, known, got := m.weight, m.known, m.got
	if all == 0 {
		all, known, got = float64(m.applicable), m.plainKnown, m.plainGot
	}
	if s.Method == passrate {
		all, known, got = float64(m.applicable), m.plainKnown, float64(m.counts.Pass)
	}
	m.low, m.high, m.coverage = percent(got, all), percent(got, known), percent(known, all)
	m.score = m.high
	if s.Method == passrate {
		m.score = m.low
	}
	if float64(m.decided) < s.CompleteAt*float64(m.applicable)-tolerance {
		m.incomplete, m.score, m.low = true, 0, 0
	}
}

// percent is 100 × part / whole, 0 of nothing.
func percent(part, whole float64) float64 {
	if whole == 0 {
		return 0
	}
	return 100 * part / whole
}

// categories scores every category that has planned items, in the profile's order.
func (v *view) categories() []CategoryScore { return v.tally().categories() }

// overall weighs the categories: Σ weight × score / Σ weight, where an incomplete one
// counts 0 and one to which nothing applies is left out. The high figure leaves incomplete
// categories out too, as not known. Coverage is weighed the same way: Σ weight × decided
// share / Σ weight. Where all weights are 0, each category weighs the same.
func overall(cats []CategoryScore) Score {
	var sum float64
	for _, c := range cats {
		sum += c.Category.Weight
	}
	weight := func(c CategoryScore) float64 {
		if sum == 0 {
			return 1
		}
		return c.Category.Weight
	}
	mean := func(of func(CategoryScore) (value float64, counts bool)) float64 {
		var part, whole float64
		for _, c := range cats {
			if value, counts := of(c); counts {
				part, whole = part+weight(c)*value, whole+weight(c)
			}
		}
		if whole == 0 {
			return 0
		}
		return part / whole
	}
	s := Score{
		Overall:  mean(func(c CategoryScore) (float64, bool) { return c.Score, !c.Empty }),
		Low:      mean(func(c CategoryScore) (float64, bool) { return c.Low, !c.Empty }),
		High:     mean(func(c CategoryScore) (float64, bool) { return c.High, !c.Empty && !c.Incomplete }),
		Coverage: mean(func(c CategoryScore) (float64, bool) { return c.Coverage, !c.Empty }),
		Adjusted: mean(func(c CategoryScore) (float64, bool) { return c.Adjusted, !c.adjustedEmpty }),
		Today:    mean(func(c CategoryScore) (float64, bool) { return c.Today, !c.todayEmpty }),
	}
	s.High = max(s.High, s.Overall)
	return s
}
