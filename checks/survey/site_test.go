package survey

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// served surveys a server of the test and returns the paths it was asked for.
func served(t *testing.T, known Facts, handler http.HandlerFunc) (Facts, []string) {
	t.Helper()
	var mu sync.Mutex
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
		mu.Unlock()
		handler(w, r)
	}))
	defer server.Close()
	at, err := ParseAddress(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Site(t.Context(), at, SiteOptions{Known: known})
	if err != nil {
		t.Fatal(err)
	}
	if len(asked) > MaxRequests || f.Asked != len(asked) {
		t.Errorf("%d requests came, %d were counted", len(asked), f.Asked)
	}
	for _, a := range asked {
		if !strings.HasPrefix(a, "GET ") {
			t.Errorf("sent %s", a)
		}
	}
	return f, asked
}

func answers(routes map[string]string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := routes[r.URL.Path]
		kind, body, typed := strings.Cut(body, "|")
		if !ok {
			http.NotFound(w, r)
			return
		}
		if typed {
			w.Header().Set("Content-Type", kind)
		} else {
			body = kind
		}
		fmt.Fprint(w, body)
	}
}

// routesOf shows what was found: sure facts as they are, guesses with a question mark.
func routesOf(f Facts) string {
	var out []string
	for _, key := range slices.Sorted(mapKeys(f.Paths)) {
		for _, p := range f.Paths[key] {
			out = append(out, key+" "+guessed(p))
		}
	}
	if f.BuildPath.Value != "" {
		out = append(out, "build "+guessed(f.BuildPath)+f.BuildJSON)
	}
	return strings.Join(out, "; ")
}

const shell = "text/html|<!doctype html><title>Shop &amp; Co</title><div id=app></div>"

func TestSite(t *testing.T) {
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    string
	}{
		"plain": {answers(map[string]string{
			"/": shell, "/health": `application/json|{"status":"up"}`, "/metrics": "text/plain|# HELP a b\n# TYPE a counter\na 1\n",
			"/version": `application/json|{"name":"x","version":"1.2"}`,
		}), "health /health; metrics /metrics; pages /; build /version/version"},
		"nothing": {http.NotFound, ""},
		"OpenAPI": {answers(map[string]string{"/openapi.json": "application/json|" + fastAPI, "/api/v1/health": `application/json|{"status":"ok"}`, "/api/v1/items": "[]"}),
			"admin /api/v1/admin/users?; cheap /api/v1/items?; database /api/v1/items?; docs /openapi.json; health /api/v1/health; " +
				"protected /api/v1/me?; recovery /api/v1/items?; sample /api/v1/items; whoami /api/v1/me?"},
		"described as open, but protected": {func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/openapi.json":
				fmt.Fprint(w, `{"openapi":"3.0.0","paths":{"/a/me":{"get":{}},"/b":{"get":{}},"/c":{"get":{}},"/d":{"get":{}}}}`)
			case "/a/me":
				w.WriteHeader(401)
			case "/c":
				fmt.Fprint(w, "[]")
			default:
				http.NotFound(w, r)
			}
		}, "cheap /c?; cheap /b?; cheap /d?; database /c?; database /b?; database /d?; docs /openapi.json; protected /a/me?; " +
			"recovery /c?; recovery /b?; recovery /d?; sample /c; whoami /a/me?"},
		"described routes that nobody should ask": {answers(map[string]string{
			"/openapi.json": `{"openapi":"3.0.0","paths":{"/a/logout":{"get":{}},"/delete_all":{"get":{}},"/b/{id}":{"get":{}},"/c":{"get":{"parameters":[{"name":"x","in":"query","required":true}]}},"/d":{"get":{}}}}`,
			"/a/logout":     "x", "/delete_all": "x",
		}), "cheap /d?; database /d?; docs /openapi.json; recovery /d?; sample /d?"},
		"a described health route that is not there": {answers(map[string]string{"/openapi.json": `{"openapi":"3.0.0","paths":{"/health":{"get":{}},"/metrics":{"get":{}}}}`}),
			"docs /openapi.json"},
		"a page for everything": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<title>App</title><p>%s", r.URL.Path)
		}, "pages /"},
		"well for everything":    {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, `{"status":"ok","version":"1"}`) }, ""},
		"metrics for everything": {func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "# HELP a b\na 1\n") }, ""},
		"docs for everything": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprint(w, `{"openapi":"3.0.0","paths":{"/health":{"get":{}}}}`)
		}, ""},
		"401 for everything":     {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(401) }, ""},
		"a login for everything": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login?next="+r.URL.Path, 302) }, ""},
		"unwell": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/readyz" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(503)
			fmt.Fprint(w, `{"status":"down"}`)
		}, "health /readyz"},
		"down for everything": {func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(503); fmt.Fprint(w, `{"status":"down"}`) }, ""},
		"metrics for some": {func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/metrics" {
				w.WriteHeader(401)
				return
			}
			http.NotFound(w, r)
		}, "metrics /metrics"},
		"health behind a slash": {func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/health":
				http.Redirect(w, r, "/health/", 301)
			case "/health/":
				fmt.Fprint(w, "ok")
			default:
				http.NotFound(w, r)
			}
		}, "health /health"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://169.254.169.254"+r.URL.Path, 302)
		}, ""},
		"one route leads elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/health", "/openapi.json":
				http.Redirect(w, r, "http://other.example/", 302)
			case "/status":
				fmt.Fprint(w, "ok")
			default:
				http.NotFound(w, r)
			}
		}, "health /status"},
		"an empty body":        {answers(map[string]string{"/healthz": ""}), "health /healthz"},
		"an HTML status page":  {answers(map[string]string{"/status": shell}), ""},
		"swagger's page":       {answers(map[string]string{"/docs": "text/html|<div id='swagger-ui'></div>"}), "docs /docs"},
		"a broken description": {answers(map[string]string{"/openapi.json": `{"openapi":"3.0.0","paths":`}), "docs /openapi.json"},
		"bytes without end": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			fmt.Fprint(w, `{"openapi":"3.0.0","x":"`+strings.Repeat("y", 2<<20))
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, _ := served(t, newFacts(), c.handler)
			if got := routesOf(f); got != c.want {
				t.Errorf("got  %s\nwant %s\nnotes %q", got, c.want, f.Notes)
			}
			loaded(t, f)
		})
	}
}

func TestSiteTellsWhatMisleads(t *testing.T) {
	for want, handler := range map[string]http.HandlerFunc{
		"refused like protected ones (401)": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) },
		"answered with success":             func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "x") },
		"another origin": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://other.example/", 301)
		},
		"answers 500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) },
	} {
		if f, _ := served(t, newFacts(), handler); !strings.Contains(strings.Join(f.Notes, "\n"), want) {
			t.Errorf("notes %q, want %q", f.Notes, want)
		}
	}
}

func TestSiteAsksLittle(t *testing.T) {
	_, asked := served(t, newFacts(), http.NotFound)
	if len(asked) != About {
		t.Errorf("%d requests to a system without anything, About says %d: %q", len(asked), About, asked)
	}
}

func TestSiteAndRepository(t *testing.T) {
	known := surveyed(t, "x", composed)
	add(known.Paths, "health", Found{"/gone", "compose.yaml", true})
	f, asked := served(t, known, answers(map[string]string{"/api/v1/health": `{"status":"ok"}`, "/openapi.json": `{"openapi":"3.0.0","info":{"version":"9.9"},"paths":{}}`}))
	m := Merge(known, f)
	for _, want := range []string{"GET /api/v1/health", "GET /gone"} {
		if !slices.Contains(asked, want) {
			t.Errorf("%s was not sent", want)
		}
	}
	target, text := loaded(t, m)
	if got := strings.Join(target.Paths.Health, " "); got != "/api/v1/health" || target.BaseURL != f.Site || target.Name != "orders" || target.Version != "2.3.1" || target.Paths.Docs != "/openapi.json" {
		t.Errorf("health %q base %q name %q version %q docs %q", got, target.BaseURL, target.Name, target.Version, target.Paths.Docs)
	}
	if len(known.Paths["health"]) != 2 || !known.Paths["health"][1].Sure {
		t.Error("the survey changed the facts it was given")
	}
	if strings.Contains(text, "canary") {
		t.Error("leaks")
	}
}

func TestSiteThatCannotBeAsked(t *testing.T) {
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	for url, want := range map[string]observe.Trouble{closed.URL: observe.Refused, secure.URL: observe.BadTLS, "http://169.254.169.254": observe.Scope} {
		at, err := ParseAddress(url)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Site(t.Context(), at, SiteOptions{}); answer.Trouble(err) != want {
			t.Errorf("%s: %v, want %s", url, err, want)
		}
	}
}

func TestParseAddress(t *testing.T) {
	for raw, want := range map[string]string{
		"https://Pay.example":         "https://pay.example /",
		"http://127.0.0.1:8000/shop/": "http://127.0.0.1:8000 /shop/",
		"http://x/a?b=c#d":            "http://x /a",
		"http://[::1]:80/":            "http://[::1]:80 /",
		"http://user:canary@x":        "",
		"ftp://x":                     "",
		"http://":                     "",
		"http://x:\x1b":               "",
		"https://exa mple":            "",
	} {
		a, err := ParseAddress(raw)
		if got := strings.TrimSpace(a.Origin + " " + a.Path); got != want || (want == "") != (err != nil) {
			t.Errorf("%q: got %q, %v", raw, got, err)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%q is repeated", raw)
		}
	}
}
