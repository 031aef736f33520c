package results

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type sarifParams struct {
	Files  checks.Strings `toml:"files" doc:"names of SARIF files; default: all declared ones, else the usual names"`
	Tool   string         `toml:"tool" doc:"only runs of tools whose name holds this, upper and lower case alike; default all"`
	Fail   string         `toml:"fail" doc:"the mildest level that fails: error, warning, note or never; default error"`
	Warn   string         `toml:"warn" doc:"the mildest level that warns: error, warning, note or never; default warning"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a file may be, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build (versionControlProvenance); default false"`
}

var importSARIF = checks.Define(checks.Kind{
	ID:       "import.sarif",
	Title:    "Static analysis found nothing serious",
	Class:    checks.Local,
	Severity: checks.Medium,
	Sends:    "nothing; reads SARIF 2.1.0 files that analysers left",
	Rule: "Each result has the worse of its level (its own, else its rule's, else warning) and its security-severity (7 and more error, 4 and more warning). " +
		"FAIL: one of level error (fail). WARN: one of level warning (warn), or one that a person has still to review. PASS: the analyser ran and found nothing of these. " +
		"Suppressed results do not count, unless the suppression is under review or rejected. Inconclusive: the tool says that it failed, or reports an error of its own; no list of results; " +
		"an empty list of a run that names no rules, unless it names the tool and a successful invocation; not SARIF 2.1.0; no run of the tool." + ageRule,
	Fix:  "Run the analyser in the pipeline, keep its SARIF file with the build, and let it write invocations and versionControlProvenance.",
	Refs: []string{"SARIF 2.1.0", "NIST SSDF PW.7"},
}, func(ctx context.Context, p *checks.Probe, params sarifParams) checks.Result {
	bar, trouble := params.bar()
	if trouble != "" {
		return local.Unclear(p, "parameters", trouble)
	}
	return judged(ctx, p, sarifPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build}, readSARIF,
		func(files []imported[[]sarifRun]) finding { return judgeSARIF(files, params.Tool, bar) })
})

var sarifPlace = place{
	key: "sarif", noun: "SARIF file", named: func(r checks.Results) checks.Strings { return r.SARIF },
	usual: []string{"results.sarif", "reports/results.sarif", "semgrep.sarif", "codeql.sarif", "gosec.sarif", "bandit.sarif", "eslint.sarif"},
}

// never is above every level.
const never = levelError + 1

// bar is from which level results fail and warn.
type bar struct{ fail, warn level }

func (s sarifParams) bar() (b bar, trouble string) {
	b = bar{levelError, levelWarning}
	for _, x := range []struct {
		word string
		to   *level
	}{{s.Fail, &b.fail}, {s.Warn, &b.warn}} {
		l, known := levelNames[x.word]
		switch {
		case x.word == "":
		case x.word == "never":
			*x.to = never
		case known && l > levelNone:
			*x.to = l
		default:
			return b, fmt.Sprintf("%q is no level: error, warning, note or never", x.word)
		}
	}
	return b, ""
}

// judgeSARIF applies the rule to the runs of the tool.
func judgeSARIF(files []imported[[]sarifRun], tool string, b bar) finding {
	var f finding
	var names []string
	counts := map[level]int{}
	suppressed := 0
	for _, file := range files {
		ofTool := 0
		for _, run := range file.facts {
			if !strings.Contains(strings.ToLower(run.tool), strings.ToLower(tool)) {
				continue
			}
			ofTool++
			suppressed += run.suppressed
			if !slices.Contains(names, run.name()) {
				names = append(names, run.name())
			}
			if trouble := run.proves(); trouble != "" {
				f.see(checks.Inconclusive, file.name, "run", "%s %s", run.name(), trouble)
			}
			for _, r := range run.results {
				counts[r.level]++
				f.see(b.verdict(r.level), file.name, r.level.String(), "%s at %s", r.rule, r.where)
			}
		}
		if ofTool == 0 {
			f.see(checks.Inconclusive, file.name, "tool", "holds no run of %s", tool)
		}
	}
	for l := levelError; l > levelNone; l-- {
		f.measure(l.String(), float64(counts[l]), "results")
	}
	f.said = fmt.Sprintf("%s ran: %d errors, %d warnings, %d notes, %d suppressed", strings.Join(names, ", "), counts[levelError], counts[levelWarning], counts[levelNote], suppressed)
	if v := f.Verdict(); v == checks.Pending || v == checks.NA {
		f.see(checks.Pass, files[0].name, "clean", "%s", f.said)
	}
	return f
}

// verdict is what one result comes to. One that neither fails nor warns is only listed.
func (b bar) verdict(l level) checks.Verdict {
	switch {
	case l >= b.fail:
		return checks.Fail
	case l >= b.warn:
		return checks.Warn
	}
	return checks.NA
}

// proves says why a run proves nothing, or "". What it found counts all the same.
func (r sarifRun) proves() string {
	switch {
	case r.trouble != "":
		return r.trouble
	case !r.listed:
		return "has no list of results: nothing says that it looked"
	case len(r.results) > 0 || r.suppressed > 0:
		return ""
	case r.rules == 0 && !(r.tool != "" && r.succeeded):
		return "found nothing, and shows neither rules nor a successful invocation"
	}
	return ""
}

func (r sarifRun) name() string {
	if r.tool == "" {
		return "a tool without a name"
	}
	return r.tool
}
