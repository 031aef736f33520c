package checks

import (
	"slices"
	"strings"
	"sync"
	"time"

	"assess/gonogo/checks/clean"
)

// itemRun is one item while its checks run.
type itemRun struct {
	planned *Planned

	mu      sync.Mutex
	started time.Time
	results []*Result // one a check; those that wait have theirs from the start
	elapsed time.Duration
}

// items prepares the items of the run. A check that waits has its result already.
func (r *run) items() []*itemRun {
	var items []*itemRun
	for _, planned := range r.plan.running(r.o) {
		item := &itemRun{planned: planned, results: make([]*Result, len(planned.Checks))}
		for i := range planned.Checks {
			pc := &planned.Checks[i]
			if pc.runnable(r.o.Allow) {
				continue
			}
			reason := pc.Waits
			if reason == "" {
				reason = "waits for consent to " + string(pc.Kind.Class) + " checks"
			}
			waiting := NewResult(Pending, "", pc.Kind.ID+" waits: "+reason)
			waiting.Today = Pending
			item.results[i] = &waiting
		}
		items = append(items, item)
	}
	return items
}

// start tells that the item began, once.
func (i *itemRun) start(r *run) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.started.IsZero() {
		i.started = r.now().UTC()
		r.tell(Started{Item: i.planned.Item.ID, At: i.started})
	}
}

// giveUp ends the checks that did not come to their turn.
func (i *itemRun) giveUp() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for at, result := range i.results {
		if result == nil {
			stopped := NewResult(Inconclusive, "", "not run: the run was stopped before")
			stopped.Today, stopped.Strength = Inconclusive, i.planned.Checks[at].Kind.strength()
			i.results[at] = &stopped
		}
	}
}

// finish keeps a check's result and, with the last one, tells the item's outcome.
func (i *itemRun) finish(r *run, index int, result Result, elapsed time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.results[index] = &result
	i.elapsed += elapsed
	if slices.Contains(i.results, nil) {
		return
	}
	outcome := judge(r.plan.Profile, i.planned, i.results)
	outcome.Vantage, outcome.Started, outcome.Elapsed = r.vantage, i.started, i.elapsed
	r.tell(Finished{Outcome: outcome})
}

// judge makes an item's outcome of the results of its checks: the worst that counts, read
// as the profile says. It is pure.
func judge(p *Profile, planned *Planned, results []*Result) Outcome {
	o := Outcome{Item: planned.Item.ID, Verdict: Pending, Today: Pending}
	var verdicts, today []Verdict
	for i, result := range results {
		check := planned.Checks[i]
		o.Kinds = append(o.Kinds, check.Kind.ID)
		o.Checks = append(o.Checks, CheckOutcome{Kind: check.Kind.ID, Hint: check.Check.Hint, Verdict: result.Verdict,
			Today: result.Today, Reason: result.Reason})
		o.addEvidence(result)
		if !check.Check.Hint {
			verdicts, today = append(verdicts, result.Verdict), append(today, result.Today)
		}
	}
	if len(verdicts) > 0 {
		o.Verdict, o.Today = Worst(verdicts...), Worst(today...)
	}
	counted := o.Verdict
	o.Reason, o.Strength = explain(planned, results, counted)
	var changed []string
	if counted != o.Today {
		changed = append(changed, `rules = "`+p.Scoring.Rules+`"`)
	}
	if to, ok := planned.Item.Read[string(counted)]; ok {
		o.Verdict = to
		changed = append(changed, "read."+string(counted))
	}
	if o.Verdict != o.Today {
		o.Changed = strings.Join(changed, ", ")
	}
	return o
}

// addEvidence takes over a result's evidence, the same bytes once, and its numbers.
func (o *Outcome) addEvidence(result *Result) {
	o.Measurements = append(o.Measurements, result.Measurements...)
	for _, e := range result.Evidence {
		if !slices.ContainsFunc(o.Evidence, func(known Evidence) bool { return known.SHA256 == e.SHA256 }) {
			o.Evidence = append(o.Evidence, e)
		}
	}
}

// explain gives the reasons of the checks that the verdict comes from, and the weakest
// strength among them. Where there is none that counts, the hints speak. A warning is named
// too where another check, which waits or could not tell, hides it.
func explain(planned *Planned, results []*Result, verdict Verdict) (clean.Text, Strength) {
	var reasons []string
	strength := -1
	for i, result := range results {
		if planned.Checks[i].Check.Hint || result.Verdict != verdict {
			continue
		}
		reasons = append(reasons, string(result.Reason))
		strength = max(strength, slices.Index(strengths, result.Strength))
	}
	if len(reasons) == 0 {
		for _, result := range results {
			reasons = append(reasons, "hint: "+string(result.Reason))
		}
	}
	if verdict == Pending || verdict == Inconclusive {
		for i, result := range results {
			if result.Verdict == Warn && !planned.Checks[i].Check.Hint {
				reasons = append(reasons, "warning: "+string(result.Reason))
			}
		}
	}
	if strength < 0 {
		return clean.Line(joinDistinct(reasons)), ""
	}
	return clean.Line(joinDistinct(reasons)), strengths[strength]
}

// strengths in their order, strongest first.
var strengths = []Strength{ObservedLive, Configuration, Stated, Inferred}
