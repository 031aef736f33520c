package web

import (
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

// ReferrerParams are the parameters of security.headers.referrer.
type ReferrerParams struct {
	Required bool `toml:"required" doc:"the policy must be stated, not left to the browser's default"`
}

var headerReferrer = headerKindWith(checks.Kind{
	ID: "security.headers.referrer", Title: "Referrer-Policy", Severity: checks.Low,
	Rule: "The last value that browsers know decides; a meta element overrides the header. PASS: no-referrer, same-origin, strict-origin, strict-origin-when-cross-origin, or absent (WARN where it is required, or by strict rules). " +
		"WARN: origin, origin-when-cross-origin, no-referrer-when-downgrade. FAIL: unsafe-url, or no value that browsers know. na: no document.",
	Fix:  "Referrer-Policy: strict-origin-when-cross-origin, or no-referrer for APIs and admin screens.",
	Refs: []string{"CWE-200", "ASVS 3.4.5", "W3C Referrer Policy"},
}, judgeReferrer)

// referrerPolicies are the values browsers know, with what they mean for a review.
var referrerPolicies = map[string]checks.Verdict{
	"no-referrer": checks.Pass, "same-origin": checks.Pass, "strict-origin": checks.Pass,
	"strict-origin-when-cross-origin": checks.Pass,
	"origin":                          checks.Warn, "origin-when-cross-origin": checks.Warn, "no-referrer-when-downgrade": checks.Warn,
	"unsafe-url": checks.Fail,
}

func judgeReferrer(s sample, params ReferrerParams) opinion {
	if s.Doc == nil {
		return na("there is no document: the header concerns pages only")
	}
	value, present := answer.Field(s.Doc.Header, "Referrer-Policy")
	if len(s.Doc.MetaRefer) > 0 {
		value, present = strings.Join(s.Doc.MetaRefer, ","), true
	}
	if !present {
		if s.Rules == "strict" || params.Required {
			return warn("Referrer-Policy is missing")
		}
		return pass("absent: browsers then use strict-origin-when-cross-origin")
	}
	last := ""
	for _, element := range answer.Elements(strings.ToLower(value)) {
		if _, known := referrerPolicies[element]; known {
			last = element
		}
	}
	switch verdict := referrerPolicies[last]; {
	case last == "":
		return fail("Referrer-Policy is " + quoteShort(value) + ": no value that browsers know")
	case verdict == checks.Fail:
		return fail("Referrer-Policy is unsafe-url: full addresses are sent to every site")
	case verdict == checks.Warn:
		return warn("Referrer-Policy is " + last + ", which tells other sites more than the default does")
	}
	return pass("Referrer-Policy is " + last)
}
