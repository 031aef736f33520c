package survey

import (
	"cmp"
	"encoding/json"
	"encoding/xml"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"assess/gonogo/checks"
)

// manifest is what a package manager's file says: the package and what it depends on.
type manifest struct {
	Name, Version string
	Depends       []string // names, lower case
	Language      string
}

// manifests are the files that are understood, by name, in the order in which they may name
// the system.
var manifests = []struct {
	Glob string
	Read func(src []byte) manifest
}{
	{"pyproject.toml", readPyproject},
	{"package.json", readPackageJSON},
	{"go.mod", readGoMod},
	{"pom.xml", readPom},
	{"build.gradle", readGradle},
	{"build.gradle.kts", readGradle},
	{"Cargo.toml", readCargo},
	{"composer.json", readComposer},
	{"Gemfile", readGemfile},
	{"requirements.txt", readRequirements},
	{"requirements/*.txt", readRequirements},
	{"Pipfile", readPipfile},
	{"*.csproj", readProject},
}

// framework is what a dependency tells of the system that uses it.
type framework struct {
	Depends string // the dependency that tells it
	Name    string
	Port    string // where it listens unless told otherwise
	Docs    string // where it describes its API unless told otherwise
	Health  string
	Metrics string
}

var frameworks = []framework{
	{Depends: "fastapi", Name: "FastAPI", Port: "8000", Docs: "/openapi.json"},
	{Depends: "django", Name: "Django", Port: "8000"},
	{Depends: "flask", Name: "Flask", Port: "5000"},
	{Depends: "starlette", Name: "Starlette", Port: "8000"},
	{Depends: "next", Name: "Next.js", Port: "3000"},
	{Depends: "nuxt", Name: "Nuxt", Port: "3000"},
	{Depends: "@nestjs/core", Name: "NestJS", Port: "3000"},
	{Depends: "express", Name: "Express", Port: "3000"},
	{Depends: "fastify", Name: "Fastify", Port: "3000"},
	{Depends: "koa", Name: "Koa", Port: "3000"},
	{Depends: "react", Name: "React"},
	{Depends: "vue", Name: "Vue"},
	{Depends: "@angular/core", Name: "Angular"},
	{Depends: "spring-boot-starter-actuator", Name: "Spring Boot Actuator", Port: "8080", Health: "/actuator/health"},
	{Depends: "spring-boot-starter-web", Name: "Spring Boot", Port: "8080"},
	{Depends: "spring-boot-starter-webflux", Name: "Spring Boot", Port: "8080"},
	{Depends: "springdoc-openapi-starter-webmvc-ui", Name: "springdoc", Docs: "/v3/api-docs"},
	{Depends: "micrometer-registry-prometheus", Name: "Micrometer", Metrics: "/actuator/prometheus"},
	{Depends: "rails", Name: "Rails", Port: "3000", Health: "/up"},
	{Depends: "laravel/framework", Name: "Laravel", Port: "8000", Health: "/up"},
	{Depends: "symfony/framework-bundle", Name: "Symfony", Port: "8000"},
	{Depends: "microsoft.net.sdk.web", Name: "ASP.NET Core", Port: "5000"},
	{Depends: "axum", Name: "axum"},
	{Depends: "actix-web", Name: "Actix Web", Port: "8080"},
	{Depends: "github.com/gin-gonic/gin", Name: "Gin", Port: "8080"},
	{Depends: "github.com/labstack/echo", Name: "Echo"},
	{Depends: "github.com/gofiber/fiber", Name: "Fiber", Port: "3000"},
	{Depends: "github.com/go-chi/chi", Name: "chi"},
	{Depends: "prometheus-client", Name: "Prometheus client", Metrics: "/metrics"},
	{Depends: "prometheus-fastapi-instrumentator", Name: "Prometheus client", Metrics: "/metrics"},
	{Depends: "prom-client", Name: "Prometheus client", Metrics: "/metrics"},
	{Depends: "github.com/prometheus/client_golang", Name: "Prometheus client", Metrics: "/metrics"},
}

// version of a Go module path's last element, which names no package.
var major = regexp.MustCompile(`(^|/)v[0-9]+$`)

// uses reports whether the manifest depends on the package, in any major version.
func (m manifest) uses(dependency string) bool {
	return slices.ContainsFunc(m.Depends, func(d string) bool { return d == dependency || major.ReplaceAllString(d, "") == dependency })
}

func readPackageJSON(src []byte) manifest {
	var p struct {
		Name, Version                 string
		Dependencies, DevDependencies map[string]any
	}
	if json.Unmarshal(src, &p) != nil {
		return manifest{}
	}
	// A scope says whose package it is, not what it is called.
	return manifest{Name: path.Base(cmp.Or(p.Name, "/")), Version: p.Version, Language: "Node.js",
		Depends: lower(slices.Concat(slices.Sorted(maps.Keys(p.Dependencies)), slices.Sorted(maps.Keys(p.DevDependencies))))}
}

func readComposer(src []byte) manifest {
	var p struct {
		Name, Version string
		Require       map[string]any
	}
	if json.Unmarshal(src, &p) != nil {
		return manifest{}
	}
	return manifest{Name: path.Base(cmp.Or(p.Name, "/")), Version: p.Version, Language: "PHP", Depends: lower(slices.Sorted(maps.Keys(p.Require)))}
}

func decodeTOML(src []byte, into any) bool {
	_, err := checks.ReadTOML(src, into)
	return err == nil
}

func readPyproject(src []byte) manifest {
	var p struct {
		Project struct {
			Name, Version string
			Dependencies  []string
		}
		Tool struct {
			Poetry struct {
				Name, Version string
				Dependencies  map[string]any
			}
		}
	}
	if !decodeTOML(src, &p) {
		return manifest{}
	}
	m := manifest{Name: cmp.Or(p.Project.Name, p.Tool.Poetry.Name), Version: cmp.Or(p.Project.Version, p.Tool.Poetry.Version), Language: "Python"}
	m.Depends = append(pythonNames(p.Project.Dependencies), lower(slices.Sorted(maps.Keys(p.Tool.Poetry.Dependencies)))...)
	return m
}

func readPipfile(src []byte) manifest {
	var p struct{ Packages map[string]any }
	if !decodeTOML(src, &p) {
		return manifest{}
	}
	return manifest{Language: "Python", Depends: lower(slices.Sorted(maps.Keys(p.Packages)))}
}

func readRequirements(src []byte) manifest {
	return manifest{Language: "Python", Depends: pythonNames(strings.Split(string(src), "\n"))}
}

// requirement is the name at the start of a line as PEP 508 has it.
var requirement = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)`)

func pythonNames(lines []string) []string {
	var names []string
	for _, line := range lines {
		if m := requirement.FindStringSubmatch(line); m != nil {
			names = append(names, strings.ToLower(strings.ReplaceAll(m[1], "_", "-")))
		}
	}
	return names
}

func readGoMod(src []byte) manifest {
	f, err := modfile.ParseLax("go.mod", src, nil)
	if err != nil || f.Module == nil {
		return manifest{}
	}
	m := manifest{Name: path.Base(major.ReplaceAllString(f.Module.Mod.Path, "")), Language: "Go"}
	for _, r := range f.Require {
		m.Depends = append(m.Depends, strings.ToLower(r.Mod.Path))
	}
	return m
}

func readCargo(src []byte) manifest {
	var p struct {
		Package      struct{ Name, Version any } // version may be a table: that of the workspace
		Dependencies map[string]any
	}
	if !decodeTOML(src, &p) {
		return manifest{}
	}
	name, _ := p.Package.Name.(string)
	version, _ := p.Package.Version.(string)
	return manifest{Name: name, Version: version, Language: "Rust", Depends: lower(slices.Sorted(maps.Keys(p.Dependencies)))}
}

func readPom(src []byte) manifest {
	var p struct {
		ArtifactID   string   `xml:"artifactId"`
		Version      string   `xml:"version"`
		Dependencies []string `xml:"dependencies>dependency>artifactId"`
	}
	if xml.Unmarshal(src, &p) != nil {
		return manifest{}
	}
	return manifest{Name: strings.TrimSpace(p.ArtifactID), Version: strings.TrimSpace(p.Version), Language: "Java", Depends: lower(p.Dependencies)}
}

var (
	gradleVersion = regexp.MustCompile(`(?m)^version\s*=?\s*["']([^"'\n]+)["']`)
	gradleDepends = regexp.MustCompile(`["'][\w.-]+:([\w.-]+)(?::[^"'\n]*)?["']`)
	gemName       = regexp.MustCompile(`(?m)^\s*gem\s+["']([\w-]+)["']`)
	projectSDK    = regexp.MustCompile(`(?i)<Project\s[^>]*Sdk\s*=\s*"([\w.]+)"`)
)

func readGradle(src []byte) manifest {
	m := manifest{Language: "Java"}
	if v := gradleVersion.FindSubmatch(src); v != nil {
		m.Version = string(v[1])
	}
	for _, d := range gradleDepends.FindAllSubmatch(src, 500) {
		m.Depends = append(m.Depends, strings.ToLower(string(d[1])))
	}
	return m
}

func readGemfile(src []byte) manifest {
	m := manifest{Language: "Ruby"}
	for _, d := range gemName.FindAllSubmatch(src, 500) {
		m.Depends = append(m.Depends, strings.ToLower(string(d[1])))
	}
	return m
}

func readProject(src []byte) manifest {
	m := manifest{Language: ".NET"}
	if sdk := projectSDK.FindSubmatch(src); sdk != nil {
		m.Depends = []string{strings.ToLower(string(sdk[1]))}
	}
	return m
}

func lower(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.ToLower(strings.TrimSpace(n))
	}
	return out
}
