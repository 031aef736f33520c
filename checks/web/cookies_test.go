package web

import (
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestCookies(t *testing.T) {
	for line, want := range map[string]checks.Verdict{
		"session=a; Path=/; Secure; HttpOnly; SameSite=Lax": checks.Pass,
		"session=a; Secure; SameSite=Lax":                   checks.Fail,
		"session=a; HttpOnly; SameSite=Lax":                 checks.Fail,
		"session=a; Secure; HttpOnly":                       checks.Warn,
		"session=a; Secure; HttpOnly; SameSite=None":        checks.Warn,
		"theme=a; SameSite=None":                            checks.Fail,
		"theme=a; Secure; SameSite=Maybe":                   checks.Fail,
		"theme=a; SameSite=Lax":                             checks.Warn,
		"csrftoken=a; Secure; SameSite=Lax":                 checks.Pass,
	} {
		t.Run(line, func(t *testing.T) {
			verdictOf(t, judgeCookies(cookieFacts{Known: byToken, Cookies: []setCookie{{line, Place{HTTPS: true, Host: "app.example"}}}}), want)
		})
	}
	local := []setCookie{{"session=a; HttpOnly; SameSite=Lax", Place{Loopback: true}}}
	verdictOf(t, judgeCookies(cookieFacts{Cookies: local}), checks.Pass)
	verdictOf(t, judgeCookies(cookieFacts{Cookies: local, Missing: "GET / has no answer"}), checks.Inconclusive)
	verdictOf(t, judgeCookies(cookieFacts{Known: byToken}), checks.NA)
	verdictOf(t, judgeCookies(cookieFacts{Known: byToken, Missing: "GET / has no answer"}), checks.Inconclusive)
	// What a login would set was not seen: no cookie says nothing, and neither does another.
	other := []setCookie{{"theme=dark; Secure; SameSite=Lax", Place{HTTPS: true}}}
	for _, known := range []string{byCookie, ""} {
		verdictOf(t, judgeCookies(cookieFacts{Known: known}), checks.Inconclusive)
		verdictOf(t, judgeCookies(cookieFacts{Known: known, Cookies: other}), checks.Inconclusive)
	}
	for known, target := range map[string]checks.Target{
		byCookie + " 1": {Auth: checks.Auth{Login: checks.Login{URL: "/l", TokenFrom: "cookie:sid"}}},
		byCookie + " 2": {Auth: checks.Auth{User: checks.Identity{Token: "Cookie: ${env:C}"}}},
		byToken + " 1":  {Auth: checks.Auth{Login: checks.Login{URL: "/l", TokenFrom: "json:/token"}}},
		byToken + " 2":  {Auth: checks.Auth{User: checks.Identity{Token: "${env:T}"}}},
		" 1":            {}, " 2": {Auth: checks.Auth{Login: checks.Login{URL: "/l"}}},
	} {
		want, _, _ := strings.Cut(known, " ")
		if got := sessionBy(&target); got != want {
			t.Errorf("%s: %q", known, got)
		}
	}
}

func TestRequiredHeaders(t *testing.T) {
	both := IsolationParams{Required: checks.Strings{"Cross-Origin-Opener-Policy", "Permissions-Policy"}}
	for line, want := range map[string]checks.Verdict{
		"Cross-Origin-Opener-Policy: same-origin":                  checks.Pass,
		"Cross-Origin-Opener-Policy: unsafe-none":                  checks.Warn,
		"Cross-Origin-Opener-Policy: unsafe-none; report-to=\"x\"": checks.Warn,
		"X-Other: x": checks.Warn,
	} {
		verdictOf(t, judgeIsolation(sample{Doc: document(line, "Permissions-Policy: camera=()")}, both), want)
	}
	verdictOf(t, judgeIsolation(sample{Doc: document("Cross-Origin-Opener-Policy: same-origin")}, both), checks.Warn)
}

// TestCookiesOnTheWay sees the cookie that a redirect sets.
func TestCookiesOnTheWay(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.SetCookie(w, &http.Cookie{Name: "sessionid", Value: "s3cretvalue0123456789"})
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		say(200, "text/html", "<html><p>sign in")(w, r)
	})
	o := check(t, "security.cookies.flags", url, checks.Fail)
	reads(t, o, "sessionid")
	for _, e := range o.Evidence {
		if strings.Contains(string(e.Body), "s3cretvalue") {
			t.Errorf("the cookie is in the evidence %s", e.What)
		}
	}
	token := webtest.Target(func(target *checks.Target) { target.Auth.Login = checks.Login{URL: "/l", TokenFrom: "json:/t"} })
	check(t, "security.cookies.flags", serve(t, say(200, "text/html", "<p>x")), checks.NA, token)
}

// TestCookiesOfTheLogin logs in with the account that the target names.
func TestCookiesOfTheLogin(t *testing.T) {
	t.Setenv("GONOGO_TEST_PASSWORD", "p4ssword-0123456789")
	site := func(cookie string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/html", "<p>x"), "/login": func(w http.ResponseWriter, r *http.Request) {
			if cookie != "" {
				w.Header().Set("Set-Cookie", cookie)
			}
			say(200, "application/json", `{"ok":true}`)(w, r)
		}}))
	}
	for cookie, want := range map[string]checks.Verdict{
		"sid=s3cretvalue; HttpOnly; SameSite=Lax": checks.Pass, "sid=s3cretvalue; SameSite=Lax": checks.Fail, "": checks.NA, "theme=dark; SameSite=Lax": checks.Pass,
	} {
		o := check(t, "security.cookies.flags", site(cookie), want, webtest.Target(func(target *checks.Target) {
			target.Auth.Login = checks.Login{URL: "/login", Body: `{"username":"ada","password":"${env:GONOGO_TEST_PASSWORD}"}`}
		}))
		for _, e := range o.Evidence {
			if strings.Contains(string(e.Body), "s3cretvalue") || strings.Contains(string(e.Body), "p4ssword") {
				t.Errorf("a secret is in the evidence %s", e.What)
			}
		}
	}
	verdictOf(t, judgeCookies(cookieFacts{Known: byCookie, LoggedIn: true}), checks.Inconclusive)
	odd := []setCookie{{"PAY=a; SameSite=Lax", Place{Loopback: true}}}
	verdictOf(t, judgeCookies(cookieFacts{Known: byCookie, Named: "PAY", Cookies: odd}), checks.Fail)
	verdictOf(t, judgeCookies(cookieFacts{Known: byCookie, Cookies: odd}), checks.Inconclusive)
}
