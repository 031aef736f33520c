//go:build unix

package pgstore

import (
	"errors"
	"testing"

	"assess/gonogo/checks/services/pgtest"
	"assess/gonogo/sessions"
)

// Who may add rows can't make everybody else read gigabytes: of a line or a summary that is
// longer than one can be, no more than that comes, and it is damage.
func TestRowsThatAreTooLong(t *testing.T) {
	server := pgtest.Start(t, pgtest.Options{})
	url := database(t, server)
	st := open(t, url, Options{})
	id := begin(t, st)
	long := "convert_to(repeat('x', 30000000), 'UTF8')"
	ask(t, url,
		"INSERT INTO gonogo.events (session, seq, hash, name, json) SELECT key, 2, head, 'flood', "+long+" FROM gonogo.sessions",
		"UPDATE gonogo.sessions SET seq = 2",
		"UPDATE gonogo.summaries SET body = "+long)
	for e, err := range st.Read(ctx, id, 0) {
		var damage *sessions.ChainError
		if err != nil && !errors.As(err, &damage) {
			t.Fatal(err)
		}
		if len(e.JSON) > sessions.MaxLine+1 {
			t.Errorf("event %d came with %d bytes", e.Seq, len(e.JSON))
		}
	}
	s, err := sessions.View(ctx, st, registry(t), id)
	if err != nil {
		t.Fatal(err)
	}
	if s.Damage() == nil || len(s.Events()) != 1 {
		t.Errorf("%d events, damage %v", len(s.Events()), s.Damage())
	}
	list, err := st.List(ctx)
	if err != nil || len(list) != 1 || list[0].Target != "atlas" || !list[0].Stale {
		t.Errorf("%+v, %v", list, err)
	}
}
