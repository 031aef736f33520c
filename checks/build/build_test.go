package build

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

const (
	mine  = "9f2c1d7a0b3e4f5061728394a5b6c7d8e9f00112"
	other = "0123456789abcdef0123456789abcdef01234567"
)

func TestCompare(t *testing.T) {
	both := identity{Commit: mine, Version: "2.3.1", From: "[build] commit"}
	commitOnly, versionOnly := identity{Commit: mine}, identity{Version: "2.3.1"}
	digitsOnly := identity{Commit: "2026100" + strings.Repeat("1", 33), Version: "2.3.1"}
	for name, c := range map[string]struct {
		want  identity
		shown stamp
		is    checks.Verdict
	}{
		"the whole commit":                {both, stamp{Commit: mine}, checks.Pass},
		"7 digits":                        {both, stamp{Commit: mine[:7]}, checks.Pass},
		"6 digits":                        {both, stamp{Commit: mine[:6]}, checks.Inconclusive},
		"6 digits and the version":        {both, stamp{Commit: mine[:6], Version: "2.3.1"}, checks.Warn},
		"upper case":                      {both, stamp{Commit: strings.ToUpper(mine)}, checks.Pass},
		"declared short":                  {identity{Commit: mine[:9]}, stamp{Commit: mine}, checks.Pass},
		"another":                         {both, stamp{Commit: other, Version: "2.3.1"}, checks.Fail},
		"a longer one that begins so":     {both, stamp{Commit: mine[:20] + other[:20]}, checks.Fail},
		"another version, same commit":    {both, stamp{Commit: mine, Version: "2.3.0"}, checks.Pass},
		"dirty":                           {both, stamp{Commit: mine + "-dirty"}, checks.Warn},
		"dirty in the version":            {both, stamp{Commit: mine, Version: "2.3.1+dirty"}, checks.Warn},
		"git describe":                    {both, stamp{Version: "v2.3.1-5-g" + mine[:9]}, checks.Pass},
		"git describe, another":           {both, stamp{Version: "v2.3.1-5-g" + other[:9]}, checks.Fail},
		"git describe, dirty":             {both, stamp{Version: "v2.3.1-5-g" + mine[:9] + "-dirty"}, checks.Warn},
		"build metadata":                  {both, stamp{Version: "2.3.1+" + mine[:8]}, checks.Pass},
		"an image tag":                    {both, stamp{Version: "sha-" + mine[:8]}, checks.Pass},
		"version alone, commit known":     {both, stamp{Version: "2.3.1"}, checks.Warn},
		"another version, commit known":   {both, stamp{Version: "2.3.0"}, checks.Fail},
		"no commit, as stated":            {both, stamp{Commit: "unknown", Version: "2.3.1"}, checks.Warn},
		"nothing to compare":              {commitOnly, stamp{Version: "2.3.1"}, checks.Inconclusive},
		"a day is no commit":              {both, stamp{Version: "20261001"}, checks.Fail},
		"a commit of digits":              {digitsOnly, stamp{Version: "2026100111"}, checks.Pass},
		"version alone, no commit known":  {versionOnly, stamp{Version: "2.3.1"}, checks.Pass},
		"with a v":                        {versionOnly, stamp{Version: "v2.3.1"}, checks.Pass},
		"another version":                 {versionOnly, stamp{Version: "2.3.10"}, checks.Fail},
		"dirty version":                   {versionOnly, stamp{Version: "2.3.1-dirty"}, checks.Warn},
		"commit alone, no commit known":   {versionOnly, stamp{Commit: mine}, checks.Inconclusive},
		"commits after the version's tag": {versionOnly, stamp{Version: "v2.3.1-5-g" + mine[:9]}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			if v, reason := compare(c.want, c.shown); v != c.is {
				t.Errorf("%s %q, want %s", v, reason, c.is)
			}
		})
	}
	if v, _ := judge(both, seen{Stamps: []stamp{{Commit: mine}, {Commit: other}}}); v != checks.Fail {
		t.Errorf("two builds at once: %s", v)
	}
}

// TestServers asks true and misleading servers.
func TestServers(t *testing.T) {
	serve := func(h http.HandlerFunc) string {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return s.URL
	}
	at := func(path, media, body string) string {
		return serve(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", media)
			_, _ = w.Write([]byte(body))
		})
	}
	status := func(code int) string {
		return serve(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/v" {
				http.NotFound(w, r)
				return
			}
			w.WriteHeader(code)
		})
	}
	everything := func(media, body string) string {
		return serve(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", media)
			_, _ = w.Write([]byte(body))
		})
	}
	header := serve(func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("X-Build", mine[:10]) })
	byPath, byPointer, byHeader, byMetric := checks.Build{Path: "/v"}, checks.Build{Path: "/v", JSON: "/git/0/id"}, checks.Build{Header: "X-Build"}, checks.Build{Metric: "build_info"}
	const js, plain = "application/json", "text/plain"
	for name, c := range map[string]struct {
		base  string
		build checks.Build
		want  checks.Verdict
		says  string
	}{
		"json":                  {at("/v", js, `{"version":"2.3.1","commit":"`+mine+`"}`), byPath, checks.Pass, mine[:12]},
		"json, another":         {at("/v", js, `{"commit":"`+other+`"}`), byPath, checks.Fail, "the assessed one of " + mine[:12]},
		"json, version only":    {at("/v", js, `{"version":"2.3.1"}`), byPath, checks.Warn, "commit is not shown"},
		"pointer":               {at("/v", js, `{"git":[{"id":"`+mine[:8]+`"}]}`), byPointer, checks.Pass, ""},
		"pointer to nothing":    {at("/v", js, `{"git":[]}`), byPointer, checks.Fail, "has nothing at"},
		"pointer to an object":  {at("/v", js, `{"git":[{"id":{}}]}`), byPointer, checks.Fail, "has nothing at"},
		"one line":              {at("/v", plain, mine+"\n"), byPath, checks.Pass, ""},
		"a page":                {at("/v", "text/html", "<html>"+mine), byPath, checks.Fail, "a page"},
		"control characters":    {at("/v", js, `{"commit":"`+mine+`\u001b[2J"}`), byPath, checks.Fail, "neither commit nor version"},
		"deep":                  {at("/v", js, strings.Repeat("[", 20000)), byPath, checks.Fail, ""},
		"a huge number":         {at("/v", js, "1e999999999"), byPath, checks.Fail, ""},
		"404":                   {status(404), byPath, checks.Fail, "answers 404"},
		"403":                   {status(403), byPath, checks.Inconclusive, "turns us away"},
		"500":                   {status(500), byPath, checks.Inconclusive, "500"},
		"200 without a body":    {status(200), byPath, checks.Fail, ""},
		"catch-all with it":     {everything(js, `{"commit":"`+mine+`"}`), byPath, checks.Inconclusive, "unknown paths"},
		"catch-all page":        {everything("text/html", "<html></html>"), byPath, checks.Inconclusive, "unknown paths"},
		"nobody":                {"http://127.0.0.1:1", byPath, checks.Inconclusive, "refused"},
		"header":                {header, byHeader, checks.Pass, ""},
		"header, not there":     {status(404), byHeader, checks.Fail, "is not there"},
		"metric":                {at("/metrics", plain, "# TYPE build_info gauge\nbuild_info{revision=\""+mine+"\",version=\"2.3.1\"} 1\n"), byMetric, checks.Pass, ""},
		"metric, two builds":    {at("/metrics", plain, "build_info{commit=\""+mine+"\"} 1\nbuild_info{commit=\""+other+"\"} 1\n"), byMetric, checks.Fail, ""},
		"metric, no label":      {at("/metrics", plain, "build_info 1\n"), byMetric, checks.Fail, "no label"},
		"metric, not there":     {at("/metrics", plain, "up 1\n"), byMetric, checks.Fail, "is not there"},
		"metric, broken text":   {at("/metrics", plain, "build_info{"), byMetric, checks.Fail, "exposition text"},
		"nothing is declared":   {header, checks.Build{}, checks.Pending, "[build]"},
		"metric, html for them": {everything("text/html", "<html>build_info"), byMetric, checks.Inconclusive, "unknown paths"},
	} {
		t.Run(name, func(t *testing.T) {
			c.build.Commit = mine
			if c.says == "[build]" {
				c.build = checks.Build{}
			}
			target := &checks.Target{Name: "t", Version: "2.3.1", Environment: "production", BaseURL: c.base, Build: c.build, Dir: t.TempDir()}
			o, evidence := kindtest.Plan(t, running, target, "")
			if o.Verdict != c.want || !strings.Contains(string(o.Reason), c.says) {
				t.Errorf("%s %q, want %s … %q\n%s", o.Verdict, o.Reason, c.want, c.says, evidence)
			}
		})
	}
}

// TestAssessed finds the assessed commit in the repository, and knows when there is none.
func TestAssessed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"version":"2.3.1","commit":"` + mine + `"}`))
	}))
	defer s.Close()
	run := func(head, version string) checks.Outcome {
		dir := t.TempDir()
		if head != "" {
			if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, ".git", "HEAD"), []byte(head), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		target := &checks.Target{Name: "t", Version: version, Environment: "production", BaseURL: s.URL, Repository: ".", Build: checks.Build{Path: "/v"}, Dir: dir}
		o, _ := kindtest.Plan(t, running, target, "")
		return o
	}
	for _, c := range []struct {
		head, version string
		want          checks.Verdict
	}{{mine, "2.3.1", checks.Pass}, {other, "2.3.1", checks.Fail}, {"", "2.3.1", checks.Pass}, {"", "2.3.0", checks.Fail}, {"", "", checks.Pending}} {
		if o := run(c.head, c.version); o.Verdict != c.want {
			t.Errorf("HEAD %q, version %q: %s %q, want %s", c.head, c.version, o.Verdict, o.Reason, c.want)
		}
	}
}
