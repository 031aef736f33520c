package web

import (
	"bytes"
	"context"
	"sort"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// ServiceParams are the parameters of kinds that ask a declared service.
type ServiceParams struct {
	Service  string `toml:"service" doc:"the name of the service in the target's [services]; default the first of the kind"`
	Required bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
}

var prometheusUp = checks.Define(checks.Kind{
	ID: "ops.prometheus.up", Title: "Prometheus is healthy and ready", Class: checks.Safe, Severity: checks.Critical, Needs: []string{},
	Sends: "GET of /-/healthy, /-/ready and, where these don't say it, /api/v1/status/buildinfo below the declared address",
	Rule: "PASS: its own words, healthy and ready, or its build information. WARN: healthy but not ready, or refused with 401 or 403. " +
		"FAIL: other content with 2xx, 5xx, or a required service whose host refuses the connection. inconclusive: timed out, name not found, or refused while not required.",
	Fix:  "Start the stack; ask /-/ready, since /-/healthy always answers 200.",
	Refs: []string{"Prometheus management API"},
}, func(ctx context.Context, p *checks.Probe, params ServiceParams) checks.Result {
	s, missing := findService(p, params, "prometheus")
	if missing != nil {
		return *missing
	}
	var facts prometheusFacts
	evidence, bad := s.ask(ctx, p, []servicePath{
		{"/-/healthy", func(x *observe.Exchange) { facts.Healthy = readSaying(x, "is Healthy.") }},
		{"/-/ready", func(x *observe.Exchange) { facts.Ready = readSaying(x, "is Ready.") }},
		{"/api/v1/status/buildinfo", func(x *observe.Exchange) { facts.Build = readBuild(x) }},
	})
	if bad != nil {
		return *bad
	}
	return judgePrometheus(facts).result(evidence...)
})

var grafanaUp = checks.Define(checks.Kind{
	ID: "ops.grafana.up", Title: "Grafana is up and its database is ok", Class: checks.Safe, Severity: checks.High, Needs: []string{},
	Sends: "GET of /api/health below the declared address",
	Rule: "PASS: 200 with database ok. WARN: refused with 401 or 403. FAIL: another content, 5xx, or a required service whose host refuses the connection. " +
		"inconclusive: timed out, name not found, or refused while not required.",
	Fix:  "Start the stack and give the address with its sub-path.",
	Refs: []string{"Grafana HTTP API"},
}, func(ctx context.Context, p *checks.Probe, params ServiceParams) checks.Result {
	s, missing := findService(p, params, "grafana")
	if missing != nil {
		return *missing
	}
	var facts grafanaFacts
	evidence, bad := s.ask(ctx, p, []servicePath{{"/api/health", func(x *observe.Exchange) { facts = readGrafana(x) }}})
	if bad != nil {
		return *bad
	}
	return judgeGrafana(facts).result(evidence...)
})

// service is a declared service with its address resolved.
type service struct {
	Name     string
	Base     string
	Required bool
}

// findService picks the declared service: by name, else the first of its kind.
func findService(p *checks.Probe, params ServiceParams, kind string) (service, *checks.Result) {
	name := params.Service
	if name == "" {
		var names []string
		for n, s := range p.Target.Services {
			if s.Kind == kind {
				names = append(names, n)
			}
		}
		sort.Strings(names)
		if len(names) == 0 {
			r := answer.NotDeclared("a service of kind " + kind)
			return service{}, &r
		}
		name = names[0]
	}
	declared, ok := p.Target.Services[name]
	if !ok || declared.URL == "" {
		r := answer.NotDeclared("services." + name + ".url")
		return service{}, &r
	}
	base, err := p.Target.Resolve(declared.URL)
	if err != nil {
		r := answer.NotDeclared("services." + name + ".url: " + err.Error())
		return service{}, &r
	}
	return service{Name: name, Base: strings.TrimSuffix(base, "/"), Required: declared.Required || params.Required}, nil
}

// servicePath is one question to a service and who reads the answer.
type servicePath struct {
	Path string
	Read func(*observe.Exchange)
}

// ask puts the questions in order. A refused connection is a failure only where the
// service is required: nothing else that keeps an answer away proves it down.
func (s service) ask(ctx context.Context, p *checks.Probe, paths []servicePath) ([]checks.Evidence, *checks.Result) {
	var evidence []checks.Evidence
	for _, question := range paths {
		r := observe.Request{URL: s.Base + question.Path}
		x, err := p.Do(ctx, r)
		if err != nil {
			what := answer.Label(p, r)
			bad := answer.Unanswered(p, what, err)
			if s.Required && answer.Trouble(err) == observe.Refused {
				bad = fail(s.Name + " is required and its host refuses the connection").result(p.Note(what, err.Error()))
			}
			return evidence, &bad
		}
		evidence = append(evidence, p.Exchange(x))
		question.Read(x)
	}
	return evidence, nil
}

// saying is an answer of a service about itself.
type saying struct {
	Status int
	Says   bool // the expected words were there
}

func readSaying(x *observe.Exchange, words string) saying {
	return saying{Status: x.Status, Says: x.Status == 200 && bytes.Contains(x.Body, []byte(words)) && !answer.HTML(x)}
}

func readBuild(x *observe.Exchange) saying {
	object, ok := answer.Object(x)
	status, _ := object["status"].(string)
	return saying{Status: x.Status, Says: ok && x.Status == 200 && status == "success"}
}

// prometheusFacts are Prometheus' answers about itself.
type prometheusFacts struct{ Healthy, Ready, Build saying }

func judgePrometheus(f prometheusFacts) opinion {
	switch {
	case f.Ready.Says && f.Healthy.Says:
		return pass("Prometheus says that it is healthy and ready")
	case f.Healthy.Says && f.Ready.Status == 503:
		return warn("Prometheus is healthy but not ready (503): it starts, replays or stops")
	case f.Build.Says && (f.Ready.Says || f.Ready.Status == 404):
		return pass("Prometheus tells its build information")
	case refusedStatus(f.Ready.Status) || refusedStatus(f.Healthy.Status):
		return warn("something answers " + statusText(max(f.Ready.Status, f.Healthy.Status)) + ": alive, but what it is can't be seen")
	case f.Ready.Status >= 500 || f.Healthy.Status >= 500:
		return fail("Prometheus answers " + statusText(max(f.Ready.Status, f.Healthy.Status)))
	}
	return fail("what answers there does not speak as Prometheus does (" + statusText(f.Ready.Status) + " for /-/ready)")
}

// grafanaFacts is Grafana's answer about itself.
type grafanaFacts struct {
	Status   int
	Database string // the database member; empty: not Grafana's answer
	Version  string
}

func readGrafana(x *observe.Exchange) grafanaFacts {
	facts := grafanaFacts{Status: x.Status}
	if object, ok := answer.Object(x); ok {
		facts.Database, _ = object["database"].(string)
		facts.Version, _ = object["version"].(string)
	}
	return facts
}

func judgeGrafana(f grafanaFacts) opinion {
	switch {
	case refusedStatus(f.Status):
		return warn("something answers " + statusText(f.Status) + ": alive, but what it is can't be seen")
	case f.Database != "" && f.Database != "ok":
		return fail("Grafana says that its database is " + quoteShort(f.Database))
	case f.Status >= 500:
		return fail("Grafana answers " + statusText(f.Status))
	case f.Status == 200 && f.Database == "ok":
		return pass("Grafana is up and its database is ok")
	}
	return fail("what answers there does not speak as Grafana does (" + statusText(f.Status) + " for /api/health)")
}
