package auth

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestSessionRule(t *testing.T) {
	fine := sessionFacts{Login: 200, Session: true, Anonymous: 401, Before: 200, Logout: 204, After: 401}
	with := func(change func(*sessionFacts)) sessionFacts { f := fine; change(&f); return f }
	verdictOf(t, judgeSession(fine), checks.Pass)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Logout = 302 })), checks.Pass)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.After, f.Same = 200, true })), checks.Warn)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.After = 200 })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.After = 500 })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Session = false })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Before = 401 })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Anonymous = 200 })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Logout = 405 })), checks.Inconclusive)
	verdictOf(t, judgeSession(with(func(f *sessionFacts) { f.Missing = "x" })), checks.Inconclusive)
}

func TestSessionKind(t *testing.T) {
	const session, password = "s3ssion-0123456789abcdef", "p4ssword-0123456789"
	t.Setenv("GONOGO_TEST_PASSWORD", password)
	site := func(ends bool) string {
		var over atomic.Bool
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			mine := r.Header.Get("Authorization") == "Bearer "+session && !over.Load()
			body := make([]byte, 200)
			n, _ := r.Body.Read(body)
			switch {
			case r.URL.Path == "/":
				say(w, 200, `{}`)
			case r.URL.Path == "/login" && strings.Contains(string(body[:n]), password):
				say(w, 200, fmt.Sprintf(`{"access_token":%q}`, session))
			case r.URL.Path == "/logout" && mine:
				over.Store(ends)
				w.WriteHeader(204)
			case r.URL.Path == "/me" && mine:
				say(w, 200, `{"name":"ada"}`)
			default:
				say(w, 401, `{}`)
			}
		})
	}
	declare := func(change func(*checks.Target)) webtest.Option {
		return webtest.Target(func(target *checks.Target) {
			target.Paths.Whoami = "/me"
			target.Auth.Login = checks.Login{URL: "/login", Body: `{"username":"ada","password":"${env:GONOGO_TEST_PASSWORD}"}`, TokenFrom: "json:/access_token", LogoutURL: "/logout"}
			change(target)
		})
	}
	as := func(*checks.Target) {}
	for ends, want := range map[bool]checks.Verdict{true: checks.Pass, false: checks.Warn} {
		o := check(t, "security.auth.session", site(ends), want, declare(as))
		for _, e := range o.Evidence {
			if strings.Contains(string(e.Body), session) || strings.Contains(string(e.Body), password) {
				t.Errorf("a secret is in the evidence %s:\n%s", e.What, e.Body)
			}
		}
	}
	check(t, "security.auth.session", site(true), checks.Pending, declare(func(target *checks.Target) { target.Auth.Login.LogoutURL = "" }))
	check(t, "security.auth.session", site(true), checks.Pending, declare(func(target *checks.Target) { target.Auth.Login.Body = "" }))
	check(t, "security.auth.session", site(true), checks.Inconclusive, declare(func(target *checks.Target) { target.Auth.Login.Body = `{"u":"${env:HOME}"}` }))
}
