package repo

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

var repoSBOM = checks.Define(checks.Kind{
	ID:       "repo.sbom",
	Title:    "A list of components is made",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads SPDX and CycloneDX files in JSON, and pipeline files",
	Rule: "PASS: a pipeline step, of a release too, makes one (syft, cyclonedx, cdxgen, trivy, npm sbom, docker --sbom, …) and its failure counts; or a tracked SPDX or CycloneDX " +
		"file lists components; how old it is is not judged. WARN: the step may fail. FAIL: neither; a list without components. Inconclusive: a list that does not parse.",
	Fix:  "```yaml\n- uses: anchore/sbom-action@v0\n  with: {format: cyclonedx-json, output-file: sbom.cdx.json}\n```\nAttach it to the release.",
	Refs: []string{"NIST SSDF PS.3.2", "ASVS 15.1.2"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	return judgeSBOM(findUses(readPipelines(tree, pipelineFiles), "sbom"), releaserMakes(tree), readSBOMs(tree)).Result(p, "component list", "a list of components is made or kept")
})

// sbomFile is a list of components in the repository.
type sbomFile struct {
	Path       string
	Format     string
	Components int
	Err        error
}

var sbomName = regexp.MustCompile(`(?i)(\.spdx\.json|\.cdx\.json|(^|/)(s?bom|cyclonedx)[^/]*\.json)$`)

// readSBOMs reads the lists in the repository.
func readSBOMs(tree *source.Tree) (lists []sbomFile) {
	for _, f := range tree.Files() {
		if !sbomName.MatchString(f.Path) {
			continue
		}
		src, err := tree.Read(f.Path, maxLock)
		list := sbomFile{Path: f.Path, Err: err}
		if err == nil {
			list.Format, list.Components, list.Err = parseSBOM(src)
		}
		if list.Format == "" && list.Err == nil {
			continue // another file of such a name
		}
		lists = append(lists, list)
	}
	return lists
}

// parseSBOM tells the format of a list and counts its components. A JSON file of neither
// format has none.
func parseSBOM(src []byte) (format string, components int, err error) {
	var l struct {
		BomFormat   string            `json:"bomFormat"`
		Components  []json.RawMessage `json:"components"`
		SPDXVersion string            `json:"spdxVersion"`
		Packages    []json.RawMessage `json:"packages"`
		Context     json.RawMessage   `json:"@context"`
		Graph       []struct {
			Type string `json:"type"`
		} `json:"@graph"`
	}
	if err := json.Unmarshal(src, &l); err != nil {
		return "", 0, err
	}
	switch {
	case l.BomFormat == "CycloneDX":
		return "CycloneDX", len(l.Components), nil
	case strings.HasPrefix(l.SPDXVersion, "SPDX-"):
		return "SPDX", len(l.Packages), nil
	case strings.Contains(string(l.Context), "spdx.org"):
		for _, e := range l.Graph {
			if e.Type == "software_Package" {
				components++
			}
		}
		return "SPDX", components, nil
	}
	return "", 0, nil
}

var (
	releaserSBOM = regexp.MustCompile(`(?m)^sboms:`)
	buildSBOM    = regexp.MustCompile(`(?m)^\s*sbom:\s*["']?(true|generator)`)
	pluginSBOM   = regexp.MustCompile(`cyclonedx-(maven|gradle)-plugin|org\.cyclonedx\.bom|spdx-(maven|gradle)-plugin`)
)

// releaserMakes names a file that configures a build tool to make the list; "" when none does.
func releaserMakes(tree *source.Tree) string {
	for _, place := range []struct {
		globs   []string
		pattern *regexp.Regexp
	}{
		{[]string{".goreleaser.yml", ".goreleaser.yaml"}, releaserSBOM},
		{[]string{".github/workflows/*.yml", ".github/workflows/*.yaml"}, buildSBOM},
		{[]string{"pom.xml", "build.gradle", "build.gradle.kts"}, pluginSBOM},
	} {
		for _, f := range tree.Find(place.globs...) {
			src, err := tree.Read(f.Path, local.MaxFile)
			if err == nil && place.pattern.Match(src) {
				return f.Path
			}
		}
	}
	return ""
}

// judgeSBOM applies the rule. A list that only releases make counts, as that is when it is needed.
func judgeSBOM(u uses, configured string, lists []sbomFile) local.Observations {
	obs := local.Observations{}
	for _, l := range lists {
		switch {
		case l.Err != nil:
			obs.Add(checks.Inconclusive, l.Path, 0, "sbom", "does not parse: %v", l.Err)
		case l.Components == 0:
			obs.Add(checks.Fail, l.Path, 0, "sbom", "%s, but lists no component", l.Format)
		default:
			obs.Add(checks.Pass, l.Path, 0, "sbom", "%s, %s", l.Format, local.Count(l.Components, "component"))
		}
	}
	made := append(append([]local.Observation{}, u.blocking...), u.elsewhere...)
	switch {
	case len(made) > 0:
		obs.Add(checks.Pass, made[0].Path, made[0].Line, "sbom", "the pipeline makes one")
	case configured != "":
		obs.Add(checks.Pass, configured, 0, "sbom", "the build makes one")
	case len(lists) > 0:
	case len(u.soft) > 0:
		obs.Add(checks.Warn, u.soft[0].Path, u.soft[0].Line, "sbom", "the pipeline makes one, but goes on without it")
	case len(u.broken) > 0:
		obs = append(obs, as(checks.Inconclusive, u.broken)...)
	default:
		obs.Add(checks.Fail, "", 0, "sbom", "no list of components, and no step that makes one")
	}
	return obs
}

var repoChangelog = checks.Define(checks.Kind{
	ID:       "repo.changelog",
	Title:    "The changelog knows the version",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads the changelog",
	Rule: "PASS: a changelog whose entries are versions, the target's version among them. WARN: the target's version is not declared or not among them; no entry is " +
		"of a version. FAIL: no changelog, or an empty one.",
	Fix:  "One entry a release, newest first: added, changed, fixed, removed, security.",
	Refs: []string{"Keep a Changelog", "Semantic Versioning"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	obs := local.Observations{}
	for _, f := range tree.Files() {
		if !changelogName.MatchString(f.Path) {
			continue
		}
		src, err := tree.Read(f.Path, 8<<20)
		if err != nil {
			obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
			continue
		}
		v, say := judgeChangelog(string(src), p.Target.Version)
		obs.Add(v, f.Path, 0, "changelog", "%s", say)
		break
	}
	if len(obs) == 0 {
		obs.Add(checks.Fail, "", 0, "changelog", "no changelog")
	}
	return obs.Result(p, "changelog", obs[0].Path+" "+obs[0].Text)
})

var changelogName = regexp.MustCompile(`(?i)^(docs/)?(changelog|changes|history|news|releases)(\.(md|rst|txt|adoc|markdown))?$`)

var versionEntry = regexp.MustCompile(`(?mi)^(?:#{1,4}|=+|\*+)?\s*\[?(?:version\s+|release\s+|v)?(\d+\.\d+(?:\.\d+)*[\w.+-]*)\]?`)

// judgeChangelog applies the rule to a changelog's text.
func judgeChangelog(text, version string) (checks.Verdict, string) {
	version = strings.TrimPrefix(strings.TrimSpace(version), "v")
	entries := versionEntry.FindAllStringSubmatch(text, -1)
	switch {
	case strings.TrimSpace(text) == "":
		return checks.Fail, "is empty"
	case len(entries) == 0:
		return checks.Warn, "has no entry of a version"
	case version == "":
		return checks.Warn, "has entries of versions; the target's version is not declared"
	}
	for _, e := range entries {
		if strings.TrimPrefix(e[1], "v") == version {
			return checks.Pass, fmt.Sprintf("has an entry of %s", version)
		}
	}
	return checks.Warn, "has no entry of " + version + "; its newest is " + entries[0][1]
}
