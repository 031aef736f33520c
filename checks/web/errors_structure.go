package web

import (
	"context"
	"encoding/json"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// NotFoundParams are the parameters of reliability.errors.not_found.
type NotFoundParams struct {
	Prefix string `toml:"prefix" doc:"the folder below which a random path is asked for; default the API prefix"`
}

const structureRule = "PASS: application/problem+json with a title or type, or another JSON object that says error, message, detail or code. " +
	"WARN: an empty JSON object, problem+json whose status disagrees, plain text, JSON under another type. " +
	"FAIL: HTML, an empty body, a stack trace, or a success where an error is due."

var structureRefs = []string{"RFC 9457", "ASVS 16.5.1"}

const structureFix = "One problem+json handler for 4xx and 5xx, with a trace id instead of internals."

var errorsNotFound = checks.Define(checks.Kind{
	ID: "reliability.errors.not_found", Title: "404 answers are structured", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of a random path below the API prefix, shared with the control probes",
	Rule:  structureRule + " inconclusive: everything there is refused, so no 404 can be seen.",
	Fix:   structureFix, Refs: structureRefs,
}, func(ctx context.Context, p *checks.Probe, params NotFoundParams) checks.Result {
	prefix := params.Prefix
	if prefix == "" {
		prefix = p.Target.APIPrefix
	}
	if prefix == "" {
		return answer.NotDeclared("api_prefix")
	}
	r := observe.Request{URL: strings.TrimSuffix(prefix, "/") + "/gonogo"}
	control, err := p.Control(ctx, r)
	if err == nil && refusedStatus(control.Status) && p.Target.Auth.User.Token != "" {
		r.As = observe.User
		control, err = p.Control(ctx, r)
	}
	if err != nil {
		return answer.Unanswered(p, "GET of a random path below "+prefix, err)
	}
	facts := readStructure(control)
	o := judgeStructure(facts)
	if o.Verdict != checks.Fail && facts.Status != 404 && facts.Status != 410 {
		o = unsure("a random path is answered " + statusText(facts.Status) + ": no 404 can be seen")
	}
	return o.Result(p.Exchange(control))
})

// StructureParams are the parameters of reliability.errors.structure.
type StructureParams struct {
	Path   string `toml:"path" doc:"a request that must be refused with 4xx: a wrong value, or a route that takes another method"`
	Method string `toml:"method" doc:"GET (the default) or OPTIONS"`
}

var errorsStructure = checks.Define(checks.Kind{
	ID: "reliability.errors.structure", Title: "Refusals are structured", Class: checks.Safe, Severity: checks.Low,
	Sends: "one declared request that must be refused with 4xx, as the user where anonymous callers are turned away, and a random path beside it",
	Rule:  structureRule + " FAIL also: 5xx. inconclusive: the path is answered like unknown ones.",
	Fix:   structureFix, Refs: structureRefs,
}, func(ctx context.Context, p *checks.Probe, params StructureParams) checks.Result {
	if params.Path == "" {
		return answer.NotDeclared("path")
	}
	method := strings.ToUpper(params.Method)
	if method == "" {
		method = "GET"
	}
	if method != "GET" && method != "OPTIONS" {
		return unsure("only GET and OPTIONS are sent; the profile asks for " + quoteShort(method)).Result()
	}
	r := observe.Request{Method: method, URL: params.Path}
	x, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	if mine, again := answer.AsCaller(p, r, x); again {
		r = mine
		if x, err = p.Do(ctx, r); err != nil {
			return answer.Unanswered(p, answer.Label(p, r), err)
		}
	}
	facts := readStructure(x)
	evidence := []checks.Evidence{p.Exchange(x)}
	control, err := p.Control(ctx, r)
	if err != nil {
		return answer.Unanswered(p, "a random path beside "+params.Path, err)
	}
	facts.LikeOther = observe.Same(x, control)
	evidence = append(evidence, p.Exchange(control))
	o := judgeStructure(facts)
	if facts.LikeOther && facts.Status < 500 && (o.Verdict != checks.Fail || refusedStatus(facts.Status)) {
		o = unsure(answer.Label(p, r) + " is answered like unknown paths (" + statusText(facts.Status) + "): that it refuses the request itself can't be told")
	}
	return o.Result(evidence...)
})

// structure is what an error answer is made of.
type structure struct {
	Status    int
	Media     string
	Body      []byte
	JSON      bool // declared as JSON
	HTML      bool
	LikeOther bool
	Leak      string
}

func readStructure(x *observe.Exchange) structure {
	return structure{Status: x.Status, Media: answer.Media(x), Body: x.Body, JSON: answer.JSON(x),
		HTML: answer.Rendered(x), Leak: leakIn(x.Body)}
}

// judgeStructure judges the body of a refusal (RFC 9457: all members are optional; type
// defaults to about:blank; status, where given, must be the HTTP status).
func judgeStructure(s structure) opinion {
	code := statusText(s.Status)
	switch {
	case s.Leak != "":
		return fail("the " + code + " answer shows internals: " + s.Leak)
	case s.Status >= 300 && s.Status < 400:
		return unsure("redirected (" + code + ") where an error is due: what answers can't be told")
	case s.Status < 400:
		return fail("answered " + code + " where an error is due")
	case s.Status >= 500:
		return fail("answered " + code + ": the error is not handled")
	case len(strings.TrimSpace(string(s.Body))) == 0:
		return fail("the " + code + " answer has no body")
	case s.HTML:
		return fail("the " + code + " answer is an HTML page")
	}
	var object map[string]any
	if json.Unmarshal(s.Body, &object) != nil || object == nil {
		return warn("the " + code + " answer is " + orNone(s.Media) + ", not a JSON object")
	}
	return judgeErrorObject(s, object)
}

func judgeErrorObject(s structure, object map[string]any) opinion {
	code := statusText(s.Status)
	if given, ok := object["status"].(float64); ok && s.Media == "application/problem+json" && int(given) != s.Status {
		return warn("the problem says status " + statusText(int(given)) + ", the answer " + code)
	}
	names := []string{"error", "message", "detail", "code", "errors"}
	if s.Media == "application/problem+json" {
		names = append(names, "title", "type")
	}
	for _, name := range names {
		if value, ok := member(object, name); ok && filled(value) {
			if !s.JSON {
				return warn("the " + code + " answer is a JSON object under the type " + orNone(s.Media))
			}
			return pass("the " + code + " answer is structured (" + s.Media + ", " + name + ")")
		}
	}
	return warn("the " + code + " answer is a JSON object that names no error")
}

func filled(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return strings.TrimSpace(v) != ""
	case []any:
		return len(v) > 0
	case map[string]any:
		return len(v) > 0
	}
	return true
}
