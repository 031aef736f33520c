// Package api holds the kinds that look at an API as such: its routes, its description,
// the methods it offers, what it makes of wrong input and which limits it has.
//
// Each kind observes first and gathers plain facts; a pure function beside it, judgeX,
// turns the facts into a verdict and a reason. It may import checks, checks/observe,
// checks/api/openapi and checks/web/answer, and knows no screen and no storage.
package api

import (
	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{apiRoutes, apiDescribed, apiMethods, apiErrors, apiInput, apiLimits, docsAvailable, exposureDocs}
}

// opinion is what a rule says about what was seen.
type opinion = answer.Opinion

// The words that rules are written in.
var (
	pass, warn, fail, na, unsure = answer.Pass, answer.Warn, answer.Fail, answer.NA, answer.Unsure

	statusText, quote, plural, orNone = answer.StatusText, answer.Quote, answer.Plural, answer.OrNone
	asCaller                          = answer.AsCaller
)

// roles are the paths of the first of these roles that the target declares.
func roles(p *checks.Probe, names ...string) checks.Strings {
	for _, name := range names {
		if paths := p.Target.Roles[name]; len(paths) > 0 {
			return paths
		}
	}
	return nil
}

// role is the one value of a role, "" where it is not declared.
func role(p *checks.Probe, name string) string {
	if values := p.Target.Roles[name]; len(values) > 0 {
		return values[0]
	}
	return ""
}
