package sessions

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
)

// UnsentDraft is the name of the draft that keeps what waits for the store to come back,
// so that it survives the end of the process. Screens leave it alone.
const UnsentDraft = "unsent"

// MaxUnsent is the most that this draft holds, in bytes: some twenty thousand judgements.
const MaxUnsent = 8 << 20

// unsent is a batch as that draft has it.
type unsent struct {
	Name  string   `json:"name"`
	Fresh []string `json:"fresh"`
	Lines []string `json:"lines"`
}

// keepWaiting writes what waits beside the drafts, or takes it away there. Where it can't,
// what was written before still is there.
func (s *Session) keepWaiting(ctx context.Context) error {
	h := s.sharing
	if !h.stale || len(h.waiting) == 0 && !h.kept {
		return nil
	}
	text := ""
	if len(h.waiting) > 0 {
		all := make([]unsent, 0, len(h.waiting))
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
			return err
		}
		text = string(data)
	}
	if err := s.store.PutDraft(context.WithoutCancel(ctx), s.id, UnsentDraft, text); err != nil {
		return err
	}
	h.kept, h.stale = text != "", false
	return nil
}

// wait takes a change in while the store is known to be away, if it can be kept here until
// it is back; else it is refused, and nothing that waits already is touched.
func (s *Session) wait(ctx context.Context, b *batch) error {
	h := s.sharing
	before := h.stale
	h.waiting, h.stale = append(h.waiting, b), true
	err := s.keepWaiting(ctx)
	if err == nil {
		h.unkept = nil
		return nil
	}
	h.waiting, h.stale = h.waiting[:len(h.waiting)-1], before
	if errors.Is(err, ErrTooLarge) {
		return refuse("%d changes wait for the store and fill the %d MiB that are kept for them: record this again when the connection is back", len(h.waiting), MaxUnsent>>20)
	}
	return refuse("the store can't be reached, and the change can't be kept on this machine: %v", err)
}

// takeUnsent takes in what earlier processes could not save, and saves it: each that died
// left its own.
func (s *Session) takeUnsent(ctx context.Context) error {
	for {
		texts, err := s.store.Drafts(ctx, s.id)
		if err != nil || texts[UnsentDraft] == "" {
			return err
		}
		if err := s.readUnsent(texts[UnsentDraft]); err != nil {
			return fmt.Errorf("changes of an earlier sitting that could not be saved: %w", err)
		}
		if err := s.sendUnsent(ctx); err != nil {
			return err
		}
		if s.sharing.kept { // it could not be taken away, and would come again
			return nil
		}
	}
}

// Known is how many events there were for the sitting before when it made the changes that
// opening the session has saved; what others wrote after them is news to whoever opens it
// again. It is 0 where no changes were left.
func (s *Session) Known() uint64 { return s.known }

func (s *Session) readUnsent(text string) error {
	h := s.sharing
	var all []unsent
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return err
	}
	h.kept, h.stale = true, true
	for _, u := range all {
		b := &batch{name: u.Name, fresh: map[string]bool{}}
		for _, id := range u.Fresh {
			b.fresh[id] = true
		}
		for _, line := range u.Lines {
			e, err := DecodeEvent([]byte(line))
			if err != nil {
				return err
			}
			b.by, b.at = e.By, e.At
			b.data, b.events, b.lines = append(b.data, e.Data), append(b.events, e), append(b.lines, []byte(line))
		}
		if len(b.events) > 0 {
			if before := b.events[0].Seq - 1; s.known == 0 || before < s.known {
				s.known = before
			}
			h.waiting = append(h.waiting, b)
		}
	}
	return nil
}

// sendUnsent saves what an earlier process left. The first of it may have arrived, as that
// process ended before it knew or could write that down: the store is asked for each, under
// its old place, until one has not.
func (s *Session) sendUnsent(ctx context.Context) error {
	h := s.sharing
	for len(h.waiting) > 0 {
		first := h.waiting[0]
		_, err := h.store.AppendAs(ctx, s.id, first.name, Head{}, first.lines...)
		if errors.Is(err, ErrConflict) {
			break
		}
		if !errors.Is(err, ErrAppended) {
			return fmt.Errorf("save what an earlier sitting could not: %w", err)
		}
		h.waiting = h.waiting[1:]
	}
	s.restack()
	err := s.flush(ctx)
	if err != nil {
		s.giveUp(err)
	}
	s.publish(ctx)
	return err
}
