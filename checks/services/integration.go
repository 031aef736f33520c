package services

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// IntegrationParams are the parameters of services.http.
type IntegrationParams struct {
	Service  string `toml:"service" doc:"the name of one service in the target's [services]; default all of kind http"`
	Required bool   `toml:"required" doc:"a refused connection is a failure; the service's own required counts too"`
	Status   int    `toml:"status" doc:"the status that a working call answers; default 200"`
	Contains string `toml:"contains" doc:"a text that the answer to a working call holds"`
}

var servicesHTTP = checks.Define(checks.Kind{
	ID: "services.http", Title: "External integrations answer with the declared credentials", Class: checks.Safe, Severity: checks.High, Needs: []string{"service.http"},
	Sends: "to each declared service of kind http: a GET of its URL with the declared token, the same without it, and a GET of a random path beside it",
	Rule: "PASS: the expected status with the declared token, unlike what strangers and unknown paths get. WARN: the same answer without the token, or none declared: the credentials are not proven. " +
		"FAIL: the token is refused, another status, or a required service whose host refuses the connection. " +
		"inconclusive: no answer, a redirect, a login page, throttled, or unknown paths get the same. Whether the credentials are those of production, and what quota they have, is not seen.",
	Fix:  "Declare under [services] a harmless call that needs the credentials, such as a balance or an account route, with token = \"${env:…}\"; alert on the quota at 80 %.",
	Refs: []string{"SRE App. E"},
}, func(ctx context.Context, p *checks.Probe, params IntegrationParams) checks.Result {
	if params.Status == 0 {
		params.Status = 200
	}
	var names []string
	for _, name := range slices.Sorted(maps.Keys(p.Target.Services)) {
		if params.Service == name || params.Service == "" && p.Target.Services[name].Kind == "http" {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return answer.NotDeclared("[services." + params.Service + "]")
	}
	var parts []answer.Part
	var proof []checks.Evidence
	for _, name := range names {
		s, incomplete := filledIn(p, name, p.Target.Services[name], params.Required)
		r := checks.Result{}
		if incomplete != nil {
			r = *incomplete
		} else {
			r = s.integration(ctx, p, params)
		}
		parts = append(parts, answer.Part{What: name, Verdict: r.Verdict, Reason: string(r.Reason)})
		proof = append(proof, r.Evidence...)
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass && len(parts) > 1 {
		reason = count(len(parts), "integration") + " answer, and only with the declared credentials"
	}
	return checks.NewResult(verdict, "", reason, append(proof, p.Note("integrations, asked from "+p.Vantage(), answer.Table(parts)))...)
})

// integration makes the call with the credentials, without them, and beside it.
func (s service) integration(ctx context.Context, p *checks.Probe, params IntegrationParams) checks.Result {
	r, err := s.request("")
	if err != nil {
		return with(unsure(err.Error()), p.Note(s.Name, err.Error()))
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		return s.silent(p, answer.Label(p, r), err)
	}
	f := integrationFacts{Wanted: params.Status, Status: x.Status, Trusted: len(r.Header) > 0, Redirect: answer.Location(x) != nil || x.Status >= 300 && x.Status < 400,
		Login: answer.LoginForm(x) || answer.ToLogin(x), Contains: strings.Contains(string(x.Body), params.Contains)}
	proof := []checks.Evidence{p.Exchange(x)}
	if f.Status == f.Wanted && f.Contains {
		control, err := p.Control(ctx, r)
		if err != nil {
			return with(answer.Unanswered(p, "a random path beside "+answer.Label(p, r), err), proof...)
		}
		f.Alike, proof = observe.Same(x, control), append(proof, p.Exchange(control))
	}
	if f.Status == f.Wanted && f.Trusted {
		stranger := observe.Request{URL: r.URL}
		y, err := p.Do(ctx, stranger)
		if err != nil {
			return with(answer.Unanswered(p, answer.Label(p, stranger)+" without credentials", err), proof...)
		}
		f.Open, proof = observe.Same(x, y) || y.Status == x.Status && !answer.Denies(y), append(proof, p.Exchange(y))
	}
	return with(judgeIntegration(f), proof...)
}

// integrationFacts is what one external service showed.
type integrationFacts struct {
	Wanted   int
	Status   int  // with the credentials
	Trusted  bool // credentials were sent
	Redirect bool
	Login    bool
	Contains bool // what is expected in the answer
	Alike    bool // unknown paths get the same
	Open     bool // strangers get the same
}

func judgeIntegration(f integrationFacts) checks.Result {
	said := fmt.Sprintf("answers %d", f.Status)
	switch {
	case f.Login:
		return unsure("leads to a login page: a call that the credentials open is not proven")
	case f.Status == 401 || f.Status == 403:
		if f.Trusted {
			return fail(said + ": it refuses the declared credentials")
		}
		return unsure(said + ": declare the token of [services]")
	case f.Status == 429:
		return unsure(said + ": it throttles us, and the quota may be spent")
	case f.Redirect && f.Status != f.Wanted:
		return unsure(said + ", a redirect: declare the URL that it leads to")
	case f.Status != f.Wanted:
		return fail(fmt.Sprintf("%s, not %d", said, f.Wanted))
	case f.Alike:
		return unsure(said + ", but unknown paths get the same")
	case !f.Contains:
		return fail(said + ", without what the answer should hold")
	case !f.Trusted:
		return warn(said + " without credentials: none are declared, so none are proven")
	case f.Open:
		return warn(said + " to strangers too: the credentials are not proven")
	}
	return pass(said + " with the declared credentials, and only with them")
}
