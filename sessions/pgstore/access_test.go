//go:build unix

package pgstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := st.Remove(ctx, id); err != nil {
		t.Error(err)
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
