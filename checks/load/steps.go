package load

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// StepsParams are the parameters of load.steps.
type StepsParams struct {
	Path    string         `toml:"path" doc:"the route that is asked"`
	Mix     *bool          `toml:"mix" doc:"send the target's [load] mix instead where one is declared; default false"`
	Users   int            `toml:"users" doc:"users of this step; up to 200"`
	From    *int           `toml:"from" doc:"users of a lower step that is judged with it"`
	Measure *time.Duration `toml:"measure" doc:"how long a step is measured after 1 s of start; default 8s"`
	As      string         `toml:"as" doc:"identity: user or admin; default none"`
}

// leastAnswers are waited for in a step.
const leastAnswers = 100

// ladder is the steps on one path in this run: each is climbed once, whatever asks for it.
type ladder struct {
	alone   time.Duration // median of one user
	steps   []facts       // in the order in which they ran
	stopped string        // why no further step runs
}

func stepsKind(c ceilings) checks.Kind {
	return checks.Define(checks.Kind{
		Stretches: func(params any) []checks.Stretch { return stepsStretches(params.(StepsParams)) },
		ID:        "load.steps", Title: "So many users are served within the budgets", Class: checks.Load, Severity: checks.High, Limit: limit,
		Sends: "GET of one path, or the target's mix of requests, by so many users, each asking again at once: 1 s of start, then 8 s, or less after 5000 answers, and at least 100 answers",
		Rule: failRule + kindRule + slowRule + eachRule + goneRule + "WARN also: over 0.5 % take more than 2 s; good answers a second are under 90 % of the best lower step (FAIL under 70 %), both measured for a second at least, and gonogo used under 25 % of the CPUs where it shares them with the target; the median is over 1.5 times, " +
			"and 20 ms above, what queueing explains. More than half of 100 failed, five refused connections or 3 s without a good answer end the steps: FAIL. " +
			"A step that a limit runs through is extended once by its own length. Above the users that [load] requires (50) nothing is worse than WARN. " + unsureIf,
		Fix:  "Find what saturates first (CPU, pool, locks, an upstream) and widen it; shed load beyond it with 503 and Retry-After.",
		Refs: []string{"SRE 22", "SRE 27", "SRE App. E"},
	}, func(ctx context.Context, p *checks.Probe, params StepsParams) checks.Result {
		t, stop := begin(ctx, p, c, sending{Path: params.Path, As: params.As, Mix: or(params.Mix, false)}, params.Users, stepsStretches(params))
		if stop != nil {
			return *stop
		}
		l := t.ladders[params.As+" "+t.label]
		if l == nil {
			l = &ladder{}
			t.ladders[params.As+" "+t.label] = l
		}
		var opinions []opinion
		var numbers []checks.Measurement
		for part := range t.stretches {
			o, m := t.step(ctx, l, part, or(params.Measure, 8*time.Second))
			opinions, numbers = append(opinions, o), append(numbers, m...)
		}
		o := worst(opinions...)
		return t.done(o, numbers...)
	})
}

func stepsStretches(params StepsParams) []checks.Stretch {
	climb := []int{params.Users}
	if from := or(params.From, 0); from > 0 && from < params.Users {
		climb = []int{from, params.Users}
	}
	var out []checks.Stretch
	for _, users := range climb {
		out = append(out, checks.Stretch{Title: count(users, "user"), Users: users, Time: time.Second + or(params.Measure, 8*time.Second), Limit: passWithin})
	}
	return out
}

// step runs a step of the ladder, unless it ran before, and judges it.
func (t *trial) step(ctx context.Context, l *ladder, part int, measure time.Duration) (opinion, []checks.Measurement) {
	users := t.stretches[part].Users
	f := l.find(users)
	if f == nil {
		if l.stopped != "" {
			return unsure("not run: %s", l.stopped), nil
		}
		if l.alone == 0 {
			alone, blocked := t.gate(ctx, t.driver)
			if blocked != nil {
				l.stopped = blocked.reason
				return *blocked, nil
			}
			l.alone = alone
		} else if !pause(ctx, 500*time.Millisecond) {
			return unsure("stopped"), nil
		} else {
			t.afford(t.campaign.bytes.Load(), t.campaign.requests.Load())
		}
		ph := phase{Users: users, Warm: time.Second, Measure: measure, Least: leastAnswers, Enough: enough, Extends: true,
			Pass: passWithin, Fail: failBeyond, Show: t.shows(part)}
		ran := t.run(ctx, ph.within(t.share/int64(len(t.stretches))))
		if t.held > 0 && ran.Sick == "" && ran.rate() > 0.9*t.held {
			ran.Sick = fmt.Sprintf("gonogo's own ceiling of %.0f requests a second was reached", t.held)
		}
		if t.held > 0 { // the target is elsewhere
			ran.Own = 0
		}
		t.still(ctx, &ran)
		l.add(ran, t.budget)
		f = l.find(users)
	}
	o := judgeStep(f, l, required(t.p.Target), t.budget)
	told := checks.Stretched{Verdict: o.verdict, Saturated: clean.Text(l.saturated())}
	if k, ok := l.knee(f); ok {
		told.Knee = clean.Text(k.words())
	}
	t.ended(part, fmt.Sprintf("step of %s, one user alone took %s", count(users, "user"), words(l.alone)), f, told)
	o.reason = fmt.Sprintf("%s: %s", count(users, "user"), o.reason)
	return o, f.numbers(count(users, "user") + " ")
}

func (l *ladder) find(users int) *facts {
	for i := range l.steps {
		if l.steps[i].Users == users {
			return &l.steps[i]
		}
	}
	return nil
}

// add keeps a step and notes why it is the last one.
func (l *ladder) add(f facts, budget string) {
	l.steps = append(l.steps, f)
	switch f.Cut {
	case complete:
		if f.Gone != "" {
			l.stopped = fmt.Sprintf("the target did not answer any more after the step of %s", count(f.Users, "user"))
		}
	case outOfTime:
		l.stopped = fmt.Sprintf("%s is used up", budget)
	default:
		l.stopped = fmt.Sprintf("the step of %s ended it: %s", count(f.Users, "user"), f.Why)
	}
	if o, ok := f.limited(); ok {
		l.stopped = o.reason
	}
}

// judgeStep judges a step beside the lower ones.
func judgeStep(f *facts, l *ladder, required int, budget string) opinion {
	bound := checks.Fail
	if f.Users > required {
		bound = checks.Warn
	}
	if o, ok := f.undecided(budget, leastAnswers); ok {
		return o.atMost(bound)
	}
	o := worst(f.failures(), f.down(), f.slow(), f.tail(), opinion{reason: fmt.Sprintf("%.0f good a second", f.rate())}, scaling(f, l), f.forEach(), f.starting(), f.odd(), f.cached(false), f.left(), f.extended(), f.shared())
	return f.honest(o).atMost(bound)
}

// tail warns of the few that take very long while most are quick.
func (f *facts) tail() opinion {
	if f.Timed > 0 && float64(f.OverFail)/float64(f.Timed) > 0.005 {
		return opinion{checks.Warn, fmt.Sprintf("%d of %d took over %s", f.OverFail, f.Timed, words(failBeyond))}
	}
	return opinion{}
}

// scaling judges throughput against the best lower step, latency against what queueing
// explains, and names the knee.
func scaling(f *facts, l *ladder) opinion {
	k, ok := l.knee(f)
	switch {
	case !ok && f.Elapsed < leastRated && len(l.steps) > 1:
		return opinion{reason: "measured for too short a time to compare its rate with other steps'"}
	case !ok:
		return opinion{}
	}
	o := opinion{verdict: checks.Pass}
	if kept := f.rate() / k.best; kept < 0.9 && f.Own >= ownLimit {
		o.reason = fmt.Sprintf("%.0f %% of the %.0f a second of a lower step, which need not be the target's doing: gonogo itself used %.0f %% of this machine's CPUs", 100*kept, k.best, f.Own)
	} else if kept < 0.9 {
		o.verdict = checks.Warn
		if kept < 0.7 {
			o.verdict = checks.Fail
		}
		o.reason = fmt.Sprintf("only %.0f %% of the %.0f a second of a lower step", 100*kept, k.best)
	}
	bound := max(k.alone, time.Duration(float64(f.Users)/k.best*float64(time.Second)))
	if p50 := f.Latency.quantile(0.5); o.verdict == checks.Pass && f.Own < ownLimit && p50 > bound*3/2 && p50-bound > 20*time.Millisecond {
		o = opinion{checks.Warn, fmt.Sprintf("the median is %.1f times what queueing explains", float64(p50)/float64(bound))}
	}
	reasons := []string{"knee near " + fmt.Sprintf("%.0f users", k.users())}
	switch {
	case k.none:
		reasons[0] = fmt.Sprintf("no knee up to %d users", f.Users)
	case k.below():
		reasons[0] = "knee at or below " + count(k.lowest, "user")
	}
	if o.reason != "" {
		reasons = append([]string{o.reason}, reasons...)
	}
	o.reason = strings.Join(reasons, ", ")
	return o
}

// knee is where throughput stops to grow: below it users don't wait for each other, above
// it each further one only adds waiting.
type knee struct {
	best   float64       // good answers a second
	alone  time.Duration // median at the lowest step
	upTo   int           // users of the highest step
	none   bool          // not reached by then
	lowest int           // users of the lowest step
	own    float64       // percent of this machine's CPUs that gonogo itself used in one of the steps, beside the target
}

// users at which the two bounds cross (Little's law).
func (k knee) users() float64 { return k.best * k.alone.Seconds() }

// below reports whether the lowest step was beyond the knee already: its median is no longer
// that of users who don't wait.
func (k knee) below() bool { return !k.none && k.users() <= 1.1*float64(k.lowest) }

// ownLimit is the use of the CPUs by gonogo itself, in percent, from which rates say as much of
// gonogo as of a target on the same machine.
const ownLimit = 25

func (k knee) words() string {
	if k.none {
		return fmt.Sprintf("none up to %d users", k.upTo)
	}
	text := fmt.Sprintf("about %.0f users = %.0f good/s × %s", k.users(), k.best, words(k.alone))
	if k.below() {
		text = fmt.Sprintf("at or below %s, %.0f good/s at most", count(k.lowest, "user"), k.best)
	}
	if k.own >= ownLimit {
		text += fmt.Sprintf("; gonogo itself used %.0f %% of this machine's CPUs", k.own)
	}
	return text
}

// leastRated is how long a step has to be measured for its rate to be compared with others':
// in less, how busy this machine is at the moment decides.
const leastRated = time.Second

// sound reports whether a step can be compared with others.
func (f *facts) sound() bool {
	return f.Cut == complete && f.Sick == "" && f.Count[good] > 0 && f.Elapsed >= leastRated
}

// knee finds the knee of a step and the lower ones; not ok where there is nothing to
// compare it with.
func (l *ladder) knee(f *facts) (k knee, ok bool) {
	lowest, best, own := f, f.rate(), f.Own
	for i := range l.steps {
		s := &l.steps[i]
		if s.Users >= f.Users || !s.sound() {
			continue
		}
		best, own = max(best, s.rate()), max(own, s.Own)
		if s.Users < lowest.Users {
			lowest = s
		}
	}
	if lowest == f || best == 0 || !f.sound() {
		return k, false
	}
	k = knee{best: best, alone: lowest.Latency.quantile(0.5), upTo: f.Users, lowest: lowest.Users, own: own}
	k.none = f.rate()/lowest.rate()*float64(lowest.Users)/float64(f.Users) >= 0.8
	return k, true
}

// saturated says from which step on at least half more users bring less than a tenth more
// good answers; empty where that was not seen.
func (l *ladder) saturated() string {
	var below *facts
	for i := range l.steps {
		s := &l.steps[i]
		if !s.sound() {
			continue
		}
		if below != nil && 2*s.Users >= 3*below.Users && s.rate() < 1.1*below.rate() {
			return fmt.Sprintf("from %d users: %.3g times the users of the step before, %.2f times its answers",
				s.Users, float64(s.Users)/float64(below.Users), s.rate()/below.rate())
		}
		below = s
	}
	return ""
}
