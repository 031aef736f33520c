package load

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// BaselineParams are the parameters of load.baseline.
type BaselineParams struct {
	Path     string `toml:"path" doc:"the route that is asked"`
	Requests *int   `toml:"requests" doc:"how many; default 100, up to 1000"`
	Health   *bool  `toml:"health" doc:"a health route, held to 100 ms and 500 ms; default false"`
	As       string `toml:"as" doc:"identity: user or admin; default none"`
}

const mostRequests = 1000

func baselineKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return baselineStretches(params.(BaselineParams)) },
		ID:        "load.baseline", Title: "One user is served quickly", Class: checks.Load, Severity: checks.Medium, Limit: limit,
		Sends: "GET of one path, 100 times, one after the other",
		Rule:  failRule + kindRule + goneRule + "Of 100, 0 pass, 1 and 2 warn, 3 fail. Latency: PASS when 95 % take at most 200 ms (a health route 100 ms), WARN at most 1 s (500 ms), else FAIL. " + unsureIf,
		Fix:   "Profile the route: queries, serialisation, calls to others; cache what is the same for everybody.",
		Refs:  []string{"SRE 27"},
	}, func(ctx context.Context, p *checks.Probe, params BaselineParams) checks.Result {
		n := or(params.Requests, 100)
		if n < 1 || n > mostRequests {
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: %d requests; gonogo sends 1 to %d", n, mostRequests))
		}
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As}, 1, baselineStretches(params))
		if stop != nil {
			return *stop
		}
		alone := newWorker()
		defer alone.close()
		first := t.ask(ctx, alone)
		if _, blocked := t.gate(ctx, t.driver); blocked != nil {
			return t.done(*blocked)
		}
		ph := phase{Users: 1, Least: n, Most: n, Pass: t.stretches[0].Limit, Fail: time.Second, Quiet: t.Deadline * 2, Show: t.shows(0)}
		if or(params.Health, false) {
			ph.Fail = 500 * time.Millisecond
		}
		f := t.run(ctx, ph)
		t.still(ctx, &f)
		t.ended(0, fmt.Sprintf("%d requests by one user; the first of all, with connecting: %s", n, words(first.took)), &f, checks.Stretched{})
		return t.done(judgeBaseline(&f, n, t.budget), f.numbers("")...)
	})
}

func baselineStretches(params BaselineParams) []checks.Stretch {
	n, limit := or(params.Requests, 100), 200*time.Millisecond
	if or(params.Health, false) {
		limit = 100 * time.Millisecond
	}
	return []checks.Stretch{{Title: "one user", Users: 1, Time: time.Duration(n) * 50 * time.Millisecond, Limit: limit}}
}

func judgeBaseline(f *facts, planned int, budget string) opinion {
	o, ok := f.undecided(budget, planned)
	if !ok {
		o = f.honest(worst(f.failures(), f.slow(), opinion{reason: "mean " + words(f.Latency.mean())}, f.odd(), f.cached(false), f.left()))
	}
	return o
}
