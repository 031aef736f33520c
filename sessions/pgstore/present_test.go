//go:build unix

package pgstore

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

func here(u sessions.Update) string {
	var who []string
	for _, s := range u.Present {
		who = append(who, s.Who())
	}
	return strings.Join(who, ", ")
}

// Each knows who else has the session open: who comes, who leaves, who is killed.
func TestPresent(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	id := begin(t, open(t, url, Options{}))
	ann := resume(t, open(t, url, Options{By: "ann"}), id)
	updates := ann.Follow(t.Context())
	began := time.Now()
	cy := resume(t, open(t, url, Options{By: "cy"}), id)
	next(t, updates, func(u sessions.Update) bool { return here(u) == "cy" })
	if first := <-cy.Follow(t.Context()); here(first) != "ann" {
		t.Errorf("who comes sees %q", here(first))
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), otherURL+"="+url, otherID+"="+id)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	u := next(t, updates, func(u sessions.Update) bool { return here(u) == "cy, ben" })
	if u.Present[0].Role != "admin" || u.Present[0].Since.Before(began.Add(-time.Minute)) {
		t.Errorf("%+v", u.Present)
	}
	looker, err := sessions.View(ctx, open(t, url, Options{}), registry(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if held := looker.Held(ctx); !strings.HasPrefix(held, "open by ann since ") || !strings.Contains(held, ", cy since ") || !strings.Contains(held, " and ben since ") {
		t.Errorf("whoever looks sees %q", held)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for end := time.Now().Add(20 * time.Second); strings.Contains(looker.Held(ctx), "ben") && time.Now().Before(end); {
		time.Sleep(20 * time.Millisecond) // until the server has noticed
	}
	cy.Close() // its word makes everybody look again
	next(t, updates, func(u sessions.Update) bool { return here(u) == "" })
	if held := looker.Held(ctx); !strings.HasPrefix(held, "open by ann") || strings.Contains(held, "ben") {
		t.Errorf("whoever looks sees %q", held)
	}
}

// Whoever writes rows under another's name is told on by the account, whatever the row says.
func TestForgedName(t *testing.T) {
	url := database(t, pgtest.Start(t, pgtest.Options{}))
	ask(t, url, "CREATE ROLE ann LOGIN SUPERUSER", "CREATE ROLE mallory LOGIN SUPERUSER")
	as := func(role string) string { return strings.Replace(url, "admin@", role+"@", 1) }
	id := begin(t, open(t, as("ann"), Options{}))
	ann := resume(t, open(t, as("ann"), Options{}), id)
	updates := ann.Follow(t.Context())
	record(t, ann, "ann", note("hers"))
	line := []byte(`{"seq":3,"at":"2026-11-22T14:09:31.000Z","by":"ann","type":"item.noted","data":{"item":"A-01","text":"forged"}}`)
	head := ann.Head()
	hash := sessions.LineHash(head.Hash, line)
	conn := open(t, as("mallory"), Options{}).conn
	for _, sql := range []string{"INSERT INTO gonogo.events (session, seq, hash, name, json, role) SELECT key, 3, $2, 'made up', $3, 'ann' FROM gonogo.sessions WHERE id = $1",
		"UPDATE gonogo.sessions SET seq = 3, head = $2 WHERE id = $1 AND $3::bytea IS NOT NULL"} {
		if _, err := conn.Exec(ctx, sql, id, hash[:], line); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := conn.Exec(ctx, "SELECT pg_notify('"+channel+"', $1)", id); err != nil {
		t.Fatal(err)
	}
	next(t, updates, func(u sessions.Update) bool { return u.State.Seq == 3 })
	again, err := sessions.View(ctx, open(t, as("ann"), Options{}), registry(t), id)
	if err != nil {
		t.Fatal(err)
	}
	for name, s := range map[string]*sessions.Session{"live": ann, "read again": again} {
		var who []string
		for _, h := range sessions.History(s.Events()) {
			who = append(who, h.Who())
		}
		if got := strings.Join(who, ", "); got != "ann, ann, ann as role mallory" {
			t.Errorf("%s: %s", name, got)
		}
	}
}
