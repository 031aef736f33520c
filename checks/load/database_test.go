package load

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/services/pgtest"
)

// freePort is a port on loopback that nobody listens on.
func freePort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// startPostgres runs a private server with 20 connections, three of them reserved, and the
// accounts admin and app, whom it takes without a password.
func startPostgres(t *testing.T) (dsn func(user string) string) {
	t.Helper()
	server := pgtest.Start(t, pgtest.Options{Settings: []string{"log_min_messages=fatal", "max_connections=20", "superuser_reserved_connections=3"}})
	conn, err := pgconn.Connect(t.Context(), server.URL("admin"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "CREATE ROLE app LOGIN").ReadAll(); err != nil {
		t.Fatal(err)
	}
	return server.URL
}

// TestDatabase puts load on a route that uses a real database through a pool.
func TestDatabase(t *testing.T) {
	t.Parallel()
	dsn := startPostgres(t)
	for _, c := range []struct {
		name, sql string
		pool      int
		want      checks.Verdict
		reason    string
	}{
		{"well", "SELECT pg_sleep(0.01), count(*) FROM pg_database", 5, checks.Pass, "of 17 connections to db at most"},
		{"leaves nothing", "SELECT pg_sleep(0.01), count(*) FROM pg_database", 16, checks.Fail, "17 of 17 connections"},
		{"leaks transactions", "ROLLBACK; BEGIN; SELECT pg_sleep(0.01), count(*) FROM pg_database", 5, checks.Warn, "5 stay idle within a transaction"},
		{"does not ask the database", "", 5, checks.Inconclusive, "the load does not show there"},
	} {
		t.Run(c.name, func(t *testing.T) {
			pool := make(chan *pgconn.PgConn, c.pool)
			for range c.pool {
				pool <- nil
			}
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/" || c.sql == "" {
					pause(r.Context(), 10*time.Millisecond)
					return
				}
				conn := <-pool
				defer func() { pool <- conn }()
				var err error
				if conn == nil {
					conn, err = pgconn.Connect(context.Background(), dsn("app"))
				}
				if err == nil {
					_, err = conn.Exec(context.Background(), c.sql).ReadAll()
				}
				if err != nil {
					http.Error(w, err.Error(), http.StatusServiceUnavailable)
				}
			})
			defer func() {
				for range c.pool {
					if conn := <-pool; conn != nil {
						conn.Close(context.Background())
					}
				}
			}()
			target := &checks.Target{Name: "t", BaseURL: s.URL, Services: map[string]checks.Service{"db": {Kind: "postgres", URL: dsn("app")}}}
			check := `kind = "load.database", path = "/x", users = 20, before = "1100ms", measure = "1500ms", after = "300ms"`
			o := runOn(t, target, quick, "", check, check)
			if o[0].Verdict != c.want && !strings.Contains(string(o[0].Reason), "not the load that was meant") || !strings.Contains(string(o[0].Reason), c.reason) {
				t.Errorf("%s, want %s: %s\n%s", o[0].Verdict, c.want, o[0].Reason, o[0].Evidence[0].Body)
			}
			if o[1].Reason != o[0].Reason || len(o[0].Evidence) != 1 || o[0].Evidence[0].SHA256 != o[1].Evidence[0].SHA256 {
				t.Errorf("the second check did not share the first's load: %s", o[1].Reason)
			}
			if body := string(o[0].Evidence[0].Body); !strings.Contains(body, "transactions so far") || strings.Contains(body, "postgres://") {
				t.Errorf("evidence:\n%s", body)
			}
		})
	}
}

// TestDatabaseWaits: without a database the check waits; one that can't be asked proves nothing.
func TestDatabaseWaits(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	target := &checks.Target{Name: "t", BaseURL: s.URL, Services: map[string]checks.Service{"db": {Kind: "postgres", URL: "postgres://app@127.0.0.1:" + freePort(t) + "/x"}}}
	if o := runOn(t, target, quick, "", `kind = "load.database", path = "/x"`)[0]; o.Verdict != checks.Inconclusive || !strings.Contains(string(o.Reason), "refused") {
		t.Errorf("%s: %s", o.Verdict, o.Reason)
	}
}

func TestDatabaseRules(t *testing.T) {
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(limit, before, on, after int) connections {
		d := connections{Service: "db", Limit: limit, during: during{From: start.Add(4 * time.Second), To: start.Add(12 * time.Second), Cooled: true}}
		for i := range 18 {
			g := services.PostgresGlance{At: start.Add(time.Duration(i) * time.Second), Used: before, Transactions: int64(1000 + i)}
			if i >= 3 {
				g.Used, g.Transactions = on, int64(1000+i+min(i-3, 9)*250)
			}
			if i > 12 {
				g.Used = after
			}
			d.Glances = append(d.Glances, g)
		}
		return d
	}
	f := measured(50, 2000, 0, 20*time.Millisecond, 8*time.Second)
	for _, c := range []struct {
		name   string
		d      connections
		change func(*connections)
		want   checks.Verdict
		reason string
	}{
		{"well", at(100, 5, 25, 25), nil, checks.Pass, "25 of 100 connections to db at most, 5 before, 25 after"},
		{"just within", at(100, 5, 80, 25), nil, checks.Pass, "80 of 100"},
		{"much", at(100, 5, 81, 25), nil, checks.Warn, "81 of 100"},
		{"all but", at(100, 5, 96, 25), nil, checks.Fail, "96 of 100"},
		{"not in this database", at(100, 5, 25, 25), func(d *connections) {
			for i := range d.Glances {
				d.Glances[i].Transactions = int64(1000 + i)
			}
		}, checks.Inconclusive, "0 more transactions for 2000 good answers"},
		{"busy by itself", at(100, 5, 25, 25), func(d *connections) {
			for i := range d.Glances {
				d.Glances[i].Transactions = int64(1000 + 500*i)
			}
		}, checks.Inconclusive, "0 more transactions"},
		{"hidden", at(100, 5, 25, 25), func(d *connections) { d.Glances[17].Hidden = 20 }, checks.Pass, "may not see the state of 20"},
		{"left open", at(100, 5, 25, 25), func(d *connections) {
			for i := 12; i < 18; i++ {
				d.Glances[i].Idle = 3
			}
		}, checks.Warn, "3 stay idle within a transaction"},
		{"open for a moment", at(100, 5, 25, 25), func(d *connections) { d.Glances[17].Idle = 3 }, checks.Pass, "25 of 100"},
		{"told nothing", connections{Service: "db", Limit: 100, Why: "gone"}, nil, checks.Inconclusive, "told too little: 0 times before, 0 during, 0 after the load (gone)"},
		{"no limit", at(0, 5, 25, 25), nil, checks.Inconclusive, "told too little"},
	} {
		if c.change != nil {
			c.change(&c.d)
		}
		expect(t, c.name, judgeDatabase(&f, c.d, 0, "B"), c.want, c.reason)
	}
	failing := measured(50, 1000, 1000, 20*time.Millisecond, 8*time.Second)
	expect(t, "the load failed", judgeDatabase(&failing, at(100, 5, 25, 25), 0, "B"), checks.Inconclusive, "did not reach")
	expect(t, "the load failed at the limit", judgeDatabase(&failing, at(100, 5, 100, 25), 0, "B"), checks.Fail, "100 of 100")
}
