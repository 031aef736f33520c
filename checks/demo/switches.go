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
	Items  []string // items of the scenario's own profile that this switch alone mends
}

// Switches are the flaws that --fix can mend in the scenarios phase5 and healthy, with the
// items of the phase5 profile, in the order of the documentation. The table is not to be
// changed.
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

// AnalyticsSwitches are the flaws that --fix can mend in the scenario analytics, with the
// items of the full-stack profile. Flaws of the other table that are not listed here are
// mended in that scenario.
var AnalyticsSwitches = []Switch{
	{"prometheus", "Prometheus is declared, but its port refuses connections",
		"it is healthy and ready", ids("S2-IN-06", "S2-MO-01")},
	{"grafana", "Grafana is declared, but its port refuses connections",
		"it is up and its database is ok", ids("S2-MO-02")},
	{"alerts", "there is no file with alert rules", "rules for availability, errors and latency", ids("S2-MO-05")},
	{"dashboards", "there are no dashboards", "CPU, memory and response times, a file each", ids("S2-MO-06")},
	{"tls", "the proxy's certificate is for another host, and plain http serves the pages",
		"the certificate is for localhost, under a private authority; http redirects with 308",
		ids("S2-IN-07", "S2-SE-07")},
	{"metadata", "the backend tests break: a table is already defined",
		"the second definition is gone and every test passes", ids("S2-BE-08", "S2-DB-05", "S2-QA-07")},
	{"canvas", "the front end's tests of the 3D view fail: no canvas is mocked",
		"the canvas is mocked and they pass", ids("S2-FE-07", "S2-QA-05")},
	{"coverage", "73 % of all lines are covered, 74 % of the 3D parts", "84 and 86 %", ids("S2-FE-08", "S2-QA-06")},
	{"routes", "the API description names two routes that answer 404", "it names those that exist", ids("S2-BE-09")},
	{"modules", "the code imports semver and magic, which nothing declares",
		"both are among the requirements", ids("S2-BE-10")},
	{"integration", "there are no tests across components", "the API is tested with its data stores", ids("S2-BE-12", "S2-QA-04")},
	{"backup", "the newest backup is 30 h old", "it is 6 h old", ids("S2-DB-06")},
	{"caching", "the stylesheet has no Cache-Control", "caches keep it for a day", ids("S2-IN-11")},
	{"secrets", "the env file hands a password over", "secrets are handed over as compose secrets", ids("S2-SE-06")},
	{"ci-security", "neither pipeline nor commit hooks look for secrets, dangerous code or vulnerable packages",
		"all of them do, and stop", ids("S2-SE-08", "S2-SE-09", "S2-SE-10", "S2-SE-11")},
	{"headers", "none of the five security headers is sent",
		"all five, the policy with base-uri, form-action and frame-ancestors", ids("S2-SE-12")},
}

func ids(s ...string) []string { return s }

// analytics is the name of the scenario that goes with the full-stack profile: it has a
// proxy, monitoring services, an API description and test results.
const analytics = "analytics"

// healthy is the name of the scenario that reaches GO.
const healthy = "healthy"

// scenario is a named state of the demo, with the switches that mend its flaws.
type scenario struct {
	name     string
	about    string
	switches []Switch
	mended   bool              // all of them
	xxss     string            // X-XSS-Protection once headers are mended
	without  []string          // switches of other scenarios that are off here, for good
	follows  map[string]string // switches of other scenarios that one of these turns on
}

var scenarios = []scenario{
	{name: "phase5", about: "every flaw present", switches: Switches, xxss: "1; mode=block"},
	// The proxy ends TLS, so the service itself has none.
	{name: analytics, about: "a sound service with its monitoring down", switches: AnalyticsSwitches, xxss: "0",
		without: []string{"https"}, follows: map[string]string{"secret-files": "secrets"}},
	// The header filters of old browsers could be turned against a page, so today's guidance
	// is to switch them off (OWASP Secure Headers Project).
	{name: healthy, about: "every flaw mended, headers after today's guidance", switches: Switches, mended: true, xxss: "0"},
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
// empty scenario is phase5. What no switch of the scenario is about is as it should be.
func newSettings(name string, fix []string) (settings, error) {
	if name == "" {
		name = scenarios[0].name
	}
	i := slices.IndexFunc(scenarios, func(s scenario) bool { return s.name == name })
	if i < 0 {
		known, _ := Scenarios()
		last := len(known) - 1
		return settings{}, fmt.Errorf("scenario %q is not offered: there are %s and %s", name, strings.Join(known[:last], ", "), known[last])
	}
	c := scenarios[i]
	s := settings{Scenario: name, XXSS: c.xxss, mended: map[string]bool{}}
	for _, w := range slices.Concat(Switches, AnalyticsSwitches) {
		s.mended[w.Name] = true
	}
	var known []string
	for _, w := range c.switches {
		s.mended[w.Name] = c.mended
		known = append(known, w.Name)
	}
	for _, f := range fix {
		if !slices.Contains(known, f) {
			return settings{}, fmt.Errorf("fix %q is not known in the scenario %s: there are %s", f, name, strings.Join(known, ", "))
		}
		s.mended[f] = true
	}
	for _, off := range c.without {
		s.mended[off] = false
	}
	for other, own := range c.follows {
		s.mended[other] = s.mended[own]
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

// Analytics reports whether this is the scenario of the full-stack profile, in which a
// proxy stands before the service.
func (s settings) Analytics() bool { return s.Scenario == analytics }

// Healthy reports whether this is the scenario of the production profile, in which every
// flaw is mended.
func (s settings) Healthy() bool { return s.Scenario == healthy }

// Wide reports whether the scenario shows more than the service: its monitoring, its API
// description, what test runs and backups left, and the people who answer for it.
func (s settings) Wide() bool { return s.Scenario != scenarios[0].name }
