package sessions

import (
	"slices"

	"assess/gonogo/checks"
)

// lenientPlan lays out a saved session whose checks this gonogo does not all know: kinds
// come, go and change their parameters between versions, and a review must stay readable.
// What it can't run waits, with the reason; what was found then stays. cause is what
// NewPlan said, returned where leaving checks out does not help.
func lenientPlan(b *basis, sel checks.Selection, cause error) (*checks.Plan, error) {
	anywhere := *b.target
	anywhere.NotApplicable = nil
	reasons, kept := map[string]string{}, map[string][]checks.Check{}
	lenient := *b.profile
	lenient.Categories = slices.Clone(lenient.Categories)
	for c := range lenient.Categories {
		category := &lenient.Categories[c]
		category.Items = slices.Clone(category.Items)
		for n := range category.Items {
			it := &category.Items[n]
			one := lenient
			one.Categories = []checks.Category{{ID: category.ID, Items: []checks.Item{*it}}}
			if _, err := checks.NewPlan(&anywhere, &one, b.reg, checks.Selection{}); err != nil {
				reasons[it.ID], kept[it.ID] = "this gonogo can't run it: "+err.Error(), it.Checks
				it.Checks = nil
			}
		}
	}
	plan, err := checks.NewPlan(b.target, &lenient, b.reg, sel)
	if err != nil || len(reasons) == 0 {
		return nil, cause
	}
	b.profile = &lenient
	for n := range plan.Items {
		p := &plan.Items[n]
		if why := reasons[p.Item.ID]; why != "" {
			p.Waits, p.Item.Checks = why, kept[p.Item.ID]
		}
	}
	return plan, nil
}
