package services

import (
	"context"
	"fmt"
	"net"
	"strings"

	"assess/gonogo/checks"
)

var postgresAccount = checks.Define(checks.Kind{
	ID: "data.postgres.account", Title: "The database account has no more than it needs, over TLS", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.postgres"},
	Sends: postgresSends,
	Rule: "Judged is the account of the declared URL: declare the application's own. PASS: TLS wherever the way is not loopback, no attribute beyond LOGIN, owner of no schema or table, no right to create any. " +
		"WARN: CREATEDB, REPLICATION, reading all data, owner of the database, a schema or tables, CREATE in a schema, or TLS that ends before the server. " +
		"FAIL: superuser, CREATEROLE, BYPASSRLS or running programs and reading files on the server, by itself or through a role it is a member of; or no TLS across a network. " +
		"inconclusive: the database does not let us in or does not tell. Rights to write to tables are not judged.",
	Fix: "An account per purpose: ALTER ROLE app NOSUPERUSER NOCREATEROLE NOCREATEDB NOBYPASSRLS; GRANT SELECT, INSERT, UPDATE, DELETE on the tables it uses; let another account own the schema and run the migrations; " +
		"hostssl only in pg_hba.conf.",
	Refs: []string{"ASVS 12.3.1", "ASVS 13.2.2", "CWE-250", "PostgreSQL role attributes"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, facts, other := asked(ctx, p, params)
	if other != nil {
		return *other
	}
	return with(judgeAccount(facts), p.Note("account of "+s.Name, facts.accountTable()))
})

// accountFacts is what the server says of the account. Attributes count with those of all
// roles that it is a member of: it can take them on with SET ROLE.
type accountFacts struct {
	Super, CreateRole, BypassRLS, CreateDB, Replication bool

	Server   bool // programs or files of the server
	ReadAll  bool // reads all tables
	WriteAll bool // writes all tables

	OwnsDatabase  bool
	OwnsSchemas   int // beside the server's own
	OwnsTables    int
	MayCreate     int    // schemas in which it may create
	ServerTLS     bool   // the server's own view of the session
	ServerVersion string // of TLS
	From          string // the address that the server sees us at; empty: a local socket
}

const accountReport = `WITH mine AS (SELECT r.* FROM pg_roles r WHERE pg_has_role(session_user, r.oid, 'MEMBER')),
 me AS (SELECT oid FROM pg_roles WHERE rolname = session_user),
 spaces AS (SELECT oid, nspowner FROM pg_namespace WHERE nspname <> 'information_schema' AND nspname NOT LIKE 'pg\_%')
SELECT (SELECT bool_or(rolsuper) FROM mine), (SELECT bool_or(rolcreaterole) FROM mine), (SELECT bool_or(rolbypassrls) FROM mine),
 (SELECT bool_or(rolcreatedb) FROM mine), (SELECT bool_or(rolreplication) FROM mine),
 (SELECT bool_or(rolname IN ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')) FROM mine),
 (SELECT bool_or(rolname = 'pg_read_all_data') FROM mine), (SELECT bool_or(rolname = 'pg_write_all_data') FROM mine),
 (SELECT datdba IN (SELECT oid FROM mine WHERE rolname <> 'pg_database_owner') FROM pg_database WHERE datname = current_database()),
 (SELECT count(*) FROM spaces WHERE nspowner IN (SELECT oid FROM mine)),
 (SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace IN (SELECT oid FROM spaces) AND relowner IN (SELECT oid FROM mine)),
 (SELECT count(*) FROM spaces WHERE has_schema_privilege((SELECT oid FROM me), oid, 'CREATE')),
 (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()),
 host(inet_client_addr())`

func readAccount(rows [][]string) (accountFacts, error) {
	row, err := oneRow(rows, 15)
	if err != nil {
		return accountFacts{}, err
	}
	for _, truth := range row[:8] {
		if truth != "t" && truth != "f" {
			return accountFacts{}, errShape
		}
	}
	numbers, err := wholes(row[9], row[10], row[11])
	if err != nil {
		return accountFacts{}, err
	}
	is := func(i int) bool { return row[i] == "t" }
	return accountFacts{Super: is(0), CreateRole: is(1), BypassRLS: is(2), CreateDB: is(3), Replication: is(4), Server: is(5),
		ReadAll: is(6), WriteAll: is(7), OwnsDatabase: is(8), OwnsSchemas: numbers[0], OwnsTables: numbers[1], MayCreate: numbers[2],
		ServerTLS: is(12), ServerVersion: row[13], From: row[14]}, nil
}

func judgeAccount(f postgresFacts) checks.Result {
	if !f.TLS && f.Reach != loopback {
		return fail("the session is not encrypted, and crosses a network")
	}
	if f.Account.Err != nil {
		return unsure("the server does not say what the account may do")
	}
	a := f.Account.What
	if a.Super {
		return fail("the account is a superuser, or may become one")
	}
	var worst, flaws []string
	add := func(to *[]string, is bool, text string) {
		if is {
			*to = append(*to, text)
		}
	}
	add(&worst, a.CreateRole, "create and change roles")
	add(&worst, a.BypassRLS, "bypass row security")
	add(&worst, a.Server, "run programs or use files on the server")
	if len(worst) > 0 {
		return fail("the account may " + strings.Join(worst, ", "))
	}
	add(&flaws, a.CreateDB, "may create databases")
	add(&flaws, a.Replication, "may replicate the whole server")
	add(&flaws, a.ReadAll, "reads all tables")
	add(&flaws, a.WriteAll, "writes all tables")
	add(&flaws, a.OwnsDatabase, "owns the database")
	add(&flaws, a.OwnsSchemas > 0, "owns "+count(a.OwnsSchemas, "schema"))
	add(&flaws, a.OwnsTables > 0, "owns "+count(a.OwnsTables, "table"))
	add(&flaws, a.MayCreate > 0 && a.OwnsSchemas == 0 && !a.OwnsDatabase, "may create in "+count(a.MayCreate, "schema"))
	if len(flaws) > 0 {
		return warn("the account " + strings.Join(flaws, ", "))
	}
	if f.TLS && !a.ServerTLS && !local(a.From) {
		return warn("TLS ends before the server, which sees a plain connection")
	}
	if !f.TLS {
		return pass("the account has no attribute beyond LOGIN and owns nothing; the session is plain, on loopback")
	}
	return pass("the account has no attribute beyond LOGIN and owns nothing; the session is encrypted")
}

// local reports whether an address that the server sees is its own host's.
func local(address string) bool {
	ip := net.ParseIP(address)
	return address == "" || ip != nil && ip.IsLoopback()
}

func (f postgresFacts) accountTable() string {
	var b strings.Builder
	fmt.Fprintf(&b, "address: %s\ntls: %t (sslmode %s)\n", f.Reach, f.TLS, f.Mode)
	if f.Account.Err != nil {
		fmt.Fprintf(&b, "account: %v\n", f.Account.Err)
		return b.String()
	}
	a := f.Account.What
	fmt.Fprintf(&b, "tls as the server sees it: %t %s\nwith the roles it is a member of:\n", a.ServerTLS, a.ServerVersion)
	fmt.Fprintf(&b, "superuser: %t\ncreate roles: %t\nbypass row security: %t\nprograms or files of the server: %t\ncreate databases: %t\nreplication: %t\n",
		a.Super, a.CreateRole, a.BypassRLS, a.Server, a.CreateDB, a.Replication)
	fmt.Fprintf(&b, "reads all tables: %t\nwrites all tables: %t\nowner of the database: %t\nschemas owned: %d\ntables owned: %d\nschemas to create in: %d\n",
		a.ReadAll, a.WriteAll, a.OwnsDatabase, a.OwnsSchemas, a.OwnsTables, a.MayCreate)
	return b.String()
}
