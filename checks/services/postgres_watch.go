package services

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
)

// PostgresWatch is one connection to a declared PostgreSQL server that is kept open to look
// at its connections again and again, as while load runs. It is used by one goroutine.
type PostgresWatch struct {
	Name  string // of the service
	Limit int    // connections that the account can have

	conn *pgconn.PgConn
}

// PostgresGlance is what a server says of its connections at one moment.
type PostgresGlance struct {
	At           time.Time
	Used         int   // connections of clients, this one included
	Active       int   // of those whose state the account may see: running a statement
	Idle         int   // idle within a transaction
	Waiting      int   // waiting for a lock
	Hidden       int   // whose state the account may not see
	Transactions int64 // of the connected database, since its statistics began
}

// glanceTime is how long one look may take.
const glanceTime = 3 * time.Second

// glanceReport: pg_stat_activity shows every account that a client is there, and the state
// only of its own unless it is in pg_read_all_stats. Transactions are counted for everybody.
const glanceReport = `SELECT count(*) FILTER (WHERE datid IS NOT NULL), count(*) FILTER (WHERE state = 'active' AND pid <> pg_backend_pid()),
 count(*) FILTER (WHERE state LIKE 'idle in transaction%'), count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FILTER (WHERE datid IS NOT NULL AND state IS NULL),
 (SELECT coalesce(sum(xact_commit + xact_rollback), 0) FROM pg_stat_database WHERE datname = current_database()) FROM pg_stat_activity`

// WatchPostgres connects to the service, by name or the first of its kind, with the declared
// account. The result instead says why there is nothing to watch.
func WatchPostgres(ctx context.Context, p *checks.Probe, name string) (*PostgresWatch, *checks.Result) {
	s, facts, other := asked(ctx, p, Params{Service: name})
	if other != nil {
		return nil, other
	}
	if facts.Self.Err != nil || facts.Limits.Err != nil {
		r := with(unsure("the server does not say how many connections it has"), p.Note("PostgreSQL "+s.Address, facts.table()))
		return nil, &r
	}
	timed, cancel := context.WithTimeout(ctx, postgresTime)
	defer cancel()
	conn, _, _, err := s.enter(timed, p)
	if err != nil {
		r := s.silent(p, "PostgreSQL "+s.Address, err)
		return nil, &r
	}
	return &PostgresWatch{Name: s.Name, Limit: facts.Limits.What.limit(facts.Self.What.Most), conn: conn}, nil
}

// Look asks once, in a read-only transaction that is rolled back.
func (w *PostgresWatch) Look(ctx context.Context) (PostgresGlance, error) {
	ctx, cancel := context.WithTimeout(ctx, glanceTime)
	defer cancel()
	g := PostgresGlance{At: time.Now()}
	if err := run(ctx, w.conn, "BEGIN READ ONLY", "SET LOCAL statement_timeout = 2000"); err != nil {
		return g, err
	}
	results, err := w.conn.Exec(ctx, glanceReport).ReadAll()
	if back := run(ctx, w.conn, "ROLLBACK"); err != nil || back != nil {
		return g, errors.Join(err, back)
	}
	if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) != 6 {
		return g, errShape
	}
	var n [6]int64
	for i, field := range results[0].Rows[0] {
		if n[i], err = strconv.ParseInt(string(field), 10, 64); err != nil {
			return g, fmt.Errorf("numbers of the server: %w", err)
		}
	}
	g.Used, g.Active, g.Idle, g.Waiting, g.Hidden, g.Transactions = int(n[0]), int(n[1]), int(n[2]), int(n[3]), int(n[4]), n[5]
	return g, nil
}

// Close ends the connection.
func (w *PostgresWatch) Close() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = w.conn.Close(ctx)
}
