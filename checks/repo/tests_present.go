package repo

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type testsPresentParams struct {
	Tool string `toml:"tool" doc:"playwright, cypress, jest, vitest, mocha, pytest, go, junit, rspec, cargo, or integration for tests across components; default any"`
}

var testsPresent = checks.Define(checks.Kind{
	ID:       "qa.tests.present",
	Title:    "Tests exist",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads test files and the runner's configuration",
	Rule: "PASS: files with at least one test in them, and the runner is configured or among the dependencies. WARN: tests without a runner, a " +
		"runner without tests, or, for integration, only other tests. FAIL: neither. A file without a test in it is no test.",
	Fix:  "A test for each main journey, run by the pipeline.",
	Refs: []string{"NIST SSDF PW.8", "SRE 17"},
}, func(ctx context.Context, p *checks.Probe, params testsPresentParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	if _, ok := runners[params.Tool]; !ok && params.Tool != "" && params.Tool != "integration" {
		known := strings.Join(slices.Sorted(maps.Keys(runners)), ", ")
		return local.Unclear(p, "tests", "the profile asks for unknown tests: "+params.Tool+"; known: "+known+", integration")
	}
	found := findTests(tree)
	obs := judgeTests(found, params.Tool)
	return obs.Result(p, "tests", obs.said())
})

// runner is how one test framework shows in a repository.
type runner struct {
	files      []string       // globs
	test       *regexp.Regexp // a test within such a file
	config     []string       // globs of its configuration
	dependency *regexp.Regexp // in a manifest
}

var (
	jsTests = []string{"*.test.js", "*.test.ts", "*.test.jsx", "*.test.tsx", "*.test.mjs", "*.spec.js", "*.spec.ts", "*.spec.jsx", "*.spec.tsx", "**/__tests__/**"}
	jsTest  = regexp.MustCompile(`(?m)^\s*(it|test|describe)(\.\w+)*\s*\(`)
)

var runners = map[string]runner{
	"playwright": {[]string{"*.spec.ts", "*.spec.js", "*.e2e.ts", "*.e2e.js", "*.test.ts", "*.test.js", "test_*.py", "*_test.py"},
		regexp.MustCompile(`(@playwright/test|from playwright|playwright\.sync_api)`), []string{"playwright.config.*"}, regexp.MustCompile(`"@?playwright(/test)?"|(?m)^(pytest-)?playwright`)},
	"cypress": {[]string{"*.cy.js", "*.cy.ts", "**/cypress/e2e/**", "**/cypress/integration/**"}, regexp.MustCompile(`\bcy\.`), []string{"cypress.config.*", "cypress.json"}, regexp.MustCompile(`"cypress"`)},
	"jest":    {jsTests, jsTest, []string{"jest.config.*"}, regexp.MustCompile(`"(jest|react-scripts|@jest/core)"\s*:`)},
	"vitest":  {jsTests, jsTest, []string{"vitest.config.*"}, regexp.MustCompile(`"vitest"\s*:`)},
	"mocha":   {append([]string{"**/test/*.js", "**/test/*.ts"}, jsTests...), jsTest, []string{".mocharc*"}, regexp.MustCompile(`"mocha"\s*:`)},
	"pytest": {[]string{"test_*.py", "*_test.py"}, regexp.MustCompile(`(?m)^\s*(async\s+)?def test_\w+|^\s*class Test\w+`), []string{"pytest.ini", "conftest.py"},
		regexp.MustCompile(`(?mi)^\[(tool\.pytest|tool:pytest|pytest)|^\s*"?pytest\b|"pytest[=<>~]`)},
	"go":    {[]string{"*_test.go"}, regexp.MustCompile(`(?m)^func (Test|Example|Fuzz)\w*\(`), []string{"go.mod"}, nil},
	"junit": {[]string{"**/src/test/**/*.java", "**/src/test/**/*.kt"}, regexp.MustCompile(`@(Parameterized)?Test\b`), nil, regexp.MustCompile(`junit|testng`)},
	"rspec": {[]string{"*_spec.rb"}, regexp.MustCompile(`(?m)^\s*(it|specify|describe|RSpec\.describe)\b`), []string{".rspec"}, regexp.MustCompile(`rspec`)},
	"cargo": {[]string{"*.rs"}, regexp.MustCompile(`#\[(tokio::)?test\]`), []string{"Cargo.toml"}, nil},
}

// tests is what was found of one framework.
type tests struct {
	Files  []string // with a test in them
	Runner string   // file that configures or declares it
}

var manifestNames = []string{"package.json", "pyproject.toml", "requirements*.txt", "setup.cfg", "tox.ini", "Pipfile", "pom.xml", "build.gradle", "build.gradle.kts", "Gemfile"}

// findTests looks for every framework.
func findTests(tree *source.Tree) map[string]tests {
	found := map[string]tests{}
	for name, r := range runners {
		t := tests{}
		for _, f := range tree.Find(r.files...) {
			if src, err := tree.Read(f.Path, local.MaxFile); err == nil && r.test.Match(src) {
				t.Files = append(t.Files, f.Path)
			}
		}
		if configs := tree.Find(r.config...); len(r.config) > 0 && len(configs) > 0 {
			t.Runner = configs[0].Path
		}
		if t.Runner == "" && r.dependency != nil {
			for _, f := range tree.Find(manifestNames...) {
				if src, err := tree.Read(f.Path, local.MaxFile); err == nil && r.dependency.Match(src) {
					t.Runner = f.Path
					break
				}
			}
		}
		found[name] = t
	}
	return found
}

// testObservations adds the sentence of a pass.
type testObservations struct{ local.Observations }

func (o testObservations) said() string {
	for _, x := range o.Observations {
		if x.Verdict == checks.Pass {
			return x.Text
		}
	}
	return ""
}

var acrossComponents = regexp.MustCompile(`(?i)(integration|e2e|end[-_]to[-_]end|functional|acceptance|contract)`)

// judgeTests applies the rule to one framework, to tests across components, or to any.
func judgeTests(found map[string]tests, tool string) testObservations {
	obs := local.Observations{}
	complete, partly := []string{}, []string{}
	var across, any []string
	for _, name := range slices.Sorted(maps.Keys(found)) {
		t := found[name]
		any = append(any, t.Files...)
		for _, f := range t.Files {
			if acrossComponents.MatchString(f) {
				across = append(across, f)
			}
		}
		switch {
		case len(t.Files) > 0 && t.Runner != "":
			complete = append(complete, name)
		case len(t.Files) > 0:
			partly = append(partly, name)
		}
	}
	slices.Sort(across)
	switch t := found[tool]; {
	case tool == "integration" && len(across) > 0:
		obs.Add(checks.Pass, across[0], 0, tool, "%s across components", local.Count(len(slices.Compact(across)), "test file"))
	case tool == "integration" && len(any) > 0:
		obs.Add(checks.Warn, "", 0, tool, "there are tests, but none across components")
	case tool == "integration":
		obs.Add(checks.Fail, "", 0, tool, "no tests")
	case tool != "" && len(t.Files) > 0 && t.Runner != "":
		obs.Add(checks.Pass, t.Files[0], 0, tool, "%s, runner in %s", local.Count(len(t.Files), tool+" file"), t.Runner)
	case tool != "" && len(t.Files) > 0:
		obs.Add(checks.Warn, t.Files[0], 0, tool, "tests, but %s is neither configured nor a dependency", tool)
	case tool != "" && t.Runner != "":
		obs.Add(checks.Warn, t.Runner, 0, tool, "%s is set up, but there is no test", tool)
	case tool != "":
		obs.Add(checks.Fail, "", 0, tool, "no %s tests", tool)
	case len(complete) > 0:
		obs.Add(checks.Pass, found[complete[0]].Files[0], 0, "any", "tests with %s", strings.Join(complete, ", "))
	case len(partly) > 0:
		obs.Add(checks.Warn, found[partly[0]].Files[0], 0, "any", "tests, but no runner is configured")
	default:
		obs.Add(checks.Fail, "", 0, "any", "no tests")
	}
	return testObservations{obs}
}
