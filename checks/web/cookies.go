package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var cookieFlags = checks.Define(checks.Kind{
	ID: "security.cookies.flags", Title: "Cookie flags", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of the base page, of up to ten declared pages, taking redirects on their origin, and of the declared API sample; where the login's body names an account of your own (${env:NAME}), one login and logout",
	Rule: "For each cookie that these answers set. PASS: HttpOnly (session cookies), SameSite Lax or Strict, Secure on https. " +
		"WARN: no SameSite, SameSite=None with Secure, another cookie without Secure; strict: no __Host- or __Secure- name. " +
		"FAIL: a session cookie without HttpOnly, or without Secure on https; SameSite=None without Secure; an unknown SameSite value. " +
		"na: no cookie is set, and the target declares that callers carry tokens instead. inconclusive: the session cookie itself was not seen, since it is set at a login, or nothing is declared about how callers are known.",
	Fix:  "Set-Cookie: __Host-session=…; Path=/; Secure; HttpOnly; SameSite=Lax.",
	Refs: []string{"CWE-614", "CWE-1004", "CWE-1275", "ASVS 3.3.1", "WSTG-SESS-02"},
}, runCookies)

// maxCookiePages bounds how many declared pages are looked at for cookies.
const maxCookiePages = 10

func runCookies(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	facts := cookieFacts{Rules: p.Rules, Known: sessionBy(p.Target)}
	_, facts.Named, _ = strings.Cut(p.Target.Auth.Login.TokenFrom, "cookie:")
	pages := p.Target.Paths.Pages
	places := append([]string{p.Target.BaseURL}, pages[:min(len(pages), maxCookiePages)]...)
	if path := apiSample(p); path != "" {
		places = append(places, path)
	}
	var evidence []checks.Evidence
	for _, place := range places {
		// What is set on the way counts too: a redirect to the login often begins the session.
		first, err := p.Do(ctx, observe.Request{URL: place})
		var last *observe.Exchange
		if err == nil {
			last, err = follow(ctx, p, observe.Request{URL: place})
		}
		if err != nil {
			_, facts.Missing = answer.Missing("GET "+place, err)
			evidence = append(evidence, p.Note("GET "+place, err.Error()))
			continue
		}
		facts.add(first)
		evidence = append(evidence, p.Exchange(first))
		if last != first {
			facts.add(last)
			evidence = append(evidence, p.Exchange(last))
		}
	}
	if seen, ok := facts.logIn(ctx, p); ok {
		evidence = append(evidence, seen)
	}
	return judgeCookies(facts).Result(evidence...)
}

// logIn looks at what the declared login sets, where the target names an account of the
// assessor's own for it, and logs out again where it says how. Its answer is no evidence,
// since it may hold a token: only the cookies are, without their values.
func (f *cookieFacts) logIn(ctx context.Context, p *checks.Probe) (checks.Evidence, bool) {
	r, ok, err := answer.OwnLogin(p)
	if !ok || err != nil {
		return checks.Evidence{}, false
	}
	x, err := p.Do(ctx, r)
	if err != nil {
		_, f.Missing = answer.Missing("the login", err)
		return p.Note("the login", err.Error()), true
	}
	f.LoggedIn = x.Status < 400
	var sent []string
	lines := "status " + statusText(x.Status) + "\n"
	for _, line := range x.Header.Values("Set-Cookie") {
		f.Cookies = append(f.Cookies, setCookie{line, PlaceOf(x.URL)})
		pair, attributes, _ := strings.Cut(line, ";")
		name, _, _ := strings.Cut(pair, "=")
		sent = append(sent, pair)
		lines += "Set-Cookie: " + name + "=[left out];" + attributes + "\n"
	}
	if out := p.Target.Auth.Login.LogoutURL; out != "" && len(sent) > 0 {
		_, _ = p.Do(ctx, observe.Request{Method: http.MethodPost, URL: out, Fresh: true, Secret: sent,
			Header: []observe.Field{{Name: "Cookie", Value: strings.Join(sent, "; ")}}})
	}
	return p.Note("what the login sets", lines), true
}

// How callers are known to the target, as far as it is declared.
const (
	byCookie = "cookie"
	byToken  = "token"
)

// sessionBy says how callers are known: where the login puts the session, else what the
// declared identity sends.
func sessionBy(t *checks.Target) string {
	from, _, _ := strings.Cut(t.Auth.Login.TokenFrom, ":")
	switch {
	case from == "cookie":
		return byCookie
	case from == "json" || from == "header":
		return byToken
	case t.Auth.Login.URL != "" || t.Auth.User.Token == "":
		return ""
	case strings.HasPrefix(strings.ToLower(t.Auth.User.Token), "cookie:"):
		return byCookie
	}
	return byToken
}

// cookieFacts is which cookies the answers set.
type cookieFacts struct {
	Rules    string
	Known    string // byCookie, byToken or ""
	Named    string // the session cookie that the target names
	Cookies  []setCookie
	LoggedIn bool   // what a login sets is among them
	Missing  string // why one of the pages could not be looked at
}

// setCookie is one Set-Cookie line with where it came from.
type setCookie struct {
	Line  string
	Place Place
}

func (f *cookieFacts) add(x *observe.Exchange) {
	for _, line := range x.Header.Values("Set-Cookie") {
		f.Cookies = append(f.Cookies, setCookie{line, PlaceOf(x.URL)})
	}
}

// sessionName matches the names that session cookies go by.
var sessionName = regexp.MustCompile(`(?i)sess|sid|auth|token|login|jwt`)

// antiForgeryName matches tokens that a page's own scripts must read.
var antiForgeryName = regexp.MustCompile(`(?i)csrf|xsrf`)

func judgeCookies(f cookieFacts) opinion {
	var parts []answer.Part
	session := false
	seen := map[string]bool{}
	for _, set := range f.Cookies {
		cookie, err := http.ParseSetCookie(set.Line)
		if err != nil || cookie.MaxAge < 0 {
			continue
		}
		isSession := isSession(cookie.Name) || f.Named != "" && cookie.Name == f.Named
		part := judgeCookie(cookie, isSession, set.Line, set.Place, f.Rules).Part("cookie " + cookie.Name)
		if key := part.What + part.Reason; !seen[key] {
			seen[key] = true
			parts = append(parts, part)
		}
		session = session || isSession
	}
	verdict, reason := answer.Combine(parts)
	switch {
	case len(parts) > 0 && verdict == checks.Fail:
		return fail(reason)
	case f.Missing != "":
		return unsure(f.Missing)
	case !session && f.Known == byCookie && f.LoggedIn:
		return unsure("the login sets no cookie that goes by a usual name of sessions")
	case !session && f.Known == byCookie:
		return unsure("the session cookie is set at the login, which was not looked at")
	case len(parts) > 0 && verdict == checks.Warn:
		return warn(reason)
	case !session && f.Known == "" && !f.LoggedIn:
		return unsure("no session cookie was seen, and nothing is declared about how callers are known: what a login sets was not looked at")
	case len(parts) == 0 && f.LoggedIn:
		return na("neither the pages looked at nor the login set a cookie")
	case len(parts) == 0:
		return na("the pages looked at set no cookie, and callers carry tokens instead")
	}
	return pass(reason)
}

// isSession reports whether a cookie's name is that of a session.
func isSession(name string) bool {
	return sessionName.MatchString(name) && !antiForgeryName.MatchString(name)
}

func judgeCookie(c *http.Cookie, session bool, line string, place Place, rules string) opinion {
	sameSite := sameSiteOf(line)
	needSecure := place.HTTPS || !place.Loopback
	switch {
	case session && !c.HttpOnly:
		return fail("is a session cookie without HttpOnly")
	case session && needSecure && !c.Secure:
		return fail("is a session cookie without Secure")
	case sameSite == "none" && !c.Secure:
		return fail("has SameSite=None without Secure")
	case sameSite != "" && sameSite != "none" && sameSite != "lax" && sameSite != "strict":
		return fail("has the unknown value SameSite=" + quoteShort(sameSite))
	case sameSite == "":
		return warn("has no SameSite")
	case sameSite == "none":
		return warn("has SameSite=None")
	case needSecure && !c.Secure:
		return warn("has no Secure")
	case rules == "strict" && !strings.HasPrefix(c.Name, "__Host-") && !strings.HasPrefix(c.Name, "__Secure-"):
		return warn("has no __Host- or __Secure- name")
	}
	return pass("has the flags it should have")
}

// sameSiteOf reads the attribute from the raw line: the standard parser hides values it
// does not know.
func sameSiteOf(line string) string {
	for _, attribute := range strings.Split(line, ";")[1:] {
		name, value, _ := strings.Cut(attribute, "=")
		if strings.EqualFold(strings.TrimSpace(name), "samesite") {
			return strings.ToLower(strings.TrimSpace(value))
		}
	}
	return ""
}
