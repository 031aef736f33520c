package results

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"

	"assess/gonogo/checks"
)

type coverageParams struct {
	Files  checks.Strings `toml:"files" doc:"names of coverage files (Cobertura XML, lcov, go cover profile); default: all declared ones, else the usual names"`
	Path   string         `toml:"path" doc:"only sources below this folder; default all"`
	Min    *float64       `toml:"min" doc:"least share of covered lines in percent; default 80"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build, which no coverage format does; default false"`
}

var coverage = checks.Define(checks.Kind{
	ID:       "qa.coverage",
	Title:    "Test coverage reaches what was agreed",
	Class:    checks.Local,
	Severity: checks.Low,
	Sends:    "nothing; reads coverage files that a test run left",
	Rule: "PASS: covered lines reach the least share. WARN: nine tenths of it. FAIL: less. Each line counts once, however often it is reported; of several files " +
		"the worst decides. Inconclusive: a file does not parse or is cut off, holds no line of the path, or states a rate of its own that has no lines or would give another verdict." + ageRule,
	Fix:  "Write the coverage file in the pipeline and keep it with the build.",
	Refs: []string{"NIST SSDF PW.8"},
}, func(ctx context.Context, p *checks.Probe, params coverageParams) checks.Result {
	least := 80.0
	if params.Min != nil {
		least = *params.Min
	}
	return judged(ctx, p, coveragePlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readCoverage,
		func(files []imported[coverageFile]) (f finding) {
			for _, file := range files {
				f.seeCoverage(file.name, file.facts, params.Path, least)
			}
			return f
		})
})

// coveragePlace: the usual coverage files are mostly git-ignored.
var coveragePlace = place{
	key: "coverage", noun: "coverage file", named: func(r checks.Results) checks.Strings { return r.Coverage },
	usual: []string{
		"coverage.xml", "cobertura.xml", "coverage/cobertura-coverage.xml", "coverage/lcov.info", "lcov.info", "coverage.lcov", "cover.out", "coverage.out",
		"frontend/coverage/lcov.info", "frontend/coverage/cobertura-coverage.xml", "backend/coverage.xml", "build/reports/cobertura.xml",
	},
}

// seeCoverage judges one file.
func (f *finding) seeCoverage(name string, c coverageFile, below string, least float64) {
	l := c.below(below)
	v, say := judgeCoverage(l, c.claims, below == "", least)
	f.see(v, name, "coverage", "%s", say)
	f.said = strings.TrimPrefix(f.said+"; "+say, "; ")
	if l.All > 0 {
		f.measure("coverage", l.percent(), "%")
	}
}

// judgeCoverage applies the rule to counted lines; claims is what the file says of itself,
// which counts where the whole file was asked for.
func judgeCoverage(l lineCount, claims float64, whole bool, least float64) (checks.Verdict, string) {
	switch {
	case l.All == 0 && !math.IsNaN(claims):
		return checks.Inconclusive, fmt.Sprintf("claims %.1f %%, but holds no line of code that was asked for", claims)
	case l.All == 0:
		return checks.Inconclusive, "holds no line of code that was asked for"
	}
	v := coverageVerdict(l.percent(), least)
	if whole && !math.IsNaN(claims) && coverageVerdict(claims, least) != v {
		return checks.Inconclusive, fmt.Sprintf("claims %.1f %%, but its lines give %.1f %%", claims, l.percent())
	}
	return v, fmt.Sprintf("%.1f %% of %d lines covered, %.0f %% asked", l.percent(), l.All, least)
}

func coverageVerdict(percent, least float64) checks.Verdict {
	switch {
	case percent >= least:
		return checks.Pass
	case percent >= 0.9*least:
		return checks.Warn
	}
	return checks.Fail
}
