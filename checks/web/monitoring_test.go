package web

import (
	"net/http"
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
