package sessions

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Update is what Follow tells: the session as it is now, with what others wrote. Offline
// says why the store can't be reached, or is nil; Refused what of the waiting changes made
// no sense on top of what others wrote, and was not saved.
type Update struct {
	State   *State
	Offline error
	Refused error
	Unkept  error  // why what waits is in memory alone, or nil
	Present []Seat // who else has the session open
}

// Follow tells of every change that others make to a session that several have open, until
// ctx or the session ends; it is nil where nobody else can write. While somebody follows,
// Record does not fail when the store can't be reached: the change waits, State shows it,
// Waiting counts it, and it is saved when the connection is back. A slow receiver misses
// updates, never the last one.
func (s *Session) Follow(ctx context.Context) <-chan Update {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.sharing == nil || s.ReadOnly() != "" || s.sharing.following {
		return nil
	}
	s.sharing.following = true
	ctx, s.unfollow = context.WithCancel(ctx)
	out := make(chan Update, 1)
	s.sharing.updates = out
	go s.follow(ctx, s.sharing.store.Watch(s.id), out)
	return out
}

func (s *Session) follow(ctx context.Context, signals <-chan error, out chan Update) {
	defer close(out)
	again := time.NewTicker(retryTime)
	defer again.Stop()
	for {
		var lost error
		select {
		case <-ctx.Done():
			return
		case err, open := <-signals:
			if lost = err; !open {
				return
			}
		case <-again.C:
			if s.Waiting() == 0 || s.away(ctx) {
				continue
			}
		}
		u, tell := s.sync(ctx, lost)
		if !tell {
			continue
		}
		latest(out, u)
	}
}

// latest puts an update in the place of one that nobody took. What that told of refused
// changes is told on: no state shows it.
func latest(out chan Update, u Update) {
	select {
	case missed := <-out:
		u.Refused = errors.Join(missed.Refused, u.Refused)
	default:
	}
	out <- u
}

// away reports whether the store can't be reached. It holds nobody up who records.
func (s *Session) away(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, sendTime)
	defer cancel()
	return errors.Is(s.sharing.store.Ping(ctx), ErrOffline)
}

// sync saves what waits and takes in what others wrote.
func (s *Session) sync(ctx context.Context, lost error) (u Update, tell bool) {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.ReadOnly() != "" {
		return u, false
	}
	h := s.sharing
	before := s.head
	if h.offline = lost; lost == nil {
		err := s.flush(ctx)
		if err == nil {
			ctx, cancel := context.WithTimeout(ctx, sendTime)
			err = s.catchUp(ctx)
			cancel()
		}
		if h.offline = err; err != nil && !errors.Is(err, ErrOffline) && ctx.Err() == nil {
			s.giveUp(err)
		}
	}
	s.publish(ctx)
	u = Update{State: s.State(), Offline: h.offline, Refused: errors.Join(h.refused...), Unkept: h.unkept, Present: h.store.Present(s.id)}
	h.refused = nil
	changed := s.head != before || h.toldOffline != (h.offline != nil) || h.toldWaiting != len(h.waiting) || u.Refused != nil || h.toldUnkept != (u.Unkept != nil) || !slices.Equal(h.toldPresent, u.Present)
	h.toldOffline, h.toldWaiting, h.toldUnkept, h.toldPresent = h.offline != nil, len(h.waiting), h.unkept != nil, u.Present
	return u, changed
}

// closeShared ends following and saves what waits. What can't be saved stays in the
// drafts, for the next one who opens the session here.
func (s *Session) closeShared() error {
	h := s.sharing
	if h == nil {
		return nil
	}
	if s.unfollow != nil {
		s.unfollow()
	}
	select {
	case u := <-h.updates: // whoever follows does not hear it any more
		h.refused = append(h.refused, u.Refused)
	default:
	}
	if len(h.waiting) == 0 {
		return errors.Join(h.refused...)
	}
	err := s.flush(context.Background())
	s.publish(context.Background())
	if err == nil {
		return errors.Join(h.refused...)
	}
	where := "nor kept elsewhere"
	switch {
	case h.kept && h.unkept != nil:
		where = "and only the earlier of them kept on this machine, to be saved when the session is opened here again"
	case h.kept:
		where = "but kept on this machine and saved when the session is opened here again"
	}
	what := "1 change is"
	if n := len(h.waiting); n > 1 {
		what = fmt.Sprintf("%d changes are", n)
	}
	return fmt.Errorf("%s not saved, %s: %w", what, where, err)
}
