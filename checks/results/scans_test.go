package results

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// sarif makes a log of one run of a driver named semgrep that has one rule.
func sarif(run string) map[string]string {
	return file("results.sarif", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"semgrep","rules":[{"id":"r1","defaultConfiguration":{"level":"error"}},{"id":"r2","properties":{"security-severity":"8.1"}}]}}`+run+`}]}`)
}

func TestSARIF(t *testing.T) {
	const finding = `,"results":[{"ruleId":"r1","message":{"text":"password = hunter2"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"file:///home/eve/app/a.py"},"region":{"startLine":3}}}]`
	runFiles(t, importSARIF, []fileCase{
		{"clean", sarif(`,"results":[]`), "", checks.Pass, "semgrep ran: 0 errors"},
		{"level by its rule", sarif(finding + `}]`), "", checks.Fail, "r1 at …/app/a.py:3"},
		{"level of its own", sarif(finding + `,"level":"note"}]`), "", checks.Pass, "1 notes"},
		{"level by default", sarif(`,"results":[{"ruleId":"unknown"}]`), "", checks.Warn, "unknown at no location"},
		{"level by rule index", sarif(`,"results":[{"ruleIndex":0}]`), "", checks.Fail, "r1"},
		{"index -1 is none", sarif(`,"results":[{"ruleId":"r1","ruleIndex":-1}]`), "", checks.Fail, "r1"},
		{"level by an override", sarif(`,"invocations":[{"executionSuccessful":true,"ruleConfigurationOverrides":[{"configuration":{"level":"error"},"descriptor":{"id":"r2"}}]}],"results":[{"ruleId":"r2","properties":{}}]`), "", checks.Fail, "r2"},
		{"a word that is no level", sarif(`,"results":[{"ruleId":"x","level":"critical"}]`), "", checks.Fail, "x"},
		{"security severity beats a note", sarif(`,"results":[{"ruleId":"r2","level":"note"}]`), "", checks.Fail, "r2"},
		{"suppressed", sarif(finding + `,"suppressions":[{"kind":"inSource"}]}]`), "", checks.Pass, "1 suppressed"},
		{"suppression under review", sarif(finding + `,"suppressions":[{"kind":"external","status":"accepted"},{"kind":"external","status":"underReview"}]}]`), "", checks.Fail, "r1"},
		{"rejected suppression", sarif(finding + `,"suppressions":[{"status":"rejected"}]}]`), "", checks.Fail, "r1"},
		{"kind pass is no finding", sarif(finding + `,"kind":"pass"}]`), "", checks.Pass, ""},
		{"to be reviewed", sarif(finding + `,"kind":"review"}]`), "", checks.Warn, "r1"},
		{"gone since the baseline", sarif(finding + `,"baselineState":"absent"}]`), "", checks.Pass, ""},
		{"the tool failed", sarif(`,"invocations":[{"executionSuccessful":false}],"results":[]`), "", checks.Inconclusive, "execution failed"},
		{"the tool erred", sarif(`,"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"level":"error","message":{"text":"x"}}]}],"results":[]`), "", checks.Inconclusive, "error of the tool"},
		{"the tool failed, with findings", sarif(`,"invocations":[{"executionSuccessful":false}]` + finding + `}]`), "", checks.Fail, "r1"},
		{"the tool warned", sarif(`,"invocations":[{"executionSuccessful":true,"toolExecutionNotifications":[{"message":{"text":"x"}}]}],"results":[]`), "", checks.Pass, ""},
		{"only rules, no list of results", sarif(``), "", checks.Inconclusive, "no list of results"},
		{"results null", sarif(`,"results":null`), "", checks.Inconclusive, "no list of results"},
		{"results elsewhere", sarif(`,"results":[],"externalPropertyFileReferences":{"results":[{"location":{"uri":"b"}}]}`), "", checks.Inconclusive, "beside it"},
		{"another tool", sarif(`,"results":[]`), `tool = "codeql"`, checks.Inconclusive, "holds no run of codeql"},
		{"that tool", sarif(`,"results":[]`), `tool = "SemGrep"`, checks.Pass, ""},
		{"milder bar", sarif(finding + `}]`), `fail = "never"`, checks.Warn, ""},
		{"stricter bar", sarif(finding + `,"level":"note"}]`), `fail = "note"`, checks.Fail, ""},
		{"a bar that is none", sarif(`,"results":[]`), `fail = "erorr"`, checks.Inconclusive, "is no level"},
		{"no rules, named tool, success", file("results.sarif", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"invocations":[{"executionSuccessful":true}],"results":[]}]}`), "", checks.Pass, "x ran"},
		{"no rules, no invocation", file("results.sarif", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x"}},"results":[]}]}`), "", checks.Inconclusive, "neither rules"},
		{"one of two runs failed", file("results.sarif", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"x","rules":[{"id":"a"}]}},"results":[]},{"tool":{"driver":{"name":"y","rules":[{"id":"a"}]}}}]}`), "", checks.Inconclusive, "y has no list"},
		{"no run", file("results.sarif", `{"version":"2.1.0","runs":[]}`), "", checks.Inconclusive, "no run"},
		{"an older version", file("results.sarif", `{"version":"2.0.0","runs":[{}]}`), "", checks.Inconclusive, "2.0.0"},
		{"keys in capitals", file("results.sarif", strings.Replace(sarif(finding + `,"LEVEL":"none","Suppressions":[{}]}]`)["results.sarif"], "x", "x", 1)), "", checks.Fail, "r1"},
		{"results twice", sarif(finding + `}],"results":[]`), "", checks.Inconclusive, "duplicate"},
		{"results no list", sarif(`,"results":{"0":{"level":"error"}}`), "", checks.Inconclusive, "does not parse"},
		{"ESLint's own output", file("eslint.sarif", fixture(t, "eslint.sarif")), "", checks.Fail, "no-debugger at …/jt/b.js:1"},
		{"empty", file("results.sarif", `{}`), "", checks.Inconclusive, "not SARIF"},
		{"null", file("results.sarif", `null`), "", checks.Inconclusive, "not SARIF"},
		{"a list", file("results.sarif", `[]`), "", checks.Inconclusive, "does not parse"},
		{"a web page", file("results.sarif", `<html>404</html>`), "", checks.Inconclusive, "does not parse"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
		{"another build", sarif(`,"results":[],"versionControlProvenance":[{"revisionId":"0123456789"}]`), "build = true", checks.Inconclusive, "not known"},
	})
}

// govulncheck is a stream as the program writes it, with these messages at its end.
func govulncheck(messages ...string) map[string]string {
	return file("govulncheck.json", `{"config":{"protocol_version":"v1.0.0","scanner_name":"govulncheck","scanner_version":"v1.1.4","scan_level":"symbol","scan_mode":"source"}}
{"SBOM":{"go_version":"go1.26","modules":[{"path":"stdlib","version":"v1.26.0"},{"path":"a.lan/m"}],"roots":["a.lan/m"]}}
{"progress":{"message":"Fetching vulnerabilities from the database..."}}
`+strings.Join(messages, "\n"))
}

func TestAdvisories(t *testing.T) {
	const checked = `{"progress":{"message":"Checking the code against the vulnerabilities..."}}`
	const required = `{"finding":{"osv":"GO-2021-0113","fixed_version":"v0.3.7","trace":[{"module":"golang.org/x/text","version":"v0.3.0"}]}}`
	const reached = `{"finding":{"osv":"GO-2021-0113","trace":[{"module":"golang.org/x/text","version":"v0.3.0","package":"language","function":"Parse"},{"module":"a.lan/m","function":"main"}]}}`
	osv := func(packages string) map[string]string {
		return file("osv.json", `{"results":[{"source":{"path":"go.mod","type":"lockfile"},"packages":[`+packages+`]}]}`)
	}
	npm := func(severity string) map[string]string {
		return file("npm-audit.json", `{"auditReportVersion":2,"vulnerabilities":{"lodash":{"name":"lodash","severity":"`+severity+`","via":[{"source":1}],"range":"<4.17.21","fixAvailable":true}},"metadata":{"vulnerabilities":{"info":0,"low":0,"moderate":0,"high":0,"critical":0,"total":1},"dependencies":{"prod":2,"total":2}}}`)
	}
	trivy := func(result string) map[string]string {
		return file("trivy.json", `{"SchemaVersion":2,"ArtifactName":".","Results":[`+result+`]}`)
	}
	grype := func(rest string) map[string]string {
		return file("grype.json", `{`+rest+`,"descriptor":{"name":"grype","version":"0.80.0"}}`)
	}
	runFiles(t, advisories, []fileCase{
		{"govulncheck clean", govulncheck(checked), "", checks.Pass, "no known vulnerability in 2 packages"},
		{"govulncheck called", govulncheck(checked, required, reached), "", checks.Fail, "GO-2021-0113 in golang.org/x/text v0.3.0: no severity stated, its code is called, mended in v0.3.7"},
		{"govulncheck required only", govulncheck(checked, required), "", checks.Warn, "not called"},
		{"govulncheck of modules only", file("govulncheck.json", strings.Replace(govulncheck(checked, required)["govulncheck.json"], `"symbol"`, `"module"`, 1)), "", checks.Inconclusive, "no severity"},
		{"govulncheck of a binary", file("govulncheck.json", strings.Replace(govulncheck(checked, required)["govulncheck.json"], `"source"`, `"binary"`, 1)), "", checks.Inconclusive, "no severity"},
		{"govulncheck broke off", govulncheck(), "", checks.Inconclusive, "broke off"},
		{"govulncheck cut", file("govulncheck.json", govulncheck(checked, required)["govulncheck.json"][:440]), "", checks.Inconclusive, ""},
		{"govulncheck without modules", file("govulncheck.json", strings.Replace(govulncheck(checked)["govulncheck.json"], `"modules"`, `"Modules"`, 1)), "", checks.Inconclusive, "no scanned package"},
		{"govulncheck without its beginning", file("govulncheck.json", checked), "", checks.Inconclusive, "does not begin"},
		{"govulncheck, a question", file("govulncheck.json", `{"config":{"scan_mode":"query"}}`), "", checks.Inconclusive, "checks no program"},
		{"osv clean", osv(`{"package":{"name":"a","version":"1"}}`), "", checks.Pass, "in 1 package"},
		{"osv high", osv(`{"package":{"name":"a","version":"1"},"vulnerabilities":[{"id":"GHSA-x","affected":[{"ranges":[{"events":[{"introduced":"0"},{"fixed":"1.2"}]}]}]}],"groups":[{"ids":["GHSA-x"],"max_severity":"7.0"}]}`), "", checks.Fail, "GHSA-x in a 1: high, mended in 1.2"},
		{"osv medium", osv(`{"package":{"name":"a"},"vulnerabilities":[{"id":"x"}],"groups":[{"ids":["x"],"max_severity":"6.9"}]}`), "", checks.Warn, "medium"},
		{"osv medium, called", osv(`{"package":{"name":"a"},"vulnerabilities":[{"id":"x"}],"groups":[{"ids":["x"],"max_severity":"6.9","experimentalAnalysis":{"x":{"called":true}}}]}`), "", checks.Fail, "called"},
		{"osv without a score", osv(`{"package":{"name":"a"},"vulnerabilities":[{"id":"x"}],"groups":[{"ids":["x"],"max_severity":""}]}`), "", checks.Inconclusive, "no severity"},
		{"osv by its database", osv(`{"package":{"name":"a"},"vulnerabilities":[{"id":"x","database_specific":{"severity":"CRITICAL"}}]}`), "", checks.Fail, "critical"},
		{"osv malicious", osv(`{"package":{"name":"a"},"vulnerabilities":[{"id":"MAL-2024-1"}],"groups":[{"ids":["MAL-2024-1"],"max_severity":""}]}`), "", checks.Fail, "MAL-2024-1"},
		{"osv without packages", file("osv.json", `{"results":[]}`), "", checks.Inconclusive, "no scanned package"},
		{"npm critical", npm("critical"), "", checks.Fail, "lodash <4.17.21: critical"},
		{"npm moderate", npm("moderate"), "", checks.Warn, "medium"},
		{"npm clean", file("npm-audit.json", `{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0,"total":0},"dependencies":{"total":12}}}`), "", checks.Pass, "in 12 packages"},
		{"npm of nothing", file("npm-audit.json", `{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":0,"total":0},"dependencies":{"total":0}}}`), "", checks.Inconclusive, "no scanned package"},
		{"npm counts what it does not list", file("npm-audit.json", `{"auditReportVersion":2,"vulnerabilities":{},"metadata":{"vulnerabilities":{"high":3,"total":3},"dependencies":{"total":12}}}`), "", checks.Fail, "3 not listed"},
		{"npm 6 and pnpm", file("npm-audit.json", `{"actions":[],"advisories":{"577":{"module_name":"lodash","severity":"low","patched_versions":">=4.17.5"}},"muted":[],"metadata":{"vulnerabilities":{"low":1},"dependencies":1,"totalDependencies":1}}`), "", checks.Warn, "advisory 577 in lodash: low"},
		{"npm erred besides", file("npm-audit.json", `{"auditReportVersion":2,"error":{"code":"EAUDIT"},"vulnerabilities":{},"metadata":{"vulnerabilities":{},"dependencies":{"total":12}}}`), "", checks.Inconclusive, "error message"},
		{"npm was refused", file("npm-audit.json", fixture(t, "npm-audit-error.json")), "", checks.Inconclusive, "error message"},
		{"pip-audit clean", file("pip-audit.json", `{"dependencies":[{"name":"flask","version":"3.1","vulns":[]}],"fixes":[]}`), "", checks.Pass, "in 1 package"},
		{"pip-audit finds", file("pip-audit.json", `{"dependencies":[{"name":"flask","version":"0.5","vulns":[{"id":"PYSEC-1","fix_versions":["1.0"],"aliases":[]}]}],"fixes":[]}`), "", checks.Inconclusive, "PYSEC-1 in flask 0.5: no severity stated, mended in 1.0"},
		{"pip-audit skipped one", file("pip-audit.json", `{"dependencies":[{"name":"a","version":"1","vulns":[]},{"name":"own","skip_reason":"not on the index"}],"fixes":[]}`), "", checks.Inconclusive, "own was not scanned"},
		{"trivy clean", trivy(`{"Target":"go.mod","Class":"lang-pkgs","Packages":[{"Name":"a"}]}`), "", checks.Pass, "in 1 package"},
		{"trivy without its packages", trivy(`{"Target":"go.mod","Class":"lang-pkgs","Vulnerabilities":null}`), "", checks.Pass, "no known"},
		{"trivy of configuration only", trivy(`{"Target":"Dockerfile","Class":"config"}`), "", checks.Inconclusive, "no scanned package"},
		{"trivy without results", file("trivy.json", `{"SchemaVersion":2,"ArtifactName":"."}`), "", checks.Inconclusive, "no scanned package"},
		{"trivy high", trivy(`{"Target":"go.mod","Class":"lang-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"a","InstalledVersion":"1","FixedVersion":"2","Severity":"HIGH"}]}`), "", checks.Fail, "CVE-1 in a 1: high, mended in 2"},
		{"trivy unknown", trivy(`{"Target":"go.mod","Class":"lang-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"UNKNOWN"}]}`), "", checks.Inconclusive, "no severity"},
		{"trivy unknown with a score", trivy(`{"Target":"go.mod","Class":"lang-pkgs","Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"UNKNOWN","CVSS":{"nvd":{"V3Score":9.8}}}]}`), "", checks.Fail, "critical"},
		{"trivy of another schema", file("trivy.json", `{"SchemaVersion":3,"Results":[]}`), "", checks.Inconclusive, "schema version 3"},
		{"trivy long ago", file("trivy.json", `{"SchemaVersion":2,"CreatedAt":"2020-01-02T03:04:05.678+01:00","Results":[{"Target":"go.mod","Class":"lang-pkgs","Packages":[{}]}]}`), "", checks.Inconclusive, "made 2020-01-02"},
		{"grype high", grype(`"matches":[{"vulnerability":{"id":"CVE-1","severity":"High","fix":{"versions":["2"]}},"artifact":{"name":"a","version":"1"}}]`), "", checks.Fail, "CVE-1 in a 1: high, mended in 2"},
		{"grype clean image", grype(`"matches":[],"source":{"type":"image"},"distro":{"name":"debian"}`), "", checks.Pass, "no known"},
		{"grype clean folder", grype(`"matches":[],"source":{"type":"directory"}`), "", checks.Inconclusive, "no scanned package"},
		{"SARIF of a scanner", file("osv.json", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[{"id":"CVE-1","properties":{"security-severity":"5.5"}}]}},"results":[{"ruleId":"CVE-1"}]}]}`), "", checks.Warn, "medium"},
		{"clean SARIF of a scanner without rules", file("osv.json", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy","rules":[]}},"results":[]}]}`), "", checks.Inconclusive, "neither rules"},
		{"SARIF of an analyser", file("osv.json", `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"semgrep","rules":[{"id":"a"}]}},"results":[]}]}`), "", checks.Inconclusive, "not known to scan dependencies"},
		{"empty", file("osv.json", `{}`), "", checks.Inconclusive, "not the report"},
		{"null", file("osv.json", `null`), "", checks.Inconclusive, "not the report"},
		{"a list", file("osv.json", `[]`), "", checks.Inconclusive, "not the report"},
		{"nothing at all", file("osv.json", ``), "", checks.Inconclusive, "not the report"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

func zap(sites string) map[string]string {
	return file("zap.json", `{"@programName":"ZAP","@version":"2.16.0","created":"","site":`+sites+`}`)
}

func TestZAP(t *testing.T) {
	alert := func(risk, confidence string) string {
		return `{"pluginid":"40012","name":"XSS","riskcode":"` + risk + `","confidence":"` + confidence + `","instances":[{"uri":"https://app.lan/?q=secret","evidence":"secret"}],"count":"1"}`
	}
	ours := func(alerts string) string {
		return `{"@name":"https://app.lan","@host":"app.lan","@port":"443","alerts":[` + alerts + `]}`
	}
	other := func(alerts string) string { return `{"@name":"https://cdn.example","alerts":[` + alerts + `]}` }
	runFiles(t, importZAP, []fileCase{
		{"low only", zap(`[` + ours(alert("1", "2")+","+alert("0", "3")) + `]`), "", checks.Pass, "1 low, 1 informational"},
		{"high", zap(`[` + ours(alert("3", "1")) + `]`), "", checks.Fail, "XSS (40012), 1 place"},
		{"medium", zap(`[` + ours(alert("2", "2")) + `]`), "", checks.Warn, "XSS"},
		{"a site without a list", zap(ours(alert("3", "2"))), "", checks.Fail, "XSS"},
		{"numbers as numbers", zap(strings.ReplaceAll(`[`+ours(alert("3", "2"))+`]`, `"3"`, `3`)), "", checks.Fail, "XSS"},
		{"false positive", zap(`[` + ours(alert("3", "0")) + `]`), "", checks.Pass, "false positive"},
		{"alerts of others do not count", zap(`[` + ours(alert("1", "2")) + `,` + other(alert("3", "3")) + `]`), "", checks.Pass, "cdn.example is not of the target"},
		{"of another site", zap(`[` + other(alert("1", "3")) + `]`), "", checks.Inconclusive, "is of another site"},
		{"of another port", zap(strings.Replace(`[`+ours(alert("1", "3"))+`]`, "https://app.lan", "https://app.lan:8443", 1)), "", checks.Inconclusive, "is of another site"},
		{"no alert at all", zap(`[` + ours("") + `]`), "", checks.Inconclusive, "nothing shows that a page"},
		{"no site", zap(`[]`), "", checks.Inconclusive, "holds no site"},
		{"site null", zap(`null`), "", checks.Inconclusive, "holds no site"},
		{"a risk that is none", zap(`[` + ours(alert("high", "2")) + `]`), "", checks.Inconclusive, "none that ZAP has"},
		{"a risk out of range", zap(`[` + ours(alert("4", "2")+","+alert("1", "2")) + `]`), "", checks.Inconclusive, "none that ZAP has"},
		{"site twice", zap(`[` + ours(alert("3", "2")) + `],"site":[]`), "", checks.Inconclusive, "duplicate"},
		{"keys in capitals", zap(strings.Replace(`[`+ours(alert("3", "2"))+`]`, `"confidence"`, `"RISKCODE":"0","confidence"`, 1)), "", checks.Fail, "XSS"},
		{"empty", file("zap.json", `{}`), "", checks.Inconclusive, "not a traditional"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}
