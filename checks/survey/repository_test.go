package survey

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/checks/source"
)

// surveyed writes files into a folder of the given name and surveys it.
func surveyed(t *testing.T, name string, files map[string]string) Facts {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range files {
		at := filepath.Join(dir, filepath.FromSlash(file))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tree, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	return Repository(t.Context(), tree)
}

// roles are those of the default profile.
func roles(t testing.TB) []Role {
	t.Helper()
	p, err := profiles.Load(profiles.Default, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return Roles(p)
}

// loaded renders facts and reads the file back; so it does the file with every proposal
// accepted.
func loaded(t *testing.T, f Facts) (*checks.Target, string) {
	t.Helper()
	text, err := Render(f, RenderOptions{Repository: "app", Roles: roles(t)})
	if err != nil {
		t.Fatal(err)
	}
	target, err := checks.ParseTarget("target.toml", text, ".")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	accepted := accept(string(text))
	if _, err := checks.ParseTarget("target.toml", []byte(accepted), "."); err != nil {
		t.Fatalf("with all proposals accepted: %v\n%s", err, accepted)
	}
	return target, string(text)
}

var proposal = regexp.MustCompile(`(?m)^# ([\w"-][\w".-]* = |\[|  "|\])`)

// accept takes away the mark in front of every proposal.
func accept(text string) string { return proposal.ReplaceAllString(text, "$1") }

const fastAPI = `{"openapi":"3.1.0","info":{"title":"Orders","version":"9.9"},
"paths":{
 "/api/v1/health":{"get":{}},
 "/api/v1/items":{"get":{"parameters":[{"name":"q","in":"query","schema":{"anyOf":[{"type":"string"},{"type":"null"}]}},{"name":"limit","in":"query","schema":{"type":"integer"}}]}},
 "/api/v1/items/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}]}},
 "/api/v1/me":{"get":{"security":[{"bearer":[]}]}},
 "/api/v1/admin/users":{"get":{"security":[{"bearer":[]}]}},
 "/api/v1/login":{"post":{}}},
"components":{"securitySchemes":{"bearer":{"type":"http","scheme":"bearer"}}}}`

var composed = map[string]string{
	"requirements.txt": "fastapi>=0.90\nuvicorn\nprometheus_client\n",
	"pyproject.toml":   "[project]\nname = \"orders\"\nversion = \"2.3.1\"\n",
	".env":             "SECRET_KEY=canary-1\n",
	".env.example":     "DATABASE_URL=postgresql+asyncpg://u:canary-2@db:5432/o\nREDIS_URL=\nSECRET_KEY=canary-3\nAWS_SECRET_ACCESS_KEY=canary-4\nLOG_LEVEL=info\n",
	"openapi.json":     fastAPI,
	"compose.yaml": `x-any: &any
  restart: always
services:
  web:
    <<: *any
    build: .
    ports: ["${PORT:-8123}:8000"]
    environment:
      DATABASE_URL: postgres://u:canary-5@db/o
      CACHE: redis://:canary-6@cache:6379/0
    healthcheck:
      test: curl -fsS http://localhost:8000/api/v1/health || exit 1
  db:
    image: postgres:16
    environment: {POSTGRES_PASSWORD: canary-7}
  cache:
    image: library/redis:7
    ports: ["6379:6379"]
  queue:
    image: rabbitmq:3
    ports: ["127.0.0.1:5673:5672"]
  plain:
    image: redis
    command: redis-server --requirepass canary-8
    ports: ["6380:6379"]
  search:
    image: elasticsearch:8
`,
	"junit.xml":          "<testsuites/>",
	"config/app.yaml":    "a: 1\n",
	"tests/.env.example": "NOT_THIS=1\n",
}

func TestComposedService(t *testing.T) {
	target, text := loaded(t, surveyed(t, "x", composed))
	for what, got := range map[string][2]string{
		"name":        {target.Name, "orders"},
		"version":     {target.Version, "2.3.1"},
		"environment": {target.Environment, "production"},
		"base_url":    {target.BaseURL, "http://127.0.0.1:8123"},
		"api_prefix":  {target.APIPrefix, "/api/v1/"},
		"repository":  {target.Repository, "app"},
		"health":      {strings.Join(target.Paths.Health, " "), "/api/v1/health"},
		"env files":   {strings.Join(target.EnvFiles, " "), "app/.env"},
		"required":    {strings.Join(target.Env.Required, " "), "DATABASE_URL REDIS_URL SECRET_KEY AWS_SECRET_ACCESS_KEY LOG_LEVEL"},
		"secret keys": {strings.Join(target.Env.SecretKeys, " "), "SECRET_KEY"},
		"db":          {target.Services["db"].Kind + " " + target.Services["db"].URL, "postgres ${env:DATABASE_URL}"},
		"cache":       {target.Services["cache"].Kind + " " + target.Services["cache"].URL, "redis ${env:CACHE}"},
		"queue":       {target.Services["queue"].Kind + " " + target.Services["queue"].URL, "tcp 127.0.0.1:5673"},
		"junit":       {strings.Join(target.Results.JUnit, " "), "app/junit.xml"},
		"config":      {strings.Join(target.Roles["config_application"], " "), "config/app.yaml"},
		"protected":   {strings.Join(target.Paths.Protected, " "), ""},
		"authorised":  {target.Scope.AuthorisedBy, ""},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: got %q, want %q", what, got[0], got[1])
		}
	}
	for _, want := range []string{
		`# protected = ["/api/v1/me"]`, `# admin = ["/api/v1/admin/users"]`, `# whoami = "/api/v1/me"`, `# url = "/api/v1/login"`,
		`# cheap = "/api/v1/items"`, `# sqli_text = "/api/v1/items?q=test"`, `# sqli_number = "/api/v1/items?limit=1"`,
		`# error_input = "/api/v1/items?limit=abc"`, `# metrics = "/metrics"`, `# docs = "/openapi.json"`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no line %s\n%s", want, text)
		}
	}
	if strings.Contains(text, "canary") || strings.Contains(text, "NOT_THIS") {
		t.Errorf("holds a value of the repository:\n%s", text)
	}
	// A password without a variable of its own, and a port that nobody publishes.
	for _, name := range []string{"plain", "search"} {
		if s, declared := target.Services[name]; declared || !strings.Contains(text, "# [services."+name+"]") {
			t.Errorf("%s is declared as %q instead of proposed", name, s.URL)
		}
	}
}

// TestEmptyExample holds that a variable that the example leaves empty is told by its name,
// where only one service can be meant.
func TestEmptyExample(t *testing.T) {
	files := map[string]string{".env.example": "DATABASE_URL=\nREDIS_URL=\n",
		"compose.yaml": "services:\n  web: {build: .}\n  pg: {image: postgres}\n  one: {image: redis}\n  two: {image: redis}\n"}
	target, _ := loaded(t, surveyed(t, "x", files))
	if got := target.Services["pg"].URL; got != "${env:DATABASE_URL}" || len(target.Services) != 1 {
		t.Errorf("pg is %q of %d services", got, len(target.Services))
	}
}

func TestNotesHoldNoSecret(t *testing.T) {
	f := surveyed(t, "x", map[string]string{
		"compose.yaml": "services:\n  web:\n    image: [canary\n", ".env.example": "KEY=\"canary\nnot closed", "openapi.yaml": "canary: [",
	})
	if len(f.Notes) != 3 || strings.Contains(strings.Join(f.Summary(), "\n"), "canary") {
		t.Errorf("notes: %q", f.Notes)
	}
}

func TestStacks(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		want  map[string]string // a fact and its value
	}{
		"express": {map[string]string{
			"package.json":   `{"name":"@acme/web","version":"4.0.1","dependencies":{"express":"^4"}}`,
			"server.js":      "app.get('/api/health', ok); app.get(\"/x\", y)",
			"server.test.js": "get('/healthz')",
		}, map[string]string{"name": "web", "version": "4.0.1", "stack": "Express", "guess": "/api/health", "base": "http://127.0.0.1:3000?"}},
		"go": {map[string]string{
			"go.mod": "module example.com/acme/pay/v2\n\ngo 1.26\n", "main.go": "mux.HandleFunc(\"/healthz\", f)",
			"k8s/app.yaml": "livenessProbe:\n  httpGet:\n    port: 80\n    path: /livez\nreadinessProbe:\n  httpGet: {path: /readyz, port: 80}\n",
		}, map[string]string{"name": "pay", "stack": "Go", "health": "/livez /readyz", "ships": "Kubernetes manifests"}},
		"django": {map[string]string{
			"requirements.txt": "Django==5.0\npsycopg2\n", "manage.py": "", "Dockerfile": "FROM python\nHEALTHCHECK --interval=5s \\\n  CMD curl -f http://localhost:8000/ht/ || exit 1\n",
		}, map[string]string{"name": "django", "stack": "Django", "health": "/ht/", "base": "http://127.0.0.1:8000?"}},
		"spring": {map[string]string{
			"pom.xml": `<project xmlns="http://maven.apache.org/POM/4.0.0"><artifactId>bank</artifactId><version>1.2.0-SNAPSHOT</version><dependencies>` +
				`<dependency><artifactId>spring-boot-starter-web</artifactId></dependency><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies></project>`,
			"src/main/resources/application.yml": "a: 1\n",
		}, map[string]string{"name": "bank", "version": "1.2.0-SNAPSHOT", "guess": "/actuator/health", "config": "src/main/resources/application.yml", "base": "http://127.0.0.1:8080?"}},
		"gradle": {map[string]string{"build.gradle": "version = '3.1'\nimplementation 'org.springframework.boot:spring-boot-starter-web'\n"},
			map[string]string{"name": "gradle", "version": "3.1", "stack": "Spring Boot"}},
		"rails": {map[string]string{"Gemfile": "source 'x'\ngem \"rails\", \"~> 8\"\n"}, map[string]string{"name": "rails", "stack": "Rails", "guess": "/up"}},
		"empty": {nil, map[string]string{"name": "empty"}},
		"monorepo": {map[string]string{
			"package.json": `{"private":true,"version":"0.0.0"}`, "apps/web/package.json": `{"name":"w","version":"9.0.0","dependencies":{"next":"15","react":"19"}}`,
			"services/api/requirements.txt": "fastapi\n", "services/api/.env.example": "API_KEY=\n", "services/billing/go.mod": "module x/billing\n",
			"a/b/c/d/e/package.json": `{"dependencies":{"express":"4"}}`,
		}, map[string]string{"name": "monorepo", "version": "", "stack": "Next.js React FastAPI Node.js Go", "env": "API_KEY"}},
		"swagger": {map[string]string{"docs/swagger.yaml": "swagger: '2.0'\ninfo: {title: t, version: '1'}\nbasePath: /api/v2\nsecurity: [{k: []}]\nsecurityDefinitions: {k: {type: apiKey, in: header, name: X}}\npaths:\n  /healthz: {get: {security: [], responses: {}}}\n  /a: {get: {responses: {}}}\n  /b: {get: {responses: {}}}\n"},
			map[string]string{"health": "/api/v2/healthz", "prefix": "/api/v2/", "protected": "/api/v2/a? /api/v2/b?"}},
	} {
		t.Run(name, func(t *testing.T) {
			f := surveyed(t, name, c.files)
			loaded(t, f)
			got := map[string]string{
				"name": f.Name.Value, "version": f.Version.Value, "stack": strings.Join(values(f.Stack), " "), "base": guessed(f.BaseURL),
				"health": strings.Join(values(sure(f.Paths["health"])), " "), "guess": strings.Join(values(f.Paths["health"]), " "),
				"ships": strings.Join(values(f.Ships), " "), "config": strings.Join(values(f.Roles["config_application"]), " "),
				"env": strings.Join(values(f.Required), " "), "prefix": f.APIPrefix.Value,
			}
			for _, p := range f.Paths["protected"] {
				got["protected"] = strings.TrimSpace(got["protected"] + " " + guessed(p))
			}
			for what, want := range c.want {
				g := got[what]
				if what == "stack" {
					g, want = inOrder(g), inOrder(want)
				}
				if g != want {
					t.Errorf("%s: got %q, want %q", what, g, want)
				}
			}
		})
	}
}

// guessed marks a fact that is not sure.
func guessed(f Found) string {
	if f.Value == "" || f.Sure {
		return f.Value
	}
	return f.Value + "?"
}

func inOrder(words string) string {
	all := strings.Fields(words)
	slices.Sort(all)
	return strings.Join(all, " ")
}

// TestHostileRepository holds that whatever a repository says, the file loads and no link
// leads out of it.
func TestHostileRepository(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.json")
	if err := os.WriteFile(outside, []byte(`{"name":"canary","version":"1.0.0"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for i := 'b'; i < 'l'; i++ {
		bomb += string(i) + ": &" + string(i) + " [" + strings.TrimSuffix(strings.Repeat("*"+string(i-1)+",", 9), ",") + "]\n"
	}
	files := map[string]string{
		"pyproject.toml":            "[project]\nname = \"a\\\"]\\n[scope]\\nproxy = \\\"http://evil\\u202e\\u001b[31m\"\nversion = \"1.0\\nx = 1\"\n",
		"Cargo.toml":                strings.Repeat("a.", 4000) + "a = 1\n",
		"go.mod":                    "module \x00\xff\n",
		"pom.xml":                   strings.Repeat("<a>", 5000),
		"composer.json":             strings.Repeat("[", 20000),
		"compose.yaml":              bomb + "services: {web: {build: ., ports: ['8000:80']}}\n",
		"openapi.yaml":              "openapi: 3.0.0\npaths: {}\n" + bomb,
		".env.example":              "A=1\nB.C=2\n" + strings.Repeat("X", 200) + "=1\n",
		"config/app.yaml\n[scope]":  "x",
		"k8s/x.yaml":                "httpGet:\n  path: /a\"]\n  path2: /b\n",
		"src/\u202eevil.py":         "'/health'",
		"src/a.py":                  "\"/health`\" '/healthz\x1b' \"/ready\"",
		"nginx/a\"b.conf":           "x",
		"big.openapi.json":          strings.Repeat("x", maxDescription+1),
		"deep.openapi.json":         strings.Repeat(`{"a":`, 5000),
		"swagger.json":              `{"swagger":"2.0","paths":{"/x":{"get":{"parameters":[null,{"$ref":"file:///etc/passwd"}]}}}}`,
		"requirements/\xff\xfe.txt": "fastapi",
	}
	f := surveyed(t, "x", files)
	target, text := loaded(t, f)
	if target.Scope.Proxy != "" || strings.ContainsAny(text, "\x1b\u202e\x00") {
		t.Errorf("the repository wrote into the file:\n%s", text)
	}
	dir := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "package.json")); err != nil {
		t.Fatal(err)
	}
	tree, err := source.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	if f := Repository(t.Context(), tree); f.Name.Value == "canary" {
		t.Error("a link led out of the repository")
	}
}

func TestSameRepositorySameBytes(t *testing.T) {
	f := surveyed(t, "x", composed)
	_, first := loaded(t, f)
	for range 5 {
		if _, again := loaded(t, surveyed(t, "x", composed)); again != first {
			t.Fatalf("got\n%s\nthen\n%s", first, again)
		}
	}
}
