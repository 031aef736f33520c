package deploy

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type envFilesParams struct {
	Aspects checks.Strings `toml:"aspects" doc:"what is looked at: ignored, mode, tracked, example; default all four"`
}

var envFilesKind = checks.Define(checks.Kind{
	ID:       "deploy.env.files",
	Title:    "Env files are private and documented",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.High,
	Sends:    "nothing; looks at the declared env files' modes and at what version control does with them",
	Rule: "PASS: git-ignored, not tracked, no access for group and others, and an example file names the same keys. " +
		"WARN: readable by group or others; not ignored; tracked without secrets; the example lacks a key, or there is none; without version " +
		"control, where .gitignore names the file or more than its being tracked is asked. FAIL: a tracked env file with a real value of a " +
		"secret-like name. Inconclusive: only its being tracked is asked, and neither version control nor .gitignore tells.",
	Fix:  "`chmod 600`, a line in .gitignore, and an .env.example with every name and no value.",
	Refs: []string{"CWE-538", "CWE-732", "ASVS 13.3.1"},
}, func(ctx context.Context, p *checks.Probe, params envFilesParams) checks.Result {
	aspects := []string(params.Aspects)
	if len(aspects) == 0 {
		aspects = envAspects
	}
	for _, a := range aspects {
		if !slices.Contains(envAspects, a) {
			return local.Unclear(p, "env files", fmt.Sprintf("the profile asks for an unknown aspect %q; known: %s", a, strings.Join(envAspects, ", ")))
		}
	}
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	var tree *source.Tree
	if needsTree(aspects) {
		if tree, none = local.Repository(ctx, p); none != nil {
			return *none
		}
	}
	obs := local.Observations{}
	for _, f := range env.Files {
		obs = append(obs, judgeEnvFile(describeEnvFile(f, tree), aspects)...)
	}
	return obs.Result(p, "env files", strings.Join(p.Target.EnvFiles, ", ")+": "+inOrder(aspects))
})

// inOrder says what was found where all is well.
func inOrder(aspects []string) string {
	words := map[string]string{"ignored": "kept out of version control", "mode": "readable by its owner only", "tracked": "no real value in version control",
		"example": "its example names the same variables"}
	said := make([]string, len(aspects))
	for i, a := range aspects {
		said[i] = words[a]
	}
	return strings.Join(said, ", ")
}

var envAspects = []string{"ignored", "mode", "tracked", "example"}

func needsTree(aspects []string) bool {
	return slices.ContainsFunc(aspects, func(a string) bool { return a != "mode" })
}

// envFileFacts is what is known of one env file without its values.
type envFileFacts struct {
	Path             string
	Mode             uint32
	Inside           bool // below the repository's root
	Ignored, Tracked bool
	KnownTracked     bool     // version control could be asked
	Unknown          string   // why not
	Secrets          []string // secret-like names with a real value
	Example          string   // path of the example file
	Missing, Extra   []string // names the example lacks, and has beyond the file's
}

func describeEnvFile(f source.EnvFile, tree *source.Tree) envFileFacts {
	facts := envFileFacts{Path: f.Path, Mode: f.Mode}
	for name, value := range f.Values {
		if isSecretName(name) && classify(name, value, "") == classSet {
			facts.Secrets = append(facts.Secrets, name)
		}
	}
	slices.Sort(facts.Secrets)
	if tree == nil {
		return facts
	}
	facts.KnownTracked, facts.Unknown = tree.Tracked, tree.Note
	if rel, ok := below(tree.Dir, f.Abs); ok {
		facts.Inside = true
		if own, ok := tree.Stat(rel); ok {
			facts.Ignored, facts.Tracked = own.Ignored, own.Tracked
		}
	}
	example, values := readExample(tree)
	facts.Example = example
	for name := range f.Values {
		if _, ok := values[name]; !ok {
			facts.Missing = append(facts.Missing, name)
		}
	}
	for name := range values {
		if _, ok := f.Values[name]; !ok {
			facts.Extra = append(facts.Extra, name)
		}
	}
	slices.Sort(facts.Missing)
	slices.Sort(facts.Extra)
	return facts
}

func below(dir, file string) (rel string, ok bool) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", false
	}
	rel, err = filepath.Rel(abs, file)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// judgeEnvFile applies the rule to one env file.
func judgeEnvFile(f envFileFacts, aspects []string) (obs local.Observations) {
	for _, a := range aspects {
		v, say := checks.Pass, ""
		switch a {
		case "ignored":
			v, say = judgeIgnored(f)
		case "mode":
			say = fmt.Sprintf("mode %04o", f.Mode)
			if f.Mode&0o077 != 0 {
				v, say = checks.Warn, say+": group or others can get at it"
			}
		case "tracked":
			if v, say = judgeTracked(f); v == checks.Inconclusive && len(aspects) > 1 {
				v = checks.Warn // the other aspects were seen: they are no less known for it
			}
		case "example":
			v, say = judgeExample(f)
		}
		obs.Add(v, f.Path, 0, a, "%s", say)
	}
	return obs
}

func judgeIgnored(f envFileFacts) (checks.Verdict, string) {
	switch {
	case !f.Inside:
		return checks.Pass, "outside the repository"
	case f.Ignored && !f.Tracked:
		return checks.Pass, "named by .gitignore"
	case !f.KnownTracked:
		return checks.Warn, "no .gitignore names it"
	}
	return checks.Warn, "not ignored by version control"
}

func judgeTracked(f envFileFacts) (checks.Verdict, string) {
	unknown := f.Unknown + ": whether it is tracked is unknown"
	switch {
	case f.Inside && !f.KnownTracked && f.Ignored:
		return checks.Warn, unknown + ", though .gitignore names it"
	case f.Inside && !f.KnownTracked:
		return checks.Inconclusive, unknown
	case !f.Tracked:
		return checks.Pass, "not tracked"
	case len(f.Secrets) > 0:
		return checks.Fail, "tracked with real values of " + strings.Join(f.Secrets, ", ")
	}
	return checks.Warn, "tracked, though without secret-like values"
}

func judgeExample(f envFileFacts) (checks.Verdict, string) {
	switch {
	case f.Example == "":
		return checks.Warn, "no example env file"
	case len(f.Missing) > 0:
		return checks.Warn, f.Example + " lacks " + strings.Join(f.Missing, ", ")
	case len(f.Extra) > 0:
		return checks.Warn, f.Example + " also names " + strings.Join(f.Extra, ", ")
	}
	return checks.Pass, f.Example + " names the same keys"
}
