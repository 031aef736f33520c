package web

import (
	"regexp"
	"sort"
	"strings"

	dto "github.com/prometheus/client_model/go"
)

// What the names of families and labels say. A request is one of HTTP, RPC or GraphQL.
var (
	requestName  = regexp.MustCompile(`(?i)(^|_)(requests?|responses?|calls|rpcs?|handled)(_|$)`)
	durationName = regexp.MustCompile(`(?i)(^|_)(duration|latency|seconds|milliseconds|ms|time)(_|$)`)
	errorName    = regexp.MustCompile(`(?i)(^|_)(errors?|exceptions?|failures?|failed|5xx)(_|$)`)
	statusLabel  = regexp.MustCompile(`(?i)^(status|status_?code|code|http_status(_code)?|http_response_status_code|response_code|grpc_code|outcome|result)$`)
	ofRuntime    = regexp.MustCompile(`^(go|process|python|nodejs|jvm|promhttp|prometheus|scrape)_`)
)

// signals finds, for rate, errors and duration of requests, a family that measures it. The
// runtime's own families measure something else. A histogram of durations counts requests
// too; a count by status tells errors apart.
func signals(families map[string]*dto.MetricFamily) map[string]string {
	names := make([]string, 0, len(families))
	for name := range families {
		names = append(names, name)
	}
	sort.Strings(names)
	found := map[string]string{}
	note := func(signal, name string) {
		if found[signal] == "" {
			found[signal] = name
		}
	}
	for _, name := range names {
		family := families[name]
		if ofRuntime.MatchString(name) || len(family.GetMetric()) == 0 {
			continue
		}
		spread := family.GetType() == dto.MetricType_HISTOGRAM || family.GetType() == dto.MetricType_SUMMARY
		// OpenMetrics names a counter without _total; the text parser then knows no type.
		counted := family.GetType() == dto.MetricType_COUNTER || strings.HasSuffix(name, "_total")
		ofRequests := requestName.MatchString(name) || strings.HasPrefix(name, "http_")
		switch {
		case spread && ofRequests && durationName.MatchString(name):
			note("duration", name)
			note("rate", name)
			noteStatus(family, name, note)
		case counted && errorName.MatchString(name):
			note("errors", name)
		case counted && ofRequests:
			note("rate", name)
			noteStatus(family, name, note)
		}
	}
	return found
}

// noteStatus notes a family whose series are told apart by how a request ended.
func noteStatus(family *dto.MetricFamily, name string, note func(signal, name string)) {
	for _, metric := range family.GetMetric() {
		for _, label := range metric.GetLabel() {
			if statusLabel.MatchString(label.GetName()) {
				note("errors", name)
				return
			}
		}
	}
}

// lacks names the first wanted signal that no family measures.
func (m parsedMetrics) lacks(wanted []string) string {
	for _, signal := range wanted {
		if m.Signals[signal] == "" {
			return signal
		}
	}
	return ""
}
