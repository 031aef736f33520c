package observe

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/secrets"
)

func TestTranscript(t *testing.T) {
	x := &Exchange{
		Request: Request{Method: "POST", As: User, Body: []byte(`{"password":"hunter22"}`)},
		Sent:    http.Header{"Host": {"h"}, "Authorization": {"Bearer abc"}, "Accept": {"*/*"}},
		URL:     "http://h/login?token=abcdef&x=1", Status: 200, Proto: "HTTP/1.1",
		Header: http.Header{"Set-Cookie": {"sid=s1; Path=/", "b=2"}, "Content-Type": {"text/plain"}},
		Body:   []byte("hello"), Remote: "127.0.0.1:80", At: time.Date(2026, 1, 2, 3, 4, 5, 6000000, time.UTC),
		FirstByte: 12300 * time.Microsecond, Total: 13 * time.Millisecond,
	}
	want := `> POST /login?token=[redacted:query#1]&x=1 HTTP/1.1
> Accept: */*
> Authorization: Bearer [redacted:authorization#2]
> Host: h

{"password":"[redacted:json-value#3]"}

< HTTP/1.1 200 OK
< Content-Type: text/plain
< Set-Cookie: sid=[redacted:cookie#4]; Path=/
< Set-Cookie: b=[redacted:cookie#5]

hello

* at 2026-01-02T03:04:05.006Z, as user
* remote 127.0.0.1:80
* connect 0.0 ms, tls 0.0 ms, first byte 12.3 ms, total 13.0 ms
* body 5 bytes, sha256 2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824
`
	r := secrets.NewRedactor(nil)
	for range 2 { // the same again: evidence is named by its bytes
		if got := string(Transcript(x, r)); got != want {
			t.Fatalf("got:\n%s\nwant:\n%s", got, want)
		}
	}
	x.Body, x.Truncated = []byte("token=abcdefgh"), true
	if got := string(Transcript(x, r)); strings.Contains(got, "sha256") || !strings.Contains(got, "cut: there was more") {
		t.Errorf("a digest of what was redacted:\n%s", got)
	}
}

func TestTranscriptIsBounded(t *testing.T) {
	secret := "a-secret-at-the-cut-0123456789"
	x := &Exchange{URL: "http://h/", Body: []byte(strings.Repeat("x", shown-10) + " " + secret + " " + strings.Repeat("y", 5000))}
	got := string(Transcript(x, secrets.NewRedactor(map[string]string{secret: "env"})))
	if len(got) > shown+1000 || strings.Contains(got, "a-secret") || !strings.Contains(got, "more bytes]") {
		t.Errorf("%d bytes:\n%s", len(got), got[shown-100:])
	}
}

// Canaries go in at every place a secret can travel; none may come out in the evidence.
func TestNoCanaryReachesEvidence(t *testing.T) {
	canaries := map[string]string{
		"token": "canary-token-0001", "header": "canary-header-002", "env": "canary/env+value=3", "cookie": "canarycookie00004",
		"declared": "canary-declared-5", "json": "canary-json-00006",
	}
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Set-Cookie", "sid="+canaries["cookie"]+"; HttpOnly")
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.Header().Set("Location", "/next?state=1&sig="+canaries["declared"])
		fmt.Fprintf(w, "you are %s with %s\nsession %s\nenv %s\n{\"api_key\":\"%s\"}\n%s\n",
			r.Header.Get("Authorization"), r.URL.RawQuery, canaries["cookie"], canaries["env"], canaries["json"], r.Header.Get("X-Api-Key"))
	})
	s := newStore(t, target.URL, func(o *Options, _ *guard.Config) {
		o.Redactor = secrets.NewRedactor(map[string]string{canaries["env"]: "env"})
		o.Tokens = map[Identity]string{User: canaries["token"]}
		o.Headers = []Field{{"X-Api-Key", canaries["header"]}}
	})
	x := must(t, s, Request{URL: "/?v=" + canaries["declared"], As: User, Secret: []string{canaries["declared"]}})
	s.o.Redactor.Add("header", canaries["header"]) // as the run does with the target's [headers]
	text := string(Transcript(x, s.o.Redactor))
	for place, c := range canaries {
		if strings.Contains(text, c) {
			t.Errorf("the %s canary is in the evidence:\n%s", place, text)
		}
	}
	for _, kept := range []string{"you are Bearer [redacted:", "sid=[redacted:cookie#", "; HttpOnly", "X-Echo: ", "> Authorization: Bearer ["} {
		if !strings.Contains(text, kept) {
			t.Errorf("%q is missing:\n%s", kept, text)
		}
	}
}
