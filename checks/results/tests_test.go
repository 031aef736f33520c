package results

import (
	"fmt"
	"strings"
	"testing"

	"assess/gonogo/checks"
)

func cobertura(covered, all int) string {
	var b strings.Builder
	for i := range all {
		fmt.Fprintf(&b, `<line number="%d" hits="%d"/>`, i, map[bool]int{true: 1}[i < covered])
	}
	return `<coverage><packages><package><classes><class filename="src/three/a.js"><lines>` + b.String() + `</lines></class></classes></package></packages></coverage>`
}

func TestCoverage(t *testing.T) {
	lcov := "SF:src/three/a.js\nDA:1,1\nDA:2,0\nend_of_record\nSF:src/b.js\nDA:1,1\nDA:2,1\nend_of_record\n"
	runFiles(t, coverage, []fileCase{
		{"enough", file("coverage.xml", cobertura(80, 100)), "", checks.Pass, "80.0 % of 100 lines"},
		{"nine tenths", file("coverage.xml", cobertura(74, 100)), "", checks.Warn, "74.0 %"},
		{"too little", file("coverage.xml", cobertura(71, 100)), "", checks.Fail, "71.0 %"},
		{"another least", file("coverage.xml", cobertura(71, 100)), "min = 70.0", checks.Pass, ""},
		{"lcov", file("lcov.info", lcov), "min = 75", checks.Pass, "75.0 % of 4"},
		{"below a folder", file("lcov.info", lcov), `path = "src/three"`, checks.Fail, "50.0 % of 2"},
		{"below a folder that is not there", file("lcov.info", lcov), `path = "src/four"`, checks.Inconclusive, "no line"},
		{"go", file("cover.out", "mode: set\na/b.go:1.1,2.2 3 1\na/b.go:1.1,2.2 3 0\na/b.go:3.1,4.2 1 0\n"), "min = 75", checks.Pass, "75.0 % of 4"},
		{"empty report", file("coverage.xml", "<coverage></coverage>"), "", checks.Inconclusive, "no line"},
		{"no report", file("coverage.xml", "<html></html>"), "", checks.Inconclusive, "does not parse"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}

func TestJUnit(t *testing.T) {
	suite := func(cases string) string {
		return `<testsuites><testsuite name="s">` + cases + `</testsuite></testsuites>`
	}
	ok, bad := `<testcase name="ok" classname="c"/>`, `<testcase name="canvas draws" classname="c"><failure message="HTMLCanvas">trace</failure></testcase>`
	broken := `<testcase name="b" classname="c"><error message="Table 'x' is already defined"/></testcase>`
	skipped := `<testcase name="s" classname="c"><skipped/></testcase>`
	runFiles(t, importJUnit, []fileCase{
		{"passed", file("junit.xml", suite(ok+ok)), "", checks.Pass, "2 tests passed"},
		{"failed", file("junit.xml", suite(ok+bad)), "", checks.Fail, "canvas draws failed"},
		{"other tests", file("junit.xml", suite(ok+bad)), `match = "ok"`, checks.Pass, "1 test passed"},
		{"broke", file("pytest.xml", suite(ok+broken)), "", checks.Fail, "c b failed"},
		{"broke that way", file("pytest.xml", suite(ok+broken)), `error = "already defined"`, checks.Fail, ""},
		{"broke another way", file("pytest.xml", suite(ok+bad)), `error = "already defined"`, checks.Pass, "none fails that way"},
		{"skipped", file("junit.xml", suite(ok+skipped)), "", checks.Warn, "1 skipped"},
		{"all skipped", file("junit.xml", suite(skipped)), "", checks.Inconclusive, "no test that matches"},
		{"none matches", file("junit.xml", suite(ok)), `match = "canvas"`, checks.Inconclusive, "no test that matches"},
		{"cut off", file("junit.xml", `<testsuite><testcase name="a"/>`), "", checks.Inconclusive, "does not parse"},
		{"not JUnit", file("junit.xml", `<html></html>`), "", checks.Inconclusive, "no testsuite"},
		{"none", file("README.md", "x"), "", checks.Pending, "not declared"},
	})
}
