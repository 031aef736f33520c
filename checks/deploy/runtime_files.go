package deploy

import (
	"bytes"
	"encoding/json"
	"path"
	"regexp"
	"strings"

	"golang.org/x/mod/modfile"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

// versionFile is a file that names versions: by expressions whose first group is the
// version, or by a reader of its own.
type versionFile struct {
	name     *regexp.Regexp // of the path's last element
	patterns []versionPattern
	read     func(src []byte) []use
}

// versionPattern finds one product's version.
type versionPattern struct {
	product string
	at      *regexp.Regexp
	least   bool
}

func pattern(product, expression string) versionPattern {
	return versionPattern{product, regexp.MustCompile("(?m)" + expression), false}
}

// versionFiles are the files in which versions are looked for.
var versionFiles = []versionFile{
	{regexp.MustCompile(`^\.python-version$`), []versionPattern{pattern("python", `^(?:cpython-)?(\d+\.\d+[0-9.]*)\s*$`)}, nil},
	{regexp.MustCompile(`^runtime\.txt$`), []versionPattern{pattern("python", `^python-(\d+\.\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`^\.(nvmrc|node-version)$`), []versionPattern{pattern("node", `^v?(\d+[0-9.]*)\s*$`)}, nil},
	{regexp.MustCompile(`^\.ruby-version$`), []versionPattern{pattern("ruby", `^(?:ruby-)?(\d+\.\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`^\.java-version$`), []versionPattern{pattern("java", `^(\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`^\.tool-versions$`), []versionPattern{
		pattern("python", `^python\s+(\d+\.\d+[0-9.]*)`), pattern("node", `^nodejs\s+(\d+[0-9.]*)`), pattern("ruby", `^ruby\s+(\d+\.\d+[0-9.]*)`),
		pattern("go", `^golang\s+(\d+\.\d+[0-9.]*)`), pattern("java", `^java\s+[a-z-]*(\d+[0-9.]*)`), pattern("php", `^php\s+(\d+\.\d+[0-9.]*)`),
	}, nil},
	{regexp.MustCompile(`^pom\.xml$`), []versionPattern{
		pattern("java", `<(?:java\.version|maven\.compiler\.release|maven\.compiler\.target)>\s*(\d+[0-9.]*)\s*<`),
		pattern("spring-boot", `<artifactId>spring-boot-starter-parent</artifactId>\s*<version>\s*(\d+\.\d+[0-9.]*)`),
		pattern("spring-boot", `<spring-boot\.version>\s*(\d+\.\d+[0-9.]*)`),
	}, nil},
	{regexp.MustCompile(`^build\.gradle(\.kts)?$`), []versionPattern{
		pattern("java", `JavaLanguageVersion\.of\((\d+)\)`), pattern("java", `(?:sourceCompatibility|targetCompatibility)\s*=?\s*(?:JavaVersion\.VERSION_)?['"]?(?:1_)?(\d+)`),
		pattern("spring-boot", `org\.springframework\.boot["')]+\s*version\s*\(?["'](\d+\.\d+[0-9.]*)`),
	}, nil},
	{regexp.MustCompile(`^Gemfile$`), []versionPattern{pattern("ruby", `^\s*ruby\s+["'](\d+\.\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`^Gemfile\.lock$`), []versionPattern{pattern("rails", `^    rails \((\d+\.\d+[0-9.]*)`), pattern("ruby", `^   ruby (\d+\.\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`\.(cs|fs|vb)proj$`), []versionPattern{pattern("dotnet", `<TargetFramework>net(?:coreapp)?(\d+\.\d+)`)}, nil},
	{regexp.MustCompile(`^requirements[^/]*\.txt$`), []versionPattern{pattern("django", `(?i)^django\s*(?:\[[^\]]*\])?\s*(?:===?|~=)\s*(\d+\.\d+[0-9.]*)`)}, nil},
	{regexp.MustCompile(`^(uv|poetry|pdm)\.lock$`), []versionPattern{pattern("django", `(?i)^name = "django"\s*version = "(\d+\.\d+[0-9.]*)"`)}, nil},
	{regexp.MustCompile(`^setup\.(py|cfg)$`), []versionPattern{{"python", regexp.MustCompile(`python_requires\s*=\s*["']?\s*(?:>=|~=|\^)\s*(\d+\.\d+[0-9.]*)`), true}}, nil},
	{regexp.MustCompile(`^pyproject\.toml$`), nil, pyprojectUses},
	{regexp.MustCompile(`^go\.mod$`), nil, goModUses},
	{regexp.MustCompile(`^package\.json$`), nil, packageUses},
	{regexp.MustCompile(`^composer\.(json|lock)$`), nil, composerUses},
}

// versionUses reads the versions that one file names.
func versionUses(tree *source.Tree, name string) (uses []use) {
	for _, f := range versionFiles {
		if !f.name.MatchString(path.Base(name)) {
			continue
		}
		src, err := tree.Read(name, 16<<20)
		if err != nil {
			continue
		}
		for _, p := range f.patterns {
			for _, m := range p.at.FindAllSubmatchIndex(src, -1) {
				uses = append(uses, use{p.product, string(src[m[2]:m[3]]), p.least, name, 1 + bytes.Count(src[:m[2]], []byte("\n"))})
			}
		}
		if f.read == nil || len(src) > local.MaxFile {
			continue
		}
		for _, u := range f.read(src) {
			u.Path = name
			uses = append(uses, u)
		}
	}
	return uses
}

var bound = regexp.MustCompile(`^\s*(>=|>|~=|~>|\^|~|===?|=)?\s*v?(\d+(?:\.\d+)*)`)

// rangeUse reads a version range. A range that stays within one release line names it; an
// open one names only the least version that would do. lineParts is how many numbers make
// a release line of the product.
func rangeUse(product, text string, lineParts int) []use {
	m := bound.FindStringSubmatch(text)
	if m == nil {
		return nil
	}
	parts := strings.Count(m[2], ".") + 1
	u := use{Product: product, Version: m[2], Least: true}
	switch {
	case m[1] == "==" || m[1] == "===" || m[1] == "=" || m[1] == "":
		u.Least = strings.ContainsAny(text, "|") || strings.Contains(text, " - ")
	case m[1] == "^":
		u.Least = lineParts > 1 && !strings.HasPrefix(m[2], "0") || strings.Contains(text, "|")
	case m[1] == "~=" || m[1] == "~>":
		u.Least = parts <= lineParts
	case m[1] == "~":
		u.Least = parts < lineParts
	}
	return []use{u}
}

func pyprojectUses(src []byte) (uses []use) {
	var doc map[string]any
	if _, err := checks.ReadTOML(src, &doc); err != nil {
		return nil
	}
	project, poetry := object(doc["project"]), object(object(object(doc["tool"])["poetry"])["dependencies"])
	uses = append(uses, rangeUse("python", text(project["requires-python"]), 2)...)
	uses = append(uses, rangeUse("python", text(poetry["python"]), 2)...)
	uses = append(uses, rangeUse("django", text(poetry["django"])+text(poetry["Django"]), 2)...)
	for _, line := range texts(project["dependencies"]) {
		if m := requirement.FindStringSubmatch(line); m != nil && strings.EqualFold(m[1], "django") {
			uses = append(uses, rangeUse("django", m[3], 2)...)
		}
	}
	return uses
}

func goModUses(src []byte) (uses []use) {
	f, err := modfile.Parse("go.mod", src, nil)
	if err != nil { // what a newer Go may write there
		f, err = modfile.ParseLax("go.mod", src, nil)
	}
	if err != nil {
		return nil
	}
	switch {
	case f.Toolchain != nil && strings.HasPrefix(f.Toolchain.Name, "go"):
		uses = append(uses, use{Product: "go", Version: strings.TrimPrefix(f.Toolchain.Name, "go"), Line: f.Toolchain.Syntax.Start.Line})
	case f.Go != nil:
		uses = append(uses, use{Product: "go", Version: f.Go.Version, Least: true, Line: f.Go.Syntax.Start.Line})
	}
	return uses
}

func packageUses(src []byte) (uses []use) {
	var p struct {
		Engines                       map[string]string
		Dependencies, DevDependencies map[string]string
	}
	if json.Unmarshal(src, &p) != nil {
		return nil
	}
	uses = append(uses, rangeUse("node", p.Engines["node"], 1)...)
	return append(uses, rangeUse("angular", p.Dependencies["@angular/core"], 1)...)
}

func composerUses(src []byte) (uses []use) {
	var p struct {
		Require  map[string]string
		Packages []struct{ Name, Version string }
	}
	if json.Unmarshal(src, &p) != nil {
		return nil
	}
	uses = append(uses, rangeUse("php", p.Require["php"], 2)...)
	for _, locked := range p.Packages {
		if locked.Name == "laravel/framework" {
			uses = append(uses, rangeUse("laravel", locked.Version, 1)...)
		}
	}
	return uses
}
