package checks

// Plan is a review laid out: which items of the profile apply to this target, which of
// their checks can run, and why the others wait.
type Plan struct {
	Target  *Target
	Profile *Profile
	Partial bool // --category or --item left something out
	Items   []Planned
}

// Planned is one item of the plan.
type Planned struct {
	Item     *Item
	Category *Category
	Observe  bool // not part of the plan's score; runs because a planned item depends on it
	NA       string // the target's reason why it does not apply
	Waits    string // why no check can run: what is not declared; empty when checks can
	Class    Class  // the strictest class among its checks
	Checks   []PlannedCheck
}

// PlannedCheck is a check with its kind found and its parameters resolved and decoded.
type PlannedCheck struct {
	Check  *Check
	Kind   *Kind
	Waits  string // what this check needs that the target does not declare
	params any
}

// Selection narrows a plan to categories or items; empty means all.
type Selection struct {
	Categories []string
	Items      []string
}
