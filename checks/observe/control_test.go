package observe

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func nonce() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// page is a front end's shell: a nonce, a time and the path differ from answer to answer.
func page(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	fmt.Fprintf(w, `<!doctype html><html><head><meta property="og:url" content="https://x.example%s"><title>App</title>
<script nonce="%s" src="/assets/index-%s.js"></script></head><body data-at="%s"><div id="root"></div>
<noscript>Please enable health checks and JavaScript for %s to work</noscript></body></html>`,
		r.URL.Path, nonce(), nonce()[:8], time.Now().Format(time.RFC3339Nano), strings.Trim(r.URL.Path, "/"))
}

func jsonAnswer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// targets answer in the ways that make scanners believe in pages that are not there.
var targets = map[string]http.HandlerFunc{
	"real 404": func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" || r.URL.Path == "/api/health" {
			jsonAnswer(w, 200, `{"status":"ok"}`)
			return
		}
		http.NotFound(w, r)
	},
	"catch-all page": page,
	"page and api": func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/api/health":
			jsonAnswer(w, 200, `{"status":"ok"}`)
		case strings.HasPrefix(r.URL.Path, "/api/"):
			jsonAnswer(w, 404, `{"detail":"Not Found","path":"`+r.URL.Path+`"}`)
		default:
			page(w, r)
		}
	},
	"{} for all":      func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{}`) },
	"healthy for all": func(w http.ResponseWriter, _ *http.Request) { jsonAnswer(w, 200, `{"status":"healthy"}`) },
	"echo for all": func(w http.ResponseWriter, r *http.Request) {
		jsonAnswer(w, 200, fmt.Sprintf(`{"service":"health","path":"%s","at":%d}`, r.URL.Path, time.Now().UnixNano()))
	},
	"login for all": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/login?next="+r.URL.Path+"&state="+nonce(), http.StatusFound)
	},
	"login below the path": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://sso.example"+r.URL.Path+"?x="+nonce(), http.StatusFound)
	},
	"401 for all": func(w http.ResponseWriter, r *http.Request) {
		jsonAnswer(w, 401, fmt.Sprintf(`{"error":"unauthorized","request_id":"%s","path":"%s"}`, nonce(), r.URL.Path))
	},
	"401 below /api/admin/": func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/api/admin/") {
			jsonAnswer(w, 401, `{"error":"unauthorized"}`)
			return
		}
		http.NotFound(w, r)
	},
	"401 on one route": func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/admin/users" {
			jsonAnswer(w, 401, `{"error":"unauthorized"}`)
			return
		}
		jsonAnswer(w, 404, `{"error":"not found"}`)
	},
	"open admin": func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/admin/users" {
			jsonAnswer(w, 200, `[{"id":1,"name":"root"}]`)
			return
		}
		jsonAnswer(w, 404, `{"error":"not found"}`)
	},
	"all but dotted": func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, ".") {
			http.NotFound(w, r)
			return
		}
		page(w, r)
	},
}

func TestCatchAllsAreSeenThrough(t *testing.T) {
	cases := []struct {
		server, path string
		same         bool
	}{
		{"real 404", "/health", false}, {"real 404", "/nothing", true}, {"real 404", "/api/health", false}, {"real 404", "/", true},
		{"catch-all page", "/health", true}, {"catch-all page", "/x", true}, {"catch-all page", "/api/admin/users", true},
		{"catch-all page", "/.env", true}, {"catch-all page", "/app/settings/", true},
		{"page and api", "/api/health", false}, {"page and api", "/api/metrics", true}, {"page and api", "/health", true},
		{"{} for all", "/api/admin/users", true}, {"healthy for all", "/health", true}, {"healthy for all", "/healthy", true},
		{"healthy for all", "/api/health", true}, {"echo for all", "/health", true}, {"echo for all", "/api/v1", true},
		{"login for all", "/admin", true}, {"login below the path", "/admin", true}, {"401 for all", "/api/admin/users", true},
		{"401 below /api/admin/", "/api/admin/users", true}, {"401 below /api/admin/", "/api/admin", true},
		{"401 on one route", "/api/admin/users", false}, {"401 on one route", "/api/admin/other", true},
		{"open admin", "/api/admin/users", false}, {"open admin", "/api/admin/none", true},
		{"all but dotted", "/.env", true}, {"all but dotted", "/config.json", true}, {"all but dotted", "/config", true},
	}
	for _, c := range cases {
		t.Run(c.server+c.path, func(t *testing.T) {
			s := newStore(t, serve(t, targets[c.server]).URL, nil)
			x := must(t, s, Request{URL: c.path})
			control, err := s.Control(t.Context(), Request{URL: c.path})
			if err != nil {
				t.Fatal(err)
			}
			if Same(x, control) != c.same || Same(control, x) != c.same {
				t.Errorf("%s and %s: same is not %v\n%s\n%s", x.URL, control.URL, c.same, x.Body, control.Body)
			}
		})
	}
}

func TestNumbersOfAnyLengthAreAlike(t *testing.T) {
	body := func(n string) *Exchange {
		return &Exchange{URL: "http://h/p", Status: 200, Body: []byte(`{"at":"` + n + `"}`)}
	}
	one := body("1")
	for _, n := range []string{"0264676", "036904863", "1732240000000000000", "deadbeef", "550e8400-e29b-41d4-a716-446655440000"} {
		if !Same(one, body(n)) {
			t.Errorf("%s makes another answer", n)
		}
	}
}

func TestSameLooksAtMoreThanTheBody(t *testing.T) {
	make := func(status int, media, location, body string) *Exchange {
		return &Exchange{URL: "http://h/p", Status: status, Header: http.Header{"Content-Type": {media}, "Location": {location}}, Body: []byte(body)}
	}
	base := make(200, "text/html; charset=utf-8", "", "one two three four")
	for name, c := range map[string]struct {
		x    *Exchange
		same bool
	}{
		"charset": {make(200, "TEXT/HTML", "", "one two three four"), true}, "blanks": {make(200, "text/html", "", " one\n two  three four"), true},
		"status": {make(201, "text/html", "", "one two three four"), false}, "media": {make(200, "text/plain", "", "one two three four"), false},
		"location": {make(200, "text/html", "/login", "one two three four"), false}, "body": {make(200, "text/html", "", "five six seven eight"), false},
		"short body": {make(200, "text/html", "", "x"), false}, "empty": {make(200, "text/html", "", ""), false},
	} {
		if Same(base, c.x) != c.same {
			t.Errorf("%s: same is not %v", name, c.same)
		}
	}
	if Same(base, nil) || Same(nil, nil) {
		t.Error("nothing is like nothing")
	}
	long := strings.Repeat("the quick brown fox jumps over the lazy dog again and once more ", 1)
	words := strings.Fields(strings.Repeat(long, 20))
	for i := range words {
		words[i] += strings.Repeat("z", i%7) + string(rune('a'+i%26)) + string(rune('a'+i/26%26))
	}
	one := make(200, "", "", strings.Join(words, " "))
	words[50] = "changed"
	if !Same(one, make(200, "", "", strings.Join(words, " "))) {
		t.Error("one word of 260 changed: still the same page")
	}
	for i := 0; i < len(words); i += 10 {
		words[i] = "changed"
	}
	if Same(one, make(200, "", "", strings.Join(words, " "))) {
		t.Error("a tenth of the words changed: another page")
	}
}

func TestControlNames(t *testing.T) {
	var hits atomic.Int32
	target := serve(t, func(w http.ResponseWriter, r *http.Request) { hits.Add(1); fmt.Fprint(w, r.RequestURI) })
	s := newStore(t, target.URL, nil)
	for path, want := range map[string]string{
		"/": "/gonogo-H", "/health?q=1": "/gonogo-H", "/api/health": "/api/gonogo-H", "/api/a%2Fb/health": "/api/a%2Fb/gonogo-H",
		"/.env": "/.gonogo-H", "/.git/config": "/.git/gonogo-H", "/webpack.config.js": "/gonogo-H.js", "/api/v1.2": "/api/gonogo-H",
		"/admin/": "/gonogo-H/", "/api/admin/": "/api/gonogo-H/", "/x.backup-2024-01-01": "/gonogo-H",
	} {
		x, err := s.Control(t.Context(), Request{URL: path})
		if err != nil {
			t.Fatal(err)
		}
		pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(want), "H", "[0-9a-f]{18}") + "$"
		if asked := string(x.Body); !regexp.MustCompile(pattern).MatchString(asked) {
			t.Errorf("%s: asked %q, want %s", path, asked, want)
		}
	}
	before := hits.Load()
	for _, r := range []Request{{URL: "/health"}, {URL: "/other"}, {URL: "/third?x=1", Fresh: true}} {
		if _, err := s.Control(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	if hits.Load() != before {
		t.Error("one folder's control was sent more than once")
	}
	a, _ := s.Control(t.Context(), Request{URL: "/health"})
	head, err := s.Control(t.Context(), Request{URL: "/health", Method: "HEAD"})
	if err != nil || head.Request.Method != "HEAD" || head.URL == a.URL {
		t.Errorf("HEAD: %v, %v", head, err)
	}
	other, _ := newStore(t, target.URL, nil).Control(t.Context(), Request{URL: "/health"})
	if other.URL == a.URL {
		t.Error("two runs use one name")
	}
	_, err = s.Control(t.Context(), Request{URL: "http://evil.example/x"})
	wantTrouble(t, "out of scope", err, Scope)
}
