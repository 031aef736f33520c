package repo

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var repoImports = checks.Define(checks.Kind{
	ID:       "repo.imports",
	Title:    "Every imported module is declared",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.High,
	Sends:    "nothing; reads Python, JavaScript and TypeScript files and the manifests of their folder and of those above",
	Rule: "PASS: each module that is neither the language's nor the repository's own is declared by a manifest of the file's folder or one above. WARN: it is " +
		"not, but is imported only within try/except ImportError, for some versions or platforms, for types, or in tests and examples; or it comes along with another " +
		"package; or a manifest elsewhere declares it; or, in Python, no package of that name is known. FAIL: any other. Inconclusive: a manifest or a file that can't be " +
		"read, when something is missing. na: Go, whose compiler checks it, and no other language that imports from outside. Pending: neither Python nor JavaScript. Imports whose names are put together at run time can't be " +
		"seen; aliases of TypeScript and of bundlers are passed over and counted.",
	Fix:  "Declare each import, pinned, in the manifest from which the image is built; then build it without a cache.",
	Refs: []string{"12-factor II"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	var looked []string
	obs := local.Observations{}
	outside := 0
	for _, language := range []func(*source.Tree) (local.Observations, string, int){examinePython, examineNode} {
		found, said, some := language(tree)
		obs, outside = append(obs, found...), outside+some
		if said != "" {
			looked = append(looked, said)
		}
	}
	switch {
	case len(looked) == 0 && len(tree.Find("go.mod")) > 0:
		return checks.NewResult(checks.NA, checks.Configuration, "only Go here: its compiler refuses imports that go.mod does not declare", p.Note("imports", "no Python or JavaScript file\n"))
	case outside == 0 && len(obs) == 0 && len(tree.Find("go.mod")) > 0:
		said := "its compiler refuses imports that go.mod does not declare, and nothing else imports from outside: looked at " + strings.Join(looked, " and ")
		return checks.NewResult(checks.NA, checks.Configuration, "Go: "+said, p.Note("imports", said+"\n"))
	case len(looked) == 0:
		return *local.Pending("not declared: no Python, JavaScript or TypeScript file to look at; say how the imports are declared")
	}
	said := "looked at " + strings.Join(looked, " and ")
	if tree.Cut {
		obs.Add(checks.Inconclusive, "", 0, "cut", "the repository has more than %d files; the rest was not looked at", source.MaxFiles)
	}
	obs.Add(checks.Pass, "", 0, "looked at", "%s", said)
	return obs.Result(p, "imports", "every import is declared; "+said)
})

// notRuntime are files that a running release does not need.
var notRuntime = regexp.MustCompile(`(?i)(^|/)(tests?|testing|__tests__|__mocks__|spec|e2e|cypress|docs?|examples?|samples?|benchmarks?|\.storybook|\.github)/|` +
	`(^|/)(test_[^/]*|conftest|setup|noxfile|fabfile|tasks|[^/]*_test)\.py$|\.(test|spec|stories|e2e|cy|config|setup)\.[cm]?[jt]sx?$|(^|/)(gulpfile|Gruntfile|\.eslintrc|jest\.setup)[^/]*$`)

// missing is a module that no manifest near its files declares.
type missing struct {
	Module   string
	File     string // the first file that imports it
	Line     int
	Files    int
	Required bool // somewhere it is needed at run time
	Nearest  string
}

// collect groups what is not declared by module and by the manifest that should declare it.
type collect struct {
	order []string
	found map[string]*missing
}

func (c *collect) add(file string, i imported, nearest string) {
	key := nearest + "\x00" + i.Module
	m := c.found[key]
	required := !i.Optional && !i.Typing && !notRuntime.MatchString(file)
	if m == nil {
		m = &missing{Module: i.Module, File: file, Line: i.Line, Nearest: nearest, Required: required}
		c.found[key] = m
		c.order = append(c.order, key)
	}
	if required && !m.Required { // show the place that matters
		m.File, m.Line, m.Required = file, i.Line, true
	}
	m.Files++
}

// standing is how the packages that would bring a module stand in the manifests.
type standing int

const (
	undeclared standing = iota
	elsewhere           // declared by a manifest that does not speak for the file
	locked              // installed, because another package needs it
	declaredHere
)

// stand looks for any of the names in the manifests.
func stand(declared []declaration, file string, names []string) (best standing, where string) {
	for _, d := range declared {
		if !slices.ContainsFunc(names, func(n string) bool { return d.Names[n] }) {
			continue
		}
		s := declaredHere
		switch {
		case !d.speaksFor(file):
			s = elsewhere
		case d.Lock:
			s = locked
		}
		if d.Lock && s == elsewhere {
			continue
		}
		if s > best {
			best, where = s, d.Path
		}
	}
	return best, where
}

// nearest is the manifest that speaks for a file from nearest by; "" when none does.
func nearest(declared []declaration, file string) (name string) {
	deepest := -1
	for _, d := range declared {
		if !d.Lock && d.speaksFor(file) && len(d.Dir) > deepest {
			name, deepest = d.Path, len(d.Dir)
		}
	}
	return name
}

// judgeMissing makes the observation of one module.
func judgeMissing(obs *local.Observations, m missing, known bool, s standing, where, comes string) {
	at := m.Nearest
	if at == "" {
		at = "any manifest"
	}
	more := ""
	if m.Files > 1 {
		more = fmt.Sprintf(" (and by %d more files)", m.Files-1)
	}
	v, say := checks.Fail, "is not declared in "+at
	switch {
	case s == elsewhere:
		v, say = checks.Warn, "is declared only in "+where+", which speaks for another folder"
	case s == locked:
		v, say = checks.Warn, "is installed only because another package needs it ("+where+")"
	case comes != "":
		v, say = checks.Warn, "comes only along with "+comes
	case !m.Required:
		v, say = checks.Warn, "is not declared in "+at+", but only tests, types or optional parts import it"
	case !known:
		v, say = checks.Warn, "is not declared under that name in "+at+"; a package of another name may bring it"
	}
	obs.Add(v, m.File, m.Line, "import", "%s %s%s", m.Module, say, more)
}

// unreadDeclarations reports manifests that can't be read, once something is missing.
func unreadDeclarations(declared []declaration, obs local.Observations) local.Observations {
	if len(obs) == 0 {
		return obs
	}
	for _, d := range declared {
		if d.Err != nil {
			obs.Add(checks.Inconclusive, d.Path, 0, "manifest", "can't be read: %v", d.Err)
		}
	}
	// What a broken manifest would have said is not known: nothing then fails for certain.
	if slices.ContainsFunc(obs, func(o local.Observation) bool { return o.Rule == "manifest" }) {
		for i := range obs {
			if obs[i].Verdict == checks.Fail {
				obs[i].Verdict = checks.Inconclusive
			}
		}
	}
	return obs
}

// examinePython judges the Python files; said counts them, and is empty without any; from
// is how many modules they import from outside.
func examinePython(tree *source.Tree) (obs local.Observations, said string, from int) {
	files := tree.Find("*.py")
	if len(files) == 0 {
		return nil, "", 0
	}
	declared := readDeclarations(tree, pythonDeclarations)
	own, table := newPythonTree(tree), knownModules()
	c := collect{found: map[string]*missing{}}
	outside := map[string]bool{}
	for _, f := range files {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
			continue
		}
		for _, i := range pythonImports(string(src)) {
			top, _, _ := strings.Cut(i.Module, ".")
			if table.stdlib[top] {
				continue
			}
			names, known := table.bringers(i.Module)
			if own.own(f.Path, i.Module, known) {
				continue
			}
			outside[top] = true
			if s, _ := stand(declared, f.Path, normalisedAll(names)); s == declaredHere {
				continue
			}
			if table.namespaces[top] {
				top = i.Module
			}
			i.Module = top
			c.add(f.Path, i, nearest(declared, f.Path))
		}
	}
	lacking := local.Observations{}
	for _, key := range c.order {
		m := *c.found[key]
		names, known := table.bringers(m.Module)
		s, where := stand(declared, m.File, normalisedAll(names))
		comes := ""
		for _, along := range table.along[m.Module] {
			if here, _ := stand(declared, m.File, []string{normalised(along)}); here == declaredHere && comes == "" {
				comes = along
			}
		}
		judgeMissing(&lacking, m, known, s, where, comes)
	}
	obs = append(obs, unreadDeclarations(declared, lacking)...)
	return obs, fmt.Sprintf("%s, which import %s", local.Count(len(files), "Python file"), local.Count(len(outside), "module")+" from outside"), len(outside)
}

func normalisedAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = normalised(n)
	}
	return out
}

// hosts are modules that the program brings which runs the code, never a package.
var hosts = map[string]bool{"electron": true, "vscode": true, "server-only": true, "client-only": true, "bun": true, "@jest/globals": true, "@theme": true, "@site": true, "@docusaurus": true}

// minified tells files that are built, not written.
func minified(name, src string) bool {
	return strings.Contains(path.Base(name), ".min.") || len(src) > 20<<10 && len(src)/(1+strings.Count(src, "\n")) > 400
}

// examineNode judges JavaScript and TypeScript files as examinePython does.
func examineNode(tree *source.Tree) (obs local.Observations, said string, from int) {
	declared := readDeclarations(tree, nodeDeclarations)
	own, table := newNodeTree(tree, declared), knownModules()
	c := collect{found: map[string]*missing{}}
	outside, files, passed := map[string]bool{}, 0, 0
	for _, f := range tree.Find("*.js", "*.mjs", "*.cjs", "*.jsx", "*.ts", "*.mts", "*.cts", "*.tsx", "*.vue", "*.svelte") {
		src, err := tree.Read(f.Path, local.MaxFile)
		if err != nil || minified(f.Path, string(src)) {
			continue // of such sizes only what tools made
		}
		files++
		for _, i := range nodeImports(scriptOf(f.Path, string(src))) {
			scope, _, _ := strings.Cut(i.Module, "/")
			switch {
			case table.builtin[i.Module] || table.builtin[scope], own.own[i.Module], hosts[i.Module], hosts[scope]:
				continue
			case own.alias(f.Path, i.Module):
				passed++
				continue
			}
			outside[i.Module] = true
			names := []string{i.Module}
			if i.Typing {
				names = append(names, typesOf(i.Module))
			}
			if s, _ := stand(declared, f.Path, names); s == declaredHere {
				continue
			}
			c.add(f.Path, i, nearest(declared, f.Path))
		}
	}
	if files == 0 {
		return nil, "", 0
	}
	lacking := local.Observations{}
	for _, key := range c.order {
		m := *c.found[key]
		s, where := stand(declared, m.File, []string{m.Module})
		judgeMissing(&lacking, m, m.Nearest != "", s, where, "")
	}
	said = fmt.Sprintf("%s, which import %s from outside", local.Count(files, "JavaScript or TypeScript file"), local.Count(len(outside), "package"))
	if passed > 0 {
		said += fmt.Sprintf(" (%d imports by an alias passed over)", passed)
	}
	return append(obs, unreadDeclarations(declared, lacking)...), said, len(outside)
}

// typesOf is the package that holds only the types of another.
func typesOf(name string) string {
	return "@types/" + strings.ReplaceAll(strings.TrimPrefix(name, "@"), "/", "__")
}

var scriptBlock = regexp.MustCompile(`(?s)<script[^>]*>(.*?)</script>`)

// scriptOf is the script within a component file; other files are all script.
func scriptOf(name, src string) string {
	if ext := path.Ext(name); ext != ".vue" && ext != ".svelte" {
		return src
	}
	at := scriptBlock.FindStringSubmatchIndex(src)
	if at == nil {
		return ""
	}
	return strings.Repeat("\n", strings.Count(src[:at[2]], "\n")) + src[at[2]:at[3]]
}
