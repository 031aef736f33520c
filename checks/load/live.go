package load

import (
	"fmt"
	"math"
	"sort"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// What a screen is shown: what finished in the last second, in windows of a quarter, looked
// at once a window.
const (
	showEvery = 250 * time.Millisecond
	windows   = 4
)

// recent is what finished lately, good or not, start-up included.
type recent struct {
	window [windows]second
	began  [windows]time.Time
	at     int // the window that is being filled
}

func (r *recent) add(good bool, took time.Duration) {
	w := &r.window[r.at]
	if !good {
		w.bad++
		return
	}
	w.latency.add(took)
}

// glance is what a tally holds at one moment.
type glance struct {
	warm           bool
	inFlight       int
	oldest, silent time.Duration
	span           time.Duration // that latency and bad are of
	latency        histogram
	bad            int
	all, bads      int // of the stretch, start-up included
	spread         checks.Spread
	busy           float64
	late           time.Duration
}

// show is told what a tally holds, from a goroutine of its own.
type show func(now time.Time, g *glance)

// look takes a glance and begins the next window. It holds the workers up for some
// microseconds and allocates nothing.
func (t *tally) look(now time.Time, g *glance) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*g = glance{warm: now.Before(t.from), inFlight: t.inFlight, all: t.all, bads: t.bads}
	for _, since := range t.open {
		if !since.IsZero() {
			g.oldest = max(g.oldest, now.Sub(since))
		}
	}
	if t.inFlight > 0 {
		g.silent = max(0, now.Sub(t.silentAt))
	}
	r := &t.recent
	for i := range r.window {
		if r.began[i].IsZero() {
			continue
		}
		g.span = max(g.span, now.Sub(r.began[i]))
		g.latency.merge(&r.window[i].latency)
		g.bad += r.window[i].bad
	}
	r.at = (r.at + 1) % windows
	r.window[r.at], r.began[r.at] = second{}, now
	g.spread = t.latency.spread()
}

// show looks at the tally every quarter of a second until the function that it returns is
// called. Who is slow to take a glance gets the next one later, and never an old one.
func (t *tally) show(to show, m *machine) (stop func()) {
	if to == nil {
		return func() {}
	}
	stopping, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(showEvery)
		defer tick.Stop()
		g := new(glance)
		for {
			select {
			case <-stopping:
				return
			case <-tick.C:
			}
			now := time.Now()
			t.look(now, g)
			if m != nil {
				g.busy, g.late = math.Float64frombits(m.busy.Load()), time.Duration(m.late.Load())
			}
			to(now, g)
		}
	}()
	return func() { close(stopping); <-stopped }
}

// shows tells the screen how a stretch of the trial is, and in words once a second.
func (t *trial) shows(part int) show {
	stretch, begun, told := t.stretches[part], time.Now(), time.Now()
	return func(now time.Time, g *glance) {
		l := t.loading(now, g)
		l.Stretch, l.Part, l.Elapsed = stretch, part, now.Sub(begun)
		t.p.Loading(l)
		if now.Sub(told) >= time.Second {
			told = now
			t.p.Progress(progress(&l))
		}
	}
}

// progress says how a stretch is. Latencies are those of good answers: while there are none,
// there is none to name.
func progress(l *checks.Loading) string {
	text := fmt.Sprintf("%s, %s, %d failed, %.0f good/s", l.Stretch.Title, count(l.Answers, "answer"), l.Failed, rate(l.Good, l.Span))
	if l.Good > 0 {
		text += ", p90 " + words(l.P90)
	}
	return text
}

// loading is a glance as screens take it.
func (t *trial) loading(now time.Time, g *glance) checks.Loading {
	return checks.Loading{
		At: now, Sends: clean.Text(t.label), Warm: g.warm, Busy: g.busy, Late: g.late,
		Unfit:    g.busy > busyLimit || g.late > lateLimit,
		InFlight: g.inFlight, Oldest: g.oldest, Silent: g.silent,
		Span: g.span, Good: g.latency.n, Bad: g.bad,
		P50: g.latency.quantile(0.5), P90: g.latency.quantile(0.9), P99: g.latency.quantile(0.99),
		Answers: g.all, Failed: g.bads, Spread: g.spread,
		Used: t.usage(now),
	}
}

// usage is how much of the ceilings is used.
func (t *trial) usage(now time.Time) checks.Used {
	c := t.campaign
	return checks.Used{
		MostUsers: c.Users, MostRate: t.ceilingRate(), Requests: c.requests.Load(), MostRequests: c.Requests,
		Bytes: c.bytes.Load(), MostBytes: c.Bytes, Spent: c.spent + now.Sub(t.begun), MostTime: c.whole(t.p.Target), Left: max(0, t.until.Sub(now)),
	}
}

// ceilingRate is the ceiling of requests a second that holds for this trial; 0 is none.
func (t *trial) ceilingRate() float64 {
	if t.open {
		return t.mostRate()
	}
	return t.held
}

func rate(n int, span time.Duration) float64 {
	if span <= 0 {
		return 0
	}
	return float64(n) / span.Seconds()
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// ended tells the screen what a stretch brought, and keeps it for the evidence under a
// title of its own.
func (t *trial) ended(part int, title string, f *facts, more checks.Stretched) {
	s := f.stretched(t.stretches[part])
	s.Part, s.Verdict, s.Knee, s.Saturated, s.Used = part, more.Verdict, more.Knee, more.Saturated, t.usage(time.Now())
	t.tables = append(t.tables, table(title, f, &s))
	t.p.Stretched(s)
}

// stretched are facts as screens take them.
func (f *facts) stretched(plan checks.Stretch) checks.Stretched {
	s := checks.Stretched{
		Stretch: plan, Began: f.Began, Took: f.Took, Answers: f.answers(), Failed: f.failed(), Good: f.rate(),
		P50: f.Latency.quantile(0.5), P90: f.Latency.quantile(0.9), P99: f.Latency.quantile(0.99),
		Spread: f.Latency.spread(), Silence: f.Silence, Unfit: clean.Text(f.Sick),
	}
	switch f.Cut {
	case complete:
	case outOfTime:
		s.Cut = "time ran out"
	default:
		s.Cut = clean.Text(f.Why)
	}
	if s.Cut != "" { // maybe in its start-up: all that came is told
		s.Answers, s.Failed = f.All, f.Bad
	}
	return s
}

// spread counts the histogram's latencies as screens draw them.
func (h *histogram) spread() (s checks.Spread) {
	for bucket, n := range h.count {
		if n > 0 {
			s[spreadOf[bucket]] += n
		}
	}
	return s
}

// spreadOf is where a bucket's latencies are counted in a spread.
var spreadOf = func() (at [buckets]uint8) {
	for bucket := range at {
		at[bucket] = uint8(sort.Search(len(checks.SpreadEdges), func(i int) bool { return middle(bucket) < checks.SpreadEdges[i] }))
	}
	return at
}()

// merge adds another histogram's latencies.
func (h *histogram) merge(o *histogram) {
	if o.n == 0 {
		return
	}
	for i, n := range o.count {
		h.count[i] += n
	}
	h.n += o.n
	h.sum += o.sum
	h.max = max(h.max, o.max)
}
