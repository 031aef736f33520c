package sessions

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"assess/gonogo/checks/clean"
)

// Record makes events of what by says and returns the state after them. They are on disk
// when it returns: all of them or none. ErrRefused says that one makes no sense here and
// nothing was written. Where the journal can't be written (somebody else wrote first, the
// disk is full), the session is read-only from then on and keeps the events in Unsaved.
func (s *Session) Record(ctx context.Context, by clean.Text, data ...Payload) (*State, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.record(ctx, by, data)
}

func (s *Session) record(ctx context.Context, by clean.Text, data []Payload) (*State, error) {
	if why := s.ReadOnly(); why != "" {
		return s.State(), fmt.Errorf("%w: %s", ErrReadOnly, why)
	}
	if err := ctx.Err(); err != nil || len(data) == 0 {
		return s.State(), err
	}
	if s.sharing != nil {
		return s.recordShared(ctx, by, slices.Clone(data))
	}
	events, lines, next, err := s.prepare(by, data)
	if err != nil {
		slog.Debug("refused", "session", s.id, "why", err)
		return s.State(), err
	}
	began := time.Now()
	head, err := s.store.Append(context.WithoutCancel(ctx), s.id, s.Head(), lines...)
	if err != nil {
		s.keep(events, err)
		slog.Debug("not saved", "session", s.id, "events", len(events), "why", err)
		return s.State(), err
	}
	slog.Debug("saved", "session", s.id, "first", events[0].Seq, "events", len(events), "type", events[0].Data.Type(), "took", time.Since(began))
	next.Head = hex.EncodeToString(head.Hash[:])
	s.mu.Lock()
	s.head, s.state = head, next
	s.events = append(s.events, events...)
	s.mu.Unlock()
	if s.now().Sub(s.summed) >= summaryEvery {
		_ = s.summarise(ctx) // derived: the journal has it all, and closing tries again
	}
	return next, nil
}

// prepare makes the events, their lines and the state after them.
func (s *Session) prepare(by clean.Text, data []Payload) (events []Event, lines [][]byte, next *State, err error) {
	at := s.now().UTC().Truncate(time.Millisecond)
	next = s.State()
	for _, p := range data {
		e, line, after, err := s.prepareOne(next, func() []Event { return concat(s.Events(), events) }, at, by, p)
		if err != nil {
			return nil, nil, nil, err
		}
		events, lines, next = append(events, e), append(lines, line), after
	}
	return events, lines, next, nil
}

// prepareOne makes an event, its line and the state after it. before gives the events
// that lead to st.
func (s *Session) prepareOne(st *State, before func() []Event, at time.Time, by clean.Text, p Payload) (e Event, line []byte, next *State, err error) {
	p = complete(p, st)
	if err = checkPayload(p, st); err != nil {
		return e, nil, nil, err
	}
	e = Event{Seq: st.Seq + 1, At: at, By: by, Data: p}
	if line, err = EncodeEvent(e); err != nil {
		return e, nil, nil, err
	}
	// What the journal will give back is what counts, not what was handed in.
	if e, err = DecodeEvent(line); err != nil {
		return e, nil, nil, refuse("event %d would not be readable: %v", st.Seq+1, err)
	}
	switch e.Data.(type) {
	case Undone, Redone:
		return e, line, s.basis.fold(append(before(), e)), nil
	}
	return e, line, st.with(e), nil
}

// keep holds on to events that could not be written and says why.
func (s *Session) keep(events []Event, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unsaved = append(s.unsaved, events...)
	if s.readOnly == "" {
		s.readOnly = "not saved: " + err.Error()
	}
}

// Undo takes back the last event that can be, of those that by recorded where several write;
// nothing to undo is ErrRefused. What is taken back stays in the journal.
func (s *Session) Undo(ctx context.Context, by clean.Text) (*State, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	undo := s.own(by, s.State().Undo)
	if len(undo) == 0 {
		return s.State(), refuse("there is nothing to undo")
	}
	return s.record(ctx, by, []Payload{Undone{Seq: undo[len(undo)-1]}})
}

// Redo brings back what was undone last; nothing to redo is ErrRefused.
func (s *Session) Redo(ctx context.Context, by clean.Text) (*State, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	redo := s.own(by, s.State().Redo)
	if len(redo) == 0 {
		return s.State(), refuse("there is nothing to redo")
	}
	return s.record(ctx, by, []Payload{Redone{Seq: redo[len(redo)-1]}})
}

// own leaves those of some events that by recorded, where others write to the session as
// well: nobody takes back by accident what somebody else just said.
func (s *Session) own(by clean.Text, seqs []uint64) []uint64 {
	if s.sharing == nil {
		return seqs
	}
	events := s.Events()
	return slices.DeleteFunc(slices.Clone(seqs), func(seq uint64) bool {
		return seq == 0 || seq > uint64(len(events)) || events[seq-1].By != by
	})
}

// PutEvidence keeps a piece of evidence, at most MaxEvidence bytes, and returns its
// SHA-256. The same bytes are kept once.
func (s *Session) PutEvidence(ctx context.Context, body []byte) (sha string, err error) {
	if why := s.ReadOnly(); why != "" {
		return "", fmt.Errorf("%w: %s", ErrReadOnly, why)
	}
	if len(body) > MaxEvidence {
		return "", fmt.Errorf("evidence of %d bytes, at most %d are kept: %w", len(body), MaxEvidence, ErrTooLarge)
	}
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:]), s.store.PutBlob(ctx, s.id, sum, bytes.NewReader(body))
}

// Evidence returns a piece of evidence, whose bytes have the hash they are named by. Where
// they were taken out, also by another process since the session was opened, the error is
// ErrTakenOut and says why; where they are not in this copy of the session, ErrNotFound.
func (s *Session) Evidence(ctx context.Context, sha string) ([]byte, error) {
	if why, gone := s.State().Redacted[sha]; gone {
		return nil, takenOut(sha, why)
	}
	body, err := checkedBlob(func(sha string) ([]byte, error) { return s.blob(ctx, sha) }, sha)
	if errors.Is(err, ErrNotFound) {
		for e, readErr := range s.store.Read(ctx, s.id, s.Head().Seq) {
			if readErr != nil {
				break // damage is told where the session is opened
			}
			event, decodeErr := DecodeEvent(e.JSON)
			if r, ok := event.Data.(EvidenceRedacted); ok && decodeErr == nil && r.SHA256 == sha {
				return nil, takenOut(sha, r.Reason)
			}
		}
	}
	return body, err
}

func takenOut(sha string, why clean.Text) error {
	return fmt.Errorf("evidence %.12s… was %w: %s", sha, ErrTakenOut, why)
}

func (s *Session) blob(ctx context.Context, sha string) ([]byte, error) {
	var sum [sha256.Size]byte
	if n, err := hex.Decode(sum[:], []byte(sha)); err != nil || n != len(sum) || hex.EncodeToString(sum[:]) != sha {
		return nil, fmt.Errorf("%.80q is no SHA-256", sha)
	}
	r, err := s.store.GetBlob(ctx, s.id, sum)
	if errors.Is(err, ErrNotFound) {
		return nil, missingEvidence(sha)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	body, err := io.ReadAll(io.LimitReader(r, MaxEvidence+1))
	if err == nil && len(body) > MaxEvidence {
		err = fmt.Errorf("evidence %.12s…: %w", sha, ErrTooLarge)
	}
	return body, err
}

// missingEvidence is the hash of a piece whose bytes are gone. It is an ErrNotFound that
// does not speak of sessions.
type missingEvidence string

func (m missingEvidence) Error() string {
	return fmt.Sprintf("the bytes of evidence %.12s… are not here", string(m))
}
func (m missingEvidence) Is(target error) bool { return target == ErrNotFound }

// Redact takes a piece of evidence's bytes out of the session for good; the journal says
// first who did it and why, and keeps its hash. What the session was opened with stays.
// Bytes that do not have their hash any more can be taken out too.
func (s *Session) Redact(ctx context.Context, by clean.Text, sha string, reason clean.Text) error {
	remover, ok := s.store.(BlobRemover)
	o := s.State().Opened
	switch {
	case !ok:
		return errors.New("this store can't take evidence out")
	case reason == "":
		return refuse("taking evidence out needs a reason")
	case sha == o.TargetSHA || sha == o.ProfileSHA || sha == o.MoreSHA:
		return refuse("evidence %.12s… is what the session was opened with", sha)
	}
	if locked := s.ReadOnly(); locked != "" {
		return fmt.Errorf("%w: %s", ErrReadOnly, locked)
	}
	// Where the process ended between the word and the deed, the deed is done now.
	why, said := s.State().Redacted[sha]
	if _, err := s.blob(ctx, sha); err != nil {
		if said && errors.Is(err, ErrNotFound) {
			return refuse("evidence %.12s… was taken out already: %s", sha, why)
		}
		return err
	}
	if !said {
		if _, err := s.Record(ctx, by, EvidenceRedacted{SHA256: sha, Reason: reason}); err != nil {
			return err
		}
	}
	sum, err := hex.DecodeString(sha)
	if err != nil {
		return err
	}
	return remover.RemoveBlob(ctx, s.id, [sha256.Size]byte(sum))
}
