package sessions

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// runQueue is how many events of a run may wait for the journal; runBatch how many are
// written with one sync.
const (
	runQueue = 256
	runBatch = 64
)

// Run runs the plan and records what it finds: first the consent to intrusive and load
// checks that was not given yet, then the start; of each finished item the evidence, then
// the verdict, and only then listen hears of it; at last the end. listen hears every event
// of the run, in order, from one goroutine; it may be nil. Cancelling ctx stops the checks and records
// the run as interrupted; Run then returns ctx's error. A run that may not start
// (checks.Plan.Ready, ErrForeign) records nothing.
func (s *Session) Run(ctx context.Context, by clean.Text, o checks.RunOptions, listen func(checks.Event)) error {
	if s.Foreign() {
		return ErrForeign
	}
	plan := s.State().Plan
	if err := plan.Ready(o); err != nil {
		return err
	}
	if listen == nil {
		listen = func(checks.Event) {}
	}
	if o.RunID == "" {
		o.RunID = strings.ToLower(rand.Text()[:6])
	}
	start := append(s.consents(o), s.start(o))
	if _, err := s.Record(ctx, by, start...); err != nil {
		return err
	}
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &runWriter{
		ctx: context.WithoutCancel(ctx), session: s, by: by, run: o.RunID, listen: listen, stop: cancel,
		queue: make(chan checks.Event, runQueue), done: make(chan struct{}), kept: map[string]bool{},
	}
	go w.write()
	plan.Run(run, o, func(e checks.Event) { w.queue <- e })
	close(w.queue)
	<-w.done
	return errors.Join(w.err, ctx.Err())
}

// due lists the items that the run will check.
func (s *Session) due(o checks.RunOptions) []string {
	plan := s.State().Plan
	ids := plan.Runnable(o.Allow)
	if len(o.Items) > 0 {
		wanted := checks.MatchItems(plan.Profile, o.Items)
		ids = slices.DeleteFunc(ids, func(id string) bool { return !slices.Contains(wanted, id) })
	}
	return ids
}

func (s *Session) start(o checks.RunOptions) Payload {
	host, _ := os.Hostname()
	return RunStarted{Run: o.RunID, Items: s.due(o), Allowed: o.Allow, Vantage: clean.Line(cmp.Or(host, "unknown host"))}
}

// consents are the consents that this run needs and the session does not hold yet.
func (s *Session) consents(o checks.RunOptions) []Payload {
	st := s.State()
	host := o.ConfirmedHost
	if u, err := url.Parse(st.Target.BaseURL); err == nil && host == "" {
		host = u.Host
	}
	due := s.due(o)
	var out []Payload
	for _, class := range []checks.Class{checks.Intrusive, checks.Load} {
		if !slices.Contains(o.Allow, class) {
			continue
		}
		reached, started := Consented{Class: class, Host: clean.Line(host)}, Consented{Class: class, Host: thisMachine}
		for _, ask := range st.Plan.Asks(class) {
			c := &reached
			if ask.Runs != "" {
				c = &started
			}
			if slices.Contains(due, ask.Item) && !slices.Contains(c.Items, ask.Item) {
				c.Items = append(c.Items, ask.Item)
			}
		}
		for _, c := range []Consented{reached, started} {
			if len(c.Items) > 0 && !st.consented(class, string(c.Host), c.Items) {
				out = append(out, c)
			}
		}
	}
	return out
}

// thisMachine stands for the host in a consent to start declared commands: they run where
// gonogo does.
const thisMachine = "this machine"

// consented reports whether one consent covers all the items of a class on a host.
func (st *State) consented(class checks.Class, host string, items []string) bool {
	return slices.ContainsFunc(st.Consents, func(c Consent) bool {
		return c.Class == class && c.Host == clean.Line(host) &&
			!slices.ContainsFunc(items, func(id string) bool { return !slices.Contains(c.Items, id) })
	})
}

// runWriter is the one goroutine between a run and its journal.
type runWriter struct {
	ctx     context.Context // not cancelled with the run: what was found is recorded
	session *Session
	by      clean.Text
	run     string
	listen  func(checks.Event)
	stop    func()
	queue   chan checks.Event
	done    chan struct{}
	kept    map[string]bool // evidence that is stored already
	err     error           // the first; nothing is recorded after it
}

// write takes what is waiting, records it with one sync and tells the listener.
func (w *runWriter) write() {
	defer close(w.done)
	for e := range w.queue {
		batch := []checks.Event{e}
		for len(batch) < runBatch && len(w.queue) > 0 {
			batch = append(batch, <-w.queue)
		}
		if w.err == nil {
			if w.err = w.record(batch); w.err != nil {
				w.stop()
			}
		}
		if w.err == nil {
			for _, e := range batch {
				w.listen(e)
			}
		}
	}
}

func (w *runWriter) record(batch []checks.Event) error {
	var data []Payload
	for _, e := range batch {
		switch e := e.(type) {
		case checks.Finished:
			c, err := w.checked(e.Outcome)
			if err != nil {
				return err
			}
			data = append(data, c)
		case checks.RunEnded:
			data = append(data, RunEnded{Run: w.run, RequestsSent: e.RequestsSent, Interrupted: e.Interrupted, Reached: e.Reached})
		}
	}
	_, err := w.session.Record(w.ctx, w.by, data...)
	return err
}

// checked keeps an outcome's evidence and makes the event of it.
func (w *runWriter) checked(o checks.Outcome) (Checked, error) {
	c := Checked{
		Item: o.Item, Run: w.run, Verdict: o.Verdict, Today: o.Today, Changed: o.Changed, Reason: o.Reason,
		Strength: o.Strength, Vantage: clean.Line(o.Vantage), Checks: o.Checks, ElapsedMS: o.Elapsed.Milliseconds(),
		Evidence: []checks.Evidence{}, Measurements: []checks.Measurement{},
	}
	for _, e := range o.Evidence {
		kept, err := w.keep(e)
		if err != nil {
			return c, fmt.Errorf("evidence of %s: %w", o.Item, err)
		}
		c.Evidence = append(c.Evidence, kept)
	}
	for _, m := range o.Measurements {
		if !math.IsNaN(m.Value) && !math.IsInf(m.Value, 0) {
			c.Measurements = append(c.Measurements, m)
		}
	}
	if line, err := encodeJSON(c); err == nil && len(line) > MaxLine/2 {
		// A verdict whose proof can't be recorded is none.
		c.Verdict, c.Today = checks.Inconclusive, checks.Inconclusive
		c.Reason = clean.Line(fmt.Sprintf("the result is too large to be recorded: %d bytes", len(line)))
		c.Checks, c.Evidence, c.Measurements = nil, []checks.Evidence{}, []checks.Measurement{}
	}
	return c, nil
}

// keep stores a piece of evidence under the hash of its bytes.
func (w *runWriter) keep(e checks.Evidence) (checks.Evidence, error) {
	sum := sha256.Sum256(e.Body)
	sha := hex.EncodeToString(sum[:])
	if e.SHA256 != "" && e.SHA256 != sha {
		return e, fmt.Errorf("%s: its bytes do not have the hash it is named by", e.What)
	}
	e.SHA256, e.Bytes = sha, int64(len(e.Body))
	if w.kept[sha] {
		return e, nil
	}
	if len(e.Body) > MaxEvidence {
		return e, fmt.Errorf("%s: %d bytes, at most %d are kept: %w", e.What, len(e.Body), MaxEvidence, ErrTooLarge)
	}
	w.kept[sha] = true
	return e, w.session.store.PutBlob(w.ctx, w.session.id, sum, bytes.NewReader(e.Body))
}
