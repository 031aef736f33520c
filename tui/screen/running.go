package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/action"
)

// A batch of a run's events is handed over when it is this long or this old.
const (
	batchEvents = 256
	batchTime   = 33 * time.Millisecond
)

// ErrBusy says that a run is going on already.
var ErrBusy = errors.New("a run is going on; Esc stops it")

// Running is the run that is going on.
type Running struct {
	Items   []string // as asked for; empty: all that can run
	Classes []checks.Class
	Started time.Time
	Done    int                   // items finished
	Now     map[string]time.Time  // items whose checks are running, and since when
	Says    map[string]clean.Text // how far they say they are
	Stopped bool                  // it was asked to stop
	Harsh   bool                  // a check that needed consent has begun; only such ones follow
}

func (r *Running) take(events []checks.Event) {
	for _, e := range events {
		switch e := e.(type) {
		case checks.Started:
			r.Now[e.Item] = e.At
		case checks.Progressed:
			r.Says[e.Item] = e.Text
		case checks.Finished:
			delete(r.Now, e.Outcome.Item)
			delete(r.Says, e.Outcome.Item)
			r.Done++
		}
	}
}

// words say what runs: "running 3 checks, 12 done, 4 s · Esc stops".
func (r *Running) words(now time.Time) string {
	if r.Stopped {
		return StopsSaved
	}
	what := fmt.Sprintf(runDone, r.Done)
	if len(r.Now) == 1 {
		for id := range r.Now {
			what = fmt.Sprintf(runItem, id)
			if said := r.Says[id]; said != "" {
				what = fmt.Sprintf(runItemSays, id, said)
			}
		}
	}
	return fmt.Sprintf("%s, %s%s", what, Seconds(now.Sub(r.Started)), EscStops)
}

// stream carries events from the run's goroutine to the command that batches them.
type stream struct {
	events chan checks.Event
	done   chan error
	cancel context.CancelFunc
}

// Run runs the machine: these items, or all that can, of these classes. Consents have to
// be recorded before. Batches arrive as StateChanged; the root asks for the next by itself.
func (r *Review) Run(items []string, classes []checks.Class, confirmedHost string) tea.Cmd {
	switch {
	case r.Running != nil:
		return Fail(ErrBusy)
	case r.ReadOnly() != "":
		return Tell(Alert, fmt.Sprintf(cannotRun, r.ReadOnly()))
	case r.Session.Foreign():
		return Ask(newForeign(r.env, r, func() tea.Cmd { return r.Run(items, classes, confirmedHost) }))
	}
	now := r.env.Now()
	r.Running = &Running{Items: items, Classes: classes, Started: now,
		Now: map[string]time.Time{}, Says: map[string]clean.Text{}}
	if slices.Contains(classes, checks.Load) {
		if l := NewLoad(r.State.Plan, items); l != nil {
			r.Load = l
		}
	}
	ctx, cancel := context.WithCancel(r.env.Ctx)
	s := &stream{events: make(chan checks.Event, batchEvents), done: make(chan error, 1), cancel: cancel}
	r.stream = s
	by := r.env.By()
	allow := slices.DeleteFunc(slices.Clone(classes), func(c checks.Class) bool { return !c.NeedsConsent() })
	o := checks.RunOptions{Items: items, Allow: allow, ConfirmedHost: confirmedHost, Version: r.env.Version, Now: r.env.Now}
	return func() tea.Msg {
		go r.carry(ctx, s, by, o)
		return r.collect(s)
	}
}

// carry runs the plan in a goroutine of its own. A panic in it ends the run, not the
// program.
func (r *Review) carry(ctx context.Context, s *stream, by clean.Text, o checks.RunOptions) {
	defer func() {
		if p := recover(); p != nil {
			s.done <- fmt.Errorf("the run broke off: %v", p)
		}
		s.cancel()
		close(s.events)
	}()
	s.done <- r.Session.Run(ctx, by, o, func(e checks.Event) { s.events <- e })
}

// collect waits for the first event, then takes what comes within the batch's bounds.
func (r *Review) collect(s *stream) tea.Msg {
	m := StateChanged{Review: r}
	e, open := <-s.events
	if open {
		m.Events = append(m.Events, e)
		m.Events, open = drain(m.Events, s.events)
	}
	if !open {
		m.Ended = true
		if err := <-s.done; err != nil && !errors.Is(err, context.Canceled) {
			m.Err = err
		}
	}
	if !m.Ended && passing(m.Events) {
		return m
	}
	m.State = r.Session.State()
	m.Assessment, m.Needs = r.env.Judge(m.State)
	return m
}

// passing reports whether events leave nothing behind in the session, so that nothing has
// to be computed anew: what a check says of how far it is.
func passing(events []checks.Event) bool {
	return !slices.ContainsFunc(events, func(e checks.Event) bool {
		switch e.(type) {
		case checks.Progressed, checks.Loading, checks.Stretched:
			return false
		}
		return true
	})
}

func drain(batch []checks.Event, events <-chan checks.Event) (_ []checks.Event, open bool) {
	timeout := time.NewTimer(batchTime)
	defer timeout.Stop()
	for len(batch) < batchEvents {
		select {
		case e, ok := <-events:
			if !ok {
				return batch, false
			}
			batch = append(batch, e)
		case <-timeout.C:
			return batch, true
		}
	}
	return batch, true
}

// Next asks for the run's next batch, or for the next change of somebody else's, after one
// that arrived. Only the root calls it.
func (r *Review) Next(m StateChanged) tea.Cmd {
	if m.followed {
		return r.Following()
	}
	s := r.stream
	if m.recorded || m.Ended || s == nil {
		return nil
	}
	return func() tea.Msg { return r.collect(s) }
}

// Stop stops the run that is going on; what was in flight ends as inconclusive.
func (r *Review) Stop() {
	if r.Running != nil && r.stream != nil {
		r.Running.Stopped = true
		r.stream.cancel()
	}
}

// Loading reports whether load is on the target now.
func (r *Review) Loading() bool { return r.Running != nil && r.Load != nil && r.Load.Current() >= 0 }

// HasLoad says why there is no load to show, or is empty.
func (r *Review) HasLoad() string {
	if r.Load != nil || len(Loaded(r.State)) > 0 {
		return ""
	}
	return fmt.Sprintf(noLoad, r.env.Key(action.RunStart))
}

// Harsh reports whether intrusive or load requests may be in flight: what Esc stops
// before anything else.
func (r *Review) Harsh() bool {
	if r.Running == nil || r.Running.Stopped {
		return false
	}
	return r.Running.Harsh || r.harsh()
}

// harsh reports whether an item with checks that need consent is being checked now.
func (r *Review) harsh() bool {
	if !slices.ContainsFunc(r.Running.Classes, checks.Class.NeedsConsent) {
		return false
	}
	for id := range r.Running.Now {
		if it := r.State.Items[id]; it != nil && it.Planned != nil && it.Planned.Class.NeedsConsent() {
			return true
		}
	}
	return false
}
