package web

import (
	"context"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var headerErrorPages = checks.Define(checks.Kind{
	ID: "security.headers.error_pages", Title: "Headers survive on error pages", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of a random path beside the base page, shared with the control probes",
	Rule: "On the 404 of a random path, PASS: nosniff is sent and, if it is a document, also a policy or frame protection. WARN: something is missing there. " +
		"FAIL: an HTML page that repeats the path and has neither. inconclusive: random paths are not answered 404.",
	Fix:  "Set headers in the outermost layer; nginx always, Apache Header always set.",
	Refs: []string{"ASVS 3.4.4", "ASVS 16.5.4"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	control, err := p.Control(ctx, observe.Request{URL: "/gonogo"})
	if err != nil {
		return answer.Unanswered(p, "GET of a random path", err)
	}
	return judgeErrorPage(errorPage{
		Status: control.Status, Document: answer.Rendered(control), Header: look(p, control).Header,
		Reflects: strings.Contains(string(control.Body), lastSegment(control.URL)),
	}).Result(p.Exchange(control))
})

// errorPage is the answer for a path that does not exist.
type errorPage struct {
	Status   int
	Document bool
	Header   map[string][]string
	Reflects bool // the body repeats the random path
}

func judgeErrorPage(e errorPage) opinion {
	if e.Status != 404 && e.Status != 410 {
		return unsure("a random path is answered " + statusText(e.Status) + ": there is no error page to look at")
	}
	first, _, _ := strings.Cut(fieldValue(e.Header, "X-Content-Type-Options"), ",")
	nosniff := strings.EqualFold(strings.TrimSpace(first), "nosniff")
	guarded := fieldValue(e.Header, "Content-Security-Policy") != "" || fieldValue(e.Header, "X-Frame-Options") != ""
	switch {
	case e.Document && e.Reflects && !guarded && !nosniff:
		return fail("the 404 page repeats the path and has neither nosniff nor a policy")
	case !nosniff:
		return warn("nosniff is missing on the 404 page")
	case e.Document && !guarded:
		return warn("the 404 page has neither a policy nor frame protection")
	}
	return pass("the 404 page keeps its headers")
}

func lastSegment(raw string) string {
	if u := mustParse(raw); u != nil {
		return u.Path[strings.LastIndex(u.Path, "/")+1:]
	}
	return raw
}
