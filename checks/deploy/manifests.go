package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	"golang.org/x/mod/modfile"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type depsManifestsParams struct {
	Files checks.Strings `toml:"files" doc:"manifests; default: every one of the repository"`
}

var depsManifests = checks.Define(checks.Kind{
	ID:       "deploy.deps.manifests",
	Title:    "Dependencies are declared and pinned",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads manifests and lock files",
	Rule: "PASS: every manifest parses and its versions are fixed, by a lock file beside it (go.sum, package-lock.json, uv.lock, Cargo.lock, …) " +
		"or in itself (== or hashes in requirements files). WARN: only ranges; two lock files of one ecosystem; the lock file is not tracked. " +
		"FAIL: a declared manifest is missing or does not parse; package-lock.json names other dependencies than package.json; go.sum lacks a " +
		"required module. Dates of files are not compared: a checkout makes them all new.",
	Fix:  "Commit lock files, install with `npm ci`, `pip install --require-hashes`, `go mod verify`.",
	Refs: []string{"ASVS 15.1.2", "ASVS 15.2.4", "CWE-1104"},
}, func(ctx context.Context, p *checks.Probe, params depsManifestsParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	files := []string(params.Files)
	if len(files) == 0 {
		files = findManifests(tree)
	}
	if len(files) == 0 {
		return *local.Pending("not declared: no dependency manifest in the repository; name it, or say why it does not apply")
	}
	obs := local.Observations{}
	for _, name := range files {
		obs = append(obs, examineManifest(tree, name)...)
	}
	return obs.Result(p, "dependency manifests", strings.Join(files, ", ")+": declared and pinned")
})

// ecosystem is a way of declaring dependencies. read returns what the manifest says.
type ecosystem struct {
	name  string
	match *regexp.Regexp
	locks []string
	read  func(src []byte) (manifest, error)
}

// manifest is what a manifest says of its dependencies.
type manifest struct {
	Dependencies map[string]string // name → version or range
	Loose        []string          // those whose version may move
}

var ecosystems = []ecosystem{
	{"pip", regexp.MustCompile(`^requirements[^/]*\.(txt|in)$`), nil, readRequirements},
	{"npm", regexp.MustCompile(`^package\.json$`), []string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"}, readPackageJSON},
	{"go", regexp.MustCompile(`^go\.mod$`), []string{"go.sum"}, readGoMod},
	{"python", regexp.MustCompile(`^pyproject\.toml$`), []string{"uv.lock", "poetry.lock", "pdm.lock"}, readTOMLManifest},
	{"pipenv", regexp.MustCompile(`^Pipfile$`), []string{"Pipfile.lock"}, readTOMLManifest},
	{"cargo", regexp.MustCompile(`^Cargo\.toml$`), []string{"Cargo.lock"}, readTOMLManifest},
	{"composer", regexp.MustCompile(`^composer\.json$`), []string{"composer.lock"}, readPackageJSON},
	{"bundler", regexp.MustCompile(`^Gemfile$`), []string{"Gemfile.lock"}, readLines},
	{"gradle", regexp.MustCompile(`^build\.gradle(\.kts)?$`), []string{"gradle.lockfile"}, readLines},
	{"maven", regexp.MustCompile(`^pom\.xml$`), nil, readPOM},
}

func ecosystemOf(name string) *ecosystem {
	for i := range ecosystems {
		if ecosystems[i].match.MatchString(path.Base(name)) {
			return &ecosystems[i]
		}
	}
	return nil
}

func findManifests(tree *source.Tree) (names []string) {
	for _, f := range tree.Files() {
		if ecosystemOf(f.Path) != nil {
			names = append(names, f.Path)
		}
	}
	return names
}

func examineManifest(tree *source.Tree, name string) local.Observations {
	obs := local.Observations{}
	eco := ecosystemOf(name)
	if _, ok := tree.Stat(name); !ok {
		obs.Add(checks.Fail, name, 0, "declared", "declared but not there")
		return obs
	}
	if eco == nil {
		obs.Add(checks.Inconclusive, name, 0, "format", "not a manifest that is known here")
		return obs
	}
	src, err := tree.Read(name, local.MaxFile)
	if err != nil {
		obs.Add(checks.Inconclusive, name, 0, "read", "%v", err)
		return obs
	}
	m, err := eco.read(src)
	if err != nil {
		obs.Add(checks.Fail, name, 0, eco.name, "does not parse: %v", err)
		return obs
	}
	var locks []lockFile
	for _, lock := range eco.locks {
		at := path.Join(path.Dir(name), lock)
		f, ok := tree.Stat(at)
		if !ok {
			continue
		}
		body, err := tree.Read(at, 16<<20)
		if err != nil {
			obs.Add(checks.Inconclusive, at, 0, "read", "%v", err)
			continue
		}
		locks = append(locks, lockFile{at, body, f.Tracked || !tree.Tracked})
	}
	return append(obs, judgeManifest(name, eco, m, locks)...)
}

// lockFile is a lock file beside a manifest.
type lockFile struct {
	Path    string
	Body    []byte
	Tracked bool
}

// judgeManifest applies the rule to one manifest with its lock files.
func judgeManifest(name string, eco *ecosystem, m manifest, locks []lockFile) local.Observations {
	obs := local.Observations{}
	said := fmt.Sprintf("%d dependencies", len(m.Dependencies))
	if len(m.Dependencies) == 0 && len(eco.locks) > 0 && eco.name != "bundler" && eco.name != "gradle" {
		obs.Add(checks.Pass, name, 0, eco.name, "no dependencies to pin")
		return obs
	}
	if len(locks) > 1 {
		obs.Add(checks.Warn, name, 0, "locks", "%d lock files: %s and %s may disagree", len(locks), path.Base(locks[0].Path), path.Base(locks[1].Path))
	}
	for _, l := range locks {
		if !l.Tracked {
			obs.Add(checks.Warn, l.Path, 0, "lock", "is not tracked")
		}
		if differ := disagree(path.Base(l.Path), m, l.Body); differ != "" {
			obs.Add(checks.Fail, l.Path, 0, "lock", "%s", differ)
		}
	}
	switch {
	case len(locks) > 0:
		obs.Add(checks.Pass, name, 0, eco.name, "%s, fixed by %s", said, path.Base(locks[0].Path))
	case len(m.Loose) > 0:
		obs.Add(checks.Warn, name, 0, eco.name, "no lock file, and %d of %s may move: %s", len(m.Loose), said, strings.Join(firstFew(m.Loose, 3), ", "))
	case eco.locks != nil && eco.name != "npm":
		obs.Add(checks.Warn, name, 0, eco.name, "no lock file (%s)", eco.locks[0])
	default:
		obs.Add(checks.Pass, name, 0, eco.name, "%s, each with a fixed version", said)
	}
	return obs
}

// disagree says how a lock file contradicts its manifest; lock files of other kinds are
// taken as they are.
func disagree(lock string, m manifest, body []byte) string {
	switch lock {
	case "go.sum":
		for _, name := range slices.Sorted(maps.Keys(m.Dependencies)) {
			if !bytes.Contains(body, []byte(name+" "+m.Dependencies[name])) {
				return "lacks " + name + " " + m.Dependencies[name]
			}
		}
	case "package-lock.json", "npm-shrinkwrap.json":
		var l struct {
			Packages map[string]json.RawMessage `json:"packages"`
		}
		if err := json.Unmarshal(body, &l); err != nil {
			return "does not parse: " + err.Error()
		}
		root, ok := l.Packages[""]
		if !ok {
			return ""
		}
		locked, err := readPackageJSON(root)
		if err != nil {
			return "its root package does not parse: " + err.Error()
		}
		for _, name := range slices.Sorted(maps.Keys(m.Dependencies)) {
			if locked.Dependencies[name] != m.Dependencies[name] {
				return "was made for another package.json: " + name + " differs"
			}
		}
		for _, name := range slices.Sorted(maps.Keys(locked.Dependencies)) {
			if _, ok := m.Dependencies[name]; !ok {
				return "was made for another package.json: it has " + name
			}
		}
	}
	return ""
}

var (
	requirement = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*((?:(?:===|==|~=|!=|<=|>=|<|>)\s*[^\s,;]+\s*,?\s*)*|@\s*\S+|\((?:[^)]*)\))\s*(;.*)?$`)
	exactly     = regexp.MustCompile(`^===?\s*[^*,\s]+$`)
	movable     = regexp.MustCompile(`[\^~*<>|]|\bx\b|^$|latest|LATEST|RELEASE|SNAPSHOT`)
	commitPin   = regexp.MustCompile(`@[0-9a-f]{7,40}\b|#sha256=`)
)

// readRequirements reads pip's requirements format.
func readRequirements(src []byte) (manifest, error) {
	m := manifest{Dependencies: map[string]string{}}
	joined := regexp.MustCompile(`\\\r?\n`).ReplaceAllString(string(src), " ")
	for i, line := range strings.Split(joined, "\n") {
		if at := strings.Index(line, "#"); at == 0 || at > 0 && (line[at-1] == ' ' || line[at-1] == '\t') {
			line = line[:at]
		}
		line = strings.TrimSpace(line)
		line, hashes, _ := strings.Cut(line, "--hash")
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "-") || strings.Contains(line, "://") && !strings.Contains(line, "@ ") {
			continue
		}
		parts := requirement.FindStringSubmatch(line)
		if parts == nil {
			return m, local.Mistake(i+1, "not a requirement")
		}
		version := strings.TrimSpace(parts[3])
		m.Dependencies[parts[1]] = version
		if !exactly.MatchString(version) && hashes == "" && !commitPin.MatchString(version) {
			m.Loose = append(m.Loose, parts[1])
		}
	}
	return m, nil
}

// readPackageJSON reads npm's manifest and composer's, whose parts have other names.
func readPackageJSON(src []byte) (manifest, error) {
	var p struct {
		Dependencies, DevDependencies, OptionalDependencies map[string]string
		Require                                             map[string]string
		RequireDev                                          map[string]string `json:"require-dev"`
	}
	m := manifest{Dependencies: map[string]string{}}
	if err := json.Unmarshal(src, &p); err != nil {
		return m, err
	}
	for _, part := range []map[string]string{p.Dependencies, p.DevDependencies, p.OptionalDependencies, p.Require, p.RequireDev} {
		for name, version := range part {
			m.Dependencies[name] = version
			if movable.MatchString(version) {
				m.Loose = append(m.Loose, name)
			}
		}
	}
	slices.Sort(m.Loose)
	return m, nil
}

func readGoMod(src []byte) (manifest, error) {
	m := manifest{Dependencies: map[string]string{}}
	f, err := modfile.Parse("go.mod", src, nil)
	if err != nil {
		return m, err
	}
	replaced := map[string]bool{}
	for _, r := range f.Replace {
		replaced[r.Old.Path] = true
	}
	for _, r := range f.Require {
		if !replaced[r.Mod.Path] {
			m.Dependencies[r.Mod.Path] = r.Mod.Version
		}
	}
	return m, nil
}

// readTOMLManifest reads the dependency tables of pyproject.toml, Pipfile and Cargo.toml.
func readTOMLManifest(src []byte) (manifest, error) {
	m := manifest{Dependencies: map[string]string{}}
	var doc map[string]any
	if _, err := toml.Decode(string(src), &doc); err != nil {
		return m, err
	}
	project := object(doc["project"])
	for _, line := range texts(project["dependencies"]) {
		parts := requirement.FindStringSubmatch(line)
		if parts == nil {
			return m, fmt.Errorf("%q is not a requirement", line)
		}
		m.Dependencies[parts[1]] = parts[3]
		if !exactly.MatchString(strings.TrimSpace(parts[3])) {
			m.Loose = append(m.Loose, parts[1])
		}
	}
	poetry := object(object(doc["tool"])["poetry"])
	for _, table := range []any{poetry["dependencies"], doc["packages"], doc["dependencies"]} {
		for name, version := range object(table) {
			if name == "python" {
				continue
			}
			m.Dependencies[name] = text(version)
			m.Loose = append(m.Loose, name)
		}
	}
	slices.Sort(m.Loose)
	return m, nil
}

var quotedVersion = regexp.MustCompile(`(?m)^\s*(?:gem|implementation|api|compileOnly|runtimeOnly|testImplementation)[\s(]+["']([^"']+)["']`)

// readLines reads manifests that are programs: only the names of the dependencies.
func readLines(src []byte) (manifest, error) {
	m := manifest{Dependencies: map[string]string{}}
	for _, found := range quotedVersion.FindAllSubmatch(src, -1) {
		m.Dependencies[string(found[1])] = ""
		m.Loose = append(m.Loose, string(found[1]))
	}
	return m, nil
}

// readPOM reads a Maven project; it has no lock file, its versions are exact unless they
// are ranges.
func readPOM(src []byte) (manifest, error) {
	m := manifest{Dependencies: map[string]string{}}
	d := xml.NewDecoder(bytes.NewReader(src))
	for {
		t, err := d.Token()
		if err == io.EOF {
			return m, nil
		}
		if err != nil {
			return m, err
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != "dependency" {
			continue
		}
		var dep struct {
			ArtifactID string `xml:"artifactId"`
			Version    string `xml:"version"`
		}
		if err := d.DecodeElement(&dep, &start); err != nil {
			return m, err
		}
		m.Dependencies[dep.ArtifactID] = dep.Version
		if dep.Version != "" && (movable.MatchString(dep.Version) || strings.ContainsAny(dep.Version, "[(")) {
			m.Loose = append(m.Loose, dep.ArtifactID)
		}
	}
}

func firstFew(s []string, n int) []string {
	if len(s) <= n {
		return s
	}
	return append(slices.Clone(s[:n]), "…")
}
