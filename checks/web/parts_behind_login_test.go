package web

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// TestPartsBehindALogin asks for the scripts and styles of a page that strangers don't see. The
// token never goes to another origin, whatever that answers.
func TestPartsBehindALogin(t *testing.T) {
	var leaked atomic.Int32
	foreign := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			leaked.Add(1)
		}
		say(401, "text/plain", "who?")(w, r)
	})
	cached := func(media, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "max-age=3600")
			say(200, media, body)(w, r)
		}
	}
	inside := routes(map[string]http.HandlerFunc{
		"/":         say(200, "text/html", `<html lang="en"><title>Desk</title><script type="module" src="/app.js"></script><link rel="stylesheet" href="/app.css"><p>Every position of every account, as the desk sees it in the morning.`),
		"/foreign":  say(200, "text/html", `<html lang="en"><title>Desk</title><img src="`+foreign+`/a.png"><p>Every position of every account, as the desk sees it in the morning.`),
		"/api/list": say(422, "application/problem+json", `{"title":"limit must be a number"}`),
		"/app.js":   cached("text/javascript", "console.log(1)"), "/app.css": cached("text/css", "p{color:red}"),
	})
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.Header.Get("Authorization"), "a-token-of-a-test") {
			say(401, "text/html", "<h1>who?</h1>")(w, r)
			return
		}
		inside(w, r)
	})
	in := webtest.Target(func(t *checks.Target) { t.Scope.Hosts = []string{foreign} })
	for _, kind := range []string{"web.assets", "web.caching", "web.mixed"} {
		check(t, kind, url, checks.Pass, in, webtest.Param("path", "/"), webtest.Tokens(t, "a-token-of-a-test", ""))
		check(t, kind, url, checks.Inconclusive, in, webtest.Param("path", "/"))
	}
	check(t, "web.mixed", url, checks.Inconclusive, in, webtest.Param("path", "/foreign"), webtest.Tokens(t, "a-token-of-a-test", ""))
	// The guard's own page is no answer of the application.
	check(t, "reliability.errors.structure", url, checks.Pass, webtest.Param("path", "/api/list"), webtest.Tokens(t, "a-token-of-a-test", ""))
	check(t, "reliability.errors.structure", url, checks.Inconclusive, webtest.Param("path", "/api/list"))
	if n := leaked.Load(); n > 0 {
		t.Errorf("the token went to another origin %d times", n)
	}
}
