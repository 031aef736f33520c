package sessions

import (
	"errors"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// Earlier is what a re-test remembers of the session it tests again, as that was when the
// re-test began: enough to compare the two at any later time from the new journal alone, so
// that what a signed report tells of the changes can be made again from what it holds.
type Earlier struct {
	EarlierReview
	Head  string        `json:"head"`  // hex hash of its journal's last line
	Items []EarlierItem `json:"items"` // in its plan's order
	// Before are the reviews that it remembered in its turn, oldest first, at most MostBefore.
	Before []EarlierReview `json:"before,omitempty"`
}

// EarlierReview is how one review ended.
type EarlierReview struct {
	Session  string     `json:"session"`
	Target   clean.Text `json:"target"`
	Version  clean.Text `json:"version"`
	Profile  clean.Text `json:"profile"`
	At       clean.Text `json:"at"` // of its last event, RFC 3339
	Decision Decision   `json:"decision"`
	Score    float64    `json:"score"`
}

// MostBefore is how many reviews before the last one a re-test remembers: a year of monthly
// ones.
const MostBefore = 12

// EarlierItem is one item as it stood.
type EarlierItem struct {
	Item      clean.Text     `json:"item"`
	Category  clean.Text     `json:"category"`
	Title     clean.Text     `json:"title"`
	Verdict   checks.Verdict `json:"verdict"`
	Gate      checks.Gate    `json:"gate"`     // what it held open
	Observed  clean.Text     `json:"observed"` // what was seen, or what a person said
	Person    bool           `json:"person"`   // a person said it; no machine looked
	Redefined bool           `json:"redefined"`
	Waived    bool           `json:"waived"`
}

// Type names the event.
func (Earlier) Type() string { return "session.earlier" }

// earlierOf is what new remembers of old. It is a pure function of both.
func earlierOf(old, new *State) Earlier {
	v := &view{st: old}
	s := side(old, v.assess())
	e := Earlier{EarlierReview: EarlierReview{
		Session: s.ID, Target: clean.Line(s.Target), Version: clean.Line(s.Version), Profile: clean.Line(s.Profile),
		At: clean.Line(s.At), Decision: s.Decision, Score: s.Score,
	}, Head: old.Head, Items: []EarlierItem{}}
	if before := old.Earlier; before != nil {
		e.Before = newest(append(slices.Clone(before.Before), before.EarlierReview))
	}
	now := new.scored()
	for i := range old.planned {
		it := i.Planned.Item
		verdict := v.counts(i)
		n := now[it.ID]
		e.Items = append(e.Items, EarlierItem{
			Item: clean.Line(it.ID), Category: clean.Line(i.Planned.Category.ID), Title: clean.Line(it.Title), Verdict: verdict,
			Gate: opened(old.Profile, it, verdict), Observed: observed(i), Person: i.Machine == nil, Waived: v.waived(it.ID),
			Redefined: n != nil && definition(old.Profile, i) != definition(new.Profile, n),
		})
	}
	return e
}

// newest are the last MostBefore of the reviews.
func newest(list []EarlierReview) []EarlierReview { return list[max(0, len(list)-MostBefore):] }

// remember records what a re-test will be compared with. A session too large for one line
// of the journal is not remembered: it is looked up where it still is.
func (s *Session) remember(e Earlier) []Payload {
	if _, err := EncodeEvent(Event{Seq: 1 << 52, At: s.now(), By: clean.Line("x"), Data: e}); errors.Is(err, ErrTooLarge) {
		return nil
	}
	return []Payload{e}
}

// apply keeps what is remembered; a word that this gonogo does not know stands for nothing
// known.
func (e Earlier) apply(st *State, _ Event) {
	e.EarlierReview = e.known()
	before := make([]EarlierReview, 0, len(e.Before))
	for _, r := range newest(e.Before) {
		before = append(before, r.known())
	}
	e.Before = before
	items := make([]EarlierItem, len(e.Items))
	for n, i := range e.Items {
		if !i.Verdict.Known() {
			i.Verdict = checks.Pending
		}
		items[n] = i
	}
	e.Items = items
	st.Earlier = &e
}

// known is the review with a decision and a score that there can be.
func (r EarlierReview) known() EarlierReview {
	if _, known := strictness[r.Decision]; !known {
		r.Decision = Incomplete
	}
	r.Score = min(max(r.Score, 0), 100)
	return r
}

func (e Earlier) check(st *State) error {
	switch {
	case !ValidID(e.Session):
		return refuse("%.80q is no session id", e.Session)
	case e.Session != st.Opened.From:
		return refuse("%s is not the session that this one tests again", e.Session)
	case st.Earlier != nil:
		return refuse("what was before is remembered once")
	}
	return nil
}

func (e Earlier) tell() (string, []string) {
	return "remembered session " + e.Session + ", to be compared with", nil
}

func (r EarlierReview) side() ComparisonSide {
	return ComparisonSide{ID: r.Session, Target: string(r.Target), Version: string(r.Version), Profile: string(r.Profile),
		At: string(r.At), Decision: r.Decision, Score: r.Score}
}

// TrendOf lists the reviews that led to a session, oldest first, itself last: what it
// remembers of the ones it tests again, and what old says where it remembers none. Without
// an earlier one it is empty. old may be nil.
func TrendOf(old, st *State) []ComparisonSide {
	e := st.Earlier
	if e == nil && old != nil {
		was := earlierOf(old, st)
		e = &was
	}
	out := []ComparisonSide{}
	if e == nil {
		return out
	}
	for _, r := range e.Before {
		out = append(out, r.side())
	}
	return append(out, e.side(), side(st, Assess(st)))
}

// byID are the items by id.
func (e *Earlier) byID() map[string]*EarlierItem {
	out := make(map[string]*EarlierItem, len(e.Items))
	for n := range e.Items {
		out[string(e.Items[n].Item)] = &e.Items[n]
	}
	return out
}
