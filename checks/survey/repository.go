package survey

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks/deploy"
	"assess/gonogo/checks/source"
)

// Limits of what is read of a repository.
const (
	maxFile      = 1 << 20 // bytes of a manifest, a compose file or a description
	maxSource    = 256 << 10
	maxSources   = 2000 // files looked through for routes
	maxScanned   = 32 << 20
	maxManifests = 40
	deepest      = 3 // folders below the root in which manifests count
)

// Repository collects what the files of a repository say. It runs nothing and changes
// nothing; a file that can't be read is told in a note.
func Repository(ctx context.Context, tree *source.Tree) Facts {
	f := newFacts()
	f.Repository = true
	r := &repository{Facts: &f, tree: tree}
	stack := r.packages()
	composed, composePath := r.compose(ctx)
	r.name()
	r.envFiles(composed, composePath)
	r.variables()
	r.services(composed, composePath)
	r.baseURL(composed, composePath)
	r.descriptions()
	r.probes(composed, composePath)
	if len(f.Paths["health"]) == 0 {
		r.literals()
	}
	r.usual(stack)
	r.results()
	r.configuration()
	r.ships(composePath)
	return f
}

// repository is a survey of one in progress.
type repository struct {
	*Facts
	tree     *source.Tree
	examples map[string]string // variables of example files, values for classifying only
}

// read gives a file's bytes, at most maxFile; what can't be read is noted and nil.
func (r *repository) read(name string) []byte {
	src, err := r.tree.Read(name, maxFile)
	if err != nil {
		r.note(fmt.Sprintf("not read: %v", err))
		return nil
	}
	return src
}

// packages reads the manifests: those of the root may name the system, those below tell
// what it is made of.
func (r *repository) packages() []framework {
	var stack []framework
	read := 0
	for _, kind := range manifests {
		for _, file := range r.tree.Find(kind.Glob, "**/"+kind.Glob) {
			if !near(file.Path) || read == maxManifests {
				continue
			}
			read++
			m := kind.Read(r.read(file.Path))
			stack = append(stack, r.belongs(m, file.Path)...)
			if path.Dir(file.Path) != "." {
				continue
			}
			if name := tidy(m.Name, maxName); r.Name.Value == "" && name != "" && name != "/" && name != "." {
				r.Name = Found{name, file.Path, true}
			}
			if v := tidy(m.Version, maxName); r.Version.Value == "" && release.MatchString(v) {
				r.Version = Found{v, file.Path, true}
			}
		}
	}
	return stack
}

// release matches versions that somebody has set; 0.0.0 is what generators leave.
var release = regexp.MustCompile(`^v?(0\.0\.[1-9]|0\.[1-9]|[1-9])[0-9A-Za-z.+-]*$`)

// belongs notes what a manifest says the system is made of.
func (r *repository) belongs(m manifest, file string) []framework {
	var stack []framework
	note := func(name string) {
		if !slices.ContainsFunc(r.Stack, func(f Found) bool { return f.Value == name }) && len(r.Stack) < maxList {
			r.Stack = append(r.Stack, Found{name, file, true})
		}
	}
	for _, fw := range frameworks {
		if m.uses(fw.Depends) {
			note(fw.Name)
			stack = append(stack, fw)
		}
	}
	if len(stack) == 0 && m.Language != "" {
		note(m.Language)
	}
	return stack
}

// name falls back to the folder's.
func (r *repository) name() {
	if r.Name.Value == "" {
		if name := tidy(filepath.Base(r.tree.Dir), maxName); name != "" && name != "/" && name != "." {
			r.Name = Found{name, "the folder's name", true}
		}
	}
	if r.Version.Value == "" {
		if src, err := r.tree.Read("VERSION", 200); err == nil {
			if v := tidy(string(src), maxName); release.MatchString(v) {
				r.Version = Found{v, "VERSION", true}
			}
		}
	}
}

// compose reads the compose file.
func (r *repository) compose(ctx context.Context) ([]deploy.ComposeService, string) {
	file, services, err := deploy.Compose(ctx, r.tree)
	if err != nil {
		r.note(fmt.Sprintf("the compose file was not read: %v", err))
	}
	return services, file
}

// exampleFiles are the usual names of files that list what a deployment must set.
var exampleFiles = []string{".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env"}

// variables reads the names that example files list, wherever they lie near the root.
func (r *repository) variables() {
	r.examples = map[string]string{}
	for _, name := range exampleFiles {
		for _, file := range r.tree.Find(name) {
			if !near(file.Path) {
				continue
			}
			values, lines, err := source.ParseEnv(r.read(file.Path))
			if err != nil {
				r.note(fmt.Sprintf("%s:%v", file.Path, err))
				continue
			}
			names := slices.SortedFunc(mapKeys(values), func(a, b string) int { return lines[a] - lines[b] })
			for _, name := range names {
				r.variable(name, values[name], file.Path)
			}
		}
	}
}

// mapKeys ranges over the keys of a map.
func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

var (
	// signing names a key that the system itself signs or encrypts with.
	signing = regexp.MustCompile(`(?i)(^|_)(secret_?key(_base)?|app_?key|app_secret|jwt_?(secret|key)(_key)?|session_?(secret|key)|cookie_?(secret|key)|signing_?(secret|key)|encryption_?key|nextauth_secret|auth_secret|secret)$`)
	// others names the keys of other people's services, and halves that are public.
	others = regexp.MustCompile(`(?i)(aws|gcp|azure|stripe|github|google|facebook|twilio|client|oauth|s3|webhook|public|sendgrid|slack)`)
)

func (r *repository) variable(name, value, file string) {
	if _, known := r.examples[name]; known || !variable.MatchString(name) || len(r.Required) == maxList {
		return
	}
	r.examples[name] = value
	r.Required = append(r.Required, Found{name, file, true})
	if signing.MatchString(name) && !others.MatchString(name) {
		r.SecretKeys = append(r.SecretKeys, Found{name, file, true})
	}
}

// envFiles finds env files that are there: beside the root and where the compose file
// names them. They are named, never read.
func (r *repository) envFiles(composed []deploy.ComposeService, composePath string) {
	candidates := []Found{{".env", ".env", true}}
	for _, s := range composed {
		for _, f := range s.EnvFiles {
			candidates = append(candidates, Found{path.Join(path.Dir(composePath), f), composePath, true})
		}
	}
	for _, c := range candidates {
		_, there := r.tree.Stat(c.Value)
		known := slices.ContainsFunc(r.EnvFiles, func(f Found) bool { return f.Value == c.Value })
		if there && !known && shown(c.Value) && len(r.EnvFiles) < maxList {
			r.EnvFiles = append(r.EnvFiles, c)
		}
	}
}

// descriptionFiles are where repositories keep descriptions of their API.
var descriptionFiles = []string{"{openapi,swagger}.{json,yaml,yml}", "*.openapi.{json,yaml,yml}", "openapi-*.{json,yaml,yml}"}

// descriptions reads the first description of an API that can be read.
func (r *repository) descriptions() {
	for _, file := range r.tree.Find(descriptionFiles...) {
		if !near(file.Path) {
			continue
		}
		src, err := r.tree.Read(file.Path, maxDescription)
		if err != nil {
			r.note(fmt.Sprintf("not read: %v", err))
			continue
		}
		d, err := ReadDescription(src)
		if err != nil {
			r.note(fmt.Sprintf("%s: not read as an API description: %v", file.Path, err))
			continue
		}
		r.note(fmt.Sprintf("%s describes %d operations", file.Path, len(d.Operations)))
		r.describe(d, file.Path)
		return
	}
}

// usual adds what frameworks do unless told otherwise, as guesses.
func (r *repository) usual(stack []framework) {
	for _, fw := range stack {
		from := "usual with " + fw.Name
		add(r.Paths, "docs", Found{fw.Docs, from, false})
		add(r.Paths, "health", Found{fw.Health, from, false})
		add(r.Paths, "metrics", Found{fw.Metrics, from, false})
		if fw.Port != "" && r.BaseURL.Value == "" {
			r.BaseURL = Found{"http://127.0.0.1:" + fw.Port, from, false}
		}
	}
}

// configFiles are where services keep their settings.
var configFiles = []string{
	"{application,application-prod,application-production}.{yml,yaml,properties}", "appsettings.json", "appsettings.Production.json",
	"config/{app,application,production,default,settings,config}.{yaml,yml,toml,json,ini}", "/config.{yaml,yml,toml,json,ini}",
	"/{settings,application}.{yaml,yml,toml,json,ini}",
}

// roleFiles are the usual files behind the roles that profiles ask for.
var roleFiles = map[string][]string{
	"config_application": configFiles,
	"config_proxy":       {"nginx.conf", "nginx/*.conf", "**/nginx/*.conf", "Caddyfile", "traefik.{yml,yaml,toml}", "haproxy.cfg"},
	"config_project":     {"/pyproject.toml", "/package.json", "/Cargo.toml", "/pom.xml", "/go.mod"},
	"config_logging":     {"logging.{yaml,yml,json,ini,conf}", "logback*.xml", "log4j2*.xml"},
	"config_alerts":      {"*alert*.{yml,yaml}", "*.rules.{yml,yaml}"},
	"config_dashboards":  {"**/dashboards/*.json"},
	"dockerfile":         {"/Dockerfile"},
	"compose":            {"/{compose,docker-compose}.{yaml,yml}"},
	"compose_production": {"/{compose,docker-compose}.{production,prod}.{yaml,yml}"},
	"script_deploy":      {"{deploy,release}.sh"},
	"script_rollback":    {"rollback.sh"},
	"documents":          {"/{README,SECURITY,CHANGELOG,DEVELOPMENT,CONTRIBUTING}.md", "docs/**/*.md"},
}

// onePerRole are roles that stand for one file.
var onePerRole = []string{"dockerfile", "compose", "compose_production", "script_deploy", "script_rollback", "config_project"}

// configuration fills the roles that stand for files.
func (r *repository) configuration() {
	for role, globs := range roleFiles {
		for _, file := range r.tree.Find(globs...) {
			if len(r.Roles[role]) > 0 && slices.Contains(onePerRole, role) {
				break
			}
			if shown(file.Path) && !forTests(file.Path) {
				add(r.Roles, role, Found{file.Path, file.Path, true})
			}
		}
	}
}

// ships notes how the system is built and deployed.
func (r *repository) ships(composePath string) {
	for _, s := range []struct {
		what  string
		globs []string
	}{
		{"Dockerfile", []string{"Dockerfile", "*.Dockerfile", "Containerfile"}},
		{"Kubernetes manifests", []string{"{k8s,kubernetes,manifests}/**/*.{yml,yaml}", "**/{k8s,kubernetes,manifests}/**/*.{yml,yaml}", "kustomization.{yml,yaml}"}},
		{"Helm chart", []string{"Chart.yaml"}},
		{"GitHub workflows", []string{".github/workflows/*.{yml,yaml}"}},
		{"GitLab pipeline", []string{"/.gitlab-ci.yml"}},
		{"Jenkinsfile", []string{"/Jenkinsfile"}},
	} {
		if files := r.tree.Find(s.globs...); len(files) > 0 && shown(files[0].Path) {
			r.Ships = append(r.Ships, Found{s.what, files[0].Path, true})
		}
	}
	if composePath != "" {
		r.Ships = append(r.Ships, Found{"compose file", composePath, true})
	}
}

// usualResults are the names under which tools leave their results.
var usualResults = map[string][]string{
	"junit": {"junit.xml", "report.xml", "test-results.xml", "reports/junit.xml", "test-results/junit.xml", "build/junit.xml", "test-reports/junit.xml"},
	"coverage": {"coverage.xml", "coverage/cobertura-coverage.xml", "coverage/lcov.info", "lcov.info", "cover.out", "coverage.out", "coverage.txt",
		"build/coverage.xml", "reports/coverage.xml"},
	"sarif":      {"results.sarif", "reports/results.sarif", "codeql.sarif", "semgrep.sarif", "gosec.sarif", "bandit.sarif"},
	"advisories": {"osv.json", "osv-results.json", "govulncheck.json", "npm-audit.json", "trivy.json", "trivy-results.json", "grype.json", "reports/osv.json", "reports/trivy.json"},
	"zap":        {"zap.json", "zap-report.json", "reports/zap.json"},
	"load":       {"k6-summary.json", "summary.json", "reports/k6.json"},
	"page":       {"lighthouse.json", "lighthouse-report.json", "reports/lighthouse.json"},
	"axe":        {"axe.json", "axe-results.json", "reports/axe.json"},
	"scorecard":  {"scorecard.json"},
}

// results finds result files, those that git ignores too: tools leave them, nobody commits
// them. JSON under a general name counts only where it reads as what it should be.
func (r *repository) results() {
	for kind, names := range usualResults {
		for _, name := range names {
			if file, there := r.tree.Stat(name); !there || name == "summary.json" && !r.hasKey(file.Path, "metrics") {
				continue
			}
			add(r.Results, kind, Found{name, name, true})
		}
	}
	for _, file := range r.tree.Find("*.sarif") {
		if ownPath(file.Path) && !forTests(file.Path) {
			add(r.Results, "sarif", Found{file.Path, file.Path, true})
		}
	}
}

func (r *repository) hasKey(name, key string) bool {
	src, err := r.tree.Read(name, maxFile)
	var object map[string]json.RawMessage
	return err == nil && json.Unmarshal(bytes.TrimSpace(src), &object) == nil && object[key] != nil
}

// near reports whether a file speaks for the system: it lies near the root and among no
// tests or examples.
func near(name string) bool {
	return strings.Count(name, "/") <= deepest && shown(name) && !forTests(name)
}

// forTests reports whether a file belongs to tests or examples: what stands there is not
// the system's own.
func forTests(name string) bool { return testPath.MatchString(name) }

var testPath = regexp.MustCompile(`(?i)(^|/)(tests?|testdata|fixtures?|__tests__|spec|examples?|samples?|demos?|mocks?)/|[._-](test|spec)\.[a-z]+$|(^|/)test_[^/]*$|_test\.[a-z]+$`)
