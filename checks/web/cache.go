package web

import (
	"context"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var headerCache = checks.Define(checks.Kind{
	ID: "security.headers.cache", Title: "Personal answers are not stored", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the whoami path with and without the user's token",
	Rule: "PASS: Cache-Control has no-store. WARN: private or no-cache without it, or no Cache-Control on an answer that is the same for everybody. " +
		"FAIL: public, max-age above 0 without private, or no Cache-Control on an answer that differs by identity. inconclusive: the token does not work.",
	Fix:  "Cache-Control: no-store on every authenticated answer.",
	Refs: []string{"CWE-525", "ASVS 14.3.2", "RFC 9111"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	path := p.Target.Paths.Whoami
	switch {
	case path == "":
		return answer.NotDeclared("paths.whoami")
	case p.Target.Auth.User.Token == "":
		return answer.NotDeclared("auth.user.token")
	}
	r := observe.Request{URL: path, As: observe.User}
	mine, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	theirs, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	if !answer.Success(mine) {
		return unsure("the user's token is answered " + status(mine) + ": there is no personal answer to look at").Result(p.Exchange(mine))
	}
	value, present := answer.Field(mine.Header, "Cache-Control")
	return judgeCache(value, present, !observe.Same(mine, theirs)).Result(p.Exchange(mine))
})

// judgeCache reads Cache-Control of an answer that may differ by identity (RFC 9111
// section 5.2.2).
func judgeCache(value string, present, personal bool) opinion {
	directives := map[string]string{}
	for _, element := range answer.Elements(strings.ToLower(value)) {
		name, argument, _ := strings.Cut(element, "=")
		directives[strings.TrimSpace(name)] = unquote(strings.TrimSpace(argument))
	}
	has := func(name string) bool { _, ok := directives[name]; return ok }
	age, _ := strconv.Atoi(directives["max-age"])
	switch {
	case has("no-store"):
		return pass("Cache-Control has no-store")
	case has("public"):
		return fail("Cache-Control is public on an answer to a signed-in user")
	case age > 0 && !has("private"):
		return fail("Cache-Control lets shared caches keep a signed-in user's answer for " + directives["max-age"] + " s")
	case !present && personal:
		return fail("Cache-Control is missing on an answer that differs by identity")
	case !present:
		return warn("Cache-Control is missing; the answer looks the same without the token")
	}
	return warn("Cache-Control is " + quoteShort(value) + ", without no-store")
}
