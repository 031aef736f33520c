package load

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
)

// RestartParams are the parameters of load.restart.
type RestartParams struct {
	Path    string         `toml:"path" doc:"the route that is asked all the time"`
	Of      string         `toml:"of" doc:"what is judged: recovery, the time until it is well again, or drain, what becomes of the requests in flight; default recovery"`
	Slow    string         `toml:"slow" doc:"a route that takes a second or so, of which requests are kept in flight; drain needs it"`
	Flights *int           `toml:"flights" doc:"how many of them; default 5, up to 50"`
	Metrics string         `toml:"metrics" doc:"a page that tells when the process started; default the target's [paths] metrics"`
	Window  *time.Duration `toml:"window" doc:"how long the restart is waited for; default 60s, up to 300s"`
	Pass    *time.Duration `toml:"pass" doc:"well again within that passes, later warns; default 30s"`
	GiveUp  *time.Duration `toml:"give_up" doc:"how long it is waited for afterwards; default 60s, up to 300s"`
	As      string         `toml:"as" doc:"identity: user or admin; default none"`
}

// RestartCall is what progress says while a check waits for somebody to restart the service.
const RestartCall = "restart the service now"

const (
	mostWindow  = 5 * time.Minute
	mostFlights = 50
)

func restartKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return restartStretches(params.(RestartParams)) },
		ID:        "load.restart", Title: "A restart heals by itself and cuts no request off", Class: checks.Load, Severity: checks.High, Limit: limit, Last: true,
		Needs: []string{"base_url", "load.restart"},
		Sends: "GET of one path each 200 ms on a new connection, and of a slow one five at a time, while somebody restarts the service within 60 s; GET of the metrics page once a second",
		Rule: "recovery: PASS when five requests in a row are good again within 30 s of the first failed one, WARN later, FAIL not within 60 s. drain: PASS when every slow request that was in flight as it went away is answered, " +
			"FAIL when one is not. inconclusive: no restart was seen (no request failed, or the metrics page says that the process is the same), or no slow request was in flight. pending: [load] restart = true is not declared.",
		Fix:  "Stop accepting on SIGTERM, finish what is open, then exit; let the supervisor start it again, and let it wait for what it depends on instead of exiting.",
		Refs: []string{"12-factor IX", "SRE 22", "SRE App. E"},
	}, func(ctx context.Context, p *checks.Probe, params RestartParams) checks.Result {
		w := waiting{Pass: or(params.Pass, 30*time.Second), Warn: or(params.Window, time.Minute), GiveUp: or(params.GiveUp, time.Minute)}
		flights := or(params.Flights, 5)
		switch {
		case params.Of != "" && params.Of != "recovery" && params.Of != "drain":
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: of = %q: want recovery or drain", params.Of))
		case params.Of == "drain" && params.Slow == "":
			return checks.NewResult(checks.Pending, "", "not declared: a slow route (slow), whose requests are in flight during the restart")
		case w.Pass <= 0 || w.Pass > w.GiveUp || w.Warn <= 0 || max(w.Warn, w.GiveUp) > mostWindow || flights < 1 || flights > mostFlights:
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: pass <= give_up <= %s, a window up to that and 1 to %d flights are needed", words(mostWindow), mostFlights))
		}
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As, Apart: true}, flights, restartStretches(params))
		if stop != nil {
			return *stop
		}
		asked := params.As + " " + t.label
		known, ok := t.restarts[asked]
		if !ok || params.Of == "drain" && known.slow == "" {
			single := t.fresh()
			_, blocked := t.gate(ctx, single)
			t.sent.Add(single.sent.Swap(0))
			if blocked != nil {
				t.begun = time.Now()
				return t.done(*blocked)
			}
			watch := &restart{w: w, flights: flights, single: single, page: exposition.Address(params.Metrics)}
			if watch.page == "" {
				watch.page = p.Target.Paths.Metrics
			}
			if err := watch.prepare(ctx, t, params); err != nil {
				return t.done(unsure("not run: %v", err))
			}
			watch.run(ctx, t)
			if known = watch.seen(); ctx.Err() == nil {
				t.restarts[asked] = known
			}
		}
		t.tables = append(t.tables, known.table())
		t.begun = time.Now() // waiting for a restart is no load
		if params.Of == "drain" {
			return t.done(judgeDrain(known, w))
		}
		var numbers []checks.Measurement
		if known.Seen && known.Well {
			numbers = append(numbers, checks.Measurement{Name: "restart", Value: known.outage().Seconds(), Unit: "s"})
		}
		return t.done(judgeRestart(known, w), numbers...)
	})
}

func restartStretches(params RestartParams) []checks.Stretch {
	return []checks.Stretch{{Title: RestartCall, Users: 1, Time: or(params.Window, time.Minute)}}
}

// restarted is what was seen of a restart.
type restarted struct {
	slow    string // the slow route; "" = none
	Seen    bool
	Tells   bool          // the metrics page says when the process started
	Anew    bool          // and it said that it started anew
	Blips   int           // times when requests failed and the process was the same
	Down    time.Time     // first failed request; zero: none failed
	Up      time.Time     // first of five good ones after it
	Well    bool          // there were
	Waited  time.Duration // in all
	Cut     bool          // by the time of the check, or by hand
	Asked   int           // probes
	Failed  int           // of them
	Trouble string        // of the first failed
	Drained int           // slow requests in flight as it went away that were answered
	Lost    []string      // what became of those that were not
	lines   []string
}

// outage is how long requests failed.
func (r *restarted) outage() time.Duration {
	if r.Down.IsZero() {
		return 0
	}
	return r.Up.Sub(r.Down)
}

// unseen says why there is nothing to judge.
func (r *restarted) unseen(w waiting) (opinion, bool) {
	switch {
	case r.Seen:
		return opinion{}, false
	case r.Cut:
		return unsure("stopped after %s, before a restart was seen", words(r.Waited)), true
	case r.Blips > 0:
		return unsure("no restart seen within %s: requests failed, but the metrics page says that the process is the same", words(w.Warn)), true
	}
	return unsure("no restart seen within %s: no request failed%s; somebody has to restart the service while this check waits", words(w.Warn), r.same()), true
}

func (r *restarted) same() string {
	if r.Tells {
		return " and the process is the same"
	}
	return ""
}

// judgeRestart judges how long it took until the target was well.
func judgeRestart(r *restarted, w waiting) opinion {
	if o, ok := r.unseen(w); ok {
		return o
	}
	how := "seen by " + r.Trouble
	if r.Anew {
		how = "the process started anew"
	}
	switch {
	case !r.Well && r.Cut:
		return unsure("stopped before it was well again (%s)", how)
	case !r.Well:
		return opinion{checks.Fail, fmt.Sprintf("not well again %s after the first failed request; %s", words(w.GiveUp), how)}
	case r.Down.IsZero():
		return opinion{checks.Pass, fmt.Sprintf("none of %d requests on new connections failed; %s", r.Asked, how)}
	}
	o := opinion{checks.Pass, fmt.Sprintf("well again %s after the first failed request, %d of %d failed; %s", words(r.outage()), r.Failed, r.Asked, how)}
	if r.outage() > w.Pass {
		o.verdict = checks.Warn
	}
	return o
}

// judgeDrain judges what became of the requests in flight.
func judgeDrain(r *restarted, w waiting) opinion {
	if o, ok := r.unseen(w); ok {
		return o
	}
	all := r.Drained + len(r.Lost)
	switch {
	case all == 0:
		return unsure("no request of %s was in flight as the service went away: name a slower route", r.slow)
	case len(r.Lost) > 0:
		return opinion{checks.Fail, fmt.Sprintf("%d of %d requests in flight were cut off (%s)", len(r.Lost), all, strings.Join(slices.Compact(slices.Sorted(slices.Values(r.Lost))), ", "))}
	}
	return opinion{checks.Pass, fmt.Sprintf("all %d requests in flight were answered", all)}
}

// mostLines bounds the table of probes.
const mostLines = 400

// table is the evidence.
func (r *restarted) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "while somebody restarted the service: %s, %d probes, %d failed\n", words(r.Waited), r.Asked, r.Failed)
	fmt.Fprintf(&b, "  the metrics page tells when the process started: %v; it started anew: %v; failures of the same process: %d\n", r.Tells, r.Anew, r.Blips)
	if r.slow != "" {
		fmt.Fprintf(&b, "  in flight (%s): %d answered, %d not: %s\n", r.slow, r.Drained, len(r.Lost), strings.Join(r.Lost, ", "))
	}
	for _, line := range r.lines {
		b.WriteString("  " + line + "\n")
	}
	return b.String()
}
