package sessions

import (
	"cmp"
	"slices"
	"time"

	"assess/gonogo/checks/clean"
)

// The states of sign-off.
const (
	Draft     = "draft"
	Submitted = "submitted"
	Accepted  = "accepted"
	Returned  = "returned"
)

// applier is a payload that changes the state. An apply never fails: what makes no sense
// (an item that is not planned, an id that is not there) changes nothing.
type applier interface{ apply(st *State, e Event) }

func (o Opened) apply(st *State, e Event) {
	if e.Seq != 1 {
		return
	}
	st.CreatedAt, st.By = e.At, e.By
}

func (r RunStarted) apply(st *State, e Event) {
	st.Runs = append(st.Runs, Run{RunStarted: r, StartedAt: e.At, By: e.By})
	for _, id := range r.Items {
		if i := st.Items[id]; i != nil {
			i.Running = true
		}
	}
}

func (r RunEnded) apply(st *State, e Event) {
	st.RequestsSent += r.RequestsSent
	for n := range st.Runs {
		run := &st.Runs[n]
		if run.Run != r.Run || run.Ended {
			continue
		}
		run.Ended, run.EndedAt = true, e.At
		run.RequestsSent, run.Interrupted, run.Reached = r.RequestsSent, r.Interrupted, r.Reached
		for _, id := range run.Items {
			if i := st.Items[id]; i != nil {
				i.Running = false
			}
		}
	}
}

func (c Consented) apply(st *State, e Event) {
	st.Consents = append(st.Consents, Consent{Consented: c, By: e.By, At: e.At})
}

func (c Checked) apply(st *State, e Event) {
	if i := st.Items[c.Item]; i != nil {
		i.Machine, i.At, i.Running = &c, e.At, false
		i.History = append(i.History, c)
	}
}

func (j Judged) apply(st *State, e Event) {
	by := e.By
	if j.By != "" {
		by = j.By
	}
	for _, id := range j.Items {
		i := st.Items[id]
		if i == nil {
			continue
		}
		if j.Verdict == "" {
			i.Reviewer = nil
			continue
		}
		i.Reviewer = &Judgement{
			Verdict: j.Verdict, Reason: j.Reason, Strength: j.Strength, By: by, At: e.At, Seq: e.Seq,
			Expires: j.Expires, Carried: j.Carried, On: cmp.Or(j.Saw[id], j.On, i.MachineVerdict()),
		}
	}
	st.assessed(by)
}

func (n Noted) apply(st *State, e Event) {
	if i := st.Items[n.Item]; i != nil {
		i.Note = n.Text
	}
	st.assessed(e.By)
}

func (m Marked) apply(st *State, _ Event) {
	for _, id := range m.Items {
		if i := st.Items[id]; i != nil {
			i.Marked = m.On
		}
	}
}

func (f FindingRecorded) apply(st *State, e Event) {
	st.Findings = put(st.Findings, f.Finding, func(x Finding) bool { return x.ID == f.Finding.ID })
	st.assessed(e.By)
}

func (f FindingRemoved) apply(st *State, _ Event) {
	st.Findings = slices.DeleteFunc(st.Findings, func(x Finding) bool { return x.ID == f.ID })
}

func (c CauseLinked) apply(st *State, e Event) {
	same := func(x Cause) bool { return x.ID == c.ID }
	if len(c.Items) == 0 {
		st.Causes = slices.DeleteFunc(st.Causes, same)
	} else {
		st.Causes = put(st.Causes, Cause(c), same)
	}
	st.assessed(e.By)
}

func (w Waived) apply(st *State, e Event) {
	if w.Remove {
		delete(st.Waivers, w.Waiver.Item)
	} else {
		st.Waivers[w.Waiver.Item] = w.Waiver
	}
	st.assessed(e.By)
}

func (c ConditionRecorded) apply(st *State, e Event) {
	st.Conditions = put(st.Conditions, c.Condition, func(x Condition) bool { return x.ID == c.Condition.ID })
	delete(st.Dropped, c.Condition.ID)
	st.assessed(e.By)
}

func (c ConditionRemoved) apply(st *State, _ Event) {
	st.Conditions = slices.DeleteFunc(st.Conditions, func(x Condition) bool { return x.ID == c.ID })
	st.Dropped[c.ID] = true
}

func (d Declared) apply(st *State, e Event) {
	st.Declared = nil
	if d.Decision != "" {
		st.Declared = &Declaration{Declared: d, By: e.By, At: e.At}
	}
	st.assessed(e.By)
}

func (c ColourDeclared) apply(st *State, e Event) {
	if c.RAG == "" && c.Health == "" {
		delete(st.Colours, c.Category)
		return
	}
	st.Colours[c.Category] = ColourDeclaration{ColourDeclared: c, By: e.By, At: e.At}
	st.assessed(e.By)
}

func (t TextEdited) apply(st *State, e Event) {
	if t.Text == "" {
		delete(st.Texts, t.Section)
		delete(st.Edits, t.Section)
		return
	}
	st.Texts[t.Section] = t.Text
	st.Edits[t.Section] = TextEdit{By: e.By, At: e.At, Over: t.Over}
	st.assessed(e.By)
}

func (t Ticked) apply(st *State, _ Event)   { setFlag(st.Ticks, t.Line, t.On) }
func (p Promoted) apply(st *State, _ Event) { setFlag(st.Promoted, p.Item, p.On) }

func (s SignedOff) apply(st *State, e Event) {
	st.SignOff = SignOff{State: s.State, Comment: s.Comment, By: e.By, At: e.At}
}

func (b BaselineSet) apply(st *State, e Event) {
	st.Baseline = time.Time{}
	if b.On {
		st.Baseline = e.At
	}
}

func (r EvidenceRedacted) apply(st *State, _ Event) { st.Redacted[r.SHA256] = r.Reason }

func (u Unknown) apply(st *State, _ Event) { st.Unknown++ }

// assessed notes who judged or wrote something, in order of appearance.
func (st *State) assessed(by clean.Text) {
	if by != "" && !slices.Contains(st.Assessors, by) {
		st.Assessors = append(st.Assessors, by)
	}
}

// put replaces the element that same finds, or appends.
func put[T any](list []T, v T, same func(T) bool) []T {
	if i := slices.IndexFunc(list, same); i >= 0 {
		list[i] = v
		return list
	}
	return append(list, v)
}

func setFlag(flags map[string]bool, key string, on bool) {
	if on {
		flags[key] = true
	} else {
		delete(flags, key)
	}
}

// LineKey names a line of the checklist in Ticked: the group it stands in and its text.
func LineKey(group, line string) string { return group + ": " + line }
