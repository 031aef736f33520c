package demo

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
)

// declaration is what the tests need of the target file.
type declaration struct {
	Scope    struct{ Hosts []string }
	Services map[string]struct{ URL string }
}

func (s *system) declared() (d declaration) {
	s.t.Helper()
	if _, err := toml.Decode(s.read(targetName), &d); err != nil {
		s.t.Fatal(err)
	}
	return d
}

// has reports whether a file of the repository exists.
func (s *system) has(file string) bool {
	_, err := os.Stat(filepath.Join(s.Dir, repositoryName, file))
	return err == nil
}

// refused asks a declared service; only a refused connection counts as one.
func (s *system) refused(name, path, words string) (bool, string) {
	s.t.Helper()
	a, err := s.try(http.MethodGet, s.declared().Services[name].URL+path, "")
	if err == nil && !strings.Contains(a.Body, words) {
		s.t.Errorf("%s answers %d %q", name, a.Status, a.Body)
	}
	if err != nil && !errors.Is(err, syscall.ECONNREFUSED) {
		s.t.Errorf("%s: %v, want a refused connection", name, err)
	}
	return err != nil, a.Body
}

// broken counts the tests of a result file that did not pass.
func (s *system) broken(file string) (bool, string) {
	s.t.Helper()
	var r suite
	if err := xml.Unmarshal([]byte(s.read(repositoryName+"/"+file)), &r); err != nil || r.Tests == 0 || r.Tests != len(r.Cases) {
		s.t.Fatalf("%s: %v, %d tests", file, err, r.Tests)
	}
	n := 0
	for _, c := range r.Cases {
		if c.Failed != nil || c.Broken != nil {
			n++
		}
	}
	if n != r.Failed+r.Broken {
		s.t.Errorf("%s counts %d and %d troubles, has %d", file, r.Failed, r.Broken, n)
	}
	return n > 0, text([]int{n})
}

// analyticsProbes tell for each switch of the scenario whether its flaw shows.
var analyticsProbes = map[string]func(*system) (flawed bool, saw string){
	"prometheus": func(s *system) (bool, string) {
		s.refused("prometheus", "/-/healthy", "is Healthy.")
		return s.refused("prometheus", "/-/ready", "is Ready.")
	},
	"grafana": func(s *system) (bool, string) { return s.refused("grafana", "/api/health", `"database":"ok"`) },
	"alerts":  func(s *system) (bool, string) { return !s.has("monitoring/alerts.yml"), "" },
	"dashboards": func(s *system) (bool, string) {
		return !s.has("monitoring/dashboards/cpu.json") || !s.has("monitoring/dashboards/response-times.json"), ""
	},
	"tls": func(s *system) (bool, string) {
		plain, proxy := s.declared().Scope.Hosts[1], s.declared().Scope.Hosts[2]
		_, err := s.try(http.MethodGet, proxy+"/help", "")
		a := s.get(plain + "/help?x=1")
		redirects := a.Status == http.StatusPermanentRedirect && a.Header.Get("Location") == proxy+"/help?x=1"
		if redirects != (err == nil) || !redirects && a.Status != http.StatusOK {
			s.t.Errorf("tls: http answers %d, https %v", a.Status, err)
		}
		if err == nil {
			return false, ""
		}
		return strings.Contains(err.Error(), "certificate is valid for"), err.Error()
	},
	"metadata": func(s *system) (bool, string) {
		flawed, saw := s.broken("pytest.xml")
		if told := strings.Contains(s.read("repository/pytest.xml"), "already defined"); told != flawed {
			s.t.Errorf("metadata: the results name the double table: %v", told)
		}
		if twice := strings.Contains(s.read("repository/tests/test_models.py"), "sa.Table("); twice != flawed {
			s.t.Errorf("metadata: the table is defined twice: %v", twice)
		}
		return flawed, saw
	},
	"canvas": func(s *system) (bool, string) {
		flawed, saw := s.broken("jest.xml")
		if mocked := strings.Contains(s.read("repository/frontend/jest.config.js"), "jest-canvas-mock"); mocked == flawed {
			s.t.Errorf("canvas: it is mocked: %v", mocked)
		}
		return flawed, saw
	},
	"coverage": func(s *system) (bool, string) {
		c := s.read("repository/coverage.lcov")
		all, hit := strings.Count(c, "\nDA:"), strings.Count(c, ",1\n")
		return hit*100 < all*80, text([]int{hit, all})
	},
	"routes": func(s *system) (bool, string) {
		var document struct{ Paths map[string]any }
		if err := json.Unmarshal([]byte(s.get("/openapi.json").Body), &document); err != nil || len(document.Paths) < 10 {
			s.t.Fatalf("openapi.json: %v, %d paths", err, len(document.Paths))
		}
		var gone []string
		for path := range document.Paths {
			if s.get(path).Status == http.StatusNotFound {
				gone = append(gone, path)
			}
		}
		return len(gone) > 0, strings.Join(gone, " ")
	},
	"modules": func(s *system) (bool, string) {
		r := s.read("repository/requirements.txt")
		return !strings.Contains(r, "\nsemver==") || !strings.Contains(r, "\npython-magic=="), r
	},
	"integration": func(s *system) (bool, string) { return !s.has("tests/integration"), "" },
	"backup": func(s *system) (bool, string) {
		var b struct{ Taken time.Time }
		if err := json.Unmarshal([]byte(s.read("repository/backups/latest.json")), &b); err != nil {
			s.t.Fatal(err)
		}
		return time.Since(b.Taken) > 26*time.Hour, b.Taken.String()
	},
	"caching": func(s *system) (bool, string) {
		c := s.get("/static/app.css").Header.Get("Cache-Control")
		return c == "", c
	},
	"secrets": func(s *system) (bool, string) { return probes["secret-files"](s) },
	"ci-security": func(s *system) (bool, string) {
		ci := s.read("repository/.github/workflows/ci.yml")
		flawed := !s.has(".pre-commit-config.yaml")
		for _, tool := range []string{"gitleaks", "bandit --recursive", "pip-audit -r", "npm audit"} {
			if strings.Contains(ci, tool) == flawed {
				s.t.Errorf("ci-security: %s is run: %v", tool, !flawed)
			}
		}
		return flawed, ci
	},
	"headers": func(s *system) (bool, string) { return probes["headers"](s) },
}

// TestAnalyticsSwitches asks the running service and its files, as TestSwitches does.
func TestAnalyticsSwitches(t *testing.T) {
	t.Parallel()
	for _, fixed := range append([]string{""}, analyticsNames()...) {
		t.Run("only "+fixed, func(t *testing.T) {
			t.Parallel()
			var fix []string
			if fixed != "" {
				fix = []string{fixed}
			}
			s := start(t, analytics, fix...)
			for _, w := range AnalyticsSwitches {
				if flawed, saw := analyticsProbes[w.Name](s); flawed == (w.Name == fixed) {
					t.Errorf("with --fix %s the flaw of %s shows: %v; saw %.200s", fixed, w.Name, flawed, saw)
				}
			}
		})
	}
}

// TestAnalyticsOtherFlaws holds the scenario free of the other table's flaws, the TLS that
// its proxy has apart.
func TestAnalyticsOtherFlaws(t *testing.T) {
	t.Parallel()
	s := start(t, analytics, analyticsNames()...)
	for _, w := range Switches {
		probe := probes[w.Name]
		if w.Name == "recovery" || w.Name == "https" {
			continue
		}
		if flawed, saw := probe(s); flawed {
			t.Errorf("analytics shows the flaw of %s; saw %.200s", w.Name, saw)
		}
	}
	if !strings.HasPrefix(s.BaseURL, "http://127.0.0.1:") {
		t.Errorf("the service is at %s", s.BaseURL)
	}
}

// TestOtherScenarios: what belongs to analytics alone is not in the others.
func TestOtherScenarios(t *testing.T) {
	t.Parallel()
	s := start(t, "phase5")
	if s.Answers != "" || s.has("pytest.xml") || s.has("monitoring") || s.get("/openapi.json").Status != http.StatusNotFound || len(s.declared().Services) > 0 {
		t.Error("phase5 has a part of the scenario analytics")
	}
}

func analyticsNames() (all []string) {
	for _, w := range AnalyticsSwitches {
		all = append(all, w.Name)
	}
	return all
}
