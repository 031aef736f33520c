// Package exposition reads pages in Prometheus' text format, which services and node
// exporters serve, with github.com/prometheus/common/expfmt.
//
// It may import checks/observe.
package exposition

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"assess/gonogo/checks/observe"
)

// Address completes the address of an exporter: http, and /metrics where it names no path.
func Address(declared string) string {
	if declared == "" || strings.HasPrefix(declared, "/") {
		return declared
	}
	if !strings.Contains(declared, "://") {
		declared = "http://" + declared
	}
	if u, err := url.Parse(declared); err == nil && (u.Path == "" || u.Path == "/") {
		u.Path = "/metrics"
		return u.String()
	}
	return declared
}

// Page is a page's families of samples by name.
type Page map[string]*dto.MetricFamily

// Read parses an answer of status 200. The parser has panicked on hostile text before: that
// counts as unreadable. Errors continue "GET /metrics …".
func Read(x *observe.Exchange) (page Page, err error) {
	defer func() {
		if r := recover(); r != nil {
			page, err = nil, fmt.Errorf("can't be read: %v", r)
		}
	}()
	switch {
	case x.Status != 200:
		return nil, fmt.Errorf("answers %d", x.Status)
	case x.Truncated:
		return nil, errors.New("is longer than can be read")
	}
	body, _, _ := bytes.Cut(x.Body, []byte("\n# EOF"))
	body = append(bytes.TrimRight(slices.Clone(body), "\n"), '\n')
	parser := expfmt.NewTextParser(model.UTF8Validation)
	if page, err = parser.TextToMetricFamilies(bytes.NewReader(body)); err != nil {
		return nil, errors.New("is not exposition text")
	}
	return page, nil
}

// Value finds the sample of a family that has exactly these labels.
func (p Page) Value(name string, at map[string]string) (float64, bool) {
	for _, m := range p[name].GetMetric() {
		have := Labels(m)
		same := len(have) == len(at)
		for key, value := range at {
			same = same && have[key] == value
		}
		if same {
			return Number(m)
		}
	}
	return 0, false
}

// CPU adds up the time of all CPUs of a node exporter's page, in seconds since the host
// started. The time of guests is part of user and nice already; waiting for disks leaves the
// CPU idle.
func (p Page) CPU() (idle, total float64, ok bool) {
	for _, m := range p["node_cpu_seconds_total"].GetMetric() {
		seconds, known := Number(m)
		if !known {
			continue
		}
		mode := Labels(m)["mode"]
		total += seconds
		if mode == "idle" || mode == "iowait" {
			idle += seconds
		}
		ok = ok || mode == "idle"
	}
	return idle, total, ok
}

// Labels are a sample's labels.
func Labels(m *dto.Metric) map[string]string {
	out := map[string]string{}
	for _, l := range m.GetLabel() {
		out[l.GetName()] = l.GetValue()
	}
	return out
}

// Number is a sample's value; false for histograms and summaries.
func Number(m *dto.Metric) (float64, bool) {
	switch {
	case m.GetGauge() != nil:
		return m.GetGauge().GetValue(), true
	case m.GetCounter() != nil:
		return m.GetCounter().GetValue(), true
	case m.GetUntyped() != nil:
		return m.GetUntyped().GetValue(), true
	}
	return 0, false
}
