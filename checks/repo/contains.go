package repo

import (
	"context"
	"path"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type containsParams struct {
	Files   checks.Strings `toml:"files" doc:"files or globs below the repository"`
	Text    string         `toml:"text" doc:"words that one file must hold, any white space between them"`
	Pattern string         `toml:"pattern" doc:"a regular expression (RE2) instead of text"`
}

var contains = checks.Define(checks.Kind{
	ID:       "repo.contains",
	Title:    "A file says what it should",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; searches the named files",
	Rule: "PASS: one of the files holds the text or matches the pattern outside comments. FAIL: none does, or a declared file is missing. " +
		"Pending: neither text nor pattern is given. Inconclusive: unreadable, or the pattern is none.",
	Fix: "Add the setting, and keep it in version control.",
}, func(ctx context.Context, p *checks.Probe, params containsParams) checks.Result {
	if len(params.Files) == 0 || params.Text == "" && params.Pattern == "" {
		return *local.Pending("not declared: which file must hold what")
	}
	wanted, err := wantedPattern(params.Text, params.Pattern)
	if err != nil {
		return local.Unclear(p, "pattern", "the profile's pattern is no regular expression: "+err.Error())
	}
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	for _, entry := range params.Files {
		names := []string{entry}
		if strings.ContainsAny(entry, "*?[") {
			names = nil
			for _, f := range tree.Find(entry) {
				names = append(names, f.Path)
			}
		}
		for _, name := range names {
			if _, ok := tree.Stat(name); !ok {
				obs.Add(checks.Fail, name, 0, "declared", "declared but not there")
				continue
			}
			src, err := tree.Read(name, local.MaxFile)
			if err != nil {
				obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
				continue
			}
			if line := findLine(src, wanted); line > 0 {
				found := local.Observations{}
				found.Add(checks.Pass, name, line, "contains", "holds what is wanted")
				return found.Result(p, name, name+" holds what is wanted")
			}
			obs.Add(checks.Fail, name, 0, "contains", "does not hold %s", strings.TrimSpace(params.Text+params.Pattern))
		}
	}
	if len(obs) == 0 {
		obs.Add(checks.Fail, strings.Join(params.Files, ", "), 0, "declared", "no such file")
	}
	return obs.Result(p, path.Base(params.Files[0]), "")
})

// wantedPattern makes one expression of a text, white space loosened, or of a pattern.
func wantedPattern(text, pattern string) (*regexp.Regexp, error) {
	if pattern == "" {
		words := strings.Fields(text)
		for i, w := range words {
			words[i] = regexp.QuoteMeta(w)
		}
		pattern = strings.Join(words, `\s+`)
	}
	return regexp.Compile(pattern)
}

var commentStart = regexp.MustCompile(`^\s*(#|//|;|--|\*|<!--)`)

// findLine returns the first line, from 1, that matches outside a comment; 0 when none does.
func findLine(src []byte, wanted *regexp.Regexp) int {
	n := 0
	for line := range strings.Lines(string(src)) {
		n++
		if !commentStart.MatchString(line) && wanted.MatchString(line) {
			return n
		}
	}
	return 0
}
