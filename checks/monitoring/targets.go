package monitoring

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/services"
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
	Sends: "GET of /api/v1/targets?state=active and of a random path beside it, below the declared address",
	Rule: "PASS: the application's jobs have targets, and all are up. WARN: some are down, or were scraped last more than three intervals ago by Prometheus' own clock. " +
		"FAIL: a job has no target, all are down, or a required service whose host refuses the connection. " +
		"inconclusive: no job is named and none scrapes the host of base_url, none was scraped yet, or the answer is not Prometheus'.",
	Fix:  "Add the scrape job, with discovery instead of a fixed list, and alert on targets that are missing.",
	Refs: []string{"Prometheus HTTP API"},
}, func(ctx context.Context, p *checks.Probe, params TargetsParams) checks.Result {
	s, missing := services.FindHTTP(p, services.Params{Service: params.Service, Required: params.Required}, "prometheus")
	if missing != nil {
		return *missing
	}
	var data struct {
		Active *[]scraped `json:"activeTargets"`
	}
	x, bad := api(ctx, p, s, "/api/v1/targets?state=active", &data, func() bool { return data.Active != nil })
	if bad != nil {
		return *bad
	}
	jobs := params.Job
	if len(jobs) == 0 {
		jobs = p.Target.Roles["job"]
	}
	if len(jobs) == 0 {
		jobs = jobsOf(p.Target.BaseURL, *data.Active)
	}
	return with(judgeTargets(jobs, *data.Active, clockOf(x)), p.Exchange(x))
})

// clockOf is the time of the server at its answer, ours where it does not tell.
func clockOf(x *observe.Exchange) time.Time {
	if at, err := http.ParseTime(x.Header.Get("Date")); err == nil {
		return at
	}
	return x.At
}

// scraped is one target of Prometheus.
type scraped struct {
	Labels   map[string]string `json:"labels"`
	URL      string            `json:"scrapeUrl"`
	Health   string            `json:"health"` // up, down or unknown: not scraped yet
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
	all, up, down, stale := 0, 0, 0, 0
	for _, job := range jobs {
		found := false
		for _, t := range targets {
			if t.Labels["job"] != job {
				continue
			}
			found = true
			all++
			switch t.Health {
			case "up":
				up++
				if t.stale(now) {
					stale++
				}
			case "down":
				down++
			}
		}
		if !found {
			return fail(fmt.Sprintf("Prometheus has no target of the job %q", job))
		}
	}
	named := names(jobs)
	switch {
	case down == all:
		return fail(fmt.Sprintf("none of %s of %s is up", count(all, "target"), named))
	case down > 0:
		return warn(fmt.Sprintf("%d of %s of %s are up", up, count(all, "target"), named))
	case up < all:
		return unsure(fmt.Sprintf("%d of %s of %s were not scraped yet: look again after an interval", all-up, count(all, "target"), named))
	case stale > 0:
		return warn(fmt.Sprintf("%d of %s of %s were scraped last more than three intervals ago", stale, count(all, "target"), named))
	}
	return pass(fmt.Sprintf("Prometheus scrapes %s of %s, all up", count(all, "target"), named))
}
