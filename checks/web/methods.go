package web

import (
	"context"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var httpMethods = checks.Define(checks.Kind{
	ID: "security.http.methods", Title: "TRACE is refused", Class: checks.Safe, Severity: checks.Medium,
	Sends: "OPTIONS and TRACE of the base URL, TRACE with a random marker header",
	Rule: "PASS: TRACE is refused. WARN: TRACE answers 2xx without repeating the request, or Allow lists TRACE, TRACK or CONNECT. FAIL: TRACE repeats the request. " +
		"PUT and DELETE in Allow are no finding. inconclusive: no answer, 429 or 5xx, or a redirect.",
	Fix:  "Apache TraceEnable off; an allow-list of methods at the edge.",
	Refs: []string{"CWE-16", "ASVS 13.4.4", "WSTG-CONF-06"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	marker := randomHex(8)
	trace := observe.Request{Method: "TRACE", URL: p.Target.BaseURL, Header: []observe.Field{{Name: "X-Gonogo-Trace", Value: marker}}}
	x, err := p.Do(ctx, trace)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, trace), err)
	}
	facts := methodFacts{Trace: x.Status, Echoes: strings.Contains(string(x.Body), marker),
		Message: answer.Media(x) == "message/http"}
	options, err := p.Do(ctx, observe.Request{Method: "OPTIONS", URL: p.Target.BaseURL})
	if err != nil && !(facts.Trace < 300 && facts.Echoes) {
		return answer.Unanswered(p, "OPTIONS of the base URL", err)
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	if err == nil {
		facts.Allow = fieldValue(options.Header, "Allow")
		evidence = append(evidence, p.Exchange(options))
	}
	return judgeMethods(facts).Result(evidence...)
})

// methodFacts is what TRACE and OPTIONS brought.
type methodFacts struct {
	Trace   int // status
	Echoes  bool
	Message bool // message/http, as RFC 9110 section 9.3.8 has it
	Allow   string
}

func judgeMethods(f methodFacts) opinion {
	success := f.Trace >= 200 && f.Trace < 300
	switch {
	case success && (f.Echoes || f.Message):
		return fail("TRACE is answered " + statusText(f.Trace) + " and repeats the request with its headers")
	case success:
		return warn("TRACE is answered " + statusText(f.Trace) + ", without repeating the request")
	case f.Trace >= 500 && f.Trace != 501, f.Trace >= 300 && f.Trace < 400, f.Trace == 429:
		return unsure("TRACE is answered " + statusText(f.Trace))
	}
	for _, method := range answer.Elements(strings.ToUpper(f.Allow)) {
		if method == "TRACE" || method == "TRACK" || method == "CONNECT" {
			return warn("Allow lists " + method)
		}
	}
	return pass("TRACE is refused with " + statusText(f.Trace))
}
