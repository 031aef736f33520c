package services

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// TargetsParams are the parameters of ops.prometheus.targets.
type TargetsParams struct {
	Service  string         `toml:"service" doc:"the name of the service in the target's [services]; default the first of kind prometheus"`
	Required bool           `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Job      checks.Strings `toml:"job" doc:"the scrape jobs of the application; default the target's [roles] job, then the jobs that scrape the host of base_url"`
}

var prometheusTargets = checks.Define(checks.Kind{
	ID: "ops.prometheus.targets", Title: "Prometheus scrapes the application", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/targets?state=active below the declared address",
	Rule: "PASS: the application's jobs have targets, and all are up. WARN: some are down, or were scraped last more than three intervals ago. " +
		"FAIL: a job has no target, none is up, or a required service whose host refuses the connection. " +
		"inconclusive: no job is named and none scrapes the host of base_url, or the answer is not Prometheus'.",
	Fix:  "Add the scrape job, with discovery instead of a fixed list, and alert on targets that are missing.",
	Refs: []string{"Prometheus HTTP API"},
}, func(ctx context.Context, p *checks.Probe, params TargetsParams) checks.Result {
	s, missing := find(p, Params{params.Service, params.Required}, "prometheus")
	if missing != nil {
		return *missing
	}
	var data struct {
		Active []scraped `json:"activeTargets"`
	}
	x, bad := s.api(ctx, p, "/api/v1/targets?state=active", &data)
	if bad != nil {
		return *bad
	}
	jobs := params.Job
	if len(jobs) == 0 {
		jobs = p.Target.Roles["job"]
	}
	if len(jobs) == 0 {
		jobs = jobsOf(p.Target.BaseURL, data.Active)
	}
	return with(judgeTargets(jobs, data.Active, x.At), p.Exchange(x))
})

var prometheusRules = checks.Define(checks.Kind{
	ID: "ops.prometheus.rules", Title: "Prometheus has alert rules and somebody to tell", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.prometheus"},
	Sends: "GET of /api/v1/rules?type=alert and /api/v1/alertmanagers below the declared address",
	Rule: "PASS: alert rules are loaded, none fails to evaluate, one watches what is absent or always fires, and an alert manager is active. " +
		"WARN: some rules fail to evaluate, none watches the monitoring itself, or no alert manager is active. " +
		"FAIL: no alert rule, all fail to evaluate, or a required service whose host refuses the connection. inconclusive: the answer is not Prometheus'.",
	Fix:  "Begin with rules for availability, errors, latency and saturation; connect an alert manager; add an alert that always fires.",
	Refs: []string{"Prometheus HTTP API", "SRE 6", "SRE 10"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, missing := find(p, params, "prometheus")
	if missing != nil {
		return *missing
	}
	var rules struct {
		Groups []struct {
			Rules []alertRule `json:"rules"`
		} `json:"groups"`
	}
	x, bad := s.api(ctx, p, "/api/v1/rules?type=alert", &rules)
	if bad != nil {
		return *bad
	}
	var managers struct {
		Active []struct{} `json:"activeAlertmanagers"`
	}
	y, bad := s.api(ctx, p, "/api/v1/alertmanagers", &managers)
	if bad != nil {
		return with(*bad, p.Exchange(x))
	}
	var all []alertRule
	for _, group := range rules.Groups {
		all = append(all, group.Rules...)
	}
	return with(judgeRules(all, len(managers.Active)), p.Exchange(x), p.Exchange(y))
})

// api asks Prometheus' API and decodes the data of its answer.
func (s service) api(ctx context.Context, p *checks.Probe, path string, data any) (*observe.Exchange, *checks.Result) {
	x, bad := s.ask(ctx, p, path)
	if bad != nil {
		return nil, bad
	}
	var envelope struct {
		Status string          `json:"status"`
		Data   json.RawMessage `json:"data"`
	}
	path, _, _ = strings.Cut(path, "?")
	unread := func(why string) *checks.Result {
		r := with(unsure(path+" "+why), p.Exchange(x))
		return &r
	}
	switch {
	case answer.Refused(x):
		return nil, unread(fmt.Sprintf("turns us away (%d): declare credentials in the service's URL", x.Status))
	case x.Truncated:
		return nil, unread("answers with more than can be read")
	case x.Status != 200 || json.Unmarshal(x.Body, &envelope) != nil || envelope.Status != "success" || json.Unmarshal(envelope.Data, data) != nil:
		return nil, unread(fmt.Sprintf("does not answer as Prometheus does (%d)", x.Status))
	}
	return x, nil
}

// scraped is one target of Prometheus.
type scraped struct {
	Labels   map[string]string `json:"labels"`
	URL      string            `json:"scrapeUrl"`
	Health   string            `json:"health"`
	Last     time.Time         `json:"lastScrape"`
	Interval string            `json:"scrapeInterval"`
}

// stale reports whether the target was scraped last more than three intervals ago.
func (t scraped) stale(now time.Time) bool {
	interval, err := model.ParseDuration(t.Interval)
	return err == nil && interval > 0 && now.Sub(t.Last) > 3*time.Duration(interval)
}

// jobsOf are the jobs that scrape the host and port of a base URL.
func jobsOf(base string, targets []scraped) []string {
	own, err := url.Parse(base)
	if err != nil || own.Host == "" {
		return nil
	}
	var jobs []string
	for _, t := range targets {
		u, err := url.Parse(t.URL)
		if err == nil && strings.EqualFold(answer.Authority(u), answer.Authority(own)) && t.Labels["job"] != "" {
			jobs = append(jobs, t.Labels["job"])
		}
	}
	slices.Sort(jobs)
	return slices.Compact(jobs)
}

func judgeTargets(jobs []string, targets []scraped, now time.Time) checks.Result {
	if len(jobs) == 0 {
		return unsure(fmt.Sprintf("Prometheus has %s, but which are the application's is not known: name the job under [roles] job", count(len(targets), "active target")))
	}
	all, up, stale := 0, 0, 0
	for _, job := range jobs {
		found := false
		for _, t := range targets {
			if t.Labels["job"] != job {
				continue
			}
			found = true
			all++
			if t.Health == "up" {
				up++
				if t.stale(now) {
					stale++
				}
			}
		}
		if !found {
			return fail(fmt.Sprintf("Prometheus has no target of the job %q", job))
		}
	}
	named := strings.Join(jobs, ", ")
	switch {
	case up == 0:
		return fail(fmt.Sprintf("none of %s of %s is up", count(all, "target"), named))
	case up < all:
		return warn(fmt.Sprintf("%d of %s of %s are up", up, count(all, "target"), named))
	case stale > 0:
		return warn(fmt.Sprintf("%d of %s of %s were scraped last more than three intervals ago", stale, count(all, "target"), named))
	}
	return pass(fmt.Sprintf("Prometheus scrapes %s of %s, all up", count(all, "target"), named))
}

// alertRule is one rule of Prometheus.
type alertRule struct {
	Name   string `json:"name"`
	Query  string `json:"query"`
	Health string `json:"health"`
	Type   string `json:"type"`
}

// watchesItself matches rules that notice when monitoring or a series is gone: those that
// always fire, so that their silence tells, and those about absence.
var watchesItself = regexp.MustCompile(`(?i)\babsent(_over_time)?\s*\(|\bvector\s*\(\s*1\s*\)|watchdog|dead\W?man`)

func judgeRules(rules []alertRule, managers int) checks.Result {
	alerts, broken, watched := 0, 0, false
	for _, rule := range rules {
		if rule.Type != "" && rule.Type != "alerting" {
			continue
		}
		alerts++
		if rule.Health == "err" {
			broken++
			continue
		}
		watched = watched || watchesItself.MatchString(rule.Query) || watchesItself.MatchString(rule.Name)
	}
	loaded := count(alerts, "alert rule")
	switch {
	case alerts == 0:
		return fail("Prometheus has no alert rule")
	case broken == alerts:
		return fail("all of " + loaded + " fail to evaluate")
	case broken > 0:
		return warn(fmt.Sprintf("%d of %s fail to evaluate", broken, loaded))
	case managers == 0:
		return warn("Prometheus has " + loaded + ", but no active alert manager to tell")
	case !watched:
		return warn("Prometheus has " + loaded + ", but none that always fires or watches for absence")
	}
	return pass(fmt.Sprintf("Prometheus has %s, none fails to evaluate, and %s", loaded, count(managers, "active alert manager")))
}

// count prints a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
