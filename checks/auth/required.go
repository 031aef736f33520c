package auth

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var authRequired = checks.Define(checks.Kind{
	ID: "security.auth.required", Title: "Protected paths refuse anonymous callers", Class: checks.Safe, Severity: checks.Critical,
	Sends: "GET of each protected path and of a random path beside it without a token; with the user's token where that answers",
	Rule: "PASS: 401, 403 or a redirect to a login page. WARN: 404 (absent or hidden), 400 or 422 (the request is looked at before the caller), a login form or a refusal with status 200, a redirect elsewhere. " +
		"FAIL: 2xx unlike the answer for unknown paths, or the JSON that the token brings. inconclusive: 2xx like unknown paths, 5xx, no answer, 403 for everything down to the base page.",
	Fix:  "Deny by default, authenticate before validating the body, list public routes explicitly.",
	Refs: []string{"CWE-306", "CWE-862", "ASVS 8.2.1", "ASVS 8.3.1", "WSTG-ATHZ-02"},
}, func(ctx context.Context, p *checks.Probe, params PathParams) checks.Result {
	paths := params.list(20, p.Target.Paths.Protected)
	if len(paths) == 0 {
		return answer.NotDeclared("paths.protected")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	unproven := 0
	for _, path := range paths {
		part, seen := askProtected(ctx, p, path)
		parts = append(parts, part)
		if strings.HasSuffix(part.Reason, blanketWords) {
			unproven++
		}
		evidence = append(evidence, seen...)
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass && len(parts) > 1 {
		reason = fmt.Sprintf("%d paths refuse anonymous callers", len(parts))
		if unproven > 0 {
			reason += fmt.Sprintf("; that %d of them exist is unproven: every unknown path there is refused too", unproven)
		}
	}
	return opinion{verdict, reason}.result(append(evidence, p.Note("protected paths", answer.Table(parts)))...)
})

// blanketWords go with a refusal that proves nothing about the route itself.
const blanketWords = ", as is every unknown path there: that the route exists is unproven"

// protectedFacts is what a protected path answers an anonymous caller.
type protectedFacts struct {
	Status    int
	Standing  answer.Standing
	Challenge bool   // WWW-Authenticate is there
	Login     bool   // a redirect to a login page
	Elsewhere string // where another redirect leads
	Form      bool   // a login form with a success status
	Denies    bool   // a refusal in the body with a success status
	ShutOut   bool   // 403 here, for unknown paths and for the base page
	AsUser    bool   // JSON, and the same that the user's token brings
}

func askProtected(ctx context.Context, p *checks.Probe, path string) (answer.Part, []checks.Evidence) {
	give := func(what string, err error) (answer.Part, []checks.Evidence) {
		verdict, reason := answer.Missing(what, err)
		return answer.Part{Verdict: verdict, Reason: reason}, []checks.Evidence{p.Note(what, err.Error())}
	}
	r := observe.Request{URL: path}
	x, err := p.Do(ctx, r)
	if err != nil {
		return give("GET "+path, err)
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	// A redirect to what lies below the path, as to a slash or an overview, is no refusal yet.
	for range 2 {
		to := answer.Location(x)
		if to == nil || answer.ToLogin(x) || !below(x.URL, to) {
			break
		}
		r.URL = to.String()
		if x, err = p.Do(ctx, r); err != nil {
			return give(answer.Label(p, r), err)
		}
		evidence = append(evidence, p.Exchange(x))
	}
	control, err := p.Control(ctx, r)
	if err != nil {
		return give("a random path beside "+path, err)
	}
	evidence = append(evidence, p.Exchange(control))
	facts := protectedFacts{Status: x.Status, Standing: answer.Stand(x, control), Challenge: x.Header.Get("WWW-Authenticate") != "",
		Login: answer.ToLogin(x), Form: answer.Success(x) && answer.LoginForm(x), Denies: answer.Denies(x)}
	facts.ShutOut = facts.Standing == answer.Blanket && x.Status == 403 && answer.ShutOut(ctx, p)
	if to := answer.Location(x); to != nil && !facts.Login {
		facts.Elsewhere = to.Path
	}
	if answer.Success(x) && answer.JSON(x) && hasToken(p, observe.User) {
		r.As = observe.User
		mine, err := p.Do(ctx, r)
		facts.AsUser = err == nil && answer.Success(mine) && string(mine.Body) == string(x.Body) && len(x.Body) > 2
	}
	o := judgeProtected(facts)
	return answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason}, evidence
}

// below reports whether to is the path of raw with a slash or something more behind it,
// on the same origin.
func below(raw string, to *url.URL) bool {
	from, err := url.Parse(raw)
	if err != nil || !answer.SameOrigin(from, to) || from.Path == to.Path {
		return false
	}
	return strings.HasPrefix(to.Path, strings.TrimSuffix(from.Path, "/")+"/")
}

func judgeProtected(f protectedFacts) opinion {
	code := fmt.Sprint(f.Status)
	switch {
	case f.Form:
		return warn("answers " + code + " with a login form instead of 401 or a redirect")
	case f.Denies:
		return warn("refuses in its body but answers " + code + " instead of 401")
	case f.Standing == answer.Real:
		return fail("answers " + code + " without a token")
	case f.Standing == answer.CatchAll && f.AsUser:
		return fail("gives anonymous callers the same JSON as a signed-in user (" + code + ")")
	case f.Standing == answer.CatchAll:
		return unsure("is answered like unknown paths (" + code + "): whether it is protected can't be told")
	case f.ShutOut:
		return unsure("is refused with 403, as even the base page is: gonogo may be blocked")
	case f.Standing == answer.Blanket:
		return pass("is refused with " + code + blanketWords)
	case f.Standing == answer.Guarded && f.Status == 401 && !f.Challenge:
		return pass("refuses anonymous callers with 401 (without WWW-Authenticate)")
	case f.Standing == answer.Guarded && f.Login:
		return pass("sends anonymous callers to a login page")
	case f.Standing == answer.Guarded:
		return pass("refuses anonymous callers with " + code)
	case f.Standing == answer.Absent:
		return warn("answers " + code + ": absent or hidden, its protection is unproven")
	case f.Standing == answer.Broken:
		return unsure("answers " + code + " to anonymous callers: whether it is protected can't be told")
	case f.Elsewhere != "":
		return warn("redirects to " + f.Elsewhere + ", which is no login page: its protection is unproven")
	case f.Status == 400 || f.Status == 422:
		return warn("answers " + code + ": the request is looked at before the caller is")
	}
	return warn("answers " + code + ": its protection is unproven")
}
