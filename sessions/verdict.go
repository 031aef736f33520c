package sessions

import (
	"assess/gonogo/checks"
)

// MachineVerdict is what the checks say: their last outcome, na where the target says
// that the item does not apply, else pending.
func (i *ItemState) MachineVerdict() checks.Verdict {
	switch {
	case i.Machine != nil:
		return i.Machine.Verdict
	case i.Planned != nil && i.Planned.NA != "":
		return checks.NA
	}
	return checks.Pending
}

// Counts is the verdict that counts: the reviewer's while it holds (ReviewerCounts), else
// the machine's. An item whose question is always asked is not decided by its checks
// alone: they see a part of it, and the rest is pending until somebody answers.
func (i *ItemState) Counts() checks.Verdict {
	if i.ReviewerCounts() {
		return i.Reviewer.Verdict
	}
	v := i.MachineVerdict()
	if i.Planned != nil && i.Planned.Item.When == "always" && i.asks() {
		return checks.Worst(v, checks.Pending)
	}
	return v
}

// ReviewerCounts reports whether there is a reviewer's verdict that still holds: not
// expired, and not on a machine's verdict that has changed since or was not found again.
func (i *ItemState) ReviewerCounts() bool {
	return i.Reviewer != nil && !i.Reviewer.Lapsed && !i.Changed() && !i.Unconfirmed()
}

// Unconfirmed reports whether a verdict that was carried over into a re-test is of one that
// the machine has not come to again in it: until it does, nobody knows whether it holds.
func (i *ItemState) Unconfirmed() bool {
	return i.Reviewer != nil && i.Reviewer.Carried && i.Machine == nil &&
		told(i.Reviewer.On) && i.Reviewer.On != i.MachineVerdict()
}

// Changed reports whether the machine's verdict is another than the one that was judged.
// Inconclusive and pending are the same here: the machine could not tell.
func (i *ItemState) Changed() bool {
	if i.Reviewer == nil || i.Machine == nil {
		return false
	}
	on, now := i.Reviewer.On, i.Machine.Verdict
	return on != now && (told(on) || told(now))
}

// told reports whether a verdict says something about the item.
func told(v checks.Verdict) bool { return v.Decided() || v == checks.NA }

// today is the verdict that counts when the machine follows today's rules alone.
func (i *ItemState) today() checks.Verdict {
	counts := i.Counts()
	if i.ReviewerCounts() || i.Machine == nil || i.Machine.Today == "" || counts == checks.Pending {
		return counts
	}
	return i.Machine.Today
}

// asks reports whether the item's question waits for the reviewer: nobody answered it,
// and it is asked always or no check gave pass, warn or fail. A question whose checks can
// still run without further consent, or are due in the run, waits for the machine first.
func (i *ItemState) asks() bool {
	p := i.Planned
	if p.Item.Question == "" || p.NA != "" || i.ReviewerCounts() {
		return false
	}
	if p.Item.When == "always" {
		return true
	}
	return !i.MachineVerdict().Decided() && !i.waitsForMachine()
}

// waitsForMachine reports whether checks of the item run, or could.
func (i *ItemState) waitsForMachine() bool { return i.Running || i.canRun() || i.needsConsent() }

// canRun reports whether checks of the item have not run yet, and could at once.
func (i *ItemState) canRun() bool {
	free, _ := i.ready()
	return i.Machine == nil && free
}

// needsConsent reports whether checks of the item wait for nothing but consent to their
// class.
func (i *ItemState) needsConsent() bool {
	_, asked := i.ready()
	waits := i.Machine == nil || i.Machine.Verdict == checks.Pending
	return waits && asked && !i.Running && !i.ReviewerCounts()
}

// ready reports whether the item has checks that lack no declaration: some that may run at
// once, some that need consent.
func (i *ItemState) ready() (free, consent bool) {
	if i.Planned.NA != "" {
		return false, false
	}
	for _, c := range i.Planned.Checks {
		if c.Waits == "" && c.Kind != nil {
			free = free || !c.Kind.Class.NeedsConsent()
			consent = consent || c.Kind.Class.NeedsConsent()
		}
	}
	return free, consent
}

// planned yields the items of the plan's score, in plan order.
func (st *State) planned(yield func(*ItemState) bool) {
	for n := range st.Plan.Items {
		p := &st.Plan.Items[n]
		if i := st.Items[p.Item.ID]; i != nil && !p.Observe && !yield(i) {
			return
		}
	}
}

// Waiting lists, in plan order, the items whose question nobody answered or whose answer
// no longer holds, and those that wait for consent.
func Waiting(st *State) (questions, consent []string) {
	for i := range st.planned {
		switch {
		case i.asks(), i.Reviewer != nil && !i.ReviewerCounts() && !(i.Unconfirmed() && i.waitsForMachine()):
			questions = append(questions, i.Planned.Item.ID)
		case i.needsConsent():
			consent = append(consent, i.Planned.Item.ID)
		}
	}
	return questions, consent
}

// NeedsYou lists, in plan order, the items that wait for the reviewer: what Waiting lists,
// and what was marked to come back to.
func NeedsYou(st *State) []string {
	questions, consent := Waiting(st)
	waits := make(map[string]bool, len(questions)+len(consent))
	for _, id := range append(questions, consent...) {
		waits[id] = true
	}
	var out []string
	for i := range st.planned {
		if id := i.Planned.Item.ID; waits[id] || i.Marked {
			out = append(out, id)
		}
	}
	return out
}
