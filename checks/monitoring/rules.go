package monitoring

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/services"
)

var prometheusRules = checks.Define(checks.Kind{
	ID: "ops.prometheus.rules", Title: "Prometheus has alert rules and somebody to tell", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/rules?type=alert, /api/v1/alertmanagers and a random path beside them, below the declared address",
	Rule: "PASS: alert rules are loaded, each evaluates, one watches what is absent or always fires, and an alert manager is active. " +
		"WARN: some rules fail to evaluate, none watches the monitoring itself, or no alert manager is active. " +
		"FAIL: no alert rule, all fail to evaluate, or a required service whose host refuses the connection. inconclusive: rules were not evaluated yet, or the answer is not Prometheus'.",
	Fix:  "Begin with rules for availability, errors, latency and saturation; connect an alert manager; add an alert that always fires.",
	Refs: []string{"Prometheus HTTP API", "SRE 6", "SRE 10"},
}, func(ctx context.Context, p *checks.Probe, params services.Params) checks.Result {
	s, missing := services.FindHTTP(p, params, "prometheus")
	if missing != nil {
		return *missing
	}
	rules, x, bad := alertRules(ctx, p, s)
	if bad != nil {
		return *bad
	}
	if r := judgeRules(rules, 1); r.Verdict == checks.Fail {
		return with(r, p.Exchange(x))
	}
	managers, y, bad := activeManagers(ctx, p, s)
	if bad != nil {
		return with(*bad, p.Exchange(x))
	}
	return with(judgeRules(rules, len(managers)), p.Exchange(x), p.Exchange(y))
})

// alertRule is one alert rule that Prometheus has loaded.
type alertRule struct {
	Name        string            `json:"name"`
	Query       string            `json:"query"`
	State       string            `json:"state"`  // inactive, pending or firing
	Health      string            `json:"health"` // ok, err or unknown: not evaluated yet
	Type        string            `json:"type"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// alertRules asks Prometheus for its alert rules.
func alertRules(ctx context.Context, p *checks.Probe, s services.HTTP) ([]alertRule, *observe.Exchange, *checks.Result) {
	var data struct {
		Groups *[]struct {
			Rules []alertRule `json:"rules"`
		} `json:"groups"`
	}
	x, bad := api(ctx, p, s, "/api/v1/rules?type=alert", &data, func() bool { return data.Groups != nil })
	if bad != nil {
		return nil, nil, bad
	}
	var rules []alertRule
	for _, group := range *data.Groups {
		for _, rule := range group.Rules {
			if rule.Type == "" || rule.Type == "alerting" {
				rules = append(rules, rule)
			}
		}
	}
	return rules, x, nil
}

// activeManagers are the addresses of the alert managers that Prometheus sends to.
func activeManagers(ctx context.Context, p *checks.Probe, s services.HTTP) ([]string, *observe.Exchange, *checks.Result) {
	var data struct {
		Active *[]struct {
			URL string `json:"url"`
		} `json:"activeAlertmanagers"`
	}
	x, bad := api(ctx, p, s, "/api/v1/alertmanagers", &data, func() bool { return data.Active != nil })
	if bad != nil {
		return nil, nil, bad
	}
	var urls []string
	for _, m := range *data.Active {
		urls = append(urls, m.URL)
	}
	return urls, x, nil
}

func judgeRules(rules []alertRule, managers int) checks.Result {
	broken, fresh, watched := 0, 0, false
	for _, rule := range rules {
		switch rule.Health {
		case "err":
			broken++
		case "ok":
			watched = watched || rule.watches()
		default:
			fresh++
		}
	}
	loaded := count(len(rules), "alert rule")
	switch {
	case len(rules) == 0:
		return fail("Prometheus has no alert rule")
	case broken == len(rules):
		return fail("all of " + loaded + " fail to evaluate")
	case fresh > 0:
		return unsure(fmt.Sprintf("%d of %s were not evaluated yet: look again after an interval", fresh, loaded))
	case broken > 0:
		return warn(fmt.Sprintf("%d of %s fail to evaluate", broken, loaded))
	case managers == 0:
		return warn("Prometheus has " + loaded + ", but no active alert manager to tell")
	case !watched:
		return warn("Prometheus has " + loaded + ", but none that always fires or watches for absence")
	}
	return pass(fmt.Sprintf("Prometheus has %s, none fails to evaluate, and %s", loaded, count(managers, "active alert manager")))
}

var (
	absence     = regexp.MustCompile(`\babsent(_over_time)?\s*\(`)
	watcherName = regexp.MustCompile(`(?i)watchdog|dead.?man`)
)

// watches reports whether the rule notices that monitoring or a series is gone: it always
// fires, so that its silence tells, or is about absence. A name alone is not enough.
func (r alertRule) watches() bool {
	return absence.MatchString(r.Query) || r.alwaysHolds() || watcherName.MatchString(r.Name) && r.State == "firing"
}

// constant is a vector of one number, compared with another or not; time() is never 0.
var constant = regexp.MustCompile(`^vector\((time\(\)|[0-9]+(?:\.[0-9]+)?)\)(?:(==|!=|>=|<=|>|<)(bool)?([0-9]+(?:\.[0-9]+)?))?$`)

// constantly reads an expression of nothing but numbers.
func constantly(query string) (isConstant, holds bool) {
	q := strings.Join(strings.Fields(query), "")
	for strings.HasPrefix(q, "(") && strings.HasSuffix(q, ")") {
		q = q[1 : len(q)-1]
	}
	m := constant.FindStringSubmatch(q)
	if m == nil {
		return false, false
	}
	if m[2] == "" || m[3] != "" { // without comparison, or one that gives 0 or 1, there is always a sample
		return true, true
	}
	left, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		left = 1e9 // seconds since 1970
	}
	right, _ := strconv.ParseFloat(m[4], 64) // the pattern holds it to a number
	return true, map[string]bool{"==": left == right, "!=": left != right, ">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right}[m[2]]
}

// alwaysHolds reports whether the rule's expression has a sample whatever is measured.
func (r alertRule) alwaysHolds() bool {
	_, holds := constantly(r.Query)
	return holds
}

var prometheusWatchdog = checks.Define(checks.Kind{
	ID: "ops.prometheus.watchdog", Title: "An alert always fires, so that its silence tells", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/rules?type=alert and a random path beside it, below the declared address",
	Rule: "PASS: an alert rule whose expression always holds (vector(1)) fires now; who misses it when it stops is not judged. " +
		"WARN: one named watchdog or dead man's switch fires, whose expression may cease to hold; or the constant one does not fire yet. FAIL: no such rule. " +
		"inconclusive: it was not evaluated yet, or the answer is not Prometheus'.",
	Fix:  "Add an alert on vector(1) and route it to a service outside that pages when it stays away.",
	Refs: []string{"SRE App. E"},
}, func(ctx context.Context, p *checks.Probe, params services.Params) checks.Result {
	s, missing := services.FindHTTP(p, params, "prometheus")
	if missing != nil {
		return *missing
	}
	rules, x, bad := alertRules(ctx, p, s)
	if bad != nil {
		return *bad
	}
	return with(judgeWatchdog(rules), p.Exchange(x))
})

func judgeWatchdog(rules []alertRule) checks.Result {
	best := fail("no alert rule of Prometheus fires always: nobody hears that monitoring stopped")
	rank := 0
	better := func(r int, result checks.Result) {
		if r > rank {
			rank, best = r, result
		}
	}
	for _, rule := range rules {
		switch name := cut(rule.Name); {
		case rule.Health == "err":
		case rule.alwaysHolds() && rule.State == "firing" && rule.Health == "ok":
			better(4, pass("the alert "+name+" always fires; who misses it when it stops is not judged"))
		case rule.alwaysHolds() && rule.Health != "ok":
			better(3, unsure("the alert "+name+" always holds, but was not evaluated yet: look again after an interval"))
		case rule.alwaysHolds():
			better(2, warn("the alert "+name+" always holds, but does not fire yet"))
		case watcherName.MatchString(rule.Name) && rule.State == "firing":
			better(1, warn("the alert "+name+" fires, but its expression may cease to hold"))
		}
	}
	return best
}
