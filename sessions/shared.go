package sessions

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks/clean"
)

// ErrOffline says that the store could not be reached in time, and that nobody knows
// whether what was sent has arrived; ErrAppended that it had.
var (
	ErrOffline  = errors.New("the store can't be reached")
	ErrAppended = errors.New("these events are saved already")
)

// Shared is a Store whose sessions several people may have open and write to at once. Its
// Lock shuts nobody out; it may say whether nobody else is there (Alone() bool).
type Shared interface {
	Store
	// AppendAs is Append under a name that its caller made up. Where lines of that name are
	// there already, as their answer was lost, nothing is appended and the error is
	// ErrAppended, whatever expect and lines say now.
	AppendAs(ctx context.Context, id, name string, expect Head, lines ...[]byte) (Head, error)
	// Watch sends nil when somebody, perhaps this process, appended to a locked session or
	// the connection is back, and an error when it is lost. It ends with the lock.
	Watch(id string) <-chan error
	// Present are those who have a locked session open beside this process, longest first;
	// Watch tells when somebody came or went. It is empty while the connection is lost.
	Present(id string) []Seat
	// Ping asks whether the store can be reached; ErrOffline says that it can't.
	Ping(ctx context.Context) error
	// Role is the account that writes to the store from here.
	Role() string
}

// Seat is somebody who has a session open.
type Seat struct {
	By    clean.Text // what they call themselves; empty: not known
	Role  clean.Text // the account of the store that they came in with
	Since time.Time
}

// Who is somebody who has a session open, for people.
func (s Seat) Who() string { return cmp.Or(string(s.By), string(s.Role), "somebody") }

// Held says who has the session open for writing beside this process, for people, or is
// empty where nobody has or the store can't tell.
func (s *Session) Held(ctx context.Context) string {
	i, ok := s.store.(Inspector)
	if !ok {
		return ""
	}
	f, err := i.Inspect(ctx, s.id)
	if err != nil {
		return ""
	}
	return f.Held
}

const (
	// maxRounds bounds how often events are put on top of what others wrote meanwhile.
	maxRounds = 200
	// sendTime bounds one attempt to save while a screen follows, retryTime is the pause
	// between two of them.
	sendTime  = 2 * time.Second
	retryTime = time.Second
)

// sharing is what a session of a Shared store knows beside its state. Session.writing
// guards it.
type sharing struct {
	store     Shared
	journal   []Event  // what is saved
	saved     *State   // after them
	waiting   []*batch // recorded and not saved, in order
	following bool     // somebody follows: what can't be saved waits instead of failing
	offline   error    // why the last attempt failed
	kept      bool     // what waits, or waited a moment ago, is in the drafts, too
	stale     bool     // what is there is not what waits now
	unkept    error    // why what waits could not be written there, or nil
	refused   []error  // of waiting changes, not told yet

	updates     chan Update // what Follow tells, and nobody took yet
	toldOffline bool        // what Follow told last
	toldWaiting int
	toldUnkept  bool
	toldPresent []Seat
}

// batch is what one Record brings, under a name by which the store knows it again.
type batch struct {
	name   string
	by     clean.Text
	at     time.Time
	data   []Payload
	fresh  map[string]bool // ids of findings, causes and conditions that it made up
	events []Event
	lines  [][]byte
	after  *State
}

// share makes a session that was just loaded or created one of a Shared store's.
func (s *Session) share() {
	if st, ok := s.store.(Shared); ok && s.readOnly == "" {
		for n := range s.events {
			s.events[n].Role = cmp.Or(s.events[n].Role, clean.Line(st.Role())) // of what was just created
		}
		s.sharing = &sharing{store: st, journal: s.events, saved: s.state}
	}
}

// recordShared is record in a session that others write to as well.
func (s *Session) recordShared(ctx context.Context, by clean.Text, data []Payload) (*State, error) {
	h := s.sharing
	b := &batch{name: strings.ToLower(rand.Text()), by: by, at: s.now().UTC().Truncate(time.Millisecond), data: data}
	if err := s.stack(b, s.State(), s.Events()); err != nil {
		return s.State(), err
	}
	if h.following && h.offline != nil { // Follow tries again, one attempt at a time
		err := s.wait(ctx, b)
		s.publish(ctx)
		return s.State(), err
	}
	h.waiting, h.stale = append(h.waiting, b), true
	err := s.flush(ctx)
	switch {
	case b.after == nil: // refused on top of what others wrote
		err = h.refused[len(h.refused)-1]
		h.refused = h.refused[:len(h.refused)-1]
	case err != nil && (!h.following || !errors.Is(err, ErrOffline)):
		s.giveUp(err)
	case err != nil:
		err = nil
	}
	s.publish(ctx)
	return s.State(), err
}

// giveUp keeps what waits as unsaved and freezes the session. What the drafts have of it
// stays there, for the next one who opens the session here.
func (s *Session) giveUp(err error) {
	h := s.sharing
	for _, b := range h.waiting {
		s.keep(b.events, err)
	}
	h.kept = false
	if h.waiting = nil; s.ReadOnly() == "" {
		s.freeze("not saved: " + err.Error())
	}
}

// flush sends what waits, oldest first, and stops at the first that can't be saved.
func (s *Session) flush(ctx context.Context) error {
	h := s.sharing
	ctx = context.WithoutCancel(ctx)
	if h.following {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, sendTime)
		defer cancel()
	}
	for len(h.waiting) > 0 {
		if h.offline = s.send(ctx, h.waiting[0]); h.offline != nil {
			return h.offline
		}
	}
	return nil
}

// send saves the oldest batch that waits. Where others wrote first, it goes on top of what
// they wrote; the batch is gone from the waiting then, or was refused there.
func (s *Session) send(ctx context.Context, b *batch) error {
	h := s.sharing
	for range maxRounds {
		head, err := h.store.AppendAs(ctx, s.id, b.name, s.head, b.lines...)
		switch {
		case err == nil:
			slog.Debug("saved", "session", s.id, "first", b.events[0].Seq, "events", len(b.events), "type", b.events[0].Data.Type())
			after := *b.after
			after.Head = hex.EncodeToString(head.Hash[:])
			for n := range b.events {
				b.events[n].Role = clean.Line(h.store.Role())
			}
			h.journal, h.saved, h.waiting, h.stale = append(h.journal, b.events...), &after, h.waiting[1:], true
			s.setHead(head)
			return nil
		case errors.Is(err, ErrAppended):
			h.waiting, h.stale = h.waiting[1:], true
			return s.catchUp(ctx)
		case !errors.Is(err, ErrConflict):
			return err
		}
		before := s.head
		if err := s.catchUp(ctx); err != nil {
			return err
		}
		if s.head == before {
			damage := &ChainError{Line: before.Seq, Kind: DamagedRewritten, Why: "it is not the line that the store names as its last"}
			return fmt.Errorf("%w: %w", ErrReadOnly, damage)
		}
		if len(h.waiting) == 0 || h.waiting[0] != b { // refused
			return nil
		}
		if h.kept { // under the numbers and ids by which the next process will find it sent
			h.unkept = s.keepWaiting(ctx)
		}
	}
	return fmt.Errorf("%d attempts: %w", maxRounds, ErrConflict)
}

func (s *Session) setHead(head Head) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.head = head
}

// catchUp takes in what others wrote since and puts what waits on top of it.
func (s *Session) catchUp(ctx context.Context) error {
	h := s.sharing
	head := s.head
	var fresh []Event
	for e, err := range h.store.Read(ctx, s.id, head.Seq) {
		var damage *ChainError
		if err == nil && (e.Seq != head.Seq+1 || LineHash(head.Hash, e.JSON) != e.Hash) {
			err = &ChainError{Line: head.Seq + 1, Kind: DamagedMiddle, Why: "it does not follow the line before it"}
		}
		if errors.As(err, &damage) {
			return fmt.Errorf("%w: %w", ErrReadOnly, damage)
		}
		if err != nil {
			return err
		}
		event, err := DecodeEvent(e.JSON)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrReadOnly, &ChainError{Line: e.Seq, Kind: DamagedContent, Why: err.Error()})
		}
		event.Role = clean.Line(e.Role)
		fresh, head = append(fresh, event), Head{Seq: e.Seq, Hash: e.Hash}
	}
	if len(fresh) > 0 {
		after := *s.fold(h.saved, h.journal, fresh)
		after.Head = hex.EncodeToString(head.Hash[:])
		h.journal, h.saved = append(h.journal, fresh...), &after
		s.setHead(head)
	}
	s.restack()
	return nil
}

// fold is the state after some more events.
func (s *Session) fold(st *State, before, fresh []Event) *State {
	const few = 32
	plain := len(fresh) <= few
	for _, e := range fresh {
		switch e.Data.(type) {
		case Undone, Redone:
			plain = false
		}
	}
	if !plain {
		return s.basis.fold(concat(before, fresh))
	}
	for _, e := range fresh {
		st = st.with(e)
	}
	return st
}

func concat(a, b []Event) []Event {
	return append(append(make([]Event, 0, len(a)+len(b)), a...), b...)
}

// publish makes what is saved, with what waits on top, the state that everybody sees.
func (s *Session) publish(ctx context.Context) {
	h := s.sharing
	state, events := h.saved, h.journal
	if len(h.waiting) > 0 {
		events = slices.Clone(events)
	}
	for _, b := range h.waiting {
		state, events = b.after, append(events, b.events...)
	}
	s.mu.Lock()
	s.state, s.events, s.waits = state, events[:len(events):len(events)], len(h.waiting)
	s.mu.Unlock()
	if err := s.keepWaiting(ctx); err != nil || len(h.waiting) == 0 {
		h.unkept = err
	}
	if len(h.waiting) == 0 && h.offline == nil && s.now().Sub(s.summed) >= summaryEvery {
		_ = s.summarise(ctx)
	}
}

// Waiting is how many changes are not saved yet, because the store can't be reached.
func (s *Session) Waiting() int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.waits
}
