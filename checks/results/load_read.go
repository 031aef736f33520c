package results

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// loadRun is what a load tool's summary says. A number that it does not state is NaN.
type loadRun struct {
	requests float64
	failed   float64 // requests
	rate     float64 // of failed requests, as stated
	p95, p99 float64 // ms
	users    float64 // most that were active together
	crossed  []string
	counted  *counted // of a script that gonogo wrote
}

// trouble says what a judgement of failed requests lacks, or "".
func (r loadRun) trouble() string {
	switch {
	case math.IsNaN(r.requests) || r.requests <= 0:
		return "http_reqs is missing or 0"
	case math.IsNaN(r.failed):
		return "http_req_failed is missing"
	case math.IsNaN(r.p95):
		return "the 95th percentile of http_req_duration is missing"
	case r.failed < 0 || r.failed > r.requests || r.p95 < 0:
		return "its numbers contradict each other"
	case !math.IsNaN(r.rate) && math.Abs(r.rate-r.failed/r.requests) > 0.005:
		return fmt.Sprintf("its numbers contradict each other: %.0f of %.0f failed, but the rate is %.4f", r.failed, r.requests, r.rate)
	}
	return ""
}

// k6Document is the three forms of k6's summary together. In handleSummary's data a metric
// keeps its numbers under "values", in --summary-export beside its thresholds; the
// machine-readable form has a list of metrics and no thresholds.
type k6Document struct {
	Metrics map[string]map[string]jsontext.Value `json:"metrics"`
	State   *struct{}                            `json:"state"`
	Group   *struct{}                            `json:"root_group"`
	Build   loose                                `json:"build"`
	Commit  loose                                `json:"commit"`
	Gonogo  *scriptNote                          `json:"gonogo"`
	Results *struct {
		Metrics []struct {
			Name   string                    `json:"name"`
			Values map[string]jsontext.Value `json:"values"`
		} `json:"metrics"`
	} `json:"results"`
	Metadata struct {
		Generated string `json:"generatedAt"`
		K6        string `json:"k6Version"`
	} `json:"metadata"`
}

// k6Metric is one metric: its numbers and its thresholds with whether they were crossed.
type k6Metric struct {
	numbers map[string]float64
	crossed []string
}

func readK6(_ string, src []byte) (loadRun, origin, error) {
	from := origin{tool: "k6"}
	var d k6Document
	if err := decode(src, &d); err != nil {
		return loadRun{}, from, err
	}
	for _, s := range []stated{{"build", string(d.Build)}, {"commit", string(d.Commit)}} {
		if s.value != "" {
			from.builds = append(from.builds, s)
		}
	}
	metrics := map[string]k6Metric{}
	switch {
	case d.Results != nil && d.Metadata.K6 != "":
		from.tool, from.made = "k6 "+d.Metadata.K6, parseDate(d.Metadata.Generated)
		for _, m := range d.Results.Metrics {
			if _, twice := metrics[m.Name]; twice {
				return loadRun{}, from, fmt.Errorf("metric %s twice", m.Name)
			}
			metrics[m.Name] = k6Metric{numbers: numbers(m.Values)}
		}
	case d.Metrics != nil && (d.Group != nil || d.State != nil):
		for _, name := range slices.Sorted(maps.Keys(d.Metrics)) {
			m, err := readK6Metric(name, d.Metrics[name])
			if err != nil {
				return loadRun{}, from, err
			}
			metrics[name] = m
		}
	default:
		return loadRun{}, from, errNone("a summary of k6 (handleSummary's data or --summary-export)")
	}
	r := k6Run(metrics)
	if d.Gonogo != nil {
		c, err := readCounted(d.Gonogo, metrics)
		if err != nil {
			return loadRun{}, from, err
		}
		c.sum = sha256.Sum256(src)
		r.counted, from.made = c, c.ended
	}
	return r, from, nil
}

// readK6Metric reads one metric of the two older forms. Their thresholds say opposite
// things: {ok: true} was kept, a plain true was crossed.
func readK6Metric(name string, raw map[string]jsontext.Value) (m k6Metric, err error) {
	values, nested := raw, false
	if inner, there := raw["values"]; there && inner.Kind() == '{' {
		nested = true
		values = map[string]jsontext.Value{}
		if err := json.Unmarshal(inner, &values); err != nil {
			return m, err
		}
	}
	m.numbers = numbers(values)
	if raw["thresholds"] == nil {
		return m, nil
	}
	thresholds := map[string]jsontext.Value{}
	if err := json.Unmarshal(raw["thresholds"], &thresholds); err != nil {
		return m, err
	}
	for _, source := range slices.Sorted(maps.Keys(thresholds)) {
		crossed, err := isCrossed(thresholds[source], nested)
		if err != nil {
			return m, fmt.Errorf("threshold %s of %s: %w", source, name, err)
		}
		if crossed {
			m.crossed = append(m.crossed, name+": "+source)
		}
	}
	return m, nil
}

func isCrossed(raw jsontext.Value, nested bool) (bool, error) {
	if nested {
		var t struct {
			OK *bool `json:"ok"`
		}
		if err := json.Unmarshal(raw, &t); err != nil || t.OK == nil {
			return false, errors.New("says neither kept nor crossed")
		}
		return !*t.OK, nil
	}
	var crossed bool
	if err := json.Unmarshal(raw, &crossed); err != nil || raw.Kind() == 'n' {
		return false, errors.New("says neither kept nor crossed")
	}
	return crossed, nil
}

// numbers are the numbers among the values.
func numbers(values map[string]jsontext.Value) map[string]float64 {
	out := map[string]float64{}
	for name, raw := range values {
		var n float64
		if raw.Kind() == '0' && json.Unmarshal(raw, &n) == nil {
			out[name] = n
		}
	}
	return out
}

// k6Run picks what the rule needs. http_req_failed counts requests that failed under
// "passes" (or "matches"): the rate is of failures.
func k6Run(metrics map[string]k6Metric) loadRun {
	get := func(metric string, names ...string) float64 {
		for _, name := range names {
			if n, there := metrics[metric].numbers[name]; there {
				return n
			}
		}
		return math.NaN()
	}
	r := loadRun{
		requests: get("http_reqs", "count"),
		failed:   get("http_req_failed", "passes", "matches"),
		rate:     get("http_req_failed", "rate", "value"),
		p95:      get("http_req_duration", "p(95)", "p95"),
		p99:      get("http_req_duration", "p(99)", "p99"),
		users:    get("vus", "max"),
	}
	if math.IsNaN(r.failed) && !math.IsNaN(r.rate) && !math.IsNaN(r.requests) {
		r.failed = math.Round(r.rate * r.requests)
	}
	for _, name := range slices.Sorted(maps.Keys(metrics)) {
		r.crossed = append(r.crossed, metrics[name].crossed...)
	}
	return r
}
