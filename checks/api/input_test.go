package api

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestWrongRule(t *testing.T) {
	for name, c := range map[string]struct {
		facts inputFacts
		want  checks.Verdict
	}{
		"422":              {inputFacts{Status: 422, Right: 200}, checks.Pass},
		"500 twice":        {inputFacts{Status: 500, Twice: true, StillRight: true}, checks.Fail},
		"500 once":         {inputFacts{Status: 500, StillRight: true}, checks.Warn},
		"500 for all":      {inputFacts{Status: 500, Twice: true}, checks.Inconclusive},
		"200":              {inputFacts{Status: 200}, checks.Warn},
		"200, ignored":     {inputFacts{Status: 200, Ignored: true}, checks.Warn},
		"200 to odd text":  {inputFacts{Status: 200, Only5xx: true}, checks.Pass},
		"302":              {inputFacts{Status: 302}, checks.Inconclusive},
		"login, 400":       {inputFacts{Status: 400, Login: true, Right: 401}, checks.Pass},
		"login, unchanged": {inputFacts{Status: 401, Login: true, Right: 401, Ignored: true}, checks.NA},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeWrong(c.facts), c.want) })
	}
}

// positions answers /api/positions?account=1 with what wrong says of another value.
func positions(t *testing.T, wrong func(account string) int) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/positions" {
			http.NotFound(w, r)
			return
		}
		code := 200
		if _, err := strconv.Atoi(r.URL.Query().Get("account")); err != nil {
			code = wrong(r.URL.Query().Get("account"))
		}
		say(code, "application/json", `{"account":"`+strconv.Itoa(code)+`"}`)(w, r)
	})
}

func TestInputKind(t *testing.T) {
	t.Parallel()
	always := func(code int) func(string) int { return func(string) int { return code } }
	var n atomic.Int64
	for name, c := range map[string]struct {
		wrong func(string) int
		want  checks.Verdict
	}{
		"422": {always(422), checks.Pass}, "500": {always(500), checks.Fail}, "200": {always(200), checks.Warn},
		"500 once":  {func(string) int { return map[bool]int{true: 500, false: 400}[n.Add(1) == 1] }, checks.Warn},
		"throttled": {always(429), checks.Inconclusive}, "to login": {always(302), checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, "api.input", positions(t, c.wrong), c.want, webtest.Param("paths", "/api/positions?account=1"))
		})
	}
	// Without a right answer, or with text alone, nothing is shown.
	fine := positions(t, always(422))
	reads(t, check(t, "api.input", fine, checks.Inconclusive, webtest.Param("paths", "/api/other?account=1")), "like unknown paths")
	reads(t, check(t, "api.input", serve(t, routes(map[string]http.HandlerFunc{"/api/s": say(200, "text/plain", "hits")})), checks.Inconclusive,
		webtest.Param("paths", "/api/s?q=cotton")), "nothing could be made wrong")
	check(t, "api.input", serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("q"), "\x00") {
			w.WriteHeader(500)
		} else if r.URL.Path != "/api/s" {
			http.NotFound(w, r)
		}
	}), checks.Fail, webtest.Param("paths", "/api/s?q=cotton"))
	// A service that fails altogether halfway proves nothing about the input.
	var broken atomic.Bool
	check(t, "api.input", serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("account") == "gonogo" {
			broken.Store(true)
		}
		switch {
		case r.URL.Path != "/api/positions":
			http.NotFound(w, r)
		case broken.Load():
			w.WriteHeader(500)
		}
	}), checks.Inconclusive, webtest.Param("paths", "/api/positions?account=1"))
	check(t, "api.input", fine, checks.Pending, webtest.Param("post", "/api/b"))
}

func TestInputOfTheDescription(t *testing.T) {
	const doc = `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{
"/api/positions":{"get":{"parameters":[{"name":"account","in":"query","required":true,"schema":{"type":"integer"},"example":1}],"responses":{"200":{"description":"ok"}}}},
"/api/unknown":{"get":{"parameters":[{"name":"id","in":"query","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}},
"/api/delete":{"get":{"parameters":[{"name":"id","in":"query","schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}},
"/api/put":{"put":{"parameters":[{"name":"id","in":"query","schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}}}}`
	for code, want := range map[int]checks.Verdict{422: checks.Pass, 500: checks.Fail} {
		inner := positions(t, func(string) int { return code })
		base := serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/openapi.json":
				say(200, "application/json", doc)(w, r)
			case r.URL.Path != "/api/positions" && !strings.Contains(r.URL.Path, "gonogo-") && r.URL.Path != "/":
				t.Errorf("%s %s was sent", r.Method, r.URL)
			default:
				res, err := http.Get(inner + r.URL.String())
				if err != nil {
					t.Error(err)
					return
				}
				defer res.Body.Close()
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(res.StatusCode)
				io.Copy(w, res.Body)
			}
		})
		o := check(t, "api.input", base, want)
		if want == checks.Pass {
			reads(t, o, "2 wrong requests") // left out, and a word
		}
	}
}

// login is a login that reads its body.
func login(t *testing.T, broken int, read func(body []byte) int) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/login" {
			http.NotFound(w, r)
			return
		}
		body, err := io.ReadAll(r.Body)
		if code := read(body); code != 0 || err != nil {
			say(code, "application/json", `{"detail":"no"}`)(w, r)
			return
		}
		var given struct{ Username, Password *string }
		if json.Unmarshal(body, &given) != nil || given.Username == nil || given.Password == nil {
			say(broken, "application/json", `{"detail":"unreadable"}`)(w, r)
			return
		}
		say(401, "application/json", `{"detail":"wrong name or password"}`)(w, r)
	})
}

func withLogin(target *checks.Target) { target.Auth.Login.URL = "/api/login" }

func TestInputOfTheLogin(t *testing.T) {
	reading := func([]byte) int { return 0 }
	check(t, "api.input", login(t, 422, reading), checks.Pass, webtest.Target(withLogin))
	check(t, "api.input", login(t, 500, reading), checks.Fail, webtest.Target(withLogin))
	guarded := func([]byte) int { return 401 }
	reads(t, check(t, "api.input", login(t, 422, guarded), checks.Inconclusive, webtest.Target(withLogin)), "can't be told")
	check(t, "api.input", login(t, 422, func([]byte) int { return 200 }), checks.Inconclusive, webtest.Target(withLogin))
}
