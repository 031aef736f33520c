package repo

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// tools are what a pipeline may run, by the word profiles use.
var tools = map[string]*regexp.Regexp{
	"tests": regexp.MustCompile(`(?i)\b(pytest|tox|nox|unittest|vitest|jest|mocha|go test|cargo (nextest|test)|rspec|phpunit|dotnet test|ctest|playwright test|` +
		`cypress run|(npm|yarn|pnpm)( run)? test|mvn\b.*\b(test|verify)|gradlew?\b.*\b(test|check|build)|make (test|check)|rake test|bazel test|mix test|manage\.py test)\b`),
	"secrets": regexp.MustCompile(`(?i)(\b(gitleaks|betterleaks|trufflehog|detect-secrets|ggshield|git-secrets|talisman)\b|semgrep\b.*secrets|Secret-Detection)`),
	"sast": regexp.MustCompile(`(?i)(\b(bandit|semgrep|codeql|gosec|brakeman|njsscan|sonar(cloud|qube|-scanner)?|snyk code|horusec|find-?sec-?bugs|` +
		`spotbugs|psalm|security-code-scan)\b|codeql-action|SAST\.gitlab-ci)`),
	"vulnerabilities": regexp.MustCompile(`(?i)(\b(pip-audit|npm audit|pnpm audit|yarn (npm )?audit|govulncheck|osv-scanner|trivy|grype|snyk test|safety (check|scan)|` +
		`dependency-check|cargo (audit|deny|vet)|bundle(r)?[- ]audit|composer audit|audit-ci|better-npm-audit|nancy|dependency-review-action)\b|Dependency-Scanning|dependency-review-action)`),
	"lint": regexp.MustCompile(`(?i)\b(ruff|flake8|pylint|mypy|pyright|eslint|biome|oxlint|golangci-lint|go vet|staticcheck|clippy|rubocop|phpstan|phpcs|checkstyle|ktlint|detekt|` +
		`super-linter|mega-?linter|(npm|yarn|pnpm) run lint|make lint)\b`),
	"sbom": regexp.MustCompile(`(?i)(\b(syft|cdxgen|cyclonedx[\w:.-]*|spdx-sbom-generator|sbom-tool|bom generate|npm sbom|makeAggregateBom)\b|sbom-action|attest-sbom|` +
		`\btrivy\b.*(cyclonedx|spdx)|--sbom\b)`),
}

// analysis is what tool = "analysis" looks for: security analysers; linters are the lesser
// thing that only warns.
const analysis = "analysis"

type ciParams struct {
	Tool string `toml:"tool" doc:"what must run: tests, secrets, sast (security analysers), analysis (those; linters alone warn), vulnerabilities, lint (one for each language), sbom, pre-commit, or a program's name; default tests"`
}

var opsCI = checks.Define(checks.Kind{
	ID:       "ops.ci",
	Title:    "Pipeline runs what it should, and its failure counts",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads pipeline files and the Makefile targets and scripts they call",
	Rule: "PASS: a step runs the tool, its failure stops the pipeline, and a push to the default branch or a pull request starts it; for " +
		"pre-commit: hooks are configured. WARN: its failure does not count, or neither a push nor a pull request starts it; for tests: a pipeline " +
		"without any; for analysis: only linters; for lint: a language of the repository without one, or one that is only configured or a commit hook. " +
		"FAIL: no pipeline, or no step runs the tool. Inconclusive: a pipeline file that does not parse, unless another one passes. Printing or " +
		"installing a tool is not running it. Makefile targets, package.json scripts, scripts of the repository, called workflows and pre-commit hooks are followed.",
	Fix:  "One required pipeline on the default branch that runs tests and scanners.",
	Refs: []string{"NIST SSDF PW.7", "NIST SSDF PW.8", "ASVS 15.1.1"},
}, func(ctx context.Context, p *checks.Probe, params ciParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	if params.Tool == "pre-commit" {
		return judgeHooks(tree).Result(p, "commit hooks", "commit hooks are configured")
	}
	tool := params.Tool
	if tool == "" {
		tool = "tests"
	}
	all := readPipelines(tree, pipelineFiles)
	if tool == "lint" {
		return judgeLint(findLanguages(tree), all, readPipelines(tree, hookFiles)).Result(p, "linters", "the pipeline runs a linter for each language and stops when it fails")
	}
	obs := judgePipelines(all, tool)
	return obs.Result(p, "pipelines", "the pipeline runs "+inWords(tool)+" and stops when it fails")
})

// toolPattern is a known tool's pattern, or the name itself as a word.
func toolPattern(tool string) *regexp.Regexp {
	if tool == analysis {
		tool = "sast"
	}
	if known, ok := tools[tool]; ok {
		return known
	}
	return regexp.MustCompile(`(?i)(^|[^\w-])` + regexp.QuoteMeta(tool) + `($|[^\w-])`)
}

// uses sorts the pipelines' steps that run a tool by how much their failure counts.
type uses struct {
	blocking, soft, elsewhere []local.Observation // observations without verdict
	broken                    []local.Observation
}

func findUses(all []pipeline, tool string) uses { return findMatches(all, tool, toolPattern(tool)) }

// findMatches sorts the steps that run what a pattern describes.
func findMatches(all []pipeline, tool string, pattern *regexp.Regexp) (u uses) {
	for _, p := range all {
		if p.Err != nil {
			u.broken = append(u.broken, local.Observation{Path: p.Path, Rule: "parse", Text: p.Err.Error()})
			continue
		}
		for _, s := range p.Steps {
			found, blocks := s.match(pattern)
			at := local.Observation{Path: p.Path, Line: s.Line, Rule: tool}
			switch {
			case !found:
			case !p.Runs:
				at.Text = "runs, but neither on a push to the default branch nor on a pull request"
				u.elsewhere = append(u.elsewhere, at)
			case !blocks:
				at.Text = "runs, but its failure does not count"
				u.soft = append(u.soft, at)
			default:
				at.Text = "runs, and its failure stops the pipeline"
				u.blocking = append(u.blocking, at)
			}
		}
	}
	return u
}

// as gives observations a verdict.
func as(v checks.Verdict, list ...[]local.Observation) (obs local.Observations) {
	for _, o := range slices.Concat(list...) {
		o.Verdict = v
		obs = append(obs, o)
	}
	return obs
}

// judgePipelines applies the rule of ops.ci.
func judgePipelines(all []pipeline, tool string) local.Observations {
	obs := local.Observations{}
	u := findUses(all, tool)
	less := checks.Fail
	if tool == "tests" {
		less = checks.Warn
	}
	switch {
	case len(all) == 0:
		obs.Add(checks.Fail, "", 0, "pipeline", "no pipeline file in the repository")
	case len(u.blocking) > 0:
		return as(checks.Pass, u.blocking)
	case len(u.broken) > 0:
		return as(checks.Inconclusive, u.broken)
	case len(u.soft)+len(u.elsewhere) > 0:
		return as(checks.Warn, u.soft, u.elsewhere)
	case tool == analysis && len(findUses(all, "lint").blocking) > 0:
		at := findUses(all, "lint").blocking[0]
		obs.Add(checks.Warn, at.Path, at.Line, tool, "runs linters, but no analyser that looks for security flaws")
	default:
		obs.Add(less, paths(all), 0, tool, "no step runs %s", inWords(tool))
	}
	return obs
}

// inWords says what a tool is where its name alone would not.
func inWords(tool string) string {
	if tool == analysis {
		return "an analyser that looks for security flaws"
	}
	return tool
}

func paths(all []pipeline) string {
	var names []string
	for _, p := range all {
		names = append(names, p.Path)
	}
	if len(names) > 3 {
		names = append(names[:3], "…")
	}
	return strings.Join(names, ", ")
}

// judgeHooks looks for configured commit hooks.
func judgeHooks(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, p := range readPipelines(tree, hookFiles) {
		commands := 0
		for _, s := range p.Steps {
			if strings.TrimSpace(s.Text) != "" && !strings.HasPrefix(strings.TrimSpace(s.Text), "#") {
				commands++
			}
		}
		switch {
		case p.Err != nil:
			obs.Add(checks.Inconclusive, p.Path, 0, "parse", "%v", p.Err)
		case commands == 0:
			obs.Add(checks.Fail, p.Path, 0, "hooks", "configures no hook")
		default:
			obs.Add(checks.Pass, p.Path, 0, "hooks", "configures hooks")
		}
	}
	if len(obs) == 0 {
		obs.Add(checks.Fail, "", 0, "hooks", "no commit hooks: none of %s", strings.Join(hookFiles, ", "))
	}
	return obs
}

var secretsCI = checks.Define(checks.Kind{
	ID:       "security.secrets.ci",
	Title:    "Secret scanning runs in the pipeline",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads pipeline files and commit hooks",
	Rule: "PASS: a step runs gitleaks, betterleaks, trufflehog, detect-secrets, ggshield, git-secrets, talisman, semgrep with a secrets ruleset or GitLab's template, on push or pull request, and its failure stops the pipeline. WARN: only as a commit hook; its failure does not " +
		"count; only on a schedule. FAIL: there are pipelines, none runs one. Pending: no pipeline file. Scanning that a forge does by itself " +
		"can't be seen in files: attest it by hand.",
	Fix:  "Run a secret scanner on every push and pull request, blocking, and switch on the forge's push protection.",
	Refs: []string{"CWE-798", "ASVS 13.3.1", "ASVS 15.1.1"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := judgeSecretScanning(readPipelines(tree, pipelineFiles), readPipelines(tree, hookFiles))
	if len(obs) == 0 {
		return *local.Pending("not declared: no pipeline file in the repository; say how secrets are scanned for")
	}
	return obs.Result(p, "pipelines", "a secret scanner runs and stops the pipeline")
})

// judgeSecretScanning applies the rule; without any pipeline or hook there is nothing to judge.
func judgeSecretScanning(pipelines, hooks []pipeline) local.Observations {
	obs := local.Observations{}
	u, h := findUses(pipelines, "secrets"), findUses(hooks, "secrets")
	hooked := slices.Concat(h.blocking, h.soft, h.elsewhere)
	switch {
	case len(u.blocking) > 0:
		return as(checks.Pass, u.blocking)
	case len(u.broken) > 0:
		return as(checks.Inconclusive, u.broken)
	case len(u.soft)+len(u.elsewhere) > 0:
		return as(checks.Warn, u.soft, u.elsewhere)
	case len(hooked) > 0:
		obs.Add(checks.Warn, hooked[0].Path, hooked[0].Line, "hook", "a secret scanner runs only as a commit hook")
	case len(pipelines) > 0:
		obs.Add(checks.Fail, paths(pipelines), 0, "secrets", "no step runs a secret scanner")
	}
	return obs
}
