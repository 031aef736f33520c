package web

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
	"assess/gonogo/checks/web/webtest"
)

// dashboard is a page with every part; script and style are its assets.
const dashboard = `<!doctype html><html lang="en"><head><title>Dashboard</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/style.css">
<script type="module" src="/app.js"></script></head><body><nav><a href="/">Home</a> <a href="/about#team">About</a> <a href="https://other.example/x">Other</a> <a href="mailto:a@b.example">Mail</a></nav>
<h1>Positions</h1><table><tr><td>1</td></tr></table><form><label for="q">Search</label><input id="q" name="q"><label>Size <input name="s"></label>
<input name="z" aria-label="Zoom"><input type="hidden" name="h"><button>Go</button></form><img src="a.png" alt=""></body></html>`

func parsed(t *testing.T, html string) *page {
	t.Helper()
	g, ok := parsePage(answered(200, "text/html", html))
	if !ok {
		t.Fatal("the page does not parse")
	}
	return g
}

func TestPageParts(t *testing.T) {
	whole := parsed(t, dashboard)
	for _, want := range []string{"heading", "nav", "table", "form", "language", "lang", "titles", "title", "labels", "alt"} {
		if part := judgePart(want, whole); part.Verdict != checks.Pass {
			t.Errorf("%s: %s %s", want, part.Verdict, part.Reason)
		}
	}
	for want, html := range map[string]string{
		"heading": "<h1> </h1><h2>x</h2>", "nav": "<div class=nav></div>", "table": "<table></table>", "form": "<form></form>",
		"language": "<html lang=' '><p>x</p>", "titles": "<title></title>", "labels": "<input name=q placeholder=x>", "alt": "<img src=x>",
	} {
		if part := judgePart(want, parsed(t, html)); part.Verdict != checks.Fail {
			t.Errorf("%s of %s: %s %s", want, html, part.Verdict, part.Reason)
		}
	}
	if part := judgePart("sparkle", whole); part.Verdict != checks.Inconclusive {
		t.Errorf("an unknown part is %s", part.Verdict)
	}
	if links := strings.Join(whole.navigation(), " "); links != "http://127.0.0.1/ http://127.0.0.1/about" {
		t.Errorf("navigation: %s", links)
	}
}

func TestPageRule(t *testing.T) {
	part := func(v checks.Verdict) pageFacts {
		return pageFacts{Path: "/", Status: 200, HTML: true, Parts: []answer.Part{{What: "heading", Verdict: v, Reason: "is judged"}}}
	}
	for name, c := range map[string]struct {
		facts pageFacts
		want  checks.Verdict
	}{
		"there":              {pageFacts{Status: 200, HTML: true}, checks.Pass},
		"all parts":          {part(checks.Pass), checks.Pass},
		"part missing":       {part(checks.Fail), checks.Fail},
		"part unknown":       {part(checks.Inconclusive), checks.Inconclusive},
		"404":                {pageFacts{Status: 404, HTML: true}, checks.Fail},
		"json":               {pageFacts{Status: 200}, checks.Fail},
		"like unknown paths": {pageFacts{Status: 200, HTML: true, LikeOther: true}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgePage(c.facts), c.want) })
	}
}

func TestPagesKind(t *testing.T) {
	html := func(body string) http.HandlerFunc { return say(200, "text/html", body) }
	site := func(extra map[string]http.HandlerFunc) string {
		all := map[string]http.HandlerFunc{"/": html(dashboard), "/about": html("<html><h1>About</h1></html>")}
		for path, h := range extra {
			all[path] = h
		}
		return serve(t, routes(all))
	}
	want := func(parts ...any) webtest.Option { return webtest.Param("want", parts) }
	home := webtest.Param("path", "/")
	check(t, "web.pages", site(nil), checks.Pass, home, want("heading", "links", "nav", "table", "form"))
	o := check(t, "web.pages", site(map[string]http.HandlerFunc{"/about": http.NotFound}), checks.Fail, home, want("links"))
	reads(t, o, "/about answers 404")
	check(t, "web.pages", site(nil), checks.Fail, webtest.Param("path", "/about"), want("nav"))
	check(t, "web.pages", site(nil), checks.Fail, webtest.Param("paths", []any{"/", "/about"}), want("nav"))
	check(t, "web.pages", site(nil), checks.Fail, webtest.Param("path", "/about"), want("links"))
	check(t, "web.pages", serve(t, catchAll), checks.Inconclusive, webtest.Param("path", "/x"), want("titles"))
	check(t, "web.pages", site(nil), checks.Pending)
	// A front end whose links all lead to the same shell shows nothing about them.
	shell := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			html(dashboard)(w, r)
			return
		}
		catchAll(w, r)
	})
	check(t, "web.pages", shell, checks.Inconclusive, home, want("links"))
	// What scripts draw is not in the HTML; what the HTML itself must say is.
	drawing := serve(t, routes(map[string]http.HandlerFunc{"/": html(`<html lang="en"><title>Desk</title><div id="app"></div><script src="/app.js"></script></html>`),
		"/plain": html(`<html><title>Plain</title><p>Nothing here leads any further, and nothing here is drawn by a script either: this is all there is.</p></html>`)}))
	for _, part := range []string{"links", "heading", "nav", "table", "form"} {
		o := check(t, "web.pages", drawing, checks.Inconclusive, home, want("titles", part))
		reads(t, o, "rendered by script")
	}
	check(t, "web.pages", drawing, checks.Pass, home, want("titles", "language"))
	check(t, "web.pages", drawing, checks.Fail, webtest.Param("path", "/plain"), want("links"))
	check(t, "web.pages", drawing, checks.Fail, webtest.Param("path", "/plain"), want("language"))
}

func TestFixedWidths(t *testing.T) {
	for css, want := range map[string]int{
		"main{width:960px}":                                               1,
		"main{width:400px}":                                               0,
		"main{max-width:960px}":                                           0,
		"main{min-width: 500px; color:red}":                               1,
		"@media (min-width: 800px){main{width:760px}}":                    0,
		"@media (max-width: 800px){main{width:760px}}":                    1,
		"@media print{main{width:760px}} aside{width:500px}":              1,
		"@media (min-width: 800px){a{width:500px} b{c:d}} e{width:500px}": 1,
		"/* width: 900px; */ p{border-width:500px}":                       0,
		"p{width:calc(100% - 20px)}":                                      0,
		"x{width:900.5px}":                                                1,
	} {
		if got := fixedWidths(css); len(got) != want {
			t.Errorf("%s: %v, want %d", css, got, want)
		}
	}
}

func TestLayoutKind(t *testing.T) {
	site := func(html, css string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/html", html), "/style.css": say(200, "text/css", css)}))
	}
	home := webtest.Param("path", "/")
	o := check(t, "web.layout", site(dashboard, "main{max-width:60rem}"), checks.Pass, home)
	if o.Strength != checks.Inferred {
		t.Errorf("strength %q: nothing was rendered", o.Strength)
	}
	check(t, "web.layout", site(dashboard, "main{width:1024px}"), checks.Fail, home)
	check(t, "web.layout", site(strings.ReplaceAll(dashboard, "viewport", "other"), ""), checks.Fail, home)
	check(t, "web.layout", site(strings.Replace(dashboard, "<table>", "<table width=900>", 1), ""), checks.Fail, home)
	check(t, "web.layout", site(strings.Replace(dashboard, "<table>", `<table style="width:900px">`, 1), ""), checks.Fail, home)
	check(t, "web.layout", serve(t, catchAll), checks.Inconclusive, webtest.Param("path", "/x"))
}

func TestAssets(t *testing.T) {
	min := strings.Repeat("function a(b){return b+1};", 100)
	long := strings.Repeat("function name(value) {\n  return value + 1;\n}\n", 40)
	fine := asset{Path: "/a.js", Status: 200, Minified: true}
	for name, c := range map[string]struct {
		facts assetFacts
		want  checks.Verdict
	}{
		"built":        {assetFacts{Status: 200, Scripts: 2, Assets: []asset{fine}}, checks.Pass},
		"module":       {assetFacts{Status: 200, Scripts: 1, Modules: true, Assets: []asset{fine}}, checks.Pass},
		"one script":   {assetFacts{Status: 200, Scripts: 1, Assets: []asset{fine}}, checks.Warn},
		"not minified": {assetFacts{Status: 200, Scripts: 2, Assets: []asset{{Path: "/a.js", Status: 200}}}, checks.Warn},
		"map":          {assetFacts{Status: 200, Scripts: 2, Assets: []asset{{Path: "/a.js", Status: 200, Minified: true, Map: "/a.js.map"}}}, checks.Warn},
		"missing":      {assetFacts{Status: 200, Scripts: 2, Assets: []asset{{Missing: "no answer"}}}, checks.Inconclusive},
		"none":         {assetFacts{Status: 200}, checks.NA},
		"catch-all":    {assetFacts{Status: 200, LikeOther: true, Assets: []asset{fine}}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeAssets(c.facts), c.want) })
	}
	if !minified("/a.js", []byte(min)) || minified("/a.js", []byte(long)) || !minified("/a.js", []byte("short")) {
		t.Error("minified can't tell a built file from a written one")
	}
	site := func(js string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/html", dashboard), "/style.css": say(200, "text/css", "a{}"),
			"/app.js": say(200, "text/javascript", js), "/app.js.map": say(200, "application/json", `{"version":3,"mappings":"AAAA"}`)}))
	}
	home := webtest.Param("path", "/")
	check(t, "web.assets", site(min), checks.Pass, home)
	check(t, "web.assets", site(long), checks.Warn, home)
	o := check(t, "web.assets", site(min+"\n//# sourceMappingURL=app.js.map"), checks.Warn, home)
	reads(t, o, "source map")
	check(t, "web.assets", site(min+"\n//# sourceMappingURL=gone.js.map"), checks.Pass, home)
}

func TestCaching(t *testing.T) {
	fine := cachedAsset{Path: "/a.js", Status: 200, Cache: "max-age=60", Compressed: true, Bytes: 5000}
	with := func(change func(*cachedAsset)) cachingFacts {
		a := fine
		change(&a)
		return cachingFacts{Status: 200, Assets: []cachedAsset{a}}
	}
	verdictOf(t, judgeCaching(with(func(*cachedAsset) {})), checks.Pass)
	verdictOf(t, judgeCaching(with(func(a *cachedAsset) { a.Cache = "" })), checks.Warn)
	verdictOf(t, judgeCaching(with(func(a *cachedAsset) { a.Cache, a.Validator = "", true })), checks.Warn)
	verdictOf(t, judgeCaching(with(func(a *cachedAsset) { a.Cache = "no-store" })), checks.Warn)
	verdictOf(t, judgeCaching(with(func(a *cachedAsset) { a.Compressed = false })), checks.Warn)
	verdictOf(t, judgeCaching(with(func(a *cachedAsset) { a.Compressed, a.Bytes = false, 100 })), checks.Pass)
	verdictOf(t, judgeCaching(cachingFacts{Status: 200}), checks.NA)
	url := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/html", dashboard), "/style.css": say(200, "text/css", "a{}"), "/app.js": say(200, "text/javascript", "x")}))
	check(t, "web.caching", url, checks.Warn, webtest.Param("path", "/"))
}

func TestExposedFiles(t *testing.T) {
	t.Parallel()
	verdictOf(t, judgeFile(fileFacts{Status: 404}), checks.Pass)
	verdictOf(t, judgeFile(fileFacts{Status: 200}), checks.Pass) // something else under the name
	verdictOf(t, judgeFile(fileFacts{Status: 200, Content: true}), checks.Fail)
	verdictOf(t, judgeFile(fileFacts{Status: 200, Content: true, LikeOther: true}), checks.Inconclusive)
	verdictOf(t, judgeFile(fileFacts{Status: 403, ControlGone: true}), checks.Warn)
	verdictOf(t, judgeFile(fileFacts{Status: 403}), checks.Pass)
	verdictOf(t, judgeFile(fileFacts{Status: 403, LikeOther: true, ShutOut: true}), checks.Inconclusive)
	verdictOf(t, judgeFile(fileFacts{Status: 200, Encoded: true}), checks.Inconclusive)
	verdictOf(t, judgeFile(fileFacts{Status: 301}), checks.Pass)
	verdictOf(t, judgeFile(fileFacts{Status: 301, Moved: "https://pay.example"}), checks.Inconclusive)
	verdictOf(t, judgeFile(fileFacts{Status: 429}), checks.Inconclusive)
	verdictOf(t, judgeFile(fileFacts{Status: 503}), checks.Inconclusive)

	served := func(path, body string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), path: say(200, "text/plain", body)}))
	}
	for path, body := range map[string]string{
		"/.env": "SECRET_KEY=abcdef\nDATABASE_URL=postgres://x\n", "/.git/config": "[core]\n\tbare = false\n", "/.git/HEAD": "ref: refs/heads/main\n",
		"/dump.sql": "-- PostgreSQL database dump\n", "/id_rsa": "-----BEGIN OPENSSH PRIVATE KEY-----\n", "/docker-compose.yml": "services:\n  web:\n",
		"/.aws/credentials": "[default]\naws_access_key_id = AKIA\n", "/config.json": `{"db_password":"x"}`,
	} {
		o := check(t, "security.exposure.files", served(path, body), checks.Fail)
		reads(t, o, path)
		for _, e := range o.Evidence {
			if strings.Contains(string(e.Body), "abcdef") || strings.Contains(string(e.Body), "postgres://x") {
				t.Errorf("%s: a value of the file is in the evidence", path)
			}
		}
	}
	check(t, "security.exposure.files", served("/.env", "<html>SECRET_KEY=a\nX=b</html>"), checks.Pass)
	check(t, "security.exposure.files", serve(t, catchAll), checks.Pass)
	check(t, "security.exposure.files", serve(t, toLogin), checks.Pass)
	// What is redirected whole, to HTTPS or to another name, was not asked for there.
	check(t, "security.exposure.files", serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://pay.example"+r.URL.Path, http.StatusMovedPermanently)
	}), checks.Inconclusive)
	check(t, "security.exposure.files", serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "br")
		say(200, "text/plain", "unreadable")(w, r)
	}), checks.Inconclusive)
	check(t, "security.exposure.files", serve(t, say(200, "text/plain", "A=1\nB=2\nservices:\n")), checks.Inconclusive)
	check(t, "security.exposure.files", serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/.git/config" {
			w.WriteHeader(403)
			return
		}
		http.NotFound(w, r)
	}), checks.Warn)
}

func TestMethods(t *testing.T) {
	verdictOf(t, judgeMethods(methodFacts{Trace: 405}), checks.Pass)
	verdictOf(t, judgeMethods(methodFacts{Trace: 501}), checks.Pass)
	verdictOf(t, judgeMethods(methodFacts{Trace: 405, Allow: "GET, PUT, DELETE"}), checks.Pass)
	verdictOf(t, judgeMethods(methodFacts{Trace: 405, Allow: "GET, TRACE"}), checks.Warn)
	verdictOf(t, judgeMethods(methodFacts{Trace: 200}), checks.Warn)
	verdictOf(t, judgeMethods(methodFacts{Trace: 200, Echoes: true}), checks.Fail)
	verdictOf(t, judgeMethods(methodFacts{Trace: 200, Message: true}), checks.Fail)
	verdictOf(t, judgeMethods(methodFacts{Trace: 503}), checks.Inconclusive)
	verdictOf(t, judgeMethods(methodFacts{Trace: 301}), checks.Inconclusive)
	verdictOf(t, judgeMethods(methodFacts{Trace: 429}), checks.Inconclusive)
	echo := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == "TRACE" {
			say(200, "message/http", fmt.Sprint(r.Header))(w, r)
			return
		}
		catchAll(w, r)
	})
	check(t, "security.http.methods", echo, checks.Fail)
	check(t, "security.http.methods", serve(t, catchAll), checks.Warn)
	check(t, "security.http.methods", serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != "GET" {
			w.WriteHeader(405)
		}
	}), checks.Pass)
}
