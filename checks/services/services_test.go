package services

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

func TestEncryptionRule(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*encryptionFacts)
		want   checks.Verdict
	}{
		"verified":              {func(*encryptionFacts) {}, checks.Pass},
		"plain":                 {func(f *encryptionFacts) { f.TLS = false }, checks.Fail},
		"plain as a fall-back":  {func(f *encryptionFacts) { f.TLS, f.FallsBack, f.Verified = false, true, false }, checks.Fail},
		"may fall back":         {func(f *encryptionFacts) { f.FallsBack, f.Verified = true, false }, checks.Warn},
		"not verified":          {func(f *encryptionFacts) { f.Verified = false }, checks.Warn},
		"redirects to plain":    {func(f *encryptionFacts) { f.SendsPlain = true }, checks.Warn},
		"plain is taken too":    {func(f *encryptionFacts) { f.PlainToo = true }, checks.Warn},
		"whether can't be told": {func(f *encryptionFacts) { f.Untold = true }, checks.Inconclusive},
		"not trusted here":      {func(f *encryptionFacts) { f.Untrusted = true }, checks.Inconclusive},
		"unknown protocol":      {func(f *encryptionFacts) { f.Unknown, f.TLS = true, false }, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			f := encryptionFacts{Reach: private, TLS: true, Verified: true}
			c.change(&f)
			wantVerdict(t, judgeEncryption(f), c.want)
		})
	}
	wantVerdict(t, onLoopback(""), checks.NA)
	wantVerdict(t, onLoopback("http://127.0.0.1:80"), checks.NA)
	wantVerdict(t, onLoopback("https://pay.example"), checks.Inconclusive)
}

func TestIntegrationRule(t *testing.T) {
	for name, c := range map[string]struct {
		facts integrationFacts
		want  checks.Verdict
	}{
		"works":                 {integrationFacts{Status: 200, Trusted: true, Contains: true}, checks.Pass},
		"strangers get it too":  {integrationFacts{Status: 200, Trusted: true, Contains: true, Open: true}, checks.Warn},
		"no credentials":        {integrationFacts{Status: 200, Contains: true}, checks.Warn},
		"refused":               {integrationFacts{Status: 401, Trusted: true}, checks.Fail},
		"refused, no token":     {integrationFacts{Status: 403}, checks.Inconclusive},
		"throttled":             {integrationFacts{Status: 429, Trusted: true}, checks.Inconclusive},
		"another status":        {integrationFacts{Status: 500, Trusted: true}, checks.Fail},
		"a redirect":            {integrationFacts{Status: 302, Trusted: true, Redirect: true}, checks.Inconclusive},
		"a login page":          {integrationFacts{Status: 200, Trusted: true, Contains: true, Login: true}, checks.Inconclusive},
		"catch-all":             {integrationFacts{Status: 200, Trusted: true, Contains: true, Alike: true}, checks.Inconclusive},
		"without what it holds": {integrationFacts{Status: 200, Trusted: true}, checks.Fail},
	} {
		t.Run(name, func(t *testing.T) {
			c.facts.Wanted = 200
			wantVerdict(t, judgeIntegration(c.facts), c.want)
		})
	}
}

// TestReachable asks whole sets of services, true and misleading ones.
func TestReachable(t *testing.T) {
	t.Parallel()
	const id = "services.reachable"
	status := func(code int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	product := func(path, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != path {
				http.NotFound(w, r)
				return
			}
			_, _ = io.WriteString(w, body)
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	redis := "redis://" + startRedis(t)
	for name, c := range map[string]struct {
		services map[string]checks.Service
		want     checks.Verdict
		says     string
	}{
		"three": {map[string]checks.Service{"a": {Kind: "redis", URL: redis}, "b": {Kind: "tcp", URL: greets(t, "x")}, "c": {Kind: "http", URL: status(401)}},
			checks.Pass, "3 declared services reachable from "},
		"one refuses":              {map[string]checks.Service{"a": {Kind: "redis", URL: redis}, "b": {Kind: "tcp", URL: nobody(t)}}, checks.Inconclusive, "b:"},
		"a required one refuses":   {map[string]checks.Service{"a": {Kind: "redis", URL: redis}, "b": {Kind: "tcp", URL: nobody(t), Required: true}}, checks.Fail, "b:"},
		"a required one fails":     {map[string]checks.Service{"a": {Kind: "prometheus", URL: status(502), Required: true}}, checks.Fail, "502"},
		"another one fails":        {one("grafana", status(502)), checks.Warn, "502"},
		"nothing is there":         {one("http", status(404)), checks.Warn, "404"},
		"asks for credentials":     {one("alertmanager", status(401)), checks.Inconclusive, "can't be seen"},
		"Prometheus is ready":      {one("prometheus", product("/-/ready", "Metrics of the house is Ready.\n")), checks.Pass, ""},
		"another at its place":     {one("prometheus", product("/-/ready", "<title>App</title>")), checks.Warn, "not with the words"},
		"Prometheus is not there":  {one("prometheus", product("/", "Prometheus Server is Ready.\n")), checks.Warn, "404"},
		"Alertmanager is ready":    {one("alertmanager", product("/-/ready", "OK")), checks.Pass, ""},
		"Alertmanager is not":      {one("alertmanager", product("/-/ready", "OK, but another")), checks.Warn, "Alertmanager"},
		"Grafana is well":          {one("grafana", product("/api/health", `{"database": "ok", "version": "11.2.0"}`)), checks.Pass, ""},
		"Grafana's database fails": {one("grafana", product("/api/health", `{"database": "failing"}`)), checks.Warn, "Grafana"},
		"a login in front":         {one("grafana", product("/api/health", "<form>sign in</form>")), checks.Warn, "Grafana"},
		"http at redis' place":     {one("redis", strings.TrimPrefix(status(200), "http://")), checks.Fail, "does not speak"},
		"ssh at the web's place":   {one("http", "http://"+greets(t, "SSH-2.0-OpenSSH_9.2\r\n")), checks.Fail, "does not speak HTTP"},
		"redis at postgres' place": {one("postgres", dsn("postgres", answering(t, "-NOAUTH Authentication required.\r\n"))), checks.Fail, "does not speak"},
		"redis that loads":         {one("redis", answering(t, "-LOADING Redis is loading\r\n")), checks.Warn, "LOADING"},
		"redis that asks":          {one("redis", answering(t, "-NOAUTH Authentication required.\r\n")), checks.Warn, "NOAUTH"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o, _ := check(t, id, c.services, c.want, "")
			says(t, string(o.Reason), c.says)
		})
	}
}

// TestIntegrations asks external services with a token.
func TestIntegrations(t *testing.T) {
	t.Parallel()
	const id = "services.http"
	serve := func(h http.HandlerFunc) map[string]checks.Service {
		s := httptest.NewServer(h)
		t.Cleanup(s.Close)
		return map[string]checks.Service{"pay": {Kind: "http", URL: s.URL + "/v1/balance", Token: canary}}
	}
	guarded := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Header.Get("Authorization") != "Bearer "+canary:
				w.WriteHeader(401)
			case r.URL.Path != "/v1/balance":
				http.NotFound(w, r)
			default:
				w.WriteHeader(status)
				_, _ = w.Write([]byte(body))
			}
		}
	}
	check(t, id, serve(guarded(200, `{"available":1}`)), checks.Pass, "")
	check(t, id, serve(guarded(200, `{"available":1}`)), checks.Pass, `contains = "available"`)
	check(t, id, serve(guarded(200, `{}`)), checks.Fail, `contains = "available"`)
	check(t, id, serve(guarded(204, ``)), checks.Fail, "")
	check(t, id, serve(guarded(204, ``)), checks.Pass, "status = 204")
	o, _ := check(t, id, serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }), checks.Fail, "")
	says(t, string(o.Reason), "refuses the declared credentials")
	check(t, id, serve(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"ok":true}`)) }), checks.Inconclusive, "")
	check(t, id, serve(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", 302) }), checks.Inconclusive, "")
	open := serve(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/balance" {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"available":1}`))
	})
	o, _ = check(t, id, open, checks.Warn, "")
	says(t, string(o.Reason), "strangers")
	check(t, id, map[string]checks.Service{"pay": {Kind: "http", URL: "http://" + nobody(t)}}, checks.Inconclusive, "")
	check(t, id, map[string]checks.Service{"pay": {Kind: "http", URL: "http://" + nobody(t), Required: true}}, checks.Fail, "")
	var form http.HandlerFunc = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, "<html>%s<input type=password></html>", r.URL.Path)
	}
	check(t, id, serve(form), checks.Inconclusive, "")
}

// TestEncrypted looks at transports. All servers are on loopback, so that it is switched on.
func TestEncrypted(t *testing.T) {
	t.Parallel()
	const id, here = "services.encrypted", "loopback = true"
	port, _ := startPostgres(t)
	pg := func(mode string) map[string]checks.Service {
		return one("postgres", fmt.Sprintf("postgres://app:%s@127.0.0.1:%s/postgres?sslmode=%s", canary, port, mode))
	}
	for mode, want := range map[string]checks.Verdict{"disable": checks.Fail, "prefer": checks.Warn, "require": checks.Warn, "verify-full": checks.Inconclusive} {
		check(t, id, pg(mode), want, here)
	}
	o, _ := check(t, id, pg("disable"), checks.NA, "")
	says(t, string(o.Reason), "on loopback")
	redis := startRedis(t)
	check(t, id, one("redis", "redis://"+redis), checks.Fail, here)
	check(t, id, one("redis", "rediss://"+redis), checks.Inconclusive, here)
	web, secured := httptest.NewServer(http.NotFoundHandler()), httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(web.Close)
	t.Cleanup(secured.Close)
	check(t, id, one("prometheus", web.URL), checks.Fail, here)
	o, _ = check(t, id, one("grafana", secured.URL), checks.Inconclusive, here) // of an authority that nobody trusts
	says(t, string(o.Reason), "not trusted here")
	o, _ = check(t, id, one("tcp", strings.TrimPrefix(secured.URL, "https://")), checks.Inconclusive, here)
	says(t, string(o.Reason), "not trusted here")
	o, _ = check(t, id, one("tcp", redis), checks.Inconclusive, here)
	says(t, string(o.Reason), "does not begin with TLS")
	check(t, id, one("postgres", dsn("postgres", nobody(t))), checks.Inconclusive, here)
}

// TestObserved holds that an answer is asked for once, and again only when it was cut off.
func TestObserved(t *testing.T) {
	o, asked := newObserved[int](), 0
	ask := func(context.Context) (int, error) { asked++; return asked, nil }
	ended, end := context.WithCancel(context.Background())
	if v, _ := o.get(ended, func(context.Context) (int, error) { end(); return 0, context.Canceled }); v != 0 {
		t.Error("a cut-off answer is one")
	}
	for range 2 {
		if v, err := o.get(context.Background(), ask); v != 1 || err != nil {
			t.Errorf("%d, %v", v, err)
		}
	}
}

func TestSecretsGoInClearTextToThisMachineOnly(t *testing.T) {
	for url, sent := range map[string]bool{
		"http://app:password1@127.0.0.1:9090": true, "https://app:password1@metrics.example": true,
		"http://app:password1@metrics.example": false, "http://app:password1@10.0.0.5:9090": false,
		"app:password1@metrics.example:9090": false,
	} {
		for _, token := range []string{"", "token12345"} {
			r, err := service{Name: "s", Kind: "prometheus", URL: url, Token: token}.request("/-/ready")
			if got := err == nil && len(r.Header) > 0; got != sent || err != nil && len(r.Header)+len(r.URL) > 0 {
				t.Errorf("%s, token %q: sent %v, want %v (%v)", url, token, got, sent, err)
			}
			if err != nil && (strings.Contains(err.Error(), "password1") || strings.Contains(err.Error(), "token12345")) {
				t.Errorf("%s: %v holds the secret", url, err)
			}
		}
	}
}

func TestUndeclaredPasswordsStayHere(t *testing.T) {
	t.Setenv("PGPASSWORD", "of-another-server")
	for dsn, want := range map[string]string{
		"postgres://app@db.example/x": "", "db.example:5432": "", "host=db.example user=app dbname=x": "",
		"postgres://app:declared1@db.example/x": "declared1", "postgres://db.example/x?user=app&password=declared1": "declared1",
		"host=db.example user=app password = declared1": "declared1",
	} {
		config, err := service{Name: "db", Kind: "postgres", URL: dsn}.postgresConfig()
		if err != nil || config.Password != want {
			t.Errorf("%s: password %q, want %q (%v)", dsn, config.Password, want, err)
		}
	}
}
