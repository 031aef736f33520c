// Package results holds the kinds that judge what other tools left: test results,
// coverage, static analysis, known vulnerabilities, scans of the running target, load
// summaries, page and accessibility audits, OpenSSF Scorecard.
//
// They send nothing and execute nothing. Each file reads facts first; the judgement is a
// pure function beside it. A file counts only while it is recent and, where it says for
// which build it was made, when that is the assessed one; "nothing found" is good news only
// where the file shows that something was looked at.
//
// JSON is read with github.com/go-json-experiment/json instead of encoding/json, because
// that refuses a key that is there twice and does not take "LEVEL" for "level": either
// could turn a failure into a pass.
//
// It may import checks, checks/local, checks/source and checks/clean.
package results

import "assess/gonogo/checks"

// Kinds lists the kinds of this package.
func Kinds() []checks.Kind {
	return []checks.Kind{
		importJUnit, coverage,
		importSARIF, advisories, importZAP,
		importLoad, importPage, importAxe, importScorecard,
	}
}
