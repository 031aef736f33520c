package load

import (
	"sync"
	"time"
)

// second is what finished within one second of a measurement.
type second struct {
	latency histogram // of good answers
	bad     int
}

// tally collects what a phase brings. It is safe for concurrent use.
type tally struct {
	pass, fail time.Duration // the two latency limits

	mu        sync.Mutex
	from      time.Time // measured from here on
	latency   histogram // of good answers
	count     [troubles]int
	counted   int // the sum of count
	overPass  int // good answers slower than that
	overFail  int
	stillPass int // given up by us after waiting longer than that
	stillFail int
	stillAny  int
	seconds   []second
	mixed     bool    // several requests take turns
	routes    []route // of them, by request

	inFlight  int
	most      int
	silentAt  time.Time // since when something is in flight and nothing finishes
	silence   time.Duration
	lastGood  time.Time
	refusals  int // in a row
	all, bads int // warm-up included
	bad       [troubles]int
	cold      int // of the start-up, and of them failed
	coldBad   int
	odd       int // good answers of another length
	cached    int // good answers
	places    []place

	open   []time.Time // since when each place has a request in flight; zero: it has none
	recent recent      // what finished lately, warm-up included
}

// maxSeconds bounds the series.
const maxSeconds = 900

// newTally makes a tally for requests in so many places, which measures from then on.
func newTally(users int, pass, fail time.Duration, now, from time.Time) *tally {
	t := &tally{pass: pass, fail: fail, from: from, lastGood: now, open: make([]time.Time, users), places: make([]place, users)}
	t.recent.began[0] = now
	return t
}

// newTally is a tally of what the driver sends.
func (d *driver) newTally(users int, pass, fail time.Duration, now, from time.Time) *tally {
	t := newTally(users, pass, fail, now, from)
	t.mixed = len(d.shots) > 1
	return t
}

// begin counts a request of a place.
func (t *tally) begin(place int, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[place] = now
	if t.inFlight == 0 {
		t.silentAt = now
	}
	t.inFlight++
	t.most = max(t.most, t.inFlight)
}

// end records an answer; took is its latency, which in the open model is longer than the
// answer's own. first says that it is a user's first, which is not measured. It returns how
// many answers are measured by now.
func (t *tally) end(place int, now time.Time, a answer, took time.Duration, first bool) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.open[place] = time.Time{}
	t.inFlight--
	if a.broken {
		t.still(place, took)
		return t.counted
	}
	t.quiet(now)
	t.all++
	if a.trouble == good {
		t.lastGood = now
	} else {
		t.bads++
		t.bad[a.trouble]++
	}
	if !now.Before(t.from) {
		t.served(place, took, a.trouble != good)
	}
	t.recent.add(a.trouble == good, took)
	if a.trouble == refused {
		t.refusals++
	} else {
		t.refusals = 0
	}
	if first || now.Before(t.from) {
		t.start(a)
		return t.counted
	}
	t.count[a.trouble]++
	t.count[reset] += a.hidden
	t.counted += 1 + a.hidden
	if t.mixed {
		t.routed(a, took)
	}
	at := t.second(now)
	if a.trouble != good {
		at.bad++
		return t.counted
	}
	if a.odd {
		t.odd++
	}
	if a.cached {
		t.cached++
	}
	t.latency.add(took)
	at.latency.add(took)
	if took > t.pass {
		t.overPass++
	}
	if took > t.fail {
		t.overFail++
	}
	return t.counted
}

// start counts an answer that is not measured.
func (t *tally) start(a answer) {
	t.cold++
	if a.trouble != good {
		t.coldBad++
	}
}

// still records a request that we gave up while it waited.
func (t *tally) still(place int, took time.Duration) {
	t.stillAny++
	if took > t.pass {
		t.served(place, took, false)
	}
	if took > t.pass {
		t.stillPass++
	}
	if took > t.fail {
		t.stillFail++
	}
}

// quiet ends a silence.
func (t *tally) quiet(now time.Time) {
	if now.After(t.from) {
		since := t.silentAt
		if since.Before(t.from) {
			since = t.from
		}
		t.silence = max(t.silence, now.Sub(since))
	}
	t.silentAt = now
}

func (t *tally) second(now time.Time) *second {
	i := min(max(0, int(now.Sub(t.from)/time.Second)), maxSeconds-1)
	for len(t.seconds) <= i {
		t.seconds = append(t.seconds, second{})
	}
	return &t.seconds[i]
}

// measured is how many answers count, those that failed included.
func (t *tally) measured() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counted
}

// facts is what a phase measured.
type facts struct {
	Users      int
	Began      time.Time
	Took       time.Duration // start-up included
	Limit      time.Duration // that OverPass is of
	Latency    histogram     // of good answers
	Count      [troubles]int // by what became of them
	OverPass   int           // good answers slower than the limits, and requests given up after that long
	OverFail   int
	Waiting    int // given up by us at the end
	Seconds    []second
	Silence    time.Duration
	Elapsed    time.Duration // measured
	Cut        cut
	Why        string  // of Cut, in words
	Sick       string  // why this machine could not measure latency and throughput; "" = it could
	Reconnects float64 // share of requests that needed another connection than the user's first
	Never      int     // of the open model: due, and never sent, since all places were busy
	All, Bad   int     // answers, warm-up included
	BadCount   [troubles]int
	Timed      int // answers and given-up requests that the two limits are held against
	MostAtOnce int
	Shared     bool          // its share of the run's requests ended it
	Routes     []route       // of a mix, in its order
	Extended   time.Duration // by which it was extended, as it was borderline; 0: it was not
	Own        float64       // percent of the CPUs that gonogo itself used, where the target may share them
	Cold       int           // answers of the start-up, which are not measured
	ColdBad    int
	Odd        int // good answers of quite another length than one user's
	Cached     int // good answers from a cache
	SlowUsers  int // most of whose requests went beyond the one limit, or the other
	Unserved   int
	Gone       string // what became of the target afterwards; "" = it still answers
}

// answers is how many answers were measured.
func (f *facts) answers() int { return f.Count[good] + f.failed() - f.Count[ownSide] }

// failed is how many of them, and of the attempts net/http hid, went wrong.
func (f *facts) failed() int {
	n := 0
	for t := good + 1; t < troubles; t++ {
		n += f.Count[t]
	}
	return n
}

// rate is good answers a second.
func (f *facts) rate() float64 {
	if f.Elapsed <= 0 {
		return 0
	}
	return float64(f.Count[good]) / f.Elapsed.Seconds()
}

// cut is what ended a phase before its plan.
type cut int

const (
	complete  cut = iota
	outOfTime     // the time budget: nothing can be said
	ceiling       // one of gonogo's own ceilings
	failing       // more than half failed
	stalled       // nothing good came for a while
	gone          // connections are refused, one after the other
	aborted       // ctx ended
)

// facts closes the tally.
func (t *tally) facts(crowd int, until time.Time) facts {
	t.mu.Lock()
	defer t.mu.Unlock()
	slow, unserved := users(t.places)
	return facts{
		Cold: t.cold, ColdBad: t.coldBad, Odd: t.odd, Cached: t.cached, SlowUsers: slow, Unserved: unserved,
		Users: crowd, Limit: t.pass, Latency: t.latency, Count: t.count, OverPass: t.overPass + t.stillPass, OverFail: t.overFail + t.stillFail,
		Waiting: t.stillAny, Timed: t.count[good] + t.stillPass, All: t.all, Bad: t.bads, BadCount: t.bad, Seconds: t.seconds, Silence: t.silence, Elapsed: max(0, until.Sub(t.from)), MostAtOnce: t.most, Routes: t.routes,
	}
}
