package load

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// BurstParams are the parameters of load.burst.
type BurstParams struct {
	Path   string `toml:"path" doc:"the route that is asked"`
	Mix    *bool  `toml:"mix" doc:"send the target's [load] mix instead where one is declared; default false"`
	Users  *int   `toml:"users" doc:"requests that start together; default 50, up to 200"`
	Rounds *int   `toml:"rounds" doc:"how many times; default 10, up to 20"`
	As     string `toml:"as" doc:"identity: user or admin; default none"`
}

const mostRounds = 20

func burstKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return burstStretches(params.(BurstParams)) },
		ID:        "load.burst", Title: "Requests at the same moment succeed", Class: checks.Load, Severity: checks.High, Limit: limit,
		Sends: "GET of one path, or the target's mix of requests, 50 at the same moment, ten times",
		Rule:  failRule + kindRule + goneRule + "Of 500, 0 to 5 pass, 6 to 9 warn, 10 fail. WARN also: more than 5 % take over 500 ms. Over half failed after 100: FAIL at once. " + unsureIf,
		Fix:   "Find the narrowest shared resource (pool, workers, lock), size it, and shed load beyond it with 503 and Retry-After.",
		Refs:  []string{"SRE App. E", "CWE-400"},
	}, func(ctx context.Context, p *checks.Probe, params BurstParams) checks.Result {
		users, rounds := or(params.Users, 50), or(params.Rounds, 10)
		if rounds < 1 || rounds > mostRounds {
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: %d rounds; gonogo sends 1 to %d", rounds, mostRounds))
		}
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As, Mix: or(params.Mix, false)}, users, burstStretches(params))
		if stop != nil {
			return *stop
		}
		alone, blocked := t.gate(ctx, t.driver)
		if blocked != nil {
			return t.done(*blocked)
		}
		f, first := t.rounds(ctx, users, rounds, passWithin, failBeyond, t.shows(0))
		t.still(ctx, &f)
		t.ended(0, fmt.Sprintf("%d rounds of %d requests at once, one user alone took %s, round one: %d failed", rounds, users, words(alone), first), &f, checks.Stretched{})
		return t.done(judgeBurst(&f, users*rounds, first, t.budget), f.numbers("")...)
	})
}

func burstStretches(params BurstParams) []checks.Stretch {
	users, rounds := or(params.Users, 50), or(params.Rounds, 10)
	return []checks.Stretch{{Title: fmt.Sprintf("%d at once, %d times", users, rounds), Users: users, Time: time.Duration(rounds) * 200 * time.Millisecond, Limit: passWithin}}
}

// judgeBurst judges all rounds together.
func judgeBurst(f *facts, planned, first int, budget string) opinion {
	o, ok := f.undecided(budget, planned)
	if !ok {
		o = f.honest(worst(f.failures(), f.down(), f.slow().atMost(checks.Warn), f.odd(), f.cached(false), f.left()))
	}
	o.reason = fmt.Sprintf("%d at once: %s", f.Users, o.reason)
	if first > 0 && f.failed() > first {
		o.reason += fmt.Sprintf("; %d of them in round one", first)
	}
	return o
}
