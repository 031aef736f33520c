package monitoring

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
)

// RunbooksParams are the parameters of ops.prometheus.runbooks.
type RunbooksParams struct {
	Service    string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind prometheus"`
	Required   bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Label      string         `toml:"label" doc:"the label that tells a rule's severity; default severity"`
	Severities checks.Strings `toml:"severities" doc:"its values for alerts that page; default page and critical"`
	Annotation string         `toml:"annotation" doc:"the annotation that holds the link; default runbook_url"`
}

var prometheusRunbooks = checks.Define(checks.Kind{
	ID: "ops.prometheus.runbooks", Title: "Every paging alert links to a runbook", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/rules?type=alert and a random path beside it, below the declared address; no link is opened",
	Rule: "PASS: every alert rule whose severity pages has a runbook_url that is an absolute http or https URL of a host that exists for more than examples. WARN: more than half have one. " +
		"FAIL: fewer, or there is no alert rule. inconclusive: no rule has a paging severity, or the answer is not Prometheus'. Where the links lead is not judged.",
	Fix:  "Add annotations: { runbook_url: \"https://…\" } to each rule that pages, and fail the pipeline without one.",
	Refs: []string{"SRE 11"},
}, func(ctx context.Context, p *checks.Probe, params RunbooksParams) checks.Result {
	s, missing := services.FindHTTP(p, services.Params{Service: params.Service, Required: params.Required}, "prometheus")
	if missing != nil {
		return *missing
	}
	rules, x, bad := alertRules(ctx, p, s)
	if bad != nil {
		return *bad
	}
	return with(judgeRunbooks(params.complete(), rules), p.Exchange(x))
})

func (r RunbooksParams) complete() RunbooksParams {
	if r.Label == "" {
		r.Label = "severity"
	}
	if len(r.Severities) == 0 {
		r.Severities = checks.Strings{"page", "critical"}
	}
	if r.Annotation == "" {
		r.Annotation = "runbook_url"
	}
	return r
}

func judgeRunbooks(params RunbooksParams, rules []alertRule) checks.Result {
	paging := 0
	var without []string
	for _, rule := range rules {
		pages := slices.ContainsFunc(params.Severities, func(s string) bool { return strings.EqualFold(s, rule.Labels[params.Label]) })
		if isConstant, _ := constantly(rule.Query); !pages || isConstant {
			continue // a watchdog pages by its absence
		}
		paging++
		if !isLink(rule.Annotations[params.Annotation]) {
			without = append(without, cut(rule.Name))
		}
	}
	all := count(paging, "paging alert rule")
	switch {
	case len(rules) == 0:
		return fail("Prometheus has no alert rule")
	case paging == 0:
		return unsure(fmt.Sprintf("none of %s has the %s %s: name those that page", count(len(rules), "alert rule"), params.Label, strings.Join(params.Severities, " or ")))
	case len(without) == 0:
		return pass(fmt.Sprintf("%s: each has a %s; where they lead is not judged", all, params.Annotation))
	case 2*len(without) < paging:
		return warn(fmt.Sprintf("%d of %s have no usable %s: %s", len(without), all, params.Annotation, names(without)))
	}
	return fail(fmt.Sprintf("%d of %s have no usable %s: %s", len(without), all, params.Annotation, names(without)))
}

// template is a part of an annotation that Prometheus fills in when the alert fires.
var template = regexp.MustCompile(`\{\{.*?\}\}`)

// isLink reports whether a text is an absolute URL that can lead somewhere.
func isLink(text string) bool {
	u, err := url.Parse(strings.TrimSpace(template.ReplaceAllString(text, "x")))
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && !reserved(u.Hostname())
}

// reservedNames matches the host names that RFC 2606 keeps for documentation, and what people
// write where a name will be.
var reservedNames = regexp.MustCompile(`(?i)(^|[.@])(example(\.(com|net|org))?|[^.]+\.example|invalid|[^.]+\.invalid|test|[^.]+\.test|your[-_]?(domain|company|org)[^.]*(\.[a-z]+)*|todo|tbd|x|changeme)\.?$`)

// reserved reports whether a host name stands for one that is yet to be filled in.
func reserved(host string) bool { return reservedNames.MatchString(host) }
