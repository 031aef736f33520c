package services

import (
	"context"
	"encoding/json"
	"fmt"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var grafanaDashboards = checks.Define(checks.Kind{
	ID: "ops.grafana.dashboards", Title: "Grafana has dashboards", Class: checks.Safe, Severity: checks.Medium, Needs: []string{"service.grafana"},
	Sends: "GET of /api/search?type=dash-db&limit=100 below the declared address, with the credentials of its URL",
	Rule: "PASS: at least one dashboard; what it shows is not judged. FAIL: none, or a required service whose host refuses the connection. " +
		"inconclusive: refused without credentials that may see them, or the answer is not Grafana's.",
	Fix:  "Keep one overview per service in the repository and load it at start.",
	Refs: []string{"Grafana HTTP API", "SRE 6"},
}, func(ctx context.Context, p *checks.Probe, params Params) checks.Result {
	s, missing := find(p, params, "grafana")
	if missing != nil {
		return *missing
	}
	x, bad := s.ask(ctx, p, "/api/search?type=dash-db&limit=100")
	if bad != nil {
		return *bad
	}
	facts := dashboardFacts{Status: x.Status, Refused: answer.Refused(x)}
	var found []struct {
		Type string `json:"type"`
	}
	if x.Status == 200 && json.Unmarshal(x.Body, &found) == nil && found != nil {
		facts.Read = true
		for _, f := range found {
			if f.Type == "dash-db" {
				facts.Dashboards++
			}
		}
		facts.Other = len(found) - facts.Dashboards
	}
	return with(judgeDashboards(facts), p.Exchange(x))
})

// dashboardFacts is what the search showed.
type dashboardFacts struct {
	Status     int
	Refused    bool
	Read       bool // the answer is a list
	Dashboards int
	Other      int // of the list, not dashboards
}

func judgeDashboards(f dashboardFacts) checks.Result {
	switch {
	case f.Refused:
		return unsure(fmt.Sprintf("Grafana turns us away (%d): declare credentials in the service's URL", f.Status))
	case !f.Read || f.Dashboards == 0 && f.Other > 0:
		return unsure(fmt.Sprintf("/api/search does not answer as Grafana does (%d)", f.Status))
	case f.Dashboards == 0:
		return fail("Grafana has no dashboard that this account sees")
	}
	return pass(fmt.Sprintf("Grafana has %s; what they show is not judged", count(f.Dashboards, "dashboard")))
}
