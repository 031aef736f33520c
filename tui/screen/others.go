package screen

import (
	"fmt"
	"slices"
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

// company says who else has the review open and who wrote lately: "L. Brandt is here, wrote
// at 14:49". Of who only looks at it, and of a lost connection, it knows nothing.
func (r *Review) company(now time.Time) string {
	var here, wrote []string
	var last time.Time
	for _, s := range r.present {
		if who := r.named(s); !slices.Contains(here, who) {
			here = append(here, who)
		}
	}
	for _, o := range r.others() {
		if now.Sub(o.at) > lately {
			continue
		}
		if last.Before(o.at) {
			last = o.at
		}
		wrote = append(wrote, o.by.String())
	}
	at := last.Local().Format("15:04")
	switch {
	case len(here) == 1 && slices.Equal(here, wrote):
		return fmt.Sprintf(hereAndWrote, here[0], at)
	case len(here) > 0:
		gone := slices.DeleteFunc(slices.Clone(wrote), func(who string) bool { return slices.Contains(here, who) })
		if len(gone) > 0 {
			return areHere.people(here) + " · " + wroteLately.people(gone)
		}
		return areHere.people(here)
	case len(wrote) > 0:
		return wroteAt.people(wrote, at)
	}
	return ""
}

// named is what somebody who is here is called; who sits at another window of one's own is
// told so.
func (r *Review) named(s sessions.Seat) string {
	if s.By == r.env.By() {
		return yourOtherWindow
	}
	return s.Who()
}

// heardOf is how many events need no telling when a review is opened: all, but where the
// sitting before left changes unsaved, what others wrote meanwhile does.
func heardOf(s Session) int {
	if k, ok := s.(interface{ Known() uint64 }); ok && k.Known() > 0 {
		return int(k.Known())
	}
	return len(s.Events())
}

// News says what others wrote since it was last asked, in one line, or is empty: how they
// judged, noted and decided, not what their checks found. lost says that a judgement of the
// person's own counts no more. Only the root calls it, before it takes the new state in.
func (r *Review) News(now *sessions.State) (text string, lost bool) {
	h, ok := r.Session.(headed)
	if !ok || !r.shared() {
		return "", false
	}
	saved := int(h.Head().Seq) // what waits here comes after it, and gets another place
	events := r.Session.Events()
	saved = min(saved, len(events))
	me, told := r.env.By(), []string(nil)
	for _, e := range events[min(r.heard, saved):saved] {
		if e.By == me || e.By == "" {
			continue
		}
		switch d := e.Data.(type) {
		case sessions.Checked, sessions.RunEnded:
			continue
		case sessions.Judged:
			what, _ := sessions.Tell(d)
			news, gone := r.over(e, d, me, now)
			switch {
			case news == "":
				news = fmt.Sprintf(newsBy, e.By, what)
			case d.Reason != "":
				news += ": " + d.Reason.String()
			}
			if lost && !gone {
				told = append([]string{news}, told...) // what was lost is said, the others counted
				continue
			}
			told, lost = append(told, news), lost || gone
		default:
			what, _ := sessions.Tell(d)
			news := fmt.Sprintf(newsBy, e.By, what)
			if lost {
				told = append([]string{news}, told...)
				continue
			}
			told = append(told, news)
		}
	}
	r.heard = max(r.heard, saved)
	switch n := len(told); n {
	case 0:
		return "", false
	case 1:
		return told[0], lost
	default:
		return fmt.Sprintf(newsAndMore, told[n-1], n-1), lost
	}
}

// over says which of two counts where somebody judged what the person had judged otherwise:
// the later in the journal, which is not always the one that was said later. lost says that
// the person's does not; empty: nothing of theirs is touched.
func (r *Review) over(e sessions.Event, d sessions.Judged, me clean.Text, now *sessions.State) (text string, lost bool) {
	for _, id := range d.Items {
		if is := reviewer(now, id); is != nil && is.By == me && is.Seq > e.Seq && is.Verdict != d.Verdict {
			return fmt.Sprintf(yoursStands, is.Verdict, id, e.By, said(d)), false
		}
		if was := reviewer(r.State, id); was != nil && was.By == me && was.Verdict != d.Verdict {
			return fmt.Sprintf(yoursIsGone, e.By, said(d), was.Verdict, id), true
		}
	}
	return "", false
}

// said is a verdict as a word, also where it was taken back.
func said(d sessions.Judged) string {
	if d.Verdict == "" {
		return takingItBack
	}
	return string(d.Verdict)
}

// reviewer is the judgement that counts on an item, or nil.
func reviewer(st *sessions.State, id string) *sessions.Judgement {
	if st == nil || st.Items[id] == nil {
		return nil
	}
	return st.Items[id].Reviewer
}
