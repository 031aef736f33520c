package api

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/api/openapi"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var apiDescribed = checks.Define(checks.Kind{
	ID: "api.described", Title: "Described routes exist", Class: checks.Safe, Severity: checks.Medium,
	Sends: "the requests of docs.api.available, GETs of up to thirty described routes that need no parameter and are not named after something they do (delete, send, logout and the like), with the user's token where they are refused without, and random paths beside them",
	Rule: "PASS: every one of them answers otherwise than unknown paths do, and neither 404, 405 nor 5xx. WARN: one answers 404, 405, 410 or 5xx; the reviewer decides whether the description or the service is wrong. " +
		"FAIL: never. inconclusive: no description can be read, it is of another host, or a route is answered like unknown paths or not at all.",
	Fix:  "Generate the description from the routes, and test it in the build.",
	Refs: []string{"OpenAPI Specification"},
}, func(ctx context.Context, p *checks.Probe, params DocsParams) checks.Result {
	routes, evidence, bad := described(ctx, p, params.Path)
	if bad != nil {
		return *bad
	}
	var parts []answer.Part
	for _, o := range routes {
		if !o.plainGET() || len(parts) == maxDescribed {
			continue
		}
		parts = append(parts, askDescribed(ctx, p, o))
	}
	if len(parts) == 0 {
		return unsure("the description names no GET that needs no parameter").Result(evidence...)
	}
	return judgeDescribed(parts).Result(append(evidence, p.Note("described routes", answer.Table(parts)))...)
})

// maxDescribed bounds how many described routes are asked.
const maxDescribed = 30

// route is a described operation with where it is to be asked.
type route struct {
	openapi.Operation
	URL string // absolute, or a path of the target
}

// effect matches the words of paths that do something even when they are asked with GET.
var effect = regexp.MustCompile(`(?i)(^|[/_.-])(delete|remove|destroy|drop|purge|clear|send|mail|pay|charge|refund|cancel|reset|revoke|log-?out|sign-?out|unsubscribe|shutdown|restart|reload|stop|kill|trigger|run|execute|sync|import|reindex|rebuild|migrate)([/_.-]|$)`)

// plainGET reports whether the operation may be asked just so.
func (r route) plainGET() bool {
	return r.Method == "GET" && !r.Needs() && !r.Elsewhere && !effect.MatchString(r.Path)
}

// routes are the described operations on the target's own origin: none where the
// description names other hosts only.
func (f docsFacts) routes(p *checks.Probe) []route {
	if f.Document == nil {
		return nil
	}
	prefix, ok := serverPath(p.Target.BaseURL, f.At, f.Document.Servers)
	if !ok {
		return nil
	}
	routes := make([]route, 0, len(f.Document.Operations))
	for _, o := range f.Document.Operations {
		if strings.HasPrefix(o.Path, "/") {
			routes = append(routes, route{Operation: o, URL: prefix + o.Path})
		}
	}
	return routes
}

// serverPath is the path below which the routes are: that of the first server on the
// target's origin. Without a named server they are below the origin itself (OpenAPI 3.1,
// 4.8.1). ok is false where all servers are other hosts.
func serverPath(base string, document *url.URL, servers []string) (prefix string, ok bool) {
	if len(servers) == 0 {
		return "", true
	}
	own := parsed(base)
	for _, server := range servers {
		to, err := document.Parse(server)
		if err == nil && strings.EqualFold(answer.Authority(to), answer.Authority(own)) {
			return strings.TrimSuffix(to.EscapedPath(), "/"), true
		}
	}
	return "", false
}

// described finds the description and the routes it names on this target.
func described(ctx context.Context, p *checks.Probe, declared string) ([]route, []checks.Evidence, *checks.Result) {
	facts, evidence, bad := findDocs(ctx, p, declared)
	if bad != nil {
		return nil, evidence, bad
	}
	give := func(why string) ([]route, []checks.Evidence, *checks.Result) {
		r := unsure(why).Result(append(evidence, p.Note("looked for", strings.Join(append(usualDocs, usualDocuments...), "\n")))...)
		return nil, evidence, &r
	}
	switch {
	case facts.Where == "" && facts.CatchAll != "":
		return give(facts.CatchAll + " shows a description, but unknown paths get the same")
	case facts.Unreadable != "":
		return give("the API description at " + facts.Where + " can't be read: " + facts.Unreadable)
	case facts.Document == nil && facts.Where == "" && declared == "" && p.Target.Paths.Docs == "":
		r := answer.NotDeclared("[paths] docs, and no API description is at the usual places")
		return nil, evidence, &r
	case facts.Document == nil:
		return give("no API description can be read")
	}
	routes := facts.routes(p)
	if len(routes) == 0 && len(facts.Document.Operations) > 0 {
		return give("the description is of another host: " + quote(strings.Join(facts.Document.Servers, ", ")))
	}
	return routes, evidence, nil
}

func askDescribed(ctx context.Context, p *checks.Probe, o route) answer.Part {
	r := observe.Request{URL: o.URL}
	missing := func(what string, err error) answer.Part {
		verdict, reason := answer.Missing(what, err)
		return answer.Part{Verdict: verdict, Reason: reason}
	}
	x, err := p.Do(ctx, r)
	if err == nil {
		if as, again := asCaller(p, r, x); again {
			r = as
			x, err = p.Do(ctx, r)
		}
	}
	if err != nil {
		return missing("GET "+o.Path, err)
	}
	control, err := p.Control(ctx, r)
	if err != nil {
		return missing("a random path beside "+o.Path, err)
	}
	return judgeRouteThere(x.Status, answer.Stand(x, control)).Part(o.Path)
}

// judgeRouteThere tells from its answer whether a described route is there.
func judgeRouteThere(code int, standing answer.Standing) opinion {
	switch {
	case code == 404 || code == 405 || code == 410 || code >= 500:
		return warn("is described but answers " + statusText(code))
	case standing == answer.CatchAll || standing == answer.Blanket:
		return unsure("is answered like unknown paths (" + statusText(code) + "): that it exists can't be told")
	}
	return pass("answers " + statusText(code))
}

// judgeDescribed names every route that the reviewer has to judge, as far as a line holds.
func judgeDescribed(parts []answer.Part) opinion {
	verdict, reason := answer.Combine(parts)
	switch verdict {
	case checks.Pass:
		return pass(fmt.Sprintf("%s exist", plural(len(parts), "described route")))
	case checks.Warn:
		var gone []string
		for _, part := range parts {
			if part.Verdict == checks.Warn {
				gone = append(gone, part.What+" "+part.Reason)
			}
		}
		if more := len(gone) - 5; more > 0 {
			gone = append(gone[:5], fmt.Sprintf("%d more", more))
		}
		return warn(strings.Join(gone, "; "))
	}
	return opinion{Verdict: verdict, Reason: reason}
}
