package sessions

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// Moment names a point in a session's past: its first Seq events, or those up to At where
// Seq is 0. The zero Moment is now.
type Moment struct {
	Seq uint64
	At  time.Time
}

// IsNow reports whether the moment is the zero one.
func (m Moment) IsNow() bool { return m.Seq == 0 && m.At.IsZero() }

// SplitMoment splits ID@MOMENT: a number of events, or a time such as 2026-11-22T14:09
// (local unless it says otherwise). ID may be a report file. Without an @ the moment is now.
func SplitMoment(arg string) (id string, m Moment, err error) {
	last := strings.LastIndexByte(arg, '@')
	if last < 0 || strings.HasSuffix(arg, ".gonogo") { // a file's name may hold an @
		return arg, m, nil
	}
	id, text := arg[:last], arg[last+1:]
	if m.Seq, err = strconv.ParseUint(text, 10, 64); err == nil && m.Seq > 0 {
		return id, m, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly} {
		if m.At, err = time.ParseInLocation(layout, text, time.Local); err == nil {
			// What was meant is the whole second, minute or day.
			switch layout {
			case time.DateOnly:
				m.At = m.At.AddDate(0, 0, 1)
			case "2006-01-02T15:04":
				m.At = m.At.Add(time.Minute)
			default:
				m.At = m.At.Add(time.Second)
			}
			m.At = m.At.Add(-time.Millisecond)
			return id, m, nil
		}
	}
	return id, Moment{}, fmt.Errorf("%.40q is no moment of a session: after the @ comes a number of events, or a time such as 2026-11-22T14:09", text)
}

// ViewAt is View of a session as it was at a moment: every event after it is left out, as
// if it had not happened. Its Journal ends there too.
func ViewAt(ctx context.Context, st Store, reg *checks.Registry, id string, m Moment) (*Session, error) {
	s, err := View(ctx, st, reg, id)
	if err != nil || m.IsNow() {
		return s, err
	}
	entries, _, err := readEntries(ctx, st, id)
	if err != nil {
		return nil, fmt.Errorf("session %s: %w", id, err)
	}
	return s, s.rewind(entries, m)
}

// Past reports whether the session is shown as it was, later events left out.
func (s *Session) Past() bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.past
}

func (s *Session) rewind(entries []Entry, m Moment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(m.Seq, uint64(len(s.events)))
	if m.Seq == 0 {
		for _, e := range s.events { // clocks may go backwards: the last event that is not later counts
			if !e.At.After(m.At) {
				n = e.Seq
			}
		}
	}
	switch {
	case n == 0:
		return errors.New("the session was not begun then: its first event is of " + s.events[0].At.Local().Format("2006-01-02 15:04:05"))
	case m.Seq > uint64(len(s.events)):
		return fmt.Errorf("the session has only %d events", len(s.events))
	case n > uint64(len(entries)) || entries[n-1].Seq != n:
		return errors.New("its journal was replaced while it was read")
	}
	last := entries[n-1]
	s.events = s.events[:n:n]
	s.head = Head{Seq: last.Seq, Hash: last.Hash}
	s.state = s.basis.fold(s.events)
	s.state.Head = hex.EncodeToString(last.Hash[:])
	s.past = true
	s.readOnly = fmt.Sprintf("as it was after event %d of %d, %s", n, len(entries), s.state.LastAt.Local().Format("2 Jan 15:04"))
	return nil
}
