package demo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/net/html"
)

func equal(seen []int, want ...int) bool { return text(seen) == text(want) }

func text(n []int) string { return fmt.Sprint(n) }

// together sends n requests at once and counts their statuses.
func (s *system) together(n int, path string) map[int]int {
	s.t.Helper()
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[int]int{}
	for range n {
		wg.Go(func() {
			a, err := s.try(http.MethodGet, path, "")
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				seen[0]++
				return
			}
			seen[a.Status]++
			if a.Status >= 500 && (!strings.HasSuffix(a.media(), "json") || strings.Contains(a.Body, ".go")) {
				s.t.Errorf("%s: %d as %s: %s", path, a.Status, a.media(), a.Body)
			}
		})
	}
	wg.Wait()
	return seen
}

// timed sends n requests at once and tells how many seconds all took.
func (s *system) timed(n int, path string) float64 {
	s.t.Helper()
	began := time.Now()
	if ok := s.together(n, path)[http.StatusOK]; ok != n {
		s.t.Errorf("%s: %d of %d answered", path, ok, n)
	}
	return time.Since(began).Seconds()
}

// malformed sends unusable tokens of all shapes and returns the statuses.
func (s *system) malformed() (seen []int) {
	good := strings.TrimPrefix(s.bearer("user")[1], "Bearer ")
	parts := strings.Split(good, ".")
	for _, token := range []string{
		"word", "a.b.c", "two.parts", "one.two.three.four", "",
		parts[0] + ".e30." + parts[2], // {} as claims
		parts[0] + ".bm8.x",           // payload is not JSON
		strings.Repeat("k", 8<<10),
	} {
		a := s.get("/api/portfolio", "Authorization", "Bearer "+token)
		if a.Status == 401 && a.Header.Get("WWW-Authenticate") == "" {
			s.t.Errorf("401 for %.20q lacks WWW-Authenticate", token)
		}
		seen = append(seen, a.Status)
	}
	return seen
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	if seen := s.malformed(); !equal(seen, 401, 422, 400, 400, 401, 401, 422, 401) {
		t.Errorf("flawed statuses = %v", seen)
	}
	for _, c := range []struct {
		path   string
		header []string
		want   int
	}{
		{"/api/whoami", nil, 401},
		{"/api/whoami", s.bearer("user"), 200},
		{"/api/whoami", []string{"Authorization", "Token abc"}, 401},
		{"/api/portfolio", s.bearer("user"), 200},
		{"/api/admin/overview", nil, 401},
		{"/api/admin/overview", s.bearer("user"), 403},
		{"/api/admin/overview", s.bearer("admin"), 200},
		{"/api/admin/users", s.bearer("admin"), 404},
		{"/admin", nil, 302},
	} {
		if a := s.get(c.path, c.header...); a.Status != c.want {
			t.Errorf("GET %s with %.30v = %d, want %d", c.path, c.header, a.Status, c.want)
		}
	}
}

// TestForgedTokens tries the classic forgeries against a fresh key.
func TestForgedTokens(t *testing.T) {
	i := newIdentities(true)
	good, err := i.token("user")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(good, ".")
	sign := func(c jwt.Claims, m jwt.SigningMethod, key any) string {
		s, err := jwt.NewWithClaims(m, c).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	in := func(d time.Duration) *jwt.NumericDate { return jwt.NewNumericDate(time.Now().Add(d)) }
	full := jwt.RegisteredClaims{Issuer: issuer, Audience: jwt.ClaimStrings{audience}, ExpiresAt: in(time.Hour)}
	expired, foreign, endless := full, full, full
	expired.ExpiresAt, foreign.Audience, endless.ExpiresAt = in(-time.Minute), jwt.ClaimStrings{"other"}, nil
	for name, token := range map[string]string{
		"unsigned":      parts[0] + "." + parts[1] + ".",
		"none":          sign(full, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"empty key":     sign(full, jwt.SigningMethodHS256, []byte{}),
		"other method":  sign(full, jwt.SigningMethodHS512, i.key),
		"expired":       sign(expired, jwt.SigningMethodHS256, i.key),
		"audience":      sign(foreign, jwt.SigningMethodHS256, i.key),
		"never expires": sign(endless, jwt.SigningMethodHS256, i.key),
	} {
		if _, err := i.read(token); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if who, err := i.read(good); err != nil || who.Role != "user" {
		t.Errorf("good token: %+v, %v", who, err)
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	login := func(name, password string) answer {
		return s.ask(http.MethodPost, "/api/login", fmt.Sprintf(`{"username":%q,"password":%q}`, name, password), "Content-Type", "application/json")
	}
	nobody, known := login("nobody", "x"), login("operator", "admin")
	if nobody.Status != 401 || nobody.Body != known.Body || nobody.Status != known.Status {
		t.Errorf("an unknown name (%d %q) and a wrong password (%d %q) differ", nobody.Status, nobody.Body, known.Status, known.Body)
	}
	for _, pair := range []string{"admin/admin", "admin/password", "atlas/atlas"} {
		name, password, _ := strings.Cut(pair, "/")
		if a := login(name, password); a.Status != 401 {
			t.Errorf("%s: %d", pair, a.Status)
		}
	}
	if a := s.ask(http.MethodPost, "/api/login", "{"); a.Status != 400 {
		t.Errorf("half a body: %d", a.Status)
	}
	var name, password string
	for _, line := range strings.Split(s.read(accountsName), "\n") {
		if strings.HasSuffix(line, "(admin)") {
			fmt.Sscan(line, &name, &password)
		}
	}
	if a := login(name, password); a.Status != 200 || !strings.Contains(a.Body, `"access_token"`) {
		t.Errorf("the admin's own password: %d %s", a.Status, a.Body)
	}
	a := s.ask(http.MethodPost, "/login", "username="+name+"&password="+password, "Content-Type", "application/x-www-form-urlencoded")
	cookie := a.Header.Get("Set-Cookie")
	if a.Status != 303 || !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "SameSite=Strict") {
		t.Fatalf("login page: %d %s", a.Status, cookie)
	}
	value, _, _ := strings.Cut(cookie, ";")
	if a := s.get("/admin", "Cookie", value); a.Status != 200 {
		t.Errorf("/admin with the admin's session: %d", a.Status)
	}
}

// TestInput sends what injection checks send: text is compared and escaped, numbers are
// parsed.
func TestInput(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	base := s.search("cotton")
	if !strings.Contains(base.Body, "Cottonwood") || base.media() != "text/html" || base.Body != s.search("cotton").Body {
		t.Fatalf("search: %d %s", base.Status, base.media())
	}
	for _, odd := range []string{"cotton'", "cotton' AND '1'='1", "cotton;echo $((6*7))", `gng'"><x-gng>`} {
		a := s.search(odd)
		if a.Status != 200 || strings.Contains(a.Body, "Cottonwood") || strings.Contains(a.Body, "<x-gng") || strings.Contains(a.Body, "42<") {
			t.Errorf("search for %q: %d, %s", odd, a.Status, a.Body)
		}
	}
	if a := s.search(strings.Repeat("x", 2048)); a.Status != 400 {
		t.Errorf("2 KiB of text: %d", a.Status)
	}
	for query, want := range map[string]int{"account=1": 200, "account=1-0": 400, "account=1%20AND%201=1": 400, "account=1'": 400, "limit=abc": 400, "limit=5": 200, "limit=1000": 400} {
		if a := s.get("/api/positions?" + query); a.Status != want {
			t.Errorf("positions?%s = %d, want %d", query, a.Status, want)
		}
	}
}

// TestRefusals looks at what unknown paths and methods get, in both forms.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for fix, media := range map[string]string{"": "text/plain", "errors": "application/problem+json"} {
		s := start(t, "phase5", strings.Fields(fix)...)
		for _, c := range []struct {
			method, path string
			status       int
			media, allow string
		}{
			{"GET", "/api/gonogo-1234", 404, media, ""},
			{"GET", "/api/admin/gonogo-1234", 404, media, ""},
			{"GET", "/api/login", 405, media, "POST, OPTIONS"},
			{"DELETE", "/api/quotes", 405, media, "GET, HEAD, OPTIONS"},
			{"TRACE", "/", 405, "text/html", "GET, HEAD, OPTIONS"},
			{"OPTIONS", "/api/quotes", 204, "", "GET, HEAD, OPTIONS"},
			{"GET", "/.git/config", 404, "text/html", ""},
			{"HEAD", "/", 200, "text/html", ""},
		} {
			a := s.ask(c.method, c.path, "")
			if a.Status != c.status || a.media() != c.media || a.Header.Get("Allow") != c.allow || strings.Contains(a.Body, "gonogo-1234") {
				t.Errorf("%s %s = %d %s, Allow %q; want %+v", c.method, c.path, a.Status, a.media(), a.Header.Get("Allow"), c)
			}
		}
	}
}

// TestPages reads the dashboard as a browser would and follows its links.
func TestPages(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	a := s.get("/")
	doc, err := html.Parse(strings.NewReader(a.Body))
	if err != nil || a.Status != 200 {
		t.Fatalf("/: %d, %v", a.Status, err)
	}
	elements, links := map[string]int{}, []string{}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		elements[n.Data]++
		for _, at := range n.Attr {
			if at.Key == "href" && strings.HasPrefix(at.Val, "/") || at.Key == "src" {
				links = append(links, at.Val)
			}
			if at.Key == "style" || strings.HasPrefix(at.Key, "on") {
				t.Errorf("%s has %s, which the policy forbids", n.Data, at.Key)
			}
		}
	}
	for _, e := range []string{"h1", "nav", "table", "form", "label", "meta", "title"} {
		if elements[e] == 0 {
			t.Errorf("the dashboard has no %s", e)
		}
	}
	if !strings.Contains(a.Body, `name="viewport"`) || elements["script"]+elements["style"] > 0 {
		t.Error("no viewport, or inline script or style")
	}
	for _, l := range links {
		if got := s.get(l).Status; got != 200 {
			t.Errorf("link %s: %d", l, got)
		}
	}
	if css := s.get("/static/app.css").Body; strings.Contains(css, "px;") && strings.Contains(css, "width: 4") {
		t.Error("fixed widths in the stylesheet")
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5", "metrics")
	s.get("/api/version")
	s.get("/api/strangers/own/path")
	a := s.get("/metrics")
	for _, want := range []string{
		`http_requests_total{route="/api/version",method="GET",code="200"} 1`,
		`http_requests_total{route="other",method="GET",code="404"} 1`,
		"http_request_duration_seconds_count 2", "# TYPE http_request_duration_seconds histogram",
	} {
		if !strings.Contains(a.Body, want) {
			t.Errorf("metrics lack %s:\n%s", want, a.Body)
		}
	}
	if a.Header.Get("Content-Type") != exposition {
		t.Errorf("Content-Type %q", a.Header.Get("Content-Type"))
	}
}

// TestExporter computes what a dashboard would from two readings of the host page.
func TestExporter(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	r := newReports(true)
	e := newExporter(now, r)
	first, second := samples(t, e.text(now)), samples(t, e.text(now.Add(10*time.Second)))
	idle, all := 0.0, 0.0
	for name, v := range second {
		if strings.HasPrefix(name, "node_cpu_seconds_total") {
			all += v - first[name]
			if strings.Contains(name, `mode="idle"`) {
				idle += v - first[name]
			}
		}
	}
	near := func(what string, got, want float64) {
		t.Helper()
		if got < want-0.1 || got > want+0.1 {
			t.Errorf("%s = %.2f, want %.0f", what, got, want)
		}
	}
	near("cpu", 100-100*idle/all, 23)
	near("memory", 100-100*second["node_memory_MemAvailable_bytes"]/second["node_memory_MemTotal_bytes"], 41)
	const root = `{device="/dev/vda1",fstype="ext4",mountpoint="/"}`
	near("disk", 100-100*second["node_filesystem_avail_bytes"+root]/second["node_filesystem_size_bytes"+root], 55)

	// Reports take CPU time and memory, and the counters never go back.
	r.written.Add(4000)
	r.writing.Add(50)
	third := samples(t, e.text(now.Add(20*time.Second)))
	r.written.Add(1e6)
	r.writing.Add(-50)
	fourth := samples(t, e.text(now.Add(30*time.Second)))
	busy := func(from, to map[string]float64) float64 {
		all, idle := 0.0, 0.0
		for name, v := range to {
			if d := v - from[name]; strings.HasPrefix(name, "node_cpu_seconds_total") {
				if d < 0 {
					t.Errorf("%s went back by %g", name, d)
				}
				if all += d; strings.Contains(name, `mode="idle"`) {
					idle += d
				}
			}
		}
		return 100 - 100*idle/all
	}
	near("cpu with reports", busy(second, third), 38)
	near("cpu with all the reports in the world", busy(third, fourth), 92.3)
	if down := second["node_memory_MemAvailable_bytes"] - third["node_memory_MemAvailable_bytes"]; down != 50*reportMemory {
		t.Errorf("50 reports take %.0f bytes", down)
	}
	near("memory afterwards", 100-100*fourth["node_memory_MemAvailable_bytes"]/fourth["node_memory_MemTotal_bytes"], 41)

	w := httptest.NewRecorder()
	e.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	if w.Code != 404 {
		t.Errorf("exporter's / = %d", w.Code)
	}
}

func samples(t *testing.T, page string) map[string]float64 {
	t.Helper()
	got := map[string]float64{}
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var name string
		var value float64
		if n, err := fmt.Sscan(line, &name, &value); n != 2 || err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		got[name] = value
	}
	return got
}
