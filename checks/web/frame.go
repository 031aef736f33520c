package web

import (
	"sort"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var headerFrame = headerKind(checks.Kind{
	ID: "security.headers.frame", Title: "Clickjacking: frame-ancestors or X-Frame-Options", Severity: checks.Medium,
	Rule: "PASS: a restrictive frame-ancestors in a header, or X-Frame-Options whose only value is DENY or SAMEORIGIN. " +
		"WARN: contradicting X-Frame-Options values, an API answer with neither, X-Frame-Options alone under strict rules. " +
		"FAIL: a document with neither, an unknown value such as ALLOW-FROM, or an open frame-ancestors, which overrides a good X-Frame-Options. Meta elements never count.",
	Fix:  "Content-Security-Policy: frame-ancestors 'none' (or 'self'); keep X-Frame-Options: DENY for old browsers.",
	Refs: []string{"CWE-1021", "ASVS 3.4.6", "RFC 7034", "WSTG-CLNT-09"},
}, judgeFrame)

// judgeFrame decides by frame-ancestors where a header policy has one: browsers then
// ignore X-Frame-Options (CSP3 section 6.4.2.2).
func judgeFrame(s sample) opinion {
	main := s.main()
	restrictive, open := ancestors(parsePolicies(main.Header.Values("Content-Security-Policy"), false))
	switch {
	case restrictive:
		return pass("frame-ancestors restricts who may frame " + main.Where)
	case open != "":
		return fail("frame-ancestors allows " + quoteShort(open) + ", whatever X-Frame-Options says")
	}
	value, present := answer.Field(main.Header, "X-Frame-Options")
	values := distinct(value)
	switch {
	case !present && !main.Document:
		return warn(main.Where + " sends neither frame-ancestors nor X-Frame-Options")
	case !present:
		return fail("neither frame-ancestors nor X-Frame-Options is sent on " + main.Where)
	case len(values) == 1 && (values[0] == "deny" || values[0] == "sameorigin"):
		if s.Rules == "strict" {
			return warn("only X-Frame-Options is sent: frame-ancestors replaces it")
		}
		return pass("X-Frame-Options is " + strings.ToUpper(values[0]))
	case len(values) > 1 && (contains(values, "deny") || contains(values, "sameorigin")):
		return warn("X-Frame-Options has contradicting values " + quoteShort(value) + ": browsers block framing, by accident")
	}
	return fail("X-Frame-Options is " + quoteShort(value) + ": browsers ignore it and allow framing")
}

// ancestors looks for frame-ancestors in header policies. All policies apply, so one
// restrictive list is enough; open is the source that makes a list open.
func ancestors(policies []policy) (restrictive bool, open string) {
	for _, p := range policies {
		list, ok := p.Directives["frame-ancestors"]
		if !ok {
			continue
		}
		loose := ""
		for _, source := range list {
			if anyHost(source) {
				loose = source
			}
		}
		if loose == "" {
			return true, ""
		}
		open = loose
	}
	return false, open
}

// distinct lists the different elements of a field value, in lower case.
func distinct(value string) []string {
	set := map[string]bool{}
	for _, element := range answer.Elements(strings.ToLower(value)) {
		set[element] = true
	}
	out := make([]string, 0, len(set))
	for element := range set {
		out = append(out, element)
	}
	sort.Strings(out)
	return out
}
