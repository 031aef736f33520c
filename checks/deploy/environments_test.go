package deploy

import (
	"testing"

	"assess/gonogo/checks"
)

func TestPlaceOf(t *testing.T) {
	for name, want := range map[string]string{
		".env.production": "production .env.*", "config/dev.yaml": "development config/*.yaml", "app/settings/prod.py": "production app/settings/*.py",
		"src/main/resources/application-test.yml": "test src/main/resources/application-*.yml", "compose.staging.yaml": "staging compose.*.yaml",
		"appsettings.Development.json": "development appsettings.*.json", "charts/a/values-prod.yaml": "production charts/a/values-*.yaml",
		"config/environments/production.rb": "production config/environments/*.rb",
		".env.example":                      "", "config/app.yaml": "", "tests/config/dev.yaml": "", "src/test.py": "", "latest.json": "", "config/product.yaml": "",
	} {
		got := ""
		if family, environment, ok := placeOf(name); ok {
			got = environment + " " + family
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestEnvironments(t *testing.T) {
	const dev, prod = "PORT=1\nDATABASE_URL=postgres://u@db-dev.lan/a\n", "PORT=1\nDATABASE_URL=postgres://u@db.lan/a\n"
	runFiles(t, environments, nil, nil, []fileCase{
		{"separate", map[string]string{".env.development": dev, ".env.production": prod}, "", checks.Pass, "1 set of settings"},
		{"one database", map[string]string{".env.development": prod, ".env.production": prod}, "", checks.Warn, "same value as development: DATABASE_URL"},
		{"one secret", map[string]string{"config/test.yaml": "session_secret: kx82mqpz91lw\n", "config/prod.yaml": "session_secret: kx82mqpz91lw\n"}, "", checks.Warn, "session_secret"},
		{"a placeholder is no secret", map[string]string{"config/test.yaml": "session_secret: changeme\n", "config/prod.yaml": "session_secret: changeme\n"}, "", checks.Pass, ""},
		{"production lacks a name", map[string]string{".env.test": "A=1\nB=2\n", ".env.production": "A=1\n"}, "", checks.Warn, "lacks 1 name that test has: B"},
		{"an overlay may lack names", map[string]string{"config/test.yaml": "a: 1\nb: 2\n", "config/prod.yaml": "a: 1\n"}, "", checks.Pass, ""},
		{"only production", file(".env.production", prod), "", checks.Warn, "production only"},
		{"only development", file(".env.development", dev), "", checks.Warn, "none for production"},
		{"settings in code", map[string]string{"app/settings/dev.py": "SECRET_KEY = 'kx82mqpz91lw'\n", "app/settings/prod.py": "SECRET_KEY = 'kx82mqpz91lw'\n"}, "", checks.Warn, "SECRET_KEY"},
		{"a file that does not parse", map[string]string{"config/test.yaml": "a: 1\n", "config/prod.yaml": "a: [\n"}, "", checks.Inconclusive, "prod.yaml"},
		{"compose files", map[string]string{"compose.yaml": "services: {a: {image: x, environment: {A: '1'}}}\n", "compose.production.yaml": "services: {a: {image: y, environment: {A: '2'}}}\n"}, "", checks.Pass, ""},
		{"one compose file", one("services: {a: {image: x}}\n"), "", checks.Pending, "not declared"},
		{"one complete set is enough", map[string]string{".env.development": dev, ".env.production": prod, "compose.production.yaml": "services: {}\n"}, "", checks.Pass, ""},
		{"none", file("config/app.yaml", "a: 1\n"), "", checks.Pending, "not declared"},
	})
}
