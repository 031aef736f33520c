package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
	"assess/gonogo/checks/web/webtest"
)

// openAPI describes four operations and keeps to the specification.
const openAPI = `{"openapi":"3.1.0","info":{"title":"t","version":"1"},"paths":{
"/api/a":{"get":{"responses":{"200":{"description":"ok"}}}},
"/api/admin/users":{"get":{"responses":{"200":{"description":"ok"}}}},
"/api/a/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}},
"/api/b":{"post":{"responses":{"200":{"description":"ok"}}}}}}`

func TestDocsKinds(t *testing.T) {
	t.Parallel()
	site := func(more map[string]http.HandlerFunc) string {
		all := map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/openapi.json": say(200, "application/json", openAPI), "/api/a": say(200, "application/json", `[]`)}
		for path, h := range more {
			all[path] = h
		}
		return serve(t, routes(all))
	}
	check(t, "docs.api.available", site(nil), checks.Pass)
	check(t, "docs.api.available", site(nil), checks.Fail, webtest.Param("path", "/docs"))
	check(t, "docs.api.available", serve(t, http.NotFound), checks.Fail)
	check(t, "docs.api.available", serve(t, say(200, "application/json", openAPI)), checks.Inconclusive)
	check(t, "security.exposure.docs", site(nil), checks.Warn)
	check(t, "security.exposure.docs", site(nil), checks.Pass, webtest.Param("intended", true))
	check(t, "security.exposure.docs", serve(t, http.NotFound), checks.Pass)
	check(t, "security.exposure.docs", site(map[string]http.HandlerFunc{"/api/admin/users": say(200, "application/json", `["ada"]`)}), checks.Fail, webtest.Param("intended", true))
	check(t, "security.exposure.docs", site(map[string]http.HandlerFunc{"/api/admin/users": say(401, "application/json", `{}`)}), checks.Warn)
	o := check(t, "api.described", site(nil), checks.Warn)
	reads(t, o, "/api/admin/users is described but answers 404")
	check(t, "api.described", site(map[string]http.HandlerFunc{"/api/admin/users": say(401, "application/json", `{}`)}), checks.Pass)
	check(t, "api.described", serve(t, http.NotFound), checks.Pending)
}

func TestDescriptionRules(t *testing.T) {
	bad := strings.Replace(openAPI, `"info":{"title":"t","version":"1"},`, "", 1)
	site := func(more map[string]http.HandlerFunc) string {
		all := map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok")}
		for path, h := range more {
			all[path] = h
		}
		return serve(t, routes(all))
	}
	doc := func(text string) string {
		return site(map[string]http.HandlerFunc{"/openapi.json": say(200, "application/json", text), "/api/a": say(200, "application/json", "[]"), "/api/admin/users": say(200, "application/json", "[]")})
	}
	reads(t, check(t, "docs.api.available", doc(bad), checks.Warn), "breaks its specification")
	reads(t, check(t, "docs.api.available", doc(`{"swagger":"2.0","paths":{"/api/a":{"get":{}}}}`), checks.Pass), "Swagger 2.0")
	reads(t, check(t, "docs.api.available", doc(`{"openapi":"3.0.0","paths":{},"x":`+strings.Repeat("[", 500)+strings.Repeat("]", 500)+`}`), checks.Warn), "nests")
	reads(t, check(t, "docs.api.available", doc(`{"openapi":"3.0.0","paths":{},"x":"`+strings.Repeat("x", 2<<20)+`"}`), checks.Warn), "larger")
	check(t, "api.described", doc(openAPI), checks.Pass)
	check(t, "api.described", doc(bad), checks.Pass)

	// A page names its document where it likes; its path is tried on its own origin only.
	page := func(url string) string {
		return site(map[string]http.HandlerFunc{"/docs": say(200, "text/html", `<div id="swagger-ui"></div><script>SwaggerUIBundle({url: '`+url+`'})</script>`),
			"/v1/spec.json": say(200, "application/json", openAPI), "/api/a": say(200, "application/json", "[]"), "/api/admin/users": say(200, "application/json", "[]")})
	}
	check(t, "api.described", page("/v1/spec.json"), checks.Pass)
	reads(t, check(t, "docs.api.available", page("http://169.254.169.254/spec.json"), checks.Pass), "its document was not found")
	check(t, "api.described", page("http://169.254.169.254/spec.json"), checks.Inconclusive)

	// Where everything is answered alike, or by another host, a described route proves nothing.
	hybrid := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/openapi.json" {
			say(200, "application/json", openAPI)(w, r)
			return
		}
		say(200, "text/html", "<html><body>app</body></html>")(w, r)
	})
	reads(t, check(t, "api.described", hybrid, checks.Inconclusive), "like unknown paths")
	elsewhere := strings.Replace(openAPI, `"paths"`, `"servers":[{"url":"https://pay.example/v1"}],"paths"`, 1)
	reads(t, check(t, "api.described", doc(elsewhere), checks.Inconclusive), "another host")
	below := strings.Replace(openAPI, `"paths"`, `"servers":[{"url":"/v1"}],"paths"`, 1)
	reads(t, check(t, "api.described", doc(below), checks.Warn), "/api/a is described but answers 404")
	does := strings.ReplaceAll(openAPI, "/api/admin/users", "/api/session/logout")
	asked := false
	check(t, "api.described", site(map[string]http.HandlerFunc{"/openapi.json": say(200, "application/json", does), "/api/a": say(200, "application/json", "[]"),
		"/api/session/logout": func(http.ResponseWriter, *http.Request) { asked = true }}), checks.Pass)
	if asked {
		t.Error("a route that does something was asked")
	}
}

func TestRouteThere(t *testing.T) {
	for _, c := range []struct {
		code     int
		standing answer.Standing
		want     checks.Verdict
	}{
		{200, answer.Real, checks.Pass}, {401, answer.Guarded, checks.Pass}, {422, answer.Other, checks.Pass}, {302, answer.Other, checks.Pass},
		{404, answer.Absent, checks.Warn}, {410, answer.Absent, checks.Warn}, {405, answer.Other, checks.Warn}, {500, answer.Broken, checks.Warn},
		{200, answer.CatchAll, checks.Inconclusive}, {401, answer.Blanket, checks.Inconclusive},
	} {
		verdictOf(t, judgeRouteThere(c.code, c.standing), c.want)
	}
	var gone []answer.Part
	for i := range 7 {
		gone = append(gone, warn("is described but answers 404").Part(fmt.Sprintf("/r%d", i)))
	}
	if o := judgeDescribed(gone); o.Verdict != checks.Warn || !strings.Contains(o.Reason, "/r4") || !strings.Contains(o.Reason, "2 more") {
		t.Errorf("%+v", o)
	}
}

func TestMethods(t *testing.T) {
	verdictOf(t, judgeAllow([]string{"GET", "HEAD", "OPTIONS"}, []string{"GET"}), checks.Pass)
	verdictOf(t, judgeAllow([]string{"DELETE", "GET"}, []string{"GET"}), checks.Warn)
	verdictOf(t, judgeAllow([]string{"GET", "TRACE"}, []string{"GET", "TRACE"}), checks.Warn)
	site := func(allow, other string) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Method == "OPTIONS" && r.URL.Path == "/api/a":
				w.Header().Set("Allow", allow)
				w.WriteHeader(405)
			case r.Method == "OPTIONS":
				w.Header().Set("Allow", other)
			case r.URL.Path == "/openapi.json":
				say(200, "application/json", openAPI)(w, r)
			default:
				http.NotFound(w, r)
			}
		})
	}
	check(t, "api.methods", site("GET, HEAD", ""), checks.Pass)
	reads(t, check(t, "api.methods", site("GET, DELETE", ""), checks.Warn), `"DELETE"`)
	check(t, "api.methods", site("", ""), checks.Inconclusive)
	check(t, "api.methods", site("GET", "GET"), checks.Inconclusive)
	check(t, "api.methods", serve(t, http.NotFound), checks.Pending)
}

func TestErrorsOfDescribedRoutes(t *testing.T) {
	const trace = "Traceback (most recent call last):\n  File \"/app/main.py\", line 3"
	site := func(code int, body string) string {
		return serve(t, routes(map[string]http.HandlerFunc{"/": say(200, "text/plain", "ok"), "/openapi.json": say(200, "application/json", openAPI),
			"/api/a": say(200, "application/json", "[]"), "/api/admin/users": say(code, "text/plain", body)}))
	}
	reads(t, check(t, "api.errors", site(500, trace), checks.Fail), "a Python traceback")
	check(t, "api.errors", site(404, trace), checks.Fail)
	check(t, "api.errors", site(500, "oops"), checks.Pass)
	check(t, "api.errors", site(200, trace), checks.Pass)
	check(t, "api.errors", serve(t, http.NotFound), checks.NA)
	check(t, "api.errors", serve(t, say(200, "application/json", openAPI)), checks.Inconclusive)
}
