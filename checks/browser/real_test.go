package browser

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assess/gonogo/checks"
)

// needBrowser skips a test where there is no browser.
func needBrowser(t *testing.T) {
	t.Helper()
	if _, err := Find(); err != nil {
		t.Skip("chromium is not installed")
	}
}

// site is a server of pages that records what it is asked.
type site struct {
	*httptest.Server
	pages map[string]string

	mu    sync.Mutex
	asked []string // "GET /path"
	heads []http.Header
}

// page is a whole HTML page around a body.
func html(head, body string) string {
	return `<!doctype html><html lang="en"><head><title>T</title><meta name="viewport" content="width=device-width, initial-scale=1">` + head + `</head><body>` + body + `</body></html>`
}

func newSite(t *testing.T, pages map[string]string, special map[string]http.HandlerFunc) *site {
	t.Helper()
	s := &site{pages: pages}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
		s.heads = append(s.heads, r.Header.Clone())
		s.mu.Unlock()
		if h := special[r.URL.Path]; h != nil {
			h(w, r)
			return
		}
		if body, ok := s.pages[r.URL.Path]; ok {
			if strings.HasSuffix(r.URL.Path, ".js") {
				w.Header().Set("Content-Type", "text/javascript")
			} else {
				w.Header().Set("Content-Type", "text/html")
			}
			fmt.Fprint(w, body)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

// requests lists what the site was asked.
func (s *site) requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string{}, s.asked...)
}

// try is one check of one page with the verdict it must get.
type try struct {
	name   string
	kind   string
	path   string
	params map[string]any
	want   checks.Verdict
	says   string // in the reason
}

// runAll runs the tries as items of one profile, in one run, with one browser.
func runAll(t *testing.T, ctx context.Context, target *checks.Target, tries []try) map[string]checks.Outcome {
	t.Helper()
	registry, err := checks.NewRegistry(Kinds()...)
	if err != nil {
		t.Fatal(err)
	}
	category := checks.Category{ID: "test", Title: "Test", Weight: 1}
	for _, c := range tries {
		params := map[string]any{"path": c.path}
		for name, value := range c.params {
			params[name] = value
		}
		category.Items = append(category.Items, checks.Item{ID: c.name, Title: "test", Severity: checks.High, Gate: checks.Condition,
			Checks: []checks.Check{{Kind: c.kind, Params: params}}})
	}
	profile := &checks.Profile{ID: "test", Title: "test", Version: 1, Scoring: checks.Scoring{Method: "passrate", Rules: "modern"},
		Categories: []checks.Category{category}}
	plan, err := checks.NewPlan(target, profile, registry, checks.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[string]checks.Outcome{}
	plan.Run(ctx, checks.RunOptions{Version: "test", RunID: "test"}, func(e checks.Event) {
		if finished, ok := e.(checks.Finished); ok {
			outcomes[finished.Outcome.Item] = finished.Outcome
		}
	})
	return outcomes
}

// hold checks the outcomes against what the tries want, and that nothing is left behind.
func hold(t *testing.T, tries []try, outcomes map[string]checks.Outcome) {
	t.Helper()
	for _, c := range tries {
		o, ok := outcomes[c.name]
		if !ok {
			t.Errorf("%s: no outcome", c.name)
			continue
		}
		if o.Verdict != c.want || !strings.Contains(string(o.Reason), c.says) {
			t.Errorf("%s: %s %q\nwant %s %q\n%s", c.name, o.Verdict, o.Reason, c.want, c.says, notes(o))
		}
		if len(o.Evidence) == 0 {
			t.Errorf("%s: no evidence", c.name)
		}
		keep(t, c.name, o)
	}
}

func notes(o checks.Outcome) string {
	var b strings.Builder
	for _, e := range o.Evidence {
		if e.Media == "txt" {
			b.Write(e.Body)
		}
	}
	return b.String()
}

// keep writes the pictures to the folder in $GONOGO_SHOTS, to be looked at.
func keep(t *testing.T, name string, o checks.Outcome) {
	dir := os.Getenv("GONOGO_SHOTS")
	if dir == "" {
		return
	}
	for i, e := range o.Evidence {
		if e.Media == "png" {
			if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d.png", name, i)), e.Body, 0o600); err != nil {
				t.Error(err)
			}
		}
	}
}

// leftovers lists folders of browsers that were not removed, and processes that still run
// in one of them.
func leftovers(t *testing.T, tmp string) []string {
	t.Helper()
	out, err := filepath.Glob(filepath.Join(tmp, "gonogo-browser-*"))
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, line := range lines {
		if text, err := os.ReadFile(line); err == nil && strings.Contains(string(text), tmp+"/gonogo-browser-") {
			out = append(out, line+" "+strings.ReplaceAll(string(text), "\x00", " ")[:min(len(text), 200)])
		}
	}
	return out
}

// ownTemp gives the test a temporary folder of its own in which leftovers show.
func ownTemp(t *testing.T) string {
	t.Helper()
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	return tmp
}

func shorten(t *testing.T, load time.Duration) {
	t.Helper()
	l, s, q, a := visitLimit, settleLimit, settleQuiet, stepLimit
	visitLimit, settleLimit, settleQuiet, stepLimit = load, 3*time.Second, 150*time.Millisecond, 3*time.Second
	t.Cleanup(func() { visitLimit, settleLimit, settleQuiet, stepLimit = l, s, q, a })
}

// neighbour is a server out of scope. It must never hear a word.
func neighbour(t *testing.T) (address string, heard func() int) {
	t.Helper()
	var mu sync.Mutex
	count := 0
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			count++
			mu.Unlock()
			_ = c.Close()
		}
	}()
	return l.Addr().String(), func() int { mu.Lock(); defer mu.Unlock(); return count }
}

const goodNav = `<nav><a href="/about">About</a> <a href="/logout">Sign out</a> <a href="https://elsewhere.example/">Else</a></nav><h1>Welcome</h1><p>Some words here.</p><script src="/ok.js"></script>`

// TestPages holds the kinds to a real browser and to pages of many tempers.
func TestPages(t *testing.T) {
	needBrowser(t)
	tmp := ownTemp(t)
	shorten(t, 5*time.Second)
	other, heard := neighbour(t)
	udp, packets := udpEar(t)
	pages := map[string]string{
		"/":      html("", goodNav),
		"/about": html("", "<h1>About us</h1>"),
		"/ok.js": "document.body.dataset.ok = 'yes';",
		"/wide":  html("", `<div class="banner hero" style="width:900px;background:#ccc">wide</div>`),
		"/cut":   html("<style>#box{overflow:hidden;width:100%}p{white-space:nowrap}</style>", `<div id="box"><p>`+strings.Repeat("words that run out of the screen ", 20)+`</p></div>`),
		"/sized": html("", `<div id="s">as wide as the screen was</div><script>document.getElementById("s").style.width = (innerWidth - 40) + "px"</script>`),
		"/menu":  html("<style>body{overflow-x:hidden}#m{position:absolute;left:100%;width:300px}</style>", `<div id="m">a menu beside the screen</div><p>text</p><div style="overflow-x:auto"><table style="width:1900px"><tr><td>in a box of its own</td></tr></table></div>`),
		"/mild": html("", `<p>x</p><img src="https://`+other+`/dot.png"><script>
			alert("once"); confirm("sure?"); navigator.sendBeacon("/api/beacon", "1");
			window.open("http://`+other+`/pop"); window.open("/about");
			const c = new RTCPeerConnection({iceServers: [{urls: "stun:`+udp+`"}]}); c.createDataChannel("x");
			c.createOffer().then((o) => c.setLocalDescription(o));</script>`),
		"/zoomed":     `<!doctype html><html><head><title>T</title></head><body><p>no viewport element</p></body></html>`,
		"/console":    html("", `<p>x</p><script>console.error("shelf is empty", 42)</script>`),
		"/throws":     html("", `<p>x</p><script>null.shelf</script>`),
		"/rejects":    html("", `<p>x</p><script>Promise.reject(new Error("no shelf"))</script>`),
		"/noscript":   html("", `<p>x</p><script src="/missing.js"></script>`),
		"/blank":      html("", ``),
		"/leaves":     html("", `<p>x</p><script>location.href = "http://`+other+`/secret"</script>`),
		"/metadata":   html("", `<p>x</p><script>fetch("http://169.254.169.254/latest/meta-data/").catch(() => {})</script>`),
		"/foreign":    html("", `<p>x</p><script src="http://`+other+`/lib.js"></script><script>new Worker("/worker.js")</script><iframe src="http://`+other+`/frame"></iframe>`),
		"/posts":      html("", `<p>x</p><script>fetch("/api/orders", {method: "POST", body: "1"}); fetch("/api/orders/1", {method: "DELETE"})</script>`),
		"/form":       html("", `<form method="post" action="/api/form"><input name="a"></form><script>document.forms[0].submit()</script>`),
		"/socket":     html("", `<p>x</p><script>new WebSocket("ws://" + location.host + "/ws"); new WebTransport("https://`+udp+`/").closed.catch(() => {})</script>`),
		"/alerts":     html("", `<p>x</p><script>for (;;) alert("again")</script>`),
		"/busy":       html("", `<p>x</p><script>for (;;);</script>`),
		"/reloads":    html("", `<p>x</p><script>location.href = "/reloads?" + Math.random()</script>`),
		"/worker.js":  `fetch("http://` + other + `/w").catch(() => {}); fetch("/api/worker", {method: "POST"}).catch(() => {})`,
		"/file":       html("", `<p>x</p><iframe src="file:///etc/passwd"></iframe>`),
		"/gl":         html("", `<canvas id="c" width="50" height="50"></canvas><p id="p"></p><script>`+triangle+`</script>`),
		"/glthrows":   html("", `<canvas id="c"></canvas><p>scene</p><script>const g = document.getElementById("c").getContext("webgl"); g.clearColor(0,0,0,1); g.drawArrays(g.POINTS, 0, 1)</script>`),
		"/heavy":      html("", `<p>x</p><script src="/big.js"></script>`),
		"/spa.js":     `document.getElementById("root").innerHTML = '<nav><a href="/about">About</a><a href="/gone">Gone</a></nav>'`,
		"/rendered":   html("", `<div id="root"></div><script src="/spa.js"></script>`),
		"/huge":       html("", strings.Repeat("<div><span>cell of a very large page</span></div>", 8000)),
		"/htmlscript": html("", `<p>x</p><script src="/about"></script><link rel="stylesheet" href="/about?css">`),
	}
	s := newSite(t, pages, map[string]http.HandlerFunc{
		"/loop": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) },
		"/big.js": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, strings.Repeat(" ", 5_000_000))
		},
		"/download": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Disposition", "attachment; filename=x.bin")
			_, _ = w.Write(make([]byte, 1000))
		},
		"/never": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, html("", "<p>some</p>"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"/account": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
		"/login":   func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, html("", "<form><input></form>")) },
	})
	tries := []try{
		{"good", "browser.page", "/", nil, checks.Pass, "without errors"},
		{"links", "browser.links", "/", nil, checks.Pass, "1 link of its navigation lead somewhere; 1 left alone"},
		{"rendered-links", "browser.links", "/rendered", nil, checks.Fail, "link /gone answers 404"},
		{"layout", "browser.layout", "/", nil, checks.Pass, "fits desktop (1440), tablet (820), phone (390)"},
		{"weight", "browser.weight", "/", nil, checks.Pass, "layout shift 0.00"},
		{"wide", "browser.layout", "/wide", nil, checks.Fail, "pixels wide on a phone of 390, by div.banner.hero"},
		{"wide-ignored", "browser.layout", "/wide", map[string]any{"phone": "ignore"}, checks.Warn, "on a tablet of 820"},
		{"cut", "browser.layout", "/cut", nil, checks.Warn, "cuts off text"},
		{"sized", "browser.layout", "/sized", nil, checks.Pass, "fits"},
		{"menu", "browser.layout", "/menu", nil, checks.Pass, "fits"},
		{"zoomed", "browser.layout", "/zoomed", nil, checks.Fail, "on a phone of 390: it has no viewport element"},
		{"console", "browser.page", "/console", nil, checks.Warn, "shelf is empty 42"},
		{"throws", "browser.page", "/throws", nil, checks.Fail, "Cannot read properties of null"},
		{"rejects", "browser.page", "/rejects", nil, checks.Fail, "no shelf"},
		{"noscript", "browser.page", "/noscript", nil, checks.Fail, "script /missing.js does not load: answers 404"},
		{"blank", "browser.page", "/blank", nil, checks.Fail, "shows nothing"},
		{"missing", "browser.page", "/nope", nil, checks.Fail, "answers 404"},
		{"loop", "browser.page", "/loop", nil, checks.Fail, "redirects without end"},
		{"login", "browser.page", "/account", nil, checks.Inconclusive, "login"},
		{"never", "browser.page", "/never", nil, checks.Inconclusive, "no load event"},
		{"leaves", "browser.page", "/leaves", nil, checks.Inconclusive, "out of scope"},
		{"metadata", "browser.page", "/metadata", nil, checks.Inconclusive, "http://169.254.169.254/latest/meta-data/ was not asked for: out of scope"},
		{"foreign", "browser.page", "/foreign", nil, checks.Inconclusive, "lib.js was not asked for: out of scope"},
		{"posts", "browser.page", "/posts", nil, checks.Inconclusive, "does more than read"},
		{"form", "browser.page", "/form", nil, checks.Inconclusive, "/api/form"},
		{"mild", "browser.page", "/mild", nil, checks.Pass, "2 requests not asked"},
		{"socket", "browser.page", "/socket", nil, checks.Inconclusive, "WebSocket"},
		{"alerts", "browser.page", "/alerts", nil, checks.Inconclusive, "one dialogue after the other"},
		{"busy", "browser.page", "/busy", nil, checks.Inconclusive, "does not answer"},
		{"reloads", "browser.page", "/reloads", nil, checks.Fail, "again and again"},
		{"file", "browser.page", "/file", nil, checks.Warn, "Not allowed to load local resource"},
		{"download", "browser.page", "/download", nil, checks.Inconclusive, ""},
		{"huge", "browser.page", "/huge", nil, checks.Pass, "without errors"},
		{"htmlscript", "browser.page", "/htmlscript", nil, checks.Fail, "does not load: it is text/html (and 1 more)"},
		{"heavy", "browser.weight", "/heavy", nil, checks.Fail, "over twice the budget"},
		{"gl", "browser.webgl", "/gl", nil, checks.Pass, "draws with WebGL"},
		{"gl-fallback", "browser.webgl", "/gl", map[string]any{"want": "fallback"}, checks.Pass, "WebGL is not available here"},
		{"gl-none", "browser.webgl", "/", nil, checks.Fail, "asks for no WebGL"},
		{"gl-na", "browser.webgl", "/", map[string]any{"want": "fallback"}, checks.NA, "asks for no WebGL"},
		{"gl-throws", "browser.webgl", "/glthrows", map[string]any{"want": "fallback"}, checks.Fail, "throws an exception without WebGL"},
		{"own-host", "browser.page", "http://" + other + "/", nil, checks.Inconclusive, "out of scope"},
	}
	began := time.Now()
	t.Setenv("GONOGO_TEST_KEY", "header-secret-1")
	target := &checks.Target{Name: "test", Environment: "production", BaseURL: s.URL, Headers: map[string]string{"X-Key": "${env:GONOGO_TEST_KEY}"}}
	outcomes := runAll(t, t.Context(), target, tries)
	t.Logf("%d checks in %s", len(tries), time.Since(began).Round(time.Millisecond))
	hold(t, tries, outcomes)
	if n := heard(); n != 0 {
		t.Errorf("a host out of scope heard %d connections", n)
	}
	if n := packets(); n != 0 {
		t.Errorf("%d packets past the proxy", n)
	}
	for i, line := range s.requests() {
		if !strings.HasPrefix(line, "GET ") && !strings.HasPrefix(line, "HEAD ") {
			t.Errorf("sent: %s", line)
		}
		if strings.Contains(line, "logout") {
			t.Errorf("sent: %s", line)
		}
		head := s.heads[i]
		if head.Get("X-Gonogo-Run") == "" || !strings.HasPrefix(head.Get("User-Agent"), "gonogo/") {
			t.Errorf("%s goes unsigned: %v", line, head)
		}
		if head.Get("Sec-Fetch-Mode") != "" && head.Get("X-Key") != "" {
			t.Errorf("%s of the browser carries [headers]", line)
		}
	}
	if left := leftovers(t, tmp); len(left) > 0 {
		t.Errorf("left behind: %s", strings.Join(left, "\n"))
	}
}

// udpEar listens for packets, which no browser of ours may send.
func udpEar(t *testing.T) (address string, heard func() int) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	var mu sync.Mutex
	count := 0
	go func() {
		b := make([]byte, 2048)
		for {
			if _, _, err := c.ReadFrom(b); err != nil {
				return
			}
			mu.Lock()
			count++
			mu.Unlock()
		}
	}()
	return c.LocalAddr().String(), func() int { mu.Lock(); defer mu.Unlock(); return count }
}

const triangle = `
const g = document.getElementById("c").getContext("webgl");
if (!g) { document.getElementById("p").textContent = "WebGL is not available here: see the table instead"; }
else {
  const shader = (kind, source) => { const s = g.createShader(kind); g.shaderSource(s, source); g.compileShader(s); return s; };
  const program = g.createProgram();
  g.attachShader(program, shader(g.VERTEX_SHADER, "void main() { gl_Position = vec4(0, 0, 0, 1); gl_PointSize = 40.0; }"));
  g.attachShader(program, shader(g.FRAGMENT_SHADER, "void main() { gl_FragColor = vec4(1, 0, 0, 1); }"));
  g.linkProgram(program); g.useProgram(program); g.drawArrays(g.POINTS, 0, 1);
}`
