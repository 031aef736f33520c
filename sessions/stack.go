package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// stack makes a batch's events, lines and state on top of a state.
func (s *Session) stack(b *batch, st *State, before []Event) error {
	if b.fresh == nil {
		b.fresh = madeUp(b.data, st)
	}
	b.events, b.lines, b.after = nil, nil, nil
	for n, p := range b.data {
		e, line, next, err := s.prepareOne(st, func() []Event { return concat(before, b.events) }, b.at, b.by, p)
		if err != nil {
			return err
		}
		b.data[n] = e.Data
		b.events, b.lines, st = append(b.events, e), append(b.lines, line), next
		if f, ok := e.Data.(FindingRecorded); ok && p.(FindingRecorded).Finding.ID == "" {
			b.fresh[f.Finding.ID] = true
		}
	}
	b.after = st
	b.after.Head = "" // no line of the journal ends here yet
	return nil
}

// restack puts everything that waits on top of what is saved now. What makes no sense
// there any more is taken out, with the reason.
func (s *Session) restack() {
	h := s.sharing
	st, before := h.saved, h.journal
	names, seqs := map[string]string{}, map[uint64]uint64{}
	var keep []*batch
	for _, b := range h.waiting {
		old := slices.Clone(b.events)
		b.data = renumber(b.data, seqs)
		b.rename(st, names)
		if err := s.stack(b, st, before); err != nil {
			b.after = nil
			h.refused = append(h.refused, fmt.Errorf("%s: %w", whatWas(old), err))
			continue
		}
		for n := range old {
			seqs[old[n].Seq] = b.events[n].Seq
		}
		keep, st, before = append(keep, b), b.after, concat(before, b.events)
	}
	h.waiting = keep
}

// renumber lets undoing and redoing name the events that moved up by their new place.
func renumber(data []Payload, seqs map[uint64]uint64) []Payload {
	out := slices.Clone(data)
	for n, p := range out {
		switch p := p.(type) {
		case Undone:
			if to, moved := seqs[p.Seq]; moved {
				out[n] = Undone{Seq: to}
			}
		case Redone:
			if to, moved := seqs[p.Seq]; moved {
				out[n] = Redone{Seq: to}
			}
		}
	}
	return out
}

// madeUp are the ids of findings, causes and conditions that data brings and st lacks.
func madeUp(data []Payload, st *State) map[string]bool {
	out := map[string]bool{}
	for _, p := range data {
		if id := idOf(p); id != "" && !st.has(id) {
			out[id] = true
		}
	}
	return out
}

// idOf is the id that a payload gives to what it records.
func idOf(p Payload) string {
	switch p := p.(type) {
	case FindingRecorded:
		return p.Finding.ID
	case CauseLinked:
		return p.ID
	case ConditionRecorded:
		return p.Condition.ID
	}
	return ""
}

// has reports whether a finding, a cause or a recorded condition has an id.
func (st *State) has(id string) bool {
	return slices.ContainsFunc(st.Findings, func(f Finding) bool { return f.ID == id }) ||
		slices.ContainsFunc(st.Causes, func(c Cause) bool { return c.ID == id }) ||
		slices.ContainsFunc(st.Conditions, func(c Condition) bool { return c.ID == id })
}

// rename gives other ids to what a batch made up under ids that somebody else took
// meanwhile, here and in what comes after it.
func (b *batch) rename(st *State, names map[string]string) {
	for id := range b.fresh {
		if !st.has(id) {
			continue
		}
		to := nextFree(st, id, b.data)
		names[id] = to
		delete(b.fresh, id)
		b.fresh[to] = true
	}
	for n, p := range b.data {
		b.data[n] = renamed(p, names)
	}
}

// nextFree is the next id of the same kind that neither the state nor the data has.
func nextFree(st *State, id string, data []Payload) string {
	var word string
	var n int
	for i := len(id); i > 0 && id[i-1] >= '0' && id[i-1] <= '9'; i-- {
		word = id[:i-1]
	}
	if word == "" {
		word = id + "-"
	} else if _, err := fmt.Sscanf(id[len(word):], "%d", &n); err != nil {
		word, n = id+"-", 0
	}
	for {
		n++
		next := fmt.Sprintf("%s%d", word, n)
		taken := slices.ContainsFunc(data, func(p Payload) bool { return idOf(p) == next })
		if !st.has(next) && !taken {
			return next
		}
	}
}

// renamed is a payload under the new names of what it speaks of.
func renamed(p Payload, names map[string]string) Payload {
	if len(names) == 0 {
		return p
	}
	of := func(id string) string {
		if to, ok := names[id]; ok {
			return to
		}
		return id
	}
	switch p := p.(type) {
	case FindingRecorded:
		p.Finding.ID, p.Finding.Cause = of(p.Finding.ID), of(p.Finding.Cause)
		return p
	case FindingRemoved:
		p.ID = of(p.ID)
		return p
	case CauseLinked:
		p.ID = of(p.ID)
		return p
	case ConditionRecorded:
		p.Condition.ID = of(p.Condition.ID)
		p.Condition.VerifiedBy = slices.Clone(p.Condition.VerifiedBy)
		for n, id := range p.Condition.VerifiedBy {
			p.Condition.VerifiedBy[n] = of(id)
		}
		return p
	case ConditionRemoved:
		p.ID = of(p.ID)
		return p
	}
	return p
}

// whatWas names what a change was, for a person who is told that it can't be saved.
func whatWas(events []Event) string {
	if len(events) == 0 {
		return "a change"
	}
	return fmt.Sprintf("%s of %s", events[0].Data.Type(), events[0].At.Local().Format("15:04:05"))
}

// UnsentDraft is the name of the draft that keeps what waits for the store to come back,
// so that it survives the end of the process. Screens leave it alone.
const UnsentDraft = "unsent"

// unsent is a batch as that draft has it.
type unsent struct {
	Name  string   `json:"name"`
	Fresh []string `json:"fresh"`
	Lines []string `json:"lines"`
}

// keepWaiting writes what waits beside the drafts, or takes it away there.
func (s *Session) keepWaiting(ctx context.Context) {
	h := s.sharing
	if len(h.waiting) == 0 && !h.kept {
		return
	}
	var text string
	if len(h.waiting) > 0 {
		var all []unsent
		for _, b := range h.waiting {
			u := unsent{Name: b.name}
			for id := range b.fresh {
				u.Fresh = append(u.Fresh, id)
			}
			for _, line := range b.lines {
				u.Lines = append(u.Lines, string(line))
			}
			all = append(all, u)
		}
		data, err := encodeJSON(all)
		if err != nil {
			return // its lines were encoded before
		}
		text = string(data)
	}
	if err := s.store.PutDraft(context.WithoutCancel(ctx), s.id, UnsentDraft, text); err == nil {
		h.kept, h.unkept = text != "", false
	} else {
		h.unkept = true // a full disk, or more than a draft holds: what was kept before still is
	}
}

// takeUnsent takes in what an earlier process could not save, and saves it.
func (s *Session) takeUnsent(ctx context.Context) error {
	h := s.sharing
	texts, err := s.store.Drafts(ctx, s.id)
	if err != nil || texts[UnsentDraft] == "" {
		return err
	}
	var all []unsent
	if err := json.Unmarshal([]byte(texts[UnsentDraft]), &all); err != nil {
		return fmt.Errorf("changes of an earlier sitting that could not be saved: %w", err)
	}
	h.kept = true
	for _, u := range all {
		b := &batch{name: u.Name, fresh: map[string]bool{}}
		for _, id := range u.Fresh {
			b.fresh[id] = true
		}
		for _, line := range u.Lines {
			e, err := DecodeEvent([]byte(line))
			if err != nil {
				return fmt.Errorf("changes of an earlier sitting that could not be saved: %w", err)
			}
			b.by, b.at = e.By, e.At
			b.data, b.events, b.lines = append(b.data, e.Data), append(b.events, e), append(b.lines, []byte(line))
		}
		if len(b.events) > 0 {
			h.waiting = append(h.waiting, b)
		}
	}
	return s.sendUnsent(ctx)
}

// sendUnsent saves what an earlier process left. Its first batch may have arrived: the store
// is asked under its old place first.
func (s *Session) sendUnsent(ctx context.Context) error {
	h := s.sharing
	if len(h.waiting) > 0 {
		first := h.waiting[0]
		_, err := h.store.AppendAs(ctx, s.id, first.name, Head{}, first.lines...)
		switch {
		case errors.Is(err, ErrAppended):
			h.waiting = h.waiting[1:]
		case !errors.Is(err, ErrConflict):
			return fmt.Errorf("save what an earlier sitting could not: %w", err)
		}
	}
	s.restack()
	err := s.flush(ctx)
	if err != nil {
		s.giveUp(err)
	}
	s.publish(ctx)
	return err
}
