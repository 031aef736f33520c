package api

import (
	"net/http"
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

func TestKindsSayWhatTheyDo(t *testing.T) {
	if _, err := checks.NewRegistry(Kinds()...); err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		if k.Rule == "" || k.Fix == "" || len(k.Refs) == 0 || !k.Severity.Known() || k.Sends == "" {
			t.Errorf("%s: rule, fix, sends, refs or severity is missing", k.ID)
		}
	}
}

func TestRoutes(t *testing.T) {
	fine := routeFacts{Status: 200, Media: "application/json", JSON: true}
	with := func(change func(*routeFacts)) routeFacts { f := fine; change(&f); return f }
	verdictOf(t, judgeRoute(fine), checks.Pass)
	verdictOf(t, judgeRoute(with(func(f *routeFacts) { f.LikeOther = true })), checks.Inconclusive)
	verdictOf(t, judgeRoute(with(func(f *routeFacts) { f.JSON = false })), checks.Fail)
	verdictOf(t, judgeRoute(with(func(f *routeFacts) { f.ErrorOnly = true })), checks.Fail)
	verdictOf(t, judgeRoute(with(func(f *routeFacts) { f.Lacks = "id" })), checks.Fail)
	verdictOf(t, judgeRoute(routeFacts{Status: 404}), checks.Fail)
	verdictOf(t, judgeRoute(routeFacts{Status: 500}), checks.Fail)
	verdictOf(t, judgeRoute(routeFacts{Status: 401}), checks.Inconclusive)

	json := func(body string) http.HandlerFunc { return say(200, "application/json", body) }
	url := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/api/a": json(`[{"id":1}]`), "/api/b": json(`{"error":"no database"}`),
		"/api/c": say(200, "text/html", "<html>"), "/api/d": json(`{"id":`)}))
	for path, want := range map[string]checks.Verdict{"/api/a": checks.Pass, "/api/b": checks.Fail, "/api/c": checks.Fail, "/api/d": checks.Fail, "/api/e": checks.Fail} {
		t.Run(path, func(t *testing.T) { check(t, "api.routes", url, want, webtest.Param("paths", path)) })
	}
	check(t, "api.routes", url, checks.Pass, webtest.Param("paths", "/api/a"), webtest.Param("fields", "id"))
	check(t, "api.routes", url, checks.Fail, webtest.Param("paths", "/api/a"), webtest.Param("fields", "name"))
	check(t, "api.routes", url, checks.Fail, webtest.Param("paths", []any{"/api/a", "/api/e"}))
}

// TestNothingPassesAgainstALiar holds every kind to the rule that a server which answers
// everything alike never passes, nor does a blanket refusal.
func TestNothingPassesAgainstALiar(t *testing.T) {
	liars := map[string]http.HandlerFunc{
		"page for everything":        say(200, "text/html", "<html><body><div id=root></div></body></html>"),
		"{} for everything":          say(200, "application/json", `{}`),
		"[] for everything":          say(200, "application/json", `[]`),
		"description for everything": say(200, "application/json", openAPI),
		"401 for everything":         say(401, "application/json", `{"detail":"no"}`),
		"422 for everything":         say(422, "application/json", `{"detail":"no"}`),
		"413 for everything":         say(413, "application/json", `{"detail":"no"}`),
		"500 for everything":         say(500, "text/plain", "oops"),
		"login for all":              func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
	}
	list := []checks.Check{{Kind: "api.routes"}, {Kind: "api.described"}, {Kind: "docs.api.available"}, {Kind: "api.methods"}, {Kind: "api.errors"},
		{Kind: "api.input", Params: map[string]any{"paths": "/api/items?limit=10"}}, {Kind: "api.limits", Params: map[string]any{"list": "/api/items"}}}
	for name, liar := range liars {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for id, o := range webtest.RunAll(t, Kinds(), list, serve(t, liar), webtest.Target(func(target *checks.Target) {
				withLogin(target)
				target.Paths.Sample = "/api/items"
			})) {
				if o.Verdict == checks.Pass {
					t.Errorf("%s passes: %s", id, o.Reason)
				}
			}
		})
	}
}
