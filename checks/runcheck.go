package checks

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
)

// A check may take a minute where its kind names no limit. After its time, or after Esc,
// it has half a second to come back before it is given up.
const (
	checkLimit = time.Minute
	grace      = 500 * time.Millisecond
)

// reachableKind judges whether the target answers at all: it runs even when it does not.
const reachableKind = "target.reachable"

// usesBase reports whether the check asks the base URL; asksBase whether there is no point
// in it when that does not answer.
func (pc *PlannedCheck) usesBase() bool {
	return pc.Kind.Class != Local && slices.Contains(pc.Kind.needs(), "base_url")
}

func (pc *PlannedCheck) asksBase() bool { return pc.usesBase() && pc.Kind.ID != reachableKind }

// check runs one check and makes sure that its result is one.
func (r *run) check(ctx context.Context, j job) Result {
	return r.proper(j.Kind, r.attempt(ctx, j))
}

// attempt runs one check within its time, unless it is known that there is no point.
func (r *run) attempt(ctx context.Context, j job) Result {
	if r.unreached != nil && j.asksBase() {
		return *r.unreached
	}
	for _, need := range j.Kind.needs() {
		if err := r.missing[need]; err != nil {
			return NewResult(Inconclusive, "", err.Error())
		}
	}
	limit, why := j.Kind.Limit, "the time limit of a check"
	if limit == 0 {
		limit = checkLimit
	}
	if b := r.budgets[j.item.planned.Category.ID]; b != nil {
		left := b.start()
		defer b.stop()
		if left <= 0 {
			return NewResult(Inconclusive, "", fmt.Sprintf("not run: the category's time of %s is used up", b.whole()))
		}
		if left < limit {
			limit, why = left, "the rest of the category's time"
		}
	}
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	timed = guard.WithClass(timed, string(j.Kind.Class))
	done := make(chan Result, 1)
	go func() { done <- r.call(timed, j) }()
	result, ok := wait(timed, done)
	if ctx.Err() != nil {
		return cutOff(result, ok)
	}
	if timed.Err() != nil {
		// What a check made of a cut-off observation proves nothing.
		stopped := NewResult(Inconclusive, "", fmt.Sprintf("stopped after %s: %s", round(limit), why))
		if ok {
			stopped.Evidence = result.Evidence
		}
		return stopped
	}
	return result
}

// cutOff is the result of a check whose run was stopped: what it measured until then stays,
// what it made of that is no judgement.
func cutOff(result Result, ok bool) Result {
	if !ok {
		return NewResult(Inconclusive, "", "stopped before it had ended")
	}
	if result.Verdict != Inconclusive {
		result.Verdict, result.Today, result.Reason = Inconclusive, Inconclusive, clean.Line("stopped before it had ended")
	}
	return result
}

// wait returns the check's result, or false when it did not come back in time.
func wait(ctx context.Context, done <-chan Result) (Result, bool) {
	select {
	case result := <-done:
		return result, true
	case <-ctx.Done():
	}
	select {
	case result := <-done:
		return result, true
	case <-time.After(grace):
		return Result{}, false
	}
}

// call runs the kind. A panic is gonogo's own mistake and never ends the run.
func (r *run) call(ctx context.Context, j job) (result Result) {
	p := &Probe{Target: r.plan.Target, Rules: r.plan.Profile.Scoring.Rules, Item: j.item.planned.Item.ID, run: r, kind: j.Kind, index: j.index}
	if b := r.budgets[j.item.planned.Category.ID]; b != nil {
		p.Budget = b.whole()
	}
	p.progress = func(text string) {
		r.tell(Progressed{Item: p.Item, Text: clean.Line(r.redactor.Text(text))})
	}
	defer func() {
		if v := recover(); v != nil {
			result = NewResult(Inconclusive, "", ownMistake(j.Kind, "it broke off"), p.Note("what broke", fmt.Sprint(v)))
		}
	}()
	return j.Kind.run(ctx, p, j.params)
}

// explain says of a request without a token why there is none, where the target declares
// one whose secret is not set.
func (r *run) explain(err error, q observe.Request) error {
	var trouble *observe.Error
	missing := r.missing["auth."+string(q.As)]
	if missing == nil || !errors.As(err, &trouble) || trouble.Trouble != observe.NoToken {
		return err
	}
	return &observe.Error{Trouble: observe.NoToken, URL: trouble.URL, Err: missing}
}

func ownMistake(k *Kind, what string) string {
	return fmt.Sprintf("gonogo's own mistake in %s: %s; please report it", k.ID, what)
}

// proper holds a result to what every result must be: a verdict there is, evidence for
// every judgement, a strength, and no secret in the reason.
func (r *run) proper(k *Kind, result Result) Result {
	switch {
	case !result.Verdict.Known() || result.Today != "" && !result.Today.Known():
		result = NewResult(Inconclusive, "", ownMistake(k, fmt.Sprintf("%q is no verdict", result.Verdict)), result.Evidence...)
	case result.Verdict.Decided() && len(result.Evidence) == 0:
		result = NewResult(Inconclusive, "", ownMistake(k, fmt.Sprintf("it says %s without evidence", result.Verdict)))
	}
	if result.Today == "" {
		result.Today = result.Verdict
	}
	if result.Strength == "" {
		result.Strength = k.strength()
	}
	result.Reason = clean.Line(r.redactor.Text(string(result.Reason)))
	return result
}

// strength is how strong what the kind sees is, where it does not say.
func (k *Kind) strength() Strength {
	if k.Class == Local {
		return Configuration
	}
	return ObservedLive
}

// silences are the troubles that mean: nothing there answers. A failed TLS handshake is an
// answer: what is wrong with it is what the transport kinds are there to find.
var silences = []observe.Trouble{observe.Refused, observe.Timeout, observe.DNS, observe.NotHTTP, observe.Broken}

// reachTarget asks for the base URL once before the first check that needs it. Where
// nothing answers, those checks end as inconclusive with that cause instead of waiting for
// the same silence one by one.
func (r *run) reachTarget(ctx context.Context) {
	if r.unreached != nil {
		return
	}
	_, err := r.observations.Do(ctx, observe.Request{URL: r.plan.Target.BaseURL})
	var trouble *observe.Error
	if ctx.Err() != nil || !errors.As(err, &trouble) || !slices.Contains(silences, trouble.Trouble) {
		return
	}
	host := r.plan.Target.baseHost().Host
	reason := fmt.Sprintf("target not reached: %s at %s", trouble.Trouble, host)
	result := NewResult(Inconclusive, ObservedLive, reason, r.noteEvidence("GET "+r.plan.Target.BaseURL, err.Error(), ObservedLive))
	r.unreached = &result
}

// budget is the time a category's checks may take together. It runs while at least one
// of them does.
type budget struct {
	mu     sync.Mutex
	left   time.Duration
	used   time.Duration
	active int
	since  time.Time
	now    func() time.Time
}

// start begins a check and returns the time it has.
func (b *budget) start() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spend()
	b.active++
	return b.left
}

// stop ends a check.
func (b *budget) stop() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.spend()
	b.active--
}

// spend takes the time since the last change off, if a check was running.
func (b *budget) spend() {
	now := b.now()
	if b.active > 0 {
		b.left -= now.Sub(b.since)
		b.used += now.Sub(b.since)
	}
	b.since = now
}

// whole is the budget as declared.
func (b *budget) whole() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left + b.used
}

// round cuts a duration to what people read.
func round(d time.Duration) time.Duration {
	if d > time.Second {
		return d.Round(100 * time.Millisecond)
	}
	return d.Round(time.Millisecond)
}
