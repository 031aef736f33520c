// Package pgstore keeps sessions in PostgreSQL, so that several people review together: the
// same journal lines as in a folder, in one table to which is only ever added. The head of a
// session moves only from the one that a writer knows, in the statement that adds its lines;
// whoever comes second is told. Half-typed text stays on each person's machine.
//
// When Append returns, its events survive the death of both processes and, with the server's
// default settings, a power cut there. Warnings says where they are not the default.
//
// It may import sessions, sessions/filestore for the half-typed text, checks/clean and
// checks/guard.
package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

const (
	// askTime bounds one question to the server, connecting included.
	askTime = 15 * time.Second
	// patience is how long a question is repeated while the server can't be reached.
	patience = 30 * time.Second
	// firstPause and lastPause bound the pauses between two attempts.
	firstPause = 50 * time.Millisecond
	lastPause  = time.Second
)

// Options say how a store is opened.
type Options struct {
	// Drafts is the folder on this machine for half-typed text; empty keeps none.
	Drafts string
	// By is what the person at this machine is called: others see it while a session is open.
	By clean.Text
	// Patience is how long a question is repeated while the server can't be reached, before
	// it fails with sessions.ErrOffline. Zero means half a minute.
	Patience time.Duration
}

// Store is a PostgreSQL database. Its methods may be called from any goroutine.
type Store struct {
	at       *address
	drafts   string
	by       string
	role     string // the account
	patience time.Duration
	warnings []string

	life context.Context // ends with the store
	end  context.CancelFunc
	one  chan struct{} // holds a token while nobody uses conn
	conn *pgx.Conn     // nil while there is none

	mu       sync.Mutex // guards what follows
	seats    map[string]*seat
	texts    *filestore.Drafts
	textsErr error
	closed   bool
}

var (
	_ sessions.Shared        = (*Store)(nil)
	_ sessions.BlobRemover   = (*Store)(nil)
	_ sessions.Inspector     = (*Store)(nil)
	_ sessions.Importer      = (*Store)(nil)
	_ sessions.WholeImporter = (*Store)(nil)
	_ sessions.WholeAppender = (*Store)(nil)
)

// Open connects to the store at a postgres:// URL and makes or updates its schema. Errors
// name the server, never a password.
func Open(ctx context.Context, raw string, o Options) (*Store, error) {
	at, err := parse(raw)
	if err != nil {
		return nil, err
	}
	s := &Store{at: at, drafts: o.Drafts, by: string(o.By), patience: o.Patience, one: make(chan struct{}, 1), seats: map[string]*seat{}}
	if s.patience == 0 {
		s.patience = patience
	}
	s.life, s.end = context.WithCancel(context.Background())
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	if s.conn, err = s.connect(ctx); err != nil {
		return nil, err
	}
	s.one <- struct{}{}
	if err = prepare(ctx, s.conn); err == nil {
		s.warnings, err = promises(ctx, s.conn)
	}
	if err == nil {
		err = s.conn.QueryRow(ctx, "SELECT session_user").Scan(&s.role)
	}
	if err != nil {
		_ = s.conn.Close(ctx)
		return nil, fmt.Errorf("%s: %s", at.name, hidden(err, at.config.Password))
	}
	return s, nil
}

// Warnings says why the promise of Append may not hold on this server.
func (s *Store) Warnings() []string { return s.warnings }

// Name is the store for people: database, host and port.
func (s *Store) Name() string { return s.at.name }

// Role is the account that writes to the store from here.
func (s *Store) Role() string { return s.role }

func (s *Store) connect(ctx context.Context) (*pgx.Conn, error) {
	conn, err := pgx.ConnectConfig(ctx, s.at.config.Copy())
	if err != nil {
		return nil, &failed{s.at.name, hidden(err, s.at.config.Password), err}
	}
	return conn, nil
}

// failed is an error of the server's or on the way to it, without a password.
type failed struct {
	where, text string
	err         error
}

func (f *failed) Error() string { return f.where + ": " + lastLine(f.text) }
func (f *failed) Unwrap() error { return f.err }

// lastLine is what connecting says of the last address it tried; it says the same of each.
func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// do asks the server; where it can't be reached it asks again, on a new connection, until
// patience or ctx ends, and returns an ErrOffline then. What it does must be right to do
// twice.
func (s *Store) do(ctx context.Context, ask func(context.Context, *pgx.Conn) error) error {
	return s.doIn(ctx, askTime, ask)
}

// doIn is do with another bound of one attempt.
func (s *Store) doIn(ctx context.Context, limit time.Duration, ask func(context.Context, *pgx.Conn) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(s.life, cancel)()
	select {
	case <-s.one:
		defer func() { s.one <- struct{}{} }()
	case <-ctx.Done():
		return fmt.Errorf("%w: %s is busy: %w", sessions.ErrOffline, s.at.name, ctx.Err())
	}
	end := time.Now().Add(s.patience)
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		err := s.once(ctx, limit, ask)
		if err == nil || !away(err) {
			return err
		}
		wait := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			wait.Stop()
			return fmt.Errorf("%w: %w", sessions.ErrOffline, err)
		case <-wait.C:
		}
		if time.Now().After(end) {
			return fmt.Errorf("%w: %w", sessions.ErrOffline, err)
		}
	}
}

// Ping asks whether the server can be reached.
func (s *Store) Ping(ctx context.Context) error {
	return s.do(ctx, func(ctx context.Context, conn *pgx.Conn) error { return conn.Ping(ctx) })
}

// lost marks an error after which the connection is gone.
type lost struct{ error }

func (l lost) Unwrap() error { return l.error }

// once asks one time, connecting first where there is no connection.
func (s *Store) once(ctx context.Context, limit time.Duration, ask func(context.Context, *pgx.Conn) error) (err error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	if s.isClosed() {
		return errors.New("the store is closed")
	}
	if s.conn == nil {
		if s.conn, err = s.connect(ctx); err != nil {
			s.conn = nil
			return err
		}
		if _, err = promises(ctx, s.conn); err != nil {
			_ = s.conn.Close(ctx)
			s.conn = nil
			return lost{err}
		}
	}
	if err = ask(ctx, s.conn); err == nil || !s.conn.IsClosed() {
		return err
	}
	s.conn = nil
	return lost{&failed{s.at.name, hidden(err, s.at.config.Password), err}}
}

// away reports whether an error means that the server could not be asked, or that it should
// be asked again: the connection broke or was refused, it starts up or shuts down, it has no
// place, or two transactions were in each other's way (SQLSTATE classes 08, 57P, 53 and 40).
func away(err error) bool {
	var gone lost
	if errors.As(err, &gone) {
		return true
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		for _, class := range []string{"08", "57P0", "53300", "40001", "40P01"} {
			if strings.HasPrefix(said.Code, class) {
				return true
			}
		}
		return false
	}
	var refused *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &refused) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
}

func (s *Store) isClosed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// Close leaves every session and ends the connection.
func (s *Store) Close() error {
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil
	}
	s.closed = true
	var seats []*seat
	for _, p := range s.seats {
		seats = append(seats, p)
	}
	texts := s.texts
	s.mu.Unlock()
	var errs []error
	for _, p := range seats {
		errs = append(errs, p.Close())
	}
	if texts != nil {
		errs = append(errs, texts.Close())
	}
	s.end() // whoever still asks is told
	<-s.one
	defer func() { s.one <- struct{}{} }()
	if s.conn != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_ = s.conn.Close(ctx) // everything on it was answered
		s.conn = nil
	}
	return errors.Join(errs...)
}
