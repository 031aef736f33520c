package deploy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

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
	Rule: "PASS: every manifest parses and its versions are fixed, by a lock file beside it or of its workspace (go.sum, package-lock.json, uv.lock, Cargo.lock, …) " +
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
	name   string
	match  *regexp.Regexp
	locks  []string
	read   func(src []byte) (manifest, error)
	shared bool // a workspace's lock file in a folder above counts
}

// manifest is what a manifest says of its dependencies.
type manifest struct {
	Dependencies map[string]string // name → version or range
	Loose        []string          // those whose version may move
}

var ecosystems = []ecosystem{
	{"pip", regexp.MustCompile(`^requirements[^/]*\.(txt|in)$`), nil, readRequirements, false},
	{"npm", regexp.MustCompile(`^package\.json$`), []string{"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"}, readPackageJSON, true},
	{"go", regexp.MustCompile(`^go\.mod$`), []string{"go.sum"}, readGoMod, false},
	{"python", regexp.MustCompile(`^pyproject\.toml$`), []string{"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml"}, readTOMLManifest, true},
	{"pipenv", regexp.MustCompile(`^Pipfile$`), []string{"Pipfile.lock"}, readTOMLManifest, false},
	{"cargo", regexp.MustCompile(`^Cargo\.toml$`), []string{"Cargo.lock"}, readTOMLManifest, true},
	{"composer", regexp.MustCompile(`^composer\.json$`), []string{"composer.lock"}, readPackageJSON, false},
	{"bundler", regexp.MustCompile(`^Gemfile$`), []string{"Gemfile.lock"}, readLines, false},
	{"gradle", regexp.MustCompile(`^build\.gradle(\.kts)?$`), []string{"gradle.lockfile"}, readLines, false},
	{"maven", regexp.MustCompile(`^pom\.xml$`), nil, readPOM, false},
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
		if ecosystemOf(f.Path) != nil && !notReleased.MatchString(f.Path) {
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
	locks, unread := findLocks(tree, eco, name)
	if stem, isInput := strings.CutSuffix(name, ".in"); eco.name == "pip" && isInput {
		if _, compiled := tree.Stat(stem + ".txt"); compiled {
			obs.Add(checks.Pass, name, 0, eco.name, "%d dependencies, compiled into %s.txt", len(m.Dependencies), path.Base(stem))
			return obs
		}
	}
	return append(append(obs, unread...), judgeManifest(name, eco, m, locks)...)
}

// findLocks finds the lock files of a manifest: beside it, or above it where the ecosystem
// has workspaces that share one.
func findLocks(tree *source.Tree, eco *ecosystem, name string) (locks []lockFile, unread local.Observations) {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		for _, lock := range eco.locks {
			at := path.Join(dir, lock)
			f, ok := tree.Stat(at)
			if !ok {
				continue
			}
			body, err := tree.Read(at, 16<<20)
			if err != nil {
				unread.Add(checks.Inconclusive, at, 0, "read", "%v", err)
				continue
			}
			member, err := relative(dir, path.Dir(name))
			if err == nil {
				locks = append(locks, lockFile{at, member, body, f.Tracked || !tree.Tracked})
			}
		}
		if len(locks) > 0 || dir == "." || !eco.shared {
			return locks, unread
		}
	}
}

// relative is a folder's path below another; "" for the same one.
func relative(above, below string) (string, error) {
	if above == below {
		return "", nil
	}
	if above == "." {
		return below, nil
	}
	rest, ok := strings.CutPrefix(below, above+"/")
	if !ok {
		return "", fmt.Errorf("%s is not below %s", below, above)
	}
	return rest, nil
}

// lockFile is a lock file of a manifest.
type lockFile struct {
	Path    string
	Member  string // the manifest's folder below the lock file's; "" beside it
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
		if differ := disagree(l, m); differ != "" {
			obs.Add(checks.Fail, l.Path, 0, "lock", "%s", differ)
		}
	}
	switch {
	case len(locks) > 0:
		obs.Add(checks.Pass, name, 0, eco.name, "%s, fixed by %s", said, path.Base(locks[0].Path))
	case len(m.Loose) > 0:
		obs.Add(checks.Warn, name, 0, eco.name, "no lock file, and %d of %s may move: %s", len(m.Loose), said, strings.Join(firstFew(m.Loose, 3), ", "))
	case eco.locks != nil && eco.name != "gradle":
		obs.Add(checks.Warn, name, 0, eco.name, "no lock file (%s): what the dependencies need in turn may move", eco.locks[0])
	default:
		obs.Add(checks.Pass, name, 0, eco.name, "%s, each with a fixed version", said)
	}
	return obs
}

// disagree says how a lock file contradicts its manifest; lock files of other kinds are
// taken as they are.
func disagree(lock lockFile, m manifest) string {
	body := lock.Body
	switch path.Base(lock.Path) {
	case "go.sum":
		for _, name := range slices.Sorted(maps.Keys(m.Dependencies)) {
			if sum := name + " " + m.Dependencies[name]; !bytes.Contains(body, []byte(sum+" ")) && !bytes.Contains(body, []byte(sum+"/go.mod ")) {
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
		root, ok := l.Packages[lock.Member]
		switch {
		case !ok && lock.Member != "":
			return "does not know the workspace " + lock.Member
		case !ok:
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
