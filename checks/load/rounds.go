package load

import (
	"context"
	"sync"
	"time"
)

// rounds sends so many requests at the same moment, again and again, each round when the one
// before has ended. first is what failed in round one, which meets a cold pool.
func (d *driver) rounds(ctx context.Context, users, times int, pass, fail time.Duration, show show) (f facts, first int) {
	now := time.Now()
	timed, cancel := context.WithDeadline(ctx, d.until)
	defer cancel()
	t := d.newTally(users, pass, fail, now, now)
	shown := t.show(show, nil)
	var c cut
	var why string
	for i := range times {
		if why = d.campaign.used(); why != "" {
			c = ceiling
			break
		}
		d.round(timed, t, users)
		if i == 0 {
			first = t.bads
		}
		if ctx.Err() != nil {
			c, why = aborted, "stopped"
			break
		}
		if timed.Err() != nil {
			c = outOfTime
			break
		}
		if t.all >= 100 && 2*t.bads > t.all && i < times-1 {
			c, why = failing, "stopped early, as more than half failed"
			break
		}
	}
	shown()
	f = t.facts(users, time.Now())
	f.name(d.shots)
	f.Sick = f.unsent()
	f.Began, f.Took, f.Cut, f.Why = now, f.Elapsed, c, why
	return f, first
}

func (d *driver) round(ctx context.Context, t *tally, users int) {
	var ready, all sync.WaitGroup
	start := make(chan struct{})
	ready.Add(users)
	for i := range users {
		all.Go(func() {
			w := newWorker()
			defer w.close()
			ready.Done()
			<-start
			t.begin(i, time.Now())
			a := d.ask(ctx, w)
			t.end(i, time.Now(), a, a.took, false)
		})
	}
	ready.Wait()
	close(start)
	all.Wait()
}
