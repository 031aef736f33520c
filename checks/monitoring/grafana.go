package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/web/answer"
)

var grafanaUp = checks.Define(checks.Kind{
	ID: "ops.grafana.up", Title: "Grafana is up and its database is ok", Class: checks.Safe, Severity: checks.High, Needs: []string{},
	Sends: "GET of /api/health and a random path beside it, /healthz where the first tells nothing, and /api/org without credentials, below the declared address",
	Rule: "PASS: 200 with database ok, which random paths don't get. WARN: 401 or 403; no version or one before 10; strangers are let in; only /healthz answers, which does not look at the database. " +
		"FAIL: another content, 5xx, or a required service whose host refuses the connection. inconclusive: timed out, name not found, refused while not required, or random paths get the same.",
	Fix:  "Start the stack, give the address with its sub-path, switch anonymous access off.",
	Refs: []string{"Grafana HTTP API"},
}, func(ctx context.Context, p *checks.Probe, params services.Params) checks.Result {
	s, missing := services.FindHTTP(p, params, "grafana")
	if missing != nil {
		return *missing
	}
	x, bad := s.Ask(ctx, p, "/api/health")
	if bad != nil {
		return *bad
	}
	facts, evidence := readGrafana(x), []checks.Evidence{p.Exchange(x)}
	switch {
	case facts.Database != "" && x.Status == 200:
		if facts.Alike, bad = alike(ctx, p, x); bad != nil {
			return with(*bad, evidence...)
		}
		if r, err := s.Stranger("/api/org"); err == nil {
			if org, err := p.Do(ctx, r); err == nil {
				facts.Open = isOrg(org)
				evidence = append(evidence, p.Exchange(org))
			}
		}
	case x.Status == 404:
		z, bad := s.Ask(ctx, p, "/healthz")
		if bad != nil {
			return with(*bad, evidence...)
		}
		facts.OnlyAlive = z.Status == 200 && string(z.Body) == "Ok" && !answer.HTML(z)
		evidence = append(evidence, p.Exchange(z))
	}
	return with(judgeGrafana(facts), evidence...)
})

// grafanaFacts is what Grafana says about itself.
type grafanaFacts struct {
	Status    int
	Database  string // the database member; empty: not Grafana's answer
	Version   string
	Alike     bool // a random path gets the same
	Open      bool // strangers see the organisation
	OnlyAlive bool // only /healthz answers
}

func readGrafana(x *observe.Exchange) grafanaFacts {
	facts := grafanaFacts{Status: x.Status}
	if object, ok := answer.Object(x); ok {
		facts.Database, _ = object["database"].(string)
		facts.Version, _ = object["version"].(string)
	}
	return facts
}

// isOrg reports whether an answer is Grafana's about an organisation.
func isOrg(x *observe.Exchange) bool {
	object, ok := answer.Object(x)
	_, id := object["id"].(float64)
	_, name := object["name"].(string)
	return ok && x.Status == 200 && id && name
}

// oldGrafana is the first major version that is not warned about.
const oldGrafana = 10

var majorForm = regexp.MustCompile(`^v?(\d{1,3})\.`)

func judgeGrafana(f grafanaFacts) checks.Result {
	switch {
	case f.Status == 401 || f.Status == 403:
		return warn(fmt.Sprintf("something answers %d: alive, but what it is can't be seen", f.Status))
	case f.Alike:
		return unsure("unknown paths get Grafana's words too: what answers there can't be told")
	case f.Database != "" && f.Database != "ok":
		return fail(fmt.Sprintf("Grafana says that its database is %q", cut(f.Database)))
	case f.Status >= 500:
		return fail(fmt.Sprintf("Grafana answers %d", f.Status))
	case f.Status == 200 && f.Database == "ok":
		return judgeVersion(f)
	case f.OnlyAlive:
		return warn("only /healthz answers, which does not look at Grafana's database")
	}
	return fail(fmt.Sprintf("what answers there does not speak as Grafana does (%d for /api/health)", f.Status))
}

// judgeVersion judges a Grafana that is up.
func judgeVersion(f grafanaFacts) checks.Result {
	m := majorForm.FindStringSubmatch(f.Version)
	switch {
	case f.Open:
		return warn("Grafana is up and its database is ok, and it lets strangers in")
	case m == nil:
		return warn("Grafana is up and its database is ok; it does not tell its version")
	}
	if major, _ := strconv.Atoi(m[1]); major < oldGrafana {
		return warn(fmt.Sprintf("Grafana is up and its database is ok; its version %s is old", cut(f.Version)))
	}
	return pass("Grafana is up and its database is ok")
}

var grafanaDashboards = checks.Define(checks.Kind{
	ID: "ops.grafana.dashboards", Title: "Grafana has dashboards", Class: checks.Safe, Severity: checks.Medium, Needs: []string{"service.grafana"},
	Sends: "GET of /api/search?type=dash-db&limit=100 and a random path beside it, below the declared address, with the declared token",
	Rule: "PASS: at least one dashboard; what it shows is not judged. FAIL: none, or a required service whose host refuses the connection. " +
		"inconclusive: refused without credentials that may see them, or the answer is not Grafana's.",
	Fix:  "Keep one overview per service in the repository and load it at start.",
	Refs: []string{"Grafana HTTP API", "SRE 6"},
}, func(ctx context.Context, p *checks.Probe, params services.Params) checks.Result {
	s, missing := services.FindHTTP(p, params, "grafana")
	if missing != nil {
		return *missing
	}
	x, bad := s.Ask(ctx, p, "/api/search?type=dash-db&limit=100")
	if bad != nil {
		return *bad
	}
	facts := dashboardFacts{Status: x.Status, Refused: answer.Refused(x)}
	var found []struct {
		Type  string `json:"type"`
		UID   string `json:"uid"`
		Title string `json:"title"`
	}
	if x.Status == 200 && !x.Truncated && json.Unmarshal(x.Body, &found) == nil && found != nil {
		if facts.Alike, bad = alike(ctx, p, x); bad != nil {
			return with(*bad, p.Exchange(x))
		}
		facts.Read = true
		for _, f := range found {
			if f.Type == "dash-db" && f.UID != "" {
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
	Alike      bool // a random path gets the same
	Dashboards int
	Other      int // of the list, not dashboards
}

func judgeDashboards(f dashboardFacts) checks.Result {
	switch {
	case f.Refused:
		return unsure(fmt.Sprintf("Grafana turns us away (%d): declare a token of the service", f.Status))
	case f.Alike:
		return unsure("/api/search is answered as unknown paths are")
	case !f.Read || f.Dashboards == 0 && f.Other > 0:
		return unsure(fmt.Sprintf("/api/search does not answer as Grafana does (%d)", f.Status))
	case f.Dashboards == 0:
		return fail("Grafana has no dashboard that this account sees")
	}
	return pass(fmt.Sprintf("Grafana has %s; what they show is not judged", count(f.Dashboards, "dashboard")))
}
