package web

import (
	"context"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

var headerCSP = checks.Define(checks.Kind{
	ID: "security.headers.csp", Title: "Content-Security-Policy", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the base page and of the declared API sample, shared by all header checks; under strict rules the page once more, to see whether its nonce changes",
	Rule: "FAIL: no enforced policy, report-only alone, an empty policy, 'strict-dynamic' without nonce or hash, scripts with 'unsafe-inline' in force, data:, * or a bare scheme, objects with * or a bare scheme, http: sources for active content on https. " +
		"WARN: 'unsafe-eval', inline or broad styles, http: for media, a repeated directive, base-uri or form-action missing on a page with scripts or forms, a short nonce, a policy only in a meta element; strict: object-src other than 'none', or a nonce sent twice. " +
		"PASS: none of these; for an API answer frame-ancestors 'none' or default-src 'none' (else WARN).",
	Fix:  "Start with default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; roll out report-only first, move inline code to nonces.",
	Refs: []string{"CWE-693", "ASVS 3.4.3", "ASVS 3.4.7", "W3C CSP level 3", "WSTG-CONF-12"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	s, evidence, nothing := takeSample(ctx, p)
	if nothing != nil {
		return *nothing
	}
	o := judgeCSP(s)
	if s.Rules == "strict" && s.Doc != nil && o.Verdict == checks.Pass {
		if used := nonces(pagePolicies(s.Doc)); len(used) > 0 {
			again, err := follow(ctx, p, observe.Request{URL: p.Target.BaseURL, Fresh: true})
			if err == nil && repeats(used, nonces(pagePolicies(look(p, again)))) {
				return warn("the policy's nonce is the same in two answers").Result(append(evidence, p.Exchange(again))...)
			}
		}
	}
	return o.Result(evidence...)
})

func repeats(first, second []string) bool {
	for _, nonce := range first {
		if contains(second, nonce) {
			return true
		}
	}
	return false
}

// pagePolicies are the enforced policies of an answer: header fields, then meta elements.
func pagePolicies(s *seen) []policy {
	return append(parsePolicies(s.Header.Values("Content-Security-Policy"), false), parsePolicies(s.MetaCSP, true)...)
}

// judgeCSP grades the policies of the document, or of the API answer where there is no
// document.
func judgeCSP(s sample) opinion {
	if s.Doc == nil || !s.Doc.Document {
		return judgeAPICSP(s.main())
	}
	page := s.Doc
	policies := pagePolicies(page)
	if len(policies) == 0 {
		if len(page.Header.Values("Content-Security-Policy")) > 0 {
			return fail("the Content-Security-Policy is empty or can't be read")
		}
		if len(page.Header.Values("Content-Security-Policy-Report-Only")) > 0 {
			return fail("only a report-only policy is sent: nothing is enforced")
		}
		return fail("Content-Security-Policy is missing on " + page.Where)
	}
	if problem := cspFailure(policies, page.Place.HTTPS); problem != "" {
		return fail(problem)
	}
	if problem := cspWeakness(policies, page, s.Rules); problem != "" {
		return warn(problem)
	}
	return pass("an enforced policy restricts scripts, objects and styles")
}

// judgeAPICSP judges an answer that no browser renders, where a policy is mostly inert.
func judgeAPICSP(s *seen) opinion {
	for _, p := range pagePolicies(s) {
		for _, name := range []string{"frame-ancestors", "default-src"} {
			if list, ok := p.Directives[name]; ok && len(list) == 1 && strings.EqualFold(list[0], "'none'") {
				return pass(s.Where + " sends " + name + " 'none'")
			}
		}
	}
	return warn(s.Where + " is no document and sends neither frame-ancestors 'none' nor default-src 'none'")
}

// cspFailure names what makes the policies no protection, or "".
func cspFailure(policies []policy, https bool) string {
	elements := effective(policies, "script-src-elem", "script-src", "default-src")
	attributes := effective(policies, "script-src-attr", "script-src", "default-src")
	objects := effective(policies, "object-src", "default-src")
	frames := effective(policies, "frame-src", "child-src", "default-src")
	switch {
	case elements == everything:
		return "the policy does not restrict scripts: neither script-src nor default-src"
	case elements.Useless:
		return "'strict-dynamic' is used without nonce or hash"
	case elements.Inline || attributes.Inline:
		return "scripts: 'unsafe-inline' is in force"
	case elements.Any:
		return "scripts may come from any host"
	case elements.Data:
		return "scripts may come from data: URLs"
	case objects.Any:
		return "objects may come from any host: set object-src 'none'"
	case https && (elements.Plain || objects.Plain || (frames != everything && frames.Plain)):
		return "scripts, objects or frames may come over plain http"
	}
	return ""
}

// cspWeakness names the first thing that a good policy would not have, or "".
func cspWeakness(policies []policy, page *seen, rules string) string {
	styles := effective(policies, "style-src-elem", "style-src", "default-src")
	switch {
	case effective(policies, "script-src", "default-src").Eval:
		return "scripts: 'unsafe-eval' is allowed"
	case styles.Inline:
		return "styles: 'unsafe-inline' is in force"
	case styles.Any:
		return "styles may come from any host"
	case plainMedia(policies):
		return "images or media may come over plain http"
	case allMeta(policies):
		return "the policy is only in a meta element: frame-ancestors and reports are lost"
	}
	for _, p := range policies {
		if len(p.Repeated) > 0 {
			return "the directive " + p.Repeated[0] + " is repeated: browsers ignore the later one"
		}
	}
	if page.Scripts || page.Forms {
		for _, name := range []string{"base-uri", "form-action"} {
			if !directiveSet(policies, name) {
				return name + " is missing and has no fallback"
			}
		}
	}
	for _, nonce := range nonces(policies) {
		if len(nonce) < 8 {
			return "the nonce is shorter than 8 characters"
		}
	}
	if rules == "strict" && !objectsNone(policies) {
		return "object-src is not 'none'"
	}
	return ""
}

func plainMedia(policies []policy) bool {
	for _, name := range []string{"img-src", "media-src"} {
		if directiveSet(policies, name) && effective(policies, name).Plain {
			return true
		}
	}
	return false
}

func allMeta(policies []policy) bool {
	for _, p := range policies {
		if !p.Meta {
			return false
		}
	}
	return true
}

func objectsNone(policies []policy) bool {
	for _, p := range policies {
		list, ok := p.sources("object-src", "default-src")
		if ok && len(list) == 1 && strings.EqualFold(list[0], "'none'") {
			return true
		}
	}
	return false
}
