package deploy

import (
	"testing"
	"time"

	"assess/gonogo/checks"
)

// The table of the tests has dates that don't move; the kind itself is run on the program's own.
var testSupport = support{Dated: "2026-01-01", Products: []product{
	{ID: "python", Title: "Python", Cycles: map[string]string{"3.9": "2025-10-31", "3.10": "2026-10-31", "3.11": "2027-10-31", "3.13": ""}},
	{ID: "java", Title: "Java", Cycles: map[string]string{"8": "2030-12-31", "9": "2018-03-20"}},
	{ID: "debian", Title: "Debian", Cycles: map[string]string{"12": "2028-06-30"}, Names: map[string]string{"bookworm": "12"}},
}}

func TestJudgeUse(t *testing.T) {
	at := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	for _, c := range []struct {
		name string
		use  use
		now  string
		want checks.Verdict
	}{
		{"supported", use{Product: "python", Version: "3.11.4"}, "2026-02-01", checks.Pass},
		{"ended", use{Product: "python", Version: "3.9"}, "2026-02-01", checks.Fail},
		{"on its last day", use{Product: "python", Version: "3.10"}, "2026-10-31", checks.Warn},
		{"the day after", use{Product: "python", Version: "3.10"}, "2026-11-01", checks.Fail},
		{"90 days before", use{Product: "python", Version: "3.10"}, "2026-08-03", checks.Warn},
		{"91 days before", use{Product: "python", Version: "3.10"}, "2026-08-01", checks.Pass},
		{"at least an ended one", use{Product: "python", Version: "3.9", Least: true}, "2026-02-01", checks.Warn},
		{"3.1 is not 3.11", use{Product: "python", Version: "3.1"}, "2026-02-01", checks.Fail},
		{"older than the table", use{Product: "python", Version: "2.7.18"}, "2026-02-01", checks.Fail},
		{"newer than the table", use{Product: "python", Version: "3.99"}, "2026-02-01", checks.Inconclusive},
		{"between two lines", use{Product: "python", Version: "3.12"}, "2026-02-01", checks.Inconclusive},
		{"only the major number", use{Product: "python", Version: "3"}, "2026-02-01", checks.Inconclusive},
		{"no version", use{Product: "python"}, "2026-02-01", checks.Inconclusive},
		{"latest", use{Product: "python", Version: "latest"}, "2026-02-01", checks.Inconclusive},
		{"a number without end", use{Product: "python", Version: "99999999999999999999999.1"}, "2026-02-01", checks.Inconclusive},
		{"no announced end", use{Product: "python", Version: "3.13"}, "2026-02-01", checks.Pass},
		{"no announced end, long ago", use{Product: "python", Version: "3.13"}, "2026-08-01", checks.Inconclusive},
		{"by its old number", use{Product: "java", Version: "1.8"}, "2026-02-01", checks.Pass},
		{"by its code name", use{Product: "debian", Version: "bookworm"}, "2026-02-01", checks.Pass},
		{"unknown product", use{Product: "cobol", Version: "1"}, "2026-02-01", checks.Inconclusive},
	} {
		if v, say := judgeUse(testSupport, c.use, at(c.now)); v != c.want {
			t.Errorf("%s: %s %q, want %s", c.name, v, say, c.want)
		}
	}
	obs := judgeUses(testSupport, []use{{Product: "python", Version: "3.11"}}, at("2027-02-01"))
	if v := obs.Verdict(); v != checks.Warn {
		t.Errorf("a table of more than a year: %s %s, want warn", v, obs.Reason(""))
	}
}

func TestSupportTable(t *testing.T) {
	s := supportDates()
	if _, err := time.Parse(time.DateOnly, s.Dated); err != nil {
		t.Error(err)
	}
	seen := map[string]bool{}
	for _, p := range s.Products {
		if p.ID == "" || p.Title == "" || p.Source == "" || len(p.Cycles) == 0 || seen[p.ID] {
			t.Errorf("%q is not whole, or there twice", p.ID)
		}
		seen[p.ID] = true
		for line, end := range p.Cycles {
			if _, err := time.Parse(time.DateOnly, end); end != "" && err != nil {
				t.Errorf("%s %s: %v", p.ID, line, err)
			}
		}
		for name, line := range p.Names {
			if _, ok := p.Cycles[line]; !ok {
				t.Errorf("%s: %s is of no line", p.ID, name)
			}
		}
	}
}

func TestFindUses(t *testing.T) {
	runFiles(t, repoRuntimes, nil, nil, []fileCase{
		{"an image that has ended", file("Dockerfile", "FROM python:3.7-slim\n"), "", checks.Fail, "Dockerfile:1: Python 3.7"},
		{"by a build argument", file("Dockerfile", "ARG PY=3.7\nFROM python:${PY}-slim AS a\nFROM a\n"), "", checks.Fail, "Python 3.7"},
		{"its base system", file("Dockerfile", "FROM node:24-buster\n"), "", checks.Fail, "Debian buster"},
		{"Alpine", file("Dockerfile", "FROM node:24-alpine3.15\n"), "", checks.Fail, "Alpine Linux 3.15"},
		{"latest", file("Dockerfile", "FROM python:latest\n"), "", checks.Inconclusive, "Python latest"},
		{"a digest only", file("Dockerfile", "FROM python@sha256:abcd\n"), "", checks.Inconclusive, "no release line"},
		{"a compose image", one("services:\n  db: {image: 'postgres:11.2'}\n"), "", checks.Fail, "PostgreSQL 11.2"},
		{"by its default", one("services:\n  db: {image: 'postgres:${PG:-11}'}\n"), "", checks.Fail, "PostgreSQL 11"},
		{"the store below an extension", one("services:\n  db: {image: 'timescale/timescaledb:2.14.2-pg12'}\n"), "", checks.Fail, "PostgreSQL 12"},
		{"what is built here", one("services:\n  a: {build: ., image: 'postgres:11'}\n"), "", checks.Pending, "nothing in the repository names"},
		{"a pod", file("k.yaml", "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: a, image: 'mysql:5.7'}]}\n"), "", checks.Fail, "MySQL 5.7"},
		{".python-version", file(".python-version", "3.8.1\n"), "", checks.Fail, "Python 3.8.1"},
		{".nvmrc", file(".nvmrc", "v16\n"), "", checks.Fail, "Node.js 16"},
		{"requires-python", file("pyproject.toml", "[project]\nrequires-python = \">=3.8\"\n"), "", checks.Warn, "3.8 or newer"},
		{"a range that stays in a line", file("pyproject.toml", "[tool.poetry.dependencies]\npython = \"~3.8.1\"\n"), "", checks.Fail, "Python 3.8.1"},
		{"engines, at least", file("package.json", `{"engines": {"node": ">=14"}}`), "", checks.Warn, "14 or newer"},
		{"engines, one line", file("package.json", `{"engines": {"node": "14.x"}}`), "", checks.Fail, "Node.js 14"},
		{"Angular", file("package.json", `{"dependencies": {"@angular/core": "^14.2.0"}}`), "", checks.Fail, "Angular 14"},
		{"Django", file("requirements.txt", "Django==3.2.1\n"), "", checks.Fail, "Django 3.2.1"},
		{"Spring Boot", file("pom.xml", "<project><parent><artifactId>spring-boot-starter-parent</artifactId>\n<version>2.7.1</version></parent></project>"), "", checks.Fail, "Spring Boot 2.7.1"},
		{"Rails", file("Gemfile.lock", "GEM\n  specs:\n    rails (6.1.7)\n"), "", checks.Fail, "Rails 6.1.7"},
		{"Laravel", file("composer.lock", `{"packages": [{"name": "laravel/framework", "version": "v9.1.0"}]}`), "", checks.Fail, "Laravel 9"},
		{".NET", file("a.csproj", "<Project><TargetFramework>net6.0</TargetFramework></Project>"), "", checks.Fail, ".NET 6"},
		{"go.mod names the least", file("go.mod", "module a\ngo 1.20\n"), "", checks.Warn, "Go 1.20 or newer"},
		{"go.mod with a toolchain", file("go.mod", "module a\ngo 1.20\ntoolchain go1.21.3\n"), "", checks.Fail, "Go 1.21.3"},
		{"own image", file("Dockerfile", "FROM registry.lan/base:1\n"), "", checks.Pending, "nothing"},
		{"a manifest of another kind", file("package.json", `{"engines": ["node"]}`), "", checks.Pending, "nothing"},
		{"none", file("README.md", "x"), "", checks.Pending, "nothing"},
	})
}
