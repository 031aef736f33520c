package api

import (
	"context"
	"encoding/json"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// RoutesParams are the parameters of api.routes.
type RoutesParams struct {
	Paths  checks.Strings `toml:"paths" doc:"GETs that must answer 2xx with JSON; default the target's API sample"`
	Fields checks.Strings `toml:"fields" doc:"members that each answer's object, or the first object of its list, must have"`
}

var apiRoutes = checks.Define(checks.Kind{
	ID: "api.routes", Title: "Core API routes answer", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of each declared route, with the user's token where it is refused without, and of a random path beside it",
	Rule: "PASS: 2xx with valid JSON, unlike the answer for unknown paths, with the wanted members. FAIL: another status, no JSON, an error object, a missing member. " +
		"inconclusive: unknown paths get the same, refused without a token to try, no answer.",
	Fix:  "Serve the route, or take it out of what is declared.",
	Refs: []string{"ASVS 4.1.1"},
}, func(ctx context.Context, p *checks.Probe, params RoutesParams) checks.Result {
	paths := params.Paths
	if len(paths) == 0 && p.Target.Paths.Sample != "" {
		paths = checks.Strings{p.Target.Paths.Sample}
	}
	if len(paths) == 0 {
		return answer.NotDeclared("paths.sample")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, path := range paths {
		part, x := askRoute(ctx, p, path, params.Fields)
		parts = append(parts, part)
		if x != nil {
			evidence = append(evidence, p.Exchange(x))
		}
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass && len(parts) > 1 {
		reason = plural(len(parts), "route") + " answer with JSON"
	}
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("routes", answer.Table(parts)))...)
})

// routeFacts is what one route answered.
type routeFacts struct {
	Status    int
	Media     string
	JSON      bool // declared as JSON and valid
	ErrorOnly bool // the object says nothing but an error
	LikeOther bool
	Lacks     string // a wanted member that is not there
}

func askRoute(ctx context.Context, p *checks.Probe, path string, fields []string) (answer.Part, *observe.Exchange) {
	r := observe.Request{URL: path}
	x, err := p.Do(ctx, r)
	if err == nil && answer.RefusedStatus(x.Status) && p.Target.Auth.User.Token != "" {
		r.As = observe.User
		x, err = p.Do(ctx, r)
	}
	if err != nil {
		verdict, reason := answer.Missing("GET "+path, err)
		return answer.Part{Verdict: verdict, Reason: reason}, nil
	}
	facts := routeFacts{Status: x.Status, Media: answer.Media(x), JSON: answer.JSON(x) && json.Valid(x.Body) && !x.Truncated,
		Lacks: lacking(x.Body, fields)}
	if x.Truncated && answer.JSON(x) {
		facts.JSON, facts.Lacks = true, ""
	}
	if object, ok := answer.Object(x); ok {
		problem, has := object["error"]
		facts.ErrorOnly = has && problem != nil && problem != "" && problem != false && len(object) <= 3
	}
	if answer.Success(x) {
		control, err := p.Control(ctx, r)
		if err != nil {
			verdict, reason := answer.Missing("a random path beside "+path, err)
			return answer.Part{Verdict: verdict, Reason: reason}, x
		}
		facts.LikeOther = observe.Same(x, control)
	}
	o := judgeRoute(facts)
	return answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason}, x
}

// lacking names the first field that the JSON object, or the first object of a list,
// does not have.
func lacking(body []byte, fields []string) string {
	var value any
	if len(fields) == 0 || json.Unmarshal(body, &value) != nil {
		return ""
	}
	if items, ok := value.([]any); ok && len(items) > 0 {
		value = items[0]
	}
	object, _ := value.(map[string]any)
	for _, field := range fields {
		if _, ok := object[field]; !ok {
			return field
		}
	}
	return ""
}

func judgeRoute(f routeFacts) opinion {
	switch {
	case answer.RefusedStatus(f.Status):
		return unsure("is refused with " + statusText(f.Status) + ": declare a token that may see it")
	case f.Status < 200 || f.Status >= 300:
		return fail("answers " + statusText(f.Status))
	case f.LikeOther:
		return unsure("is answered like unknown paths")
	case !f.JSON:
		return fail("answers with " + orNone(f.Media) + ", not with valid JSON")
	case f.ErrorOnly:
		return fail("answers " + statusText(f.Status) + " with an error")
	case f.Lacks != "":
		return fail("answers without the member " + quote(f.Lacks))
	}
	return pass("answers " + statusText(f.Status) + " with JSON")
}
