package services

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
)

var postgresReachable = checks.Define(checks.Kind{
	ID: "data.postgres.reachable", Title: "PostgreSQL answers a trivial query", Class: checks.Safe, Severity: checks.Critical, Needs: []string{"service.postgres"},
	Sends: "one connection to the declared address with the declared account (application_name gonogo); SELECT 1 and one reading of settings and " +
		"statistics, in a read-only transaction with a statement time-out of 2 s that is rolled back",
	Rule: "PASS: it connects and SELECT 1 answers, together within 500 ms. WARN: slower, no TLS to a host that is not loopback, more than 80 % of the connections in use, " +
		"a superuser's account, a version past its end of life, or a server that tells nothing of itself. " +
		"FAIL: wrong credentials, no such database, no connection left, a query that fails, another protocol, or a required service whose host refuses the connection. " +
		"inconclusive: timed out, name not found, untrusted certificate, starting up, this host not let in by pg_hba.conf, or refused while not required.",
	Fix:  "Correct address, credentials or firewall; require TLS in pg_hba.conf; give the application an account of its own.",
	Refs: []string{"CWE-319", "ASVS 12.3.1", "ASVS 13.2.2", "PostgreSQL versioning policy"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, missing := find(p, params, "postgres")
	if missing != nil {
		return *missing
	}
	what := "PostgreSQL " + s.Address
	ctx, cancel := context.WithTimeout(ctx, postgresTime)
	defer cancel()
	facts, last, err := s.askPostgres(ctx, p)
	var said *pgconn.PgError
	switch {
	case errors.As(err, &said):
		facts.Said = said.Code
		facts.AtDoor = strings.Contains(said.Message, "pg_hba.conf")
	case err != nil && last.foreign(postgresBytes):
		facts.Foreign = true
	case err != nil:
		return s.silent(p, what, err)
	}
	note := facts.table()
	if err != nil {
		note += err.Error() + "\n"
	}
	r := with(judgePostgres(facts, p.Now()), p.Note(what, note))
	if facts.Answered {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: "connect and SELECT 1", Value: float64(facts.Took.Microseconds()) / 1000, Unit: "ms"})
	}
	return r
})

const (
	// postgresTime is how long all talk with a server may take, connectTime how long all
	// attempts to get in.
	postgresTime, connectTime = 10 * time.Second, 5 * time.Second
	// postgresBytes are the first bytes a PostgreSQL server may answer with: S or N to the
	// wish for TLS, then Error, authentication Request, protocol version (v).
	postgresBytes = "SNERv"
	// selfReport asks for what the rule needs, of views that every account may read.
	// pg_stat_database has one row of shared objects without connections.
	selfReport = `SELECT current_setting('server_version_num'), current_setting('server_version'), pg_is_in_recovery(),
 current_setting('max_connections'), (SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database), current_setting('is_superuser')`
)

// askPostgres connects and asks. last is the last connection that was opened, nil when
// none was. The error is a *pgconn.PgError where the server said it.
func (s service) askPostgres(ctx context.Context, p *checks.Probe) (facts postgresFacts, last *line, err error) {
	config, err := pgconn.ParseConfig(s.absolute("postgres"))
	if err != nil {
		// The parser's error quotes the string.
		return facts, nil, errors.New("the connection string of [services." + s.Name + "] can't be read")
	}
	config.RuntimeParams["application_name"] = "gonogo"
	config.ConnectTimeout = connectTime
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	var dialled time.Duration
	var unopened error // the attempts with and without TLS share it
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if unopened != nil {
			return nil, unopened
		}
		conn, took, err := s.open(ctx, p)
		if err != nil {
			unopened = err
			return nil, err
		}
		last, dialled = conn, took
		return conn, nil
	}
	if config.TLSConfig != nil && config.TLSConfig.RootCAs == nil {
		config.TLSConfig.RootCAs = p.Roots()
	}
	started := time.Now()
	conn, err := pgconn.ConnectConfig(ctx, config)
	if err != nil {
		return facts, last, err
	}
	defer conn.Close(ctx)
	_, facts.TLS = conn.Conn().(*tls.Conn)
	facts.Reach = reachOf(last.RemoteAddr())
	if err := run(ctx, conn, "BEGIN READ ONLY", "SET LOCAL statement_timeout = 2000", "SELECT 1"); err != nil {
		return facts, last, err
	}
	facts.Answered, facts.Took, facts.Dialled = true, time.Since(started), dialled
	facts.Self, facts.NoSelf = readSelf(ctx, conn)
	_ = run(ctx, conn, "ROLLBACK") // closing the connection ends the transaction as well
	return facts, last, nil
}

// run sends statements, one at a time.
func run(ctx context.Context, conn *pgconn.PgConn, statements ...string) error {
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement).ReadAll(); err != nil {
			return err
		}
	}
	return nil
}

// readSelf asks the server about itself.
func readSelf(ctx context.Context, conn *pgconn.PgConn) (postgresSelf, error) {
	results, err := conn.Exec(ctx, selfReport).ReadAll()
	if err != nil {
		return postgresSelf{}, err
	}
	if len(results) != 1 || len(results[0].Rows) != 1 || len(results[0].Rows[0]) != 6 {
		return postgresSelf{}, errors.New("the answer has another shape than was asked for")
	}
	row := results[0].Rows[0]
	self := postgresSelf{Version: string(row[1]), Replica: string(row[2]) == "t", Superuser: string(row[5]) == "on"}
	number, err := strconv.Atoi(string(row[0]))
	most, err2 := strconv.Atoi(string(row[3]))
	used, err3 := strconv.Atoi(string(row[4]))
	if err := errors.Join(err, err2, err3); err != nil {
		return postgresSelf{}, fmt.Errorf("numbers of the server: %w", err)
	}
	self.Major, self.Most, self.Used = number/10000, most, used
	return self, nil
}
