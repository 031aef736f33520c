package web

import (
	"net/http"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestSignals(t *testing.T) {
	const duration = "# TYPE http_request_duration_seconds histogram\nhttp_request_duration_seconds_bucket{le=\"+Inf\"} 3\nhttp_request_duration_seconds_sum 1\nhttp_request_duration_seconds_count 3\n"
	for name, c := range map[string]struct{ text, rate, errors, duration string }{
		"all three": {"# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 3\n" + duration,
			"http_request_duration_seconds", "http_requests_total", "http_request_duration_seconds"},
		"no status":           {"# TYPE http_requests_total counter\nhttp_requests_total 3\n", "http_requests_total", "", ""},
		"errors counted":      {"# TYPE app_errors_total counter\napp_errors_total 0\n", "", "app_errors_total", ""},
		"open metrics":        {"# TYPE http_requests counter\nhttp_requests_total{status=\"500\"} 3\n# EOF\n", "http_requests_total", "http_requests_total", ""},
		"runtime's own":       {"# TYPE go_gc_duration_seconds summary\ngo_gc_duration_seconds_sum 1\ngo_gc_duration_seconds_count 1\n# TYPE promhttp_metric_handler_requests_total counter\npromhttp_metric_handler_requests_total{code=\"200\"} 1\n", "", "", ""},
		"a gauge of errors":   {"# TYPE errors gauge\nerrors 1\n", "", "", ""},
		"type without series": {"# TYPE http_requests_total counter\n", "", "", ""},
		"a job's duration":    {"# TYPE backup_duration_seconds summary\nbackup_duration_seconds_sum 1\nbackup_duration_seconds_count 1\n", "", "", ""},
	} {
		parsed := parseMetrics([]byte(c.text), false)
		if got := parsed.Signals; got["rate"] != c.rate || got["errors"] != c.errors || got["duration"] != c.duration {
			t.Errorf("%s: %v", name, got)
		}
	}
	all := webtest.Param("signals", []any{"rate", "errors", "duration"})
	serving := func(text string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/metrics": say(200, "text/plain; version=0.0.4", text)}))
	}
	whole := "# TYPE http_requests_total counter\nhttp_requests_total{code=\"200\"} 3\n" + duration
	reads(t, check(t, "ops.metrics.endpoint", serving(whole), checks.Pass, all), "rate, errors and duration")
	reads(t, check(t, "ops.metrics.endpoint", serving(duration), checks.Warn, all), "errors")
	check(t, "ops.metrics.endpoint", serving(duration), checks.Pass)
	check(t, "ops.metrics.endpoint", serving("# TYPE http_requests_total counter\n"), checks.Fail)
	reads(t, check(t, "ops.metrics.endpoint", serving(whole), checks.Warn, webtest.Param("signals", "speed")), "speed")
}
