package demo

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/joho/godotenv"
	"go.yaml.in/yaml/v4"
)

func trusting(t *testing.T, pem []byte) *tls.Config {
	t.Helper()
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		t.Fatal("the authority's file holds no certificate")
	}
	return &tls.Config{RootCAs: roots}
}

// probes tell for each switch whether its flaw shows on a running demo.
var probes = map[string]func(*system) (flawed bool, saw string){
	"headers": func(s *system) (bool, string) {
		h := s.get("/").Header
		missing := 0
		for _, name := range []string{"X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "X-XSS-Protection", "Strict-Transport-Security"} {
			if h.Get(name) == "" {
				missing++
			}
		}
		if missing != 0 && missing != 5 {
			s.t.Errorf("headers: %d of 5 missing, want none or all", missing)
		}
		return missing > 0, h.Get("Content-Security-Policy")
	},
	"cors": func(s *system) (bool, string) {
		got := s.get("/api/quotes", "Origin", "https://evil.example", "Cookie", "a=b").Header
		pre := s.ask(http.MethodOptions, "/api/quotes", "", "Origin", "https://evil.example", "Access-Control-Request-Method", "PUT").Header
		if strings.Contains(pre.Get("Access-Control-Allow-Methods"), "PUT") || got.Get("Access-Control-Allow-Credentials") != "" {
			s.t.Errorf("cors: preflight allows %q, credentials %q", pre.Get("Access-Control-Allow-Methods"), got.Get("Access-Control-Allow-Credentials"))
		}
		origin := got.Get("Access-Control-Allow-Origin")
		return origin == "*", origin
	},
	"rate-limit": func(s *system) (bool, string) {
		for i := range 25 {
			a := s.search("cotton", "X-Forwarded-For", "203.0.113."+string(rune('0'+i%10)))
			if a.Status == http.StatusTooManyRequests {
				if i != 20 || a.Header.Get("Retry-After") == "" || a.Header.Get("RateLimit") == "" {
					s.t.Errorf("rate-limit: throttled at request %d with %v", i+1, a.Header)
				}
				return false, "429"
			}
		}
		return true, "no 429"
	},
	"admin-routes": func(s *system) (bool, string) {
		var seen []int
		for _, path := range []string{"/api/admin/users", "/api/admin/settings"} {
			seen = append(seen, s.get(path).Status, s.get(path, s.bearer("user")...).Status, s.get(path, s.bearer("admin")...).Status)
		}
		return !equal(seen, 401, 403, 200, 401, 403, 200), text(seen)
	},
	"tokens": func(s *system) (bool, string) {
		seen := s.malformed()
		return !equal(seen, 401, 401, 401, 401, 401, 401, 401, 401), text(seen)
	},
	"health": func(s *system) (bool, string) {
		a := s.get("/api/health/detailed")
		for _, c := range components {
			if a.Status == http.StatusOK && !strings.Contains(a.Body, `"`+c+`:`) {
				s.t.Errorf("health: %s lacks %s", a.Body, c)
			}
		}
		return !equal([]int{s.get("/api/health").Status, a.Status, s.get("/api/health/redis").Status}, 200, 200, 200), a.Body
	},
	"pool": func(s *system) (bool, string) {
		ok := s.together(50, "/api/positions")[http.StatusOK]
		return ok < 50, text([]int{ok})
	},
	"shutdown": func(s *system) (bool, string) {
		d, c := s.read("repository/Dockerfile"), s.read("repository/compose.yaml")
		return !strings.Contains(d, `CMD ["uvicorn"`) || !strings.Contains(c, "stop_grace_period: 30s"), d
	},
	"errors": func(s *system) (bool, string) {
		var media []string
		for _, path := range []string{"/api/nothing", "/api/login", "/api/positions?limit=abc"} {
			media = append(media, s.get(path).media())
		}
		saw := strings.Join(media, " ")
		return saw != "application/problem+json application/problem+json application/problem+json", saw
	},
	"slow": func(s *system) (bool, string) {
		took := s.timed(2, "/api/report")
		return took > 1.0, text([]int{int(took * 1000)})
	},
	"env": func(s *system) (bool, string) {
		return s.variables("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HEAVYDB_HOST", "HEAVYDB_PORT") < 5, s.read("repository/.env")
	},
	"env-values": func(s *system) (bool, string) {
		env := s.env()
		sample := env["SMTP_HOST"] == "smtp.example.com" || env["PUBLIC_URL"] == "your-public-url-here"
		return sample || s.variables("ALLOWED_ORIGINS", "PUBLIC_URL", "SMTP_HOST") < 3, env["SMTP_HOST"]
	},
	"secret-key": func(s *system) (bool, string) {
		key := s.env()["SECRET_KEY"]
		return len(key) != 64, key
	},
	"https": func(s *system) (bool, string) {
		if strings.HasPrefix(s.BaseURL, "http://") {
			return true, s.BaseURL
		}
		var target struct{ Scope struct{ Hosts []string } }
		if _, err := toml.Decode(s.read(targetName), &target); err != nil {
			s.t.Fatal(err)
		}
		a := s.get(target.Scope.Hosts[1] + "/help?x=1")
		if a.Status != http.StatusPermanentRedirect || a.Header.Get("Location") != s.BaseURL+"/help?x=1" || a.Header.Get("Strict-Transport-Security") != "" {
			s.t.Errorf("https: http answers %d to %q", a.Status, a.Header.Get("Location"))
		}
		return false, s.BaseURL
	},
	"secret-files": func(s *system) (bool, string) {
		i, err := os.Stat(filepath.Join(s.Dir, repositoryName, ".env"))
		if err != nil {
			s.t.Fatal(err)
		}
		c := s.read("repository/compose.yaml")
		open, handed := i.Mode().Perm() != 0o600, strings.Contains(c, "env_file:")
		if open != handed || open == strings.Contains(c, "secrets:") {
			s.t.Errorf("secret-files: mode %v and env_file %v don't agree", i.Mode(), handed)
		}
		return open, i.Mode().String()
	},
	"hardening": func(s *system) (bool, string) {
		c := s.read("repository/compose.yaml")
		return strings.Count(c, "mem_limit:") != 4 || strings.Count(c, "no-new-privileges:true") != 4, ""
	},
	"sentry": func(s *system) (bool, string) {
		dsn := s.env()["SENTRY_DSN"]
		return !regexp.MustCompile(`^https://[0-9a-f]{32}@[a-z.]+/\d+$`).MatchString(dsn) || !strings.Contains(s.read("repository/requirements.txt"), "sentry-sdk"), dsn
	},
	"telegram": func(s *system) (bool, string) {
		env := s.env()
		return !regexp.MustCompile(`^\d{8,10}:[A-Za-z0-9_-]{35}$`).MatchString(env["TELEGRAM_BOT_TOKEN"]) ||
			!regexp.MustCompile(`^-?\d{5,}$`).MatchString(env["TELEGRAM_CHAT_ID"]), env["TELEGRAM_CHAT_ID"]
	},
	"metrics": func(s *system) (bool, string) {
		a := s.get("/metrics")
		return a.Status != http.StatusOK || !strings.Contains(a.Body, "# TYPE http_requests_total counter"), a.Body
	},
}

// TestSwitches asks the running service and its files: each flaw shows while its switch is
// off, goes with it, and no switch touches another's flaw.
func TestSwitches(t *testing.T) {
	t.Parallel()
	for _, fixed := range append([]string{""}, names()...) {
		t.Run("only "+fixed, func(t *testing.T) {
			t.Parallel()
			var fix []string
			if fixed != "" {
				fix = []string{fixed}
			}
			s := start(t, "phase5", fix...)
			for _, w := range Switches {
				probe := probes[w.Name]
				if w.Name == "recovery" { // takes seconds: TestRecovery
					continue
				}
				if (w.Name == "pool" || w.Name == "slow") && fixed != w.Name && fixed != "" {
					continue // the costly ones are asked when it matters
				}
				if flawed, saw := probe(s); flawed == (w.Name == fixed) {
					t.Errorf("with --fix %s the flaw of %s shows: %v; saw %.200s", fixed, w.Name, flawed, saw)
				}
			}
		})
	}
}

// TestHealthy mends everything at once.
func TestHealthy(t *testing.T) {
	t.Parallel()
	s := start(t, "healthy")
	for name, probe := range probes {
		if flawed, saw := probe(s); flawed {
			t.Errorf("healthy shows the flaw of %s; saw %.200s", name, saw)
		}
	}
	if got := s.get("/").Header.Get("X-XSS-Protection"); got != "0" {
		t.Errorf("X-XSS-Protection = %q, want 0", got)
	}
	if got := start(t, "phase5", "headers").get("/").Header.Get("X-XSS-Protection"); got != "1; mode=block" {
		t.Errorf("phase5's X-XSS-Protection = %q, want 1; mode=block", got)
	}
}

func TestUnknownNames(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Scenario: "analytic"}, []string{`"analytic"`, "phase5", "analytics and healthy"}},
		{Options{Scenario: "analytics", Fix: []string{"cors"}}, []string{`"cors"`, "analytics", "prometheus", "headers"}},
		{Options{Fix: []string{"grafana"}}, []string{`"grafana"`, "phase5"}},
		{Options{Fix: []string{"heders"}}, []string{`"heders"`, "headers", "metrics"}},
		{Options{Addr: "0.0.0.0:0"}, []string{"loopback"}},
		{Options{Addr: "8080"}, []string{`"8080"`}},
	} {
		for _, err := range []error{c.o.Check(), Serve(t.Context(), c.o, nil)} {
			for _, w := range c.want {
				if err == nil || !strings.Contains(err.Error(), w) {
					t.Errorf("%+v: %v, want it to name %s", c.o, err, w)
				}
			}
		}
	}
}

// TestItems holds the tables' shape: every item is listed once and belongs to the profile.
func TestItems(t *testing.T) {
	for _, table := range []struct {
		switches []Switch
		form     string
		items    int
		probe    func(name string) bool
	}{
		// 51 of the 52 that are open: one needs two switches
		{Switches, `^P5-(SEC|REL|SCA|DEP|QUA)-[A-Z]{3}-\d\d$`, 51, func(n string) bool { return probes[n] != nil || n == "recovery" }},
		{AnalyticsSwitches, `^S2-(FE|BE|DB|IN|SE|MO|QA)-\d\d$`, 26, func(n string) bool { return analyticsProbes[n] != nil }},
	} {
		seen := map[string]string{}
		for _, w := range table.switches {
			if w.Flaw == "" || w.Mended == "" || len(w.Items) == 0 || !table.probe(w.Name) {
				t.Errorf("%s: incomplete, or without a probe", w.Name)
			}
			for _, id := range w.Items {
				if seen[id] != "" || !regexp.MustCompile(table.form).MatchString(id) {
					t.Errorf("%s: item %s (also in %q)", w.Name, id, seen[id])
				}
				seen[id] = w.Name
			}
		}
		if len(seen) != table.items {
			t.Errorf("%d items are mended by one switch, want %d", len(seen), table.items)
		}
	}
}

// TestFiles parses every file of every state: no state leaves half a template behind.
func TestFiles(t *testing.T) {
	t.Parallel()
	for scenario, all := range map[string][]string{"phase5": names(), analytics: analyticsNames()} {
		for _, fix := range append([][]string{nil, all}, each(all)...) {
			settings, err := newSettings(scenario, fix)
			if err != nil {
				t.Fatal(err)
			}
			f := folder{settings: settings}
			from, err := f.sources()
			if err != nil || len(from) < 40 {
				t.Fatalf("%d files: %v", len(from), err)
			}
			for name, template := range from {
				src, err := f.render(template)
				if err == nil {
					err = parse(name, src)
				}
				if err != nil || bytes.Contains(src, []byte("<%")) || bytes.Contains(src, []byte("<no value>")) {
					t.Errorf("%s with %v: %v\n%s", name, fix, err, src)
				}
			}
		}
	}
}

// parse reads a file by its extension.
func parse(name string, src []byte) (err error) {
	var into any
	switch filepath.Ext(name) {
	case ".yaml", ".yml":
		err = yaml.Unmarshal(src, &into)
	case ".toml":
		_, err = toml.Decode(string(src), &into)
	case ".json":
		err = json.Unmarshal(src, &into)
	}
	return err
}

func names() (all []string) {
	for _, w := range Switches {
		all = append(all, w.Name)
	}
	return all
}

func each(names []string) (sets [][]string) {
	for _, n := range names {
		sets = append(sets, []string{n})
	}
	return sets
}

func (s *system) env() map[string]string {
	s.t.Helper()
	env, err := godotenv.Unmarshal(s.read("repository/.env"))
	if err != nil {
		s.t.Fatal(err)
	}
	return env
}

// variables counts which of the names are set.
func (s *system) variables(names ...string) (n int) {
	env := s.env()
	for _, name := range names {
		if env[name] != "" {
			n++
		}
	}
	return n
}
