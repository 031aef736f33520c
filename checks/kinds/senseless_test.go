package kinds

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/profiles"
)

// senseless are servers that answer every request alike, whatever is asked: what stands
// before a service that is down, blocks its clients, or is another one.
var senseless = map[string]http.HandlerFunc{
	"nothing is found":      http.NotFound,
	"nothing, as JSON":      says(404, "application/json", `{"detail":"Not Found"}`),
	"an empty 200":          says(200, "text/plain", ""),
	"an application's page": says(200, "text/html", `<!doctype html><title>App</title><div id=app></div><script src=/app.js></script>`),
	"it is all well":        says(200, "application/json", `{"status":"ok","data":[],"success":true,"error":null}`),
	"an empty object":       says(200, "application/json", `{}`),
	"an error":              says(500, "text/plain", ""),
	"a proxy alone":         says(503, "text/plain", "upstream connect error or disconnect/reset before headers"),
	"a firewall's page":     says(403, "text/html", `<title>Access denied</title>Request blocked. Ray ID 123`),
	"too many requests":     says(429, "text/plain", "slow down"),
	"401 for all": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", "Bearer")
		w.WriteHeader(http.StatusUnauthorized)
	},
	"a login for all": func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/login" {
			http.Redirect(w, r, "/login", http.StatusFound)
			return
		}
		says(200, "text/html", `<form method=post><input name=user><input type=password name=password></form>`)(w, r)
	},
	"it hangs up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
}

func says(status int, media, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", media)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// declared is a target that declares about everything that can be asked of a server.
const declared = `
name = "nobody"
environment = "staging"
base_url = "URL"
api_prefix = "/api/"
repository = "repository"
slo = 99.5
contact = "nobody"
[scope]
authorised_by = "a test"
[paths]
health = ["/api/health", "/api/health/redis"]
health_detail = "/api/health/detailed"
protected = ["/api/portfolio", "/api/whoami"]
admin = ["/admin", "/api/admin/overview"]
pages = ["/"]
metrics = "/metrics"
docs = "/docs"
database = "/api/positions"
cheap = "/api/search?q=cotton"
whoami = "/api/whoami"
recovery = "/api/quotes"
sample = "/api/quotes"
[roles]
job = "atlas"
dashboard = "/"
account = "/api/portfolio"
admin_api = "/api/admin/overview"
admin_page = "/admin"
admin_users = "/api/admin/users"
admin_settings = "/api/admin/settings"
jwt = "/api/portfolio"
sqli_text = "/api/search?q=cotton"
sqli_number = "/api/positions?account=1"
xss = "/api/search?q=cotton"
cmdi = "/api/search?q=cotton"
cors = "/api/quotes"
ratelimit = "/api/search?q=cotton"
error_method = "/api/login"
error_input = "/api/positions?limit=abc"
health_cache = "/api/health/redis"
components = ["database", "redis", "heavydb"]
host = "URL/metrics"
report = "/api/report"
pool = "/api/positions"
recovery = "/api/quotes"
[auth.user]
token = "${file:token}"
[auth.admin]
token = "${file:token}"
[auth.login]
url = "/api/login"
method = "POST"
content_type = "application/json"
body = '{"username":"${user}","password":"${password}"}'
token_from = "json:/access_token"
pairs = ["admin/admin", "admin/password", "atlas/atlas"]
[services.prometheus]
kind = "prometheus"
url = "URL"
required = true
[services.grafana]
kind = "grafana"
url = "URL"
required = true
[services.alertmanager]
kind = "alertmanager"
url = "URL"
required = true
[cors]
allowed_origins = ["https://atlas.internal"]
[build]
path = "/api/version"
`

// provable are the items that a senseless server may pass, because what they say is true of
// it: an item of a profile, the servers, and why.
var provable = []struct {
	item, why string
	servers   []string
}{
	{"SEC-12", "anonymous callers are refused; that the routes exist is told as unproven", []string{"401 for all", "a login for all"}},
	{"S2-BE-02", "as SEC-12", []string{"401 for all", "a login for all"}},
	{"P5-SEC-AUT-01", "as SEC-12", []string{"401 for all", "a login for all"}},
	{"P5-SEC-AUT-02", "as SEC-12", []string{"401 for all", "a login for all"}},
	{"P5-SEC-AUT-03", "as SEC-12", []string{"401 for all", "a login for all"}},
	{"SEC-20", "no well-known file is served", []string{"nothing is found", "nothing, as JSON", "an empty 200", "an application's page", "it is all well", "an empty object", "401 for all", "a login for all"}},
	{"SEC-21", "its refusals show no internals", []string{"nothing is found", "nothing, as JSON"}},
	{"P5-QUA-ERR-01", "unknown paths are refused", []string{"nothing is found", "nothing, as JSON"}},
	{"P5-QUA-ERR-02", "as SEC-21", []string{"nothing is found", "nothing, as JSON"}},
	{"API-04", "its refusals are structured", []string{"nothing, as JSON"}},
	{"P5-REL-ERR-01", "its refusals are structured", []string{"nothing, as JSON"}},
}

func mayPass(item, server string) bool {
	for _, p := range provable {
		if p.item == item && slices.Contains(p.servers, server) {
			return true
		}
	}
	return false
}

// A server that answers everything alike shows next to nothing of a system, so next to
// nothing may pass. The default profile, without load, is run against each of them, the
// others against those that most look like a system. All at once: they wait most of the
// time, since they send no more than ten requests a second.
func TestSenselessServersPassNothing(t *testing.T) {
	t.Parallel()
	var all sync.WaitGroup
	defer all.Wait()
	for name, handler := range senseless {
		run := []string{"production"}
		if slices.Contains([]string{"nothing, as JSON", "it is all well", "401 for all"}, name) {
			run = append(run, "phase5", "full-stack")
		}
		for _, profile := range run {
			dir := t.TempDir()
			all.Go(func() {
				server := httptest.NewServer(handler)
				defer server.Close()
				for id, reason := range passing(t, server.URL, profile, dir) {
					if !mayPass(id, name) {
						t.Errorf("%s, where %q is answered: %s passes: %s", profile, name, id, reason)
					}
				}
			})
		}
	}
}

// passing are the items of a profile that pass on what answers at a URL, with their reasons.
func passing(t *testing.T, url, profile, dir string) map[string]string {
	if err := os.Mkdir(filepath.Join(dir, "repository"), 0o700); err != nil {
		t.Error(err)
		return nil
	}
	if err := os.WriteFile(filepath.Join(dir, "token"), []byte("a-token-that-nobody-gave-0123456789"), 0o600); err != nil {
		t.Error(err)
		return nil
	}
	target, err := checks.ParseTarget("target.toml", []byte(strings.ReplaceAll(declared, "URL", url)), dir)
	if err != nil {
		t.Error(err)
		return nil
	}
	p, err := profiles.Load(profile, dir)
	if err != nil {
		t.Error(err)
		return nil
	}
	plan, err := checks.NewPlan(target, p, Registry(), checks.Selection{})
	if err != nil {
		t.Error(err)
		return nil
	}
	passed, finished := map[string]string{}, 0
	plan.Run(t.Context(), checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}, func(e checks.Event) {
		if f, ok := e.(checks.Finished); ok {
			finished++
			if f.Outcome.Verdict == checks.Pass {
				passed[f.Outcome.Item] = f.Outcome.Reason.String()
			}
		}
	})
	if finished < 20 {
		t.Errorf("only %d items ran", finished)
	}
	return passed
}
