package web

import (
	"fmt"
	"net/http"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

const foreign = "https://gonogo-ab.example"

func TestCORS(t *testing.T) {
	ok := corsAnswer{Status: 200}
	ask := func(probe, origin, allow string, credentials bool) corsAnswer {
		return corsAnswer{Probe: probe, Origin: origin, Status: 200, Allow: allow, Credentials: credentials, VaryOrigin: true}
	}
	for name, c := range map[string]struct {
		facts corsFacts
		want  checks.Verdict
	}{
		"nothing allowed":      {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "", false)}}, checks.Pass},
		"listed origin":        {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "https://a.example", true)}, Allowed: []string{"https://a.example"}}, checks.Pass},
		"unlisted fixed":       {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "https://b.example", false)}}, checks.Warn},
		"star":                 {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)}}, checks.Warn},
		"star, public":         {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)}, Public: true}, checks.Pass},
		"star, credentials":    {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", true)}, Public: true}, checks.Warn},
		"echo":                 {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, foreign, false)}}, checks.Warn},
		"echo, credentials":    {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, foreign, true)}}, checks.Fail},
		"echo, other body":     {corsFacts{Plain: ok, Asked: []corsAnswer{{Probe: "f", Origin: foreign, Status: 200, Allow: foreign, Differs: true}}}, checks.Fail},
		"null, credentials":    {corsFacts{Plain: ok, Asked: []corsAnswer{ask("n", "null", "null", true)}}, checks.Fail},
		"null":                 {corsFacts{Plain: ok, Asked: []corsAnswer{ask("n", "null", "null", false)}}, checks.Warn},
		"http twin":            {corsFacts{Plain: ok, Asked: []corsAnswer{ask("t", "http://app.example", "http://app.example", true)}}, checks.Fail},
		"two origins":          {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "https://a.example, https://b.example", false)}}, checks.Warn},
		"path gone":            {corsFacts{Plain: corsAnswer{Status: 404}}, checks.Inconclusive},
		"path gone, leaks":     {corsFacts{Plain: corsAnswer{Status: 404}, Asked: []corsAnswer{ask("f", foreign, foreign, true)}}, checks.Fail},
		"catch-all":            {corsFacts{Plain: ok, CatchAll: true}, checks.Inconclusive},
		"refused, token works": {corsFacts{Plain: corsAnswer{Status: 401}, Asked: []corsAnswer{ask("foreign origin with the user's token", foreign, "", false)}}, checks.Pass},
		"refused, no token":    {corsFacts{Plain: corsAnswer{Status: 401}}, checks.Inconclusive},
		"preflight raises star": {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)},
			Preflight: &corsAnswer{Origin: foreign, Allow: "*", Methods: "GET, PUT", Headers: "Authorization"}}, checks.Fail},
		"preflight of reads only": {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)},
			Preflight: &corsAnswer{Origin: foreign, Allow: "*", Methods: "GET, POST", Headers: "Authorization"}}, checks.Warn},
		"preflight star headers": {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)},
			Preflight: &corsAnswer{Origin: foreign, Allow: "*", Methods: "*", Headers: "*"}}, checks.Warn}, // * never stands for Authorization
		"preflight raises public": {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "*", false)}, Public: true,
			Preflight: &corsAnswer{Origin: foreign, Allow: "*", Methods: "DELETE", Headers: "authorization"}}, checks.Warn},
		"preflight alone echoes": {corsFacts{Plain: ok, Asked: []corsAnswer{ask("f", foreign, "", false)},
			Preflight: &corsAnswer{Origin: foreign, Allow: foreign, Credentials: true, VaryOrigin: true}}, checks.Warn},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeCORS(c.facts), c.want) })
	}
	o := judgeCORS(corsFacts{Plain: ok, Asked: []corsAnswer{{Probe: "f", Origin: foreign, Status: 200, Allow: foreign, Cacheable: true}}})
	if verdictOf(t, o, checks.Warn); !containsText(o.Reason, "Vary") {
		t.Errorf("an echo without Vary is not named: %s", o.Reason)
	}
}

func TestCORSProbes(t *testing.T) {
	count := func(place Place, token bool) int { return len(corsProbes(place, "ab", token)) }
	if got := count(Place{Host: "127.0.0.1", IP: true, Loopback: true}, false); got != 3 {
		t.Errorf("loopback: %d probes, want 3", got)
	}
	if got := count(Place{Host: "app.example", HTTPS: true}, true); got != 7 {
		t.Errorf("https with a token: %d probes, want 7", got)
	}
}

// corsServer answers /api/quotes with JSON and 404 elsewhere, with the CORS lines that
// allow gives for a request.
func corsServer(t *testing.T, allow func(r *http.Request, h http.Header)) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		allow(r, w.Header())
		switch {
		case r.URL.Path != "/api/quotes" && r.URL.Path != "/":
			http.NotFound(w, r)
		case r.Method == http.MethodOptions:
			w.WriteHeader(204)
		default:
			say(200, "application/json", `{"quotes":[1,2,3]}`)(w, r)
		}
	})
}

func TestCORSKind(t *testing.T) {
	t.Parallel()
	sample := webtest.Target(func(t *checks.Target) { t.Paths.Sample = "/api/quotes" })
	closed := corsServer(t, func(*http.Request, http.Header) {})
	check(t, "security.cors.policy", closed, checks.Pass, sample)
	check(t, "security.cors.policy", closed, checks.Pending)

	star := corsServer(t, func(_ *http.Request, h http.Header) { h.Set("Access-Control-Allow-Origin", "*") })
	o := check(t, "security.cors.policy", star, checks.Warn, sample)
	reads(t, o, "any site may read what anonymous callers get")
	check(t, "security.cors.policy", star, checks.Pass, sample, webtest.Param("public", true))

	// Some middleware answers * in general and echoes the origin only where a cookie comes along.
	withCookie := corsServer(t, func(r *http.Request, h http.Header) {
		h.Set("Access-Control-Allow-Origin", "*")
		if r.Header.Get("Cookie") != "" {
			h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		}
		h.Set("Access-Control-Allow-Credentials", "true")
		h.Set("Vary", "Origin")
	})
	o = check(t, "security.cors.policy", withCookie, checks.Fail, sample, webtest.Param("public", true))
	reads(t, o, "cookie")

	null := corsServer(t, func(r *http.Request, h http.Header) {
		if r.Header.Get("Origin") == "null" {
			h.Set("Access-Control-Allow-Origin", "null")
			h.Set("Access-Control-Allow-Credentials", "true")
		}
	})
	check(t, "security.cors.policy", null, checks.Fail, sample)

	writing := corsServer(t, func(r *http.Request, h http.Header) {
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Methods", "GET, PUT, DELETE")
		h.Set("Access-Control-Allow-Headers", "authorization")
	})
	check(t, "security.cors.policy", writing, checks.Fail, sample)
}

// TestCORSRotating holds the rule to pages that change by themselves: a new body is no
// sign of other rights.
func TestCORSRotating(t *testing.T) {
	n := 0
	words := []string{"alpha beta gamma", "delta epsilon zeta", "eta theta iota", "kappa lambda mu"}
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/quotes" {
			http.NotFound(w, r)
			return
		}
		n++
		w.Header().Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
		w.Header().Set("Vary", "Origin")
		say(200, "application/json", fmt.Sprintf(`{"news":%q}`, words[n%len(words)]))(w, r)
	})
	check(t, "security.cors.policy", url, checks.Warn, webtest.Param("paths", "/api/quotes"))
}
