package web

import (
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var headerXXSS = headerKind(checks.Kind{
	ID: "security.headers.xxss", Title: "X-XSS-Protection", Severity: checks.Low,
	Rule: "PASS: absent or 0. WARN: 1 in any form, or an unknown value: the filters are gone, and where they live on they can be turned against the page. " +
		"Under seed-legacy rules PASS: 1; mode=block. WARN: 0, 1 without mode=block, or absent with a Content-Security-Policy that does not fail. FAIL: absent without one. na: no document.",
	Fix:  "Remove the header or send 0, and rely on Content-Security-Policy.",
	Refs: []string{"CWE-79", "OWASP HTTP Headers Cheat Sheet"},
}, judgeXXSS)

// judgeXXSS judges by the modern rule, and under seed-legacy rules by the old one, with
// the modern verdict beside it.
func judgeXXSS(s sample) opinion {
	if s.Doc == nil {
		return na("there is no document: the header concerns pages only")
	}
	value, present := answer.Field(s.Doc.Header, "X-XSS-Protection")
	modern := modernXXSS(value, present)
	if s.Rules != "seed-legacy" {
		return modern
	}
	old := legacyXXSS(value, present, judgeCSP(s).Verdict)
	if old.Verdict != modern.Verdict {
		old.Today = modern.Verdict
	}
	return old
}

func modernXXSS(value string, present bool) opinion {
	switch {
	case !present:
		return pass("the header is absent, as it should be")
	case strings.TrimSpace(value) == "0":
		return pass("the old filter is switched off")
	}
	return warn("X-XSS-Protection is " + quoteShort(value) + ": the filter is obsolete and can be abused")
}

func legacyXXSS(value string, present bool, csp checks.Verdict) opinion {
	normal := strings.ReplaceAll(strings.ToLower(value), " ", "")
	switch {
	case normal == "1;mode=block":
		return pass("X-XSS-Protection is 1; mode=block, as the older list asks (current guidance: remove it)")
	case !present && csp == checks.Fail:
		return fail("X-XSS-Protection is missing and no Content-Security-Policy stands in (current guidance: it should be absent)")
	case !present:
		return warn("X-XSS-Protection is missing; a Content-Security-Policy stands in")
	}
	return warn("X-XSS-Protection is " + quoteShort(value) + "; the older list asks for 1; mode=block (current guidance: 0 or absent)")
}
