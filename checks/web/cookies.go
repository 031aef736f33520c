package web

import (
	"net/http"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var cookieFlags = headerKind(checks.Kind{
	ID: "security.cookies.flags", Title: "Cookie flags", Severity: checks.High,
	Rule: "For each cookie that the sampled answers set. PASS: HttpOnly (session cookies), SameSite Lax or Strict, Secure on https. " +
		"WARN: no SameSite, SameSite=None with Secure, another cookie without Secure; strict: no __Host- or __Secure- name. " +
		"FAIL: a session cookie without HttpOnly, or without Secure on https; SameSite=None without Secure; an unknown SameSite value. na: no cookie is set.",
	Fix:  "Set-Cookie: __Host-session=…; Path=/; Secure; HttpOnly; SameSite=Lax.",
	Refs: []string{"CWE-614", "CWE-1004", "CWE-1275", "ASVS 3.3.1", "WSTG-SESS-02"},
}, judgeCookies)

// sessionName matches the names that session cookies go by.
var sessionName = regexp.MustCompile(`(?i)sess|sid|auth|token|login|jwt`)

// antiForgeryName matches tokens that a page's own scripts must read.
var antiForgeryName = regexp.MustCompile(`(?i)csrf|xsrf`)

func judgeCookies(s sample) opinion {
	var parts []answer.Part
	for _, page := range []*seen{s.Doc, s.API} {
		if page == nil {
			continue
		}
		for _, line := range page.Header.Values("Set-Cookie") {
			cookie, err := http.ParseSetCookie(line)
			if err != nil || cookie.MaxAge < 0 {
				continue
			}
			o := judgeCookie(cookie, line, page.Place, s.Rules)
			parts = append(parts, answer.Part{What: "cookie " + cookie.Name, Verdict: o.Verdict, Reason: o.Reason})
		}
	}
	if len(parts) == 0 {
		return na("the sampled answers set no cookie")
	}
	verdict, reason := answer.Combine(parts)
	return opinion{Verdict: verdict, Reason: reason}
}

func judgeCookie(c *http.Cookie, line string, place Place, rules string) opinion {
	session := sessionName.MatchString(c.Name) && !antiForgeryName.MatchString(c.Name)
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
