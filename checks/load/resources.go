package load

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/exposition"
	"assess/gonogo/checks/guard"
)

// ResourcesParams are the parameters of load.resources.
type ResourcesParams struct {
	Path        string         `toml:"path" doc:"the route that is asked"`
	Mix         *bool          `toml:"mix" doc:"send the target's [load] mix instead where one is declared; default false"`
	URL         string         `toml:"url" doc:"where the figures are: the page of the host's node exporter, or the service's own metrics page; or \"process\": of the process that listens there, on loopback, from /proc"`
	Users       *int           `toml:"users" doc:"default what [load] requires, or 50"`
	Before      *time.Duration `toml:"before" doc:"how long is looked before the load; default 5s"`
	Measure     *time.Duration `toml:"measure" doc:"how long the load is measured after 1 s of start; default 10s"`
	After       *time.Duration `toml:"after" doc:"how long is looked after the load; default 10s"`
	CPUs        *float64       `toml:"cpus" doc:"how many CPUs the service may use, for a page of the service's own that does not say"`
	MemoryLimit *float64       `toml:"memory_limit" doc:"MiB that the service may use, likewise"`
	As          string         `toml:"as" doc:"identity: user or admin; default none"`
}

// mostLook is how long before and after may be.
const mostLook = time.Minute

func resourcesKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return resourcesStretches(params.(ResourcesParams), 0) },
		ID:        "load.resources", Title: "Resource use under load stays below its limits", Class: checks.Load, Severity: checks.Medium, Limit: limit,
		Sends: "GET of one path, or the target's mix of requests, by as many users as are required for 10 s; GET of the page with the figures once a second, from 5 s before until 10 s after",
		Rule: "CPU during the load: PASS below 80 %, WARN below 95 %, else FAIL. FAIL: memory, or open files, over 90 % of a known limit. WARN: afterwards more than 20 % more memory, open files, threads or goroutines " +
			"than before, or memory that grows by more than 1 % a second. PASS takes the figures of CPU and memory, a CPU that shows the load, and a load of 100 answers of which 95 % are good; gonogo holds it to a rate that its own ceilings allow. " +
			"inconclusive: the page can't be had, does not tell, stands still or does not show the load; or gonogo itself, on the same machine, made the difference. " + unsureIf,
		Fix:  "Add capacity for the resource that is nearest its limit, or spend less of it per request; find what is not given back.",
		Refs: []string{"SRE 6"},
	}, func(ctx context.Context, p *checks.Probe, params ResourcesParams) checks.Result {
		users := or(params.Users, required(p.Target))
		before, measure, after := or(params.Before, 5*time.Second), or(params.Measure, 10*time.Second), or(params.After, 10*time.Second)
		switch {
		case params.URL == "":
			return checks.NewResult(checks.Pending, "", "not declared: a page with figures (url): the host's node exporter or the service's own metrics")
		case min(before, measure, after) < 2*c.Look || before > mostLook || after > mostLook:
			return checks.NewResult(checks.Inconclusive, "", fmt.Sprintf("not run: before, measure and after take %s at least, and up to %s", words(2*c.Look), words(mostLook)))
		}
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As, Mix: or(params.Mix, false)}, users, resourcesStretches(params, users))
		if stop != nil {
			return *stop
		}
		w := &gauges{p: p, every: c.Look, url: exposition.Address(params.URL), cpus: or(params.CPUs, 0), memory: or(params.MemoryLimit, 0) * (1 << 20)}
		if params.URL == ofProcess {
			own, err := listener(t.shots[0].request.URL)
			if err != nil {
				return t.done(unsure("not run: %v", err))
			}
			w.own = own
		}
		if _, blocked := t.gate(ctx, t.driver); blocked != nil {
			return t.done(*blocked)
		}
		t.hold(time.Second + measure)
		f, u := t.watched(ctx, w, phase{Users: users, Warm: time.Second, Measure: measure, Least: leastAnswers, Pass: passWithin, Fail: failBeyond, Show: t.shows(0)}, before, after)
		t.ended(0, fmt.Sprintf("%s, figures from %s", count(users, "user"), w.source()), &f, checks.Stretched{})
		t.tables = append(t.tables, u.table())
		o := judgeResources(&f, u, t.held, t.budget)
		if w.own != nil {
			o.reason += "; figures of " + w.source()
		}
		r := t.done(o, u.numbers()...)
		r.Evidence = append(r.Evidence, w.pages...)
		return r
	})
}

func resourcesStretches(params ResourcesParams, users int) []checks.Stretch {
	if users == 0 {
		users = or(params.Users, 50)
	}
	return []checks.Stretch{{Title: count(users, "user"), Users: users, Time: time.Second + or(params.Measure, 10*time.Second), Limit: passWithin}}
}

// watched looks before, puts the load on, and looks until after it.
func (t *trial) watched(ctx context.Context, w *gauges, ph phase, before, after time.Duration) (facts, use) {
	u := use{Same: guard.IsLoopback(t.shots[0].request.URL.Hostname())}
	f, during := t.around(ctx, ph, before, after, w.look)
	u.From, u.To, u.Own, u.Cooled = during.From, during.To, during.Own, during.Cooled
	u.Samples, u.Why = w.samples, w.why
	return f, u
}

// during is when a load was on that something was looked at beside.
type during struct {
	From, To time.Time // its start-up left out
	Own      float64   // percent of this machine's CPUs that gonogo itself used meanwhile
	Cooled   bool      // the time after the load was waited for
}

// around puts a load on while look looks at something else, from before until after it.
func (t *trial) around(ctx context.Context, ph phase, before, after time.Duration, look func(context.Context)) (facts, during) {
	looking, stop := context.WithDeadline(ctx, t.until)
	defer stop()
	looked := make(chan struct{})
	go func() { defer close(looked); look(looking) }()
	t.p.Progress("looking before the load")
	pause(looking, before)
	t.begun = t.begun.Add(before) // looking is no load
	own, began := cpuTime(), time.Now()
	f := t.run(ctx, ph)
	d := during{From: began.Add(ph.Warm), To: time.Now()}
	if took := d.To.Sub(began); took > 0 {
		d.Own = 100 * (cpuTime() - own).Seconds() / took.Seconds() / float64(runtime.NumCPU())
	}
	t.close() // the target may give its connections back
	if f.Cut == complete {
		t.p.Progress("looking after the load")
		d.Cooled = pause(looking, after)
		t.begun = t.begun.Add(after)
	}
	stop()
	<-looked
	return f, d
}

// judgeResources judges the use beside the load that caused it.
func judgeResources(f *facts, u use, held float64, budget string) opinion {
	return beside(f, u.judge(), u.Cooled, held, budget)
}

// beside judges figures that were looked at beside a load: what they fail stands; all else
// takes a load that was as it was meant. cooled says that the time after it was waited for.
func beside(f *facts, figures []opinion, cooled bool, held float64, budget string) opinion {
	if o, ok := f.limited(); ok {
		return o
	}
	switch f.Cut {
	case outOfTime:
		return unsure("%s ran out after %d of %d answers", budget, f.answers(), leastAnswers)
	case aborted:
		return unsure("stopped by hand after %s", count(f.answers(), "answer"))
	}
	o := worst(figures...)
	o.reason = fmt.Sprintf("%s, %.0f good a second: %s", count(f.Users, "user"), f.rate(), o.reason)
	if o.verdict == checks.Fail {
		return o
	}
	switch {
	case f.Cut != complete:
		return unsure("the load ended before its plan (%s): %s", f.Why, o.reason)
	case f.answers() < leastAnswers:
		return unsure("only %s: that is no load; %s", count(f.answers(), "answer"), o.reason)
	case 20*f.failed() > f.answers():
		return unsure("%s, so the load did not reach what it should use: %s", f.failures().reason, o.reason)
	case f.Sick != "":
		return unsure("%s, so this was not the load that was meant: %s", f.Sick, o.reason)
	case held > 0 && f.rate() > 0.9*held && f.rate() < float64(f.Users):
		return unsure("gonogo's own ceiling of %.0f requests a second was reached: %s", held, o.reason)
	case !cooled:
		return unsure("%s ran out before the time after the load was over: %s", budget, o.reason)
	}
	return o
}

// table is the evidence of what was looked at.
func (u *use) table() string {
	var b strings.Builder
	b.WriteString("the figures, second by second\n")
	if u.Why != "" {
		fmt.Fprintf(&b, "  not always read: %s\n", u.Why)
	}
	for i, s := range u.Samples {
		cpu := "-"
		if i > 0 {
			if share, ok := busyBetween(u.Samples[i-1 : i+1]); ok {
				cpu = fmt.Sprintf("%.1f %%", share)
			}
		}
		fmt.Fprintf(&b, "  %6.1f s %-6s: CPU %s, memory %s, open files %s, threads %s, goroutines %s\n", s.At.Sub(u.Samples[0].At).Seconds(), u.part(s.At), cpu,
			mebibytes(s.Memory), whole(s.Files), whole(s.Threads), whole(s.Goroutines))
	}
	fmt.Fprintf(&b, "  gonogo's own use of its machine's CPUs meanwhile: %.1f %%\n", u.Own)
	return b.String()
}
