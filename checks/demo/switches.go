package demo

import (
	"fmt"
	"slices"
	"strings"
)

// Switch is one flaw of the demo system that can be mended by name.
type Switch struct {
	Name   string
	Flaw   string   // what is wrong while it is off
	Mended string   // what it is like while it is on
	Items  []string // items of the phase5 profile that pass through this switch alone
}

// Switches are the flaws that --fix can mend, in the order of the documentation. The
// table is not to be changed.
var Switches = []Switch{
	{"headers", "none of the five security headers is sent",
		"all five, the policy with base-uri, form-action and frame-ancestors",
		ids("P5-SEC-HDR-01", "P5-SEC-HDR-02", "P5-SEC-HDR-03", "P5-SEC-HDR-04", "P5-SEC-HDR-05", "P5-QUA-SEC-01", "P5-QUA-SEC-02")},
	{"cors", "the API allows every origin (*), without credentials",
		"only the listed origin is allowed", ids("P5-SEC-COR-01")},
	{"rate-limit", "every request of a burst is answered",
		"search and login answer 20 requests in 10 s, then 429 with Retry-After; limits are advertised",
		ids("P5-SEC-RAT-01", "P5-SEC-RAT-02")},
	{"admin-routes", "the users and settings routes answer 404 to everybody",
		"401 without a token, 403 to a user, 200 to an admin", ids("P5-SEC-RBA-01", "P5-SEC-RBA-02")},
	{"tokens", "malformed tokens get 400, 422 or 401 by their shape",
		"every unusable token gets the same 401", ids("P5-SEC-JWT-01", "P5-SEC-JWT-02")},
	{"health", "the three health routes answer 404",
		"all three answer pass, with the components database, redis and heavydb",
		ids("P5-REL-DBH-01", "P5-REL-DBH-02", "P5-REL-DBH-03", "P5-QUA-API-01", "P5-QUA-API-02",
			"P5-QUA-INT-01", "P5-QUA-INT-02", "P5-QUA-INT-03", "P5-QUA-PRF-01", "P5-QUA-PRF-02")},
	{"pool", "more than 20 requests at once break every one of them",
		"64 at once are served in 40 ms each, more wait", ids("P5-REL-POO-01", "P5-REL-CON-01")},
	{"recovery", "the quote feed's breaker stays open for 20 s after a burst",
		"it closes after 0.5 s", ids("P5-REL-REC-01")},
	{"shutdown", "the container starts through a shell and has no grace period",
		"it starts the server itself and has 30 s to drain", ids("P5-REL-REC-02")},
	{"errors", "the API answers errors as plain text",
		"it answers them as problem+json", ids("P5-REL-ERR-01", "P5-REL-ERR-02", "P5-REL-ERR-03")},
	{"slow", "one report at a time, 750 ms each",
		"reports in parallel, 100 ms each",
		ids("P5-SCA-LOD-01", "P5-SCA-LOD-02", "P5-SCA-LOD-03", "P5-SCA-LOD-04", "P5-SCA-LOD-05", "P5-SCA-CST-01", "P5-SCA-UTL-01")},
	{"env", "five required variables are missing",
		"they are set; SECRET_KEY has 12 characters", ids("P5-DEP-ENV-01")},
	{"env-values", "one variable is unset, two hold sample values",
		"all three hold values of their own", ids("P5-DEP-ENV-03", "P5-DEP-ENV-04", "P5-DEP-ENV-05")},
	{"secret-key", "SECRET_KEY is missing, or has 12 characters",
		"it holds 48 random bytes", ids("P5-DEP-SEC-01")},
	{"https", "production is served over plain http",
		"TLS on localhost under a private authority; http redirects with 308", ids("P5-DEP-SEC-02", "P5-DEP-SEC-03")},
	{"secret-files", "the env file is readable by everybody and hands a password over",
		"its mode is 0600 and secrets are handed over as compose secrets", ids("P5-DEP-SEC-04", "P5-DEP-SEC-05")},
	{"hardening", "containers have no memory limit and may gain privileges",
		"both are set", ids("P5-DEP-SEC-06")},
	{"sentry", "no error tracking", "a well-formed DSN, and the SDK in the manifest", ids("P5-DEP-MON-01")},
	{"telegram", "no alert channel", "a well-formed bot token and chat id, and the SDK in the manifest", ids("P5-DEP-MON-02")},
	{"metrics", "/metrics answers 404", "it answers exposition text with http_ families", ids("P5-DEP-MON-03")},
}

func ids(s ...string) []string { return s }

// scenario is a named set of mended switches.
type scenario struct {
	name   string
	about  string
	mended bool   // all switches
	xxss   string // X-XSS-Protection once headers are mended
}

var scenarios = []scenario{
	{"phase5", "every flaw present", false, "1; mode=block"},
	// The header filters of old browsers could be turned against a page, so today's guidance
	// is to switch them off (OWASP Secure Headers Project).
	{"healthy", "every flaw mended, headers after today's guidance", true, "0"},
}

// Scenarios lists the scenarios that can be served, with what they are like.
func Scenarios() (names, about []string) {
	for _, s := range scenarios {
		names, about = append(names, s.name), append(about, s.about)
	}
	return names, about
}

// settings is a scenario with its switches, as the service and the folder ask for it.
type settings struct {
	Scenario string
	XXSS     string
	mended   map[string]bool
}

// newSettings resolves names; an unknown one is an error that lists the known ones. An
// empty scenario is phase5.
func newSettings(name string, fix []string) (settings, error) {
	if name == "" {
		name = scenarios[0].name
	}
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
	if i < 0 {
		known, _ := Scenarios()
		return settings{}, fmt.Errorf("scenario %q is not offered: there are %s", name, strings.Join(known, " and "))
	}
	s := settings{Scenario: name, XXSS: scenarios[i].xxss, mended: map[string]bool{}}
	var known []string
	for _, w := range Switches {
		s.mended[w.Name] = scenarios[i].mended
		known = append(known, w.Name)
	}
	for _, f := range fix {
		if _, ok := s.mended[f]; !ok {
			return settings{}, fmt.Errorf("fix %q is not known: there are %s", f, strings.Join(known, ", "))
		}
		s.mended[f] = true
	}
	return s, nil
}

// Mended reports whether a switch is on. An unknown name is a mistake in this package, not
// in anybody's input.
func (s settings) Mended(name string) bool {
	on, ok := s.mended[name]
	if !ok {
		panic("demo: no switch " + name)
	}
	return on
}
