package deploy

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

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
		editable, isEditable := strings.CutPrefix(line, "-e ")
		if isEditable && strings.Contains(editable, "://") {
			line = strings.TrimSpace(editable)
		}
		if line == "" || strings.HasPrefix(line, "-") {
			continue
		}
		if strings.Contains(line, "://") && !strings.Contains(line, "@ ") {
			m.Dependencies[line] = line
			if !commitPin.MatchString(line) && hashes == "" && !strings.HasSuffix(line, ".whl") && !strings.HasSuffix(line, ".tar.gz") {
				m.Loose = append(m.Loose, "an address without a commit")
			}
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
	if _, err := checks.ReadTOML(src, &doc); err != nil {
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
		name := string(found[1])
		m.Dependencies[name] = ""
		// Gradle writes group:name:version; without a version a platform gives it.
		parts := strings.Split(name, ":")
		if len(parts) < 2 || len(parts) > 2 && (strings.HasSuffix(parts[2], "+") || movable.MatchString(parts[2])) {
			m.Loose = append(m.Loose, name)
		}
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
