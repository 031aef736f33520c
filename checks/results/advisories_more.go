package results

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// npmReport is what `npm audit --json` writes: version 2 (npm 7 and later) and the older
// form, which pnpm still writes.
type npmReport struct {
	Version         int `json:"auditReportVersion"`
	Vulnerabilities map[string]struct {
		Severity string `json:"severity"`
		Range    string `json:"range"`
	} `json:"vulnerabilities"`
	Advisories map[string]struct {
		Module   string `json:"module_name"`
		Severity string `json:"severity"`
		Title    string `json:"github_advisory_id"`
		Patched  string `json:"patched_versions"`
	} `json:"advisories"`
	Metadata struct {
		Vulnerabilities map[string]int `json:"vulnerabilities"`
		Dependencies    any            `json:"dependencies"`
		Total           int            `json:"totalDependencies"`
	} `json:"metadata"`
	Error any `json:"error"`
}

func readNpmAudit(src []byte) (s scan, from origin, err error) {
	var r npmReport
	if err := decode(src, &r); err != nil {
		return s, from, err
	}
	if r.Error != nil {
		return s, from, errors.New("npm audit's own error message, not a report")
	}
	from.tool = "npm audit"
	s.packages = r.Metadata.Total
	switch d := r.Metadata.Dependencies.(type) {
	case float64:
		s.packages = max(s.packages, int(min(d, 1e9)))
	case map[string]any:
		if total, ok := d["total"].(float64); ok {
			s.packages = max(s.packages, int(min(total, 1e9)))
		}
	}
	listed := map[string]int{}
	for _, name := range slices.Sorted(maps.Keys(r.Vulnerabilities)) {
		v := r.Vulnerabilities[name]
		listed[v.Severity]++
		s.vulns = append(s.vulns, vulnerability{id: "an advisory", pkg: strings.TrimSpace(name + " " + v.Range), rating: rated(v.Severity)})
	}
	for _, id := range slices.Sorted(maps.Keys(r.Advisories)) {
		a := r.Advisories[id]
		listed[a.Severity]++
		s.vulns = append(s.vulns, vulnerability{id: cmp.Or(a.Title, "advisory "+id), pkg: a.Module, rating: rated(a.Severity), fixed: a.Patched})
	}
	s.packages = max(s.packages, 0)
	for _, word := range slices.Sorted(maps.Keys(r.Metadata.Vulnerabilities)) {
		n := r.Metadata.Vulnerabilities[word]
		if word != "total" && n > 0 && listed[word] == 0 {
			s.vulns = append(s.vulns, vulnerability{id: fmt.Sprintf("%d not listed", n), pkg: "the tree (counted by the report only)", rating: rated(word)})
		}
	}
	return s, from, nil
}

// pipReport is what `pip-audit --format json` writes. It states no severities.
type pipReport struct {
	Dependencies []struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Skipped string `json:"skip_reason"`
		Vulns   []struct {
			ID    string   `json:"id"`
			Fixed []string `json:"fix_versions"`
		} `json:"vulns"`
	} `json:"dependencies"`
}

func readPipAudit(src []byte) (s scan, from origin, err error) {
	var r pipReport
	if err := decode(src, &r); err != nil {
		return s, from, err
	}
	from.tool = "pip-audit"
	for _, d := range r.Dependencies {
		if d.Skipped != "" {
			s.trouble = fmt.Sprintf("%s was not scanned: %s", d.Name, d.Skipped)
			continue
		}
		s.packages++
		for _, v := range d.Vulns {
			one := vulnerability{id: v.ID, pkg: d.Name + " " + d.Version, fixed: strings.Join(v.Fixed, ", ")}
			if strings.HasPrefix(v.ID, "MAL-") {
				one.rating = critical
			}
			s.vulns = append(s.vulns, one)
		}
	}
	return s, from, nil
}

// trivyReport is Trivy's JSON of schema version 2.
type trivyReport struct {
	Schema   int    `json:"SchemaVersion"`
	Created  string `json:"CreatedAt"`
	Artifact string `json:"ArtifactName"`
	Trivy    struct {
		Version string `json:"Version"`
	} `json:"Trivy"`
	Metadata struct {
		Commit string `json:"Commit"`
	} `json:"Metadata"`
	Results []struct {
		Target          string     `json:"Target"`
		Class           string     `json:"Class"`
		Packages        []struct{} `json:"Packages"`
		Vulnerabilities []struct {
			ID        string `json:"VulnerabilityID"`
			Package   string `json:"PkgName"`
			Installed string `json:"InstalledVersion"`
			Fixed     string `json:"FixedVersion"`
			Severity  string `json:"Severity"`
			CVSS      map[string]struct {
				V3  float64 `json:"V3Score"`
				V40 float64 `json:"V40Score"`
			} `json:"CVSS"`
		} `json:"Vulnerabilities"`
		Modified []struct {
			Type string `json:"Type"`
		} `json:"ExperimentalModifiedFindings"`
	} `json:"Results"`
}

// readTrivy reads what concerns packages; configuration and secrets are other kinds' work.
// The vendor's severity counts; a CVSS score only where it rates none.
func readTrivy(src []byte) (s scan, from origin, err error) {
	var r trivyReport
	if err := decode(src, &r); err != nil {
		return s, from, err
	}
	if r.Schema != 2 {
		return s, from, fmt.Errorf("schema version %d of Trivy, not 2", r.Schema)
	}
	from.tool, from.made = strings.TrimSpace("Trivy "+r.Trivy.Version), parseDate(r.Created)
	if r.Metadata.Commit != "" {
		from.builds = []stated{{"Metadata.Commit", r.Metadata.Commit}}
	}
	unlisted := 0
	for _, result := range r.Results {
		if result.Class == "os-pkgs" || result.Class == "lang-pkgs" {
			s.packages += len(result.Packages)
			if len(result.Packages) == 0 && result.Target != "" {
				unlisted++
			}
		}
		for _, m := range result.Modified {
			if m.Type == "vulnerability" {
				s.ignored++
			}
		}
		for _, v := range result.Vulnerabilities {
			one := vulnerability{id: v.ID, pkg: v.Package + " " + v.Installed, rating: rated(v.Severity), fixed: v.Fixed}
			for _, score := range v.CVSS {
				if rated(v.Severity) == unrated {
					one.rating = max(one.rating, scored(max(score.V3, score.V40)))
				}
			}
			s.vulns = append(s.vulns, one)
		}
	}
	if s.packages == 0 && unlisted > 0 {
		s.packages = -1 // lock files are named, their packages are not listed
	}
	return s, from, nil
}

// grypeReport is Grype's JSON. It does not say how many packages it looked at.
type grypeReport struct {
	Matches []struct {
		Vulnerability struct {
			ID       string `json:"id"`
			Severity string `json:"severity"`
			Fix      struct {
				Versions []string `json:"versions"`
			} `json:"fix"`
			CVSS []struct {
				Metrics struct {
					Base float64 `json:"baseScore"`
				} `json:"metrics"`
			} `json:"cvss"`
		} `json:"vulnerability"`
		Artifact struct {
			Name    string `json:"name"`
			Version string `json:"version"`
		} `json:"artifact"`
	} `json:"matches"`
	Ignored []struct{} `json:"ignoredMatches"`
	Source  struct {
		Type string `json:"type"`
	} `json:"source"`
	Distro struct {
		Name string `json:"name"`
	} `json:"distro"`
	Descriptor struct {
		Name      string `json:"name"`
		Version   string `json:"version"`
		Timestamp string `json:"timestamp"`
	} `json:"descriptor"`
}

// readGrype reads the matches. An image with a known distribution has packages, so that no
// match means something there; of a folder it does not.
func readGrype(src []byte) (s scan, from origin, err error) {
	var r grypeReport
	if err := decode(src, &r); err != nil {
		return s, from, err
	}
	if r.Descriptor.Name != "grype" {
		return s, from, fmt.Errorf("by %q, not by Grype", r.Descriptor.Name)
	}
	from.tool, from.made = "Grype "+r.Descriptor.Version, parseDate(r.Descriptor.Timestamp)
	s.ignored = len(r.Ignored)
	if s.ignored > 0 || r.Source.Type == "image" && r.Distro.Name != "" {
		s.packages = -1
	}
	for _, m := range r.Matches {
		v := m.Vulnerability
		one := vulnerability{id: v.ID, pkg: m.Artifact.Name + " " + m.Artifact.Version, rating: rated(v.Severity), fixed: strings.Join(v.Fix.Versions, ", ")}
		for _, score := range v.CVSS {
			if rated(v.Severity) == unrated {
				one.rating = max(one.rating, scored(score.Metrics.Base))
			}
		}
		s.vulns = append(s.vulns, one)
	}
	return s, from, nil
}

// dependencyScanners are the tools whose SARIF is about dependencies.
var dependencyScanners = []string{"osv-scanner", "govulncheck", "trivy", "grype", "snyk open source", "dependency-check", "dependency check", "pip-audit", "cargo-audit", "npm audit"}

// readAdvisorySARIF takes results for vulnerabilities: rated by security-severity, else by
// level. SARIF names no scanned packages, so that an empty run proves something only by a
// successful invocation.
func readAdvisorySARIF(name string, src []byte) (s scan, from origin, err error) {
	runs, from, err := readSARIF(name, src)
	if err != nil {
		return s, from, err
	}
	for _, run := range runs {
		if !isDependencyScanner(run.tool) {
			return s, from, fmt.Errorf("SARIF by %q, which is not known to scan dependencies", run.tool)
		}
		if trouble := run.proves(); trouble != "" {
			s.trouble = run.name() + " " + trouble
		}
		s.packages = -1
		s.ignored += run.suppressed
		for _, r := range run.results {
			how := scored(r.security)
			if how == unrated {
				how = []rating{low, low, medium, high}[r.level]
			}
			s.vulns = append(s.vulns, vulnerability{id: r.rule, pkg: r.where, rating: how})
		}
	}
	return s, from, nil
}

func isDependencyScanner(tool string) bool {
	for _, known := range dependencyScanners {
		if strings.Contains(strings.ToLower(tool), known) {
			return true
		}
	}
	return false
}
