package sessions

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
)

// basis is what never changes in a session: what its first event names.
type basis struct {
	opened  Opened
	target  *checks.Target
	profile *checks.Profile
	plan    *checks.Plan
	reg     *checks.Registry
}

// overflow is the evidence that Opened.MoreSHA names.
type overflow struct {
	Dir        string   `json:"dir"`
	File       string   `json:"file,omitempty"`
	Categories []string `json:"categories"`
	Items      []string `json:"items"`
}

func readBasis(first Event, evidence func(string) ([]byte, error), reg *checks.Registry) (*basis, error) {
	o, ok := first.Data.(Opened)
	if !ok {
		return nil, fmt.Errorf("the journal begins with %s, not with %s", first.Data.Type(), Opened{}.Type())
	}
	if o.MoreSHA != "" {
		var more overflow
		body, err := checkedBlob(evidence, o.MoreSHA)
		if err == nil {
			err = unmarshalStrict(body, &more)
		}
		if err != nil {
			return nil, fmt.Errorf("what the session was opened with: %w", err)
		}
		o.Dir, o.File, o.Categories, o.Items = more.Dir, more.File, more.Categories, more.Items
	}
	if o.File != filepath.Base(o.File) {
		o.File = "" // somebody may stand for the target in o.Dir; a path would lead to another one
	}
	target, err := checkedBlob(evidence, o.TargetSHA)
	if err != nil {
		return nil, fmt.Errorf("the session's target: %w", err)
	}
	profile, err := checkedBlob(evidence, o.ProfileSHA)
	if err != nil {
		return nil, fmt.Errorf("the session's profile: %w", err)
	}
	return o.basis(target, profile, reg, true)
}

// basis parses what a session was opened with. A saved one may name checks that this
// gonogo does not have any more.
func (o Opened) basis(target, profile []byte, reg *checks.Registry, saved bool) (*basis, error) {
	b := &basis{opened: o, reg: reg}
	var err error
	if b.target, err = checks.ParseTarget("target.toml", target, o.Dir); err != nil {
		return nil, fmt.Errorf("the session's target: %w", err)
	}
	b.target.Stored = true
	alone := func(id string) ([]byte, error) {
		return nil, fmt.Errorf("%q is not kept in the session", id)
	}
	if b.profile, err = checks.ParseProfile("profile.toml", profile, alone); err != nil {
		return nil, fmt.Errorf("the session's profile: %w", err)
	}
	sel := checks.Selection{Categories: o.Categories, Items: o.Items}
	b.plan, err = checks.NewPlan(b.target, b.profile, reg, sel)
	if err != nil && saved {
		b.plan, err = lenientPlan(b, sel, err)
	}
	if err != nil {
		return nil, fmt.Errorf("the session's plan: %w", err)
	}
	return b, nil
}

// checkedBlob is a blob whose bytes have the hash they are named by.
func checkedBlob(evidence func(string) ([]byte, error), sha string) ([]byte, error) {
	body, err := evidence(sha)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(body); hex.EncodeToString(sum[:]) != sha {
		return nil, fmt.Errorf("evidence %.12s… has other bytes than its name says", sha)
	}
	return body, nil
}

// fold makes the state that events lead to, which begin with the basis' own. It is a pure
// function of them; those that were undone count for nothing. State.Head stays empty: only
// the journal's lines know it.
func (b *basis) fold(events []Event) *State {
	undone, undo, redo := history(events)
	st := b.empty()
	for _, e := range events {
		st.next(e, undone[e.Seq])
	}
	st.Undo, st.Redo = undo, redo
	st.settle()
	return st
}

// history finds which events are undone, and what can be undone and redone next. A new
// undoable event clears what could be redone.
func history(events []Event) (undone map[uint64]bool, undo, redo []uint64) {
	undone = map[uint64]bool{}
	for _, e := range events {
		switch d := e.Data.(type) {
		case Undone:
			if i := slices.Index(undo, d.Seq); i >= 0 {
				undo, redo = slices.Delete(undo, i, i+1), append(redo, d.Seq)
				undone[d.Seq] = true
			}
		case Redone:
			if i := slices.Index(redo, d.Seq); i >= 0 {
				redo, undo = slices.Delete(redo, i, i+1), append(undo, d.Seq)
				delete(undone, d.Seq)
			}
		default:
			if undoable(e.Data) {
				undo, redo = append(undo, e.Seq), nil
			}
		}
	}
	return undone, undo, redo
}

func (b *basis) empty() *State {
	st := &State{
		Opened: b.opened, Target: b.target, Profile: b.profile, Plan: b.plan, Registry: b.reg,
		Items:   make(map[string]*ItemState, len(b.plan.Items)),
		Waivers: map[string]Waiver{}, Dropped: map[string]bool{}, Colours: map[string]ColourDeclaration{},
		Texts: map[string]clean.Text{}, Edits: map[string]TextEdit{}, Ticks: map[string]bool{}, Promoted: map[string]bool{},
		Redacted: map[string]clean.Text{}, SignOff: SignOff{State: Draft},
	}
	for i := range b.plan.Items {
		p := &b.plan.Items[i]
		st.Items[p.Item.ID] = &ItemState{Planned: p}
	}
	return st
}

// with returns the state after one more event, leaving st as it is. Undone and Redone
// need the whole fold.
func (st *State) with(e Event) *State {
	next := st.clone()
	next.next(e, false)
	if undoable(e.Data) {
		next.Undo, next.Redo = append(next.Undo, e.Seq), nil
	}
	next.settle()
	return next
}

// next takes one event in; an undone one leaves only its place and time.
func (st *State) next(e Event, undone bool) {
	st.Seq, st.LastAt = e.Seq, e.At
	if a, ok := e.Data.(applier); ok && !undone {
		a.apply(st, e)
	}
	switch e.Data.(type) {
	case SignedOff, BaselineSet:
	default:
		st.SignOff.State = Draft // a later edit makes it a draft again
	}
}

// settle brings what depends on the time of the last event up to date.
func (st *State) settle() {
	for _, i := range st.Items {
		if r := i.Reviewer; r != nil && r.Lapsed != Expired(r.Expires, st.LastAt) {
			changed := *r
			changed.Lapsed = !r.Lapsed
			i.Reviewer = &changed
		}
	}
}

// Expired reports whether a date, YYYY-MM-DD, is over at a time: the day itself still
// holds. An empty or unreadable date: empty never expires, an unreadable one has.
func Expired(date string, at time.Time) bool {
	if date == "" {
		return false
	}
	day, err := time.Parse(time.DateOnly, date)
	return err != nil || !at.UTC().Before(day.AddDate(0, 0, 1))
}

// clone copies everything that an event can change.
func (st *State) clone() *State {
	c := *st
	c.Items = make(map[string]*ItemState, len(st.Items))
	copies := make([]ItemState, 0, len(st.Items))
	for id, i := range st.Items {
		copies = append(copies, *i)
		own := &copies[len(copies)-1]
		own.History = slices.Clip(own.History)
		c.Items[id] = own
	}
	c.Findings, c.Causes = slices.Clone(st.Findings), slices.Clone(st.Causes)
	c.Conditions, c.Runs = slices.Clone(st.Conditions), slices.Clone(st.Runs)
	c.Consents, c.Assessors = slices.Clip(st.Consents), slices.Clip(st.Assessors)
	c.Waivers, c.Dropped, c.Colours = maps.Clone(st.Waivers), maps.Clone(st.Dropped), maps.Clone(st.Colours)
	c.Texts, c.Edits = maps.Clone(st.Texts), maps.Clone(st.Edits)
	c.Ticks, c.Promoted = maps.Clone(st.Ticks), maps.Clone(st.Promoted)
	c.Redacted = maps.Clone(st.Redacted)
	c.Undo, c.Redo = slices.Clip(st.Undo), slices.Clip(st.Redo)
	return &c
}

// decodeAll decodes journal lines, several at a time; the error names the first that does
// not hold, and the events before it are returned.
func decodeAll(entries []Entry) ([]Event, *ChainError) {
	events, errs := make([]Event, len(entries)), make([]error, len(entries))
	var all sync.WaitGroup
	const share = 64
	places := make(chan struct{}, runtime.GOMAXPROCS(0))
	for from := 0; from < len(entries); from += share {
		to := min(from+share, len(entries))
		places <- struct{}{}
		all.Go(func() {
			defer func() { <-places }()
			for n := from; n < to; n++ {
				events[n], errs[n] = DecodeEvent(entries[n].JSON)
				events[n].Role = clean.Line(entries[n].Role)
				if errs[n] == nil && events[n].Seq != uint64(n)+1 {
					errs[n] = fmt.Errorf("seq is %d", events[n].Seq)
				}
			}
		})
	}
	all.Wait()
	for n, err := range errs {
		if err != nil {
			return events[:n], &ChainError{Line: uint64(n) + 1, Kind: DamagedContent, Why: err.Error()}
		}
	}
	return events, nil
}
