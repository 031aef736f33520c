package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
	"assess/gonogo/checks/web/webtest"
)

func serve(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return s.URL
}

func say(w http.ResponseWriter, code int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	fmt.Fprint(w, body)
}

func check(t *testing.T, id, base string, want checks.Verdict, options ...webtest.Option) checks.Outcome {
	t.Helper()
	o := webtest.Run(t, Kinds(), id, base, options...)
	webtest.Want(t, o, want)
	return o
}

func verdictOf(t *testing.T, o opinion, want checks.Verdict) {
	t.Helper()
	if o.Verdict != want {
		t.Errorf("%s, want %s: %s", o.Verdict, want, o.Reason)
	}
}

const (
	userToken1  = "user-token-0123456789"
	adminToken1 = "admin-token-0123456789"
)

// who tells the caller by the bearer token.
func who(r *http.Request) string {
	switch r.Header.Get("Authorization") {
	case "Bearer " + userToken1:
		return "user"
	case "Bearer " + adminToken1:
		return "admin"
	}
	return ""
}

func TestKindsSayWhatTheyDo(t *testing.T) {
	if _, err := checks.NewRegistry(Kinds()...); err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		if k.Rule == "" || k.Fix == "" || len(k.Refs) == 0 || !k.Severity.Known() || (k.Class != checks.Local && k.Sends == "") {
			t.Errorf("%s: rule, fix, sends, refs or severity is missing", k.ID)
		}
	}
}

func TestProtectedRule(t *testing.T) {
	for name, c := range map[string]struct {
		facts protectedFacts
		want  checks.Verdict
	}{
		"401":                  {protectedFacts{Status: 401, Standing: answer.Guarded, Challenge: true}, checks.Pass},
		"401, no challenge":    {protectedFacts{Status: 401, Standing: answer.Guarded}, checks.Pass},
		"403":                  {protectedFacts{Status: 403, Standing: answer.Guarded}, checks.Pass},
		"to login":             {protectedFacts{Status: 302, Standing: answer.Guarded, Login: true}, checks.Pass},
		"shut out":             {protectedFacts{Status: 403, Standing: answer.Blanket, ShutOut: true}, checks.Inconclusive},
		"blanket":              {protectedFacts{Status: 401, Standing: answer.Blanket}, checks.Pass},
		"open":                 {protectedFacts{Status: 200, Standing: answer.Real}, checks.Fail},
		"catch-all":            {protectedFacts{Status: 200, Standing: answer.CatchAll}, checks.Inconclusive},
		"catch-all, same json": {protectedFacts{Status: 200, Standing: answer.CatchAll, AsUser: true}, checks.Fail},
		"login form with 200":  {protectedFacts{Status: 200, Standing: answer.Real, Form: true}, checks.Warn},
		"error with 200":       {protectedFacts{Status: 200, Standing: answer.Real, Denies: true}, checks.Warn},
		"404":                  {protectedFacts{Status: 404, Standing: answer.Absent}, checks.Warn},
		"422":                  {protectedFacts{Status: 422, Standing: answer.Other}, checks.Warn},
		"500":                  {protectedFacts{Status: 500, Standing: answer.Broken}, checks.Inconclusive},
		"elsewhere":            {protectedFacts{Status: 302, Standing: answer.Other, Elsewhere: "/welcome"}, checks.Warn},
		"405":                  {protectedFacts{Status: 405, Standing: answer.Other}, checks.Warn},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeProtected(c.facts), c.want) })
	}
}

func TestRequiredKind(t *testing.T) {
	url := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			say(w, 200, `{}`)
		case "/guarded":
			if who(r) == "" {
				w.Header().Set("WWW-Authenticate", "Bearer")
				say(w, 401, `{"detail":"no token"}`)
				return
			}
			say(w, 200, `{"name":"ada"}`)
		case "/open":
			say(w, 200, `{"name":"ada"}`)
		case "/page":
			http.Redirect(w, r, "/login?next=/page", 302)
		case "/admin":
			http.Redirect(w, r, "/admin/", 301)
		case "/admin/":
			say(w, 200, `{"users":["ada"]}`)
		case "/polite":
			say(w, 200, `{"error":"unauthorized","code":401}`)
		case "/welcome":
			http.Redirect(w, r, "/", 302)
		default:
			http.NotFound(w, r)
		}
	})
	for path, want := range map[string]checks.Verdict{"/guarded": checks.Pass, "/open": checks.Fail, "/page": checks.Pass, "/admin": checks.Fail,
		"/polite": checks.Warn, "/gone": checks.Warn, "/welcome": checks.Warn} {
		t.Run(path, func(t *testing.T) { check(t, "security.auth.required", url, want, webtest.Param("path", path)) })
	}
	check(t, "security.auth.required", url, checks.Fail, webtest.Param("paths", []any{"/guarded", "/open"}))
	check(t, "security.auth.required", url, checks.Pending)

	for name, c := range map[string]struct {
		liar http.HandlerFunc
		want checks.Verdict
	}{
		"page for all": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<html><body>the app shell of everything</body></html>")
		}, checks.Inconclusive},
		"401 for all":  {func(w http.ResponseWriter, r *http.Request) { say(w, 401, `{}`) }, checks.Pass},
		"data for all": {func(w http.ResponseWriter, r *http.Request) { say(w, 200, `{"name":"ada"}`) }, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			o := check(t, "security.auth.required", serve(t, c.liar), c.want, webtest.Param("path", "/x"), webtest.Tokens(t, userToken1, ""))
			if name == "401 for all" && !strings.Contains(string(o.Reason), "unproven") {
				t.Errorf("a blanket guard is not named: %s", o.Reason)
			}
		})
	}
}

func TestBlanketRefusalIsSaid(t *testing.T) {
	base := serve(t, func(w http.ResponseWriter, _ *http.Request) { say(w, 401, `{"error":"unauthorized"}`) })
	o := check(t, "security.auth.required", base, checks.Pass, webtest.Param("paths", []any{"/api/me", "/api/orders"}))
	if !strings.Contains(string(o.Reason), "2 of them exist is unproven") {
		t.Errorf("reason: %s", o.Reason)
	}
}

func TestAdminRule(t *testing.T) {
	refused := access{Asked: true, Status: 401, Standing: answer.Guarded}
	forbidden := access{Asked: true, Status: 403, Standing: answer.Guarded}
	gone := access{Asked: true, Status: 404, Standing: answer.Absent}
	open := access{Asked: true, Status: 200, Standing: answer.Real}
	blanket := access{Asked: true, Status: 401, Standing: answer.Blanket}
	shell := access{Asked: true, Status: 200, Standing: answer.CatchAll}
	for name, c := range map[string]struct {
		facts adminFacts
		want  checks.Verdict
	}{
		"role decides":               {adminFacts{Anonymous: refused, User: forbidden, Admin: open}, checks.Pass},
		"hidden from users":          {adminFacts{Anonymous: refused, User: gone, Admin: open}, checks.Pass},
		"hidden from all but admins": {adminFacts{Anonymous: gone, User: gone, Admin: open}, checks.Pass},
		"no admin token":             {adminFacts{Anonymous: refused, User: forbidden}, checks.Pass},
		"no token at all":            {adminFacts{Anonymous: refused}, checks.Warn},
		"404 for everybody":          {adminFacts{Anonymous: gone, User: gone, Admin: gone}, checks.Warn},
		"404, no tokens":             {adminFacts{Anonymous: gone}, checks.Warn},
		"blanket":                    {adminFacts{Anonymous: blanket, User: blanket, Admin: blanket}, checks.Warn},
		"blanket, no admin token":    {adminFacts{Anonymous: blanket, User: blanket}, checks.Warn},
		"admin refused too":          {adminFacts{Anonymous: refused, User: forbidden, Admin: forbidden}, checks.Warn},
		"user gets in":               {adminFacts{Anonymous: refused, User: open, Admin: open}, checks.Fail},
		"anybody gets in":            {adminFacts{Anonymous: open, User: open, Admin: open}, checks.Fail},
		"the admin's json":           {adminFacts{Anonymous: access{Asked: true, Status: 200, Standing: answer.CatchAll, AsAdmin: true}}, checks.Fail},
		"page for all":               {adminFacts{Anonymous: shell, User: shell, Admin: shell}, checks.Inconclusive},
		"dead token":                 {adminFacts{Anonymous: refused, Dead: "dead"}, checks.Inconclusive},
		"dead token, open anyway":    {adminFacts{Anonymous: open, Dead: "dead"}, checks.Fail},
		"500":                        {adminFacts{Anonymous: refused, User: access{Asked: true, Status: 500, Standing: answer.Broken}}, checks.Inconclusive},
		"login form":                 {adminFacts{Anonymous: access{Asked: true, Status: 200, Standing: answer.Real, Weak: true}, User: forbidden, Admin: open}, checks.Warn},
		"user 422":                   {adminFacts{Anonymous: refused, User: access{Asked: true, Status: 422, Standing: answer.Other}, Admin: open}, checks.Warn},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeAdmin(c.facts), c.want) })
	}
}

func TestRBACKind(t *testing.T) {
	site := func(admin http.HandlerFunc) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.URL.Path == "/":
				say(w, 200, `{}`)
			case r.URL.Path == "/whoami" && who(r) == "":
				say(w, 401, `{}`)
			case r.URL.Path == "/whoami":
				say(w, 200, fmt.Sprintf(`{"name":%q}`, who(r)))
			case r.URL.Path == "/api/admin/users":
				admin(w, r)
			default:
				http.NotFound(w, r)
			}
		})
	}
	byRole := func(w http.ResponseWriter, r *http.Request) {
		switch who(r) {
		case "":
			say(w, 401, `{}`)
		case "user":
			say(w, 403, `{}`)
		default:
			say(w, 200, `{"users":["ada","bob"]}`)
		}
	}
	signedIn := func(w http.ResponseWriter, r *http.Request) {
		if who(r) == "" {
			say(w, 401, `{}`)
			return
		}
		say(w, 200, `{"users":["ada","bob"]}`)
	}
	path := webtest.Param("path", "/api/admin/users")
	whoami := webtest.Target(func(t *checks.Target) { t.Paths.Whoami = "/whoami" })
	both := webtest.Tokens(t, userToken1, adminToken1)
	check(t, "security.rbac.admin", site(byRole), checks.Pass, path, whoami, both)
	check(t, "security.rbac.admin", site(signedIn), checks.Fail, path, whoami, both)
	check(t, "security.rbac.admin", site(http.NotFound), checks.Warn, path, whoami, both)
	check(t, "security.rbac.admin", site(byRole), checks.Warn, path, whoami)
	check(t, "security.rbac.admin", site(byRole), checks.Inconclusive, path, whoami, webtest.Tokens(t, "dead-token-0123456789", adminToken1))
	check(t, "security.rbac.admin", site(byRole), checks.Inconclusive, path, both) // nothing shows that the tokens work
	check(t, "security.rbac.admin", site(byRole), checks.Pending, both)
	blanket := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/whoami" && who(r) != "":
			say(w, 200, `{"name":"x"}`)
		default:
			say(w, 401, `{}`)
		}
	})
	check(t, "security.rbac.admin", blanket, checks.Warn, path, whoami, both)
}

func TestMalformedRule(t *testing.T) {
	answers := func(plain int, list ...tokenAnswer) malformedFacts {
		return malformedFacts{Plain: plain, Answers: list}
	}
	good := tokenAnswer{What: "a", Status: 401, Challenge: true}
	for name, c := range map[string]struct {
		facts malformedFacts
		want  checks.Verdict
	}{
		"all 401":             {answers(401, good, good), checks.Pass},
		"the user as well":    {malformedFacts{Plain: 401, User: 401, Answers: []tokenAnswer{good}}, checks.Inconclusive},
		"but the user":        {malformedFacts{Plain: 401, User: 200, Answers: []tokenAnswer{good}}, checks.Pass},
		"the user gets a 500": {malformedFacts{Plain: 401, User: 500, Answers: []tokenAnswer{good}}, checks.Inconclusive},
		"the user is sent on": {malformedFacts{Plain: 401, User: 302, Answers: []tokenAnswer{good}}, checks.Inconclusive},
		"the user, one 500":   {malformedFacts{Plain: 401, User: 401, Answers: []tokenAnswer{{Status: 500}}}, checks.Fail},
		"all 403":             {answers(403, tokenAnswer{Status: 403}, tokenAnswer{Status: 403}), checks.Pass},
		"no challenge":        {answers(401, tokenAnswer{Status: 401}), checks.Warn},
		"one 400":             {answers(401, good, tokenAnswer{What: "b", Status: 400}), checks.Warn},
		"one 403":             {answers(401, good, tokenAnswer{What: "b", Status: 403}), checks.Warn},
		"401 and 403, as 403": {answers(403, good, tokenAnswer{Status: 403}), checks.Warn},
		"one 500":             {answers(401, good, tokenAnswer{What: "b", Status: 500}), checks.Fail},
		"one 200":             {answers(401, good, tokenAnswer{What: "b", Status: 200}), checks.Fail},
		"200 with an error":   {answers(401, good, tokenAnswer{What: "b", Status: 200, Denies: true}), checks.Warn},
		"302":                 {answers(401, good, tokenAnswer{What: "b", Status: 302}), checks.Warn},
		"431 for the long":    {answers(401, good, tokenAnswer{Class: "8KiB", Status: 431}), checks.Pass},
		"400 for the long":    {answers(401, good, tokenAnswer{Class: "8KiB", Status: 400}), checks.Warn},
		"one unanswered":      {malformedFacts{Plain: 401, Answers: []tokenAnswer{good}, Missing: "x"}, checks.Inconclusive},
		"unanswered, one 500": {malformedFacts{Plain: 401, Answers: []tokenAnswer{{Status: 500}}, Missing: "x"}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeMalformed(c.facts), c.want) })
	}
}

func TestMalformedKind(t *testing.T) {
	site := func(answer func(token string) int) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				say(w, 200, `{}`)
			case "/me":
				w.Header().Set("WWW-Authenticate", "Bearer")
				say(w, answer(r.Header.Get("Authorization")), `{"detail":"no"}`)
			default:
				http.NotFound(w, r)
			}
		})
	}
	shapes := webtest.Param("inputs", []any{"word", "a.b.c", "two", "four", "empty"})
	contents := webtest.Param("inputs", []any{"header", "payload", "claims", "8KiB", "scheme"})
	path := webtest.Param("path", "/me")
	mixed := site(func(token string) int {
		if n := strings.Count(token, "."); n == 1 || n == 3 {
			return 400
		}
		return 401
	})
	uniform := site(func(string) int { return 401 })
	check(t, "security.auth.jwt.malformed", uniform, checks.Pass, path, shapes)
	check(t, "security.auth.jwt.malformed", uniform, checks.Pass, path, contents)
	check(t, "security.auth.jwt.malformed", uniform, checks.Pass, path)
	check(t, "security.auth.jwt.malformed", uniform, checks.NA, path, webtest.Tokens(t, "Authorization: Basic b3BzOnVzdWFsLXNlY3JldA==", ""))
	check(t, "security.auth.jwt.malformed", uniform, checks.Inconclusive, path, webtest.Tokens(t, "X-Key: Basic-a-key-of-a-test", ""))
	keyed := serve(t, func(w http.ResponseWriter, r *http.Request) { // which never looks at Authorization
		w.Header().Set("WWW-Authenticate", "Bearer")
		if r.Header.Get("X-Key") == "a-key-of-a-test" {
			say(w, 200, `{"name":"ann"}`)
			return
		}
		say(w, 401, `{"detail":"no"}`)
	})
	check(t, "security.auth.jwt.malformed", keyed, checks.Inconclusive, path, webtest.Tokens(t, "X-Key: a-key-of-a-test", ""))
	denying := serve(t, func(w http.ResponseWriter, r *http.Request) { // which refuses the user with status 200
		w.Header().Set("WWW-Authenticate", "Bearer")
		if r.Header.Get("Authorization") == "Bearer the-token-of-a-test" {
			say(w, 200, `{"error":"unauthorized"}`)
			return
		}
		say(w, 401, `{"detail":"no"}`)
	})
	check(t, "security.auth.jwt.malformed", denying, checks.Inconclusive, path, webtest.Tokens(t, "the-token-of-a-test", ""))
	check(t, "security.auth.jwt.malformed", mixed, checks.Warn, path, shapes)
	check(t, "security.auth.jwt.malformed", mixed, checks.Pass, path, webtest.Param("inputs", "word"))
	check(t, "security.auth.jwt.malformed", site(func(token string) int {
		if strings.Contains(token, "!!!") {
			return 500
		}
		return 401
	}), checks.Fail, path, contents)
	accepting := func(token string) int {
		if token == "" {
			return 401
		}
		return 200
	}
	check(t, "security.auth.jwt.malformed", site(accepting), checks.Fail, path, webtest.Param("inputs", "word"))
	polite := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/me" && r.Header.Get("Authorization") == "" {
			say(w, 401, `{"error":"unauthorized"}`)
			return
		}
		say(w, 200, `{"error":"unauthorized"}`)
	})
	check(t, "security.auth.jwt.malformed", polite, checks.Warn, path, webtest.Param("inputs", "word"))
}

func TestBadTokensCoverTheirClasses(t *testing.T) {
	for _, class := range []string{"word", "a.b.c", "two", "four", "empty", "header", "payload", "claims", "8KiB", "scheme", "non-ascii"} {
		if _, unknown := chooseTokens([]string{class}); unknown != "" {
			t.Errorf("class %s is unknown", class)
		}
	}
	if _, unknown := chooseTokens([]string{"five"}); unknown != "five" {
		t.Error("an unknown class is not told")
	}
	if n := len(badTokens()); n > 12 {
		t.Errorf("%d requests, at most 12", n)
	}
}

func TestCredentialRule(t *testing.T) {
	control := guess{Status: 401, Text: "no"}
	no := guess{User: "admin", Status: 401, Text: "no"}
	facts := func(change func(*credentialFacts)) credentialFacts {
		f := credentialFacts{Control: control, Pairs: []guess{no, no}, Whoami: true}
		change(&f)
		return f
	}
	for name, c := range map[string]struct {
		facts credentialFacts
		want  checks.Verdict
	}{
		"all refused":         {facts(func(*credentialFacts) {}), checks.Pass},
		"one works":           {facts(func(f *credentialFacts) { f.Pairs[1] = guess{User: "admin", Status: 200, Marker: true, Works: true} }), checks.Fail},
		"marker, no whoami":   {facts(func(f *credentialFacts) { f.Whoami = false; f.Pairs[1] = guess{Status: 200, Marker: true} }), checks.Warn},
		"marker that is dead": {facts(func(f *credentialFacts) { f.Pairs[1] = guess{Status: 200, Marker: true} }), checks.Warn},
		"throttled":           {facts(func(f *credentialFacts) { f.Pairs = f.Pairs[:1]; f.Stopped = "429" }), checks.Warn},
		"users can be told":   {facts(func(f *credentialFacts) { f.Pairs[0].Text = "wrong password" }), checks.Warn},
		"accepts anything":    {facts(func(f *credentialFacts) { f.Control.Marker = true; f.Pairs = nil }), checks.Inconclusive},
		"like unknown paths":  {facts(func(f *credentialFacts) { f.LikeOther = true }), checks.Inconclusive},
		"no login there":      {facts(func(f *credentialFacts) { f.Control.Status = 404; f.Pairs = nil }), checks.Inconclusive},
		"body not understood": {facts(func(f *credentialFacts) { f.Control.Status = 422; f.Pairs = nil }), checks.Inconclusive},
		"400 invalid grant":   {credentialFacts{Control: guess{Status: 400, Wrong: true}, Pairs: []guess{{Status: 400}}}, checks.Pass},
		"broken":              {facts(func(f *credentialFacts) { f.Control.Status = 500; f.Pairs = nil }), checks.Inconclusive},
		"200 without whoami":  {credentialFacts{Control: guess{Status: 200}}, checks.Inconclusive},
		"nothing tried":       {credentialFacts{Control: control}, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) { verdictOf(t, judgeCredentials(c.facts), c.want) })
	}
}

// A pair that is not public stands in the target file as a hole, filled when a run starts.
func TestPairsWithHoles(t *testing.T) {
	t.Setenv("GONOGO_TEST_PAIR", "ops/winter")
	parse := func(pairs string) (*checks.Target, error) {
		return checks.ParseTarget("t.toml", []byte("name = \"x\"\n[auth.login]\nurl = \"/login\"\npairs = "+pairs+"\n"), t.TempDir())
	}
	target, err := parse(`["admin/admin", "${env:GONOGO_TEST_PAIR}"]`)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := filled(target); err != nil || !slices.Equal(got, []string{"admin/admin", "ops/winter"}) {
		t.Errorf("%v, %v", got, err)
	}
	t.Setenv("GONOGO_TEST_PAIR", "no pair")
	if got, err := filled(target); err == nil || strings.Contains(err.Error(), "no pair") {
		t.Errorf("%v, %v", got, err)
	}
	t.Setenv("GONOGO_TEST_PAIR", "")
	if got, err := filled(target); err == nil {
		t.Errorf("nothing fills it, and still %v", got)
	}
	if _, err := parse(`["admin"]`); err == nil {
		t.Error("a user without a password is taken")
	}
}

func TestChoosePairs(t *testing.T) {
	got := choosePairs(nil, []string{"admin/a", "admin/b", "admin/c", "admin/d", "root/a", "nopair", "x/1", "y/1", "z/1"})
	if want := []string{"admin/a", "admin/b", "admin/c", "root/a", "x/1", "y/1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if got := choosePairs(nil, nil); !slices.Equal(got, usualPairs) {
		t.Errorf("%v", got)
	}
}

func TestCredentialKind(t *testing.T) {
	type server struct {
		password string // that admin has
		always   bool   // 200 and a token for everybody
		limit    int64  // logins before 429
	}
	site := func(s server) string {
		var count atomic.Int64
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			switch r.URL.Path {
			case "/":
				say(w, 200, `{}`)
			case "/whoami":
				if r.Header.Get("Authorization") != "Bearer session-0123456789" {
					say(w, 401, `{}`)
					return
				}
				say(w, 200, `{"name":"admin"}`)
			case "/login":
				var body struct{ Username, Password string }
				_ = json.NewDecoder(r.Body).Decode(&body)
				n := count.Add(1)
				switch {
				case s.limit > 0 && n > s.limit:
					say(w, 429, `{"error":"too many attempts"}`)
				case s.always, body.Username == "admin" && body.Password == s.password && s.password != "":
					say(w, 200, `{"access_token":"session-0123456789"}`)
				default:
					say(w, 401, `{"error":"invalid credentials"}`)
				}
			default:
				http.NotFound(w, r)
			}
		})
	}
	login := webtest.Target(func(t *checks.Target) {
		t.Paths.Whoami = "/whoami"
		t.Auth.Login = checks.Login{URL: "/login", TokenFrom: "json:/access_token", Pairs: []string{"admin/admin", "admin/password", "atlas/atlas"}}
	})
	pace := webtest.Param("pace", "1ms")
	check(t, "security.auth.default_credentials", site(server{}), checks.Pass, login, pace)
	check(t, "security.auth.default_credentials", site(server{password: "hard to guess"}), checks.Pass, login, pace)
	check(t, "security.auth.default_credentials", site(server{always: true}), checks.Inconclusive, login, pace)
	check(t, "security.auth.default_credentials", site(server{limit: 2}), checks.Warn, login, pace)
	check(t, "security.auth.default_credentials", serve(t, http.NotFound), checks.Inconclusive, login, pace)
	for _, all := range []http.HandlerFunc{
		func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<html><body>app</body></html>`) },
		func(w http.ResponseWriter, _ *http.Request) { say(w, 200, `{"status":"ok"}`) },
		func(w http.ResponseWriter, _ *http.Request) { say(w, 401, `{"error":"unauthorized"}`) },
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/sso?to="+r.URL.Path, http.StatusFound)
		},
	} {
		check(t, "security.auth.default_credentials", serve(t, all), checks.Inconclusive, login, pace)
	}
	check(t, "security.auth.default_credentials", site(server{}), checks.Pending)
	o := check(t, "security.auth.default_credentials", site(server{password: "password"}), checks.Fail, login, pace)
	for _, e := range o.Evidence {
		if strings.Contains(string(e.Body), "session-0123456789") || strings.Contains(string(e.Body), `"password":"password"`) {
			t.Errorf("a password or a session is in the evidence:\n%s", e.Body)
		}
	}
	if strings.Contains(string(o.Reason), "password/") || !strings.Contains(string(o.Reason), "admin") {
		t.Errorf("reason: %s", o.Reason)
	}
}

// sign makes a token signed with HS256.
func sign(key string, claims map[string]any) string {
	signed := encode(map[string]any{"alg": "HS256", "typ": "JWT"}) + "." + encode(claims)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func TestForgedRule(t *testing.T) {
	no := forgedAnswer{What: "alg none", Status: 401}
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no, no}}), checks.Pass)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no, {What: "x", Status: 200}}}), checks.Fail)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no, {What: "x", Status: 200, Anonymous: true}}}), checks.Warn)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no, {What: "x", Status: 500}}}), checks.Warn)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no, {What: "x", Status: 403}}}), checks.Warn)
	verdictOf(t, judgeForged(forgedFacts{Dead: "x"}), checks.Inconclusive)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no}, Lost: true}), checks.Inconclusive)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{{Status: 200}}, Missing: "x"}), checks.Fail)
	verdictOf(t, judgeForged(forgedFacts{Answers: []forgedAnswer{no}, Missing: "x"}), checks.Inconclusive)
}

func TestForgedKind(t *testing.T) {
	const key = "a key that nobody guesses, long enough"
	token := sign(key, map[string]any{"sub": "ada", "exp": time.Now().Add(time.Hour).Unix()})
	site := func(accept func(raw string) bool) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			raw, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			switch {
			case r.URL.Path == "/":
				say(w, 200, `{}`)
			case raw == "" || !accept(raw):
				say(w, 401, `{}`)
			default:
				say(w, 200, `{"name":"ada"}`)
			}
		})
	}
	verifies := func(raw string) bool {
		parsed, err := parseJWT(raw)
		return err == nil && parsed.algorithm() == "HS256" && tryKeys(parsed, []string{key}).Found
	}
	path := webtest.Target(func(t *checks.Target) { t.Paths.Whoami = "/me" })
	mine := webtest.Tokens(t, token, "")
	check(t, "security.auth.jwt.forged", site(verifies), checks.Pass, path, mine)
	check(t, "security.auth.jwt.forged", site(func(raw string) bool { return true }), checks.Fail, path, mine)
	check(t, "security.auth.jwt.forged", site(func(raw string) bool {
		header, _, _ := strings.Cut(raw, ".")
		text, _ := base64.RawURLEncoding.DecodeString(header)
		return strings.Contains(string(text), `"none"`) || verifies(raw)
	}), checks.Fail, path, mine)
	check(t, "security.auth.jwt.forged", site(func(string) bool { return false }), checks.Inconclusive, path, mine)
	check(t, "security.auth.jwt.forged", site(verifies), checks.NA, path, webtest.Tokens(t, "opaque-token-0123456789", ""))
	check(t, "security.auth.jwt.forged", site(verifies), checks.Pending, path)
	var used atomic.Int64
	o := check(t, "security.auth.jwt.forged", site(func(raw string) bool { return raw == token && used.Add(1) == 1 }), checks.Inconclusive, path, mine)
	for _, e := range o.Evidence {
		if strings.Contains(string(e.Body), token) {
			t.Error("the token is in the evidence")
		}
	}
}

// TestForgeriesDiffer holds every forgery to being another token: a change in the last
// bits of base64 may change nothing.
func TestForgeriesDiffer(t *testing.T) {
	parsed, err := parseJWT(sign("k", map[string]any{"sub": "ada"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range forgeries(parsed, nil) {
		if copied, err := parseJWT(f.Token); err == nil && tryKeys(copied, []string{"k"}).Found {
			t.Errorf("%s verifies", f.What)
		}
	}
}

func TestClaimRule(t *testing.T) {
	good := claimFacts{Algorithm: "HS256", Names: []string{"aud", "exp", "iat", "iss", "sub"}, Expires: true, Life: time.Hour, Audience: true, IssuedBy: true}
	with := func(change func(*claimFacts)) claimFacts { f := good; change(&f); return f }
	verdictOf(t, judgeClaims(good), checks.Pass)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Expires = false })), checks.Fail)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Algorithm = "None" })), checks.Fail)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Names = []string{"password"} })), checks.Fail)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Life = 48 * time.Hour })), checks.Warn)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Audience = false })), checks.Warn)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Life = 0 })), checks.Warn)
	verdictOf(t, judgeClaims(with(func(f *claimFacts) { f.Names = append(f.Names, "email") })), checks.Warn)
}

func TestLocalTokenKinds(t *testing.T) {
	now := time.Now().Unix()
	claims := map[string]any{"exp": now + 3600, "iat": now, "iss": "atlas", "aud": "api"}
	const none = "http://127.0.0.1:1"
	check(t, "security.auth.jwt.claims", none, checks.Pass, webtest.Tokens(t, sign("k", claims), ""))
	check(t, "security.auth.jwt.claims", none, checks.Fail, webtest.Tokens(t, sign("k", map[string]any{"sub": "a"}), ""))
	check(t, "security.auth.jwt.claims", none, checks.NA, webtest.Tokens(t, "opaque-token-0123456789", ""))
	check(t, "security.auth.jwt.weak_secret", none, checks.Fail, webtest.Tokens(t, sign("your-256-bit-secret", claims), ""))
	check(t, "security.auth.jwt.weak_secret", none, checks.Pass, webtest.Tokens(t, sign("9f8e2c7b1a5d4f3e", claims), ""))
	check(t, "security.auth.jwt.weak_secret", none, checks.NA, webtest.Tokens(t, "opaque-token-0123456789", ""))
	check(t, "security.auth.jwt.weak_secret", none, checks.Pending)
}
