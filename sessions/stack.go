package sessions

import (
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
	if len(h.waiting) == 0 {
		return
	}
	h.stale = true
	st, before := h.saved, slices.Clone(h.journal)
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
		keep, st, before = append(keep, b), b.after, append(before, b.events...)
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
