package deploy

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type envRequiredParams struct {
	Names      checks.Strings `toml:"names" doc:"names that must be set; default: [env] required of the target, else those that the compose file demands (${NAME:?…}) and the example env file lists"`
	AllowEmpty bool           `toml:"allow_empty" doc:"an empty value counts as set; default false"`
}

var envRequired = checks.Define(checks.Kind{
	ID:       "deploy.env.required",
	Title:    "Required environment variables are set",
	Class:    checks.Local,
	Needs:    []string{"env_files"},
	Severity: checks.Critical,
	Sends:    "nothing; reads the declared env files and the repository's example env file",
	Rule: "PASS: every name is set. WARN: a value is a placeholder (change-me, your-…-here, a name reserved for documentation) " +
		"or is the example file's; a name that only the example file lists is missing; only NAME_FILE is set and its file can't be seen. FAIL: a name is missing or empty. " +
		"A comment after the = is not a value.",
	Fix:  "Set every name where the release runs and let the program refuse to start while one is missing.",
	Refs: []string{"12-factor III", "ASVS 13.3.1", "CWE-1188"},
}, func(ctx context.Context, p *checks.Probe, params envRequiredParams) checks.Result {
	names := params.Names
	if len(names) == 0 {
		names = p.Target.Env.Required
	}
	tree, example := exampleOf(ctx, p)
	optional := map[string]bool{}
	if len(names) == 0 {
		names, optional = demanded(tree, example)
	}
	if len(names) == 0 {
		return *local.Pending("not declared: which names are required ([env] required); neither an example env file nor the compose file says")
	}
	env, none := local.EnvFiles(ctx, p)
	if none != nil {
		return *none
	}
	facts := make([]envFact, 0, len(names))
	for _, name := range names {
		f := describeEnv(env, tree, name, example[name])
		f.Optional = optional[name]
		facts = append(facts, f)
	}
	v, reason := judgeEnv(facts, params.AllowEmpty)
	return checks.NewResult(v, checks.Configuration, reason, p.Note("environment variables", envTable(facts, env)))
})

// envFact is what is known of one variable without its value.
type envFact struct {
	Name   string
	Set    bool // the name stands in an env file
	File   string
	Line   int
	Class  class
	Length string
	// Optional says that only the example file names it, which may hold more than is needed.
	Optional bool
	Twin     string // file that NAME_FILE points at; a value, so never printed
	Seen     bool   // the twin's file is in the repository
}

func describeEnv(env *source.Env, tree *source.Tree, name, example string) envFact {
	f := envFact{Name: name, Length: "0"}
	if value, file, ok := env.Lookup(name); ok {
		f.Set, f.File, f.Line = true, file, lineOf(env, file, name)
		f.Class, f.Length = classify(name, value, example), lengthClass(value)
		return f
	}
	if value, file, ok := env.Lookup(name + "_FILE"); ok && !isEmpty(value) {
		f.Twin, f.File, f.Line = value, file, lineOf(env, file, name+"_FILE")
		if tree != nil {
			_, f.Seen = tree.Stat(strings.TrimPrefix(value, "./"))
		}
	}
	return f
}

// judgeEnv applies the rule to all required names.
func judgeEnv(facts []envFact, allowEmpty bool) (checks.Verdict, string) {
	var missing, empty, doubtful, unseen []string
	for _, f := range facts {
		switch {
		case f.Optional && !f.Set && f.Twin == "":
			doubtful = append(doubtful, f.Name+" (missing, in the example file)")
		case f.Optional && f.Class == classEmpty:
		case !f.Set && f.Twin == "":
			missing = append(missing, f.Name)
		case !f.Set && !f.Seen:
			unseen = append(unseen, f.Name)
		case f.Class == classEmpty && !allowEmpty:
			empty = append(empty, f.Name)
		case f.Class == classPlaceholder, f.Class == classExample:
			doubtful = append(doubtful, fmt.Sprintf("%s (%s)", f.Name, f.Class))
		}
	}
	var said []string
	say := func(what string, names []string) {
		if len(names) > 0 {
			said = append(said, what+strings.Join(names, ", "))
		}
	}
	if len(missing)+len(empty) > 0 {
		say(fmt.Sprintf("%d of %d missing: ", len(missing), len(facts)), missing)
		say("empty: ", empty)
		return checks.Fail, strings.Join(said, "; ")
	}
	if len(doubtful)+len(unseen) > 0 {
		say("not a real value: ", doubtful)
		say("set through a file that can't be seen from here: ", unseen)
		return checks.Warn, strings.Join(said, "; ")
	}
	return checks.Pass, fmt.Sprintf("%d of %d set", len(facts), len(facts))
}

func envTable(facts []envFact, env *source.Env) string {
	var b strings.Builder
	for _, f := range env.Files {
		fmt.Fprintf(&b, "read %s as dotenv: %d names\n", f.Path, len(f.Values))
	}
	b.WriteString("name | where | class | length\n")
	for _, f := range facts {
		where, kind := fmt.Sprintf("%s:%d", f.File, f.Line), string(f.Class)
		switch {
		case !f.Set && f.Twin == "":
			where, kind = "-", "missing"
		case !f.Set:
			kind = fmt.Sprintf("through %s_FILE, file seen: %v", f.Name, f.Seen)
		}
		fmt.Fprintf(&b, "%s | %s | %s | %s\n", f.Name, where, kind, f.Length)
	}
	return b.String()
}

func lineOf(env *source.Env, file, name string) int {
	for _, f := range slices.Backward(env.Files) {
		if line, ok := f.Lines[name]; ok && (f.Path == file || f.Abs == file) {
			return line
		}
	}
	return 0
}

// demanded are the names that the repository itself asks for: those that the compose file
// refuses to start without, and those of the example env file, which are optional.
func demanded(tree *source.Tree, example map[string]string) (names []string, optional map[string]bool) {
	optional = map[string]bool{}
	if tree == nil {
		return nil, optional
	}
	for _, f := range composeNames {
		src, err := tree.Read(f, local.MaxFile)
		if err != nil {
			continue
		}
		for _, m := range mustBeSet.FindAllStringSubmatch(string(src), -1) {
			names = append(names, m[1])
		}
		break
	}
	for name := range example {
		if !slices.Contains(names, name) {
			names = append(names, name)
			optional[name] = true
		}
	}
	slices.Sort(names)
	return slices.Compact(names), optional
}

// mustBeSet finds ${NAME:?message}, without which compose refuses to start.
var mustBeSet = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*):?\?`)

// exampleFiles are the usual names of an env file that documents the real one.
var exampleFiles = []string{".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env"}

// exampleOf reads the example env file next to the root, with the tree it stands in; both
// are nil where no repository is declared or readable.
func exampleOf(ctx context.Context, p *checks.Probe) (*source.Tree, map[string]string) {
	if p.Target.Repository == "" {
		return nil, nil
	}
	tree, err := p.Repository(ctx)
	if err != nil {
		return nil, nil
	}
	_, values := readExample(tree)
	return tree, values
}

// readExample finds the example file with the shortest path.
func readExample(tree *source.Tree) (path string, values map[string]string) {
	for _, f := range tree.Find(exampleFiles...) {
		if path == "" || len(f.Path) < len(path) {
			path = f.Path
		}
	}
	if path == "" {
		return "", nil
	}
	src, err := tree.Read(path, local.MaxFile)
	if err != nil {
		return path, nil
	}
	values, _, _ = source.ParseEnv(src)
	return path, values
}
