package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// The small servers that these tests and others start.
var (
	serve  = webtest.Serve
	routes = webtest.Routes
	say    = webtest.Say
)

const shellPage = `<!doctype html><html lang="en"><head><title>App</title><meta name="viewport" content="width=device-width">
</head><body><div id="root"></div><script src="/app.js"></script></body></html>`

// catchAll answers everything with the same page: the front end of a single-page app.
func catchAll(w http.ResponseWriter, r *http.Request) {
	say(200, "text/html", shellPage)(w, r)
}

// blanket refuses everything alike.
func blanket(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("WWW-Authenticate", "Bearer")
	say(401, "application/json", fmt.Sprintf(`{"detail":"unauthorized","id":"%016x"}`, len(r.URL.Path)*7919))(w, r)
}

// toLogin sends everybody who asks for anything but the login page there.
func toLogin(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/login" {
		say(200, "text/html", `<html><body><form><input type="password"></form></body></html>`)(w, r)
		return
	}
	http.Redirect(w, r, "/login?next="+r.URL.Path, http.StatusFound)
}

// check runs one kind of this package.
func check(t *testing.T, id, base string, want checks.Verdict, options ...webtest.Option) checks.Outcome {
	t.Helper()
	o := webtest.Run(t, Kinds(), id, base, options...)
	webtest.Want(t, o, want)
	return o
}

// reads fails the test unless the outcome's reason has the words.
func reads(t *testing.T, o checks.Outcome, words string) {
	t.Helper()
	if !strings.Contains(string(o.Reason), words) {
		t.Errorf("reason %q, want it to say %q", o.Reason, words)
	}
}

// verdictOf checks a pure rule case by case.
func verdictOf(t *testing.T, o opinion, want checks.Verdict) {
	t.Helper()
	if o.Verdict != want {
		t.Errorf("%s, want %s: %s", o.Verdict, want, o.Reason)
	}
	if o.Reason == "" {
		t.Error("the reason is empty")
	}
}

// declared names a path for every role that a kind may need.
func declared(t *checks.Target) {
	t.Paths = checks.Paths{Health: checks.Strings{"/api/health"}, HealthDetail: "/api/health/detailed", Pages: checks.Strings{"/home"},
		Metrics: "/metrics", Docs: "/docs", Cheap: "/api/version", Sample: "/api/quotes", Whoami: "/api/whoami"}
}

// everyCheck is one check of every kind that sends, with the parameters it needs.
func everyCheck() []checks.Check {
	params := map[string]map[string]any{
		"security.input.sqli":           {"path": "/search?q=a"},
		"security.input.cmdi":           {"path": "/search?q=a"},
		"security.input.xss":            {"path": "/search?q=a"},
		"reliability.errors.structure":  {"path": "/api/positions?limit=abc"},
		"reliability.health.components": {"components": []any{"database"}},
		"web.pages":                     {"want": []any{"titles"}},
	}
	var list []checks.Check
	for _, k := range Kinds() {
		if k.Class != checks.Local {
			list = append(list, checks.Check{Kind: k.ID, Params: params[k.ID]})
		}
	}
	return list
}

// TestNothingPassesAgainstALiar holds every kind whose pass rests on a path to the rule that
// a page which answers everything alike never passes, nor does a blanket refusal.
func TestNothingPassesAgainstALiar(t *testing.T) {
	liars := map[string]http.HandlerFunc{
		"page for everything": catchAll,
		"ok for everything":   say(200, "application/json", `{"status":"ok"}`),
		"{} for everything":   say(200, "application/json", `{}`),
		"401 for everything":  blanket,
		"login for all":       toLogin,
		"500 for everything":  say(500, "text/plain", "oops"),
	}
	onPaths := []string{
		"security.cors.policy", "security.input.sqli", "security.input.cmdi", "security.input.xss",
		"reliability.health.endpoint", "reliability.health.components", "reliability.errors.not_found",
		"reliability.errors.structure", "reliability.latency", "ops.metrics.endpoint",
		"web.pages", "web.layout", "web.assets", "web.caching", "web.mixed", "web.integrity", "web.accessibility",
		"target.controls", "security.headers.error_pages", "security.ratelimit.enforced",
	}
	for name, liar := range liars {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcomes := webtest.RunAll(t, Kinds(), everyCheck(), serve(t, liar), webtest.Target(declared))
			for _, id := range onPaths {
				if name == "login for all" && strings.HasPrefix(id, "web.") {
					continue // the redirect is followed to a real page of its own
				}
				o, ok := outcomes[id]
				if !ok {
					t.Errorf("%s did not run", id)
				}
				t.Logf("%s: %s: %s", id, o.Verdict, o.Reason)
				if o.Verdict == checks.Pass {
					t.Errorf("%s passes: %s", id, o.Reason)
				}
			}
		})
	}
}

// TestNoAnswerIsNoVerdict holds every kind to the rule that what was not answered is neither
// passed nor failed: once with a target that refuses every connection, once with one
// that answers its base page and breaks off everything else.
func TestNoAnswerIsNoVerdict(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	breaking := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" && r.Method == "GET" {
			say(200, "text/html", "<html><p>hello</p></html>")(w, r)
			return
		}
		panic(http.ErrAbortHandler)
	})
	// These judge what the base page alone shows, or hope for a closed port.
	onBase := map[string]bool{"target.reachable": true, "security.headers.xcto": true, "security.headers.frame": true, "security.headers.csp": true,
		"security.headers.xxss": true, "security.headers.referrer": true, "security.headers.isolation": true, "security.headers.disclosure": true}
	for name, base := range map[string]string{"refused": closed.URL, "broken off": breaking} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outcomes := webtest.RunAll(t, Kinds(), everyCheck(), base, webtest.Target(func(target *checks.Target) {
				declared(target)
				target.Services = map[string]checks.Service{"prom": {Kind: "prometheus", URL: closed.URL}, "graf": {Kind: "grafana", URL: closed.URL}}
			}))
			for id, o := range outcomes {
				if name == "broken off" && onBase[id] {
					continue
				}
				if id == "security.transport.declared" && o.Verdict == checks.Fail {
					continue // that only plain http is declared needs no answer
				}
				t.Logf("%s: %s: %s", id, o.Verdict, o.Reason)
				if o.Verdict.Decided() {
					t.Errorf("%s is decided: %s: %s", id, o.Verdict, o.Reason)
				}
			}
		})
	}
}
