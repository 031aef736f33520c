//go:build unix

package pgstore

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// Who may write seats can write rows that no gonogo writes: they shut nobody out of a review,
// and give nobody another's name or account.
func TestForgedSeats(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	ask(t, url, "CREATE ROLE ann LOGIN SUPERUSER", "CREATE ROLE ben LOGIN SUPERUSER", "CREATE ROLE mallory LOGIN SUPERUSER")
	as := func(role string) string { return strings.Replace(url, "admin@", role+"@", 1) }
	id := begin(t, open(t, as("ann"), Options{}))
	ben := resume(t, open(t, as("ben"), Options{By: "ben"}), id)
	mallory := open(t, as("mallory"), Options{}).conn
	forge := func(sql string, args ...any) {
		t.Helper()
		if _, err := mallory.Exec(ctx, sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	var pid int
	if err := mallory.QueryRow(ctx, "DELETE FROM gonogo.seats WHERE session = $1 RETURNING pid", id).Scan(&pid); err != nil {
		t.Fatal(err)
	}
	forge("INSERT INTO gonogo.seats (session, pid, name) VALUES ($1, $2, 'the lead')", id, pid)
	forge("SELECT pg_advisory_lock_shared($1)", seatKey(id))
	forge("INSERT INTO gonogo.seats (session, pid, name, since) VALUES ($1, pg_backend_pid(), 'cy', 'infinity')", id)

	ann := resume(t, open(t, as("ann"), Options{By: "ann"}), id)
	u := next(t, ann.Follow(t.Context()), func(u sessions.Update) bool { return u.Offline == nil && len(u.Present) == 2 })
	who := map[string]string{}
	for _, s := range u.Present {
		who[string(s.Role)] = string(s.By)
		if s.Since.After(time.Now().Add(time.Minute)) {
			t.Errorf("%s is there since %s", s.Who(), s.Since)
		}
	}
	if by, there := who["ben"]; !there || by == "the lead" || who["mallory"] != "cy" {
		t.Errorf("present are %v", who)
	}
	record(t, ben, "ben", note("his"))
}
