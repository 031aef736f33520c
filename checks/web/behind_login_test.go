package web

import (
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// TestBehindALogin asks a server that lets no stranger see anything: with a token its pages
// and answers are judged, without one nothing is, and nothing fails for asking for a login.
func TestBehindALogin(t *testing.T) {
	inside := routes(map[string]http.HandlerFunc{
		"/": say(200, "text/html", dashboard), "/about": say(200, "text/html", "<html lang=en><title>About</title><h1>About</h1>"),
		"/api/quotes": say(200, "application/json", `[]`),
		"/api/search": func(w http.ResponseWriter, r *http.Request) { // a statement that is put together
			if q := r.URL.Query().Get("q"); strings.Count(q, "'")%2 == 1 {
				say(500, "application/json", `{"error":"You have an error in your SQL syntax near ''"}`)(w, r)
				return
			}
			say(200, "application/json", `["a row for `+r.URL.Query().Get("q")+`"]`)(w, r)
		},
		"/find": func(w http.ResponseWriter, r *http.Request) {
			say(200, "text/html", "<html lang=en><title>Find</title><p>"+r.URL.Query().Get("q"))(w, r)
		},
	})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if r.Header.Get("Authorization") != "Bearer a-token-of-a-test" {
			w.Header().Set("WWW-Authenticate", "Basic")
			say(401, "text/plain", "who?")(w, r)
			return
		}
		inside(w, r)
	})
	paths := webtest.Target(func(t *checks.Target) { t.Paths.Cheap, t.Paths.Sample = "/api/quotes", "/api/quotes" })
	for kind, c := range map[string]struct {
		with, without checks.Verdict
		params        []webtest.Option
	}{
		"security.headers.xcto":       {checks.Pass, checks.Inconclusive, nil},
		"security.headers.frame":      {checks.Fail, checks.Inconclusive, nil},
		"reliability.latency":         {checks.Pass, checks.Inconclusive, nil},
		"security.ratelimit.enforced": {checks.Warn, checks.Inconclusive, []webtest.Option{webtest.Param("requests", int64(10))}},
		"security.input.sqli":         {checks.Fail, checks.Inconclusive, []webtest.Option{webtest.Param("path", "/api/search?q=wool")}},
		"security.input.xss":          {checks.Fail, checks.Inconclusive, []webtest.Option{webtest.Param("path", "/find?q=wool")}},
		"web.pages":                   {checks.Pass, checks.Inconclusive, []webtest.Option{webtest.Param("path", "/"), webtest.Param("want", []any{"titles", "links"})}},
	} {
		t.Run(kind, func(t *testing.T) {
			options := append([]webtest.Option{paths}, c.params...)
			check(t, kind, url, c.without, options...)
			check(t, kind, url, c.with, append(options, webtest.Tokens(t, "a-token-of-a-test", ""))...)
		})
	}
}
