package deploy

import (
	"context"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/secrets"
	"assess/gonogo/checks/source"
)

type secretsStorageParams struct {
	Files checks.Strings `toml:"files" doc:"compose files; default: every compose file of the repository"`
}

var secretsStorage = checks.Define(checks.Kind{
	ID:       "security.secrets.storage",
	Title:    "Secrets reach the process safely",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads compose files, the env files they name, and pipeline files",
	Rule: "PASS: compose secrets, NAME_FILE variables, or references to a vault, a cloud's secret manager or SOPS. WARN: secrets in plain " +
		"variables or an env_file, even a git-ignored one; a literal in a file for development or tests. FAIL: a literal secret in any " +
		"other tracked compose or pipeline file. Pending: no deployment file. Inconclusive: no secret is seen on its way.",
	Fix:  "Compose `secrets:` with NAME_FILE, or a secret store; mode 0600; note when each was rotated.",
	Refs: []string{"CWE-522", "CWE-526", "CWE-538", "ASVS 13.3.1"},
}, func(ctx context.Context, p *checks.Probe, params secretsStorageParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	files := []string(params.Files)
	if len(files) == 0 {
		for _, f := range tree.Find("compose.yaml", "compose.yml", "compose.*.yaml", "compose.*.yml",
			"docker-compose.yaml", "docker-compose.yml", "docker-compose.*.yaml", "docker-compose.*.yml") {
			files = append(files, f.Path)
		}
	}
	pipelines := tree.Find(".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", "azure-pipelines.yml", ".circleci/config.yml")
	if len(files)+len(pipelines) == 0 {
		return *local.Pending("not declared: no compose or pipeline file in the repository; name them, or say why it does not apply")
	}
	looked := slices.Clone(files)
	for _, f := range pipelines {
		looked = append(looked, f.Path)
	}
	obs := local.Observations{}
	for _, f := range files {
		c, err := openCompose(ctx, tree, []string{f})
		if err != nil {
			obs.Add(checks.Inconclusive, f, 0, "load", "%v", err)
			continue
		}
		for _, s := range c.Services {
			obs = append(obs, judgeHandover(f, s, standing(tree, f), envFileSecrets(tree, f, s))...)
		}
	}
	for _, f := range pipelines {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
			continue
		}
		obs = append(obs, judgePipelineSecrets(f.Path, src)...)
	}
	obs = append(obs, storeReferences(tree)...)
	if len(obs) == 0 {
		obs.Add(checks.Inconclusive, "", 0, "none", "no secret is seen on its way to a process in %s", fewOf(looked))
	}
	return obs.Result(p, "how secrets are handed over", "secrets are mounted as files or come from a secret store")
})

// standing says in words that a file is under version control, or empty: it is not. Without
// one, a file that .gitignore does not name counts as if it were.
func standing(tree *source.Tree, name string) string {
	f, ok := tree.Stat(name)
	switch {
	case !ok || f.Ignored || tree.Tracked && !f.Tracked:
		return ""
	case !tree.Tracked:
		return "a file of the repository (" + tree.Note + ": whether it is tracked is unknown)"
	}
	return "a tracked file"
}

// envFileSecrets lists the secret-like names with a real value in the env files of a
// service, by file.
func envFileSecrets(tree *source.Tree, compose string, s service) map[string][]string {
	found := map[string][]string{}
	for _, ref := range s.EnvFiles {
		name := path.Join(path.Dir(compose), ref.Path)
		src, err := tree.Read(name, local.MaxFile)
		if err != nil {
			continue // deploy.compose.valid reports a missing one
		}
		values, _, _ := source.ParseEnv(src)
		for variable, value := range values {
			if holdsSecret(variable, value) {
				found[ref.Path] = append(found[ref.Path], variable)
			}
		}
		slices.Sort(found[ref.Path])
	}
	return found
}

var urlPassword = regexp.MustCompile(`://[^\s/:@]*:([^\s/@]+)@`)

// holdsSecret tells whether a variable holds a real secret: by its name, or a password
// within a URL.
func holdsSecret(name, value string) bool {
	if isEmpty(value) {
		return false
	}
	if m := urlPassword.FindStringSubmatch(value); m != nil && !secrets.Placeholder(m[1]) {
		return true
	}
	return isSecretName(name) && !secrets.Placeholder(value) && !strings.Contains(value, "${")
}

var notForProduction = regexp.MustCompile(`(?i)(dev|test|local|override|example|sample|ci)`)

// judgeHandover applies the rule to one service of a compose file.
func judgeHandover(file string, s service, tracked string, fromFiles map[string][]string) local.Observations {
	obs := local.Observations{}
	add := func(v checks.Verdict, rule, format string, a ...any) {
		obs.Add(v, file, s.Line, rule, s.Name+": "+format, a...)
	}
	for _, name := range s.variables() {
		value := s.Env[name]
		switch {
		case holdsSecret(name, value) && tracked != "" && !notForProduction.MatchString(path.Base(file)):
			add(checks.Fail, "literal", "%s is a literal in %s", name, tracked)
		case holdsSecret(name, value):
			add(checks.Warn, "literal", "%s is a literal", name)
		case handsFile(name, value):
			add(checks.Pass, "file", "%s names a file", name)
		case isSecretName(name) && strings.Contains(value, "$"):
			add(checks.Warn, "variable", "%s is handed over in a plain variable", name)
		}
	}
	for _, f := range slices.Sorted(maps.Keys(fromFiles)) {
		add(checks.Warn, "env-file", "env_file %s hands over %s in plain variables", f, strings.Join(fromFiles[f], ", "))
	}
	if len(s.Secrets) > 0 {
		add(checks.Pass, "secrets", "%s mounted", local.Count(len(s.Secrets), "secret"))
	}
	return obs
}

// handsFile recognises NAME_FILE variables whose file holds a secret; LOG_FILE is none.
func handsFile(name, value string) bool {
	bare, ok := strings.CutSuffix(name, "_FILE")
	return ok && value != "" && (isSecretName(bare) || strings.HasPrefix(value, "/run/secrets/"))
}

// throwaway are passwords that pipelines give to databases which live for one test run.
var throwaway = []string{"postgres", "password", "root", "admin", "mysql", "secret", "ci", "testing", "guest"}

// judgePipelineSecrets looks for literals among the variables of a pipeline file.
func judgePipelineSecrets(file string, src []byte) local.Observations {
	obs := local.Observations{}
	values, err := yamlScalars(src)
	if err != nil {
		obs.Add(checks.Inconclusive, file, 0, "yaml", "%v", err)
		return obs
	}
	for _, v := range values {
		if !strings.Contains(v.Value, "$") && variableName.MatchString(v.Key) && holdsSecret(v.Key, v.Value) &&
			!slices.Contains(throwaway, strings.ToLower(v.Value)) {
			obs.Add(checks.Fail, file, v.Line, "literal", "%s is a literal in a pipeline file", v.Key)
		}
	}
	return obs
}

var (
	variableName = regexp.MustCompile(`^[A-Z][A-Z0-9_]*$`)
	storeLine    = regexp.MustCompile(`(?i)(vault\.hashicorp\.com|hashicorp/vault|\bsops:|ENC\[AES256_GCM|kind:\s*(SealedSecret|ExternalSecret|SecretProviderClass)|secretsmanager:|aws_secretsmanager|azurerm_key_vault|google_secret_manager)`)
)

// storeReferences finds deployment files that take secrets from a store.
func storeReferences(tree *source.Tree) local.Observations {
	obs := local.Observations{}
	for _, f := range tree.Find("*.yaml", "*.yml", "*.tf", "*.hcl") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			continue
		}
		if m := storeLine.FindIndex(src); m != nil {
			obs.Add(checks.Pass, f.Path, 1+strings.Count(string(src[:m[0]]), "\n"), "store", "takes secrets from a store")
		}
	}
	return obs
}

// fewOf lists the first three names, and how many more there are.
func fewOf(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more files", len(names)-3)
	}
	return strings.Join(names, ", ")
}
