package deploy

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type secretKeyParams struct {
	Keys     checks.Strings `toml:"keys" doc:"names of the application's secret keys; default: [env] secret_keys of the target, else the usual names found in the env files"`
	Required bool           `toml:"required" doc:"a missing key fails; default false, but true where Django is found"`
}

var secretKey = checks.Define(checks.Kind{
	ID:       "deploy.secret_key",
	Title:    "Secret key is set, long, random and nobody else's",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.Critical,
	Sends:    "nothing; reads the declared env files and searches the tracked files for the value",
	Rule: "PASS: at least 32 random-looking bytes after decoding hex or base64. WARN: 16 to 31 bytes; under 3 bits a character; " +
		"words; under 50 characters for Django. FAIL: missing while required; empty, a placeholder or a value that tutorials ship; " +
		"django-insecure-; under 16 bytes; under 5 different characters; the same value for two keys or in the files of two " +
		"environments; the value stands in a tracked file. Pending: no key found and none required.",
	Fix:  "`openssl rand -base64 48`, one key for each purpose and environment, outside the repository.",
	Refs: []string{"CWE-321", "CWE-798", "CWE-331", "ASVS 11.2.3", "ASVS 13.3.1", "RFC 7518 §3.2"},
}, func(ctx context.Context, p *checks.Probe, params secretKeyParams) checks.Result {
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	var tree *source.Tree
	if p.Target.Repository != "" {
		if tree, none = local.Repository(ctx, p); none != nil {
			return *none
		}
	}
	declared := params.Keys
	if len(declared) == 0 {
		declared = p.Target.Env.SecretKeys
	}
	django := tree != nil && len(tree.Find("manage.py")) > 0
	keys, missing := findKeys(env, declared)
	obs := local.Observations{}
	if len(missing) > 0 && len(keys) == 0 && !params.Required && !django {
		return *local.Pending("not declared: no secret key in the env files (" + strings.Join(missing, ", ") + ")")
	}
	for _, name := range missing {
		v := checks.Fail
		if !params.Required && !django {
			v = checks.Warn
		}
		obs.Add(v, "", 0, "missing", "%s is missing from the env files", name)
	}
	var searched string
	for i, k := range keys {
		facts := describeKey(k.name, k.value)
		facts.File, facts.Line, facts.SameAs = k.file, lineOf(env, k.file, k.name), twins(keys, i)
		facts.Tracked, searched = trackedIn(tree, k.value, env)
		v, say := judgeKey(facts, django)
		obs.Add(v, facts.File, facts.Line, facts.Encoding, "%s", say)
	}
	body := obs.Table() + searched
	return checks.NewResult(obs.Verdict(), checks.Configuration, obs.Reason(keyNames(keys)+" long, random and not shared"),
		p.Note("secret keys", body))
})

// usualKeys are the names under which frameworks look for their secret key.
var usualKeys = regexp.MustCompile(`(?i)^([A-Z0-9]+_)?(SECRET_KEY(_BASE)?|JWT_SECRET(_KEY)?|SESSION_SECRET|APP_KEY|ENCRYPTION_KEY)$`)

// findKeys collects the values of the secret keys, every env file's own, and the names that
// are in none. Without declared names those of the usual pattern count; SECRET_KEY stands
// for them where there is none.
func findKeys(env *source.Env, declared []string) (keys []keyValue, missing []string) {
	for _, f := range env.Files {
		for name, value := range f.Values {
			if slices.Contains(declared, name) || len(declared) == 0 && usualKeys.MatchString(name) {
				keys = append(keys, keyValue{name, f.Path, value})
			}
		}
	}
	slices.SortFunc(keys, func(a, b keyValue) int { return strings.Compare(a.file+"\x00"+a.name, b.file+"\x00"+b.name) })
	if len(declared) == 0 && len(keys) == 0 {
		return nil, []string{"SECRET_KEY"}
	}
	for _, name := range declared {
		if !slices.ContainsFunc(keys, func(k keyValue) bool { return k.name == name }) {
			missing = append(missing, name)
		}
	}
	return keys, missing
}

// Limits of the search for a key's value in tracked files.
const (
	searchFile  = 1 << 20  // largest file searched
	searchTotal = 64 << 20 // bytes searched in all
	searchShort = 12       // shorter values would be found by chance, and fail by length anyway
)

// trackedIn names the tracked files that hold the value, and says what was searched. The
// env files themselves count only where version control says that they are tracked.
func trackedIn(tree *source.Tree, value string, env *source.Env) (files []string, searched string) {
	if tree == nil || len(value) < searchShort || isEmpty(value) {
		return nil, ""
	}
	total, count, left := int64(0), 0, 0
	for _, f := range tree.Files() {
		if !f.Tracked && isEnvFile(env, tree, f.Path) {
			continue
		}
		if f.Size > searchFile || total+f.Size > searchTotal {
			left++
			continue
		}
		src, err := tree.Read(f.Path, searchFile)
		if err != nil {
			left++
			continue
		}
		total, count = total+f.Size, count+1
		if bytes.Contains(src, []byte(value)) {
			files = append(files, f.Path)
		}
	}
	return files, fmt.Sprintf("searched %d own files of the repository, %d left out (too large or unreadable)\n", count, left)
}

func isEnvFile(env *source.Env, tree *source.Tree, path string) bool {
	return slices.ContainsFunc(env.Files, func(f source.EnvFile) bool {
		rel, ok := below(tree.Dir, f.Abs)
		return ok && rel == path
	})
}

func keyNames(keys []keyValue) string {
	var names []string
	for _, k := range keys {
		names = append(names, k.name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
