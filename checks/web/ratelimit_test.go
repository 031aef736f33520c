package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
	"assess/gonogo/checks/web/webtest"
)

func containsText(s, words string) bool { return strings.Contains(s, words) }

func TestReadQuota(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		want  quota
	}{
		"none":               {nil, quota{}},
		"current draft":      {[]string{`RateLimit: "default";r=50;t=30`}, quota{"RateLimit", true, 50}},
		"draft, no r":        {[]string{`RateLimit: "default";t=30`}, quota{"RateLimit", false, 0}},
		"first drafts":       {[]string{"RateLimit: limit=100, remaining=42, reset=5"}, quota{"RateLimit", true, 42}},
		"triple":             {[]string{"RateLimit-Limit: 20", "RateLimit-Remaining: 19"}, quota{"RateLimit-Remaining", true, 19}},
		"x":                  {[]string{"X-RateLimit-Remaining: 7"}, quota{"X-RateLimit-Remaining", true, 7}},
		"only a policy":      {[]string{`RateLimit-Policy: "default";q=100;w=60`}, quota{"RateLimit-Policy", false, 0}},
		"not a number":       {[]string{"X-RateLimit-Remaining: many"}, quota{"X-RateLimit-Remaining", false, 0}},
		"a window behind it": {[]string{"X-RateLimit-Remaining: 7, 7;w=60"}, quota{"X-RateLimit-Remaining", true, 7}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := readQuota(headers(c.lines...)); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

func TestAdvertised(t *testing.T) {
	at := func(n float64) quota { return quota{"RateLimit", true, n} }
	verdictOf(t, judgeAdvertised([]quota{{}, {}}), checks.Warn)
	verdictOf(t, judgeAdvertised([]quota{at(9), at(8)}), checks.Pass)
	verdictOf(t, judgeAdvertised([]quota{at(9), at(9)}), checks.Warn)
	verdictOf(t, judgeAdvertised([]quota{at(1), at(9), at(8)}), checks.Pass) // a new window began
	verdictOf(t, judgeAdvertised([]quota{{Header: "RateLimit-Policy"}, {Header: "RateLimit-Policy"}}), checks.Warn)
}

// burstOf makes n answers with a status, then the last ones given.
func burstOf(n, code int, last ...burstAnswer) burstFacts {
	f := burstFacts{Took: 2 * time.Second}
	for range n {
		f.Answers = append(f.Answers, burstAnswer{Status: code, Total: 2 * time.Millisecond})
	}
	f.Answers = append(f.Answers, last...)
	return f
}

func TestBurst(t *testing.T) {
	limited := func(f forwarding) burstFacts {
		b := burstOf(20, 200, burstAnswer{Status: 429, RetryAfter: "10", Changed: true})
		b.Forwarded = f
		return b
	}
	local := limited(forwardingEscapes)
	local.Loopback = true
	slow := burstOf(15, 200)
	for range 10 {
		slow.Answers = append(slow.Answers, burstAnswer{Status: 200, Total: time.Second})
	}
	required := burstOf(120, 401)
	required.Login, required.Required = true, true
	optional := burstOf(120, 401)
	optional.Login = true
	for name, c := range map[string]struct {
		facts burstFacts
		want  checks.Verdict
	}{
		"limited":                            {limited(forwardingLimited), checks.Pass},
		"limited, forged passes":             {limited(forwardingEscapes), checks.Fail},
		"limited, forged passes on loopback": {local, checks.Warn},
		"limited, could not tell":            {limited(forwardingUnknown), checks.Warn},
		"limited from the start":             {burstOf(0, 0, burstAnswer{Status: 429}), checks.Inconclusive},
		"503 with Retry-After":               {burstOf(9, 200, burstAnswer{Status: 503, RetryAfter: "3", Changed: true}), checks.Warn},
		"503 from the start":                 {burstOf(0, 0, burstAnswer{Status: 503, RetryAfter: "60"}), checks.Inconclusive},
		"locked":                             {burstOf(9, 401, burstAnswer{Status: 423, Changed: true}), checks.Warn},
		"always 403":                         {burstOf(9, 403), checks.Inconclusive},
		"slower and slower":                  {slow, checks.Warn},
		"nothing":                            {burstOf(120, 200), checks.Warn},
		"nothing on a login":                 {optional, checks.Warn},
		"nothing, required":                  {required, checks.Fail},
		"storm":                              {burstOf(5, 200, burstAnswer{Status: 500}, burstAnswer{Status: 500}, burstAnswer{Status: 500}), checks.Inconclusive},
		"404":                                {burstOf(1, 404), checks.Inconclusive},
		"nothing answered":                   {burstFacts{}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeBurst(c.facts), c.want) })
	}
	if o := judgeBurst(burstOf(120, 200)); !containsText(o.Reason, "120 requests in 2.0 s from one address") {
		t.Errorf("the words are not exact: %s", o.Reason)
	}
}

// limiter lets limit requests through, counted by key.
func limiter(limit int, key func(r *http.Request) string) http.HandlerFunc {
	counts := map[string]*atomic.Int64{}
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/search" {
			http.NotFound(w, r)
			return
		}
		k := key(r)
		if counts[k] == nil {
			counts[k] = &atomic.Int64{}
		}
		left := limit - int(counts[k].Add(1))
		w.Header().Set("RateLimit-Remaining", fmt.Sprint(max(left, 0)))
		if left < 0 {
			w.Header().Set("Retry-After", "10")
			say(429, "application/json", `{"error":"slow down"}`)(w, r)
			return
		}
		say(200, "application/json", `{"hits":[]}`)(w, r)
	}
}

func TestRateLimitKinds(t *testing.T) {
	t.Parallel()
	path := webtest.Param("path", "/api/search")
	oneAddress := func(*http.Request) string { return "" }
	check(t, "security.ratelimit.advertised", serve(t, limiter(20, oneAddress)), checks.Pass, path)
	check(t, "security.ratelimit.enforced", serve(t, limiter(20, oneAddress)), checks.Pass, path)
	o := check(t, "security.ratelimit.enforced", serve(t, limiter(20, func(r *http.Request) string { return r.Header.Get("X-Forwarded-For") })),
		checks.Warn, path)
	reads(t, o, "from this machine, which the server may trust as its proxy")
	open := serve(t, routes(map[string]http.HandlerFunc{"/api/search": say(200, "application/json", `{}`)}))
	check(t, "security.ratelimit.advertised", open, checks.Warn, path)
	o = check(t, "security.ratelimit.enforced", open, checks.Warn, path)
	reads(t, o, "no throttling seen in 120 requests")
	check(t, "security.ratelimit.enforced", open, checks.Inconclusive, webtest.Param("path", "/api/other"))
}

// TestWindowEndsInBetween ends the limit's window right after the first 429: what a forged
// header does must then be asked in the next window.
func TestWindowEndsInBetween(t *testing.T) {
	for name, c := range map[string]struct {
		heeds bool
		want  checks.Verdict
	}{"deaf": {false, checks.Pass}, "heeds": {true, checks.Warn}} {
		t.Run(name, func(t *testing.T) {
			windows, used := 0, 0
			url := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/api/search": func(w http.ResponseWriter, r *http.Request) {
				if used++; used > 20 && !(c.heeds && r.Header.Get("X-Forwarded-For") != "") {
					if windows++; windows == 1 {
						used = 0
					}
					say(429, "application/json", `{}`)(w, r)
					return
				}
				say(200, "application/json", `{"hits":[]}`)(w, r)
			}}))
			check(t, "security.ratelimit.enforced", url, c.want, webtest.Param("path", "/api/search"))
		})
	}
}

// Guesses of another check use a login's limit up before the burst begins.
func TestLimitReachedByOtherChecks(t *testing.T) {
	const limit = 3
	login := webtest.Target(func(t *checks.Target) {
		t.Auth.Login = checks.Login{URL: "/login", Body: `{"u":"${user}","p":"${password}"}`, ContentType: "application/json", TokenFrom: "json:/token", Pairs: []string{"a/a", "b/b"}}
	})
	for name, c := range map[string]struct {
		always bool
		want   checks.Verdict
	}{"refuses, then limits": {false, checks.Pass}, "limits from the start": {true, checks.Inconclusive}} {
		t.Run(name, func(t *testing.T) {
			var tried atomic.Int64
			url := serve(t, routes(map[string]http.HandlerFunc{"/login": func(w http.ResponseWriter, r *http.Request) {
				if tried.Add(1) > limit || c.always {
					w.Header().Set("Retry-After", "600")
					say(429, "application/json", `{"error":"slow down"}`)(w, r)
					return
				}
				say(401, "application/json", `{"error":"wrong password"}`)(w, r)
			}}))
			kinds := append(Kinds(), guesses(limit))
			got := webtest.RunAll(t, kinds, []checks.Check{{Kind: "test.guesses"}, {Kind: "security.ratelimit.enforced", Params: map[string]any{"login": true}}}, url, login)
			webtest.Want(t, got["security.ratelimit.enforced"], c.want)
		})
	}
}

// guesses is a check that tries a login so many times.
func guesses(n int) checks.Kind {
	return checks.Define(checks.Kind{ID: "test.guesses", Title: "guesses", Class: checks.Intrusive}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
		for range n {
			r, err := answer.LoginRequest(p, "gonogo", randomHex(8))
			if err == nil {
				r.Fresh = true
				_, _ = p.Do(ctx, r)
			}
		}
		return checks.NewResult(checks.Inconclusive, "", "only a test")
	})
}

func TestOnOwnMachine(t *testing.T) {
	for remote, want := range map[string]bool{"127.0.0.1:80": true, "[::1]:443": true, "10.0.0.7:80": false, "203.0.113.9:443": false, "": false, "proxy": false} {
		if got := onOwnMachine(remote); got != want {
			t.Errorf("%q: %v", remote, got)
		}
	}
}

// TestBurstOnLogin bursts a login that never throttles.
func TestBurstOnLogin(t *testing.T) {
	var tried atomic.Int64
	url := serve(t, routes(map[string]http.HandlerFunc{"/login": func(w http.ResponseWriter, r *http.Request) {
		tried.Add(1)
		say(401, "application/json", `{"error":"wrong password"}`)(w, r)
	}}))
	login := webtest.Target(func(t *checks.Target) { t.Auth.Login = checks.Login{URL: "/login"} })
	check(t, "security.ratelimit.enforced", url, checks.Fail, login, webtest.Param("login", true), webtest.Param("required", true), webtest.Param("requests", int64(30)))
	if tried.Load() != 30 {
		t.Errorf("%d logins, want 30", tried.Load())
	}
}

// TestLimitTripsOtherChecks holds other kinds to calling a throttled answer inconclusive.
func TestLimitTripsOtherChecks(t *testing.T) {
	t.Parallel()
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			say(200, "text/plain", "ok")(w, r)
			return
		}
		w.Header().Set("Retry-After", "3600")
		say(429, "application/json", `{"error":"slow down"}`)(w, r)
	})
	for id, options := range map[string][]webtest.Option{
		"reliability.health.endpoint":  {webtest.Param("path", "/api/health")},
		"security.cors.policy":         {webtest.Param("paths", "/api/quotes")},
		"reliability.errors.structure": {webtest.Param("path", "/api/quotes?limit=abc")},
		"web.pages":                    {webtest.Param("path", "/home")},
		"security.exposure.files":      nil,
	} {
		o := check(t, id, url, checks.Inconclusive, options...)
		reads(t, o, "throttled")
	}
}
