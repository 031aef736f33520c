package sessions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// checker is a payload that may make no sense in a state; Record refuses it then.
type checker interface{ check(st *State) error }

// refuse is an ErrRefused with its reason.
func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// checkPayload holds a payload to what a person may say in this state.
func checkPayload(p Payload, st *State) error {
	if _, known := payloads[p.Type()]; !known {
		return refuse("%q is no event of this gonogo", p.Type())
	}
	if _, opened := p.(Opened); opened {
		return refuse("a session is opened once")
	}
	if c, ok := p.(checker); ok {
		return c.check(st)
	}
	return nil
}

// checkItems refuses ids that the profile does not have.
func checkItems(st *State, ids []string) error {
	for _, id := range ids {
		if st.Items[id] == nil && len(checks.MatchItems(st.Profile, []string{id})) != 1 {
			return refuse("profile %s has no item %.60q", st.Profile.ID, id)
		}
	}
	return nil
}

// blank reports whether a text says nothing: spaces are no reason.
func blank(t clean.Text) bool { return strings.TrimSpace(string(t)) == "" }

// validDate reports whether date is a day of the calendar, YYYY-MM-DD.
func validDate(date string) bool {
	_, err := time.Parse(time.DateOnly, date)
	return err == nil
}

func (j Judged) check(st *State) error {
	if len(j.Items) == 0 {
		return refuse("a judgement without an item")
	}
	if err := checkItems(st, j.Items); err != nil {
		return err
	}
	if j.Verdict == "" {
		return nil
	}
	if !j.Verdict.Known() || j.Verdict == checks.Pending {
		return refuse("%.40q is no verdict: say pass, warn, fail, inconclusive or na", j.Verdict)
	}
	if j.Expires != "" && !validDate(j.Expires) {
		return refuse("the expiry %.40q is not a date such as 2027-01-31", j.Expires)
	}
	for id, saw := range j.Saw {
		if !slices.Contains(j.Items, id) || !saw.Known() {
			return refuse("a judgement of %s says that the machine said %.40q of %.60q", firstOf(j.Items, 5), saw, id)
		}
	}
	if !blank(j.Reason) {
		return nil
	}
	if j.Verdict == checks.NA {
		return refuse("na needs a reason: %s", firstOf(j.Items, 5))
	}
	for _, id := range j.Items {
		if i := st.Items[id]; i != nil && i.MachineVerdict() == checks.Fail && j.Verdict != checks.Fail {
			return refuse("%s: %s over the machine's fail needs a reason", id, j.Verdict)
		}
	}
	return nil
}

func (n Noted) check(st *State) error  { return checkItems(st, []string{n.Item}) }
func (m Marked) check(st *State) error { return checkItems(st, m.Items) }

func (p Promoted) check(st *State) error { return checkItems(st, []string{p.Item}) }

func (f FindingRecorded) check(st *State) error {
	switch {
	case f.Finding.ID == "":
		return refuse("a finding without an id")
	case f.Finding.Title == "":
		return refuse("a finding needs a title")
	case !f.Finding.Strength && !f.Finding.Severity.Known():
		return refuse("finding %s: %.40q is no severity: say critical, high, medium, low or info", f.Finding.ID, f.Finding.Severity)
	}
	return checkItems(st, f.Finding.Items)
}

func (f FindingRemoved) check(st *State) error {
	if !slices.ContainsFunc(st.Findings, func(x Finding) bool { return x.ID == f.ID }) {
		return refuse("there is no finding %.40q", f.ID)
	}
	return nil
}

func (c CauseLinked) check(st *State) error {
	if c.ID == "" || len(c.Items) > 0 && c.Title == "" {
		return refuse("a root cause needs a title")
	}
	return checkItems(st, c.Items)
}

func (w Waived) check(st *State) error {
	if err := checkItems(st, []string{w.Waiver.Item}); err != nil || w.Remove {
		return err
	}
	if blank(w.Waiver.Reason) {
		return refuse("%s: a waiver needs a reason", w.Waiver.Item)
	}
	if !validDate(w.Waiver.Expires) {
		return refuse("%s: a waiver's expiry %.40q is not a date such as 2027-01-31", w.Waiver.Item, w.Waiver.Expires)
	}
	return nil
}

func (c ConditionRecorded) check(*State) error {
	if c.Condition.ID == "" || c.Condition.Text == "" {
		return refuse("a condition needs an id and a text")
	}
	return nil
}

func (d Declared) check(*State) error {
	if d.Decision == "" {
		return nil
	}
	if _, known := strictness[d.Decision]; !known || d.Decision == Incomplete {
		return refuse("%.40q is no decision: say go, conditional-go or no-go", d.Decision)
	}
	if strictness[d.Decision] < strictness[d.Computed] && (blank(d.Lead) || blank(d.Reason)) {
		return refuse("%s is milder than %s: it needs a lead's name and a reason", d.Decision.Words(), d.Computed.Words())
	}
	return nil
}

func (c ColourDeclared) check(st *State) error {
	if c.RAG == "" && c.Health == "" {
		return nil
	}
	if _, known := ragRank[c.RAG]; !known && c.RAG != "" {
		return refuse("%.40q is no colour: say red, amber or green", c.RAG)
	}
	a := (&view{st: st}).assess()
	for n := range a.Categories {
		if a.Categories[n].Category.ID != c.Category {
			continue
		}
		if !colourStands(&a.Categories[n], c) {
			return refuse("%s is milder than %s: it needs a reason, and green no open blocker", c.RAG, a.Categories[n].ComputedRAG)
		}
		return nil
	}
	return refuse("the plan has no category %.60q", c.Category)
}

func (s SignedOff) check(st *State) error {
	from := map[string][]string{
		Submitted: {Draft, Returned},
		Accepted:  {Submitted},
		Returned:  {Submitted, Accepted},
	}
	allowed, known := from[s.State]
	switch {
	case !known:
		return refuse("%.40q is no state: say submitted, accepted or returned", s.State)
	case !slices.Contains(allowed, st.SignOff.State):
		return refuse("a session that is %s can't become %s", st.SignOff.State, s.State)
	case s.State == Returned && blank(s.Comment):
		return refuse("returning needs a comment")
	}
	return nil
}

func (u Undone) check(st *State) error {
	if !slices.Contains(st.Undo, u.Seq) {
		return refuse("event %d can't be undone", u.Seq)
	}
	return nil
}

func (r Redone) check(st *State) error {
	if !slices.Contains(st.Redo, r.Seq) {
		return refuse("event %d can't be redone", r.Seq)
	}
	return nil
}

// complete fills what Record knows better than its caller.
func complete(p Payload, st *State) Payload {
	switch p := p.(type) {
	case Judged:
		return p.seen(st)
	case Declared:
		if p.Decision != "" && p.Computed == "" {
			p.Computed = (&view{st: st}).assess().Computed
		}
		return p
	case FindingRecorded:
		if p.Finding.ID == "" {
			p.Finding.ID = nextFinding(st)
		}
		return p
	}
	return p
}

// seen is a judgement that says of every item which of the machine's verdicts it is of, so
// that it stays of that one wherever it comes to stand in the journal.
func (j Judged) seen(st *State) Judged {
	if j.Verdict == "" || j.On != "" {
		return j
	}
	saw, words := map[string]checks.Verdict{}, map[checks.Verdict]bool{}
	for _, id := range j.Items {
		if i := st.Items[id]; i != nil { // else it is not in this plan
			saw[id] = cmp.Or(j.Saw[id], i.MachineVerdict())
			words[saw[id]] = true
		}
	}
	j.Saw = saw
	if len(words) == 1 {
		for j.On = range words {
			j.Saw = nil
		}
	}
	return j
}

// nextFinding is the id of the next finding: one more than the highest so far.
func nextFinding(st *State) string {
	highest := 0
	for _, f := range st.Findings {
		var n int
		if _, err := fmt.Sscanf(f.ID, "F-%d", &n); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("F-%d", highest+1)
}

// NextCause is the id of the next root cause: one more than the highest so far.
func NextCause(st *State) string {
	highest := 0
	for _, c := range st.Causes {
		var n int
		if _, err := fmt.Sscanf(c.ID, "RC-%d", &n); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("RC-%d", highest+1)
}

// NextCondition is the id of the next condition that a person writes down.
func NextCondition(st *State) string {
	highest := 0
	for _, c := range st.Conditions {
		var n int
		if _, err := fmt.Sscanf(c.ID, "CO-%d", &n); err == nil {
			highest = max(highest, n)
		}
	}
	return fmt.Sprintf("CO-%d", highest+1)
}
