// Package auth holds the kinds about who may do what: protected paths, tokens, default
// credentials and roles.
//
// Each kind observes first and gathers plain facts; a pure function beside it, judgeX,
// turns the facts into a verdict and a reason. It may import checks, checks/guard,
// checks/observe and checks/web/answer, and knows no screen and no storage.
package auth

import (
	"net/http"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{authRequired, rbacAdmin, defaultCredentials, jwtMalformed, jwtForged, jwtClaims, jwtWeakSecret, authSession}
}

// PathParams name the paths that a kind looks at.
type PathParams struct {
	Path  string         `toml:"path" doc:"one path"`
	Paths checks.Strings `toml:"paths" doc:"several paths, judged together"`
}

// list is every path named, at most limit of them.
func (params PathParams) list(limit int, otherwise []string) []string {
	paths := append([]string{}, params.Paths...)
	if params.Path != "" {
		paths = append([]string{params.Path}, paths...)
	}
	if len(paths) == 0 {
		paths = otherwise
	}
	return paths[:min(len(paths), limit)]
}

// opinion is what a rule says about what was seen.
type opinion struct {
	Verdict checks.Verdict
	Reason  string
}

func pass(reason string) opinion   { return opinion{checks.Pass, reason} }
func warn(reason string) opinion   { return opinion{checks.Warn, reason} }
func fail(reason string) opinion   { return opinion{checks.Fail, reason} }
func na(reason string) opinion     { return opinion{checks.NA, reason} }
func unsure(reason string) opinion { return opinion{checks.Inconclusive, reason} }

// result makes the opinion a result.
func (o opinion) result(evidence ...checks.Evidence) checks.Result {
	return checks.NewResult(o.Verdict, checks.ObservedLive, o.Reason, evidence...)
}

// refusedStatus reports whether a status refuses the caller.
func refusedStatus(code int) bool {
	return code == http.StatusUnauthorized || code == http.StatusForbidden
}

// hasToken reports whether the target declares a token for the identity.
func hasToken(p *checks.Probe, who observe.Identity) bool {
	switch who {
	case observe.User:
		return p.Target.Auth.User.Token != ""
	case observe.Admin:
		return p.Target.Auth.Admin.Token != ""
	}
	return true
}
