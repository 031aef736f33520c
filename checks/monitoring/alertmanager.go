package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/web/answer"
)

// ReceiversParams are the parameters of ops.alertmanager.receivers.
type ReceiversParams struct {
	Service    string `toml:"service" doc:"the name of the alert manager in the target's [services]; default the first of kind alertmanager"`
	Prometheus string `toml:"prometheus" doc:"the name of the Prometheus that should send to it; default the first of kind prometheus"`
	Required   bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
}

var alertmanagerReceivers = checks.Define(checks.Kind{
	ID: "ops.alertmanager.receivers", Title: "Alerts reach an alert manager with real receivers", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.alertmanager"},
	Sends: "GET of /-/ready, /api/v2/status and a random path beside it below the alert manager's address; of /api/v1/alertmanagers below Prometheus'. No alert is sent",
	Rule: "PASS: it is ready, what no route matches ends at a receiver with an integration (mail, pager, chat, webhook), and Prometheus has an active alert manager. " +
		"WARN: only some routes end at one, so that other alerts are dropped, or a route ends at sample addresses. FAIL: no route ends at one, Prometheus has no active alert manager, it is not ready, " +
		"or a required service whose host refuses the connection. Pending: the receivers are real, but no Prometheus is declared. inconclusive: refused, or the answer is not Alertmanager's.",
	Fix:  "Route by severity to receivers with integrations, delete the samples, name the alert manager in Prometheus' alerting section.",
	Refs: []string{"SRE 10"},
}, func(ctx context.Context, p *checks.Probe, params ReceiversParams) checks.Result {
	s, missing := services.FindHTTP(p, services.Params{Service: params.Service, Required: params.Required}, "alertmanager")
	if missing != nil {
		return *missing
	}
	ready, bad := s.Ask(ctx, p, "/-/ready")
	if bad != nil {
		return *bad
	}
	evidence := []checks.Evidence{p.Exchange(ready)}
	if answer.Refused(ready) {
		return with(unsure(fmt.Sprintf("the alert manager turns us away (%d): declare a token or credentials of the service", ready.Status)), evidence...)
	}
	if ready.Status >= 500 {
		return with(fail(fmt.Sprintf("the alert manager is not ready (%d)", ready.Status)), evidence...)
	}
	config, note, bad := askConfig(ctx, p, s)
	if bad != nil {
		return with(*bad, evidence...)
	}
	evidence = append(evidence, note)
	r := judgeRouting(config)
	if r.Verdict == checks.Fail {
		return with(r, evidence...)
	}
	sends, seen := askSenders(ctx, p, params)
	return with(judgeDelivery(r, sends, s), append(evidence, seen...)...)
})

// askConfig reads the loaded configuration. Addresses in it can hold secrets that
// Alertmanager does not hide: the answer itself is not kept, only what outline says.
func askConfig(ctx context.Context, p *checks.Probe, s services.HTTP) (routing, checks.Evidence, *checks.Result) {
	stop := func(r checks.Result) (routing, checks.Evidence, *checks.Result) {
		return routing{}, checks.Evidence{}, &r
	}
	x, bad := s.Ask(ctx, p, "/api/v2/status")
	if bad != nil {
		return stop(*bad)
	}
	what := answer.Label(p, x.Request)
	met := p.Note(what, fmt.Sprintf("status %d, %d bytes, not kept\n", x.Status, len(x.Body)))
	var status struct {
		Config struct {
			Original *string `json:"original"`
		} `json:"config"`
		Version struct {
			Version string `json:"version"`
		} `json:"versionInfo"`
	}
	switch {
	case answer.Refused(x):
		return stop(with(unsure(fmt.Sprintf("the alert manager turns us away (%d): declare a token or credentials of the service", x.Status)), met))
	case x.Truncated:
		return stop(with(unsure("/api/v2/status answers with more than can be read"), met))
	case x.Status != 200 || json.Unmarshal(x.Body, &status) != nil || status.Config.Original == nil || status.Version.Version == "":
		return stop(with(unsure(fmt.Sprintf("/api/v2/status does not answer as Alertmanager does (%d)", x.Status)), met))
	}
	same, bad := alike(ctx, p, x)
	if bad != nil {
		return stop(with(*bad, met))
	}
	if same {
		return stop(with(unsure("/api/v2/status is answered as unknown paths are"), met))
	}
	config, err := readRouting(*status.Config.Original)
	if err != nil {
		return stop(with(unsure("the alert manager's configuration can't be read: "+cut(err.Error())), met))
	}
	return config, p.Note("outline of "+what, fmt.Sprintf("status %d, version %s\n%s", x.Status, cut(status.Version.Version), config.outline())), nil
}

// senders is what Prometheus says about where it sends alerts.
type senders struct {
	Asked  bool
	Active []string
	Failed *checks.Result // why it does not say
}

func askSenders(ctx context.Context, p *checks.Probe, params ReceiversParams) (senders, []checks.Evidence) {
	if params.Prometheus == "" && p.Target.ServiceOf("prometheus") == "" {
		return senders{}, nil
	}
	s, missing := services.FindHTTP(p, services.Params{Service: params.Prometheus}, "prometheus")
	if missing != nil {
		return senders{Asked: true, Failed: missing}, nil
	}
	active, x, bad := activeManagers(ctx, p, s)
	if bad != nil {
		return senders{Asked: true, Failed: bad}, nil
	}
	return senders{Asked: true, Active: active}, []checks.Evidence{p.Exchange(x)}
}

// judgeDelivery adds to the judgement of the routes whether Prometheus sends there.
func judgeDelivery(r checks.Result, s senders, to services.HTTP) checks.Result {
	switch {
	case !s.Asked:
		return checks.NewResult(checks.Pending, "", string(r.Reason)+"; not declared: [services] of kind prometheus, to see whether alerts are sent there")
	case s.Failed != nil:
		return with(checks.NewResult(s.Failed.Verdict, "", string(r.Reason)+"; "+string(s.Failed.Reason)), s.Failed.Evidence...)
	case len(s.Active) == 0:
		return fail("Prometheus has no active alert manager, though there is one with receivers")
	case r.Verdict == checks.Pass:
		return pass(string(r.Reason) + "; " + sentTo(s.Active, to))
	}
	return r
}

// sentTo says where Prometheus sends. In a cluster it may know the same alert manager by
// another name, so that a difference is told and not judged.
func sentTo(active []string, to services.HTTP) string {
	var hosts []string
	own, err := to.Request("/")
	for _, raw := range active {
		u, perr := url.Parse(raw)
		if perr != nil || u.Host == "" {
			continue
		}
		if o, oerr := url.Parse(own.URL); err == nil && oerr == nil && strings.EqualFold(answer.Authority(o), answer.Authority(u)) {
			return "Prometheus sends to it"
		}
		hosts = append(hosts, u.Host)
	}
	return fmt.Sprintf("Prometheus sends to %s (%s): see that it is this one", count(len(active), "active alert manager"), names(hosts))
}
