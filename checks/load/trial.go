package load

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
)

// trial is one load check while it runs.
type trial struct {
	*driver
	p      *checks.Probe
	label  string // "GET /api/positions"
	budget string // what ends it, in words: "the time budget of 60 s"
	begun  time.Time
	tables []string
	share  int64 // of the run's requests, that this check may send
	room   int64 // of the run's bytes

	stretches []checks.Stretch // as planned
	open      bool             // of the open model
}

// reserve is what is left of a check's time for its verdict; less than least is no time to
// begin anything.
const (
	reserve   = 400 * time.Millisecond
	leastTime = time.Second
)

// begin prepares a trial. A result instead of it says why nothing was sent.
func begin(ctx context.Context, p *checks.Probe, limits ceilings, what sending, users int, plan []checks.Stretch) (*trial, *checks.Result) {
	no := func(format string, args ...any) (*trial, *checks.Result) {
		r := checks.NewResult(checks.Inconclusive, "", fmt.Sprintf(format, args...))
		return nil, &r
	}
	c := p.Shared("load", func() any {
		c := newCampaign(limits.on(p.Target))
		c.due = p.Planned(checks.Load)
		return c
	}).(*campaign)
	share, room := c.take(p.Kind())
	switch {
	case what.Path == "" && !(what.Mix && len(p.Target.Load.Mix) > 0):
		return no("not run: no path is declared for it")
	case users < 1 || users > c.Users:
		return no("not run: %d users; gonogo puts 1 to %d on a target", users, c.Users)
	}
	if why := c.used(); why != "" && !what.Apart {
		return no("not run: %s", why)
	}
	shots, order, label, err := what.shots(ctx, p)
	if err != nil {
		return no("not run: %v", err)
	}
	loopback := guard.IsLoopback(shots[0].request.URL.Hostname())
	if p.Target.Scope.Proxy != "" && !loopback {
		return no("not run: load is not sent through a proxy ([scope] proxy)")
	}
	until, budget := c.end(ctx, p, what.Apart)
	if time.Until(until) < leastTime {
		return no("not run: %s is used up", budget)
	}
	t := &trial{p: p, label: label, budget: budget, begun: time.Now(), stretches: plan, share: share, room: room,
		driver: newDriver(ctx, c, shots, order, p.Dial, p.Roots(), users)}
	t.until = until
	if !loopback {
		t.held = c.Held
	}
	return t, nil
}

// end is when the time of a check that begins now is over, and what that time is called: the
// category's, or all that load may take.
func (c *campaign) end(ctx context.Context, p *checks.Probe, apart bool) (time.Time, string) {
	whole := c.whole(p.Target)
	until, budget := time.Now().Add(whole-c.spent), "the time of "+seconds(whole)+" for load"
	if d, ok := ctx.Deadline(); ok && (apart || d.Add(-reserve).Before(until)) {
		until = d.Add(-reserve)
		if budget = "the time budget of " + seconds(p.Budget); p.Budget == 0 {
			budget = "the time limit of a check"
		}
	}
	return until, budget
}

func seconds(d time.Duration) string { return fmt.Sprintf("%g s", d.Seconds()) }

// where is the part of an address that a reader needs.
func where(u *url.URL) string { return cmp.Or(u.RequestURI(), "/") }

// done closes a trial: its verdict with all that was measured.
func (t *trial) done(o opinion, numbers ...checks.Measurement) checks.Result {
	t.close()
	t.campaign.spent += time.Since(t.begun)
	t.p.Loaded(int(t.sent.Load()))
	r := checks.NewResult(o.verdict, "", o.reason)
	if len(t.tables) > 0 {
		r.Evidence = []checks.Evidence{t.p.Note("load on "+t.label, t.label+"\n\n"+strings.Join(t.tables, "\n"))}
	}
	r.Measurements = numbers
	return r
}

// The gate: so many requests by one user, of which one may fail; of a mix each is asked twice
// at least.
const (
	gateRequests = 10
	gateBad      = 1
)

// gate makes sure that one user is served before many ask: a route that fails for one says
// nothing about load. Where load was sent before, it waits for the target to settle. It
// returns the median latency of one user, or the opinion that ends the check.
func (t *trial) gate(ctx context.Context, d *driver) (time.Duration, *opinion) {
	started := time.Now()
	for {
		read, asked := t.campaign.bytes.Load(), t.campaign.requests.Load()
		median, blocked, busy := t.tryGate(ctx, d)
		t.afford(t.campaign.bytes.Load()-read, t.campaign.requests.Load()-asked)
		if blocked == nil || !busy || t.spentBefore() == 0 || time.Since(started) > t.Settle {
			return median, blocked
		}
		t.p.Progress("waiting for the target to settle after the load before")
		if !pause(ctx, 500*time.Millisecond) || time.Now().After(t.until) {
			return median, blocked
		}
	}
}

// spentBefore is the time that earlier checks put load on the target.
func (t *trial) spentBefore() time.Duration { return t.campaign.spent }

// tryGate asks ten times, or until two are bad. busy tells troubles that pass from those
// that don't.
func (t *trial) tryGate(ctx context.Context, d *driver) (median time.Duration, blocked *opinion, busy bool) {
	timed, cancel := context.WithDeadline(ctx, t.until)
	defer cancel()
	var h histogram
	w := newWorker()
	defer w.close()
	bad := 0
	asks := max(gateRequests, 2*len(d.shots))
	for i := range asks {
		if len(d.shots) > 1 { // each in turn, whatever its weight
			d.turn.Store(int64(slices.Index(d.order, i%len(d.shots))))
		}
		a := d.ask(timed, w)
		if timed.Err() != nil {
			o := unsure("%s ran out after %d of %d requests by one user, before any load", t.budget, i, asks)
			return 0, &o, false
		}
		if a.trouble == good && a.hidden == 0 {
			h.add(a.took)
			d.alone.learn(a)
			continue
		}
		if bad++; bad > gateBad {
			o := unsure("no load was sent: for one user %s answers with trouble (%s; %d of %d requests failed)", d.shots[a.shot].label, a.words(), bad, i+1)
			return 0, &o, a.passing()
		}
	}
	d.alone.known = true
	return h.quantile(0.5), nil, false
}

// passing reports a trouble that a target may have while it is still busy.
func (a answer) passing() bool {
	switch a.trouble {
	case limited, serverError, refused, timedOut, reset, closedEarly, good:
		return true
	}
	return false
}

// words says what became of one request.
func (a answer) words() string {
	switch {
	case a.trouble == good:
		return "connections reset"
	case a.trouble == redirected, a.trouble == clientError, a.trouble == limited, a.trouble == serverError:
		return fmt.Sprint(a.status)
	}
	return troubleWords[a.trouble]
}
