package load

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// phase is one stretch of load.
type phase struct {
	Users   int
	Rate    float64       // requests a second; 0: every user asks again at once
	Warm    time.Duration // thrown away; users start evenly over at most a second of it
	Measure time.Duration
	Least   int  // answers that are waited for, however long it takes
	Enough  int  // answers after which it may end before Measure, but not before it can be compared; 0 = it does not
	Most    int  // answers after which it ends; 0 = no number
	Shared  bool // Most is what the run's requests allow
	// StartRate holds the start-up of the closed model to so many requests a second, so that
	// it does not use up what is there to measure; 0 = nothing does.
	StartRate float64
	Extends   bool // once by Measure, where its answers leave it open which side of a limit it is on
	// The latency limits that answers are counted against.
	Pass, Fail time.Duration
	// Brakeless phases go on whatever comes back: a burst is meant to hurt.
	Brakeless bool
	Quiet     time.Duration // with nothing good: it ends; 0 = the ceilings'
	Show      show          // nil: nobody watches
}

// enough is the number of answers after which a phase of the closed model may end early, when
// it lasted long enough too: the figures don't get better.
const (
	enough     = 5000
	longEnough = leastRated * 3 / 2
)

// running is a phase while it runs.
type running struct {
	*driver
	phase
	*tally
	health generator
	begun  time.Time

	stop   context.CancelFunc // nothing new starts
	cancel context.CancelFunc // what is in flight is given up
	once   sync.Once
	cut    cut
	why    string
	ticket atomic.Int64
	extra  time.Duration // by which it is extended; watch alone uses it
}

// run carries a phase out. It comes back when nothing is in flight any more: at once when
// ctx or the time budget ends, and at most the drain time after its plan.
func (d *driver) run(ctx context.Context, ph phase) facts {
	flying, cancel := context.WithCancel(ctx)
	defer cancel()
	starting, stop := context.WithCancel(flying)
	defer stop()
	if ph.Quiet == 0 {
		ph.Quiet = d.ceilings.Quiet
	}
	now := time.Now()
	r := &running{driver: d, phase: ph, begun: now, stop: stop, cancel: cancel,
		tally: d.newTally(ph.Users, ph.Pass, ph.Fail, now, now.Add(ph.Warm))}
	r.health.start()
	shown := r.tally.show(ph.Show, &r.health.seen)
	watched := make(chan struct{})
	go func() { defer close(watched); r.watch(starting) }()
	var workers sync.WaitGroup
	for i := range ph.Users {
		workers.Go(func() { r.work(starting, flying, i) })
	}
	workers.Wait()
	stop()
	<-watched
	shown()
	if ctx.Err() != nil {
		r.end(aborted, "stopped")
	}
	ended := time.Now()
	f := r.facts(ph.Users, ended)
	f.name(d.shots)
	f.Extended = r.extra
	f.Shared = r.Shared && r.cut == complete && f.Count[good]+f.failed() >= r.Most
	f.Began, f.Took, f.Cut, f.Why = r.begun, ended.Sub(r.begun), r.cut, r.why
	f.Sick, f.Own = r.health.verdict(&f), r.health.share(ended)
	if n := d.sent.Load(); n > 0 {
		f.Reconnects = float64(d.opened.Load()-int64(ph.Users)) / float64(n)
	}
	r.never(&f)
	return f
}

// end says, once, why nothing new starts.
func (r *running) end(c cut, why string) {
	r.once.Do(func() {
		r.cut, r.why = c, why
		r.stop()
		switch {
		case (c == complete || c == ceiling) && !r.Brakeless:
			time.AfterFunc(min(r.Drain, r.Deadline, max(0, time.Until(r.until))), r.cancel)
		default:
			r.cancel()
		}
	})
}

// work is one user, or one worker of the open model.
func (r *running) work(starting, flying context.Context, i int) {
	w := newWorker()
	defer w.close()
	if r.Rate == 0 && !pause(starting, min(r.Warm, time.Second)*time.Duration(i)/time.Duration(r.Users)) {
		return
	}
	for first := true; starting.Err() == nil; first = false {
		due, ok := r.next(starting)
		if !ok {
			return
		}
		if why := r.used(); why != "" {
			r.end(ceiling, why)
			return
		}
		r.begin(i, time.Now())
		a := r.ask(flying, w)
		now := time.Now()
		n := r.tally.end(i, now, a, max(a.took, now.Sub(due)), first && r.Rate == 0 && r.Warm > 0)
		if r.Rate == 0 && r.Most > 0 && n >= r.Most {
			r.end(complete, "")
		}
	}
}

// used says which ceiling is reached.
func (r *running) used() string { return r.campaign.used() }

// next waits until the next request is due and says from when it counts: in the open model
// from when it should have gone out, where all workers were busy then.
func (r *running) next(starting context.Context) (due time.Time, ok bool) {
	now := time.Now()
	rate := cmp.Or(r.Rate, r.held)
	early := rate == 0 && r.StartRate > 0 && now.Before(r.from)
	if early {
		rate = r.StartRate
	}
	if rate == 0 {
		return now, true
	}
	due = r.begun.Add(time.Duration(float64(r.ticket.Add(1)-1) / rate * float64(time.Second)))
	if early && due.After(r.from) {
		due = r.from
	}
	if r.Rate > 0 && due.Sub(r.begun) >= r.Warm+r.Measure {
		return due, false // watch ends it when its time has come
	}
	if wait := time.Until(due); wait > 0 {
		ok := pause(starting, wait)
		return time.Now(), ok
	}
	if r.Rate == 0 {
		due = time.Now()
	}
	return due, true
}

// watch ends the phase when its plan is fulfilled, or when something cuts it.
func (r *running) watch(starting context.Context) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	expected := time.Now().Add(watchEvery)
	for {
		select {
		case <-starting.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		r.health.tick(now, now.Sub(expected))
		if !now.Before(r.from) {
			r.health.measures(now)
		}
		expected = now.Add(watchEvery)
		if c, why, ended := r.due(now); ended {
			r.end(c, why)
			return
		}
	}
}

// never counts what was due in the open model and was never sent: it waited, too.
func (r *running) never(f *facts) {
	if r.Rate == 0 || f.Cut != complete {
		return
	}
	whole := (r.Warm + r.Measure).Seconds()
	for k := float64(r.ticket.Load()); k < r.Rate*whole; k++ {
		age := time.Duration((whole - k/r.Rate) * float64(time.Second))
		f.Never++
		if age > r.Pass {
			f.OverPass++
			f.Timed++
		}
		if age > r.Fail {
			f.OverFail++
		}
	}
}

// watchEvery is the time between two looks at a running phase.
const watchEvery = 10 * time.Millisecond

// due says whether the phase ends now, and why.
func (r *running) due(now time.Time) (c cut, why string, ended bool) {
	n := r.measured()
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case now.After(r.until):
		return outOfTime, "", true
	case r.refusals >= 5:
		return gone, "the target refused five connections one after the other", true
	case !r.Brakeless && r.all >= 100 && 2*r.bads > r.all:
		return failing, fmt.Sprintf("stopped after %d answers, as more than half failed", r.all), true
	case !r.Brakeless && r.inFlight > 0 && now.Sub(r.lastGood) >= r.Quiet:
		return stalled, fmt.Sprintf("stopped: no good answer for %s while %d requests waited", words(r.Quiet), r.inFlight), true
	case r.Rate > 0 && now.Sub(r.begun) >= r.Warm+r.Measure:
		return complete, "", true
	case r.Rate == 0 && r.Enough > 0 && n >= r.Enough && now.Sub(r.from) >= longEnough:
		return complete, "", true
	case r.Rate == 0 && (n >= r.Most && r.Most > 0 || now.Sub(r.from) >= r.Measure+r.extra && n >= r.Least):
		if r.Extends && r.extra == 0 && (r.Most == 0 || n < r.Most) && r.borderline() {
			r.extra = r.Measure
			return complete, "", false
		}
		return complete, "", true
	}
	return complete, "", false
}

// pause waits; false when ctx ended first.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
