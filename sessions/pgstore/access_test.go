//go:build unix

package pgstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// Many open an empty database at once: one makes the schema, the others use it.
func TestSchemaOnce(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			st, err := Open(ctx, url, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			st.Close()
		})
	}
	all.Wait()
	ask(t, url, "INSERT INTO gonogo.version (version) VALUES (99)")
	if _, err := Open(ctx, url, Options{}); err == nil || !strings.Contains(err.Error(), "newer gonogo") {
		t.Errorf("a newer schema: %v", err)
	}
}

// An account with the rights that the documentation lists can review, and no more.
func TestReviewersRights(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	ask(t, url, "CREATE ROLE reviewer LOGIN")
	mine := strings.Replace(url, "admin@", "reviewer@", 1)
	if _, err := Open(ctx, mine, Options{}); err == nil || !strings.Contains(err.Error(), "may not make the schema") {
		t.Errorf("without the schema: %v", err)
	}
	open(t, url, Options{}).Close()
	if _, err := Open(ctx, mine, Options{}); err == nil || !strings.Contains(err.Error(), "grant the rights of a reviewer") {
		t.Errorf("without a right: %v", err)
	}
	text, err := os.ReadFile(filepath.FromSlash("../../cmd/gonogo/help/store.md"))
	if err != nil {
		t.Fatal(err)
	}
	grants := 0
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "GRANT ") {
			statement, _, _ := strings.Cut(line, ";")
			ask(t, url, statement)
			grants++
		}
	}
	if grants < 5 {
		t.Fatalf("the documentation lists %d grants", grants)
	}
	st := open(t, mine, Options{})
	id := begin(t, st)
	s := resume(t, st, id)
	record(t, s, "ann", note("one"))
	sha, err := s.PutEvidence(ctx, []byte("a secret"))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Redact(ctx, "ann", sha, "it is one"); err != nil {
		t.Error(err)
	}
	if got := seated(t, url, id, "reviewer"); got != 1 {
		t.Errorf("%d seats of the reviewer's", got)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := st.Remove(ctx, id); err != nil {
		t.Error(err)
	}
}

func seated(t *testing.T, url, id, role string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM gonogo.seats WHERE session = $1 AND role = $2", id, role).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// The next version comes by one process, and whoever could write events may do what it brought.
func TestNextVersion(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	ask(t, url, "CREATE ROLE reviewer LOGIN", "CREATE ROLE \"Odd name\"", "CREATE SCHEMA gonogo",
		"CREATE TABLE gonogo.version (version integer PRIMARY KEY, made timestamptz NOT NULL DEFAULT now())", migrations[0],
		"INSERT INTO gonogo.version (version) VALUES (1)", "GRANT USAGE ON SCHEMA gonogo TO reviewer",
		"GRANT SELECT ON ALL TABLES IN SCHEMA gonogo TO reviewer", "GRANT INSERT ON gonogo.events TO reviewer, \"Odd name\"")
	mine := strings.Replace(url, "admin@", "reviewer@", 1)
	if _, err := Open(ctx, mine, Options{}); err == nil || !strings.Contains(err.Error(), "has to own it") || !strings.Contains(err.Error(), "version 1") {
		t.Errorf("an account that does not own the schema: %v", err)
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			st, err := Open(ctx, url, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			st.Close()
		})
	}
	all.Wait()
	st := open(t, mine, Options{By: "ann"})
	var rights, versions int
	err := st.conn.QueryRow(ctx, `SELECT has_table_privilege('reviewer', 'gonogo.seats', 'INSERT')::int + has_table_privilege('reviewer', 'gonogo.seats', 'DELETE')::int
		+ has_table_privilege('Odd name', 'gonogo.seats', 'SELECT')::int, (SELECT count(*) FROM gonogo.version)`).Scan(&rights, &versions)
	if err != nil || rights != 3 || versions != len(migrations) {
		t.Errorf("%d of 3 rights, %d versions, %v", rights, versions, err)
	}
}

// A process of the version before goes on beside one that brought the next.
func TestVersionsSideBySide(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	now := migrations
	migrations = now[:1]
	defer func() { migrations = now }()
	before := open(t, url, Options{})
	migrations = now
	after := open(t, url, Options{})
	head, err := before.Create(ctx, "x", []byte("1"))
	if err != nil {
		t.Fatal(err)
	}
	if head, err = after.Append(ctx, "x", head, []byte("2")); err != nil {
		t.Fatal(err)
	}
	if _, err := before.Append(ctx, "x", head, []byte("3")); err != nil {
		t.Error(err)
	}
	migrations = now[:1]
	if _, err := Open(ctx, url, Options{}); err == nil || !strings.Contains(err.Error(), "newer gonogo (version 2, this one knows 1)") {
		t.Errorf("a newer schema: %v", err)
	}
}

func TestWarnings(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{Settings: []string{"fsync=on", "full_page_writes=off", "synchronous_commit=off"}})
	st := open(t, database(t, server), Options{})
	if got := strings.Join(st.Warnings(), "\n"); strings.Contains(got, "fsync") || !strings.Contains(got, "full_page_writes is off") || !strings.Contains(got, "synchronous_commit is off") {
		t.Error(got)
	}
	var now string
	if err := st.conn.QueryRow(ctx, "SHOW synchronous_commit").Scan(&now); err != nil || now != "on" {
		t.Errorf("synchronous_commit is %q here, %v", now, err)
	}
	if st := open(t, database(t, pgtest.Start(t, pgtest.Options{})), Options{}); len(st.Warnings()) != 1 {
		t.Errorf("of fsync=off: %q", st.Warnings())
	}
}

func TestAddresses(t *testing.T) {
	t.Setenv("STORE_PASSWORD", "s3/c@r e?t&x")
	for raw, want := range map[string]string{
		"postgres://ann@127.0.0.1/r":                                   "",
		"postgres://ann@localhost:5433/r?sslmode=disable":              "",
		"postgres://ann@[::1]/r":                                       "",
		"postgres:///r?host=/run/postgresql&user=ann":                  "",
		"postgres://ann@db.example/r":                                  "verify-full",
		"postgres://ann:${env:STORE_PASSWORD}@db.example/r":            "verify-full",
		"postgres://ann@db.example/r?sslmode=require":                  "encrypted",
		"postgres://ann@db.example/r?sslmode=disable":                  "! another machine",
		"postgres://ann@db.example/r?sslmode=prefer":                   "! another machine",
		"postgres://ann@127.0.0.1,db.example/r?sslmode=prefer":         "! another machine",
		"postgres://ann:hunter2@127.0.0.1/r":                           "! a password does not belong",
		"postgres://ann@127.0.0.1/r?password=hunter2":                  "! a password does not belong",
		"postgres://ann:x${env:STORE_PASSWORD}@127.0.0.1/r":            "! a password does not belong",
		"postgres://ann:${env:NOT_THERE}@127.0.0.1/r":                  "! NOT_THERE, which is not set",
		"postgres://ann@127.0.0.1/r?sslmode=sometimes":                 "! sslmode",
		"mysql://127.0.0.1/r":                                          "! postgres://",
		"postgres://ann@127.0.0.1:0x/r":                                "! can't be read",
		"postgres://ann@db.example/r?sslmode=verify-full&sslrootcert=": "verify-full",
	} {
		at, err := parse(raw)
		if refused, ok := strings.CutPrefix(want, "! "); ok {
			if err == nil || !strings.Contains(err.Error(), refused) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%s: %v", raw, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if strings.Contains(raw, "STORE_PASSWORD") && at.config.Password != "s3/c@r e?t&x" {
			t.Errorf("%s: the password is %q", raw, at.config.Password)
		}
		switch tls := at.config.TLSConfig; {
		case want == "":
		case tls == nil || len(at.config.Fallbacks) > 0 && at.config.Fallbacks[0].TLSConfig == nil:
			t.Errorf("%s: in the clear", raw)
		case want == "verify-full" && (tls.InsecureSkipVerify || tls.ServerName != "db.example"):
			t.Errorf("%s: nobody verifies the server", raw)
		}
	}
}

// A password gets in from the environment, and stands in no error.
func TestPassword(t *testing.T) {
	const secret = "pa55-of-the-store"
	server := pgtest.Start(t, pgtest.Options{Password: secret})
	t.Setenv("STORE_PASSWORD", secret)
	url := strings.Replace(server.URL("admin"), "admin@", "admin:${env:STORE_PASSWORD}@", 1)
	open(t, url, Options{}).Close()
	t.Setenv("PGPASSWORD", secret)
	open(t, server.URL("admin"), Options{}).Close()
	t.Setenv("STORE_PASSWORD", secret+"x")
	_, err := Open(ctx, url, Options{})
	if err == nil || !strings.Contains(err.Error(), "password authentication failed") || strings.Contains(err.Error(), secret) {
		t.Errorf("a wrong one: %v", err)
	}
	if errors.Is(err, sessions.ErrOffline) {
		t.Error("a wrong password is no lost connection")
	}
}
