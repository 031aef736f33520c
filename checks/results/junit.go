package results

import (
	"context"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type junitParams struct {
	Files  checks.Strings `toml:"files" doc:"names of JUnit XML files, to tell suites apart; default: all declared ones, else the usual names"`
	Match  string         `toml:"match" doc:"only tests whose name, class or file holds this; default all"`
	Error  string         `toml:"error" doc:"only failures whose message holds this count; default all"`
	RanMin int            `toml:"ran_min" doc:"least number of matching tests that must have run; default 1"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build; default false"`
}

// ageRule ends the rule of every import.
const ageRule = " A file counts only when it is at most 7 days (max_age) older than the newest source file of the repository, or without one than now, " +
	"by its own date or its time on disk, whichever is older; a file that names another build than the assessed one is inconclusive, and with build = true also one that names none. " +
	"Pending: none is declared under [results] or found in the repository."

var importJUnit = checks.Define(checks.Kind{
	ID:       "import.junit",
	Title:    "Tests ran and passed",
	Class:    checks.Local,
	Severity: checks.Medium,
	Sends:    "nothing; reads the JUnit XML files that a test run left",
	Rule: "PASS: the matching tests ran and none failed. WARN: some were skipped, or passed only when repeated. FAIL: one failed or broke. " +
		"Inconclusive: no test matches, all were skipped, fewer ran than ran_min, a file does not parse, or a suite counts more tests, failures or errors than it holds (cut off, or filtered)." + ageRule,
	Fix:  "Write the result file in the pipeline, keep it with the build, and let it name the commit: <property name=\"commit\" value=\"…\"/>.",
	Refs: []string{"NIST SSDF PW.8"},
}, func(ctx context.Context, p *checks.Probe, params junitParams) checks.Result {
	return judged(ctx, p, junitPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readJUnit,
		func(files []imported[junitFile]) finding { return judgeJUnit(files, params) })
})

var junitPlace = place{
	key: "junit", noun: "JUnit result file", named: func(r checks.Results) checks.Strings { return r.JUnit },
	usual: []string{"junit.xml", "pytest.xml", "jest.xml", "test-results.xml", "report.xml", "reports/junit.xml", "test-results/junit.xml", "frontend/junit.xml", "backend/junit.xml"},
}

// judgeJUnit applies the rule to the tests that match, of all files together.
func judgeJUnit(files []imported[junitFile], params junitParams) finding {
	var f finding
	var ran, failed, broken, skipped, flaky int
	for _, file := range files {
		if cut := file.facts.cut; cut != "" {
			f.see(checks.Inconclusive, file.name, "cut off", "%s", cut)
		}
		for _, c := range file.facts.cases {
			if !strings.Contains(c.Name+"\n"+c.Class+"\n"+c.File, params.Match) {
				continue
			}
			bad := (c.Failed || c.Broken) && strings.Contains(c.Message, params.Error)
			switch {
			case bad && c.Broken:
				broken++
				f.see(checks.Fail, file.name, "broke", "%s %s failed: it broke before it could tell", c.Class, c.Name)
			case bad:
				failed++
				f.see(checks.Fail, file.name, "failed", "%s %s failed", c.Class, c.Name)
			case c.Skipped:
				skipped++
				f.see(checks.NA, file.name, "skipped", "%s %s was skipped", c.Class, c.Name)
				continue
			case c.Flaky:
				flaky++
				f.see(checks.NA, file.name, "flaky", "%s %s passed only when repeated", c.Class, c.Name)
			}
			ran++
		}
	}
	f.measure("ran", float64(ran), "tests")
	f.measure("failed", float64(failed), "tests")
	f.measure("broken", float64(broken), "tests")
	f.measure("skipped", float64(skipped), "tests")
	f.sumUpJUnit(files[0].name, params, ran, failed+broken, skipped, flaky)
	return f
}

// sumUpJUnit judges the counts.
func (f *finding) sumUpJUnit(file string, params junitParams, ran, bad, skipped, flaky int) {
	tests := local.Count(ran, "test")
	switch {
	case ran == 0:
		f.see(checks.Inconclusive, file, "none", "no test that matches has run (%d skipped)", skipped)
	case ran < params.RanMin:
		f.see(checks.Inconclusive, file, "few", "only %s ran, %d asked", tests, params.RanMin)
	case bad > 0:
	case skipped > 0:
		f.see(checks.Warn, file, "skipped", "%s passed, %d skipped", tests, skipped)
	case flaky > 0:
		f.see(checks.Warn, file, "flaky", "%s passed, %d of them only when repeated", tests, flaky)
	case params.Error != "":
		f.said = tests + " ran, none fails that way"
		f.see(checks.Pass, file, "passed", "%s", f.said)
	default:
		f.said = tests + " passed"
		f.see(checks.Pass, file, "passed", "%s", f.said)
	}
}
