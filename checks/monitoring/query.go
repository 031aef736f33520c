package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
)

// QueryParams are the parameters of ops.prometheus.query.
type QueryParams struct {
	Service  string   `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind prometheus"`
	Required bool     `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Query    string   `toml:"query" doc:"the PromQL expression; of several series the worst counts"`
	Is       string   `toml:"is" doc:"how the figure must stand to the limits: below or above; default below"`
	Warn     *float64 `toml:"warn" doc:"the limit from which it warns; default none"`
	Fail     *float64 `toml:"fail" doc:"the limit from which it fails"`
	What     string   `toml:"what" doc:"what the figure is, in words"`
	Unit     string   `toml:"unit" doc:"its unit, such as %"`
}

var prometheusQuery = checks.Define(checks.Kind{
	ID: "ops.prometheus.query", Title: "A figure of Prometheus is within its limits", Class: checks.Safe, Severity: checks.Medium, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/query with the given expression and of a random path beside it, below the declared address",
	Rule: "PASS: the worst series is below (or above) the first limit. WARN: it is not, but within the second. FAIL: it is not within the second. " +
		"inconclusive: no series, a value that is no number, a query that Prometheus refuses or warns of, or the answer is not Prometheus'.",
	Fix:  "Read the series behind the figure; correct the query where it matches nothing.",
	Refs: []string{"Prometheus HTTP API", "SRE 6"},
}, func(ctx context.Context, p *checks.Probe, params QueryParams) checks.Result {
	if strings.TrimSpace(params.Query) == "" || params.Fail == nil && params.Warn == nil {
		return checks.NewResult(checks.Pending, "", "not declared: a query and its limits (query, warn, fail)")
	}
	limits, err := limitsOf(params)
	if err != nil {
		return unsure(err.Error())
	}
	s, missing := services.FindHTTP(p, services.Params{Service: params.Service, Required: params.Required}, "prometheus")
	if missing != nil {
		return *missing
	}
	var data queried
	x, bad := api(ctx, p, s, "/api/v1/query?query="+url.QueryEscape(params.Query), &data, func() bool { return data.Type != "" })
	if bad != nil {
		return *bad
	}
	figures, err := data.figures()
	if err != nil {
		return with(unsure("the query's answer can't be used: "+err.Error()), p.Exchange(x))
	}
	r := with(judgeQuery(limits, figures), p.Exchange(x))
	if r.Verdict.Decided() {
		r.Measurements = append(r.Measurements, checks.Measurement{Name: limits.What, Value: limits.worst(figures), Unit: params.Unit})
	}
	return r
})

// queryLimits are the limits of a figure.
type queryLimits struct {
	Above      bool // the figure must be above them
	Warn, Fail float64
	What, Unit string
}

func limitsOf(params QueryParams) (queryLimits, error) {
	l := queryLimits{Above: params.Is == "above", What: params.What, Unit: params.Unit}
	if l.What == "" {
		l.What = "the figure"
	}
	if params.Is != "" && params.Is != "above" && params.Is != "below" {
		return l, fmt.Errorf("is = %q: want below or above", cut(params.Is))
	}
	l.Fail = math.Inf(1)
	if l.Above {
		l.Fail = math.Inf(-1)
	}
	if params.Fail != nil {
		l.Fail, l.Warn = *params.Fail, *params.Fail
	}
	if params.Warn != nil {
		l.Warn = *params.Warn
	}
	if math.IsNaN(l.Warn) || math.IsNaN(l.Fail) || !l.Above && l.Warn > l.Fail || l.Above && l.Warn < l.Fail {
		return l, fmt.Errorf("limits %g and %g: the warning must come before the failure", l.Warn, l.Fail)
	}
	return l, nil
}

// queried is the data of an instant query.
type queried struct {
	Type   string          `json:"resultType"`
	Result json.RawMessage `json:"result"`
}

// sample is a time with a value, which is a number in quotes.
type sample [2]json.RawMessage

func (s sample) value() (float64, error) {
	var text string
	if err := json.Unmarshal(s[1], &text); err != nil {
		return 0, fmt.Errorf("a value is not a number in quotes")
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, fmt.Errorf("a value is %s, no finite number", cut(text))
	}
	return v, nil
}

// figures are the values of all series. None is an error: what matches nothing proves
// nothing.
func (q queried) figures() ([]float64, error) {
	var samples []sample
	switch q.Type {
	case "scalar":
		samples = make([]sample, 1)
		if json.Unmarshal(q.Result, &samples[0]) != nil {
			return nil, fmt.Errorf("it can't be read")
		}
	case "vector":
		var series []struct {
			Value sample `json:"value"`
		}
		if json.Unmarshal(q.Result, &series) != nil {
			return nil, fmt.Errorf("it can't be read")
		}
		for _, s := range series {
			samples = append(samples, s.Value)
		}
	default:
		return nil, fmt.Errorf("it is a %s, neither a vector nor a scalar", cut(q.Type))
	}
	if len(samples) == 0 {
		return nil, fmt.Errorf("it matches no series")
	}
	var all []float64
	for _, s := range samples {
		v, err := s.value()
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

// worst is the figure nearest to failing.
func (l queryLimits) worst(figures []float64) float64 {
	if l.Above {
		return slices.Min(figures)
	}
	return slices.Max(figures)
}

// within reports whether a figure is on the good side of a limit, which itself is not.
func (l queryLimits) within(v, limit float64) bool {
	return !l.Above && v < limit || l.Above && v > limit
}

func judgeQuery(l queryLimits, figures []float64) checks.Result {
	v, side := l.worst(figures), "below"
	if l.Above {
		side = "above"
	}
	said := fmt.Sprintf("%s is %.4g%s", l.What, v, spaced(l.Unit))
	if len(figures) > 1 {
		said += fmt.Sprintf(" at worst, of %d series", len(figures))
	}
	switch {
	case l.within(v, l.Warn):
		return pass(fmt.Sprintf("%s, %s %g", said, side, l.Warn))
	case l.within(v, l.Fail):
		return warn(fmt.Sprintf("%s, not %s %g", said, side, l.Warn))
	}
	return fail(fmt.Sprintf("%s, not %s %g", said, side, l.Fail))
}

func spaced(unit string) string {
	if unit == "" {
		return ""
	}
	return " " + unit
}
