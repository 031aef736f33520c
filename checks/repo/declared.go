package repo

import (
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// declaration is what one manifest or lock file says of packages: names only, normalised.
type declaration struct {
	Path  string
	Dir   string // the folder for which it speaks
	Lock  bool   // names what is installed, asked for or not
	Names map[string]bool
	Own   string // the name of the package that it describes
	Err   error
}

// declarationReader reads the names out of one kind of file.
type declarationReader struct {
	name *regexp.Regexp // of the path
	lock bool
	read func(d *declaration, src []byte) error
}

var pythonDeclarations = []declarationReader{
	{regexp.MustCompile(`(^|/)(requirements|reqs|deps)/[^/]+\.(txt|in)$`), false, readRequirementNames},
	{regexp.MustCompile(`(^|/)[^/]*requirements[^/]*\.(txt|in)$`), false, readRequirementNames},
	{regexp.MustCompile(`(^|/)pyproject\.toml$`), false, readPyproject},
	{regexp.MustCompile(`(^|/)Pipfile$`), false, readPipfile},
	{regexp.MustCompile(`(^|/)setup\.py$`), false, readSetupPy},
	{regexp.MustCompile(`(^|/)(setup\.cfg|tox\.ini)$`), false, readIndentedNames},
	{regexp.MustCompile(`(^|/)environment[^/]*\.ya?ml$`), false, readConda},
	{regexp.MustCompile(`(^|/)(uv|poetry|pdm|pylock)\.(lock|toml)$`), true, readTOMLLock},
	{regexp.MustCompile(`(^|/)Pipfile\.lock$`), true, readPipfileLock},
}

var nodeDeclarations = []declarationReader{
	{regexp.MustCompile(`(^|/)package\.json$`), false, readPackageNames},
	{regexp.MustCompile(`(^|/)(package-lock|npm-shrinkwrap)\.json$`), true, readPackageLock},
	{regexp.MustCompile(`(^|/)yarn\.lock$`), true, readLockLines(`(?m)^"?(@?[^@"\s]+)@`)},
	{regexp.MustCompile(`(^|/)pnpm-lock\.yaml$`), true, readLockLines(`(?m)^ {2}['"/]*(@?[^@:'"(\s]+)@`)},
}

const maxLock = 32 << 20 // bytes of a lock file

// readDeclarations reads every manifest and lock file of one language.
func readDeclarations(tree *source.Tree, readers []declarationReader) (all []declaration) {
	for _, f := range tree.Files() {
		for _, r := range readers {
			if !r.name.MatchString(f.Path) {
				continue
			}
			d := declaration{Path: f.Path, Dir: path.Dir(f.Path), Lock: r.lock, Names: map[string]bool{}}
			if base := path.Base(d.Dir); base == "requirements" || base == "reqs" || base == "deps" {
				d.Dir = path.Dir(d.Dir)
			}
			limit := int64(local.MaxFile)
			if r.lock {
				limit = maxLock
			}
			src, err := tree.Read(f.Path, limit)
			if err == nil {
				err = r.read(&d, src)
			}
			d.Err = err
			all = append(all, d)
			break
		}
	}
	return all
}

// speaksFor tells whether a manifest's folder is a file's, or lies above it.
func (d declaration) speaksFor(file string) bool {
	return d.Dir == "." || strings.HasPrefix(file, d.Dir+"/")
}

var separators503 = regexp.MustCompile(`[-_.]+`)

// normalised writes a Python package's name as PEP 503 does.
func normalised(name string) string {
	return strings.ToLower(separators503.ReplaceAllString(name, "-"))
}

var (
	requirementName = regexp.MustCompile(`^\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*($|[<>=!~;@#(,]|\s--hash)`)
	eggName         = regexp.MustCompile(`#egg=([A-Za-z0-9][A-Za-z0-9._-]*)`)
	quotedWord      = regexp.MustCompile(`["']([^"'\n]+)["']`)
	requiresKey     = regexp.MustCompile(`(?:_requires?|requirements|extras)\w*\s*=\s*[\[{(]`)
	lockName        = regexp.MustCompile(`(?m)^name = "([^"]+)"`)
)

func (d *declaration) add(requirement string) {
	if m := requirementName.FindStringSubmatch(requirement); m != nil {
		d.Names[normalised(m[1])] = true
	} else if m := eggName.FindStringSubmatch(requirement); m != nil {
		d.Names[normalised(m[1])] = true
	}
}

func readRequirementNames(d *declaration, src []byte) error {
	for line := range strings.Lines(string(src)) {
		line = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(line), "-e "))
		if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "-") {
			d.add(strings.TrimSuffix(line, "\\"))
		}
	}
	return nil
}

var requirementOption = regexp.MustCompile(`^(install_requires|setup_requires|tests_require|deps|requires)$`)

// readIndentedNames takes the requirements of setup.cfg and tox.ini: values of certain keys
// and of the section of extras, on their line or indented below it.
func readIndentedNames(d *declaration, src []byte) error {
	extras, wanted := false, false
	for line := range strings.Lines(string(src)) {
		indented := strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t")
		line = strings.TrimSpace(line)
		key, value, ok := strings.Cut(line, "=")
		switch {
		case strings.HasPrefix(line, "[") && !indented:
			extras, wanted = line == "[options.extras_require]", false
		case indented && wanted:
			_, last, conditional := strings.Cut(line, ": ") // tox: py39: package
			if conditional {
				line = last
			}
			d.add(line)
		case !indented && ok:
			if wanted = extras || requirementOption.MatchString(strings.TrimSpace(key)); wanted {
				d.add(strings.TrimSpace(value))
			}
		}
	}
	return nil
}

func readSetupPy(d *declaration, src []byte) error {
	text := string(src)
	for _, at := range requiresKey.FindAllStringIndex(text, -1) {
		for _, word := range quotedWord.FindAllStringSubmatch(bracketed(text[at[1]-1:]), -1) {
			d.add(word[1])
		}
	}
	return nil
}

// bracketed is the part of a Python text from the bracket that it begins with to its end.
func bracketed(text string) string {
	depth := 0
	for i := 0; i < len(text); i++ {
		if text[i] == '"' || text[i] == '\'' {
			i = stringEnd(text, i) - 1
			continue
		}
		if depth = nested(depth, text[i]); depth == 0 {
			return text[:i+1]
		}
	}
	return text
}

// requirementKeys are the keys of pyproject.toml below which requirements stand, as lists or
// as tables by name.
var requirementKeys = regexp.MustCompile(`^(dependencies|dev-dependencies|extra-dependencies|optional-dependencies|dependency-groups|requires|group)$`)

func readPyproject(d *declaration, src []byte) error {
	var doc map[string]any
	if _, err := checks.ReadTOML(src, &doc); err != nil {
		return err
	}
	if project, ok := doc["project"].(map[string]any); ok {
		d.Own, _ = project["name"].(string)
	}
	d.gather(doc, false, 0)
	return nil
}

// gather walks a table for requirements.
func (d *declaration) gather(v any, within bool, depth int) {
	if depth > 8 {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			if within {
				d.add(key)
			}
			d.gather(value, within || requirementKeys.MatchString(key), depth+1)
		}
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok && within {
				d.add(s)
			}
		}
	}
}

func readPipfile(d *declaration, src []byte) error {
	var doc map[string]any
	if _, err := checks.ReadTOML(src, &doc); err != nil {
		return err
	}
	for _, table := range []string{"packages", "dev-packages"} {
		if names, ok := doc[table].(map[string]any); ok {
			for name := range names {
				d.add(name)
			}
		}
	}
	return nil
}

func readPipfileLock(d *declaration, src []byte) error {
	var doc struct{ Default, Develop map[string]json.RawMessage }
	if err := json.Unmarshal(src, &doc); err != nil {
		return err
	}
	for _, part := range []map[string]json.RawMessage{doc.Default, doc.Develop} {
		for name := range part {
			d.add(name)
		}
	}
	return nil
}

func readTOMLLock(d *declaration, src []byte) error {
	for _, m := range lockName.FindAllSubmatch(src, -1) {
		d.add(string(m[1]))
	}
	return nil
}

var condaLine = regexp.MustCompile(`^\s*-\s*["']?(?:[\w-]+::)?([A-Za-z0-9][A-Za-z0-9._-]*)`)

func readConda(d *declaration, src []byte) error {
	for line := range strings.Lines(string(src)) {
		if m := condaLine.FindStringSubmatch(line); m != nil {
			d.Names[normalised(m[1])] = true
		}
	}
	return nil
}

func readPackageNames(d *declaration, src []byte) error {
	var p struct {
		Name                                                                  string
		Dependencies, DevDependencies, PeerDependencies, OptionalDependencies map[string]json.RawMessage
	}
	if err := json.Unmarshal(src, &p); err != nil {
		return err
	}
	d.Own = p.Name
	for _, part := range []map[string]json.RawMessage{p.Dependencies, p.DevDependencies, p.PeerDependencies, p.OptionalDependencies} {
		for name := range part {
			d.Names[name] = true
		}
	}
	return nil
}

func readPackageLock(d *declaration, src []byte) error {
	var l struct {
		Packages     map[string]json.RawMessage
		Dependencies map[string]json.RawMessage
	}
	if err := json.Unmarshal(src, &l); err != nil {
		return err
	}
	for at := range l.Packages {
		if i := strings.LastIndex(at, "node_modules/"); i >= 0 {
			d.Names[at[i+len("node_modules/"):]] = true
		}
	}
	for name := range l.Dependencies {
		d.Names[name] = true
	}
	return nil
}

func readLockLines(expression string) func(d *declaration, src []byte) error {
	line := regexp.MustCompile(expression)
	return func(d *declaration, src []byte) error {
		for _, m := range line.FindAllSubmatch(src, -1) {
			d.Names[string(m[1])] = true
		}
		return nil
	}
}
