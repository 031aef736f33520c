package auth

import (
	"context"
	"fmt"
	"net/http"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var authSession = checks.Define(checks.Kind{
	ID: "security.auth.session", Title: "Logging out ends the session", Class: checks.Safe, Severity: checks.Medium,
	Needs: []string{"base_url", "auth.login"},
	Sends: "one login with the account that the declared body names (${env:NAME}), the whoami path with the session and without, the declared logout with it, the whoami path again",
	Rule: "PASS: the session opens the whoami path before the logout and is refused after it. WARN: it still opens it. FAIL: never. " +
		"inconclusive: the login gives no session, the session does not open the whoami path or everybody can, or the logout is not answered with success.",
	Fix:  "End the session on the server at logout: delete it, or keep a list of revoked tokens until they expire.",
	Refs: []string{"CWE-613", "ASVS 7.4.1", "WSTG-SESS-06"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	login := p.Target.Auth.Login
	r, ok, err := answer.OwnLogin(p)
	switch {
	case !ok:
		return answer.NotDeclared("[auth.login] body with an account of your own, as ${env:NAME}")
	case login.LogoutURL == "":
		return answer.NotDeclared("[auth.login] logout_url")
	case p.Target.Paths.Whoami == "":
		return answer.NotDeclared("paths.whoami")
	case err != nil:
		return unsure("the login can't be made: " + err.Error()).result()
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, "the login", err)
	}
	session := sessionOf(x, login.TokenFrom)
	facts := sessionFacts{Login: x.Status, Session: session.Value != ""}
	trial := loginTrial{probe: p}
	evidence := []checks.Evidence{p.Exchange(trial.unmarked(x, "", session))}
	if facts.Session {
		evidence = append(evidence, facts.use(ctx, p, session)...)
	}
	return judgeSession(facts).result(append(evidence, p.Note("the session", facts.table()))...)
})

// sessionFacts is what became of one session: the statuses of each step, 0 where it was
// not taken.
type sessionFacts struct {
	Login                 int
	Session               bool // the login gave one
	Anonymous             int  // the whoami path without it
	Before, Logout, After int
	Same                  bool   // the answer after the logout is the one before it
	Missing               string // why a step has no answer
}

func (f sessionFacts) table() string {
	return fmt.Sprintf("login             %d\nsession           %t\nwhoami without    %d\nwhoami with       %d\nlogout            %d\nwhoami after      %d\n",
		f.Login, f.Session, f.Anonymous, f.Before, f.Logout, f.After)
}

// use takes the session through whoami, logout and whoami.
func (f *sessionFacts) use(ctx context.Context, p *checks.Probe, session observe.Field) []checks.Evidence {
	whoami := observe.Request{URL: p.Target.Paths.Whoami}
	mine := observe.Request{URL: whoami.URL, Header: []observe.Field{session}, Secret: secretOf(session), Fresh: true}
	logout := observe.Request{Method: http.MethodPost, URL: p.Target.Auth.Login.LogoutURL, Header: []observe.Field{session}, Secret: secretOf(session), Fresh: true}
	var evidence []checks.Evidence
	var before *observe.Exchange
	for _, step := range []struct {
		what   string
		r      observe.Request
		status *int
	}{{"the whoami path", whoami, &f.Anonymous}, {"the whoami path with the session", mine, &f.Before}, {"the logout", logout, &f.Logout}, {"the whoami path after the logout", mine, &f.After}} {
		x, err := p.Do(ctx, step.r)
		if err != nil {
			_, f.Missing = answer.Missing(step.what, err)
			return append(evidence, p.Note(step.what, err.Error()))
		}
		*step.status = x.Status
		evidence = append(evidence, p.Exchange(x))
		switch step.status {
		case &f.Before:
			before = x
		case &f.After:
			f.Same = observe.Same(before, x)
		}
	}
	return evidence
}

func judgeSession(f sessionFacts) opinion {
	success := func(code int) bool { return code >= 200 && code < 300 }
	switch {
	case !f.Session:
		return unsure(fmt.Sprintf("the login answers %d without a session: is the account right?", f.Login))
	case f.Missing != "":
		return unsure(f.Missing)
	case !success(f.Before):
		return unsure(fmt.Sprintf("the session does not open the whoami path (%d)", f.Before))
	case success(f.Anonymous):
		return unsure(fmt.Sprintf("the whoami path answers everybody (%d): a session can't be told", f.Anonymous))
	case f.Logout >= 400:
		return unsure(fmt.Sprintf("the logout answers %d", f.Logout))
	case success(f.After) && f.Same:
		return warn(fmt.Sprintf("the session still works after the logout (%d)", f.After))
	case refusedStatus(f.After) || f.After == f.Anonymous:
		return pass(fmt.Sprintf("the session opens the whoami path, and is refused with %d after the logout", f.After))
	}
	return unsure(fmt.Sprintf("the whoami path answers %d after the logout: whether the session ended can't be told", f.After))
}
