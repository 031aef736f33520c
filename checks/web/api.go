package web

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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
	if len(paths) == 0 && apiSample(p) != "" {
		paths = checks.Strings{apiSample(p)}
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
	return opinion{Verdict: verdict, Reason: reason}.result(append(evidence, p.Note("routes", answer.Table(parts)))...)
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
	if err == nil && refusedStatus(x.Status) && p.Target.Auth.User.Token != "" {
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
		problem, has := member(object, "error")
		facts.ErrorOnly = has && filled(problem) && problem != false && len(object) <= 3
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
	case refusedStatus(f.Status):
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
		return fail("answers without the member " + quoteShort(f.Lacks))
	}
	return pass("answers " + statusText(f.Status) + " with JSON")
}

var apiDescribed = checks.Define(checks.Kind{
	ID: "api.described", Title: "Described routes exist", Class: checks.Safe, Severity: checks.Medium,
	Sends: "the requests of docs.api.available and GETs of up to thirty described routes without parameters",
	Rule: "PASS: every described GET without parameters answers otherwise than 404. WARN: one answers 404 or 410; the reviewer decides whether the description or the service is wrong. " +
		"FAIL: never. inconclusive: no description in JSON can be read, or a route has no answer.",
	Fix:  "Generate the description from the routes, and test it in the build.",
	Refs: []string{"OpenAPI Specification"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	operations, evidence, bad := description(ctx, p, params.Path)
	if bad != nil {
		return *bad
	}
	var parts []answer.Part
	for _, o := range operations {
		if o.Method != "GET" || strings.Contains(o.Path, "{") {
			continue
		}
		if len(parts) == 30 {
			break
		}
		x, err := p.Do(ctx, observe.Request{URL: o.Path})
		if err != nil {
			verdict, reason := answer.Missing("GET "+o.Path, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		parts = append(parts, judgeDescribed(o.Path, x.Status))
	}
	if len(parts) == 0 {
		return unsure("the description names no GET without parameters").result(evidence...)
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = fmt.Sprintf("%s exist", plural(len(parts), "described route"))
	}
	return opinion{Verdict: verdict, Reason: reason}.result(append(evidence, p.Note("described routes", answer.Table(parts)))...)
})

func judgeDescribed(path string, code int) answer.Part {
	if code == 404 || code == 410 {
		return answer.Part{What: path, Verdict: checks.Warn, Reason: "is described but answers " + statusText(code)}
	}
	return answer.Part{What: path, Verdict: checks.Pass, Reason: "answers " + statusText(code)}
}

// description finds the description as JSON: where docs.api.available found a page, the
// usual place of its document is tried.
func description(ctx context.Context, p *checks.Probe, declared string) ([]operation, []checks.Evidence, *checks.Result) {
	facts, evidence, bad := findDocs(ctx, p, declared)
	if bad != nil {
		return nil, evidence, bad
	}
	if len(facts.Operations) > 0 {
		return facts.Operations, evidence, nil
	}
	for _, place := range []string{"/openapi.json", "/swagger.json", "/v3/api-docs"} {
		x, err := p.Do(ctx, observe.Request{URL: place})
		if err != nil {
			continue
		}
		if operations, ok := readDocs(x); ok && len(operations) > 0 {
			return operations, append(evidence, p.Exchange(x)), nil
		}
	}
	r := unsure("no API description in JSON can be read").result(append(evidence, p.Note("looked for", strings.Join(usualDocs, "\n")))...)
	return nil, evidence, &r
}
