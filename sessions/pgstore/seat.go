package pgstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/sessions"
)

const (
	// pulse is how often a silent connection is asked whether it lives.
	pulse = 10 * time.Second
	// pulseTime is how long that may take.
	pulseTime = 3 * time.Second
)

// seat is this process at a session: a connection of its own that holds a shared advisory
// lock, so that others know somebody is there, and hears who appends.
type seat struct {
	store   *Store
	id      string
	alone   bool
	signals chan error      // the newest only
	present []sessions.Seat // beside this one; Store.mu guards it
	stop    context.CancelFunc
	done    chan struct{}
}

// seatKey is the advisory lock of a session.
func seatKey(id string) int64 {
	sum := sha256.Sum256([]byte("gonogo session " + id))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}

// Lock takes a seat at a session. It shuts nobody out: Append says who was first. The
// Closer's Alone says whether nobody else had one then.
func (s *Store) Lock(ctx context.Context, id string) (io.Closer, error) {
	if err := known(id); err != nil {
		return nil, err
	}
	s.mu.Lock()
	_, taken := s.seats[id]
	s.mu.Unlock()
	if taken {
		return nil, heldError{"open in this very process"}
	}
	err := s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error {
		var there bool
		err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM gonogo.sessions WHERE id = $1 AND removed IS NULL)", id).Scan(&there)
		if err == nil && !there {
			err = fmt.Errorf("%s: %w", id, sessions.ErrNotFound)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &seat{store: s, id: id, signals: make(chan error, 1), done: make(chan struct{})}
	conn, err := p.sit(ctx)
	if err != nil {
		return nil, fmt.Errorf("session %s: %w", id, err)
	}
	p.tell(nil) // whoever watches learns who is there
	ctx, p.stop = context.WithCancel(context.Background())
	s.mu.Lock()
	s.seats[id] = p
	s.mu.Unlock()
	go p.listen(ctx, conn)
	return p, nil
}

// Alone reports whether nobody else had the session open when this seat was taken.
func (p *seat) Alone() bool { return p.alone }

// sit connects, takes the lock and begins to listen.
func (p *seat) sit(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	conn, err := p.store.connect(ctx)
	if err != nil {
		return nil, err
	}
	key := seatKey(p.id)
	if err = conn.QueryRow(ctx, "SELECT pg_try_advisory_lock($1)", key).Scan(&p.alone); err == nil {
		_, err = conn.Exec(ctx, "SELECT pg_advisory_lock_shared($1)", key)
	}
	if err == nil && p.alone {
		_, err = conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", key)
	}
	if err == nil {
		_, err = conn.Exec(ctx, "LISTEN "+channel)
	}
	if err == nil {
		err = p.enter(ctx, conn)
	}
	if err == nil {
		_, err = p.look(ctx, conn)
	}
	if err != nil {
		_ = conn.Close(ctx)
		return nil, &failed{p.store.at.name, hidden(err, p.store.at.config.Password), err}
	}
	return conn, nil
}

// listen passes on what the server tells until the seat is given up. A lost connection is
// made anew; what was said meanwhile is told as one signal.
func (p *seat) listen(ctx context.Context, conn *pgx.Conn) {
	defer close(p.done)
	defer close(p.signals)
	defer func() { p.leave(conn); hangUp(conn) }()
	pause := firstPause
	for ctx.Err() == nil {
		var err error
		if conn == nil {
			if conn, err = p.again(ctx); err == nil {
				pause = firstPause
				p.tell(nil)
				continue
			}
		} else if err = p.hear(ctx, conn); err == nil {
			continue
		}
		if ctx.Err() != nil {
			return
		}
		hangUp(conn)
		conn = nil
		p.alter(nil) // nobody knows
		p.tell(fmt.Errorf("%w: %w", sessions.ErrOffline, err))
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
		pause = min(2*pause, lastPause)
	}
}

// again sits down anew. Whether others are there now changes nothing of Alone: what this
// process began is not cut off.
func (p *seat) again(ctx context.Context) (*pgx.Conn, error) {
	was := p.alone
	defer func() { p.alone = was }()
	return p.sit(ctx)
}

// hear waits for the next message, and looks around where it says that somebody came or
// went. Of who is cut off nothing is said: a silent server is asked who is there, and whether
// it lives.
func (p *seat) hear(ctx context.Context, conn *pgx.Conn) error {
	quiet, cancel := context.WithTimeout(ctx, pulse)
	defer cancel()
	message, err := conn.WaitForNotification(quiet)
	switch {
	case err == nil && message.Payload == p.id:
		p.tell(nil)
		return nil
	case err == nil && (message.Payload != p.id+seatWord || message.PID == conn.PgConn().PID()):
		return nil
	case err == nil:
	case conn.IsClosed() || !errors.Is(err, context.DeadlineExceeded):
		return &failed{p.store.at.name, hidden(err, p.store.at.config.Password), err}
	}
	// Not cut off by leaving: that would end the connection, and the lock with it some time later.
	ask, cancel := context.WithTimeout(context.WithoutCancel(ctx), pulseTime)
	defer cancel()
	changed, err := p.look(ask, conn)
	if changed {
		p.tell(nil)
	}
	return err
}

// tell replaces a signal that nobody took yet.
func (p *seat) tell(err error) {
	select {
	case <-p.signals:
	default:
	}
	p.signals <- err
}

func hangUp(conn *pgx.Conn) {
	if conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if !conn.IsClosed() { // else the lock goes when the server notices
		_, _ = conn.Exec(ctx, "SELECT pg_advisory_unlock_all()")
	}
	_ = conn.Close(ctx)
}

// Watch gives the signals of a locked session: see sessions.Shared. Of a session that is
// not locked it is closed at once.
func (s *Store) Watch(id string) <-chan error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.seats[id]; p != nil {
		return p.signals
	}
	none := make(chan error)
	close(none)
	return none
}

// Close gives the seat up.
func (p *seat) Close() error {
	p.store.mu.Lock()
	if p.store.seats[p.id] == p {
		delete(p.store.seats, p.id)
	}
	p.store.mu.Unlock()
	p.stop()
	<-p.done
	return nil
}
