package checks

import (
	"time"

	"assess/gonogo/checks/clean"
)

// Stretch is one stretch of load as it is planned: so many users, or so many requests a
// second, for so long.
type Stretch struct {
	Title string        // "50 users", "one user before"
	Users int           // at once, at most
	Rate  float64       // requests a second; 0: every user asks again at once
	Time  time.Duration // how long it takes, its start-up included; a guess where answers are counted
	Limit time.Duration // 95 % of the good answers have to come within it; 0: it has no such limit
}

// Stretched is a stretch of load as it was measured.
type Stretched struct {
	Stretch
	Item  string // the item's id
	Check int    // which of the item's checks, from 0
	Part  int    // which of the check's stretches, from 0

	Began     time.Time
	Took      time.Duration
	Answers   int     // failed ones included; without start-up, unless something cut it
	Failed    int     // of them
	Good      float64 // good answers a second
	P50       time.Duration
	P90       time.Duration
	P99       time.Duration // of good answers; 0 where there are none
	Spread    Spread
	Silence   time.Duration // the longest in which something waited and nothing came
	Verdict   Verdict       // of this stretch; empty where the check judges its stretches together
	Knee      clean.Text    // "about 30 users = 352 good/s × 84 ms", where steps tell it
	Saturated clean.Text    // from where more users bring no more answers
	Unfit     clean.Text    // why this machine could not measure latency and rate; empty: it could
	Cut       clean.Text    // what ended it before its plan
	Used      Used          // of the ceilings, when it ended
}

// Loading is what load does to the target at one moment. It comes four times a second while
// load runs, the newest makes the one before worthless, and none of it is recorded: what was
// measured is in the check's evidence. It takes less than 1 KiB.
type Loading struct {
	Stretch
	Item  string
	Check int
	Part  int

	At      time.Time
	Sends   clean.Text    // "GET /api/positions"
	Elapsed time.Duration // of the stretch
	Warm    bool          // start-up, which does not count
	Unfit   bool          // this machine was too busy to measure in the last second
	Busy    float64       // its CPUs' use by gonogo in the last whole second, 0 to 1
	Late    time.Duration // of its timer in the last whole second

	InFlight int
	Oldest   time.Duration // age of the oldest request in flight
	Silent   time.Duration // since when something waits and nothing came

	Span time.Duration // what the next six are of: the last second, less at the beginning
	Good int
	Bad  int
	P50  time.Duration
	P90  time.Duration
	P99  time.Duration // of good answers; 0 where none came

	Answers int // of the stretch, start-up included
	Failed  int
	Spread  Spread // of its good answers that count

	Used Used
}

// Used is how much of its ceilings load has used; 0 as a ceiling means that there is none.
type Used struct {
	MostUsers    int
	MostRate     float64 // requests a second
	Requests     int64   // in the whole run
	MostRequests int64
	Bytes        int64 // of answers' bodies, in the whole run
	MostBytes    int64
	Spent        time.Duration // by all load of the run
	MostTime     time.Duration
	Left         time.Duration // until the check's own time is over
}

// Spread counts latencies: Spread[i] are those under SpreadEdges[i] and not under the edge
// before; the last has no upper edge.
type Spread [31]uint32

// SpreadEdges are the upper edges of a Spread, six a decade from 0.1 ms to 7 s.
var SpreadEdges = func() (edges [len(Spread{}) - 1]time.Duration) {
	unit := 100 * time.Microsecond
	for i := range edges {
		edges[i] = unit * [...]time.Duration{10, 15, 20, 30, 50, 70}[i%6] / 10
		if i%6 == 5 {
			unit *= 10
		}
	}
	return edges
}()

// Stretches are what the check puts on the target, in order; none where it is no load.
func (pc *PlannedCheck) Stretches() []Stretch {
	if pc.Kind.Stretches == nil || pc.Waits != "" {
		return nil
	}
	return pc.Kind.Stretches(pc.params)
}

// Loading tells the screen what load does now. Item and Check are filled in.
func (p *Probe) Loading(l Loading) {
	l.Item, l.Check = p.Item, p.index
	l.Sends = p.words(l.Sends)
	p.run.tell(l)
}

// Stretched tells the screen what a stretch of load brought. Item and Check are filled in.
func (p *Probe) Stretched(s Stretched) {
	s.Item, s.Check = p.Item, p.index
	s.Knee, s.Saturated, s.Unfit, s.Cut = p.words(s.Knee), p.words(s.Saturated), p.words(s.Unfit), p.words(s.Cut)
	p.run.tell(s)
}

// words are words as everybody may see them.
func (p *Probe) words(text clean.Text) clean.Text {
	return clean.Line(p.run.redactor.Text(string(text)))
}

// Kind is the id of the kind that is asked.
func (p *Probe) Kind() string { return p.kind.ID }

// Planned lists the kinds of the checks of a class that this run runs, in its order; those
// that ran already, and the one that asks, included.
func (p *Probe) Planned(class Class) []string {
	var kinds []string
	for _, planned := range p.run.plan.running(p.run.o) {
		for i := range planned.Checks {
			if pc := &planned.Checks[i]; pc.Kind.Class == class && pc.runnable(p.run.o.Allow) {
				kinds = append(kinds, pc.Kind.ID)
			}
		}
	}
	return kinds
}

func (Loading) event()   {}
func (Stretched) event() {}
