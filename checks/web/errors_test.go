package web

import (
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestStructure(t *testing.T) {
	const js, problem = "application/json", "application/problem+json"
	for name, c := range map[string]struct {
		code        int
		media, body string
		want        checks.Verdict
	}{
		"problem":                {404, problem, `{"title":"Not Found","status":404}`, checks.Pass},
		"problem, type":          {404, problem, `{"type":"about:blank"}`, checks.Pass},
		"problem, other status":  {404, problem, `{"title":"x","status":500}`, checks.Warn},
		"problem, empty":         {404, problem, `{}`, checks.Warn},
		"fastapi":                {404, js, `{"detail":"Not Found"}`, checks.Pass},
		"error object":           {400, js, `{"error":{"code":3}}`, checks.Pass},
		"empty message":          {400, js, `{"message":""}`, checks.Warn},
		"empty object":           {400, js, `{}`, checks.Warn},
		"other members":          {400, js, `{"foo":1}`, checks.Warn},
		"title under json":       {400, js, `{"title":"x"}`, checks.Warn},
		"array":                  {400, js, `["no"]`, checks.Warn},
		"text":                   {404, "text/plain", "404 page not found", checks.Warn},
		"json called text":       {404, "text/plain", `{"error":"x"}`, checks.Warn},
		"html":                   {404, "text/html", "<h1>404</h1>", checks.Fail},
		"empty":                  {404, js, "", checks.Fail},
		"blank":                  {404, js, " \n", checks.Fail},
		"success":                {200, js, `{"error":"x"}`, checks.Fail},
		"server error":           {500, js, `{"error":"x"}`, checks.Fail},
		"redirect":               {302, "", "", checks.Inconclusive},
		"stack trace":            {400, js, `{"error":"Traceback (most recent call last): ..."}`, checks.Fail},
		"talks about tracebacks": {400, js, `{"error":"no traceback for you"}`, checks.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, judgeStructure(readStructure(answered(c.code, c.media, c.body))), c.want)
		})
	}
}

func TestLeaks(t *testing.T) {
	for body, leak := range map[string]bool{
		"java.lang.NullPointerException\n\tat com.acme.Api.get(Api.java:42)\n": true,
		"at Object.<anonymous> (/srv/app/index.js:10:15)":                      true,
		"goroutine 17 [running]:\nmain.main()":                                 true,
		"   at Acme.Api.Get() in C:\\src\\Api.cs:line 12":                      true,
		"<b>Fatal error</b>: Uncaught Error in /var/www/index.php on line 3":   true,
		"app/models/user.rb:12:in `find'":                                      true,
		`syntax error at or near "select"`:                                     true,
		"SQLSTATE[42601]: Syntax error":                                        true,
		"Internal Server Error":                                                false,
		"An error report was filed at the office":                              false,
		"meet me at (the café:12:30)":                                          false,
		"Our guide explains stack traces":                                      false,
	} {
		if got := leakIn([]byte(body)); (got != "") != leak {
			t.Errorf("%q: %q", body, got)
		}
	}
}

func TestStructureKinds(t *testing.T) {
	refuse := func(code int, media, body string) http.HandlerFunc { return say(code, media, body) }
	api := func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			refuse(200, "text/plain", "ok")(w, r)
		case "/api/login":
			refuse(405, "application/problem+json", `{"title":"Method Not Allowed","status":405}`)(w, r)
		case "/api/open":
			refuse(200, "application/json", `[]`)(w, r)
		case "/api/broken":
			refuse(500, "application/json", `{"error":"x"}`)(w, r)
		case "/api/text":
			refuse(400, "text/plain", "limit must be a number")(w, r)
		default:
			refuse(404, "application/json", `{"detail":"Not Found"}`)(w, r)
		}
	}
	url := serve(t, api)
	for path, want := range map[string]checks.Verdict{"/api/login": checks.Pass, "/api/open": checks.Fail, "/api/broken": checks.Fail,
		"/api/text": checks.Warn, "/api/none?limit=abc": checks.Inconclusive} {
		t.Run(path, func(t *testing.T) {
			check(t, "reliability.errors.structure", url, want, webtest.Param("path", path))
		})
	}
	check(t, "reliability.errors.structure", url, checks.Inconclusive, webtest.Param("path", "/api/login"), webtest.Param("method", "DELETE"))
	check(t, "reliability.errors.not_found", url, checks.Pass)
	check(t, "reliability.errors.not_found", serve(t, http.NotFound), checks.Warn)
	check(t, "reliability.errors.not_found", serve(t, catchAll), checks.Fail)
	check(t, "reliability.errors.not_found", serve(t, blanket), checks.Inconclusive)
	check(t, "reliability.errors.not_found", url, checks.Pending, webtest.Target(func(t *checks.Target) { t.APIPrefix = "" }))
}

func TestServerErrors(t *testing.T) {
	verdictOf(t, judgeLeaks(leakFacts{Refused: 2}), checks.Pass)
	verdictOf(t, judgeLeaks(leakFacts{}), checks.Inconclusive)
	verdictOf(t, judgeLeaks(leakFacts{Refused: 2, Guarded: 1}), checks.Pass)
	verdictOf(t, judgeLeaks(leakFacts{Refused: 2, Broken: "GET /x"}), checks.Warn)
	verdictOf(t, judgeLeaks(leakFacts{Leak: "a stack trace", Where: "GET /x", Missing: "y"}), checks.Fail)
	verdictOf(t, judgeLeaks(leakFacts{Refused: 2, Missing: "GET /x has no answer"}), checks.Inconclusive)

	const trace = "Traceback (most recent call last):\n  File \"x.py\""
	server := func(plain, odd http.HandlerFunc) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/api/quotes": func(w http.ResponseWriter, r *http.Request) {
			if q := r.URL.Query().Get("limit"); q != "" {
				odd(w, r)
				return
			}
			plain(w, r)
		}}))
	}
	fine := say(200, "application/json", `[]`)
	sample := webtest.Param("paths", "/api/quotes")
	check(t, "reliability.errors.server", server(fine, say(400, "application/json", `{"error":"limit"}`)), checks.Pass, sample)
	check(t, "reliability.errors.server", server(fine, say(500, "text/plain", trace)), checks.Fail, sample)
	check(t, "reliability.errors.server", server(fine, say(500, "text/plain", "Internal Server Error")), checks.Warn, sample)
	// What a guard in front answers says nothing about the application behind it.
	check(t, "reliability.errors.server", serve(t, blanket), checks.Inconclusive, sample)
	check(t, "reliability.errors.server", serve(t, toLogin), checks.Inconclusive, sample)
	// A page that always shows a traceback, as a tutorial does, leaks nothing by it.
	check(t, "reliability.errors.server", server(say(200, "text/html", trace), say(400, "text/html", trace)), checks.Pass, sample)
}

func TestOddQuery(t *testing.T) {
	for in, want := range map[string]string{
		"/api/quotes": "/api/quotes?limit=x", "/api/p?a=1&b=2": "/api/p?a=x&b=x",
	} {
		if got := oddQuery(in, "x"); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
	if got := oddQuery("/a", strings.Repeat("gonogo+", 300)); len(got) < 2000 {
		t.Errorf("the long query is %d bytes", len(got))
	}
}
