//go:build unix

package pgstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/storetest"
)

var ctx = context.Background()

var databases atomic.Int64

// database makes an empty database on a server and returns its URL.
func database(t testing.TB, s *pgtest.Server) string {
	t.Helper()
	name := fmt.Sprintf("t%d", databases.Add(1))
	ask(t, s.URL("admin"), "CREATE DATABASE "+name)
	return strings.Replace(s.URL("admin"), "/postgres?", "/"+name+"?", 1)
}

func ask(t testing.TB, url string, statements ...string) {
	t.Helper()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, sql := range statements {
		if _, err := conn.Exec(ctx, sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
}

func open(t testing.TB, url string, o Options) *Store {
	t.Helper()
	st, err := Open(ctx, url, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	return st
}

func TestStore(t *testing.T) {
	s := pgtest.Start(t, pgtest.Options{})
	storetest.Run(t, func(t *testing.T) func() sessions.Store {
		url, drafts := database(t, s), t.TempDir()
		return func() sessions.Store { return open(t, url, Options{Drafts: drafts}) }
	})
}

func TestMain(m *testing.M) {
	for _, name := range os.Environ() { // what the person who runs the tests has set
		if key, _, _ := strings.Cut(name, "="); strings.HasPrefix(key, "PG") {
			os.Unsetenv(key)
		}
	}
	if url := os.Getenv(otherURL); url != "" {
		if err := judgeElsewhere(url, os.Getenv(otherID)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Events come with their evidence or not at all, whichever of the two is refused.
func TestAppendWhole(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	st := open(t, url, Options{})
	const id = "20261122-140931-atlas-demo-x7k2"
	head, err := st.Create(ctx, id, []byte("first"))
	if err != nil {
		t.Fatal(err)
	}
	lines, evidence := whole(3)
	have := func(events, blobs int) {
		t.Helper()
		var e, b, seq int
		if err := st.conn.QueryRow(ctx, `SELECT (SELECT count(*) FROM gonogo.events), (SELECT count(*) FROM gonogo.blobs), (SELECT seq FROM gonogo.sessions)`).Scan(&e, &b, &seq); err != nil {
			t.Fatal(err)
		}
		if e != events || seq != events || b != blobs {
			t.Errorf("%d events, head at %d, %d pieces of evidence; want %d and %d", e, seq, b, events, blobs)
		}
	}
	if _, err := st.AppendWhole(ctx, id, sessions.Head{Seq: 1}, evidence, lines...); !errors.Is(err, sessions.ErrConflict) {
		t.Errorf("after another head: %v", err)
	}
	have(1, 0)
	ask(t, url, "ALTER TABLE gonogo.blob_parts ADD CONSTRAINT refused CHECK (part < 1) NOT VALID")
	if _, err := st.AppendWhole(ctx, id, head, evidence, lines...); err == nil {
		t.Error("its evidence was refused")
	}
	have(1, 0)
	ask(t, url, "ALTER TABLE gonogo.blob_parts DROP CONSTRAINT refused")
	if _, err := st.AppendWhole(ctx, id, head, evidence, lines...); err != nil {
		t.Error(err)
	}
	have(4, 3)
}
