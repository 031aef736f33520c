package services

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
)

const (
	// postgresTime is how long all talk with a server may take, connectTime how long all
	// attempts to get in.
	postgresTime, connectTime = 20 * time.Second, 5 * time.Second
	// postgresBytes are the first bytes a PostgreSQL server may answer with: S or N to the
	// wish for TLS, then Error, authentication Request, protocol version (v).
	postgresBytes = "SNERv"
	// maxMessage bounds one message of a server, in bytes: no answer that is asked for comes near.
	maxMessage = 1 << 20
)

// askPostgres connects and asks. last is the last connection that was opened, nil when
// none was. The error is a *pgconn.PgError where the server said it.
func (s service) askPostgres(ctx context.Context, p *checks.Probe) (facts postgresFacts, last *line, err error) {
	started := time.Now()
	conn, facts, last, err := s.enter(ctx, p)
	if err != nil {
		return facts, last, err
	}
	defer conn.Close(ctx)
	if err := run(ctx, conn, "BEGIN READ ONLY", "SET LOCAL statement_timeout = 2000", "SELECT 1"); err != nil {
		return facts, last, err
	}
	facts.Answered, facts.Took = true, time.Since(started)
	facts.Self = ask(ctx, conn, selfReport, readSelf)
	facts.Account = ask(ctx, conn, accountReport, readAccount)
	facts.Limits = ask(ctx, conn, limitsReport, readLimits)
	facts.Replication = ask(ctx, conn, replicationReport, readReplication)
	facts.Statements = askStatements(ctx, conn)
	facts.Versions = askVersionTables(ctx, conn)
	_ = run(ctx, conn, "ROLLBACK") // closing the connection ends the transaction as well
	return facts, last, nil
}

// enter connects; facts are what that alone tells.
func (s service) enter(ctx context.Context, p *checks.Probe) (conn *pgconn.PgConn, facts postgresFacts, last *line, err error) {
	config, err := s.postgresConfig()
	if err != nil {
		return nil, facts, nil, err
	}
	facts.Mode = sslMode(s.absolute("postgres"), config)
	facts.As, facts.In = config.User, config.Database
	config.RuntimeParams["application_name"] = "gonogo"
	config.ConnectTimeout = connectTime
	config.MaxProtocolMessageBodyLen = maxMessage
	config.LookupFunc = func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	var unopened error // the attempts with and without TLS share it
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		if unopened != nil {
			return nil, unopened
		}
		opened, took, err := s.open(ctx, p)
		if err != nil {
			unopened = err
			return nil, err
		}
		last, facts.Dialled = opened, took
		facts.Reach = reachOf(opened.RemoteAddr())
		return opened, nil
	}
	if config.TLSConfig != nil && config.TLSConfig.RootCAs == nil {
		config.TLSConfig.RootCAs = p.Roots()
	}
	if conn, err = pgconn.ConnectConfig(ctx, config); err != nil {
		return nil, facts, last, err
	}
	_, facts.TLS = conn.Conn().(*tls.Conn)
	return conn, facts, last, nil
}

// postgresConfig reads the declared address. The parser adds what it finds on this machine
// (PGPASSWORD, ~/.pgpass, a service file): a password that the target does not declare is
// none of its server's business, and the redactor does not know it.
func (s service) postgresConfig() (*pgconn.Config, error) {
	dsn := s.absolute("postgres")
	config, err := pgconn.ParseConfig(dsn)
	if err != nil {
		// The parser's error quotes the string.
		return nil, errors.New("the connection string of [services." + s.Name + "] can't be read")
	}
	declared := passwordWord.MatchString(dsn)
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		_, declared = u.User.Password()
		declared = declared || u.Query().Has("password")
	}
	if !declared {
		config.Password = ""
	}
	return config, nil
}

// passwordWord finds a password among the keywords of a connection string.
var passwordWord = regexp.MustCompile(`(?:^|\s)password\s*=`)

// modeWord finds sslmode among the keywords of a connection string.
var modeWord = regexp.MustCompile(`(?:^|\s)sslmode\s*=\s*'?([a-z-]+)`)

// sslMode is how the client is told to use TLS (libpq's sslmode): what the string says,
// else what the parser made of the environment, whose default is prefer.
func sslMode(dsn string, config *pgconn.Config) string {
	if u, err := url.Parse(dsn); err == nil && u.Scheme != "" {
		query := u.Query()
		if mode := query.Get("sslmode"); mode != "" {
			return mode
		}
		if query.Get("ssl") == "true" {
			return "require"
		}
	} else if m := modeWord.FindStringSubmatch(dsn); m != nil {
		return m[1]
	}
	fallback := len(config.Fallbacks) > 0 && config.Fallbacks[0].TLSConfig == nil
	switch {
	case config.TLSConfig == nil && len(config.Fallbacks) == 0:
		return "disable"
	case config.TLSConfig == nil:
		return "allow"
	case fallback:
		return "prefer"
	case config.TLSConfig.InsecureSkipVerify:
		return "require"
	}
	return "verify-full"
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

// told is one part of what a server says, or why it does not.
type told[T any] struct {
	What T
	Err  error
}

// errShape says that an answer is not what was asked for.
var errShape = errors.New("the answer has another shape than was asked for")

// ask sends one query within the transaction, which outlives its failure.
func ask[T any](ctx context.Context, conn *pgconn.PgConn, query string, read func(rows [][]string) (T, error)) (t told[T]) {
	rows, err := rowsOf(ctx, conn, query)
	if err != nil {
		t.Err = err
		return t
	}
	t.What, t.Err = read(rows)
	return t
}

// rowsOf returns the rows of one query as texts; NULL is the empty text.
func rowsOf(ctx context.Context, conn *pgconn.PgConn, query string) ([][]string, error) {
	if err := run(ctx, conn, "SAVEPOINT part"); err != nil {
		return nil, err
	}
	results, err := conn.Exec(ctx, query).ReadAll()
	if err != nil {
		if back := run(ctx, conn, "ROLLBACK TO SAVEPOINT part"); back != nil {
			return nil, errors.Join(err, back)
		}
		return nil, err
	}
	if len(results) != 1 {
		return nil, errShape
	}
	rows := make([][]string, len(results[0].Rows))
	for i, row := range results[0].Rows {
		for _, field := range row {
			rows[i] = append(rows[i], string(field))
		}
	}
	return rows, nil
}

// oneRow is the only row of an answer, of so many fields.
func oneRow(rows [][]string, fields int) ([]string, error) {
	if len(rows) != 1 || len(rows[0]) != fields {
		return nil, errShape
	}
	return rows[0], nil
}

// denied reports whether the server said that the account may not do it.
func denied(err error) bool {
	var said *pgconn.PgError
	return errors.As(err, &said) && said.Code == "42501"
}

// isAtDoor reports whether an error is about who may connect from where.
func isAtDoor(said *pgconn.PgError) bool { return strings.Contains(said.Message, "pg_hba.conf") }
