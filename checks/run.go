package checks

import (
	"cmp"
	"context"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/secrets"
	"assess/gonogo/checks/source"
)

// How many checks run at the same time. Requests have limits of their own (guard).
const (
	parallelLoopback  = 8
	parallelElsewhere = 4
)

// run is one run of a plan.
type run struct {
	plan    *Plan
	o       RunOptions
	now     func() time.Time
	vantage string

	guard        *guard.Guard
	observations *observe.Store
	redactor     *secrets.Redactor
	missing      map[string]error // identities whose token can't be filled in

	opened atomic.Bool // the repository was asked for
	tree   func() (*source.Tree, error)
	env    func() (*source.Env, error)

	budgets   map[string]*budget // category → what is left of its time
	unreached *Result            // why nothing is asked of the target any more

	sharing sync.Mutex
	shared  map[string]any // what checks of this run share, by key

	closing sync.Mutex
	atEnd   []func()
	closed  bool

	mu    sync.Mutex
	emit  func(Event)
	ended bool
}

// Run carries the plan out: local checks, then safe ones, then what was consented to, one
// at a time; bursts last. It blocks until the last check ended or ctx was cancelled, and
// hands every event to emit, one at a time; the last is RunEnded. An item that the end
// of ctx cut off has no Finished: it stays as it was; but one that was putting load on the
// target ends as inconclusive, with what was measured as its evidence. Where Ready returns
// an error, the only event is an interrupted RunEnded.
func (pl *Plan) Run(ctx context.Context, o RunOptions, emit func(Event)) {
	r, err := pl.newRun(o, emit)
	if err != nil {
		emit(RunEnded{Interrupted: true, At: cmpNow(o.Now)()})
		return
	}
	items := r.items()
	for _, phase := range phases(items) {
		r.runPhase(ctx, phase)
	}
	r.close()
	r.end(RunEnded{RequestsSent: r.guard.Sent(), Interrupted: ctx.Err() != nil, Reached: r.unreached == nil, At: r.now().UTC()})
	r.guard.Close()
	if !r.opened.Load() {
		return
	}
	if tree, err := r.tree(); err == nil {
		tree.Close()
	}
}

// cmpNow is the clock, the machine's where none is given.
func cmpNow(now func() time.Time) func() time.Time {
	if now == nil {
		return time.Now
	}
	return now
}

func (pl *Plan) newRun(o RunOptions, emit func(Event)) (*run, error) {
	if err := pl.Ready(o); err != nil {
		return nil, err
	}
	t := pl.Target
	g, err := guard.New(pl.guardConfig(o))
	if err != nil {
		return nil, err
	}
	r := &run{plan: pl, o: o, now: cmpNow(o.Now), emit: emit, guard: g, redactor: o.Redactor, budgets: map[string]*budget{}, shared: map[string]any{}}
	if r.redactor == nil {
		r.redactor = secrets.NewRedactor(nil)
	}
	r.vantage, _ = os.Hostname()
	r.vantage = string(clean.Line(cmp.Or(r.vantage, "unknown host")))
	headers, err := t.resolvedHeaders()
	if err != nil {
		return nil, err
	}
	tokens, missing := t.tokens()
	r.missing = missing
	r.observations = observe.NewStore(observe.Options{Base: t.BaseURL, Guard: g, Tokens: tokens, Headers: headers,
		Own: t.Scope.Hosts, Redactor: r.redactor, Now: r.now})
	r.tree = sync.OnceValues(func() (*source.Tree, error) { return openRepository(t) })
	r.env = sync.OnceValues(func() (*source.Env, error) { return openEnvFiles(t) })
	r.keepSecrets(tokens, headers)
	for _, c := range pl.Profile.Categories {
		if seconds := cmp.Or(t.Seconds[c.ID], c.Seconds); seconds > 0 {
			r.budgets[c.ID] = &budget{left: time.Duration(seconds) * time.Second, now: r.now}
		}
	}
	return r, nil
}

// tell hands an event to the listener. Nothing follows the end: a check that was given up
// may still talk.
func (r *run) tell(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.ended {
		r.emit(e)
	}
}

// close lets go of what checks keep until the end, the last first.
func (r *run) close() {
	r.closing.Lock()
	fs := r.atEnd
	r.atEnd, r.closed = nil, true
	r.closing.Unlock()
	for _, f := range slices.Backward(fs) {
		f()
	}
}

// onEnd has f called at the run's end; at once where that has come already.
func (r *run) onEnd(f func()) {
	r.closing.Lock()
	if !r.closed {
		r.atEnd = append(r.atEnd, f)
		r.closing.Unlock()
		return
	}
	r.closing.Unlock()
	f()
}

func (r *run) end(e RunEnded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.emit(e)
	r.ended = true
}

// job is one check of one item, due to run.
type job struct {
	item  *itemRun
	index int
	*PlannedCheck
}

// phases sorts the checks of all items into what may run together, in order: local, safe,
// intrusive, load; of each class the kinds that come last by themselves; at the end those
// that judge what all others saw.
func phases(items []*itemRun) [][]job {
	sorted := make([][]job, 2*len(classOrder)+1)
	for _, item := range items {
		for i := range item.planned.Checks {
			pc := &item.planned.Checks[i]
			if item.results[i] != nil {
				continue
			}
			at := 2 * slices.Index(classOrder, pc.Kind.Class)
			switch {
			case pc.Kind.End:
				at = len(sorted) - 1
			case pc.Kind.Last:
				at++
			}
			sorted[at] = append(sorted[at], job{item: item, index: i, PlannedCheck: pc})
		}
	}
	return sorted
}

// runPhase runs jobs in parallel, those that need consent one at a time.
func (r *run) runPhase(ctx context.Context, jobs []job) {
	if len(jobs) == 0 {
		return
	}
	if slices.ContainsFunc(jobs, func(j job) bool { return j.usesBase() }) {
		r.reachTarget(ctx)
	}
	places := make(chan struct{}, r.places(jobs[0].Kind))
	var all sync.WaitGroup
	for _, j := range jobs {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		all.Go(func() {
			defer func() { <-places }()
			r.runJob(ctx, j)
		})
	}
	all.Wait()
}

func (r *run) places(k *Kind) int {
	switch {
	case k.Class.NeedsConsent() || k.Last:
		return 1
	case guard.IsLoopback(r.plan.Target.baseHost().Hostname()):
		return parallelLoopback
	}
	return parallelElsewhere
}

// runJob runs one check and, when it is the item's last, finishes the item.
func (r *run) runJob(ctx context.Context, j job) {
	j.item.start(r)
	started := r.now()
	result := r.check(ctx, j)
	if ctx.Err() != nil {
		// Load that was sent can't be unsent: what it measured is kept.
		if j.Kind.Class == Load && len(result.Evidence) > 0 {
			j.item.giveUp()
			j.item.finish(r, j.index, result, r.now().Sub(started))
		}
		return
	}
	j.item.finish(r, j.index, result, r.now().Sub(started))
}
