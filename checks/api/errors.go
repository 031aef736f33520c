package api

import (
	"context"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var apiErrors = checks.Define(checks.Kind{
	ID: "api.errors", Title: "Described routes show no internals", Class: checks.Safe, Severity: checks.High,
	Sends: "the requests of docs.api.available and of api.described",
	Rule: "Of the answers of the described GETs that need no parameter. FAIL: one of 4xx or 5xx holds a stack trace, a debug page or database error text. PASS: none does. WARN: never. " +
		"na: there is no description to go by. inconclusive: it can't be read, or a route has no answer.",
	Fix:  "One handler for all errors that logs the details under an id and answers with that id only.",
	Refs: []string{"CWE-209", "CWE-489", "ASVS 16.5.1"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	facts, seen, bad := findDocs(ctx, p, params.Path)
	if bad != nil {
		return *bad
	}
	if facts.Where == "" && facts.CatchAll == "" {
		return na("there is no API description to go by").Result(seen...)
	}
	routes, evidence, bad := described(ctx, p, params.Path)
	if bad != nil {
		return *bad
	}
	var parts []answer.Part
	for _, o := range routes {
		if !o.plainGET() || len(parts) == maxDescribed {
			continue
		}
		x, err := askRouteAsCaller(ctx, p, observe.Request{URL: o.URL})
		if err != nil {
			verdict, reason := answer.Missing("GET "+o.Path, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		part := judgeShown(x.Status, answer.Leak(x.Body)).Part("GET " + o.Path)
		if part.Verdict == checks.Fail {
			evidence = append(evidence, p.Exchange(x))
		}
		parts = append(parts, part)
	}
	if len(parts) == 0 {
		return unsure("the description names no GET that needs no parameter").Result(evidence...)
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = "none of " + plural(len(parts), "described route") + " shows internals"
	}
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("what described routes show", answer.Table(parts)))...)
})

// askRouteAsCaller asks as anybody, and as the user where that is refused.
func askRouteAsCaller(ctx context.Context, p *checks.Probe, r observe.Request) (*observe.Exchange, error) {
	x, err := p.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if as, again := asCaller(p, r, x); again {
		return p.Do(ctx, as)
	}
	return x, nil
}

// judgeShown judges an answer by what it shows. A success may speak of errors: it is a page
// about them, or a log that somebody is meant to see.
func judgeShown(code int, leak string) opinion {
	if leak != "" && code >= 400 {
		return fail("answers " + statusText(code) + " with " + leak)
	}
	return pass("answers " + statusText(code))
}
