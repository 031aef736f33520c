package screen

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/load"
	"assess/gonogo/sessions"
)

// Load is a run's load as screens draw it: every stretch that was planned, with what it
// brought, and the curves. It grows while load runs, stays until the next one, and can be
// made of a session's evidence.
type Load struct {
	Began  time.Time // of the first stretch; zero until it began
	Rows   []LoadRow
	Points []LoadPoint
	Now    *checks.Loading // the newest; nil before the first and after the end
	Sends  clean.Text      // what was asked last
	Used   checks.Used     // as last heard
	Log    []LoadNote      // newest first
	Ended  bool            // the run is over
	Cut    bool            // it was stopped
	Span   time.Duration   // that a chart of all is wide: the plan, and more only where it takes longer

	silent bool // in a gap that is in the log already
}

// LoadRow is one stretch, planned, running or over.
type LoadRow struct {
	checks.Stretched
	Running bool
	Over    bool          // Stretched holds what it brought
	At      time.Duration // when it began, after Began; while it waits, when it should
	Reason  clean.Text    // of the check, once the item has its verdict
	Skipped bool          // the item has its verdict and the stretch never ran
}

// LoadPoint is one moment of the curves.
type LoadPoint struct {
	At            time.Duration // after Began
	P50, P90, P99 time.Duration // of good answers in the last second; 0: there were none
	Good, Bad     int
	Silent        time.Duration // since when something waited and nothing came
	Gap           bool          // so long that the curves have a gap
	Warm, Unfit   bool
	Row           int
}

// LoadNote is one line of what happened.
type LoadNote struct {
	At         time.Time
	What, Text string
}

// What a Load keeps at most: a quarter of an hour of points, and some notes.
const (
	maxPoints = 4000
	maxNotes  = 200
)

// gapAfter is how long nothing comes back before that is a gap in the curves; where answers
// come seldom anyway, three times as long as usual.
const gapAfter = 500 * time.Millisecond

// Gap reports whether nothing came for longer than usual.
func Gap(l *checks.Loading) bool {
	least := gapAfter
	if l.Answers > 0 {
		least = max(least, 3*l.Elapsed/time.Duration(l.Answers))
	}
	return l.Silent >= least
}

// NewLoad lays out what a run of some items, or all, is going to put on the target; nil
// where that is nothing.
func NewLoad(plan *checks.Plan, items []string) *Load {
	l := &Load{}
	var at time.Duration
	for i := range plan.Items {
		it := &plan.Items[i]
		if it.NA != "" || len(items) > 0 && !slices.Contains(items, it.Item.ID) {
			continue
		}
		for check := range it.Checks {
			for part, s := range it.Checks[check].Stretches() {
				l.Rows = append(l.Rows, LoadRow{At: at, Stretched: checks.Stretched{Stretch: s, Item: it.Item.ID, Check: check, Part: part}})
				at += s.Time
			}
		}
	}
	if len(l.Rows) == 0 {
		return nil
	}
	l.Span = l.Plan()
	return l
}

// Plan is how long all stretches take, those that are over as they were.
func (l *Load) Plan() time.Duration {
	if len(l.Rows) == 0 {
		return 0
	}
	last := &l.Rows[len(l.Rows)-1]
	return last.At + last.Time
}

// Left is how long the rest of the plan takes from the newest snapshot on.
func (l *Load) Left() time.Duration {
	if l.Now == nil {
		return l.Plan()
	}
	return max(0, l.Plan()-l.Now.At.Sub(l.Began))
}

// Current is the row that runs, or -1.
func (l *Load) Current() int {
	return slices.IndexFunc(l.Rows, func(r LoadRow) bool { return r.Running })
}

// Knee is the step that tells of the knee and of saturation: the one with the most users, or
// -1.
func (l *Load) Knee() int {
	at := -1
	for i := range l.Rows {
		if l.Rows[i].Knee != "" && (at < 0 || l.Rows[i].Users > l.Rows[at].Users) {
			at = i
		}
	}
	return at
}

func (l *Load) row(item string, check, part int) int {
	return slices.IndexFunc(l.Rows, func(r LoadRow) bool { return r.Item == item && r.Check == check && r.Part == part })
}

// take takes an event of the run in.
func (l *Load) take(e checks.Event) {
	switch e := e.(type) {
	case checks.Loading:
		l.loading(e)
	case checks.Stretched:
		l.stretched(e)
	case checks.Finished:
		l.finished(&e.Outcome)
	case checks.RunEnded:
		l.Ended, l.Cut, l.Now = true, e.Interrupted, nil
		for i := range l.Rows {
			l.Rows[i].Running = false
		}
	}
}

func (l *Load) loading(e checks.Loading) {
	i := l.row(e.Item, e.Check, e.Part)
	if i < 0 {
		return
	}
	if l.Began.IsZero() {
		l.Began = e.At.Add(-e.Elapsed)
	}
	r := &l.Rows[i]
	if !r.Running {
		r.Running, r.Stretch = true, e.Stretch
		l.place(i, e.At.Add(-e.Elapsed).Sub(l.Began), e.Time)
		l.note(e.At.Add(-e.Elapsed), loadBegins, fmt.Sprintf(loadSends, e.Item, e.Title, e.Sends))
	}
	if e.Elapsed > r.Time {
		l.place(i, r.At, e.Elapsed)
	}
	l.Now, l.Sends, l.Used = &e, e.Sends, e.Used
	gap := Gap(&e)
	switch {
	case gap && !l.silent:
		l.silent = true
		l.note(e.At, loadGap, fmt.Sprintf(loadSilent, Seconds(e.Silent), Seconds(e.Oldest)))
	case !gap:
		l.silent = false
	}
	if len(l.Points) < maxPoints {
		l.Points = append(l.Points, LoadPoint{At: e.At.Sub(l.Began), P50: e.P50, P90: e.P90, P99: e.P99, Good: e.Good, Bad: e.Bad,
			Silent: e.Silent, Gap: gap, Warm: e.Warm, Unfit: e.Unfit, Row: i})
	}
}

// place puts a row where it is, and the rows that wait behind it.
func (l *Load) place(i int, at, time time.Duration) {
	l.Rows[i].At, l.Rows[i].Time = at, time
	for at += time; i+1 < len(l.Rows) && !l.Rows[i+1].Over; i++ {
		l.Rows[i+1].At = at
		if !l.Rows[i+1].Skipped {
			at += l.Rows[i+1].Time
		}
	}
	if plan := l.Plan(); plan > l.Span {
		l.Span = plan * 5 / 4 // so that it does not grow with every second
	}
}

func (l *Load) stretched(e checks.Stretched) {
	i := l.row(e.Item, e.Check, e.Part)
	if i < 0 {
		return
	}
	r := &l.Rows[i]
	if l.Began.IsZero() {
		l.Began = e.Began
	}
	ran := r.Running
	r.Stretched, r.Running, r.Over = e, false, true
	at := r.At
	if ran || e.Began.Sub(l.Began) > r.At { // a step that ran for an earlier item brought nothing new
		at = max(0, e.Began.Sub(l.Began))
	} else {
		r.Took = 0
	}
	l.place(i, at, r.Took)
	l.Now = nil
	text := fmt.Sprintf(loadBrought, e.Title, Number(e.Failed), Number(e.Answers))
	if e.P90 > 0 { // there were good answers
		text += fmt.Sprintf(loadP90, Seconds(e.P90))
	}
	if e.Cut != "" {
		text += "; " + string(e.Cut)
	}
	l.note(e.Began.Add(e.Took), loadDone, text)
}

func (l *Load) finished(o *checks.Outcome) {
	for i := range l.Rows {
		r := &l.Rows[i]
		if r.Item != o.Item || r.Check >= len(o.Checks) {
			continue
		}
		c := o.Checks[r.Check]
		r.Running, r.Verdict, r.Reason = false, c.Verdict, c.Reason
		if !r.Over {
			r.Skipped = true
			l.place(i, r.At, 0)
		}
	}
	if slices.ContainsFunc(l.Rows, func(r LoadRow) bool { return r.Item == o.Item }) {
		l.note(o.Started.Add(o.Elapsed), string(o.Verdict), o.Item+": "+string(o.Reason))
	}
}

func (l *Load) note(at time.Time, what, text string) {
	if len(l.Log) > 0 && at.Before(l.Log[0].At) { // an item's own time leaves out what its other checks waited for
		at = l.Log[0].At
	}
	l.Log = slices.Insert(l.Log, 0, LoadNote{at, what, text})
	l.Log = l.Log[:min(len(l.Log), maxNotes)]
}

// Loaded lists the items whose load checks have a verdict with evidence, in plan order.
func Loaded(st *sessions.State) []*sessions.ItemState {
	var out []*sessions.ItemState
	for i := range st.Plan.Items {
		it := st.Items[st.Plan.Items[i].Item.ID]
		if it == nil || it.Machine == nil || len(it.Machine.Evidence) == 0 {
			continue
		}
		if slices.ContainsFunc(it.Planned.Checks, func(pc checks.PlannedCheck) bool { return len(pc.Stretches()) > 0 }) {
			out = append(out, it)
		}
	}
	return out
}

// RecordedLoad makes a Load of the items' evidence, of the texts by hash that were read; nil
// where they tell of none.
func RecordedLoad(st *sessions.State, texts map[string]string) *Load {
	var records []load.Record
	l := &Load{Ended: true}
	for _, it := range Loaded(st) {
		for check := range it.Planned.Checks {
			for part, s := range it.Planned.Checks[check].Stretches() {
				l.Rows = append(l.Rows, LoadRow{Skipped: true, Stretched: checks.Stretched{Stretch: s, Item: it.Planned.Item.ID, Check: check, Part: part}})
			}
		}
		for _, e := range it.Machine.Evidence {
			sends, read := load.Read(texts[e.SHA256])
			for _, r := range read {
				l.Sends, r.Item = sends, it.Planned.Item.ID
				records = append(records, r)
			}
		}
	}
	slices.SortStableFunc(records, func(a, b load.Record) int { return a.Began.Compare(b.Began) })
	if len(records) == 0 {
		return nil
	}
	l.Began = records[0].Began
	for i := range records {
		l.record(&records[i])
	}
	for _, it := range Loaded(st) {
		l.judged(it.Machine)
	}
	slices.SortStableFunc(l.Rows, func(a, b LoadRow) int { return cmp.Compare(a.At, b.At) })
	for i := range l.Rows {
		if r := &l.Rows[i]; r.Over {
			l.Span = max(l.Span, r.At+r.Took)
		}
	}
	return l
}

// record puts what was recorded of a stretch in its row.
func (l *Load) record(r *load.Record) {
	i := slices.IndexFunc(l.Rows, func(row LoadRow) bool {
		return row.Item == r.Item && !row.Over && row.Part == r.Part && (row.Title == r.Title || row.Users == r.Users)
	})
	if i < 0 {
		return
	}
	row := &l.Rows[i]
	if r.Used.MostUsers > 0 {
		l.Used = r.Used
	}
	plan := row.Stretched
	row.Stretched, row.Over, row.Skipped, row.At = r.Stretched, true, false, r.Began.Sub(l.Began)
	row.Check, row.Rate, row.Limit, row.Time = plan.Check, plan.Rate, plan.Limit, r.Took
	warm := r.Took - time.Duration(len(r.Seconds))*time.Second
	for at, s := range r.Seconds {
		if len(l.Points) < maxPoints {
			l.Points = append(l.Points, LoadPoint{At: row.At + max(0, warm) + time.Duration(at)*time.Second + 500*time.Millisecond,
				P50: s.P50, P90: s.P90, P99: s.P99, Good: s.Good, Bad: s.Failed, Row: i})
		}
	}
}

// judged gives the rows of an item the verdicts of its checks.
func (l *Load) judged(m *sessions.Checked) {
	for i := range l.Rows {
		if r := &l.Rows[i]; r.Item == m.Item && r.Check < len(m.Checks) {
			r.Verdict, r.Reason = m.Checks[r.Check].Verdict, m.Checks[r.Check].Reason
			if r.Skipped {
				r.At = 1 << 62 // after those that ran
			}
		}
	}
}
