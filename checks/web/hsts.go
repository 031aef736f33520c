package web

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/checks"
)

var headerHSTS = headerKind(checks.Kind{
	ID: "security.headers.hsts", Title: "Strict-Transport-Security", Severity: checks.High,
	Rule: "PASS: max-age of a year or more in the first header line (strict: and includeSubDomains). WARN: a shorter max-age, or preload without what it needs. " +
		"FAIL: missing, max-age missing, 0 or not a number, a repeated directive. na: plain http and IP addresses, where browsers ignore it. " +
		"Under seed-legacy rules, on the base page whatever its scheme, PASS: max-age above 0. FAIL: otherwise.",
	Fix:  "Strict-Transport-Security: max-age=63072000; includeSubDomains.",
	Refs: []string{"CWE-319", "CWE-523", "RFC 6797", "ASVS 3.4.1", "WSTG-CONF-07"},
}, judgeHSTS)

// Lengths of time in seconds that HSTS policies are measured against.
const (
	halfYear = 15_552_000
	oneYear  = 31_536_000
)

// judgeHSTS judges by the modern rule, and under seed-legacy rules by the old one, with
// the modern verdict beside it.
func judgeHSTS(s sample) opinion {
	modern := modernHSTS(s.main(), s.Rules)
	if s.Rules != "seed-legacy" {
		return modern
	}
	old := legacyHSTS(s.main())
	if old.Verdict != modern.Verdict {
		old.Today = modern.Verdict
	}
	return old
}

func modernHSTS(page *seen, rules string) opinion {
	switch {
	case !page.Place.HTTPS && page.Place.Loopback:
		return na("plain http on loopback: browsers ignore the header here")
	case !page.Place.HTTPS:
		return na("plain http: browsers ignore the header here; the transport check carries the failure")
	case page.Place.IP:
		return na("the host is an IP address: browsers never apply the header to those")
	}
	lines := page.Header.Values("Strict-Transport-Security")
	if len(lines) == 0 {
		return fail("Strict-Transport-Security is missing on " + page.Where)
	}
	policy, err := parseHSTS(lines[0])
	switch {
	case err != nil:
		return fail("Strict-Transport-Security can't be used: " + err.Error())
	case policy.MaxAge == 0:
		return fail("max-age is 0: the policy is switched off")
	case policy.MaxAge < halfYear:
		return warn(fmt.Sprintf("max-age is %d s: short, less than half a year", policy.MaxAge))
	case policy.MaxAge < oneYear:
		return warn(fmt.Sprintf("max-age is %d s: below one year", policy.MaxAge))
	case policy.Preload && !policy.SubDomains:
		return warn("preload is set without includeSubDomains")
	case rules == "strict" && !policy.SubDomains:
		return warn("includeSubDomains is missing")
	}
	return pass(fmt.Sprintf("max-age is %d s", policy.MaxAge))
}

func legacyHSTS(page *seen) opinion {
	lines := page.Header.Values("Strict-Transport-Security")
	if len(lines) == 0 {
		return fail("Strict-Transport-Security is missing on " + page.Where)
	}
	policy, err := parseHSTS(lines[0])
	switch {
	case err != nil:
		return fail("Strict-Transport-Security can't be used: " + err.Error())
	case policy.MaxAge == 0:
		return fail("max-age is 0: the policy is switched off")
	}
	return pass(fmt.Sprintf("the header is sent with max-age %d s", policy.MaxAge))
}

// hstsPolicy is a parsed Strict-Transport-Security field.
type hstsPolicy struct {
	MaxAge     uint64
	SubDomains bool
	Preload    bool
}

// parseHSTS reads one field line by RFC 6797 section 6.1: directives in any order,
// names case-insensitive, values tokens or quoted strings, none of them twice.
func parseHSTS(line string) (hstsPolicy, error) {
	var p hstsPolicy
	had := map[string]bool{}
	for _, directive := range splitQuoted(line, ';') {
		name, value, _ := strings.Cut(directive, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "" {
			continue
		}
		if had[name] {
			return p, fmt.Errorf("the directive %s is repeated", name)
		}
		had[name] = true
		switch name {
		case "max-age":
			seconds, err := strconv.ParseUint(unquote(strings.TrimSpace(value)), 10, 64)
			if errors.Is(err, strconv.ErrRange) {
				seconds, err = 1<<63, nil
			}
			if err != nil {
				return p, fmt.Errorf("max-age is %s, not a number of seconds", quoteShort(strings.TrimSpace(value)))
			}
			p.MaxAge = seconds
		case "includesubdomains":
			p.SubDomains = true
		case "preload":
			p.Preload = true
		}
	}
	if !had["max-age"] {
		return p, errors.New("max-age is missing")
	}
	return p, nil
}

// splitQuoted splits s at sep outside of double quotes.
func splitQuoted(s string, sep rune) []string {
	quoted := false
	return strings.FieldsFunc(s, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return r == sep && !quoted
	})
}

func unquote(s string) string {
	if len(s) >= 2 && s[0] == '"' && s[len(s)-1] == '"' {
		return s[1 : len(s)-1]
	}
	return s
}
