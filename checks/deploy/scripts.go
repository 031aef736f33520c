package deploy

import (
	"bytes"
	"context"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type scriptsParams struct {
	Files checks.Strings `toml:"files" doc:"scripts below the repository"`
}

var scripts = checks.Define(checks.Kind{
	ID:       "deploy.scripts",
	Title:    "Deployment scripts are there and can be started",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads the declared scripts and never runs them",
	Rule: "PASS: there, executable, begins with #!, Unix line ends, stops at the first error (set -e). WARN: a shell script without set -e. " +
		"FAIL: missing, empty, not executable, no #! line, or Windows line ends. Inconclusive: unreadable or larger than 1 MiB.",
	Fix:  "`chmod +x`, `#!/usr/bin/env bash`, `set -euo pipefail`, `*.sh text eol=lf` in .gitattributes.",
	Refs: []string{"CWE-1188"},
}, func(ctx context.Context, p *checks.Probe, params scriptsParams) checks.Result {
	if len(params.Files) == 0 {
		return *local.Pending("not declared: which deployment scripts there are")
	}
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	for _, name := range params.Files {
		f, ok := tree.Stat(name)
		if !ok {
			obs.Add(checks.Fail, name, 0, "declared", "declared but not there")
			continue
		}
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
			continue
		}
		v, rule, say := judgeScript(f.Mode, src)
		obs.Add(v, name, 0, rule, "%s", say)
	}
	return obs.Result(p, "scripts", strings.Join(params.Files, ", ")+": there and startable")
})

var (
	shellLine = regexp.MustCompile(`^#!\s*(/usr/bin/env\s+(-\S+\s+)*)?\S*?(ba|da|k|z|a)?sh\b`)
	stopsOnce = regexp.MustCompile(`(?m)^\s*set\s+(-[a-z]*e[a-z]*\b|-o\s+errexit\b|-[a-z]+\s+-[a-z]*e)|^#!.*\s-[a-z]*e`)
)

// judgeScript applies the rule to one script; nothing is executed.
func judgeScript(mode uint32, src []byte) (v checks.Verdict, rule, say string) {
	first, _, _ := bytes.Cut(src, []byte("\n"))
	switch {
	case len(bytes.TrimSpace(src)) == 0:
		return checks.Fail, "empty", "is empty"
	case !bytes.HasPrefix(first, []byte("#!")):
		return checks.Fail, "shebang", "has no #! line"
	case bytes.Contains(src, []byte("\r\n")):
		return checks.Fail, "line-ends", "has Windows line ends, so its interpreter is not found"
	case mode&0o111 == 0:
		return checks.Fail, "mode", "is not executable"
	case shellLine.Match(first) && !stopsOnce.Match(src):
		return checks.Warn, "set-e", "goes on after an error: no set -e"
	}
	return checks.Pass, "script", "executable, with a #! line and Unix line ends"
}
