package load

import (
	"context"
	"fmt"
	"math"
	"time"

	"assess/gonogo/checks"
)

// SustainedParams are the parameters of load.sustained.
type SustainedParams struct {
	Path string         `toml:"path" doc:"the route that is asked"`
	Mix  *bool          `toml:"mix" doc:"send the target's [load] mix instead where one is declared; default false"`
	Rate *float64       `toml:"rate" doc:"requests a second; default half of the best step on this path in this run, as far as 50 requests at once carry it; off loopback up to 500"`
	Time *time.Duration `toml:"time" doc:"how long, of which 3 s are thrown away; default 30s"`
	As   string         `toml:"as" doc:"identity: user or admin; default none"`
}

// The open model: so many places, and what is thrown away at its start. A trend takes so
// many windows of a second.
const (
	places       = 50
	sustainWarm  = 3 * time.Second
	leastWindows = 12
)

func sustainedKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return sustainedStretches(params.(SustainedParams), c) },
		ID:        "load.sustained", Title: "Response times stay level under a steady rate", Class: checks.Load, Severity: checks.Medium, Limit: limit,
		Sends: "GET of one path, or the target's mix of requests, at a fixed rate for 30 s, at most 50 at once; latency counts from when a request was due",
		Rule: failRule + kindRule + slowRule + goneRule + "Drift of the median over the run (Theil-Sen, Mann-Kendall |z| >= 3): WARN above 20 % and 5 ms, FAIL above 50 % and 20 ms. " +
			"Slow seconds (90th percentile of the seconds' p95 over their median): WARN above 3 times and 5 ms, FAIL above 6 times and 50 ms. Longest silence: WARN above 1 s and ten times p95, FAIL above 5 s. " + unsureIf,
		Fix:  "Watch memory, pool and queue lengths during the run; bound what grows.",
		Refs: []string{"SRE App. E"},
	}, func(ctx context.Context, p *checks.Probe, params SustainedParams) checks.Result {
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As, Mix: or(params.Mix, false)}, min(places, c.Users), sustainedStretches(params, c))
		if stop != nil {
			return *stop
		}
		whole := or(params.Time, 30*time.Second)
		rate, bound := t.steady(params), ""
		if most := t.mostRate(); !(rate > 0 && rate <= most) {
			return t.done(unsure("not run: a rate of %g a second; gonogo sends up to %g, and without a step on this path needs one named", rate, most))
		}
		if _, blocked := t.gate(ctx, t.driver); blocked != nil {
			return t.done(*blocked)
		}
		if most := t.affords(whole); params.Rate == nil && rate > most {
			rate, bound = most, " (all that its share of the run's requests allows)"
		}
		if rate <= 0 {
			return t.done(unsure("not run: its share of the run's requests allows no rate at all"))
		}
		measure := whole - sustainWarm
		if measure < leastWindows*time.Second {
			return t.done(unsure("not run: %s; a trend takes at least %s", words(measure+sustainWarm), words(sustainWarm+leastWindows*time.Second)))
		}
		t.open, t.stretches[0].Rate, t.stretches[0].Title = true, rate, fmt.Sprintf("%g a second", rate)
		f := t.run(ctx, phase{Users: min(places, c.Users), Rate: rate, Warm: sustainWarm, Measure: measure, Pass: passWithin, Fail: failBeyond,
			Quiet: 5 * time.Second, Show: t.shows(0)})
		t.still(ctx, &f)
		t.ended(0, fmt.Sprintf("%g requests a second for %s", rate, words(measure+sustainWarm)), &f, checks.Stretched{})
		o := judgeSustained(&f, int(measure/time.Second), int(rate*measure.Seconds()), t.budget)
		o.reason = fmt.Sprintf("%g a second%s: %s", rate, bound, o.reason)
		return t.done(o, f.numbers("")...)
	})
}

func sustainedStretches(params SustainedParams, c ceilings) []checks.Stretch {
	s := checks.Stretch{Title: "steady rate", Users: min(places, c.Users), Rate: or(params.Rate, 0), Time: or(params.Time, 30*time.Second), Limit: passWithin}
	if s.Rate > 0 {
		s.Title = fmt.Sprintf("%g a second", s.Rate)
	}
	return []checks.Stretch{s}
}

// steady is the rate: the declared one, or half of what the best step brought that could
// be brought with the places there are. A step of more users says what as many places as
// it has users can carry; by Little's law fewer places carry as much less, and a rate
// beyond that would measure gonogo's own bound.
func (t *trial) steady(params SustainedParams) float64 {
	if params.Rate != nil {
		return *params.Rate
	}
	best := 0.0
	if l := t.ladders[params.As+" "+t.label]; l != nil {
		best = l.carried(places)
	}
	return math.Floor(min(best/2, t.mostRate()))
}

// carried is the best rate of the steps for so many requests at once.
func (l *ladder) carried(places int) float64 {
	best := 0.0
	for i := range l.steps {
		share := 1.0
		if l.steps[i].Users > places {
			share = float64(places) / float64(l.steps[i].Users)
		}
		best = max(best, l.steps[i].rate()*share)
	}
	return best
}

func (t *trial) mostRate() float64 {
	if t.held > 0 {
		return min(t.held, t.Rate)
	}
	return t.Rate
}

// judgeSustained judges a run of so many whole seconds, of which so many answers were due.
func judgeSustained(f *facts, whole, due int, budget string) opinion {
	if o, ok := f.undecided(budget, due); ok {
		return o
	}
	parts := []opinion{f.failures(), f.down(), f.slow(), f.drift(whole), f.level(whole), f.silent(), f.starting(), f.odd(), f.cached(false), f.left()}
	if f.Never > 0 {
		parts = append(parts, opinion{reason: fmt.Sprintf("%d of %d were never sent, as all places were busy", f.Never, due)})
	}
	return f.honest(worst(parts...))
}

// windows are the medians and p95s of the whole seconds that have good answers, in ms.
func (f *facts) windows(whole int) (p50, p95 []float64) {
	for i := range f.Seconds[:min(whole, len(f.Seconds))] {
		if h := &f.Seconds[i].latency; h.n > 0 {
			p50 = append(p50, h.quantile(0.5).Seconds()*1000)
			p95 = append(p95, h.quantile(0.95).Seconds()*1000)
		}
	}
	return p50, p95
}

// drift judges the trend of the median.
func (f *facts) drift(whole int) opinion {
	p50, _ := f.windows(whole)
	if len(p50) < leastWindows {
		return unsure("only %d seconds have answers, a trend takes %d", len(p50), leastWindows)
	}
	growth, median, z := theilSen(p50)*float64(len(p50)), quantileOf(p50, 0.5), mannKendall(p50)
	share := growth / median
	o := opinion{checks.Pass, "the median is level"}
	switch {
	case z >= 3 && share > 0.5 && growth > 20:
		o.verdict = checks.Fail
	case z >= 3 && share > 0.2 && growth > 5:
		o.verdict = checks.Warn
	default:
		return o
	}
	o.reason = fmt.Sprintf("the median grew by %.0f %% (%.0f ms)", 100*share, growth)
	return o
}

// level judges how much slower the slow seconds are.
func (f *facts) level(whole int) opinion {
	_, p95 := f.windows(whole)
	slow, median := quantileOf(p95, 0.9), quantileOf(p95, 0.5)
	if median == 0 {
		return opinion{}
	}
	times, apart := slow/median, slow-median
	o := opinion{reason: fmt.Sprintf("slow seconds %.1f times the usual", times), verdict: checks.Pass}
	switch {
	case times > 6 && apart > 50:
		o.verdict = checks.Fail
	case times > 3 && apart > 5:
		o.verdict = checks.Warn
	}
	return o
}

// silent judges the longest time in which something waited and nothing came.
func (f *facts) silent() opinion {
	o := opinion{checks.Pass, "longest silence " + words(f.Silence)}
	switch {
	case f.Silence > 5*time.Second:
		o.verdict = checks.Fail
	case f.Silence > max(time.Second, 10*f.Latency.quantile(0.95)):
		o.verdict = checks.Warn
	}
	return o
}
