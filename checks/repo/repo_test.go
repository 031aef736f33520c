package repo

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// fileCase is a kind run on files.
type fileCase struct {
	name    string
	files   map[string]string
	params  string
	verdict checks.Verdict
	says    string // in the reason or the evidence
}

func runFiles(t *testing.T, kind checks.Kind, cases []fileCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: c.files, Profile: c.params})
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
			if out.Verdict != checks.Pending && evidence == "" {
				t.Error("a verdict without evidence")
			}
		})
	}
}

func file(name, content string) map[string]string { return map[string]string{name: content} }

// document has a heading and more lines than the least.
func document(extra string) string {
	return "# Title\n\n" + strings.Repeat("A line of text.\n", 20) + extra
}

// numbered are n documents: 1.md, 2.md and so on.
func numbered(n int) map[string]string {
	out := map[string]string{}
	for i := range n {
		out[fmt.Sprintf("%d.md", i+1)] = document("")
	}
	return out
}

func TestDocsInventory(t *testing.T) {
	runFiles(t, docsInventory, []fileCase{
		{"two", map[string]string{"README.md": "x", "docs/a.md": "y", "main.go": "z"}, "", checks.Pass, "2 documents of the project's own"},
		{"installed packages do not count", map[string]string{"README": "x", "node_modules/a/README.md": "x", "node_modules/b/docs/README.md": "x", "vendor/c/README.md": "x"}, "", checks.Pass, "1 document "},
		{"only installed packages", map[string]string{"node_modules/a/README.md": "x", "main.go": "z"}, "", checks.Fail, "no document"},
		{"ignored ones do not count", map[string]string{".gitignore": "notes.md\n", "notes.md": "x"}, "", checks.Fail, "no document"},
		{"by glob", map[string]string{"README.md": "x", "docs/a.md": "y", "docs/b/c.rst": "z", "docs/d.png": "p"}, `files = "docs/**"`, checks.Pass, "2 documents"},
	})
}

func TestDocsRequired(t *testing.T) {
	runFiles(t, docsRequired, []fileCase{
		{"there", file("README.md", document("")), `files = ["README.md"]`, checks.Pass, "1 required document there and kept: README.md (2"},
		{"more than are named", numbered(10), `files = ["1.md", "2.md", "3.md", "4.md", "5.md", "6.md", "7.md", "8.md", "9.md", "10.md"]`, checks.Pass, ") and 2 more"},
		{"one missing", file("README.md", document("")), `files = ["README.md", "SECURITY.md"]`, checks.Fail, "SECURITY.md: declared but not there"},
		{"a stub", file("README.md", "# Title\n\nSoon.\n"), `files = ["README.md"]`, checks.Warn, "only 2 lines"},
		{"no heading", file("README.md", strings.Repeat("text\n", 30)), `files = ["README.md"]`, checks.Warn, "no heading"},
		{"mostly TODO", file("README.md", "# T\n"+strings.Repeat("TODO write this\n", 30)), `files = ["README.md"]`, checks.Warn, "mostly TODO"},
		{"empty", file("README.md", "\n \n"), `files = ["README.md"]`, checks.Fail, "is empty"},
		{"none declared", file("README.md", document("")), "", checks.Pending, "not declared"},
	})
}

func TestJudgeDocumentByAge(t *testing.T) {
	now := time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)
	days := func(n int) time.Time { return now.AddDate(0, 0, -n) }
	for _, c := range []struct {
		changed, source time.Time
		want            checks.Verdict
	}{
		{days(400), days(1), checks.Warn},
		{days(400), days(401), checks.Pass}, // nothing changed since
		{days(300), days(1), checks.Pass},
	} {
		if v, _, say := judgeDocument(document(""), c.changed, c.source, now); v != c.want {
			t.Errorf("changed %s, source %s: %s %s, want %s", c.changed, c.source, v, say, c.want)
		}
	}
}

func TestDocsLinks(t *testing.T) {
	runFiles(t, docsLinks, []fileCase{
		{"all resolve", map[string]string{"README.md": "[a](docs/a.md#part) ![i](i.png) [d](docs) [root](/docs/a.md) [here](#top) [web](https://x.lan/a)", "docs/a.md": "[up](../README.md)", "i.png": "p"}, "", checks.Pass, "5 relative links of 2 documents resolve"},
		{"one leads nowhere", map[string]string{"README.md": "# T\n\n[a](docs/b.md)\n", "docs/a.md": "x"}, "", checks.Fail, "README.md:3: leads nowhere: docs/b.md"},
		{"by reference", map[string]string{"README.md": "[a][1]\n\n[1]: gone.md\n"}, "", checks.Fail, "gone.md"},
		{"in code it is no link", map[string]string{"README.md": "`[a](gone.md)`\n\n    [b](gone.md)\n\n```\n[c](gone.md)\n```\n[ok](README.md)\n"}, "", checks.Pass, "1 relative link"},
		{"with a blank in its name", map[string]string{"README.md": "[a](my%20file.md)", "my file.md": "x"}, "", checks.Pass, ""},
		{"out of the repository", file("README.md", "[a](../other/README.md)"), "", checks.Warn, "out of the repository"},
		{"in installed packages", map[string]string{"README.md": "[a](README.md)", "node_modules/a/README.md": "[b](gone.md)"}, "", checks.Pass, ""},
		{"none", file("README.md", "text"), "", checks.NA, "no relative link"},
	})
}

func workflow(on, steps string) string {
	return "on: " + on + "\njobs:\n  a:\n    runs-on: x\n    steps:\n" + steps
}

func TestSecretsCI(t *testing.T) {
	const at = ".github/workflows/ci.yml"
	runFiles(t, secretsCI, []fileCase{
		{"an action", file(at, workflow("[push]", "      - uses: gitleaks/gitleaks-action@v2\n")), "", checks.Pass, "ci.yml:6"},
		{"a command", file(at, workflow("{pull_request: }", "      - run: |\n          gitleaks dir .\n")), "", checks.Pass, ""},
		{"only its name", file(at, workflow("push", "      - name: run gitleaks\n        id: gitleaks\n        run: echo gitleaks is next\n")), "", checks.Fail, "no step"},
		{"only installed", file(at, workflow("push", "      - run: pip install detect-secrets\n")), "", checks.Fail, "no step"},
		{"only commented", file(at, workflow("push", "      - run: |\n          # gitleaks dir .\n          make\n")), "", checks.Fail, "no step"},
		{"may fail", file(at, workflow("push", "      - run: gitleaks dir .\n        continue-on-error: true\n")), "", checks.Warn, "does not count"},
		{"forgiven", file(at, workflow("push", "      - run: gitleaks dir . || true\n")), "", checks.Warn, "does not count"},
		{"never runs", file(at, workflow("push", "      - run: gitleaks dir .\n        if: false\n")), "", checks.Warn, "does not count"},
		{"on a schedule", file(at, workflow("{schedule: [{cron: x}]}", "      - run: gitleaks dir .\n")), "", checks.Warn, "neither on a push"},
		{"on tags", file(at, workflow("{push: {tags: ['v*']}}", "      - run: gitleaks dir .\n")), "", checks.Warn, "neither on a push"},
		{"by make", map[string]string{at: workflow("push", "      - run: make check\n"), "Makefile": "check: scan\nscan:\n\t@gitleaks dir .\n"}, "", checks.Pass, ""},
		{"only as a hook", map[string]string{at: workflow("push", "      - run: make\n"), ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/gitleaks/gitleaks\n    hooks:\n      - id: gitleaks\n"}, "", checks.Warn, "only as a commit hook"},
		{"GitLab's template", file(".gitlab-ci.yml", "include:\n  - template: Security/Secret-Detection.gitlab-ci.yml\n"), "", checks.Pass, ""},
		{"GitLab, allowed to fail", file(".gitlab-ci.yml", "scan:\n  script: [trufflehog git .]\n  allow_failure: true\n"), "", checks.Warn, "does not count"},
		{"Jenkins", file("Jenkinsfile", "stage('x') {\n  sh 'trufflehog filesystem .'\n}\n"), "", checks.Pass, "Jenkinsfile:2"},
		{"a pipeline that does not parse", file(at, "on: push\n\tjobs: x\n"), "", checks.Inconclusive, "ci.yml"},
		{"no pipeline", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

func TestOpsCI(t *testing.T) {
	const at = ".github/workflows/ci.yml"
	runFiles(t, opsCI, []fileCase{
		{"tests", file(at, workflow("push", "      - run: go test ./...\n")), "", checks.Pass, ""},
		{"tests on the default branch", file(at, workflow("{push: {branches: [main]}}", "      - run: npm test\n")), "", checks.Pass, ""},
		{"tests on another branch", file(at, workflow("{push: {branches: [dev]}}", "      - run: npm test\n")), "", checks.Warn, "neither on a push"},
		{"no tests", file(at, workflow("push", "      - run: go build\n")), "", checks.Warn, "no step runs tests"},
		{"no pipeline", file("README.md", "x"), "", checks.Fail, "no pipeline"},
		{"static analysis", file(at, workflow("push", "      - run: bandit -r app\n")), `tool = "sast"`, checks.Pass, ""},
		{"static analysis that never fails", file(at, workflow("push", "      - run: bandit -r app --exit-zero\n")), `tool = "sast"`, checks.Warn, "does not count"},
		{"no vulnerability scan", file(at, workflow("push", "      - run: bandit -r app\n")), `tool = "vulnerabilities"`, checks.Fail, "no step"},
		{"vulnerability scan", file(at, workflow("push", "      - run: npm ci && npm audit --audit-level=high\n")), `tool = "vulnerabilities"`, checks.Pass, ""},
		{"a tool by name", file(at, workflow("push", "      - run: ruff check .\n")), `tool = "ruff"`, checks.Pass, ""},
		{"an analyser", file(at, workflow("push", "      - run: gosec ./...\n")), `tool = "analysis"`, checks.Pass, ""},
		{"only a linter", file(at, workflow("push", "      - run: ruff check .\n")), `tool = "analysis"`, checks.Warn, "no analyser"},
		{"no analyser", file(at, workflow("push", "      - run: make\n")), `tool = "analysis"`, checks.Fail, "no step runs"},
		{"a workflow that another calls", map[string]string{at: "on: push\njobs:\n  a:\n    uses: ./.github/workflows/t.yml\n", ".github/workflows/t.yml": workflow("workflow_call", "      - run: pytest\n")}, "", checks.Pass, "t.yml"},
		{"a workflow that nobody calls", map[string]string{at: workflow("push", "      - run: make\n"), ".github/workflows/t.yml": workflow("workflow_call", "      - run: pytest\n")}, "", checks.Warn, "neither on a push"},
		{"by an anchor", file(".gitlab-ci.yml", ".t: &t [pytest]\na:\n  script: *t\n"), "", checks.Pass, ""},
		{"aliases without end", file(".gitlab-ci.yml", "a: &a {script: [x]}\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n"), "", checks.Warn, "no step runs tests"},
		{"an npm script", map[string]string{at: workflow("push", "      - run: npm run safe\n"), "package.json": `{"scripts": {"safe": "npm audit --audit-level=high"}}`}, `tool = "vulnerabilities"`, checks.Pass, ""},
		{"hooks that the pipeline runs", map[string]string{at: workflow("push", "      - run: pre-commit run --all-files\n"), ".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks: [{id: bandit}]\n"}, `tool = "sast"`, checks.Pass, ""},
		{"a linter for each language", map[string]string{at: workflow("push", "      - run: ruff check .\n      - run: npx eslint .\n"), "a.py": "x", "b.ts": "y"}, `tool = "lint"`, checks.Pass, ""},
		{"a language without", map[string]string{at: workflow("push", "      - run: ruff check .\n"), "a.py": "x", "b.ts": "y"}, `tool = "lint"`, checks.Warn, "no linter for JavaScript or TypeScript"},
		{"a linter that is only configured", map[string]string{at: workflow("push", "      - run: make\n"), "a.py": "x", "ruff.toml": "line-length = 100\n"}, `tool = "lint"`, checks.Warn, "configured, but the pipeline does not run it"},
		{"a linter as a hook only", map[string]string{at: workflow("push", "      - run: make\n"), "a.py": "x", ".pre-commit-config.yaml": "repos:\n  - repo: x\n    hooks: [{id: ruff}]\n"}, `tool = "lint"`, checks.Warn, "only as a commit hook"},
		{"a linter that may fail", map[string]string{at: workflow("push", "      - run: ruff check . || true\n"), "a.py": "x"}, `tool = "lint"`, checks.Warn, "does not count"},
		{"no linter", map[string]string{at: workflow("push", "      - run: make\n"), "a.py": "x"}, `tool = "lint"`, checks.Fail, "no linter for Python"},
		{"no linter and no pipeline", map[string]string{"a.py": "x"}, `tool = "lint"`, checks.Fail, "no linter for Python"},
		{"a component list", file(at, workflow("push", "      - uses: anchore/sbom-action@v0\n")), `tool = "sbom"`, checks.Pass, ""},
		{"a script of the tree", map[string]string{at: workflow("push", "      - run: scripts/all.sh\n"), "scripts/all.sh": "#!/bin/sh\npytest\n"}, "", checks.Warn, ""}, // not executable
		{"hooks", file(".pre-commit-config.yaml", "repos:\n  - repo: local\n    hooks:\n      - id: ruff\n"), `tool = "pre-commit"`, checks.Pass, ""},
		{"hooks without hooks", file(".pre-commit-config.yaml", "repos: []\n"), `tool = "pre-commit"`, checks.Fail, "configures no hook"},
		{"no hooks", file("README.md", "x"), `tool = "pre-commit"`, checks.Fail, "no commit hooks"},
	})
}

func TestTestsPresent(t *testing.T) {
	runFiles(t, testsPresent, []fileCase{
		{"any", map[string]string{"a_test.go": "package a\nfunc TestA(t *testing.T) {}\n", "go.mod": "module a\n"}, "", checks.Pass, "tests with go"},
		{"a file without a test", map[string]string{"a_test.go": "package a\n", "go.mod": "module a\n"}, `tool = "go"`, checks.Warn, "there is no test"},
		{"pytest", map[string]string{"tests/test_a.py": "def test_a():\n    assert 1\n", "requirements-dev.txt": "pytest==8\n"}, `tool = "pytest"`, checks.Pass, "1 pytest file"},
		{"pytest without runner", file("tests/test_a.py", "def test_a():\n    assert 1\n"), `tool = "pytest"`, checks.Warn, "neither configured"},
		{"jest", map[string]string{"src/a.test.js": "test('a', () => {})\n", "package.json": `{"devDependencies": {"jest": "29"}}`}, `tool = "jest"`, checks.Pass, "1 jest file"},
		{"vitest is not jest", map[string]string{"src/a.test.js": "test('a', () => {})\n", "package.json": `{"devDependencies": {"vitest": "2"}}`}, `tool = "jest"`, checks.Warn, "jest is neither"},
		{"playwright", map[string]string{"e2e/a.spec.ts": "import { test } from '@playwright/test'\ntest('a', () => {})\n", "playwright.config.ts": "x"}, `tool = "playwright"`, checks.Pass, "playwright.config.ts"},
		{"playwright of an installed package", map[string]string{"node_modules/p/a.spec.ts": "import { test } from '@playwright/test'\n", "a.go": "x"}, `tool = "playwright"`, checks.Fail, "no playwright tests"},
		{"integration", map[string]string{"tests/integration/test_a.py": "def test_a():\n    assert 1\n"}, `tool = "integration"`, checks.Pass, "across components"},
		{"only others", map[string]string{"tests/test_a.py": "def test_a():\n    assert 1\n"}, `tool = "integration"`, checks.Warn, "none across components"},
		{"none", file("a.py", "x = 1\n"), "", checks.Fail, "no tests"},
		{"unknown", file("a.py", "x = 1\n"), `tool = "gherkin"`, checks.Inconclusive, "unknown tests"},
	})
}

func TestContains(t *testing.T) {
	runFiles(t, contains, []fileCase{
		{"text", file("nginx.conf", "server {\n  listen   443  ssl;\n}\n"), `files = "nginx.conf", text = "listen 443 ssl"`, checks.Pass, "nginx.conf:2"},
		{"in a comment", file("nginx.conf", "# listen 443 ssl;\n"), `files = "nginx.conf", text = "listen 443 ssl"`, checks.Fail, "does not hold"},
		{"dots are dots", file("a.conf", "axb\n"), `files = "a.conf", text = "a.b"`, checks.Fail, ""},
		{"pattern", file("a.conf", "port = 8443\n"), `files = "a.conf", pattern = 'port\s*=\s*\d+'`, checks.Pass, ""},
		{"in one of two", map[string]string{"a.conf": "x", "b.conf": "listen"}, `files = "*.conf", text = "listen"`, checks.Pass, "b.conf:1"},
		{"missing file", file("a.conf", "x"), `files = "b.conf", text = "x"`, checks.Fail, "not there"},
		{"no pattern", file("a.conf", "x"), `files = "a.conf", pattern = "("`, checks.Inconclusive, "no regular expression"},
		{"nothing asked", file("a.conf", "x"), `files = "a.conf"`, checks.Pending, "not declared"},
	})
}

func TestLicence(t *testing.T) {
	const isc = "Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee"
	runFiles(t, licence, []fileCase{
		{"ISC", file("LICENSE", isc), "", checks.Pass, "ISC"},
		{"manifest agrees", map[string]string{"LICENSE": isc, "package.json": `{"license": "ISC"}`}, "", checks.Pass, ""},
		{"manifest says another", map[string]string{"LICENSE": isc, "package.json": `{"license": "MIT"}`}, "", checks.Warn, "package.json says MIT"},
		{"ISC as others write it", file("LICENSE", strings.Replace(isc, "modify, and/or", "modify and/or", 1)), "", checks.Pass, "ISC"},
		{"own words", file("LICENCE.md", "Do as you like."), "", checks.Warn, "not recognised"},
		{"of an installed package", file("vendor/a/LICENSE", isc), "", checks.Fail, "no licence file"},
	})
}
