package deploy

import (
	"bytes"
	"regexp"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// inSource are switches that are written into the code: where they stand, no variable turns
// them off.
var inSource = []struct {
	globs   []string
	pattern *regexp.Regexp
	verdict checks.Verdict
	words   string
}{
	// The frameworks' own documents say that these show the stack to whoever asks.
	{[]string{"*.py"}, regexp.MustCompile(`\b(?:FastAPI|Starlette)\((?:[^()]|\([^()]*\))*?\bdebug\s*=\s*True\b`), checks.Fail, "the application is made with debug=True"},
	{[]string{"*.py"}, regexp.MustCompile(`(?m)^\s*app\.(?:config\[["']DEBUG["']\]|debug)\s*=\s*True\b`), checks.Fail, "the application is switched to debug"},
	{[]string{"*.go"}, regexp.MustCompile(`\bgin\.SetMode\(gin\.DebugMode\)`), checks.Fail, "the router is set to debug mode"},
	// A later settings file, or another way of starting, may leave these behind.
	{[]string{"*.py"}, regexp.MustCompile(`\bapp\.run\([^()]*?\bdebug\s*=\s*True\b`), checks.Warn, "started directly, the application runs with debug=True"},
	{[]string{"*settings*.py", "**/settings/*.py"}, regexp.MustCompile(`(?m)^DEBUG\s*=\s*True\b`), checks.Warn, "DEBUG is True here; say which settings production takes"},
}

var notShipped = regexp.MustCompile(`(?i)(^|/)(tests?|testing|testdata|fixtures?|examples?|docs?|docs_src|samples?|benchmarks?|scripts|tools)/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.(py|go)$`)

// debugInCode looks for switches that the code itself sets, in files that are shipped and
// not named for development.
func debugInCode(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, s := range inSource {
		for _, f := range tree.Find(s.globs...) {
			if notShipped.MatchString(f.Path) || forDevelopment.MatchString(f.Path) {
				continue
			}
			src, err := tree.Read(f.Path, local.MaxFile)
			if err != nil {
				continue // too large for code that people write
			}
			if at := s.pattern.FindIndex(src); at != nil {
				obs.Add(s.verdict, f.Path, 1+bytes.Count(src[:at[1]], []byte("\n")), "code", "%s", s.words)
			}
		}
	}
	return obs
}
