package browser

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
)

func TestRefusal(t *testing.T) {
	preflight := func(method string) http.Header {
		return http.Header{"Origin": {"https://pay.example"}, "Access-Control-Request-Method": {method}}
	}
	for _, c := range []struct {
		method, address string
		header          http.Header
		browsable       bool
		want            string
	}{
		{"GET", "https://pay.example/", nil, true, ""},
		{"HEAD", "https://pay.example/", nil, true, ""},
		{"GET", "https://other.example/", nil, false, "out of scope"},
		{"POST", "https://pay.example/", nil, true, "POST does more than read"},
		{"PUT", "https://pay.example/", nil, true, "PUT does more"},
		{"get", "https://pay.example/", nil, true, "get does more"},
		{"", "https://pay.example/", nil, true, "does more"},
		{"PURGE", "https://pay.example/", nil, true, "PURGE does more"},
		{"OPTIONS", "https://pay.example/", preflight("GET"), true, ""},
		{"OPTIONS", "https://pay.example/", preflight("DELETE"), true, "asks leave"},
		{"OPTIONS", "https://pay.example/", nil, true, "OPTIONS does more"},
		{"GET", "ws://pay.example/", nil, true, "WebSocket"},
		{"GET", "https://pay.example/", http.Header{"Upgrade": {"WebSocket"}}, true, "WebSocket"},
	} {
		u, err := url.Parse(c.address)
		if err != nil {
			t.Fatal(err)
		}
		got := refusal(c.method, c.header, u, c.browsable)
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s %s: %q, want %q", c.method, c.address, got, c.want)
		}
	}
}

// seen are the facts of a page without a fault; a change spoils it.
func seen(change func(*facts)) *facts {
	f := &facts{URL: "http://pay.example/", Final: "http://pay.example/", Status: 200, Answered: true, Loaded: true, Settled: true,
		Limit: 15 * time.Second, Content: content{Text: "Welcome", Load: 300, LCP: 200},
		Asked:       []asked{{Method: "GET", URL: "http://pay.example/", Use: "Document", Status: 200, Bytes: 1000}},
		Resources:   []resource{{URL: "http://pay.example/", Use: "Document", Status: 200, Main: true}},
		Navigations: []string{"http://pay.example/"},
		Reaches:     map[string]reach{"phone": {Scroll: 390}, "tablet": {Scroll: 820}, "desktop": {Scroll: 1440}},
	}
	if change != nil {
		change(f)
	}
	return f
}

func script(status int) resource {
	return resource{URL: "http://pay.example/app.js", Use: "Script", Status: status}
}

func refused(use string) asked {
	return asked{Method: "GET", URL: "https://cdn.example/x", Use: use, Refused: "out of scope"}
}

type ruling struct {
	name  string
	facts *facts
	known known
	want  checks.Verdict
	says  string
}

func rule(t *testing.T, cases []ruling, judge func(*facts, known) opinion) {
	t.Helper()
	for _, c := range cases {
		if o := judge(c.facts, c.known); o.Verdict != c.want || !strings.Contains(o.Reason, c.says) {
			t.Errorf("%s: %s %q, want %s %q", c.name, o.Verdict, o.Reason, c.want, c.says)
		}
	}
}

func TestJudgePage(t *testing.T) {
	exception := func(f *facts) { f.Exceptions = []string{"TypeError"} }
	rule(t, []ruling{
		{"good", seen(nil), known{}, checks.Pass, "loads in 0.3 s"},
		{"catch-all", seen(nil), known{Alike: true}, checks.Inconclusive, "unknown paths"},
		{"login", seen(nil), known{Login: true}, checks.Inconclusive, "login"},
		{"control missing", seen(nil), known{Missing: "no answer"}, checks.Inconclusive, "no answer"},
		{"exception", seen(exception), known{}, checks.Fail, "TypeError"},
		{"exception on a catch-all", seen(exception), known{Alike: true}, checks.Fail, "TypeError"},
		{"exception without a script of ours", seen(func(f *facts) { exception(f); f.Asked = append(f.Asked, refused("Script")) }), known{}, checks.Inconclusive, "cdn.example"},
		{"exception without a picture of ours", seen(func(f *facts) { exception(f); f.Asked = append(f.Asked, refused("Image")) }), known{}, checks.Fail, "TypeError"},
		{"refused picture", seen(func(f *facts) { f.Asked = append(f.Asked, refused("Image")) }), known{}, checks.Pass, "1 request not asked, such as https://cdn.example/x: out of scope"},
		{"refused data", seen(func(f *facts) { f.Asked = append(f.Asked, refused("Fetch")) }), known{}, checks.Inconclusive, "not asked for"},
		{"refused, use unknown", seen(func(f *facts) { f.Asked = append(f.Asked, refused("")) }), known{}, checks.Inconclusive, "not asked for"},
		{"401", seen(func(f *facts) { f.Status = 401 }), known{}, checks.Inconclusive, "asks for a login"},
		{"script 404", seen(func(f *facts) { f.Resources = append(f.Resources, script(404)) }), known{}, checks.Fail, "script /app.js does not load: answers 404"},
		{"script is HTML", seen(func(f *facts) {
			r := script(200)
			r.Media, r.Canceled = "text/html", true
			f.Resources = append(f.Resources, r)
		}), known{}, checks.Fail, "it is text/html"},
		{"script given up", seen(func(f *facts) {
			r := script(0)
			r.Error, r.Canceled = "net::ERR_ABORTED", true
			f.Resources = append(f.Resources, r)
		}), known{}, checks.Pass, ""},
		{"script without an answer", seen(func(f *facts) {
			r := script(502)
			f.Resources = append(f.Resources, r)
			f.Asked = append(f.Asked, asked{URL: r.URL, Use: "Script", Trouble: "timed out"})
		}), known{}, checks.Inconclusive, "timed out"},
		{"the page without an answer", seen(func(f *facts) {
			f.Status = 502
			f.Asked[0].Status, f.Asked[0].Trouble = 0, "timed out"
		}), known{}, checks.Inconclusive, "timed out"},
		{"picture 404", seen(func(f *facts) {
			f.Resources = append(f.Resources, resource{URL: "http://pay.example/a.png", Use: "Image", Status: 404})
		}), known{}, checks.Warn, "image /a.png"},
		{"data 401", seen(func(f *facts) {
			f.Resources = append(f.Resources, resource{URL: "http://pay.example/me", Use: "Fetch", Status: 401})
		}), known{}, checks.Pass, ""},
		{"console", seen(func(f *facts) { f.Console = []string{"oh"} }), known{}, checks.Warn, "oh"},
		{"console on a catch-all", seen(func(f *facts) { f.Console = []string{"oh"} }), known{Alike: true}, checks.Inconclusive, "unknown paths"},
		{"500", seen(func(f *facts) { f.Status = 500 }), known{}, checks.Fail, "answers 500"},
		{"403", seen(func(f *facts) { f.Status = 403 }), known{}, checks.Fail, "answers 403"},
		{"nothing", seen(func(f *facts) { f.Status, f.Answered, f.NetError = 0, false, "net::ERR_EMPTY_RESPONSE" }), known{}, checks.Inconclusive, "ERR_EMPTY_RESPONSE"},
		{"loop", seen(func(f *facts) { f.NetError = "net::ERR_TOO_MANY_REDIRECTS" }), known{}, checks.Fail, "without end"},
		{"leaves", seen(func(f *facts) { f.Leaving = "http://other.example/" }), known{}, checks.Inconclusive, "other.example"},
		{"crashed", seen(func(f *facts) { f.Crashed = true }), known{}, checks.Inconclusive, "crashed"},
		{"mute", seen(func(f *facts) { f.Mute = "does not answer" }), known{}, checks.Inconclusive, "does not answer"},
		{"still loading", seen(func(f *facts) { f.Loaded = false }), known{}, checks.Inconclusive, "no load event"},
		{"empty", seen(func(f *facts) { f.Content.Text = " \n" }), known{}, checks.Fail, "shows nothing"},
		{"empty so far", seen(func(f *facts) { f.Content.Text, f.Settled = "", false }), known{}, checks.Inconclusive, "yet"},
		{"a picture alone", seen(func(f *facts) { f.Content.Text, f.Content.Drawn = "", 1 }), known{}, checks.Pass, ""},
		{"reloads", seen(func(f *facts) { f.Navigations = make([]string, maxNavigations+1) }), known{}, checks.Fail, "again and again"},
		{"slow", seen(func(f *facts) { f.Content.Load = 12000 }), known{}, checks.Warn, "12.0 s"},
		{"held back", seen(func(f *facts) { f.Content.Load, f.Asked[0].Held = 12000, 2*time.Second }), known{}, checks.Pass, ""},
	}, func(f *facts, k known) opinion { return judgePage(f, k, 10*time.Second) })
}

func TestJudgeLayout(t *testing.T) {
	reaching := func(name string, r reach) func(*facts) { return func(f *facts) { f.Reaches[name] = r } }
	rules, err := LayoutParams{}.rules()
	if err != nil {
		t.Fatal(err)
	}
	rule(t, []ruling{
		{"fits", seen(nil), known{}, checks.Pass, "fits desktop (1440), tablet (820), phone (390)"},
		{"a pixel", seen(reaching("phone", reach{Scroll: 391})), known{}, checks.Pass, ""},
		{"phone", seen(reaching("phone", reach{Scroll: 392, Viewport: "width=device-width", Wide: []part{{Name: "div#x"}}})), known{}, checks.Fail, "by div#x"},
		{"phone on a catch-all", seen(reaching("phone", reach{Scroll: 900})), known{Alike: true}, checks.Fail, "900 pixels"},
		{"tablet", seen(reaching("tablet", reach{Scroll: 900})), known{}, checks.Warn, "tablet"},
		{"tablet on a catch-all", seen(reaching("tablet", reach{Scroll: 900})), known{Alike: true}, checks.Inconclusive, "unknown paths"},
		{"locked", seen(reaching("phone", reach{Scroll: 900, Locked: true})), known{}, checks.Pass, ""},
		{"cut off", seen(reaching("phone", reach{Scroll: 900, Locked: true, Cut: []part{{Name: "p"}}})), known{}, checks.Warn, "cuts off"},
		{"without its styles", seen(func(f *facts) {
			f.Reaches["phone"] = reach{Scroll: 900}
			f.Asked = append(f.Asked, refused("Stylesheet"))
		}), known{}, checks.Inconclusive, "not seen whole"},
		{"broken", seen(func(f *facts) { f.Resources = append(f.Resources, script(404)) }), known{}, checks.Inconclusive, "is broken"},
		{"not measured", seen(func(f *facts) { delete(f.Reaches, "phone") }), known{}, checks.Inconclusive, "measured"},
		{"empty", seen(func(f *facts) { f.Content.Text = "" }), known{}, checks.Inconclusive, "shows nothing"},
	}, func(f *facts, k known) opinion { return judgeLayout(f, k, rules) })
	if _, err := (LayoutParams{Phone: "pass"}).rules(); err == nil {
		t.Error("an overflow can be made to pass")
	}
}

func TestJudgeWeight(t *testing.T) {
	b := WeightParams{}.budget()
	rule(t, []ruling{
		{"light", seen(nil), known{}, checks.Pass, "1 kB in 1 request"},
		{"heavy", seen(func(f *facts) { f.Asked[0].Bytes = 3_000_000 }), known{}, checks.Warn, "over the budget"},
		{"very heavy", seen(func(f *facts) { f.Asked[0].Bytes = 5_000_000 }), known{}, checks.Fail, "twice"},
		{"heavy by what was refused", seen(func(f *facts) { f.Asked = append(f.Asked, refused("Script")) }), known{}, checks.Inconclusive, "not seen whole"},
		{"late", seen(func(f *facts) { f.Content.LCP = 3000 }), known{}, checks.Warn, "3.0 s"},
		{"very late", seen(func(f *facts) { f.Content.LCP = 5000 }), known{}, checks.Fail, "5.0 s"},
		{"late by our pace", seen(func(f *facts) { f.Content.LCP, f.Asked[0].Held = 5000, time.Second }), known{}, checks.Inconclusive, "own pace"},
		{"shifts", seen(func(f *facts) { f.Content.CLS = 0.2 }), known{}, checks.Warn, "0.20"},
		{"shifts far", seen(func(f *facts) { f.Content.CLS = 0.3 }), known{}, checks.Fail, "0.30"},
		{"broken", seen(func(f *facts) { f.Resources = append(f.Resources, script(404)) }), known{}, checks.Inconclusive, "is broken"},
		{"no paint", seen(func(f *facts) { f.Content.LCP = 0 }), known{}, checks.Inconclusive, "no paint"},
		{"catch-all", seen(nil), known{Alike: true}, checks.Inconclusive, "unknown paths"},
	}, func(f *facts, k known) opinion { return judgeWeight(f, k, b) })
}

func TestJudgeWebGL(t *testing.T) {
	drawing := func(f *facts) { f.Content.Asked, f.Content.Got, f.Content.Drew = 1, 1, 3 }
	rule(t, []ruling{
		{"draws", seen(drawing), known{}, checks.Pass, "3 draw calls"},
		{"no context asked", seen(nil), known{}, checks.Fail, "asks for no"},
		{"nothing drawn", seen(func(f *facts) { drawing(f); f.Content.Drew = 0 }), known{}, checks.Fail, "draws nothing"},
		{"in a worker", seen(func(f *facts) { f.Content.Offscreen = 1 }), known{}, checks.Inconclusive, "worker"},
		{"exception", seen(func(f *facts) { drawing(f); f.Exceptions = []string{"boom"} }), known{}, checks.Fail, "boom"},
		{"catch-all", seen(drawing), known{Alike: true}, checks.Inconclusive, "unknown paths"},
	}, func(f *facts, k known) opinion { return judgeFrame(f, k, true) })
	if o := judgeFrame(seen(drawing), known{}, false); o.Verdict != checks.Inconclusive {
		t.Errorf("a browser without WebGL: %+v", o)
	}
	with := seen(drawing)
	asking := func(text string, change func(*facts)) *facts {
		return seen(func(f *facts) {
			f.Content.Asked, f.Content.Text = 1, text
			if change != nil {
				change(f)
			}
		})
	}
	rule(t, []ruling{
		{"says so", asking("Welcome\nYour browser does not support WebGL", nil), known{}, checks.Pass, "does not support"},
		{"only what it said before", asking("Welcome", nil), known{}, checks.Warn, "says nothing about it"},
		{"other words", asking("Welcome\nIt is 12:01", nil), known{}, checks.Warn, "12:01"},
		{"throws", asking("Welcome\nno WebGL", func(f *facts) { f.Exceptions = []string{"null"} }), known{}, checks.Fail, "exception"},
		{"empty", asking("", nil), known{}, checks.Fail, "nothing at all"},
		{"never tried", asking("Welcome\nno WebGL", func(f *facts) { f.Content.Asked = 0 }), known{}, checks.Inconclusive, "nothing was tried"},
		{"catch-all", asking("Welcome\nno WebGL", nil), known{Alike: true}, checks.Inconclusive, "unknown paths"},
	}, func(f *facts, k known) opinion { return judgeFallback(with, f, k) })
}

func TestLinksToFollow(t *testing.T) {
	f := seen(nil)
	for _, l := range []link{{URL: "http://pay.example/a"}, {URL: "http://pay.example/a#part"}, {URL: "https://other.example/"},
		{URL: "http://pay.example/logout"}, {URL: "http://pay.example/users/sign_out"}, {URL: "http://pay.example/x?action=delete"},
		{URL: "http://pay.example/y", Text: "Log off"}, {URL: "http://pay.example/%6cogout"}, {URL: "http://pay.example/z", Acts: true},
		{URL: "http://pay.example/catalogue"}, {URL: "javascript:void(0)"}, {URL: "mailto:a@pay.example"}, {URL: "http://[bad"}} {
		f.Content.Links = append(f.Content.Links, l)
	}
	follow, left := toFollow(f)
	if got := strings.Join(follow, " "); got != "http://pay.example/a http://pay.example/catalogue" {
		t.Errorf("follows %s", got)
	}
	if len(left) != 6 {
		t.Errorf("leaves %d alone: %v", len(left), left)
	}
	for range 40 {
		f.Content.Links = append(f.Content.Links, link{URL: "http://pay.example/" + random()})
	}
	if follow, _ = toFollow(f); len(follow) != maxLinks {
		t.Errorf("follows %d links", len(follow))
	}
	for _, c := range []struct {
		code      int
		elsewhere string
		hops      int
		alike     bool
		want      checks.Verdict
	}{
		{200, "", 0, false, checks.Pass}, {404, "", 0, true, checks.Fail}, {200, "", 0, true, checks.Inconclusive},
		{302, "sso.example", 0, false, checks.Pass}, {302, "sso.example", 0, true, checks.Inconclusive},
		{302, "", 0, false, checks.Inconclusive}, {302, "", maxHops + 1, false, checks.Fail}, {500, "", 1, false, checks.Fail},
	} {
		if p := judgeLink("link /x", c.code, c.elsewhere, c.hops, c.alike); p.Verdict != c.want {
			t.Errorf("%+v: %s %s", c, p.Verdict, p.Reason)
		}
	}
}

// TestLedgerBounds holds that no visit takes more than its share of the run.
func TestLedgerBounds(t *testing.T) {
	l := &ledger{}
	for i := range maxVisitRequests + 5 {
		if why := l.begin(&asked{}, 1000); (why != "") != (i >= maxVisitRequests) {
			t.Fatalf("request %d: %q", i, why)
		}
	}
	if why := (&ledger{}).begin(&asked{}, 0); !strings.Contains(why, "of the run") {
		t.Errorf("over the run's share: %q", why)
	}
	heavy := &ledger{bytes: maxVisitBytes + 1}
	if why := heavy.begin(&asked{}, 10); !strings.Contains(why, "MiB") {
		t.Errorf("over the visit's bytes: %q", why)
	}
	many := &ledger{}
	for range maxNoted + 7 {
		many.refuse(&asked{URL: random(), Refused: "x"})
	}
	if list, over := many.entries(); len(list) != maxNoted || over != 7 {
		t.Errorf("%d kept, %d over", len(list), over)
	}
}
