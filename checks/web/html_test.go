package web

import (
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

// words are enough text for a page that says something by itself.
const words = "<p>" + "These are some words that a reader finds on the page without any script. They go on." + "</p>"

// hash is a well-formed integrity value of the algorithm.
var hashes = map[string]string{"sha256": "sha256-" + strings.Repeat("A", 43) + "=", "sha384": "sha384-" + strings.Repeat("A", 64), "sha512": "sha512-" + strings.Repeat("A", 86) + "=="}

// onePage serves a page at /page, files beside it and 404 elsewhere.
func onePage(t *testing.T, html string, files map[string]http.HandlerFunc) string {
	all := map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/page": say(200, "text/html; charset=utf-8", html)}
	for path, h := range files {
		all[path] = h
	}
	return serve(t, routes(all))
}

func TestAccessibility(t *testing.T) {
	t.Parallel()
	const head = `<!doctype html><html lang="en"><head><title>T</title></head><body><h1>H</h1>` + words
	for name, c := range map[string]struct {
		html string
		want checks.Verdict
		say  string
	}{
		"baseline":           {head, checks.Pass, ""},
		"no lang":            {strings.Replace(head, ` lang="en"`, "", 1), checks.Fail, "lang"},
		"empty title":        {strings.Replace(head, "T</title>", " </title>", 1), checks.Fail, "title"},
		"no h1":              {strings.Replace(head, "<h1>H</h1>", "", 1), checks.Warn, "no h1"},
		"two h1":             {head + "<h1>Again</h1>", checks.Warn, "2 h1"},
		"no alt":             {head + "<img src=a.png>", checks.Fail, "alt"},
		"empty alt":          {head + `<img src=a.png alt="">`, checks.Pass, ""},
		"decoration":         {head + `<img src=a.png role=presentation>`, checks.Pass, ""},
		"hidden image":       {head + `<div aria-hidden=true><img src=a.png></div>`, checks.Pass, ""},
		"placeholder":        {head + `<input name=q placeholder=Search>`, checks.Fail, `"q"`},
		"label for":          {head + `<label for=q>Search</label><input id=q>`, checks.Pass, ""},
		"empty label":        {head + `<label for=q></label><input id=q>`, checks.Fail, "label"},
		"label of another":   {head + `<label for=z>Search</label><input id=q>`, checks.Fail, "label"},
		"labelled by":        {head + `<b id=l>Search</b><input aria-labelledby=l>`, checks.Pass, ""},
		"labelled by no one": {head + `<input aria-labelledby=none>`, checks.Fail, "label"},
		"hidden field":       {head + `<input type=hidden name=x><input type=submit>`, checks.Pass, ""},
		"icon button":        {head + `<button><svg></svg></button>`, checks.Fail, "button"},
		"named button":       {head + `<button aria-label=Close><svg></svg></button>`, checks.Pass, ""},
		"image link":         {head + `<a href=/><img src=x alt=Home></a>`, checks.Pass, ""},
		"empty link":         {head + `<a href=/></a>`, checks.Fail, "link"},
		"no zoom":            {strings.Replace(head, "<title>", `<meta name=viewport content="width=device-width, user-scalable=no"><title>`, 1), checks.Fail, "zoomed"},
		"zoom capped":        {strings.Replace(head, "<title>", `<meta name=viewport content="maximum-scale=1.0"><title>`, 1), checks.Fail, "zoomed"},
		"zoom to five":       {strings.Replace(head, "<title>", `<meta name=viewport content="maximum-scale=5"><title>`, 1), checks.Pass, ""},
		"shell":              {shellPage, checks.Inconclusive, "rendered by script"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reads(t, check(t, "web.accessibility", onePage(t, c.html, nil), c.want, webtest.Param("path", "/page")), c.say)
		})
	}
	check(t, "web.accessibility", serve(t, say(200, "text/html", head)), checks.Inconclusive, webtest.Param("path", "/page"))
	check(t, "web.accessibility", serve(t, say(200, "text/html", head)), checks.Pass, webtest.Param("path", "/"))
	check(t, "web.accessibility", onePage(t, head, nil), checks.Fail, webtest.Param("path", "/gone"))
	check(t, "web.accessibility", onePage(t, head, nil), checks.Pending)
}

func TestIntegrity(t *testing.T) {
	t.Parallel()
	const far = "https://cdn.other.example/x.js"
	script := func(attributes string) string {
		return "<html><head><script src=" + far + " " + attributes + "></script></head><body>" + words
	}
	for name, c := range map[string]struct {
		html string
		want checks.Verdict
		say  string
	}{
		"none":             {"<html><body>" + words + "<script src=/app.js></script>", checks.Pass, "names no script"},
		"sha384":           {script(`integrity="` + hashes["sha384"] + `" crossorigin`), checks.Pass, "1 file"},
		"sha512 and junk":  {script(`integrity="md5-x ` + hashes["sha512"] + `" crossorigin=anonymous`), checks.Pass, ""},
		"no hash":          {script(""), checks.Fail, "no integrity hash"},
		"no crossorigin":   {script(`integrity="` + hashes["sha256"] + `"`), checks.Fail, "crossorigin"},
		"short hash":       {script(`integrity="sha384-AAAA" crossorigin`), checks.Fail, "can't read"},
		"md5":              {script(`integrity="md5-` + strings.Repeat("A", 24) + `" crossorigin`), checks.Fail, "can't read"},
		"wrong algorithm":  {script(`integrity="sha256-` + strings.Repeat("A", 64) + `" crossorigin`), checks.Fail, "can't read"},
		"style":            {"<html><link rel=stylesheet href=//cdn.other.example/a.css><body>" + words, checks.Fail, "a.css"},
		"base element":     {"<html><head><base href=https://cdn.other.example/><script src=/x.js></script></head><body>" + words, checks.Fail, "x.js"},
		"import":           {`<html><body>` + words + `<script type=module>import {a} from "https://cdn.other.example/m.js"</script>`, checks.Fail, "imported"},
		"icon":             {"<html><link rel=icon href=https://cdn.other.example/a.ico><body>" + words, checks.Pass, ""},
		"shell":            {shellPage, checks.Inconclusive, "rendered by script"},
		"shell, no hash":   {strings.Replace(shellPage, "/app.js", far, 1), checks.Fail, "no integrity hash"},
		"empty":            {"<html><body></body></html>", checks.Inconclusive, "empty"},
		"query stays home": {"<html><script src='" + far + "?token=s3cret'></script><body>" + words, checks.Fail, "x.js"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := check(t, "web.integrity", onePage(t, c.html, nil), c.want, webtest.Param("path", "/page"))
			reads(t, o, c.say)
			if strings.Contains(string(o.Reason), "s3cret") {
				t.Errorf("reason: %s", o.Reason)
			}
		})
	}
	if !sameSite(mustParse("https://www.pay.example.co.uk/"), mustParse("https://cdn.example.co.uk/")) || sameSite(mustParse("https://a.co.uk/"), mustParse("https://b.co.uk/")) {
		t.Error("the site is not the registrable domain")
	}
	check(t, "web.integrity", serve(t, catchAll), checks.Inconclusive, webtest.Param("path", "/page"))
}

func TestMixed(t *testing.T) {
	t.Parallel()
	const page = `<html><head><link rel=stylesheet href=/a.css><script src=/a.js></script></head><body>` + words + `<img src=/a.png alt=""><script src=https://cdn.other.example/x.js></script>`
	js, css, png := say(200, "text/javascript", "1"), say(200, "text/css", "a{}"), say(200, "image/png", "png")
	with := func(path string, h http.HandlerFunc) map[string]http.HandlerFunc {
		files := map[string]http.HandlerFunc{"/a.js": js, "/a.css": css, "/a.png": png}
		files[path] = h
		return files
	}
	for name, c := range map[string]struct {
		files map[string]http.HandlerFunc
		want  checks.Verdict
		say   string
	}{
		"all there":      {with("/a.js", js), checks.Pass, "3 files"},
		"no script":      {with("/a.js", http.NotFound), checks.Fail, "/a.js answers 404"},
		"no style":       {with("/a.css", http.NotFound), checks.Fail, "/a.css"},
		"no image":       {with("/a.png", http.NotFound), checks.Warn, "/a.png"},
		"script as page": {with("/a.js", say(200, "text/html", "<html>")), checks.Fail, "text/html"},
		"script as text": {with("/a.js", say(200, "text/plain", "1")), checks.Warn, "text/plain"},
		"style as text":  {with("/a.css", say(200, "text/plain", "a{}")), checks.Fail, "text/plain"},
		"image as json":  {with("/a.png", say(200, "application/json", "{}")), checks.Warn, "application/json"},
		"script 500":     {with("/a.js", say(500, "text/plain", "")), checks.Fail, "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			reads(t, check(t, "web.mixed", onePage(t, page, c.files), c.want, webtest.Param("path", "/page")), c.say)
		})
	}
	check(t, "web.mixed", onePage(t, "<html><body>"+words, nil), checks.NA, webtest.Param("path", "/page"))
	check(t, "web.mixed", onePage(t, "<html><body>", nil), checks.Inconclusive, webtest.Param("path", "/page"))
	reads(t, check(t, "web.mixed", onePage(t, "<html><script src=https://cdn.other.example/x.js></script><body>", nil), checks.Inconclusive, webtest.Param("path", "/page")), "not asked")
	check(t, "web.mixed", serve(t, catchAll), checks.Fail, webtest.Param("path", "/")) // its script is the page again
	everything := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/page" {
			say(200, "text/html", "<html><script src=/a.js></script><body>"+words)(w, r)
			return
		}
		js(w, r)
	})
	reads(t, check(t, "web.mixed", everything, checks.Inconclusive, webtest.Param("path", "/page")), "like unknown paths")
}

// TestMixedOverHTTPS looks at pages over https: what they load over http is never asked.
func TestMixedOverHTTPS(t *testing.T) {
	for name, c := range map[string]struct {
		html, css string
		want      checks.Verdict
	}{
		"clean":          {"<link rel=stylesheet href=/a.css><body>" + words, "a{}", checks.Pass},
		"script":         {"<script src=http://127.0.0.1/x.js></script><body>" + words, "", checks.Fail},
		"image":          {"<body>" + words + "<img src=http://127.0.0.1/x.png>", "", checks.Fail},
		"frame":          {"<body>" + words + "<iframe src=http://127.0.0.1/x></iframe>", "", checks.Fail},
		"in the style":   {"<style>a{background:url(http://127.0.0.1/x.png)}</style><body>" + words, "", checks.Fail},
		"in a sheet":     {"<link rel=stylesheet href=/a.css><body>" + words, "@import 'http://127.0.0.1/b.css';", checks.Fail},
		"a link is fine": {"<link rel=stylesheet href=/a.css><body>" + words + "<a href=http://127.0.0.1/>x</a>", "a{}", checks.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			s := httptest.NewTLSServer(routes(map[string]http.HandlerFunc{"/page": say(200, "text/html", c.html), "/a.css": say(200, "text/css", c.css)}))
			t.Cleanup(s.Close)
			check(t, "web.mixed", s.URL, c.want, webtest.Param("path", "/page"), trusting(t, s))
		})
	}
}

func TestTypeRule(t *testing.T) {
	for name, c := range map[string]struct {
		media, body string
		want        checks.Verdict
	}{
		"page":              {"text/html; charset=utf-8", "<!doctype html><html>ü", checks.Pass},
		"page, no charset":  {"text/html", "<!doctype html>", checks.Warn},
		"json":              {"application/json", `{"a":1}`, checks.Pass},
		"bare json":         {"application/json", `"ok"`, checks.Pass},
		"problem":           {"application/problem+json", `{"title":"x"}`, checks.Pass},
		"script":            {"text/javascript", "let a = 1", checks.Pass},
		"style, no charset": {"text/css", "a{}", checks.Warn},
		"none":              {"", "x", checks.Fail},
		"no type":           {"json", "x", checks.Fail},
		"json as page":      {"text/html; charset=utf-8", `{"a":1}`, checks.Fail},
		"json as text":      {"text/plain; charset=utf-8", `[1,2]`, checks.Fail},
		"page as json":      {"application/json", "<html><p>no", checks.Fail},
		"broken json":       {"application/json", `{"a":`, checks.Fail},
		"empty json":        {"application/json", "  ", checks.Fail},
		"page as script":    {"text/javascript", "<!doctype html><html>", checks.Fail},
		"unknown charset":   {"text/plain; charset=gonogo", "x", checks.Fail},
		"not utf-8":         {"text/plain; charset=utf-8", "gr\xfcn", checks.Fail},
		"latin-1":           {"text/plain; charset=iso-8859-1", "gr\xfcn", checks.Pass},
		"picture":           {"image/png", "\x89PNG", checks.Pass},
	} {
		t.Run(name, func(t *testing.T) {
			x := answered(200, c.media, c.body)
			if c.media == "" {
				x.Header = http.Header{}
			}
			verdictOf(t, judgeType(readType(x)), c.want)
		})
	}
	site := func(media string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/html; charset=utf-8", "<!doctype html><script src=/a.js></script>"), "/a.js": say(200, "text/javascript", "1"), "/api/quotes": say(200, media, `{"a":1}`)}))
	}
	quotes := webtest.Target(func(target *checks.Target) { target.Paths.Sample = "/api/quotes" })
	reads(t, check(t, "web.content_type", site("application/json"), checks.Pass, quotes), "5 answers")
	reads(t, check(t, "web.content_type", site("text/html"), checks.Fail, quotes), "JSON served as text/html")
	check(t, "web.content_type", serve(t, say(404, "application/json", `{"detail":"no"}`)), checks.Inconclusive)
	check(t, "web.content_type", serve(t, func(http.ResponseWriter, *http.Request) {}), checks.Inconclusive)
}

// trusting lets the target's certificate authority be the test server's own.
func trusting(t *testing.T, s *httptest.Server) webtest.Option {
	file := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	return webtest.Target(func(target *checks.Target) { target.TLS.CAFile = file })
}
