package web

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"sort"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// MetricsParams are the parameters of the kinds about metrics.
type MetricsParams struct {
	Path     string         `toml:"path" doc:"the metrics route; default the target's metrics path, then /metrics"`
	Families checks.Strings `toml:"families" doc:"metric names, or starts of names, one of which must be there; default *_total, process_, go_, http_"`
	Signals  checks.Strings `toml:"signals" doc:"what must be measured: rate (requests counted), errors (told apart by status, or counted), duration (a histogram or summary); default none"`
	Intended bool           `toml:"intended" doc:"anonymous readers are meant to see them, as on a private network"`
}

var metricsEndpoint = checks.Define(checks.Kind{
	ID: "ops.metrics.endpoint", Title: "Metrics are served", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the metrics route, with the user's token where it is refused without, and of a random path beside it",
	Rule: "PASS: exposition text with a family that a service has, under its content type. WARN: another content type, only the runtime's own metrics, a wanted signal without a family, or more than 10 000 series. " +
		"FAIL: 404, a page, JSON, an empty or unreadable body. inconclusive: unknown paths get the same.",
	Fix:  "One request, error and latency series for each service, scraped over the internal network.",
	Refs: []string{"Prometheus exposition formats", "OpenMetrics"},
}, func(ctx context.Context, p *checks.Probe, params MetricsParams) checks.Result {
	facts, evidence, missing := askMetrics(ctx, p, params)
	if missing != nil {
		return *missing
	}
	return judgeMetrics(facts).Result(evidence...)
})

var exposureMetrics = checks.Define(checks.Kind{
	ID: "security.exposure.metrics", Title: "Metrics are not open to everybody", Class: checks.Safe, Severity: checks.Medium,
	Sends: "the same request as ops.metrics.endpoint",
	Rule: "PASS: refused or not found without a token, or declared as intended. WARN: readable without a token. " +
		"FAIL: readable on a host that is not loopback, with mail addresses or token-like values in the labels. inconclusive: unknown paths get the same.",
	Fix:  "A second listener or the internal network, or authentication.",
	Refs: []string{"CWE-200", "ASVS 13.4.5"},
}, func(ctx context.Context, p *checks.Probe, params MetricsParams) checks.Result {
	facts, evidence, missing := askMetrics(ctx, p, params)
	if missing != nil {
		return *missing
	}
	facts.Intended, facts.Loopback = params.Intended, onLoopback(p)
	return judgeMetricsExposed(facts).Result(evidence...)
})

// metricsFacts is what the metrics route showed.
type metricsFacts struct {
	Path      string
	Status    int
	Media     string
	Anonymous bool
	LikeOther bool
	Empty     bool
	Parsed    parsedMetrics
	Wanted    []string
	Signals   []string
	Intended  bool
	Loopback  bool
}

// parsedMetrics is what exposition text holds.
type parsedMetrics struct {
	Families []string
	Series   int
	Signals  map[string]string // signal → a family that measures it
	Private  string            // a label value that looks like a mail address or a token
	Err      error
	Cut      bool // the text was longer than what was read
}

func askMetrics(ctx context.Context, p *checks.Probe, params MetricsParams) (metricsFacts, []checks.Evidence, *checks.Result) {
	path := params.Path
	if path == "" {
		path = p.Target.Paths.Metrics
	}
	if path == "" {
		path = "/metrics"
	}
	facts := metricsFacts{Path: path, Wanted: params.Families, Signals: params.Signals}
	if p.Target.BaseURL == "" {
		r := answer.NotDeclared("base_url")
		return facts, nil, &r
	}
	r := observe.Request{URL: path}
	x, err := p.Do(ctx, r)
	if err == nil && refusedStatus(x.Status) && p.Target.Auth.User.Token != "" {
		r.As = observe.User
		x, err = p.Do(ctx, r)
	}
	if err != nil {
		bad := answer.Unanswered(p, answer.Label(p, r), err)
		return facts, nil, &bad
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	facts.Status, facts.Media, facts.Anonymous = x.Status, answer.Media(x), r.As == ""
	if answer.Success(x) {
		control, err := p.Control(ctx, r)
		if err != nil {
			bad := answer.Unanswered(p, "a random path beside "+path, err)
			return facts, evidence, &bad
		}
		facts.LikeOther, facts.Empty = observe.Same(x, control), len(bytes.TrimSpace(x.Body)) == 0
		facts.Parsed = parseMetrics(x.Body, x.Truncated)
		evidence = append(evidence, p.Exchange(control))
	}
	return facts, evidence, nil
}

// privateLabel matches label values that should not be in metrics.
var privateLabel = regexp.MustCompile(`^[\w.+-]+@[\w-]+\.[\w.-]+$|^eyJ[\w-]+\.[\w-]+|^(sk|pk|ghp|xox[bp])[_-]\w{16,}`)

// parseMetrics reads exposition text. The parser has panicked on hostile text before, so
// a panic counts as unreadable; of a text that was cut off the last line is dropped.
func parseMetrics(body []byte, cut bool) (parsed parsedMetrics) {
	defer func() {
		if r := recover(); r != nil {
			parsed = parsedMetrics{Err: fmt.Errorf("the text can't be read: %v", r)}
		}
	}()
	if cut {
		body = body[:bytes.LastIndexByte(body, '\n')+1]
	}
	if len(body) > 0 && body[len(body)-1] != '\n' {
		body = append(bytes.Clone(body), '\n')
	}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(bytes.NewReader(withoutEOF(body)))
	parsed = parsedMetrics{Err: err, Cut: cut, Signals: signals(families)}
	for name, family := range families {
		parsed.Families = append(parsed.Families, name)
		parsed.Series += len(family.GetMetric())
		if parsed.Private == "" {
			parsed.Private = privateIn(family)
		}
	}
	sort.Strings(parsed.Families)
	return parsed
}

// withoutEOF drops the end mark of OpenMetrics, which the older text format takes for a
// comment, and everything after it.
func withoutEOF(body []byte) []byte {
	if i := bytes.Index(body, []byte("\n# EOF")); i >= 0 {
		return body[:i+1]
	}
	return body
}

func privateIn(family *dto.MetricFamily) string {
	for _, metric := range family.GetMetric() {
		for _, label := range metric.GetLabel() {
			if privateLabel.MatchString(label.GetValue()) {
				return label.GetName()
			}
		}
	}
	return ""
}

// maxSeries is how many series one scrape may have before it is a burden.
const maxSeries = 10_000

func judgeMetrics(f metricsFacts) opinion {
	switch {
	case f.Status < 200 || f.Status >= 300:
		if refusedStatus(f.Status) {
			return unsure(f.Path + " refuses us with " + statusText(f.Status) + ": declare a token that may see it")
		}
		return fail(f.Path + " answers " + statusText(f.Status))
	case f.Parsed.Err == nil && len(f.Parsed.Families) > 0 && f.LikeOther:
		return unsure(f.Path + " serves metrics, but unknown paths get the same")
	case f.Empty:
		return fail(f.Path + " answers with an empty body")
	case f.Parsed.Err != nil || len(f.Parsed.Families) == 0:
		return fail(f.Path + " serves " + orNone(f.Media) + " that is not exposition text")
	}
	known, own := servesKnown(f.Parsed.Families, f.Wanted)
	switch {
	case !known:
		return warn(f.Path + " serves none of the expected metrics")
	case f.Media != "text/plain" && f.Media != "application/openmetrics-text":
		return warn(f.Path + " serves metrics as " + orNone(f.Media) + ", not as text/plain")
	case !own:
		return warn(f.Path + " serves only the runtime's own metrics, none of the service")
	case f.Parsed.lacks(f.Signals) != "":
		return warn(f.Path + " serves no family for " + f.Parsed.lacks(f.Signals))
	case f.Parsed.Cut || f.Parsed.Series > maxSeries:
		return warn(fmt.Sprintf("%s serves a great many series (%d read)", f.Path, f.Parsed.Series))
	}
	reason := fmt.Sprintf("%s serves %d metric families, %d series", f.Path, len(f.Parsed.Families), f.Parsed.Series)
	if len(f.Signals) > 0 {
		reason += ", " + list(f.Signals) + " among them"
	}
	return pass(reason)
}

// servesKnown tells whether an expected family is there, and whether any is more than the
// runtime's own.
func servesKnown(families, wanted []string) (known, own bool) {
	for _, family := range families {
		runtime := strings.HasPrefix(family, "go_") || strings.HasPrefix(family, "process_") ||
			strings.HasPrefix(family, "python_") || strings.HasPrefix(family, "nodejs_") || strings.HasPrefix(family, "promhttp_")
		own = own || !runtime
		if len(wanted) == 0 {
			known = known || runtime || strings.HasSuffix(family, "_total") || strings.HasPrefix(family, "http_")
			continue
		}
		for _, name := range wanted {
			known = known || strings.HasPrefix(family, strings.TrimSuffix(name, "*"))
		}
	}
	return known, own
}

func judgeMetricsExposed(f metricsFacts) opinion {
	readable := f.Status >= 200 && f.Status < 300 && f.Parsed.Err == nil && len(f.Parsed.Families) > 0
	switch {
	case readable && f.LikeOther:
		return unsure(f.Path + " serves metrics, but unknown paths get the same")
	case f.Status >= 500:
		return unsure(f.Path + " answers " + statusText(f.Status))
	case !readable:
		return pass(f.Path + " shows no metrics (" + statusText(f.Status) + ")")
	case !f.Anonymous:
		return pass(f.Path + " needs a token")
	case f.Parsed.Private != "" && !f.Loopback:
		return fail(f.Path + " is open and its label " + quoteShort(f.Parsed.Private) + " holds a mail address or a token")
	case f.Intended:
		return pass(f.Path + " is open, as intended")
	}
	return warn("everybody can read the metrics at " + f.Path)
}
