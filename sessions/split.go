package sessions

import "assess/gonogo/checks"

// splitScore divides the score's change into its causes, which add up to the whole. It
// walks from the old score to the new one in steps and takes each step's difference:
// first the new profile and plan with the old verdicts, then what became known or unknown,
// then what was fixed, at last what got worse.
func splitScore(before map[string]*EarlierItem, after *view, kinds map[string]string, from, to float64) []SplitPart {
	old := map[string]checks.Verdict{}
	for i := range after.st.planned {
		id := i.Planned.Item.ID
		if was := before[id]; was != nil && kinds[id] != DefinitionChanged {
			old[id] = was.Verdict
		}
	}
	score := func() float64 { return overall((&view{st: after.st, with: old}).categories()).Overall }
	settle := func(of func(id string, was, is checks.Verdict) bool) float64 {
		for i := range after.st.planned {
			id := i.Planned.Item.ID
			if was, there := old[id]; there && of(id, was, after.counts(i)) {
				delete(old, id)
			}
		}
		return score()
	}
	profile := score()
	known := settle(func(_ string, was, is checks.Verdict) bool {
		return !was.Decided() || !is.Decided()
	})
	fixed := settle(func(_ string, was, is checks.Verdict) bool { return credits[is] >= credits[was] })
	return []SplitPart{
		{"fixed", "fixed", fixed - known},
		{"regressed", "regressed", to - fixed},
		{"coverage", "newly known", known - profile},
		{"profile", "rule changed", profile - from},
	}
}
