package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

const exposition = "# HELP http_requests_total Requests.\n# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 12\n" +
	"# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total 1.5\n"

func TestParseMetrics(t *testing.T) {
	parsed := parseMetrics([]byte(exposition), false)
	if parsed.Err != nil || len(parsed.Families) != 2 || parsed.Series != 2 {
		t.Errorf("%+v", parsed)
	}
	if cut := parseMetrics([]byte(exposition+"http_req"), true); cut.Err != nil || len(cut.Families) != 2 {
		t.Errorf("cut off: %+v", cut)
	}
	if eof := parseMetrics([]byte(exposition+"# EOF\ngarbage {"), false); eof.Err != nil || len(eof.Families) != 2 {
		t.Errorf("after the end mark: %+v", eof)
	}
	for _, body := range []string{"<html></html>", `{"a":1}`, "just words here", "a{b=\"c\" 1\n", "\x00\xff{"} {
		if parsed := parseMetrics([]byte(body), false); parsed.Err == nil && len(parsed.Families) > 0 {
			t.Errorf("%q parses as %+v", body, parsed)
		}
	}
	if empty := parseMetrics(nil, false); len(empty.Families) != 0 {
		t.Errorf("empty: %+v", empty)
	}
	if private := parseMetrics([]byte("logins_total{user=\"ada@example.org\"} 1\n"), false); private.Private != "user" {
		t.Errorf("a mail address in a label is not seen: %+v", private)
	}
}

func TestMetricsRule(t *testing.T) {
	facts := func(change func(*metricsFacts)) metricsFacts {
		f := metricsFacts{Path: "/metrics", Status: 200, Media: "text/plain", Anonymous: true, Parsed: parseMetrics([]byte(exposition), false)}
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		facts metricsFacts
		want  checks.Verdict
	}{
		"served":           {facts(func(*metricsFacts) {}), checks.Pass},
		"openmetrics":      {facts(func(f *metricsFacts) { f.Media = "application/openmetrics-text" }), checks.Pass},
		"wrong type":       {facts(func(f *metricsFacts) { f.Media = "text/html" }), checks.Warn},
		"runtime only":     {facts(func(f *metricsFacts) { f.Parsed.Families = []string{"go_goroutines"} }), checks.Warn},
		"wanted missing":   {facts(func(f *metricsFacts) { f.Wanted = []string{"orders_*"} }), checks.Warn},
		"wanted there":     {facts(func(f *metricsFacts) { f.Wanted = []string{"http_*"} }), checks.Pass},
		"unknown families": {facts(func(f *metricsFacts) { f.Parsed.Families = []string{"foo"} }), checks.Warn},
		"too many":         {facts(func(f *metricsFacts) { f.Parsed.Series = 20_000 }), checks.Warn},
		"404":              {metricsFacts{Status: 404}, checks.Fail},
		"401":              {metricsFacts{Status: 401}, checks.Inconclusive},
		"500":              {metricsFacts{Status: 500}, checks.Fail},
		"empty":            {metricsFacts{Status: 200, Empty: true}, checks.Fail},
		"page":             {metricsFacts{Status: 200, Media: "text/html", Parsed: parseMetrics([]byte("<html>"), false)}, checks.Fail},
		"catch-all":        {facts(func(f *metricsFacts) { f.LikeOther = true }), checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeMetrics(c.facts), c.want) })
	}
	exposed := facts(func(*metricsFacts) {})
	verdictOf(t, judgeMetricsExposed(exposed), checks.Warn)
	exposed.Intended = true
	verdictOf(t, judgeMetricsExposed(exposed), checks.Pass)
	exposed.Parsed.Private = "user"
	verdictOf(t, judgeMetricsExposed(exposed), checks.Fail)
	verdictOf(t, judgeMetricsExposed(metricsFacts{Status: 401}), checks.Pass)
	verdictOf(t, judgeMetricsExposed(metricsFacts{Status: 502}), checks.Inconclusive)
	exposed.LikeOther = true
	verdictOf(t, judgeMetricsExposed(exposed), checks.Inconclusive)
}

func TestMetricsKinds(t *testing.T) {
	open := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/metrics": say(200, "text/plain; version=0.0.4", exposition)}))
	check(t, "ops.metrics.endpoint", open, checks.Pass)
	check(t, "security.exposure.metrics", open, checks.Warn)
	everything := serve(t, say(200, "text/plain; version=0.0.4", exposition))
	check(t, "ops.metrics.endpoint", everything, checks.Inconclusive)
	guarded := serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/metrics": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.WriteHeader(401)
			return
		}
		say(200, "text/plain", exposition)(w, r)
	}}))
	check(t, "ops.metrics.endpoint", guarded, checks.Pass, webtest.Tokens(t, "user-token-1234", ""))
	check(t, "security.exposure.metrics", guarded, checks.Pass)
	check(t, "ops.metrics.endpoint", serve(t, http.NotFound), checks.Fail)
}

func TestPrometheus(t *testing.T) {
	yes, no := saying{200, true}, saying{404, false}
	for name, c := range map[string]struct {
		facts prometheusFacts
		want  checks.Verdict
	}{
		"ready":              {prometheusFacts{yes, yes, yes}, checks.Pass},
		"not ready":          {prometheusFacts{yes, saying{503, false}, saying{503, false}}, checks.Warn},
		"build info":         {prometheusFacts{no, no, yes}, checks.Pass},
		"protected":          {prometheusFacts{saying{401, false}, saying{401, false}, saying{401, false}}, checks.Warn},
		"a page":             {prometheusFacts{saying{200, false}, saying{200, false}, saying{200, false}}, checks.Fail},
		"500":                {prometheusFacts{saying{500, false}, saying{500, false}, no}, checks.Fail},
		"healthy alone":      {prometheusFacts{yes, saying{200, false}, no}, checks.Fail},
		"ready word, no 200": {prometheusFacts{saying{302, false}, saying{302, false}, saying{302, false}}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgePrometheus(c.facts), c.want) })
	}
}

func TestGrafana(t *testing.T) {
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 200, Database: "ok"}), checks.Pass)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 503, Database: "failing"}), checks.Fail)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 200, Database: "failing"}), checks.Fail)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 200}), checks.Fail)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 401}), checks.Warn)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 302}), checks.Fail)
	verdictOf(t, judgeGrafana(grafanaFacts{Status: 502}), checks.Fail)
}

func TestMonitoringKinds(t *testing.T) {
	t.Parallel()
	service := func(kind, url string, required bool) webtest.Option {
		return webtest.Target(func(t *checks.Target) {
			t.Services = map[string]checks.Service{"m": {Kind: kind, URL: url, Required: required}}
		})
	}
	prometheus := serve(t, routes(map[string]http.HandlerFunc{
		"/-/healthy": say(200, "text/plain", "Prometheus Server is Healthy.\n"), "/-/ready": say(200, "text/plain", "Prometheus Server is Ready.\n")}))
	grafana := serve(t, routes(map[string]http.HandlerFunc{"/api/health": say(200, "application/json", `{"database":"ok","version":"11.0"}`)}))
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	base := serve(t, say(200, "text/plain", "ok"))

	check(t, "ops.prometheus.up", base, checks.Pass, service("prometheus", prometheus, true))
	check(t, "ops.grafana.up", base, checks.Pass, service("grafana", grafana, true))
	check(t, "ops.prometheus.up", base, checks.Fail, service("prometheus", grafana, true))
	check(t, "ops.grafana.up", base, checks.Fail, service("grafana", serve(t, catchAll), true))
	check(t, "ops.prometheus.up", base, checks.Fail, service("prometheus", serve(t, catchAll), true))
	check(t, "ops.prometheus.up", base, checks.Pending)

	// Refused by a host that answers: a failure where the service is required, else unknown.
	check(t, "ops.prometheus.up", base, checks.Fail, service("prometheus", closed.URL, true))
	check(t, "ops.grafana.up", base, checks.Fail, service("grafana", closed.URL, false), webtest.Param("required", true))
	check(t, "ops.grafana.up", base, checks.Inconclusive, service("grafana", closed.URL, false))
	// A name that nobody knows proves nothing.
	check(t, "ops.grafana.up", base, checks.Inconclusive, service("grafana", strings.Replace(closed.URL, "127.0.0.1", "none.invalid", 1), true),
		webtest.Target(func(t *checks.Target) { t.Scope.AuthorisedBy = "test" }))
}
