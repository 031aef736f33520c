package load

import (
	"context"
	"fmt"
	"sync"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
	"assess/gonogo/checks/observe"
)

// restart watches a service while somebody restarts it.
type restart struct {
	w       waiting // Warn is how long the restart is waited for
	flights int
	single  *driver
	slow    *driver       // nil: no requests are kept in flight
	took    time.Duration // one slow request alone
	page    string        // "" = none

	r restarted

	mu     sync.Mutex
	begun  time.Time
	same   time.Time // until when the process is known to be the same
	starts []start
	flown  []flight
}

// start is when the process said that it started.
type start struct {
	at   time.Time // of the answer
	when float64   // seconds since 1970
}

// flight is one slow request.
type flight struct {
	from, to time.Time
	a        answer
}

// prepare makes what the slow requests take.
func (s *restart) prepare(ctx context.Context, t *trial, params RestartParams) error {
	if params.Slow == "" {
		return nil
	}
	shots, order, label, err := sending{Path: params.Slow, As: params.As}.shots(ctx, t.p)
	if err != nil {
		return err
	}
	s.r.slow = label
	s.slow = newDriver(ctx, t.campaign, shots, order, t.p.Dial, t.p.Roots(), s.flights).fresh()
	alone := newWorker()
	defer alone.close()
	a := s.slow.ask(ctx, alone)
	if s.took = a.took; a.trouble != good {
		return fmt.Errorf("for one user %s answers with trouble (%s)", label, a.words())
	}
	return nil
}

// run watches until the restart is over, or does not come.
func (s *restart) run(ctx context.Context, t *trial) {
	s.begun = time.Now()
	watching, stop := context.WithDeadline(ctx, t.until)
	var all sync.WaitGroup
	if s.page != "" {
		all.Go(func() { s.ask(watching, t.p) })
	}
	if s.slow != nil {
		for i := range s.flights { // evenly apart, so that some are in flight at any moment
			all.Go(func() {
				if pause(watching, s.took*time.Duration(i)/time.Duration(s.flights)) {
					s.fly(watching)
				}
			})
		}
	}
	seen := s.single.newTally(1, failBeyond, failBeyond, s.begun, s.begun)
	shown := seen.show(t.shows(0), nil)
	s.probe(watching, seen)
	if s.r.Seen && s.slow != nil { // what is in flight may end
		pause(watching, min(t.Deadline, 2*time.Second))
	}
	shown()
	stop()
	all.Wait()
	t.sent.Add(s.single.sent.Swap(0))
	if s.slow != nil {
		t.sent.Add(s.slow.sent.Swap(0))
	}
	f := seen.facts(1, time.Now())
	f.name(s.single.shots)
	f.Began, f.Took = s.begun, f.Elapsed
	t.ended(0, "one user on new connections", &f, checks.Stretched{})
}

// ask reads from the metrics page when the process started.
func (s *restart) ask(ctx context.Context, p *checks.Probe) {
	for ctx.Err() == nil {
		timed, cancel := context.WithTimeout(ctx, lookLimit)
		x, err := p.Do(timed, observe.Request{URL: s.page, Fresh: true})
		cancel()
		if err == nil {
			if page, err := exposition.Read(x); err == nil {
				if when, ok := page.Value("process_start_time_seconds", nil); ok && sound(when) && when > 0 {
					s.mu.Lock()
					s.starts = append(s.starts, start{time.Now(), when})
					s.mu.Unlock()
				}
			}
		}
		pause(ctx, time.Second)
	}
}

// skew is how far the clocks of target and assessor may be apart.
const skew = time.Minute

// anew reports whether the page tells when the process started, and whether one started since
// the watch began: behind a balancer another instance may answer, which is no restart.
func (s *restart) anew() (tells, anew bool, old, fresh time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, at := range s.starts {
		if i > 0 && at.when > s.starts[0].when+0.5 && at.when > float64(s.begun.Add(-skew).Unix()) {
			return true, true, s.starts[i-1].at, at.at
		}
	}
	return len(s.starts) > 0, false, old, fresh
}

// fly keeps one slow request in flight.
func (s *restart) fly(ctx context.Context) {
	asker := newWorker()
	defer asker.close()
	for ctx.Err() == nil {
		from := time.Now()
		a := s.slow.ask(ctx, asker)
		if a.broken {
			return
		}
		s.mu.Lock()
		if len(s.flown) >= 100*s.flights {
			s.flown = append(s.flown[:0], s.flown[len(s.flown)/2:]...)
		}
		s.flown = append(s.flown, flight{from, time.Now(), a})
		s.mu.Unlock()
		if a.trouble != good || time.Since(from) < probeEvery/4 {
			pause(ctx, probeEvery)
		}
	}
}

// settle is how long after it is well again a page that tells may take to say that the process
// is another.
const settle = 5 * time.Second

// probe asks again and again until a restart is over, or none came.
func (s *restart) probe(ctx context.Context, seen *tally) {
	r, row := &s.r, 0
	asker := newWorker()
	defer asker.close()
	defer func() { r.Waited = time.Since(s.begun) }()
	for {
		at := time.Now()
		if at.After(s.single.until) || ctx.Err() != nil {
			r.Cut = true
			_, r.Anew, _, _ = s.anew()
			r.Seen = r.Anew
			return
		}
		if s.crash() {
			row = 0
		}
		tells, anew, _, fresh := s.anew()
		r.Tells, r.Anew = tells, anew
		if s.over(at, fresh, row) {
			return
		}
		timed, cancel := context.WithTimeout(ctx, probeLimit)
		seen.begin(0, at)
		a := s.single.ask(timed, asker)
		cancel()
		seen.end(0, time.Now(), a, a.took, false)
		row = s.note(at, a, row)
		pause(ctx, time.Until(at.Add(probeEvery)))
	}
}

// crash takes a slow request that broke off for the moment at which the service went away: a
// restart may fit between two probes.
func (s *restart) crash() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r := &s.r; r.Down.IsZero() {
		for _, f := range s.flown {
			switch f.a.trouble {
			case reset, closedEarly, serverError:
				if f.to.After(s.same) {
					r.Down, r.Trouble = f.to, f.a.words()
					return true
				}
			}
		}
	}
	return false
}

// note keeps one answer and counts good ones in a row.
func (s *restart) note(at time.Time, a answer, row int) int {
	r := &s.r
	word := a.words()
	switch {
	case a.broken:
		word = "no answer within " + words(probeLimit)
	case a.trouble == good:
		word = "good"
	}
	r.Asked++
	if len(r.lines) < mostLines && (word != "good" || !r.Down.IsZero() || r.Asked <= inARow) {
		r.lines = append(r.lines, fmt.Sprintf("%6.2f s: %s, %s", at.Sub(s.begun).Seconds(), word, words(a.took)))
	}
	if word != "good" {
		r.Failed++
		if r.Down.IsZero() {
			r.Down, r.Trouble = at, word
		}
		return 0
	}
	if row == 0 {
		r.Up = at.Add(a.took)
	}
	return row + 1
}

// over reports whether the watch ends now; row is how many answers in a row were good, fresh
// when the process first said that it started anew.
func (s *restart) over(now, fresh time.Time, row int) bool {
	r := &s.r
	down := !r.Down.IsZero()
	switch {
	case row >= inARow && (r.Anew && (down || now.Sub(fresh) > settle) || down && !r.Tells):
		r.Seen, r.Well = true, true
	case down && row < inARow && now.Sub(r.Down) > s.w.GiveUp:
		r.Seen, r.Well = true, false
	case down && row >= inARow && r.Tells && now.Sub(r.Up) > settle:
		r.Blips++ // the same process: it was no restart
		r.Down, r.Up, r.Trouble = time.Time{}, time.Time{}, ""
		s.same = now
		return now.Sub(s.begun) > s.w.Warn
	case !down && !r.Anew && now.Sub(s.begun) > s.w.Warn:
	default:
		return false
	}
	return true
}

// seen closes the watch: what became of the requests in flight as the service went away.
func (s *restart) seen() *restarted {
	r := &s.r
	if !r.Seen {
		return r
	}
	first, last := r.Down, r.Down
	if r.Down.IsZero() {
		_, _, first, last = s.anew()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.flown {
		switch {
		case f.from.After(last) || f.a.trouble == refused || f.a.trouble == unnamed || f.a.trouble == ownSide:
		case f.a.trouble != good || f.a.hidden > 0:
			if f.to.After(first.Add(-2 * probeEvery)) {
				r.Lost = append(r.Lost, f.a.words())
			}
		case !f.to.Before(first):
			r.Drained++
		}
	}
	return r
}
