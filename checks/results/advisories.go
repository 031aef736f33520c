package results

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type advisoryParams struct {
	Files  checks.Strings `toml:"files" doc:"names of scan reports; default: all declared ones, else the usual names"`
	MaxAge time.Duration  `toml:"max_age" doc:"how old a scan may be today, as \"168h\"; default 7 days"`
	Build  bool           `toml:"build" doc:"the file must name the assessed build; default false"`
}

var advisories = checks.Define(checks.Kind{
	ID:       "security.advisories",
	Title:    "No dependency has a known critical or high vulnerability",
	Class:    checks.Local,
	Severity: checks.High,
	Sends:    "nothing; reads the report of a dependency scan: osv-scanner, govulncheck, npm or pnpm audit, pip-audit, Trivy or Grype JSON, or SARIF of such a tool",
	Rule: "FAIL: a critical or high vulnerability (CVSS 7 or more, or so rated by the tool), a malicious package, or one of any severity whose code is called; whether a fix exists makes it no milder. " +
		"WARN: others. PASS: none, and the report shows that packages were looked at. Inconclusive: a severity that the report does not state, a report that shows no scanned package " +
		"(an empty list proves nothing), a scan that broke off, an unknown format. Here age counts against now, because new weaknesses become known while the code stays: a scan may be 7 days (max_age) old. " +
		"A file that names another build than the assessed one is inconclusive. Pending: no report is declared under [results] or found in the repository.",
	Fix: "Update or replace what is affected. Keep a report that lists what was scanned: osv-scanner scan --format json --all-packages, govulncheck -json ./..., npm audit --json, " +
		"trivy fs --format json --list-all-pkgs.",
	Refs: []string{"ASVS 15.1.1", "ASVS 15.2.1", "CWE-1395"},
}, func(ctx context.Context, p *checks.Probe, params advisoryParams) checks.Result {
	return judged(ctx, p, advisoryPlace, limits{files: params.Files, maxAge: params.MaxAge, build: params.Build, today: true}, readAdvisories, judgeAdvisories)
})

var advisoryPlace = place{
	key: "advisories", noun: "report of known vulnerabilities", named: func(r checks.Results) checks.Strings { return r.Advisories },
	usual: []string{
		"osv.json", "osv-scanner.json", "govulncheck.json", "npm-audit.json", "pip-audit.json", "trivy.json", "grype.json",
		"reports/osv.json", "reports/govulncheck.json", "reports/npm-audit.json", "reports/pip-audit.json", "reports/trivy.json", "reports/grype.json", "frontend/npm-audit.json",
	},
}

// rating is how bad a vulnerability is.
type rating int

const (
	unrated rating = iota
	low
	medium
	high
	critical
)

func (r rating) String() string { return []string{"unrated", "low", "medium", "high", "critical"}[r] }

// reach is what the scanner knows of whether vulnerable code is called.
type reach int

const (
	reachUnknown reach = iota
	called
	notCalled
)

// vulnerability is one known weakness of one package.
type vulnerability struct {
	id     string // CVE-…, GHSA-…, GO-…
	pkg    string // name and version
	rating rating
	reach  reach
	fixed  string // the version that mends it; "" where none is known
}

// scan is the report of one scanner.
type scan struct {
	packages int // looked at; -1 where the format does not say, but shows that some were
	vulns    []vulnerability
	ignored  int    // left out by the scanner's own configuration
	trouble  string // why the scan proves nothing, or ""
}

// scored is the rating of a CVSS base score (CVSS v3.1, section 5).
func scored(score float64) rating {
	switch {
	case score >= 9:
		return critical
	case score >= 7:
		return high
	case score >= 4:
		return medium
	case score > 0:
		return low
	}
	return unrated
}

// verdict is what one vulnerability comes to.
func (v vulnerability) verdict() (checks.Verdict, string) {
	switch {
	case v.rating >= high:
		return checks.Fail, v.rating.String()
	case v.reach == called:
		return checks.Fail, "called"
	case v.rating == unrated && v.reach == reachUnknown:
		return checks.Inconclusive, "unrated"
	}
	return checks.Warn, v.rating.String()
}

// words describe it for a reader.
func (v vulnerability) words() string {
	s := fmt.Sprintf("%s in %s: ", v.id, v.pkg)
	if v.rating == unrated {
		s += "no severity stated"
	} else {
		s += v.rating.String()
	}
	switch v.reach {
	case called:
		s += ", its code is called"
	case notCalled:
		s += ", its code is not called"
	}
	if v.fixed != "" {
		s += ", mended in " + v.fixed
	}
	return s
}

// judgeAdvisories applies the rule to every report.
func judgeAdvisories(files []imported[scan]) finding {
	var f finding
	var counts [critical + 1]int
	packages, ignored := 0, 0
	for _, file := range files {
		s := file.facts
		ignored += s.ignored
		packages += max(s.packages, 0)
		for _, v := range s.vulns {
			verdict, rule := v.verdict()
			counts[v.rating]++
			f.see(verdict, file.name, rule, "%s", v.words())
		}
		switch {
		case s.trouble != "":
			f.see(checks.Inconclusive, file.name, "scan", "%s", s.trouble)
		case s.packages == 0 && len(s.vulns) == 0:
			f.see(checks.Inconclusive, file.name, "empty", "shows no scanned package, so that no finding proves nothing")
		}
	}
	for r := critical; r >= unrated; r-- {
		if counts[r] > 0 {
			f.measure(r.String(), float64(counts[r]), "vulnerabilities")
		}
	}
	f.said = "no known vulnerability"
	if packages > 0 {
		f.measure("packages", float64(packages), "packages")
		f.said += " in " + local.Count(packages, "package")
	}
	if ignored > 0 {
		f.said += fmt.Sprintf(" (%d ignored by the scanner's configuration)", ignored)
	}
	if len(f.Observations) == 0 {
		f.see(checks.Pass, files[0].name, "clean", "%s", f.said)
	}
	return f
}
