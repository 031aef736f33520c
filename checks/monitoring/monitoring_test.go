package monitoring

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// canary is the secret of every service in these tests. Neither reason nor evidence may
// ever show it.
const canary = "zq7canaryPw91"

// check runs a kind of this package on services whose URL and token are filled from files.
func check(t *testing.T, id string, services map[string]checks.Service, want checks.Verdict, params string) (checks.Outcome, string) {
	t.Helper()
	target := &checks.Target{Name: "t", Environment: "production", Services: map[string]checks.Service{}, Dir: t.TempDir()}
	hole := func(name, value string) string {
		if err := os.WriteFile(filepath.Join(target.Dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		return "${file:" + name + "}"
	}
	for name, s := range services {
		s.URL = hole(name, s.URL)
		if s.Token != "" {
			s.Token = hole(name+".token", s.Token)
		}
		target.Services[name] = s
	}
	return checkTarget(t, id, target, want, params)
}

func checkTarget(t *testing.T, id string, target *checks.Target, want checks.Verdict, params string) (checks.Outcome, string) {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID != id {
			continue
		}
		o, evidence := kindtest.Plan(t, k, target, params)
		switch {
		case o.Verdict != want:
			t.Errorf("%s: %s, want %s: %s\n%s", id, o.Verdict, want, o.Reason, evidence)
		case o.Verdict.Decided() && evidence == "":
			t.Errorf("%s: %s without evidence: %s", id, o.Verdict, o.Reason)
		}
		if strings.Contains(string(o.Reason)+evidence, canary) {
			t.Errorf("%s: a secret shows:\n%s\n%s", id, o.Reason, evidence)
		}
		return o, evidence
	}
	t.Fatalf("there is no kind %s", id)
	return checks.Outcome{}, ""
}

func one(kind, url string) map[string]checks.Service {
	return map[string]checks.Service{"s": {Kind: kind, URL: url}}
}

func required(kind, url string) map[string]checks.Service {
	return map[string]checks.Service{"s": {Kind: kind, URL: url, Required: true}}
}

// says fails the test unless the text has the words.
func says(t *testing.T, text, words string) {
	t.Helper()
	if !strings.Contains(text, words) {
		t.Errorf("%q does not say %q", text, words)
	}
}

func wantVerdict(t *testing.T, r checks.Result, want checks.Verdict) {
	t.Helper()
	if r.Verdict != want {
		t.Errorf("%s, want %s: %s", r.Verdict, want, r.Reason)
	}
}

// nobody is an address that refuses connections.
func nobody(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// serve answers paths; what it does not know is not found.
func serve(t *testing.T, answers map[string]string) string {
	t.Helper()
	return handle(t, func(w http.ResponseWriter, r *http.Request) {
		body, ok := answers[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, body)
	})
}

func handle(t *testing.T, h http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// always answers every path with the same.
func always(t *testing.T, status int, media, body string) string {
	return handle(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	})
}

const (
	grafanaLogin = `<!DOCTYPE html><html><head><title>Grafana</title></head><body><form><input type="password" name="password"></form></body></html>`
	otherJSON    = `{"status":"success","data":{"version":"3.1","items":[]}}`
	ruleJSON     = `{"status":"success","data":{"groups":[{"name":"g","rules":[%s]}]}}`
	pagingRule   = `{"name":"AppDown","query":"up{job=\"app\"} == 0","state":"inactive","health":"ok","type":"alerting","labels":{"severity":"page"},"annotations":{"runbook_url":"https://wiki.atlas.internal/down"}}`
)

// kindOf is the kind of service that each kind asks.
func kindOf(id string) string {
	switch {
	case strings.Contains(id, ".grafana."):
		return "grafana"
	case strings.Contains(id, ".alertmanager."):
		return "alertmanager"
	}
	return "prometheus"
}

func paramsOf(id string) string {
	if id == "ops.prometheus.query" {
		return `query = "up", fail = 2`
	}
	if id == "ops.prometheus.targets" {
		return `job = "app"`
	}
	return ""
}

// TestMisleading puts servers where the monitoring is declared that answer everything alike,
// or are something else. None may pass, and none may be called broken that was not seen.
func TestMisleading(t *testing.T) {
	t.Parallel()
	huge := `{"status":"success","data":{"groups":[],"activeTargets":[],"activeAlertmanagers":[],"resultType":"vector","x":"` + strings.Repeat("x", 2<<20) + `"}}`
	everything := `{"status":"success","database":"ok","version":"11.0.0","data":{"groups":[{"rules":[` + pagingRule + `]}],"activeTargets":[{"labels":{"job":"app"},"health":"up"}],` +
		`"activeAlertmanagers":[{"url":"http://x:1"}],"resultType":"scalar","result":[1,"1"],"version":"3.0.1","branch":"HEAD"},` +
		`"config":{"original":"route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: <secret>}]}]"},"versionInfo":{"version":"0.28"}}`
	for name, c := range map[string]struct {
		url  string
		fair map[string]checks.Verdict // where another verdict than inconclusive is right
	}{
		"Prometheus' words for everything": {always(t, 200, "text/plain", "Prometheus Server is Ready.\n"), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"all JSON for everything":          {always(t, 200, "application/json", everything), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail}},
		"a page":                           {always(t, 200, "text/html", grafanaLogin), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"another product":                  {always(t, 200, "application/json", otherJSON), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"an empty list":                    {always(t, 200, "application/json", "[]"), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"nothing":                          {always(t, 200, "application/json", ""), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"deep JSON":                        {always(t, 200, "application/json", strings.Repeat(`{"data":`, 20000)), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"controls":                         {always(t, 200, "application/json", "{\"status\":\"error\",\"error\":\"\x1b[2J\\u001b[31mred\"}"), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"too much":                         {always(t, 200, "application/json", huge), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail}},
		"401":                              {always(t, 401, "text/plain", ""), map[string]checks.Verdict{"ops.prometheus.up": checks.Warn, "ops.grafana.up": checks.Warn}},
		"403":                              {always(t, 403, "text/html", "no"), map[string]checks.Verdict{"ops.prometheus.up": checks.Warn, "ops.grafana.up": checks.Warn}},
		"503":                              {always(t, 503, "text/plain", "Service Unavailable"), map[string]checks.Verdict{"ops.prometheus.up": checks.Fail, "ops.grafana.up": checks.Fail, "ops.alertmanager.receivers": checks.Fail}},
		"sent to log in":                   {handle(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", 302) }), map[string]checks.Verdict{"ops.grafana.up": checks.Fail}},
	} {
		for _, k := range Kinds() {
			t.Run(name+"/"+k.ID, func(t *testing.T) {
				t.Parallel()
				want, ok := c.fair[k.ID]
				if !ok {
					want = checks.Inconclusive
				}
				o, _ := check(t, k.ID, one(kindOf(k.ID), c.url), want, paramsOf(k.ID))
				if strings.ContainsAny(string(o.Reason), "\x1b\n") {
					t.Errorf("%q is not clean", o.Reason)
				}
			})
		}
	}
}

// TestAnotherAPI holds that the paths of Prometheus' API with another product's success tell
// nothing.
func TestAnotherAPI(t *testing.T) {
	t.Parallel()
	other := serve(t, map[string]string{"/api/v1/rules": otherJSON, "/api/v1/targets": otherJSON, "/api/v1/alertmanagers": otherJSON, "/api/v1/query": otherJSON})
	for _, id := range []string{"ops.prometheus.targets", "ops.prometheus.rules", "ops.prometheus.coverage", "ops.prometheus.runbooks", "ops.prometheus.watchdog", "ops.prometheus.query"} {
		o, _ := check(t, id, one("prometheus", other), checks.Inconclusive, paramsOf(id))
		says(t, string(o.Reason), "its data is missing")
	}
}

// TestRefused holds that a closed port fails only where the service is required. All kinds
// ask through the same door.
func TestRefused(t *testing.T) {
	t.Parallel()
	closed := "http://" + nobody(t)
	o, _ := check(t, "ops.prometheus.up", required("prometheus", closed), checks.Fail, "")
	says(t, string(o.Reason), "refuses the connection")
	check(t, "ops.alertmanager.receivers", one("alertmanager", closed), checks.Fail, "required = true")
	check(t, "ops.prometheus.coverage", one("prometheus", closed), checks.Inconclusive, "")
}

// TestNotDeclared holds that a kind waits for its service.
func TestNotDeclared(t *testing.T) {
	t.Parallel()
	for _, k := range Kinds() {
		o, waits := check(t, k.ID, nil, checks.Pending, paramsOf(k.ID))
		says(t, waits+string(o.Reason), "not declared: [services]")
	}
	o, _ := check(t, "ops.prometheus.query", one("prometheus", "http://"+nobody(t)), checks.Pending, "")
	says(t, string(o.Reason), "not declared: a query")
}

func TestPrometheusUp(t *testing.T) {
	t.Parallel()
	const id = "ops.prometheus.up"
	words := map[string]string{"/-/healthy": "Prometheus Server is Healthy.\n", "/-/ready": "Metrics of Atlas is Ready.\n"}
	check(t, id, one("prometheus", serve(t, words)), checks.Pass, "")
	// Without a scheme it is the service that is asked, not the base URL.
	check(t, id, one("prometheus", strings.TrimPrefix(serve(t, words), "http://")), checks.Pass, "")
	// Below a prefix, and only there.
	below := serve(t, map[string]string{"/prom/-/healthy": "Prometheus Server is Healthy.\n", "/prom/-/ready": "Prometheus Server is Ready.\n"})
	check(t, id, one("prometheus", below+"/prom/"), checks.Pass, "")
	check(t, id, one("prometheus", below), checks.Fail, "")
	// Something that only speaks the query API.
	build := `{"status":"success","data":{"version":"2.42.0","revision":"x"}}`
	check(t, id, one("prometheus", serve(t, map[string]string{"/api/v1/status/buildinfo": build})), checks.Pass, "")
	check(t, id, one("prometheus", serve(t, map[string]string{"/api/v1/status/buildinfo": otherJSON})), checks.Fail, "")
	// Says it is ready, and is not healthy: no Prometheus.
	check(t, id, one("prometheus", serve(t, map[string]string{"/-/ready": "Prometheus Server is Ready.\n"})), checks.Fail, "")

	notReady := func(stopping bool) string {
		return handle(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/-/healthy" {
				fmt.Fprint(w, "Prometheus Server is Healthy.\n")
				return
			}
			if stopping {
				w.Header().Set("X-Prometheus-Stopping", "true")
			}
			http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		})
	}
	o, _ := check(t, id, one("prometheus", notReady(false)), checks.Warn, "")
	says(t, string(o.Reason), "starts or replays")
	o, _ = check(t, id, one("prometheus", notReady(true)), checks.Warn, "")
	says(t, string(o.Reason), "stops")
	o, _ = check(t, "ops.prometheus.rules", one("prometheus", notReady(false)), checks.Inconclusive, "")
	says(t, string(o.Reason), "503")
}

// TestCredentials holds that credentials open what is closed, and are never kept.
func TestCredentials(t *testing.T) {
	t.Parallel()
	const id = "ops.prometheus.up"
	closed := func(open func(*http.Request) bool) string {
		return handle(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case !open(r):
				w.WriteHeader(http.StatusUnauthorized)
			case r.URL.Path == "/-/healthy":
				fmt.Fprint(w, "Prometheus Server is Healthy.\n")
			case r.URL.Path == "/-/ready":
				fmt.Fprint(w, "Prometheus Server is Ready.\n")
			case r.URL.Path == "/api/v1/rules":
				fmt.Fprintf(w, `{"status":"success","data":{"groups":[{"rules":[{"name":"%s","query":"x","health":"err"}]}]}}`, r.Header.Get("Authorization"))
			default:
				http.NotFound(w, r)
			}
		})
	}
	basic := closed(func(r *http.Request) bool { _, password, _ := r.BasicAuth(); return password == canary })
	check(t, id, one("prometheus", strings.Replace(basic, "//", "//app:"+canary+"@", 1)), checks.Pass, "")
	o, _ := check(t, id, one("prometheus", strings.Replace(basic, "//", "//app:wrong"+canary[:4]+"@", 1)), checks.Warn, "")
	says(t, string(o.Reason), "declared credentials")
	bearer := closed(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer "+canary })
	check(t, id, map[string]checks.Service{"s": {Kind: "prometheus", URL: bearer, Token: canary}}, checks.Pass, "")
	check(t, id, one("prometheus", bearer), checks.Warn, "")
	// The server repeats the token in its answer.
	check(t, "ops.prometheus.rules", map[string]checks.Service{"s": {Kind: "prometheus", URL: bearer, Token: canary}}, checks.Fail, "")
	check(t, "ops.prometheus.coverage", map[string]checks.Service{"s": {Kind: "prometheus", URL: bearer, Token: canary}}, checks.Fail, "")
}

func TestPrometheusRule(t *testing.T) {
	yes, no := saying{200, true}, saying{404, false}
	refused := saying{401, false}
	for name, c := range map[string]struct {
		facts prometheusFacts
		want  checks.Verdict
	}{
		"ready":               {prometheusFacts{Healthy: yes, Ready: yes, Build: yes}, checks.Pass},
		"not ready":           {prometheusFacts{Healthy: yes, Ready: saying{503, false}, Build: saying{503, false}}, checks.Warn},
		"build info":          {prometheusFacts{Healthy: no, Ready: no, Build: yes}, checks.Pass},
		"protected":           {prometheusFacts{Healthy: refused, Ready: refused, Build: refused}, checks.Warn},
		"open to the world":   {prometheusFacts{Healthy: yes, Ready: yes, Public: true}, checks.Warn},
		"public, with a key":  {prometheusFacts{Healthy: yes, Ready: yes, Public: true, Trusted: true}, checks.Pass},
		"everything is ready": {prometheusFacts{Healthy: yes, Ready: yes, Alike: true}, checks.Inconclusive},
		"a page":              {prometheusFacts{Healthy: saying{200, false}, Ready: saying{200, false}, Build: saying{200, false}}, checks.Fail},
		"500":                 {prometheusFacts{Healthy: saying{500, false}, Ready: saying{500, false}, Build: no}, checks.Fail},
		"healthy alone":       {prometheusFacts{Healthy: yes, Ready: saying{200, false}, Build: no}, checks.Fail},
		"build, ready is 503": {prometheusFacts{Healthy: no, Ready: saying{503, false}, Build: yes}, checks.Fail},
		"redirected":          {prometheusFacts{Healthy: saying{302, false}, Ready: saying{302, false}}, checks.Fail},
		"sent to log in":      {prometheusFacts{Healthy: saying{302, false}, Ready: saying{302, false}, Login: true}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { wantVerdict(t, judgePrometheus(c.facts), c.want) })
	}
}
