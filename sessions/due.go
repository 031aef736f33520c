package sessions

import (
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Deadline is a condition that is not met, with the moment after which it is overdue.
type Deadline struct {
	ID    string    `json:"id"`
	Text  string    `json:"text"`
	Owner string    `json:"owner"`
	Due   time.Time `json:"due"`
}

// dueAfter is a deadline in words: "24h after", "14d after", "+7d".
var dueAfter = regexp.MustCompile(`^\+?(\d{1,5})\s*(h|hours?|d|days?|w|weeks?)(?:\s+after\b.*)?$`)

// DueAt is the moment after which the condition is overdue: the end of a day written
// YYYY-MM-DD, or hours, days or weeks after the decision. Other words, such as "before
// deploy", name no moment; nor does a time after a decision that was not taken yet, which
// is the zero time.
func (c Condition) DueAt(decided time.Time) (time.Time, bool) {
	text := string(c.Due)
	if len(text) >= len(time.DateOnly) {
		if day, err := time.Parse(time.DateOnly, text[:len(time.DateOnly)]); err == nil {
			return day.AddDate(0, 0, 1), true
		}
	}
	if !c.Since.IsZero() {
		decided = c.Since
	}
	m := dueAfter.FindStringSubmatch(text)
	if m == nil || decided.IsZero() {
		return time.Time{}, false
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return time.Time{}, false
	}
	unit := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}[m[2][0]]
	return decided.Add(time.Duration(n) * unit), true
}

// decidedAt is when the decision was taken: declared, else submitted or accepted. Zero:
// not yet.
func (st *State) decidedAt() time.Time {
	switch {
	case st.Declared != nil:
		return st.Declared.At
	case st.SignOff.State == Submitted || st.SignOff.State == Accepted:
		return st.SignOff.At
	}
	return time.Time{}
}

// Deadlines lists the conditions in force that are not met and have a deadline that names
// a moment, soonest first. What is due a while after the decision has none before it is
// declared or submitted.
func Deadlines(st *State) []Deadline { return (&view{st: st}).deadlines() }

func (v *view) deadlines() []Deadline {
	out := []Deadline{}
	decided := v.st.decidedAt()
	for _, c := range v.conditions() {
		if due, says := c.DueAt(decided); says && !v.met(c) {
			out = append(out, Deadline{ID: c.ID, Text: string(c.Text), Owner: string(c.Owner), Due: due})
		}
	}
	slices.SortStableFunc(out, func(a, b Deadline) int { return a.Due.Compare(b.Due) })
	return out
}

// Overdue lists the deadlines that are over at a time.
func Overdue(all []Deadline, now time.Time) []Deadline {
	for n, d := range all {
		if !now.After(d.Due) {
			return all[:n]
		}
	}
	return all
}
