package repo

import (
	"regexp"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// language is a programming language with its linters.
type language struct {
	Name    string
	Files   []string       // globs
	Linters *regexp.Regexp // in a step or a hook
	Config  []string       // globs of linters' configuration
	Section *regexp.Regexp // in pyproject.toml or package.json
}

// languages are those for which linters are known.
var languages = []language{
	{"Python", []string{"*.py"}, regexp.MustCompile(`(?i)\b(ruff|flake8|pylint|pyflakes|mypy|pyright|prospector|pylama)\b`),
		[]string{"ruff.toml", ".ruff.toml", ".flake8", ".pylintrc", "mypy.ini"}, regexp.MustCompile(`(?m)^\[tool\.(ruff|pylint|flake8|mypy)`)},
	{"JavaScript or TypeScript", []string{"*.js", "*.jsx", "*.ts", "*.tsx", "*.vue", "*.mjs", "*.svelte"},
		regexp.MustCompile(`(?i)\b(eslint|biome|oxlint|jshint|tslint|deno lint|next lint|ng lint|xo|(npm|yarn|pnpm) run lint)\b`),
		[]string{".eslintrc*", "eslint.config.*", "biome.json", "biome.jsonc"}, regexp.MustCompile(`"(eslintConfig|eslint)"\s*:`)},
	{"Go", []string{"*.go"}, regexp.MustCompile(`(?i)\b(golangci-lint(-action)?|go vet|staticcheck|revive)\b`), []string{".golangci.*"}, nil},
	{"Ruby", []string{"*.rb"}, regexp.MustCompile(`(?i)\b(rubocop|standardrb)\b`), []string{".rubocop.yml", ".standard.yml"}, nil},
	{"Rust", []string{"*.rs"}, regexp.MustCompile(`(?i)\bclippy\b`), []string{"clippy.toml", ".clippy.toml"}, nil},
	{"PHP", []string{"*.php"}, regexp.MustCompile(`(?i)\b(phpstan|psalm|phpcs|php-cs-fixer|pint)\b`), []string{"phpstan.neon*", "phpcs.xml*", "psalm.xml"}, nil},
	{"Java", []string{"*.java"}, regexp.MustCompile(`(?i)(\b(checkstyle|spotbugs|pmd|error-?prone|sonar\w*)\b|spotless|checkstyle)`), []string{"checkstyle*.xml", "pmd*.xml"}, nil},
	{"Kotlin", []string{"*.kt"}, regexp.MustCompile(`(?i)(ktlint|detekt)`), []string{"detekt*.yml"}, nil},
	{"C#", []string{"*.cs"}, regexp.MustCompile(`(?i)\b(dotnet format|sonar\w*)\b`), nil, nil},
}

// everyLanguage are programs that lint whatever they find.
var everyLanguage = regexp.MustCompile(`(?i)\b(super-linter|mega-?linter|trunk check|qlty check)\b`)

// spoken is a language of the repository, with the configuration of a linter for it.
type spoken struct {
	language
	Configured string // a file; "" when there is none
}

// leastShare and leastFiles say when a language is one of the repository's and no mere
// helper: this share of its source files, or this many.
const (
	leastShare = 5 // a fifth
	leastFiles = 20
)

// findLanguages lists the languages in which the repository is written.
func findLanguages(tree *source.Tree) (found []spoken) {
	counts, all := make([]int, len(languages)), 0
	for i, l := range languages {
		counts[i] = len(tree.Find(l.Files...))
		all += counts[i]
	}
	for i, l := range languages {
		if counts[i] == 0 || counts[i] < leastFiles && counts[i]*leastShare < all {
			continue
		}
		s := spoken{language: l}
		if config := tree.Find(l.Config...); len(l.Config) > 0 && len(config) > 0 {
			s.Configured = config[0].Path
		}
		for _, f := range tree.Find("pyproject.toml", "setup.cfg", "package.json") {
			src, err := tree.Read(f.Path, local.MaxFile)
			if s.Configured == "" && l.Section != nil && err == nil && l.Section.Match(src) {
				s.Configured = f.Path
			}
		}
		found = append(found, s)
	}
	return found
}

// judgeLint applies the rule of tool = "lint": a linter for each language.
func judgeLint(spoken []spoken, pipelines, hooks []pipeline) local.Observations {
	if len(spoken) == 0 {
		return judgePipelines(pipelines, "lint")
	}
	obs := local.Observations{}
	some := false
	for _, l := range spoken {
		v, at, say := judgeLinter(l, pipelines, hooks)
		some = some || v != checks.Fail
		obs.Add(v, at.Path, at.Line, "lint", "%s", say)
	}
	for i := range obs {
		// With a linter for one language, the lack of another one is a gap, no absence.
		if some && obs[i].Verdict == checks.Fail {
			obs[i].Verdict = checks.Warn
		}
	}
	return obs
}

// judgeLinter says how the linter of one language stands.
func judgeLinter(l spoken, pipelines, hooks []pipeline) (checks.Verdict, local.Observation, string) {
	both := regexp.MustCompile(l.Linters.String() + "|" + everyLanguage.String())
	u, h := findMatches(pipelines, "lint", both), findMatches(hooks, "lint", both)
	switch {
	case len(u.blocking) > 0:
		return checks.Pass, u.blocking[0], "a linter for " + l.Name + " runs, and its failure stops the pipeline"
	case len(u.broken) > 0:
		return checks.Inconclusive, u.broken[0], u.broken[0].Text
	case len(u.soft) > 0:
		return checks.Warn, u.soft[0], "a linter for " + l.Name + " " + u.soft[0].Text
	case len(u.elsewhere) > 0:
		return checks.Warn, u.elsewhere[0], "a linter for " + l.Name + " " + u.elsewhere[0].Text
	case len(h.blocking)+len(h.soft)+len(h.elsewhere) > 0:
		return checks.Warn, append(append(h.blocking, h.soft...), h.elsewhere...)[0], "a linter for " + l.Name + " runs only as a commit hook"
	case l.Configured != "":
		return checks.Warn, local.Observation{Path: l.Configured}, "a linter for " + l.Name + " is configured, but the pipeline does not run it"
	}
	return checks.Fail, local.Observation{}, "no linter for " + l.Name
}
