package services

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// must runs statements as the server's owner.
func must(t *testing.T, conn *pgconn.PgConn, statements ...string) {
	t.Helper()
	if err := run(context.Background(), conn, statements...); err != nil {
		t.Fatal(err)
	}
}

// startReplica makes a replica of a server and runs it.
func startReplica(t *testing.T, primary string) (port string) {
	t.Helper()
	postgres, backup := program(t, "postgres"), program(t, "pg_basebackup")
	dir, err := os.MkdirTemp("", "gonogo-replica-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(dir, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	source := fmt.Sprintf("host=127.0.0.1 port=%s user=admin password=%s", primary, canary)
	if out, err := asNobody(dir, backup, "-d", source, "-D", data, "-R", "-c", "fast", "-X", "stream").CombinedOutput(); err != nil {
		t.Fatalf("pg_basebackup: %v\n%s", err, out)
	}
	port = freePort(t)
	args := []string{"-D", data}
	for _, setting := range []string{"listen_addresses=127.0.0.1", "port=" + port, "unix_socket_directories=", "fsync=off", "max_connections=12",
		"superuser_reserved_connections=0", "max_wal_senders=4", "shared_preload_libraries=pg_stat_statements", "ssl=on"} {
		args = append(args, "-c", setting)
	}
	start(t, asNobody(dir, postgres, args...), port)
	connect(t, "admin", port).Close(context.Background())
	return port
}

// TestRealReplica asks a primary and its replica how far apart they are.
func TestRealReplica(t *testing.T) {
	t.Parallel()
	port, _ := startPostgres(t)
	const id = "data.postgres.replication"
	as := func(user, port string) map[string]checks.Service {
		return one("postgres", fmt.Sprintf("postgres://%s:%s@127.0.0.1:%s/postgres", user, canary, port))
	}
	o, _ := check(t, id, as("app", port), checks.Pending, "")
	says(t, string(o.Reason), "no replica")
	admin := connect(t, "admin", port)
	defer admin.Close(context.Background())
	must(t, admin, "SELECT pg_create_physical_replication_slot('gone')")
	check(t, id, as("admin", port), checks.Warn, "")
	must(t, admin, "SELECT pg_drop_replication_slot('gone')")

	replica := startReplica(t, port)
	until := time.Now().Add(15 * time.Second)
	for {
		rows, err := admin.Exec(context.Background(), "SELECT count(*) FROM pg_stat_replication WHERE state = 'streaming'").ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if string(rows[0].Rows[0][0]) == "1" {
			break
		}
		if time.Now().After(until) {
			t.Fatal("the replica does not stream")
		}
		time.Sleep(50 * time.Millisecond)
	}
	o, evidence := check(t, id, as("admin", port), checks.Pass, "")
	says(t, string(o.Reason), "1 replica, the slowest")
	says(t, evidence, "replicas: 1, seen: 1, streaming: 1")
	o, _ = check(t, id, as("app", port), checks.Inconclusive, "")
	says(t, string(o.Reason), "pg_monitor")
	must(t, admin, "GRANT pg_monitor TO app")
	check(t, id, as("app", port), checks.Pass, "")
	o, _ = check(t, id, as("admin", replica), checks.Pass, "")
	says(t, string(o.Reason), "this replica is")
	_, evidence = check(t, "data.postgres.reachable", as("app", replica), checks.Pass, "")
	says(t, evidence, "in recovery: true")
}

// TestRealAccount gives an account more and more.
func TestRealAccount(t *testing.T) {
	t.Parallel()
	port, log := startPostgres(t)
	admin := connect(t, "admin", port)
	defer admin.Close(context.Background())
	app := one("postgres", fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres", canary, port))
	const id = "data.postgres.account"
	judged := func(want checks.Verdict, words string, before ...string) string {
		t.Helper()
		must(t, admin, before...)
		o, evidence := check(t, id, app, want, "")
		says(t, string(o.Reason), words)
		return evidence
	}
	// A cluster made before PostgreSQL 15 lets everybody create in public.
	evidence := judged(checks.Pass, "owns nothing", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	says(t, evidence, "tls as the server sees it: true TLSv1.3")
	judged(checks.Warn, "may create in 1 schema", "GRANT CREATE ON SCHEMA public TO app")
	judged(checks.Warn, "owns 1 table", "REVOKE CREATE ON SCHEMA public FROM app", "CREATE TABLE mine (a int)", "ALTER TABLE mine OWNER TO app")
	judged(checks.Warn, "owns 1 schema", "DROP TABLE mine", "CREATE SCHEMA shop AUTHORIZATION app")
	judged(checks.Warn, "owns the database", "DROP SCHEMA shop", "ALTER DATABASE postgres OWNER TO app")
	judged(checks.Warn, "may create databases", "ALTER DATABASE postgres OWNER TO admin", "ALTER ROLE app CREATEDB")
	judged(checks.Warn, "reads all tables", "ALTER ROLE app NOCREATEDB", "GRANT pg_read_all_data TO app")
	judged(checks.Fail, "bypass row security", "ALTER ROLE app BYPASSRLS")
	judged(checks.Fail, "create and change roles", "ALTER ROLE app NOBYPASSRLS CREATEROLE")
	judged(checks.Fail, "programs", "ALTER ROLE app NOCREATEROLE", "GRANT pg_execute_server_program TO app")
	// What it may become counts, inherited or not, and so does what it was before SET ROLE.
	judged(checks.Fail, "superuser", "REVOKE pg_execute_server_program FROM app", "CREATE ROLE owner SUPERUSER", "ALTER ROLE app NOINHERIT", "GRANT owner TO app")
	judged(checks.Fail, "superuser", "CREATE ROLE small", "GRANT small TO app", "ALTER ROLE app SET role = 'small'")
	for _, line := range strings.Split(log(), "\n") {
		if strings.HasPrefix(line, "[gonogo]") && !strings.Contains(line, "statement: ") && strings.Contains(line, "ERROR") {
			t.Errorf("a statement of gonogo fails: %s", line)
		}
	}
}

// TestRealStatements reads what the server records, and never the statements.
func TestRealStatements(t *testing.T) {
	t.Parallel()
	port, _ := startPostgres(t)
	admin := connect(t, "admin", port)
	defer admin.Close(context.Background())
	app := one("postgres", fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres", canary, port))
	const id = "data.postgres.statements"
	check(t, id, app, checks.Fail, "")
	must(t, admin, "ALTER SYSTEM SET log_min_duration_statement = 500", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)")
	o, _ := check(t, id, app, checks.Warn, "")
	says(t, string(o.Reason), "500 ms")
	must(t, admin, "CREATE SCHEMA \"Odd one\"", "CREATE EXTENSION pg_stat_statements SCHEMA \"Odd one\"", "SELECT 'unmistakable'")
	o, _ = check(t, id, app, checks.Inconclusive, "") // no right to use the schema
	says(t, string(o.Reason), "can't be read")
	must(t, admin, "GRANT USAGE ON SCHEMA \"Odd one\" TO app", "GRANT pg_read_all_stats TO app")
	o, evidence := check(t, id, app, checks.Pass, "")
	if len(o.Measurements) == 0 || strings.Contains(evidence, "unmistakable") {
		t.Errorf("%v\n%s", o.Measurements, evidence)
	}
	must(t, admin, "ALTER SYSTEM SET pg_stat_statements.track = 'none'", "ALTER SYSTEM SET log_min_duration_statement = -1", "SELECT pg_reload_conf()", "SELECT pg_sleep(0.2)")
	check(t, id, app, checks.Fail, "")
}

// TestRealTransport trusts the server's certificate, and looks whether the server insists on TLS.
func TestRealTransport(t *testing.T) {
	t.Parallel()
	port, _ := startPostgres(t)
	admin := connect(t, "admin", port)
	rows, err := admin.Exec(context.Background(), "SHOW data_directory").ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	data := string(rows[0].Rows[0][0])
	run := func(want checks.Verdict, words string) {
		t.Helper()
		target := &checks.Target{Name: "t", Environment: "production", Dir: t.TempDir(), TLS: checks.TLS{CAFile: filepath.Join(data, "server.crt")},
			Services: one("postgres", fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres?sslmode=verify-full", canary, port))}
		o, evidence := kindtest.Plan(t, servicesEncrypted, target, "loopback = true")
		if o.Verdict != want || !strings.Contains(string(o.Reason), words) {
			t.Errorf("%s %q, want %s\n%s", o.Verdict, o.Reason, want, evidence)
		}
	}
	run(checks.Warn, "takes plain connections too")
	if err := os.WriteFile(filepath.Join(data, "pg_hba.conf"), []byte("hostssl all all 127.0.0.1/32 scram-sha-256\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	must(t, admin, "SELECT pg_reload_conf()", "SELECT pg_sleep(0.3)")
	admin.Close(context.Background())
	run(checks.Pass, "encrypted and verified")
}

// TestRealMigrations holds version tables of a real database against files.
func TestRealMigrations(t *testing.T) {
	t.Parallel()
	port, _ := startPostgres(t)
	admin := connect(t, "admin", port)
	defer admin.Close(context.Background())
	judged := func(want checks.Verdict, words string, files map[string]string) {
		t.Helper()
		o, evidence := kindtest.Run(t, postgresMigrations, kindtest.Case{Files: files, Target: func(target *checks.Target) {
			target.Services = one("postgres", fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres", canary, port))
		}})
		if o.Verdict != want || !strings.Contains(string(o.Reason), words) {
			t.Errorf("%s %q, want %s … %q\n%s", o.Verdict, o.Reason, want, words, evidence)
		}
	}
	alembic := map[string]string{"m/versions/a.py": "revision = 'aaa'\ndown_revision = None\n", "m/versions/b.py": "revision = 'bbb'\ndown_revision = 'aaa'\n"}
	judged(checks.Pending, "neither", map[string]string{"README.md": "x"})
	judged(checks.Inconclusive, "no version table", alembic)
	must(t, admin, "CREATE TABLE alembic_version (version_num varchar(32))", "INSERT INTO alembic_version VALUES ('aaa')")
	judged(checks.Inconclusive, "can't be read with this account", alembic)
	must(t, admin, "GRANT SELECT ON alembic_version TO app")
	judged(checks.Fail, "is on aaa, the repository is at bbb", alembic)
	must(t, admin, "UPDATE alembic_version SET version_num = 'bbb'")
	judged(checks.Pass, "bbb", alembic)
	must(t, admin, "UPDATE alembic_version SET version_num = 'ccc'")
	judged(checks.Warn, "does not have", alembic)
	must(t, admin, "DROP TABLE alembic_version")

	numbered := map[string]string{"db/0001_a.up.sql": "x", "db/0001_a.down.sql": "x", "db/0002_b.up.sql": "x"}
	must(t, admin, "CREATE SCHEMA other", "CREATE TABLE other.schema_migrations (version bigint, dirty boolean)", "INSERT INTO other.schema_migrations VALUES (2, false)",
		"GRANT USAGE ON SCHEMA other TO app", "GRANT SELECT ON other.schema_migrations TO app")
	judged(checks.Pass, "other.schema_migrations is on 2", numbered)
	must(t, admin, "UPDATE other.schema_migrations SET dirty = true")
	judged(checks.Fail, "dirty", numbered)
	judged(checks.Inconclusive, "no migrations for it", map[string]string{"README.md": "x"})
	must(t, admin, "DROP TABLE other.schema_migrations")

	prisma := map[string]string{"prisma/migrations/1_a/migration.sql": "x", "prisma/migrations/2_b/migration.sql": "x"}
	must(t, admin, "CREATE TABLE _prisma_migrations (migration_name text, started_at timestamptz DEFAULT now(), finished_at timestamptz, rolled_back_at timestamptz)",
		"INSERT INTO _prisma_migrations VALUES ('1_a', now(), now(), NULL)", "GRANT SELECT ON _prisma_migrations TO app")
	judged(checks.Fail, "lacks 1 migration of the repository: 2_b", prisma)
	must(t, admin, "INSERT INTO _prisma_migrations VALUES ('2_b', now(), NULL, NULL)")
	judged(checks.Fail, "failed", prisma)
	must(t, admin, "UPDATE _prisma_migrations SET finished_at = now()")
	judged(checks.Pass, "2 migrations", prisma)
	must(t, admin, "ALTER TABLE _prisma_migrations DROP COLUMN rolled_back_at") // another tool's table, or another version's
	judged(checks.Inconclusive, "does not answer as", prisma)
}

// TestRealConnections compares declared pools with a server of twelve connections.
func TestRealConnections(t *testing.T) {
	t.Parallel()
	port, _ := startPostgres(t)
	url := fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres", canary, port)
	for _, c := range []struct {
		pool, instances int
		want            checks.Verdict
	}{{0, 0, checks.Pending}, {2, 2, checks.Pass}, {12, 0, checks.Warn}, {7, 2, checks.Fail}} {
		check(t, "data.postgres.connections", map[string]checks.Service{"s": {Kind: "postgres", URL: url, Pool: c.pool, Instances: c.instances}}, c.want, "")
	}
	admin := connect(t, "admin", port)
	must(t, admin, "ALTER ROLE app CONNECTION LIMIT 3")
	admin.Close(context.Background())
	o, _ := check(t, "data.postgres.connections", map[string]checks.Service{"s": {Kind: "postgres", URL: url, Pool: 4}}, checks.Fail, "")
	says(t, string(o.Reason), "the server has 3")
}
