package monitoring

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
)

// CoverageParams are the parameters of ops.prometheus.coverage. The patterns are regular
// expressions that match any part of a rule's name, its expression or a label (key=value).
type CoverageParams struct {
	Service      string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind prometheus"`
	Required     bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Areas        checks.Strings `toml:"areas" doc:"what must be covered, of availability, errors, latency, saturation and certificate; default the first four"`
	Availability checks.Strings `toml:"availability" doc:"patterns of rules about availability; default the target's [roles] alerts_availability, then gonogo's own; the same for each area"`
	Errors       checks.Strings `toml:"errors" doc:"patterns of rules about errors"`
	Latency      checks.Strings `toml:"latency" doc:"patterns of rules about latency"`
	Saturation   checks.Strings `toml:"saturation" doc:"patterns of rules about saturation"`
	Certificate  checks.Strings `toml:"certificate" doc:"patterns of rules about certificates that expire"`
}

func (c CoverageParams) patterns(area string) checks.Strings {
	return map[string]checks.Strings{"availability": c.Availability, "errors": c.Errors, "latency": c.Latency,
		"saturation": c.Saturation, "certificate": c.Certificate}[area]
}

var prometheusCoverage = checks.Define(checks.Kind{
	ID: "ops.prometheus.coverage", Title: "Alert rules cover availability, errors, latency and saturation", Class: checks.Safe, Severity: checks.Critical, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/rules?type=alert and a random path beside it, below the declared address",
	Rule: "PASS: each area has an alert rule that evaluates, matched by name, expression or label; the reason names it. WARN: one area of several has none. FAIL: more have none. " +
		"A rule that fails to evaluate, one of numbers alone, and for errors and latency one about the platform alone (node, kube, prometheus) does not count, unless the target itself is that program by its name. " +
		"inconclusive: the rule that would cover an area was not evaluated yet, or the answer is not Prometheus'. Whether thresholds are good is not judged.",
	Fix:  "Begin with four rules, one of each kind, on what users notice; name the area in a label.",
	Refs: []string{"SRE 6", "SRE 10"},
}, func(ctx context.Context, p *checks.Probe, params CoverageParams) checks.Result {
	s, missing := services.FindHTTP(p, services.Params{Service: params.Service, Required: params.Required}, "prometheus")
	if missing != nil {
		return *missing
	}
	areas, err := areasOf(params, p.Target.Roles)
	if err != nil {
		return unsure(err.Error())
	}
	rules, x, bad := alertRules(ctx, p, s)
	if bad != nil {
		return *bad
	}
	for i := range areas {
		areas[i].Product = monitoringProduct(p.Target.Name)
	}
	found := cover(areas, rules)
	return with(judgeCoverage(found, len(rules)), p.Exchange(x), p.Note("alert rules by area", coverageTable(found)))
})

// area is one thing that alert rules should be about.
type area struct {
	Name     string
	Patterns []*regexp.Regexp
	Own      bool   // rules about the platform alone don't count: the application's own figures are meant
	Product  string // the program of the platform that the target itself is, "" as a rule
}

// defaultAreas are gonogo's own patterns. They look for the words and functions that such
// rules are made of.
var defaultAreas = []struct {
	name    string
	own     bool
	pattern string
}{
	{"availability", false, `\bup\b\s*(\{[^}]*\})?\s*\)*\s*(==\s*(bool\s*)?0|<\s*1|!=\s*1)|\babsent(_over_time)?\s*\(|\bprobe_success\b|` +
		`(?i:(instance|target|service|job|app|application|endpoint|api|site|host|node|pod|server|database|db|backend|frontend)[ _-]?(is[ _-]?)?(down|unavailable|unreachable|missing|absent|offline))|` +
		`(?i:availability|unavailable|outage|health_?check)`},
	{"errors", true, `(?i:error|exception|\b5xx|failure|failed)|=~\s*"\^?\(?(5\.\.|5\.\*|5\[0-9\]|5\\\\?d|5xx)`},
	{"latency", true, `(?i:latency|response[ _-]?time|request[ _-]?time|apdex|histogram_quantile|duration|\bp9[059]\b)|\bslow|_slow|Slow|SLOW`},
	{"saturation", false, `(?i:saturat|cpu|memory|\boom|disk|filesystem|inode|\bpool|_pool|queue|connections|file[ _-]?descriptor|_fds\b|throttl|quota|backlog|\blag\b|_lag\b|load(1|5|15)\b|capacity|heap|pressure)`},
	{"certificate", false, `(?i:cert(ificate)?s?([^a-z]|$|expir|manager)|x509|ssl_earliest|tls[ _-]?expir)`},
}

// areasOf reads which areas are wanted, each with the patterns of the parameters, else of
// the target's roles, else gonogo's own.
func areasOf(params CoverageParams, roles map[string]checks.Strings) ([]area, error) {
	wanted := []string(params.Areas)
	if len(wanted) == 0 {
		wanted = []string{"availability", "errors", "latency", "saturation"}
	}
	var areas []area
	for _, name := range wanted {
		at := slices.IndexFunc(defaultAreas, func(d struct {
			name    string
			own     bool
			pattern string
		}) bool {
			return d.name == name
		})
		if at < 0 {
			return nil, fmt.Errorf("areas: %q is none: want availability, errors, latency, saturation or certificate", cut(name))
		}
		patterns, own := params.patterns(name), false
		if len(patterns) == 0 {
			patterns = roles["alerts_"+name]
		}
		if len(patterns) == 0 {
			patterns, own = checks.Strings{defaultAreas[at].pattern}, defaultAreas[at].own
		}
		a := area{Name: name, Own: own}
		for _, pattern := range patterns {
			re, err := regexp.Compile(pattern)
			if err != nil || pattern == "" || re.MatchString("") {
				return nil, fmt.Errorf("%s: %q is no regular expression that tells rules apart", name, cut(pattern))
			}
			a.Patterns = append(a.Patterns, re)
		}
		areas = append(areas, a)
	}
	return areas, nil
}

// about reports whether a rule is about the area, and by what it was told.
func (a area) about(r alertRule) (by string, ok bool) {
	if isConstant, _ := constantly(r.Query); isConstant || strings.TrimSpace(r.Query) == "" {
		return "", false
	}
	if a.Own && platformOnly(r.Query, a.Product) {
		return "", false
	}
	return a.match(r)
}

// match reports whether a pattern of the area matches a rule, and by what.
func (a area) match(r alertRule) (by string, ok bool) {
	for _, pattern := range a.Patterns {
		if pattern.MatchString(r.Query) {
			return "expression", true
		}
		if pattern.MatchString(r.Name) {
			return "name", true
		}
		for key, value := range r.Labels {
			if pattern.MatchString(key + "=" + value) {
				return "label", true
			}
		}
	}
	return "", false
}

var (
	quoted    = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|` + "`[^`]*`")
	braced    = regexp.MustCompile(`\{[^{}]*\}`)
	grouping  = regexp.MustCompile(`(?i)\b(by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)`)
	functions = regexp.MustCompile(`[a-zA-Z_][a-zA-Z0-9_]*\s*\(`)
	metric    = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*[_:][a-zA-Z0-9_:]*`)
	platform  = regexp.MustCompile(`(^|:)(prometheus|alertmanager|node|kube|kubelet|kubernetes|apiserver|etcd|coredns|thanos|grafana|loki|workqueue|rest_client|container|cluster|instance|namespace)([_:]|$)`)
)

// platformOnly reports whether every metric of an expression is of the machines, the
// cluster or the monitoring: its errors and delays are not the application's, unless the
// application is that very program.
func platformOnly(query, product string) bool {
	q := grouping.ReplaceAllString(braced.ReplaceAllString(quoted.ReplaceAllString(query, ""), ""), "")
	found := metric.FindAllString(functions.ReplaceAllString(q, "("), -1)
	for _, name := range found {
		if !platform.MatchString(name) || product != "" && strings.HasPrefix(name, product+"_") {
			return false
		}
	}
	return len(found) > 0
}

// monitoringProduct is the program of the platform that a target is by its name: the first
// word of "prometheus-eu"; "" where it is none.
func monitoringProduct(name string) string {
	first, _, _ := strings.Cut(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return unicode.ToLower(r)
		}
		return ' '
	}, name), " ")
	if slices.Contains([]string{"prometheus", "alertmanager", "thanos", "grafana", "loki", "etcd", "coredns"}, first) {
		return first
	}
	return ""
}

// covered is an area with the rule that covers it.
type covered struct {
	Area   string
	Rule   string // empty: none
	By     string // name, expression or label
	Broken string // a rule about it that fails to evaluate
	Fresh  string // a rule about it that was not evaluated yet
	Other  string // a rule about it, but of the platform alone
}

func cover(areas []area, rules []alertRule) []covered {
	found := make([]covered, len(areas))
	for i, a := range areas {
		c := covered{Area: a.Name}
		for _, r := range rules {
			by, ok := a.about(r)
			switch {
			case !ok:
				if _, other := a.match(r); other && a.Own && c.Other == "" && platformOnly(r.Query, a.Product) {
					c.Other = r.Name
				}
			case r.Health == "ok" && c.Rule == "":
				c.Rule, c.By = r.Name, by
			case r.Health == "err" && c.Broken == "":
				c.Broken = r.Name
			case r.Health != "ok" && r.Health != "err" && c.Fresh == "":
				c.Fresh = r.Name
			}
		}
		found[i] = c
	}
	return found
}

func judgeCoverage(found []covered, rules int) checks.Result {
	if rules == 0 {
		return fail("Prometheus has no alert rule")
	}
	var by, open, fresh []string
	for _, c := range found {
		switch {
		case c.Rule != "":
			by = append(by, c.Area+" by "+cut(c.Rule))
		case c.Fresh != "":
			fresh = append(fresh, c.Area+" ("+cut(c.Fresh)+")")
		case c.Broken != "":
			open = append(open, c.Area+" ("+cut(c.Broken)+" fails to evaluate)")
		case c.Other != "":
			open = append(open, c.Area+" ("+cut(c.Other)+" is about the platform alone)")
		default:
			open = append(open, c.Area)
		}
	}
	covers := ""
	if len(by) > 0 {
		covers = "; covered: " + strings.Join(by, ", ")
	}
	var r checks.Result
	switch {
	case len(open) > 1 || len(open) == len(found):
		r = fail("no alert rule covers " + strings.Join(open, ", ") + covers)
	case len(fresh) > 0:
		r = unsure("not evaluated yet: " + strings.Join(fresh, ", ") + covers)
	case len(open) == 1:
		r = warn("no alert rule covers " + open[0] + covers)
	default:
		r = pass("alert rules cover " + strings.Join(by, ", "))
		r.Strength = checks.Inferred
	}
	return r
}

func coverageTable(found []covered) string {
	var b strings.Builder
	for _, c := range found {
		rule := "none"
		if c.Rule != "" {
			rule = fmt.Sprintf("%q, by its %s", c.Rule, c.By)
		}
		fmt.Fprintf(&b, "%-14s %s\n", c.Area, rule)
		if c.Broken != "" {
			fmt.Fprintf(&b, "%-14s fails to evaluate: %q\n", "", c.Broken)
		}
	}
	return b.String()
}
