package pgstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

const (
	// seatWord follows a session's id where the channel says that somebody came or went.
	seatWord = " seats"
	// maxSeats bounds how many are told of.
	maxSeats = 50
	// The server ends a connection whose machine does not answer any more after some 25
	// seconds (PostgreSQL, client connection settings), and whoever sat there is gone.
	keepalives = "SELECT set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)"
)

// presentSQL lists who holds a session's advisory lock: the server lets it go when their
// connection ends, so nobody is there who is not, and it knows the account. What they call
// themselves is in a row of the same process's; one that another account wrote is none of
// theirs. Who could not write one is there without a name.
const presentSQL = `SELECT coalesce(left(p.name, 200), ''), coalesce(left(a.usename, 64), ''),
		CASE WHEN p.since <= now() AND isfinite(p.since) THEN p.since ELSE now() END
	FROM (SELECT DISTINCT pid FROM pg_catalog.pg_locks
		WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND pid <> pg_backend_pid()
		AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
		AND classid::bigint = ($2::bigint >> 32) & 4294967295 AND objid::bigint = $2::bigint & 4294967295) l
	LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
	LEFT JOIN gonogo.seats p ON p.pid = l.pid AND p.session = $1 AND p.role = a.usename
	ORDER BY 3, l.pid LIMIT $3`

// present are those who have a session open, but for the connection that asks.
func present(ctx context.Context, conn *pgx.Conn, id string) ([]sessions.Seat, error) {
	found, err := conn.Query(ctx, presentSQL, id, seatKey(id), maxSeats)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (sessions.Seat, error) {
		var name, role string
		var since time.Time
		err := row.Scan(&name, &role, &since)
		return sessions.Seat{By: clean.Line(name), Role: clean.Line(role), Since: since.UTC()}, err
	})
}

// enter writes down who sits here, and tells the others. Rows of connections that are gone
// go with it. Without the right to write it one is there without a name.
func (p *seat) enter(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, keepalives); err != nil {
		return err
	}
	err := pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM gonogo.seats WHERE pid = pg_backend_pid()
			OR session = $1 AND pid NOT IN (SELECT pid FROM pg_catalog.pg_stat_activity WHERE pid IS NOT NULL)`, p.id)
		if err == nil {
			_, err = tx.Exec(ctx, "INSERT INTO gonogo.seats (session, pid, name) VALUES ($1, pg_backend_pid(), $2)", p.id, p.store.by)
		}
		return err
	})
	if err != nil && !forbidden(err) {
		return err
	}
	return announce(ctx, conn, p.id)
}

// forbidden reports whether the account lacks a right (SQLSTATE 42501).
func forbidden(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == "42501"
}

func announce(ctx context.Context, conn *pgx.Conn, id string) error {
	_, err := conn.Exec(ctx, "SELECT pg_notify('"+channel+"', $1)", id+seatWord)
	return err
}

// leave takes the row and the lock away, then tells the others.
func (p *seat) leave(conn *pgx.Conn) {
	if conn == nil || conn.IsClosed() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_unlock_all()"); err != nil {
		return // the server notices
	}
	_, _ = conn.Exec(ctx, "DELETE FROM gonogo.seats WHERE pid = pg_backend_pid()") // without the lock it counts for nothing
	_ = announce(ctx, conn, p.id)
}

// look asks who else is there, and reports whether that changed.
func (p *seat) look(ctx context.Context, conn *pgx.Conn) (changed bool, err error) {
	now, err := present(ctx, conn, p.id)
	if err != nil {
		return false, err
	}
	return p.alter(now), nil
}

func (p *seat) alter(now []sessions.Seat) (changed bool) {
	p.store.mu.Lock()
	defer p.store.mu.Unlock()
	changed = !slices.Equal(p.present, now)
	p.present = now
	return changed
}

// Present are those who have a session open beside this process: see sessions.Shared.
func (s *Store) Present(id string) []sessions.Seat {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.seats[id]; p != nil {
		return p.present
	}
	return nil
}

// held says who has a session open, or is empty. Where that can't be asked for, the lock
// alone says that somebody has.
func held(ctx context.Context, conn *pgx.Conn, id string) (string, error) {
	there, err := present(ctx, conn, id)
	if err != nil || len(there) == 0 {
		return "", err
	}
	text := ""
	for i, seat := range there {
		switch {
		case i == 0:
		case i == len(there)-1:
			text += " and "
		default:
			text += ", "
		}
		text += fmt.Sprintf("%s since %s", seat.Who(), seat.Since.Local().Format("15:04"))
	}
	return "open by " + text, nil
}
