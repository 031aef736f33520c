package web

import (
	"context"
	"regexp"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var exposureHealthDetail = checks.Define(checks.Kind{
	ID: "security.exposure.health_detail", Title: "Anonymous health answers give no details away", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of the declared health routes without a token, shared with the health checks",
	Rule: "PASS: no health route shows more than states. WARN: a version, an address with port, an environment variable's name or a driver's error text. " +
		"FAIL: a connection string with a password. inconclusive: no route answers.",
	Fix:  "Details only for signed-in users; Spring: show-details: when-authorized.",
	Refs: []string{"CWE-200", "ASVS 13.4.5", "ASVS 13.4.6"},
}, func(ctx context.Context, p *checks.Probe, params PathParams) checks.Result {
	paths := append(checks.Strings{}, p.Target.Paths.Health...)
	if p.Target.Paths.HealthDetail != "" {
		paths = append(paths, p.Target.Paths.HealthDetail)
	}
	if params.Path != "" {
		paths = checks.Strings{params.Path}
	}
	if len(paths) == 0 {
		return answer.NotDeclared("paths.health")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, path := range paths {
		x, err := p.Do(ctx, observe.Request{URL: path})
		if err != nil {
			verdict, reason := answer.Missing("GET "+path, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		evidence = append(evidence, p.Exchange(x))
		o := judgeHealthDetail(x.Status, string(x.Body))
		parts = append(parts, answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason})
	}
	verdict, reason := answer.Combine(parts)
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("health details", answer.Table(parts)))...)
})

// healthDetails are what an anonymous health answer should not hold.
var healthDetails = []struct {
	What string
	At   *regexp.Regexp
}{
	{"an address with its port", regexp.MustCompile(`\b([a-z][a-z0-9-]*(\.[a-z0-9-]+)+|\d{1,3}(\.\d{1,3}){3}|localhost):\d{2,5}\b`)},
	{"a connection string", regexp.MustCompile(`\b[a-z][a-z0-9+]+://[^\s"/]+`)},
	{"a database driver's error text", answer.SQLError},
	{"a connection error", regexp.MustCompile(`(?i)connection refused|could not connect|no such host|dial tcp|ECONNREFUSED`)},
	{"an environment variable's name", regexp.MustCompile(`\b[A-Z][A-Z0-9]*_(URL|HOST|PORT|KEY|SECRET|PASSWORD|TOKEN|DSN)\b`)},
	{"a version", regexp.MustCompile(`(?i)"[a-z_]*version"\s*:\s*"[^"]*\d[^"]*"`)},
}

// passwordInURL matches a connection string that carries a password.
var passwordInURL = regexp.MustCompile(`\b[a-z][a-z0-9+]+://[^\s"/:@]*:[^\s"/@*]+@`)

func judgeHealthDetail(code int, body string) opinion {
	if passwordInURL.MatchString(body) {
		return fail("shows a connection string with a password to everybody")
	}
	for _, detail := range healthDetails {
		if detail.At.MatchString(body) {
			return warn("shows " + detail.What + " to everybody")
		}
	}
	if code == 404 || code == 410 {
		return unsure("answers " + statusText(code) + ": there is no health answer to look at")
	}
	return pass("shows no details (" + statusText(code) + ")")
}
