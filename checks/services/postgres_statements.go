package services

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
)

var postgresStatements = checks.Define(checks.Kind{
	ID: "data.postgres.statements", Title: "The database records which statements cost", Class: checks.Safe, Severity: checks.Medium, Needs: []string{"service.postgres"},
	Sends: postgresSends,
	Rule: "PASS: pg_stat_statements is installed, switched on and readable, and holds statements. WARN: only slow statements are logged (log_min_duration_statement). FAIL: neither. " +
		"inconclusive: installed, but not readable to the account, or empty. The slowest mean times are kept as measurements, texts of statements never. Whether anybody looks is not seen.",
	Fix:  "shared_preload_libraries = 'pg_stat_statements', then CREATE EXTENSION pg_stat_statements; export it; alert on what becomes slow.",
	Refs: []string{"SRE 6", "PostgreSQL pg_stat_statements"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, facts, other := asked(ctx, p, params)
	if other != nil {
		return *other
	}
	r := judgeStatements(facts.Statements)
	for i, mean := range facts.Statements.What.Slowest {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: fmt.Sprintf("mean time of statement %d, slowest first", i+1), Value: mean, Unit: "ms"})
	}
	return with(r, p.Note("statement statistics of "+s.Name, facts.statementTable()))
})

// statementFacts is what the server records of statements.
type statementFacts struct {
	Installed bool   // the extension, in this database
	Track     string // pg_stat_statements.track; empty: the library is not loaded
	LogAfter  int    // log_min_duration_statement in ms; -1: off
	Count     int
	Slowest   []float64 // mean times in ms
	Unread    error     // why the statistics can't be read
}

const (
	// statementsReport asks how statements are recorded.
	statementsReport = `SELECT coalesce((SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'), ''),
 coalesce(current_setting('pg_stat_statements.track', true), ''), (SELECT setting FROM pg_settings WHERE name = 'log_min_duration_statement'), current_setting('server_version_num')`
	// statementsShown is how many mean times are kept.
	statementsShown = 5
)

// askStatements asks how statements are recorded, and for the slowest mean times. The name
// of the extension's schema comes quoted from the server itself.
func askStatements(ctx context.Context, conn *pgconn.PgConn) told[statementFacts] {
	schema, version := "", 0
	t := ask(ctx, conn, statementsReport, func(rows [][]string) (statementFacts, error) {
		row, err := oneRow(rows, 4)
		if err != nil {
			return statementFacts{}, err
		}
		n, err := wholes(row[2], row[3])
		if err != nil {
			return statementFacts{}, err
		}
		schema, version = row[0], n[1]
		return statementFacts{Installed: row[0] != "", Track: row[1], LogAfter: n[0]}, nil
	})
	if t.Err != nil || !t.What.Installed {
		return t
	}
	mean := "mean_exec_time"
	if version < 130000 {
		mean = "mean_time"
	}
	rows, err := rowsOf(ctx, conn, fmt.Sprintf("SELECT count(*) OVER (), %[1]s FROM %[2]s.pg_stat_statements WHERE calls > 0 ORDER BY %[1]s DESC LIMIT %[3]d", mean, schema, statementsShown))
	if err != nil {
		t.What.Unread = err
		return t
	}
	t.What.Count, t.What.Slowest, t.What.Unread = readSlowest(rows)
	return t
}

func readSlowest(rows [][]string) (all int, slowest []float64, err error) {
	for _, row := range rows {
		if len(row) != 2 {
			return 0, nil, errShape
		}
		n, err := wholes(row[0])
		if err != nil {
			return 0, nil, err
		}
		mean, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			return 0, nil, fmt.Errorf("numbers of the server: %w", err)
		}
		all, slowest = n[0], append(slowest, mean)
	}
	return all, slowest, nil
}

func judgeStatements(t told[statementFacts]) checks.Result {
	f := t.What
	off := !f.Installed || f.Track == "none"
	why := "pg_stat_statements is not installed in this database"
	if f.Installed {
		why = "pg_stat_statements is installed, but switched off"
	}
	switch {
	case t.Err != nil:
		return unsure("the server does not say what it records of statements")
	case off && f.LogAfter >= 0:
		return warn(fmt.Sprintf("%s; statements slower than %d ms are logged", why, f.LogAfter))
	case off:
		return fail(why + ", and slow statements are not logged")
	case f.Unread != nil:
		return unsure("pg_stat_statements is installed, but can't be read: load its library, GRANT pg_read_all_stats")
	case f.Count == 0:
		return unsure("pg_stat_statements is installed, but holds no statement yet")
	}
	return pass(fmt.Sprintf("pg_stat_statements holds %s; the slowest takes %.3g ms on average", count(f.Count, "statement"), f.Slowest[0]))
}

func (f postgresFacts) statementTable() string {
	if f.Statements.Err != nil {
		return fmt.Sprintf("statements: %v\n", f.Statements.Err)
	}
	s := f.Statements.What
	var b strings.Builder
	fmt.Fprintf(&b, "pg_stat_statements installed: %t\ntrack: %s\nlog_min_duration_statement: %d ms\nstatements: %d\n", s.Installed, s.Track, s.LogAfter, s.Count)
	if s.Unread != nil {
		fmt.Fprintf(&b, "statistics: %v\n", s.Unread)
	}
	for i, mean := range s.Slowest {
		fmt.Fprintf(&b, "mean time %d: %.3f ms\n", i+1, mean)
	}
	return b.String()
}
