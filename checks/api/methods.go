package api

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var apiMethods = checks.Define(checks.Kind{
	ID: "api.methods", Title: "Routes take only the methods they describe", Class: checks.Safe, Severity: checks.Low,
	Sends: "the requests of docs.api.available, and OPTIONS of up to ten described paths and of random paths beside them; no other method is tried",
	Rule: "Of what Allow lists, HEAD and OPTIONS aside. PASS: nothing that the description does not name. WARN: another method, or TRACE, TRACK or CONNECT. FAIL: never. " +
		"inconclusive: no description can be read, or no route says which methods it takes, or unknown paths say the same.",
	Fix:  "Register each method with its handler, answer others 405 with a true Allow.",
	Refs: []string{"RFC 9110 section 10.2.1", "ASVS 4.1.4"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	routes, evidence, bad := described(ctx, p, params.Path)
	if bad != nil {
		return *bad
	}
	var parts []answer.Part
	asked := 0
	for _, path := range describedPaths(routes) {
		if asked == maxOptions {
			break
		}
		asked++
		part, x := askMethods(ctx, p, path)
		if part != nil {
			parts = append(parts, *part)
		}
		if x != nil {
			evidence = append(evidence, p.Exchange(x))
		}
	}
	if len(parts) == 0 {
		return unsure(fmt.Sprintf("none of %s says of its own which methods it takes (Allow)", plural(asked, "route"))).
			Result(append(evidence, p.Note("asked", fmt.Sprintf("OPTIONS of %s", plural(asked, "route"))))...)
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass {
		reason = fmt.Sprintf("%s take no other methods than described", plural(len(parts), "route"))
	}
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("methods", answer.Table(parts)))...)
})

// maxOptions bounds how many paths are asked for their methods.
const maxOptions = 10

// pathMethods is one described path with its methods.
type pathMethods struct {
	Path, URL string
	Methods   []string
}

// describedPaths gathers the operations without path parameters by path.
func describedPaths(routes []route) []pathMethods {
	var paths []pathMethods
	for _, r := range routes {
		if strings.Contains(r.Path, "{") || r.Elsewhere {
			continue
		}
		if last := len(paths) - 1; last >= 0 && paths[last].Path == r.Path {
			paths[last].Methods = append(paths[last].Methods, r.Method)
			continue
		}
		paths = append(paths, pathMethods{r.Path, r.URL, []string{r.Method}})
	}
	return paths
}

// askMethods asks one path. The part is nil where it says nothing of its own.
func askMethods(ctx context.Context, p *checks.Probe, path pathMethods) (*answer.Part, *observe.Exchange) {
	r := observe.Request{Method: "OPTIONS", URL: path.URL}
	missing := func(what string, err error) (*answer.Part, *observe.Exchange) {
		verdict, reason := answer.Missing(what, err)
		return &answer.Part{Verdict: verdict, Reason: reason}, nil
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		return missing("OPTIONS "+path.Path, err)
	}
	allow := allowed(x)
	if len(allow) == 0 {
		return nil, nil
	}
	control, err := p.Control(ctx, r)
	if err != nil {
		return missing("OPTIONS of a random path beside "+path.Path, err)
	}
	if slices.Equal(allow, allowed(control)) {
		return nil, nil
	}
	part := judgeAllow(allow, path.Methods).Part(path.Path)
	return &part, x
}

// allowed are the methods of an answer's Allow, in order.
func allowed(x *observe.Exchange) []string {
	value, _ := answer.Field(x.Header, "Allow")
	methods := answer.Elements(strings.ToUpper(value))
	slices.Sort(methods)
	return slices.Compact(methods)
}

// judgeAllow holds what a route allows against what is described. HEAD goes with GET and
// OPTIONS with everything (RFC 9110, 9.3.2 and 9.3.7).
func judgeAllow(allow, described []string) opinion {
	var extra []string
	for _, method := range allow {
		switch {
		case method == "TRACE" || method == "TRACK" || method == "CONNECT":
			return warn("allows " + method)
		case method == "HEAD", method == "OPTIONS", slices.Contains(described, method):
		default:
			extra = append(extra, method)
		}
	}
	if len(extra) > 0 {
		return warn("allows " + quote(strings.Join(extra, ", ")) + ", which the description does not name")
	}
	return pass("allows " + strings.Join(allow, ", "))
}
