package web

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// HealthParams are the parameters of reliability.health.endpoint.
type HealthParams struct {
	Path   string         `toml:"path" doc:"the health route; default all of the target's health paths"`
	Paths  checks.Strings `toml:"paths" doc:"several health routes, judged together"`
	Within time.Duration  `toml:"within" doc:"the whole answer must arrive within this time, as \"200ms\"; default: no limit beyond the rule's"`
}

var healthEndpoint = checks.Define(checks.Kind{
	ID: "reliability.health.endpoint", Title: "The health route says that all is well", Class: checks.Safe, Severity: checks.Critical,
	Sends: "GET of each declared health route and of a random path beside it; with within, twice more when the first answer is late",
	Rule: "PASS: 2xx with a healthy body (JSON status, boolean healthy or ok, or a word or short sentence of plain text), unlike the answer for unknown paths, within 1 s. " +
		"WARN: degraded, unknown or unreadable with 2xx, an empty 200 or 204, 1 s or slower, HTML, a redirect, or kept by caches for more than 60 s. " +
		"FAIL: 404, 5xx, 401 or 403, an unhealthy body with any status, a page like that of unknown paths; with within also a later answer. " +
		"inconclusive: unknown paths get the same healthy body.",
	Fix:  "Answer 200 {\"status\":\"pass\"} or 503 as JSON with Cache-Control: no-store; liveness without dependencies, readiness with all of them.",
	Refs: []string{"draft-inadarei-api-health-check", "RFC 8615"},
}, runHealth)

func runHealth(ctx context.Context, p *checks.Probe, params HealthParams) checks.Result {
	paths := slices.Clone(params.Paths)
	if params.Path != "" {
		paths = append(checks.Strings{params.Path}, paths...)
	}
	if len(paths) == 0 {
		paths = p.Target.Paths.Health
	}
	if len(paths) == 0 {
		return answer.NotDeclared("paths.health")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	var measured []checks.Measurement
	for _, path := range paths {
		facts, seen, err := askHealth(ctx, p, path, params.Within)
		if err != nil {
			verdict, reason := answer.Missing("GET "+path, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			evidence = append(evidence, p.Note("GET "+path, err.Error()))
			continue
		}
		o := judgeHealth(facts)
		parts = append(parts, answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason})
		evidence = append(evidence, seen...)
		measured = append(measured, checks.Measurement{Name: withoutQuery(path), Value: float64(facts.Total.Microseconds()) / 1000, Unit: "ms"})
	}
	verdict, reason := answer.Combine(parts)
	r := opinion{Verdict: verdict, Reason: reason}.Result(evidence...)
	r.Measurements = measured
	return r
}

// healthFacts is what one health route showed.
type healthFacts struct {
	Status     int
	Says       wellness
	HTML       bool
	Empty      bool
	ToLogin    bool
	Redirected bool // a redirect to the same path with or without a slash was followed
	LikeOther  bool // unknown paths get the same answer
	Control404 bool
	MaxAge     int // seconds that caches may keep it
	Total      time.Duration
	Within     time.Duration
}

// askHealth asks for one health route. When the answer is later than within, two more
// are taken and the median counts: one slow answer is not a slow route.
func askHealth(ctx context.Context, p *checks.Probe, path string, within time.Duration) (healthFacts, []checks.Evidence, error) {
	r := observe.Request{URL: path}
	x, err := askUnwell(ctx, p, r)
	if err != nil {
		return healthFacts{}, nil, err
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	facts := healthFacts{Within: within}
	if to := answer.Location(x); to != nil && slashTwin(x.URL, to.String()) {
		facts.Redirected = true
		r.URL = to.String()
		if x, err = p.Do(ctx, r); err != nil {
			return healthFacts{}, nil, err
		}
		evidence = append(evidence, p.Exchange(x))
	}
	control, err := p.Control(ctx, r)
	if err != nil && x.Status < 400 {
		return healthFacts{}, nil, err
	}
	if err == nil {
		facts.LikeOther = observe.Same(x, control)
		facts.Control404 = control.Status == http.StatusNotFound || control.Status == http.StatusGone
		evidence = append(evidence, p.Exchange(control))
	}
	facts.Status, facts.Says, facts.HTML = x.Status, readHealth(x), answer.Rendered(x)
	facts.Empty, facts.ToLogin = len(x.Body) == 0, answer.ToLogin(x)
	facts.MaxAge, facts.Total = cacheSeconds(x.Header), x.Total
	if within > 0 && facts.Total > within && x.Status < 400 {
		facts.Total = medianTotal(ctx, p, r, x.Total)
	}
	return facts, evidence, nil
}

// askUnwell asks a health route. A 503 that asks to wait is its answer, not a throttle.
func askUnwell(ctx context.Context, p *checks.Probe, r observe.Request) (*observe.Exchange, error) {
	x, err := p.Do(ctx, r)
	if last := answer.LastWord(err); last != nil && last.Status == http.StatusServiceUnavailable {
		return last, nil
	}
	return x, err
}

// medianTotal asks twice more and takes the middle of the three times.
func medianTotal(ctx context.Context, p *checks.Probe, r observe.Request, first time.Duration) time.Duration {
	times := []time.Duration{first}
	r.Fresh = true
	for range 2 {
		x, err := p.Do(ctx, r)
		if err != nil {
			return first
		}
		times = append(times, x.Total)
	}
	slices.Sort(times)
	return times[1]
}

// slashTwin reports whether two URLs differ only in a trailing slash.
func slashTwin(a, b string) bool {
	return a != b && strings.TrimSuffix(a, "/") == strings.TrimSuffix(b, "/")
}

// cacheSeconds is for how long caches may keep an answer by Cache-Control.
func cacheSeconds(h http.Header) int {
	value := strings.ToLower(fieldValue(h, "Cache-Control"))
	if strings.Contains(value, "no-store") || strings.Contains(value, "no-cache") {
		return 0
	}
	longest := 0
	for _, element := range answer.Elements(value) {
		name, argument, _ := strings.Cut(element, "=")
		if name == "max-age" || name == "s-maxage" {
			n, _ := strconv.Atoi(unquote(argument))
			longest = max(longest, n)
		}
	}
	return longest
}

// Times beyond which a health answer is late, in the absence of a declared limit.
const lateHealth = time.Second

// judgeHealth judges one health route. The body must say that all is well, the status
// must agree, and unknown paths must not get the same.
func judgeHealth(f healthFacts) opinion {
	code := statusText(f.Status)
	switch {
	case f.Says == unhealthy && f.Status < 400:
		return fail("says unhealthy, with " + code)
	case f.Says == unhealthy:
		return fail("answers " + code + " and says unhealthy")
	case f.Status >= 400 && f.Says == healthy:
		return fail("says healthy but answers " + code)
	case f.Status >= 400:
		return fail("answers " + code)
	case f.ToLogin:
		return fail("redirects to a login page")
	case f.LikeOther && f.Says == healthy:
		return unsure("gives unknown paths the same healthy answer: it can't be told from a page that answers everything")
	case f.LikeOther:
		return fail("is answered like unknown paths: there is no health route")
	case f.Status >= 300 && f.Says != healthy:
		return fail("answers " + code + " and says nothing about health")
	case f.Within > 0 && f.Total > f.Within:
		return fail("takes " + inMillis(f.Total) + ", more than " + inMillis(f.Within))
	}
	return judgeWellness(f)
}

// judgeWellness judges a 2xx or 3xx answer that is a health route's own.
func judgeWellness(f healthFacts) opinion {
	code := statusText(f.Status)
	switch {
	case f.Says == degraded || f.Says == unknown:
		return warn("answers " + code + " and says " + string(f.Says))
	case f.Says == silent && f.Empty && f.Control404:
		return warn("answers " + code + " with an empty body: only the status says that it is healthy")
	case f.Says == silent:
		return warn("answers " + code + ", but says nothing about health that a machine can read")
	case f.HTML:
		return warn("says healthy in an HTML page")
	case f.Status >= 300:
		return warn("says healthy but answers " + code)
	case f.Redirected:
		return warn("is healthy behind a redirect to the same path with a slash")
	case f.MaxAge > 60:
		return warn("is healthy, but caches may keep the answer for " + strconv.Itoa(f.MaxAge) + " s")
	case f.Within == 0 && f.Total > lateHealth:
		return warn("is healthy after " + inMillis(f.Total))
	}
	return pass("answers " + code + " and says healthy, in " + inMillis(f.Total))
}

// withoutQuery names a path in a measurement: a query may hold a key.
func withoutQuery(path string) string {
	path, _, _ = strings.Cut(path, "?")
	return path
}
