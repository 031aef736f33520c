package load

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// PoolParams are the parameters of load.pool.
type PoolParams struct {
	Path   string         `toml:"path" doc:"a route that uses the database"`
	Users  *int           `toml:"users" doc:"users in the middle; default 50, up to 200"`
	Before *time.Duration `toml:"before" doc:"how long one user asks before and after; default 5s"`
	During *time.Duration `toml:"during" doc:"how long all ask; default 10s"`
	As     string         `toml:"as" doc:"identity: user or admin; default none"`
}

func poolKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return poolStretches(params.(PoolParams)) },
		ID:        "load.pool", Title: "The connection pool serves many users", Class: checks.Load, Severity: checks.High, Limit: limit,
		Sends: "GET of a route that uses the database: one user for 5 s, 50 for 10 s, one for 5 s, or as the profile says",
		Rule: failRule + kindRule + eachRule + "That is asked of the 50. WARN also: their p95 is over ten times, and 100 ms above, one user's; one user's median afterwards is over 1.5 times, and 5 ms above, " +
			"the one before; over 10 % of the requests needed a new connection. FAIL also: one user is not served afterwards. inconclusive: over 5 % of the answers came from a cache (Age, Cache-Status, X-Cache). " + unsureIf,
		Fix:  "Size the pool for the users times instances below the server's limit, with an acquire time-out and 503 when it is full; give connections back on every path.",
		Refs: []string{"ASVS 13.1.2", "ASVS 13.2.6"},
	}, func(ctx context.Context, p *checks.Probe, params PoolParams) checks.Result {
		users, alone, all := or(params.Users, 50), or(params.Before, 5*time.Second), or(params.During, 10*time.Second)
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As}, users, poolStretches(params))
		if stop != nil {
			return *stop
		}
		if _, blocked := t.gate(ctx, t.driver); blocked != nil {
			return t.done(*blocked)
		}
		one := phase{Users: 1, Measure: alone, Least: 5, Enough: enough, Pass: passWithin, Fail: failBeyond}
		many := one
		many.Users, many.Warm, many.Measure, many.Least = users, min(time.Second, all/4), all, leastAnswers
		var parts [3]facts
		for i, ph := range []phase{one.within(t.share / 4), many.within(t.share / 2), one.within(t.share / 4)} {
			ph.Show = t.shows(i)
			parts[i] = t.run(ctx, ph)
			t.ended(i, t.stretches[i].Title, &parts[i], checks.Stretched{})
			if parts[i].Cut != complete && i == 0 || ctx.Err() != nil {
				break
			}
		}
		return t.done(judgePool(&parts[0], &parts[1], &parts[2], t.budget), parts[1].numbers("")...)
	})
}

func poolStretches(params PoolParams) []checks.Stretch {
	users, alone, all := or(params.Users, 50), or(params.Before, 5*time.Second), or(params.During, 10*time.Second)
	return []checks.Stretch{
		{Title: "one user before", Users: 1, Time: alone, Limit: passWithin},
		{Title: count(users, "user"), Users: users, Time: all + min(time.Second, all/4), Limit: passWithin},
		{Title: "one user afterwards", Users: 1, Time: alone, Limit: passWithin},
	}
}

// judgePool judges the middle, and what one user sees after it.
func judgePool(before, during, after *facts, budget string) opinion {
	if before.Cut != complete || 20*before.failed() > before.answers() {
		o, ok := before.undecided(budget, 5)
		if !ok {
			o = before.failures()
		}
		return unsure("one user alone, before any load: %s", o.reason)
	}
	o, ok := during.undecided(budget, leastAnswers)
	if !ok {
		o = during.honest(worst(during.failures(), slower(before, during), during.forEach(), reconnects(during), during.starting(), during.odd(), during.cached(true), during.shared()))
	}
	o.reason = fmt.Sprintf("%d users: %s", during.Users, o.reason)
	if o.verdict == checks.Inconclusive {
		return o
	}
	return worst(o, afterwards(before, after, budget))
}

// slower warns where many users wait much longer than one.
func slower(before, during *facts) opinion {
	one, many := before.Latency.quantile(0.95), during.Latency.quantile(0.95)
	o := opinion{checks.Pass, fmt.Sprintf("p95 %s, %s for one", words(many), words(one))}
	if many > 10*one && many-one > 100*time.Millisecond {
		o.verdict = checks.Warn
	}
	return o
}

// reconnects warns where connections are not kept.
func reconnects(during *facts) opinion {
	if during.Reconnects > 0.1 {
		return opinion{checks.Warn, fmt.Sprintf("%.0f %% of the requests needed a new connection", 100*during.Reconnects)}
	}
	return opinion{}
}

// afterwards judges whether one user is served as before.
func afterwards(before, after *facts, budget string) opinion {
	o, ok := after.undecided(budget, 5)
	was, is := before.Latency.quantile(0.5), after.Latency.quantile(0.5)
	switch {
	case ok:
	case 2*after.failed() > after.answers():
		o = opinion{checks.Fail, after.failures().reason}
	case after.failed() > 0 && 20*after.failed() > after.answers():
		o = opinion{checks.Warn, after.failures().reason}
	case 2*is > 3*was && is-was > 5*time.Millisecond:
		o = opinion{checks.Warn, fmt.Sprintf("p50 %s, %s before: connections are not given back", words(is), words(was))}
	default:
		o = opinion{checks.Pass, "as before, p50 " + words(is)}
	}
	o.reason = "one user afterwards: " + o.reason
	return o
}
