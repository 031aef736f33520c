package results

import (
	"testing"

	"assess/gonogo/checks"
)

// fuzz holds that a reader takes any bytes without breaking, and that what it read can be
// judged: a verdict there is, and never a pass of a file that was not read.
func fuzz[F any](f *testing.F, read reader[F], judge func([]imported[F]) finding, seeds ...map[string]string) {
	for _, files := range seeds {
		for _, src := range files {
			f.Add([]byte(src))
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		facts, _, err := read("f", src)
		if err != nil {
			return
		}
		found := judge([]imported[F]{{"f", facts}})
		if v := found.Verdict(); v == checks.Pending || v == checks.NA {
			t.Errorf("%s is no verdict of a file that was read", v)
		}
		_ = found.Table()
	})
}

func anywhere(string) bool { return true }

func FuzzJUnit(f *testing.F) {
	fuzz(f, readJUnit, func(files []imported[junitFile]) finding { return judgeJUnit(files, junitParams{}) },
		file("a", goodSuite), file("b", badSuite), file("c", fixture(f, "pytest.xml")), file("d", fixture(f, "jest.xml")))
}

func FuzzCoverage(f *testing.F) {
	fuzz(f, readCoverage, func(files []imported[coverageFile]) (found finding) {
		found.seeCoverage("f", files[0].facts, "", 80)
		return found
	}, file("a", cobertura(1, 2)), file("b", "SF:a\nDA:1,1\nLF:1\nLH:1\nend_of_record\n"), file("c", "mode: set\na.go:1.1,2.2 3 1\n"))
}

func FuzzSARIF(f *testing.F) {
	fuzz(f, readSARIF, func(files []imported[[]sarifRun]) finding {
		return judgeSARIF(files, "", bar{levelError, levelWarning})
	},
		file("a", fixture(f, "eslint.sarif")), sarif(`,"results":[{"ruleIndex":1,"suppressions":[{"status":"accepted"}]}]`))
}

func FuzzAdvisories(f *testing.F) {
	fuzz(f, readAdvisories, judgeAdvisories, govulncheck(`{"progress":{"message":"Checking the code"}}`, `{"finding":{"osv":"a","trace":[{"module":"m"}]}}`),
		file("a", `{"results":[{"packages":[{"package":{"name":"a"},"vulnerabilities":[{"id":"x"}],"groups":[{"ids":["x"],"max_severity":"7"}]}]}]}`),
		file("b", `{"auditReportVersion":2,"vulnerabilities":{"a":{"severity":"low"}},"metadata":{"vulnerabilities":{"low":1},"dependencies":{"total":1}}}`),
		file("c", `{"SchemaVersion":2,"Results":[{"Class":"os-pkgs","Packages":[{}],"Vulnerabilities":[{"Severity":"LOW"}]}]}`),
		file("d", `{"matches":[],"descriptor":{"name":"grype"},"source":{"type":"image"},"distro":{"name":"x"}}`), file("e", `{"dependencies":[{"name":"a","vulns":[]}],"fixes":[]}`))
}

func FuzzZAP(f *testing.F) {
	fuzz(f, readZAP, func(files []imported[[]zapSite]) (found finding) {
		found.seeZAP("f", files[0].facts, anywhere)
		return found
	}, zap(`[{"@name":"https://app.lan","alerts":[{"riskcode":"1"}]}]`), zap(`{"@name":"x"}`))
}

func FuzzLoad(f *testing.F) {
	fuzz(f, readK6, func(files []imported[loadRun]) (found finding) {
		found.seeLoad("f", files[0].facts, loadParams{MinUsers: 1})
		return found
	}, k6(1000, 3, 300, `,"thresholds":{"a":{"ok":true}}`), file("a", `{"metadata":{"k6Version":"1"},"results":{"metrics":[{"name":"http_reqs","values":{"count":1}}]}}`))
}

func FuzzPage(f *testing.F) {
	fuzz(f, readLighthouse, func(files []imported[pageAudit]) finding { return judgePages(files, pageParams{}, anywhere) },
		file("a", fixture(f, "lighthouse.json")), file("b", fixture(f, "lighthouse-error.json")))
}

func FuzzAxe(f *testing.F) {
	fuzz(f, readAxe, func(files []imported[[]axePage]) finding { return judgeAxe(files, 1, anywhere) }, file("a", fixture(f, "axe.json")))
}

func FuzzScorecard(f *testing.F) {
	fuzz(f, readScorecard, func(files []imported[scorecardReport]) finding {
		return judgeScorecard(files, []string{"CI-Tests"}, 8, 5)
	},
		file("a", `{"date":"2026-01-01","repo":{"name":"x","commit":"y"},"checks":[{"name":"CI-Tests","score":7}]}`))
}
