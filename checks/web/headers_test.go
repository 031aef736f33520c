package web

import (
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// headers makes a header of "Name: value" lines, duplicates in order.
func headers(lines ...string) http.Header {
	h := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		h.Add(name, value)
	}
	return h
}

// document is a page of a local https site with scripts and forms.
func document(lines ...string) *seen {
	return &seen{Where: "GET /", Header: headers(lines...), Document: true, Scripts: true, Forms: true,
		Place: Place{HTTPS: true, Host: "app.example"}}
}

func apiAnswer(lines ...string) *seen {
	return &seen{Where: "GET /api/quotes", Header: headers(lines...), Place: Place{HTTPS: true, Host: "app.example"}}
}

func TestXCTO(t *testing.T) {
	const good = "X-Content-Type-Options: nosniff"
	for name, c := range map[string]struct {
		sample sample
		want   checks.Verdict
	}{
		"sent":                 {sample{Doc: document(good)}, checks.Pass},
		"upper case":           {sample{Doc: document("X-Content-Type-Options: NoSniff")}, checks.Pass},
		"twice in one line":    {sample{Doc: document("X-Content-Type-Options: nosniff, nosniff")}, checks.Pass},
		"twice in two lines":   {sample{Doc: document(good, good)}, checks.Pass},
		"not first":            {sample{Doc: document("X-Content-Type-Options: foo, nosniff")}, checks.Warn},
		"empty element first":  {sample{Doc: document("X-Content-Type-Options: , nosniff")}, checks.Warn},
		"missing":              {sample{Doc: document()}, checks.Fail},
		"another value":        {sample{Doc: document("X-Content-Type-Options: sniff")}, checks.Fail},
		"quoted":               {sample{Doc: document(`X-Content-Type-Options: "nosniff"`)}, checks.Fail},
		"missing on the api":   {sample{Doc: document(good), API: apiAnswer()}, checks.Warn},
		"on both":              {sample{Doc: document(good), API: apiAnswer(good)}, checks.Pass},
		"missing on page only": {sample{Doc: document(), API: apiAnswer(good)}, checks.Fail},
		"api alone":            {sample{API: apiAnswer(good)}, checks.Pass},
		"no body":              {sample{API: &seen{Empty: true}}, checks.NA},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeXCTO(c.sample), c.want) })
	}
}

func TestFrame(t *testing.T) {
	for name, c := range map[string]struct {
		lines []string
		rules string
		want  checks.Verdict
	}{
		"none":                     {[]string{"Content-Security-Policy: frame-ancestors 'none'"}, "", checks.Pass},
		"no source at all":         {[]string{"Content-Security-Policy: frame-ancestors"}, "", checks.Pass},
		"concrete hosts":           {[]string{"Content-Security-Policy: frame-ancestors 'self' https://a.example *.b.example"}, "", checks.Pass},
		"star overrides deny":      {[]string{"Content-Security-Policy: frame-ancestors *", "X-Frame-Options: DENY"}, "", checks.Fail},
		"bare scheme":              {[]string{"Content-Security-Policy: frame-ancestors https:"}, "", checks.Fail},
		"any host of a scheme":     {[]string{"Content-Security-Policy: frame-ancestors https://*"}, "", checks.Fail},
		"wildcard below com":       {[]string{"Content-Security-Policy: frame-ancestors *.com"}, "", checks.Fail},
		"two policies, one closed": {[]string{"Content-Security-Policy: frame-ancestors *, frame-ancestors 'self'"}, "", checks.Pass},
		"report only":              {[]string{"Content-Security-Policy-Report-Only: frame-ancestors 'none'"}, "", checks.Fail},
		"another directive's text": {[]string{"Content-Security-Policy: report-uri /frame-ancestors"}, "", checks.Fail},
		"deny":                     {[]string{"X-Frame-Options: DENY"}, "", checks.Pass},
		"deny twice":               {[]string{"X-Frame-Options: DENY", "X-Frame-Options: deny"}, "", checks.Pass},
		"deny alone, strict":       {[]string{"X-Frame-Options: DENY"}, "strict", checks.Warn},
		"contradiction":            {[]string{"X-Frame-Options: DENY, SAMEORIGIN"}, "", checks.Warn},
		"allow-from":               {[]string{"X-Frame-Options: ALLOW-FROM https://a.example"}, "", checks.Fail},
		"allowall":                 {[]string{"X-Frame-Options: ALLOWALL"}, "", checks.Fail},
		"neither":                  {nil, "", checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, judgeFrame(sample{Doc: document(c.lines...), Rules: c.rules}), c.want)
		})
	}
	verdictOf(t, judgeFrame(sample{API: apiAnswer()}), checks.Warn)
	page := document()
	page.MetaCSP = []string{"frame-ancestors 'none'"}
	verdictOf(t, judgeFrame(sample{Doc: page}), checks.Fail) // ignored in a meta element
}

// goodCSP is a policy without a weakness.
const goodCSP = "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

func TestCSP(t *testing.T) {
	const rest = "; base-uri 'none'; form-action 'self'"
	for name, c := range map[string]struct {
		policy string
		want   checks.Verdict
	}{
		"good":                              {goodCSP, checks.Pass},
		"upper-case names":                  {strings.ToUpper("default-src") + " 'self'" + rest, checks.Pass},
		"star":                              {"default-src *" + rest, checks.Fail},
		"bare https":                        {"default-src https:" + rest, checks.Fail},
		"unsafe-inline":                     {"default-src 'self' 'unsafe-inline'" + rest, checks.Fail},
		"unsafe-inline upper case":          {"default-src 'self' 'UNSAFE-INLINE'" + rest, checks.Fail},
		"unsafe-inline beside a nonce":      {"default-src 'self'; script-src 'nonce-abcdefgh1' 'unsafe-inline'" + rest, checks.Pass},
		"unsafe-inline for attributes only": {"default-src 'self'; script-src-attr 'unsafe-inline'" + rest, checks.Fail},
		"data for scripts":                  {"default-src 'self'; script-src 'self' data:" + rest, checks.Fail},
		"data for images":                   {"default-src 'self'; img-src data:" + rest, checks.Pass},
		"strict-dynamic with a nonce":       {"default-src 'self'; script-src 'nonce-abcdefgh1' 'strict-dynamic' https: 'unsafe-inline'" + rest, checks.Pass},
		"strict-dynamic alone":              {"default-src 'self'; script-src 'strict-dynamic'" + rest, checks.Fail},
		"no script list":                    {"img-src 'self'" + rest, checks.Fail},
		"objects anywhere":                  {"script-src 'self'" + rest, checks.Fail},
		"plain http script on https":        {"default-src 'self'; script-src http://cdn.example" + rest, checks.Fail},
		"unsafe-eval":                       {"default-src 'self' 'unsafe-eval'" + rest, checks.Warn},
		"inline styles":                     {"default-src 'self'; style-src 'unsafe-inline'" + rest, checks.Warn},
		"plain http images":                 {"default-src 'self'; img-src http:" + rest, checks.Warn},
		"repeated directive":                {"default-src 'self'; default-src *" + rest, checks.Warn},
		"first of repeated is bad":          {"default-src *; default-src 'self'" + rest, checks.Fail},
		"no base-uri":                       {"default-src 'self'; form-action 'self'", checks.Warn},
		"no form-action":                    {"default-src 'self'; base-uri 'none'", checks.Warn},
		"short nonce":                       {"default-src 'self'; script-src 'nonce-abc'" + rest, checks.Warn},
		"two policies, one restricts":       {"default-src *" + rest + ", default-src 'self'" + rest, checks.Pass},
		"empty":                             {" ; ,", checks.Fail},
		"https host only":                   {"default-src https://cdn.example" + rest, checks.Pass},
		"https star host":                   {"default-src https://*" + rest, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, judgeCSP(sample{Doc: document("Content-Security-Policy: " + c.policy)}), c.want)
		})
	}
}

func TestCSPPlaces(t *testing.T) {
	verdictOf(t, judgeCSP(sample{Doc: document()}), checks.Fail)
	verdictOf(t, judgeCSP(sample{Doc: document("Content-Security-Policy-Report-Only: " + goodCSP)}), checks.Fail)
	verdictOf(t, judgeCSP(sample{API: apiAnswer()}), checks.Warn)
	verdictOf(t, judgeCSP(sample{API: apiAnswer("Content-Security-Policy: default-src 'none'")}), checks.Pass)
	verdictOf(t, judgeCSP(sample{API: apiAnswer("Content-Security-Policy: default-src 'self'")}), checks.Warn)
	meta := document()
	meta.MetaCSP = []string{goodCSP}
	verdictOf(t, judgeCSP(sample{Doc: meta}), checks.Warn)
	plain := document("Content-Security-Policy: " + goodCSP)
	plain.Scripts, plain.Forms = false, false
	verdictOf(t, judgeCSP(sample{Doc: plain}), checks.Pass)
	verdictOf(t, judgeCSP(sample{Doc: document("Content-Security-Policy: default-src 'self'; base-uri 'none'; form-action 'self'"), Rules: "strict"}), checks.Warn)
}

func TestXXSS(t *testing.T) {
	const csp = "Content-Security-Policy: " + goodCSP
	for name, c := range map[string]struct {
		lines          []string
		modern, legacy checks.Verdict
	}{
		"absent":             {nil, checks.Pass, checks.Fail},
		"absent with policy": {[]string{csp}, checks.Pass, checks.Warn},
		"absent, bad policy": {[]string{"Content-Security-Policy: default-src *"}, checks.Pass, checks.Fail},
		"0":                  {[]string{"X-XSS-Protection: 0"}, checks.Pass, checks.Warn},
		"1; mode=block":      {[]string{"X-XSS-Protection: 1; mode=block"}, checks.Warn, checks.Pass},
		"1;mode = block":     {[]string{"X-XSS-Protection: 1;mode = block"}, checks.Warn, checks.Pass},
		"1":                  {[]string{"X-XSS-Protection: 1"}, checks.Warn, checks.Warn},
		"nonsense":           {[]string{"X-XSS-Protection: on"}, checks.Warn, checks.Warn},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, judgeXXSS(sample{Doc: document(c.lines...), Rules: "modern"}), c.modern)
			old := judgeXXSS(sample{Doc: document(c.lines...), Rules: "seed-legacy"})
			verdictOf(t, old, c.legacy)
			if today := old.Today; (today == "" && c.legacy != c.modern) || (today != "" && today != c.modern) {
				t.Errorf("today is %q, want %s", today, c.modern)
			}
		})
	}
	verdictOf(t, judgeXXSS(sample{API: apiAnswer()}), checks.NA)
}

func TestHSTS(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		want checks.Verdict
	}{
		"a year":                {"max-age=31536000", checks.Pass},
		"two years, quoted":     {`max-age="63072000"; includeSubDomains`, checks.Pass},
		"upper case, order":     {"INCLUDESUBDOMAINS; MAX-AGE=31536000", checks.Pass},
		"beyond any number":     {"max-age=99999999999999999999999", checks.Pass},
		"half a year":           {"max-age=15552000", checks.Warn},
		"a day":                 {"max-age=86400", checks.Warn},
		"preload alone":         {"max-age=31536000; preload", checks.Warn},
		"zero":                  {"max-age=0", checks.Fail},
		"not a number":          {"max-age=abc", checks.Fail},
		"negative":              {"max-age=-1", checks.Fail},
		"no max-age":            {"includeSubDomains", checks.Fail},
		"empty":                 {"", checks.Fail},
		"repeated":              {"max-age=31536000; max-age=0", checks.Fail},
		"repeated, good last":   {"max-age=0; max-age=31536000", checks.Fail},
		"semicolon in a string": {`foo="a;max-age=0"; max-age=31536000`, checks.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			verdictOf(t, modernHSTS(document("Strict-Transport-Security: "+c.line), "modern"), c.want)
		})
	}
	first := document("Strict-Transport-Security: max-age=31536000", "Strict-Transport-Security: max-age=0")
	verdictOf(t, modernHSTS(first, "modern"), checks.Pass) // only the first line counts
	verdictOf(t, modernHSTS(document(), "modern"), checks.Fail)
	verdictOf(t, modernHSTS(document("Strict-Transport-Security: max-age=31536000"), "strict"), checks.Warn)
}

func TestHSTSReadings(t *testing.T) {
	loopback := func(lines ...string) sample {
		page := document(lines...)
		page.Place = Place{Loopback: true, Host: "127.0.0.1", IP: true}
		return sample{Doc: page, Rules: "seed-legacy"}
	}
	for name, c := range map[string]struct {
		sample sample
		want   checks.Verdict
		today  checks.Verdict
	}{
		"absent on plain http":  {loopback(), checks.Fail, checks.NA},
		"present on plain http": {loopback("Strict-Transport-Security: max-age=600"), checks.Pass, checks.NA},
		"zero on plain http":    {loopback("Strict-Transport-Security: max-age=0"), checks.Fail, checks.NA},
		"short on https":        {sample{Doc: document("Strict-Transport-Security: max-age=600"), Rules: "seed-legacy"}, checks.Pass, checks.Warn},
		"long on https":         {sample{Doc: document("Strict-Transport-Security: max-age=31536000"), Rules: "seed-legacy"}, checks.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := judgeHSTS(c.sample)
			verdictOf(t, o, c.want)
			if o.Today != c.today {
				t.Errorf("today %q, want %q", o.Today, c.today)
			}
		})
	}
	modern := loopback()
	modern.Rules = "modern"
	verdictOf(t, judgeHSTS(modern), checks.NA)
	literal := document()
	literal.Place = Place{HTTPS: true, IP: true, Host: "192.0.2.1"}
	verdictOf(t, modernHSTS(literal, "modern"), checks.NA)
}

func TestReferrer(t *testing.T) {
	for value, want := range map[string]checks.Verdict{
		"no-referrer": checks.Pass, "strict-origin-when-cross-origin": checks.Pass, "origin": checks.Warn, "unsafe-url": checks.Fail,
		"nonsense": checks.Fail, "": checks.Fail, "unsafe-url, no-referrer": checks.Pass, "no-referrer, unsafe-url": checks.Fail,
		"no-referrer, future-policy": checks.Pass, "NO-REFERRER": checks.Pass,
	} {
		t.Run(value, func(t *testing.T) {
			verdictOf(t, judgeReferrer(sample{Doc: document("Referrer-Policy: " + value)}, ReferrerParams{}), want)
		})
	}
	verdictOf(t, judgeReferrer(sample{Doc: document()}, ReferrerParams{}), checks.Pass)
	verdictOf(t, judgeReferrer(sample{Doc: document()}, ReferrerParams{Required: true}), checks.Warn)
	verdictOf(t, judgeReferrer(sample{Doc: document(), Rules: "strict"}, ReferrerParams{}), checks.Warn)
	meta := document("Referrer-Policy: no-referrer")
	meta.MetaRefer = []string{"unsafe-url"}
	verdictOf(t, judgeReferrer(sample{Doc: meta}, ReferrerParams{}), checks.Fail)
	verdictOf(t, judgeReferrer(sample{API: apiAnswer()}, ReferrerParams{}), checks.NA)
}

func TestDisclosure(t *testing.T) {
	for line, want := range map[string]checks.Verdict{
		"Server: nginx": checks.Pass, "Server: nginx/1.25.3": checks.Fail, "Server: Apache/2.4 (Debian)": checks.Fail,
		"Server: cloudflare": checks.Pass, "X-Powered-By: Express": checks.Warn, "X-Powered-By: hidden": checks.Pass, "X-Powered-By: PHP/8.2.1": checks.Fail,
		"X-AspNet-Version: 4.0.30319": checks.Fail, "X-Other: 1.2.3": checks.Pass, "Server: Werkzeug/3.0 Python/3.12": checks.Fail,
	} {
		t.Run(line, func(t *testing.T) { verdictOf(t, judgeDisclosure(sample{Doc: document(line)}), want) })
	}
	verdictOf(t, judgeDisclosure(sample{Doc: document("Server: nginx"), Rules: "strict"}), checks.Warn)
	verdictOf(t, judgeDisclosure(sample{Doc: document(), API: apiAnswer("Server: uvicorn/0.30")}), checks.Fail)
}

func TestIsolation(t *testing.T) {
	for line, want := range map[string]checks.Verdict{
		"X: y": checks.Pass, "Cross-Origin-Opener-Policy: same-origin": checks.Pass, "Cross-Origin-Opener-Policy: yes": checks.Warn,
		`Cross-Origin-Opener-Policy: same-origin; report-to="x"`: checks.Pass, "Permissions-Policy: camera=(), geolocation=(self)": checks.Pass,
		"Permissions-Policy: camera 'none'": checks.Warn,
	} {
		t.Run(line, func(t *testing.T) { verdictOf(t, judgeIsolation(sample{Doc: document(line)}, IsolationParams{}), want) })
	}
}

func TestErrorPage(t *testing.T) {
	good := headers("X-Content-Type-Options: nosniff", "X-Frame-Options: DENY")
	for name, c := range map[string]struct {
		page errorPage
		want checks.Verdict
	}{
		"headers kept":      {errorPage{404, true, good, true}, checks.Pass},
		"json, nosniff":     {errorPage{404, false, headers("X-Content-Type-Options: nosniff"), true}, checks.Pass},
		"nosniff missing":   {errorPage{404, false, http.Header{}, false}, checks.Warn},
		"no policy":         {errorPage{404, true, headers("X-Content-Type-Options: nosniff"), true}, checks.Warn},
		"reflects, nothing": {errorPage{404, true, http.Header{}, true}, checks.Fail},
		"no 404":            {errorPage{200, true, good, false}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeErrorPage(c.page), c.want) })
	}
}

func TestCache(t *testing.T) {
	for value, want := range map[string]checks.Verdict{
		"no-store": checks.Pass, "private, no-store": checks.Pass, "private": checks.Warn, "no-cache": checks.Warn,
		"public, max-age=60": checks.Fail, "max-age=60": checks.Fail, "private, max-age=60": checks.Warn, `max-age="60"`: checks.Fail,
	} {
		t.Run(value, func(t *testing.T) { verdictOf(t, judgeCache(value, true, true), want) })
	}
	verdictOf(t, judgeCache("", false, true), checks.Fail)
	verdictOf(t, judgeCache("", false, false), checks.Warn)
}

// TestHeaderKinds runs every header kind against a good site, a bare one and one whose
// base page redirects first.
func TestHeaderKinds(t *testing.T) {
	page := say(200, "text/html", `<html><head><script src="/a.js"></script></head><body><form></form></body></html>`)
	good := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for _, line := range []string{"X-Content-Type-Options: nosniff", "X-Frame-Options: DENY", "Referrer-Policy: no-referrer",
			"Content-Security-Policy: " + goodCSP, "Strict-Transport-Security: max-age=31536000", "X-XSS-Protection: 1; mode=block"} {
			name, value, _ := strings.Cut(line, ": ")
			w.Header().Set(name, value)
		}
		switch r.URL.Path {
		case "/":
			http.Redirect(w, r, "/app", http.StatusFound)
		case "/app":
			page(w, r)
		default:
			http.NotFound(w, r)
		}
	})
	bare := serve(t, routes(map[string]http.HandlerFunc{"/": page}))
	for id, want := range map[string][2]checks.Verdict{ // good, bare
		"security.headers.xcto":        {checks.Pass, checks.Fail},
		"security.headers.frame":       {checks.Pass, checks.Fail},
		"security.headers.csp":         {checks.Pass, checks.Fail},
		"security.headers.xxss":        {checks.Warn, checks.Pass},
		"security.headers.hsts":        {checks.NA, checks.NA},
		"security.headers.referrer":    {checks.Pass, checks.Pass},
		"security.headers.disclosure":  {checks.Pass, checks.Pass},
		"security.headers.isolation":   {checks.Pass, checks.Pass},
		"security.headers.error_pages": {checks.Pass, checks.Pass},                 // net/http's own 404 has nosniff and is plain text
		"security.cookies.flags":       {checks.Inconclusive, checks.Inconclusive}, // nothing is declared about sessions
	} {
		check(t, id, good, want[0])
		check(t, id, bare, want[1])
	}
	for _, rules := range []struct{ rules, id string }{{"seed-legacy", "security.headers.hsts"}, {"seed-legacy", "security.headers.xxss"}} {
		o := check(t, rules.id, good, checks.Pass, webtest.Rules(rules.rules))
		if o.Today == checks.Pass {
			t.Errorf("%s: today should differ", rules.id)
		}
		check(t, rules.id, bare, checks.Fail, webtest.Rules(rules.rules))
	}
}

// TestHeadersOnErrorsAreNotJudged holds the header kinds to successful answers only.
func TestHeadersOnErrorsAreNotJudged(t *testing.T) {
	down := serve(t, say(503, "text/html", "<html>down</html>"))
	for _, id := range []string{"security.headers.xcto", "security.headers.csp", "security.headers.frame", "security.headers.xxss"} {
		check(t, id, down, checks.Inconclusive)
	}
}

func TestStrictNonce(t *testing.T) {
	handler := func(nonce func() string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'nonce-"+nonce()+"'; object-src 'none'; base-uri 'none'; form-action 'self'")
			say(200, "text/html", "<html></html>")(w, r)
		}
	}
	fixed := serve(t, handler(func() string { return "abcdefghijkl" }))
	fresh := serve(t, handler(func() string { return randomHex(8) }))
	check(t, "security.headers.csp", fixed, checks.Warn, webtest.Rules("strict"))
	check(t, "security.headers.csp", fixed, checks.Pass)
	check(t, "security.headers.csp", fresh, checks.Pass, webtest.Rules("strict"))
}

func TestHeaderCacheKind(t *testing.T) {
	server := func(cache string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/whoami": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer user-token-1234" {
				w.WriteHeader(401)
				return
			}
			if cache != "" {
				w.Header().Set("Cache-Control", cache)
			}
			say(200, "application/json", `{"name":"ada"}`)(w, r)
		}, "/": say(200, "text/plain", "ok")}))
	}
	whoami := webtest.Target(func(t *checks.Target) { t.Paths.Whoami = "/whoami" })
	check(t, "security.headers.cache", server("no-store"), checks.Pass, whoami, webtest.Tokens(t, "user-token-1234", ""))
	check(t, "security.headers.cache", server(""), checks.Fail, whoami, webtest.Tokens(t, "user-token-1234", ""))
	check(t, "security.headers.cache", server("no-store"), checks.Inconclusive, whoami, webtest.Tokens(t, "dead-token-12345", ""))
	check(t, "security.headers.cache", server("no-store"), checks.Pending, whoami)
}
