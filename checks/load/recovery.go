package load

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// RecoveryParams are the parameters of load.recovery.
type RecoveryParams struct {
	Path   string         `toml:"path" doc:"the route that is asked"`
	Users  *int           `toml:"users" doc:"users of the burst; default what [load] requires, or 50"`
	Burst  *time.Duration `toml:"burst" doc:"how long it lasts; default 5s, up to 30s"`
	Pass   *time.Duration `toml:"pass" doc:"well again within that passes; default 5s"`
	Warn   *time.Duration `toml:"warn" doc:"well again within that warns; default 30s"`
	GiveUp *time.Duration `toml:"give_up" doc:"how long it is waited for; default 60s, up to 120s"`
	As     string         `toml:"as" doc:"identity: user or admin; default none"`
}

// A target is well again with the first of so many good answers in a row; one is asked for
// at these intervals, each on a connection of its own.
const (
	inARow     = 5
	probeEvery = 200 * time.Millisecond
	probeLimit = 2 * time.Second
	mostBurst  = 30 * time.Second
	mostWait   = 120 * time.Second
)

func recoveryKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return recoveryStretches(params.(RecoveryParams), 0) },
		ID:        "load.recovery", Title: "The service is well again shortly after a burst", Class: checks.Load, Severity: checks.High, Limit: limit,
		Sends: "GET of one path: ten alone, 50 users for 5 s, then one each 200 ms on a new connection",
		Rule: "Well again is the first of five good answers in a row within three times, or 100 ms above, the median before. PASS: within 5 s after the burst. WARN: within 30 s. " +
			"FAIL: later, or not while it was waited for. A target that the burst did not disturb passes, without evidence of recovery. " + unsureIf,
		Fix:  "Let breakers close by themselves after a second or two, bound every queue, drop work nobody waits for any more.",
		Refs: []string{"SRE 22", "SRE App. E"},
	}, func(ctx context.Context, p *checks.Probe, params RecoveryParams) checks.Result {
		w := waiting{Pass: or(params.Pass, 5*time.Second), Warn: or(params.Warn, 30*time.Second), GiveUp: or(params.GiveUp, 60*time.Second)}
		burst := or(params.Burst, 5*time.Second)
		if burst <= 0 || burst > mostBurst || w.Pass <= 0 || w.Pass > w.Warn || w.Warn > w.GiveUp || w.GiveUp > mostWait {
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: burst up to %s and pass <= warn <= give_up <= %s are needed", words(mostBurst), words(mostWait)))
		}
		users := or(params.Users, required(p.Target))
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As}, users, recoveryStretches(params, users))
		if stop != nil {
			return *stop
		}
		single := t.fresh()
		before, blocked := t.gate(ctx, single)
		t.sent.Add(single.sent.Swap(0))
		if blocked != nil {
			return t.done(*blocked)
		}
		held := t.hold(burst)
		f := t.run(ctx, phase{Users: users, Measure: burst, Pass: bound(before), Fail: failBeyond, Brakeless: true, Show: t.shows(0)})
		t.ended(0, fmt.Sprintf("burst of %s for %s; one user alone took %s", count(users, "user"), words(burst), words(before)), &f, checks.Stretched{})
		if f.Cut == outOfTime || f.Cut == aborted || f.Cut == ceiling {
			o, _ := f.undecided(t.budget, leastAnswers)
			o.verdict = checks.Inconclusive
			return t.done(o)
		}
		r, probed := t.recover(ctx, single, bound(before), w)
		t.sent.Add(single.sent.Load())
		t.ended(1, "one user on new connections after the burst", &probed, checks.Stretched{})
		t.tables = append(t.tables, r.table())
		if ctx.Err() != nil {
			return t.done(unsure("stopped by hand %s after the burst, before the target was well again", words(r.After)))
		}
		var numbers []checks.Measurement
		if r.Well {
			numbers = append(numbers, checks.Measurement{Name: "recovery", Value: r.After.Seconds(), Unit: "s"})
		}
		o := judgeRecovery(&f, r, w, t.budget)
		if held && float64(f.All) > 0.9*t.held*f.Elapsed.Seconds() {
			o.reason += fmt.Sprintf("; gonogo held the burst to %.0f requests a second, its share of the run's requests", t.held)
		}
		return t.done(o, numbers...)
	})
}

// recoveryStretches are the burst and the wait after it; users of 0 stands for what the
// target requires, which is known when the check runs.
func recoveryStretches(params RecoveryParams, users int) []checks.Stretch {
	if users == 0 {
		users = or(params.Users, 50)
	}
	return []checks.Stretch{
		{Title: "burst of " + count(users, "user"), Users: users, Time: or(params.Burst, 5*time.Second)},
		{Title: "one user after the burst", Users: 1, Time: or(params.Pass, 5*time.Second)},
	}
}

// bound is the latency up to which an answer is as good as before.
func bound(before time.Duration) time.Duration { return max(3*before, before+100*time.Millisecond) }

// waiting holds the limits of a recovery.
type waiting struct{ Pass, Warn, GiveUp time.Duration }

// recovered is what probing after a burst brought.
type recovered struct {
	Well   bool
	After  time.Duration // to the first of the good ones; else how long it was waited
	Cut    bool          // by the time budget
	Probes []string
	Last   string // trouble of the last bad probe
}

func (r recovered) table() string {
	return "its answers one by one\n  " + strings.Join(r.Probes, "\n  ") + "\n"
}

// recover probes until the target is well, or given up, and says what the probes brought.
func (t *trial) recover(ctx context.Context, d *driver, within time.Duration, w waiting) (recovered, facts) {
	began := time.Now()
	seen := d.newTally(1, within, failBeyond, began, began)
	shown := seen.show(t.shows(1), nil)
	r := t.probe(ctx, d, seen, within, w)
	shown()
	f := seen.facts(1, time.Now())
	f.name(d.shots)
	f.Began, f.Took = began, f.Elapsed
	return r, f
}

// probe asks again and again until enough good answers came in a row.
func (t *trial) probe(ctx context.Context, d *driver, seen *tally, within time.Duration, w waiting) recovered {
	ended, row := time.Now(), 0
	var r recovered
	var firstGood time.Duration
	asker := newWorker()
	defer asker.close()
	for {
		at := time.Now()
		since := at.Sub(ended)
		if row == 0 && since > w.GiveUp {
			r.After = since
			return r
		}
		if at.After(t.until) || ctx.Err() != nil {
			r.After, r.Cut = since, true
			return r
		}
		timed, cancel := context.WithTimeout(ctx, probeLimit)
		seen.begin(0, at)
		a := d.ask(timed, asker)
		cancel()
		seen.end(0, time.Now(), a, a.took, false)
		word := a.words()
		switch {
		case a.broken:
			word = "no answer within " + words(probeLimit)
		case a.trouble == good && a.took > within:
			word = "slow"
		case a.trouble == good:
			word = "good"
		}
		r.Probes = append(r.Probes, fmt.Sprintf("%6.2f s: %s, %s", since.Seconds(), word, words(a.took)))
		if word != "good" {
			row, r.Last = 0, word
		} else if row++; row == 1 {
			firstGood = since + a.took
		}
		if row == inARow {
			r.Well, r.After = true, firstGood
			return r
		}
		pause(ctx, time.Until(at.Add(probeEvery)))
	}
}

// judgeRecovery judges how long it took.
func judgeRecovery(f *facts, r recovered, w waiting, budget string) opinion {
	disturbed := fmt.Sprintf("the burst of %d users: %s", f.Users, f.failures().reason)
	if o, ok := f.limited(); ok {
		return o
	}
	switch {
	case r.Cut && r.After <= w.Warn:
		return unsure("%s ran out %s after the burst, before the target was well again", budget, words(r.After))
	case !r.Well:
		return opinion{checks.Fail, fmt.Sprintf("not well again %s after it (%s); %s", words(r.After), r.Last, disturbed)}
	case f.Cut == complete && r.Last == "" && f.failed() == 0 && 20*f.OverPass <= f.Timed && f.Timed > 0:
		if f.Timed < leastAnswers {
			return unsure("only %d answers during the burst: it put no load on the target", f.Timed)
		}
		return opinion{checks.Pass, fmt.Sprintf("it did not need to recover: %s, none of it much slower than alone", disturbed)}
	}
	o := opinion{checks.Pass, fmt.Sprintf("well again %s after it; %s", words(r.After), disturbed)}
	switch {
	case r.After > w.Warn:
		o.verdict = checks.Fail
	case r.After > w.Pass:
		o.verdict = checks.Warn
	}
	return o
}
