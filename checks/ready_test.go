package checks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestReady(t *testing.T) {
	elsewhere := "name = \"x\"\nbase_url = \"https://pay.example:8443\"\n"
	authorised := elsewhere + "[scope]\nauthorised_by = \"OPS-1\"\n"
	for name, c := range map[string]struct {
		target string
		check  string
		o      RunOptions
		want   error
		text   string
	}{
		"loopback":                      {localhost, "ask", RunOptions{}, nil, ""},
		"loopback, intrusive":           {localhost, "push", RunOptions{Allow: []Class{Intrusive}}, nil, ""},
		"elsewhere":                     {elsewhere, "ask", RunOptions{}, ErrNotAuthorised, "https://pay.example:8443"},
		"elsewhere, files only":         {elsewhere, "read", RunOptions{}, nil, ""},
		"elsewhere, waits for consent":  {elsewhere, "push", RunOptions{}, nil, ""},
		"authorised":                    {authorised, "ask", RunOptions{}, nil, ""},
		"authorised, intrusive":         {authorised, "push", RunOptions{Allow: []Class{Intrusive}}, ErrNotConfirmed, "--confirm-host pay.example"},
		"confirmed":                     {authorised, "push", RunOptions{Allow: []Class{Intrusive}, ConfirmedHost: "PAY.example"}, nil, ""},
		"confirmed with port":           {authorised, "push", RunOptions{Allow: []Class{Intrusive}, ConfirmedHost: "pay.example:8443"}, nil, ""},
		"confirmed another":             {authorised, "push", RunOptions{Allow: []Class{Intrusive}, ConfirmedHost: "example"}, ErrNotConfirmed, ""},
		"loopback, service elsewhere":   {localhost + "[services.db]\nkind = \"redis\"\nurl = \"redis://cache.example\"\n", "ask", RunOptions{}, ErrNotAuthorised, "cache.example:6379"},
		"loopback, scope elsewhere":     {localhost + "[scope]\nhosts = [\"cdn.example\"]\n", "ask", RunOptions{}, ErrNotAuthorised, "cdn.example"},
		"unknown item":                  {localhost, "ask", RunOptions{Items: []string{"C-9"}}, nil, `no item "C-9": did you mean "C-1"?`},
		"header without its secret":     {localhost + "[headers]\nX-Key = \"${env:GONOGO_TEST_NONE}\"\n", "ask", RunOptions{}, nil, "[headers] X-Key: environment variable GONOGO_TEST_NONE is not set"},
		"certificate file that is gone": {localhost + "[tls]\nca_file = \"none.pem\"\n", "ask", RunOptions{}, nil, "none.pem"},
	} {
		ask := fake("ask", Safe, nil)
		pl := mustPlan(t, c.target, itemsProfile("", checksOf(c.check)), ask, fake("push", Intrusive, nil), fake("read", Local, nil))
		err := pl.Ready(c.o)
		if c.want == nil && c.text == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: got %v, want %v %q", name, err, c.want, c.text)
			continue
		}
		events := play(t, t.Context(), pl, c.o)
		if end := ending(t, events); len(events) != 1 || !end.Interrupted || end.RequestsSent != 0 {
			t.Errorf("%s: a refused run tells %+v", name, events)
		}
	}
}

// TestSecretsStayOut holds that what the run knows to be secret reaches neither reason nor
// evidence nor progress.
func TestSecretsStayOut(t *testing.T) {
	t.Setenv("GONOGO_TEST_TOKEN", "tok-0123456789abcdef")
	t.Setenv("GONOGO_TEST_DSN", "postgres://app:hunter2hunter2@127.0.0.1:1/x")
	leaks := "tok-0123456789abcdef hunter2hunter2 letmein-please"
	leaky := fake("leaky", Local, func(_ context.Context, p *Probe, _ answerParams) Result {
		p.Progress("at " + leaks)
		return NewResult(Fail, "", "found "+leaks, p.Note("file "+leaks, "body "+leaks))
	})
	pl := mustPlan(t, localhost+"[auth.user]\ntoken = \"${env:GONOGO_TEST_TOKEN}\"\n[services.db]\nkind = \"postgres\"\nurl = \"${env:GONOGO_TEST_DSN}\"\n[auth.login]\npairs = [\"root/letmein-please\"]\n",
		itemsProfile("", checksOf("leaky")), leaky)
	for _, e := range play(t, t.Context(), pl, RunOptions{}) {
		text := fmt.Sprintf("%+v", e)
		if f, ok := e.(Finished); ok {
			text += string(f.Outcome.Evidence[0].Body)
		}
		for _, secret := range strings.Fields(leaks) {
			if strings.Contains(text, secret) {
				t.Errorf("%T shows %s", e, secret)
			}
		}
	}
}

func TestOpenValues(t *testing.T) {
	for value, open := range map[string]bool{
		"production": true, "true": true, "8000": true, "10.0.0.1": true, "db.internal:5432": true, "https://pay.example/x": true,
		"/var/run/app.sock": true, "INFO": true, "us-east-1": false, "S3cr3tValue": false,
		"postgres://a:b@c/d": false, "https://me:pw@host/": false, "AKIAIOSFODNN7EXAMPLE": false,
	} {
		if got := openValue.MatchString(value); got != open {
			t.Errorf("%s: open %v, want %v", value, got, open)
		}
	}
}
