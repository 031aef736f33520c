package screen

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// lately is how long somebody who wrote counts as being at work on a review.
const lately = 15 * time.Minute

// other is somebody else who wrote to the review, and when they did last.
type other struct {
	by clean.Text
	at time.Time
}

// headed is a Session that knows which of its events are saved.
type headed interface{ Head() sessions.Head }

// shared reports whether others can write to the review while it is open here.
func (r *Review) shared() bool { return r.updates != nil }

// others are those who wrote beside the person, latest first, as the journal has it. They
// are looked for once per state.
func (r *Review) others() []other {
	if !r.shared() {
		return nil
	}
	if r.othersOf == r.State {
		return r.wrote
	}
	r.othersOf, r.wrote = r.State, nil
	me, since := r.env.By(), r.env.Now().Add(-lately)
	for _, e := range slices.Backward(r.Session.Events()) {
		if e.At.Before(since) {
			break
		}
		known := slices.ContainsFunc(r.wrote, func(o other) bool { return o.by == e.By })
		if e.By != "" && e.By != me && !known {
			r.wrote = append(r.wrote, other{e.By, e.At})
		}
	}
	return r.wrote
}

// company says who else wrote lately: "L. Brandt wrote at 14:49". It says what the journal
// knows, not who has the review open and only reads.
func (r *Review) company(now time.Time) string {
	var names []string
	var last time.Time
	for _, o := range r.others() {
		if now.Sub(o.at) > lately {
			continue
		}
		if names = append(names, o.by.String()); len(names) == 1 {
			last = o.at
		}
	}
	switch at := last.Local().Format("15:04"); len(names) {
	case 0:
		return ""
	case 1, 2:
		return strings.Join(names, " and ") + " wrote at " + at
	default:
		return fmt.Sprintf("%d others wrote, last at %s", len(names), at)
	}
}

// News says what others wrote since it was last asked, in one line, or is empty: how they
// judged, noted and decided, not what their checks found. Only the root calls it, before it
// takes the new state in.
func (r *Review) News() string {
	h, ok := r.Session.(headed)
	if !ok || !r.shared() {
		return ""
	}
	saved := int(h.Head().Seq) // what waits here comes after it, and gets another place
	events := r.Session.Events()
	saved = min(saved, len(events))
	me, said := r.env.By(), []string(nil)
	for _, e := range events[min(r.heard, saved):saved] {
		if e.By == me || e.By == "" {
			continue
		}
		switch d := e.Data.(type) {
		case sessions.Checked, sessions.RunEnded:
			continue
		case sessions.Judged:
			what, _ := sessions.Tell(d)
			said = append(said, e.By.String()+": "+what+r.over(d, me))
		default:
			what, _ := sessions.Tell(d)
			said = append(said, e.By.String()+": "+what)
		}
	}
	r.heard = max(r.heard, saved)
	switch n := len(said); n {
	case 0:
		return ""
	case 1:
		return said[0]
	default:
		return fmt.Sprintf("%s · and %d more", said[n-1], n-1)
	}
}

// over says that somebody judged what the person had judged otherwise: the later counts.
func (r *Review) over(d sessions.Judged, me clean.Text) string {
	for _, id := range d.Items {
		it := r.State.Items[id]
		if it != nil && it.Reviewer != nil && it.Reviewer.By == me && it.Reviewer.Verdict != d.Verdict {
			return fmt.Sprintf(" (yours on %s was %s; the later counts)", id, it.Reviewer.Verdict)
		}
	}
	return ""
}
