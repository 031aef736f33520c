package repo

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
)

type junitParams struct {
	Files checks.Strings `toml:"files" doc:"JUnit XML files; default: the usual names"`
	Match string         `toml:"match" doc:"only tests whose name, class or file holds this; default all"`
	Error string         `toml:"error" doc:"only failures whose message holds this count; default all"`
}

var importJUnit = checks.Define(checks.Kind{
	ID:       "import.junit",
	Title:    "Tests ran and passed",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Medium,
	Sends:    "nothing; reads a JUnit XML file that a test run left",
	Rule: "PASS: the matching tests ran and none failed. WARN: some were skipped. FAIL: one failed or broke. Pending: no result file. " +
		"Inconclusive: no test matches, all were skipped, the file does not parse, or it is more than 7 days older than the newest source file.",
	Fix:  "Write the result file in the pipeline and keep it with the build.",
	Refs: []string{"NIST SSDF PW.8"},
}, func(ctx context.Context, p *checks.Probe, params junitParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	f, ok := newestOf(tree, params.Files, junitNames)
	if !ok {
		return *local.Pending("not declared: no JUnit result file; name it, or say how the tests went")
	}
	obs := local.Observations{}
	src, err := tree.Read(f.Path, 64<<20)
	switch {
	case err != nil:
		obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
	case stale(tree, f):
		obs.Add(checks.Inconclusive, f.Path, 0, "age", "is more than 7 days older than the newest source file")
	default:
		cases, err := parseJUnit(src)
		obs = judgeJUnit(f.Path, cases, err, params)
	}
	said := ""
	if len(obs) > 0 {
		said = obs[0].Text
	}
	return obs.Result(p, f.Path, said)
})

var junitNames = []string{"junit.xml", "pytest.xml", "jest.xml", "test-results.xml", "report.xml", "reports/junit.xml", "test-results/junit.xml", "frontend/junit.xml", "backend/junit.xml"}

// testCase is one test of a result file.
type testCase struct {
	Name, Class, File string
	Failed, Skipped   bool
	Message           string
}

// parseJUnit reads every testcase element, however deep its suites lie.
func parseJUnit(src []byte) (cases []testCase, err error) {
	d := xml.NewDecoder(bytes.NewReader(src))
	suites := 0
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			if suites == 0 {
				return nil, errors.New("no testsuite in it")
			}
			return cases, nil
		}
		if err != nil {
			return nil, err
		}
		start, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if strings.HasPrefix(start.Name.Local, "testsuite") {
			suites++
		}
		if start.Name.Local != "testcase" {
			continue
		}
		type trouble struct {
			Message string `xml:"message,attr"`
			Text    string `xml:",chardata"`
		}
		var c struct {
			Name    string    `xml:"name,attr"`
			Class   string    `xml:"classname,attr"`
			File    string    `xml:"file,attr"`
			Failure []trouble `xml:"failure"`
			Error   []trouble `xml:"error"`
			Skipped []trouble `xml:"skipped"`
		}
		if err := d.DecodeElement(&c, &start); err != nil {
			return nil, err
		}
		one := testCase{Name: c.Name, Class: c.Class, File: c.File, Skipped: len(c.Skipped) > 0}
		for _, t := range append(c.Failure, c.Error...) {
			one.Failed = true
			one.Message += t.Message + "\n" + t.Text
		}
		cases = append(cases, one)
	}
}

// judgeJUnit applies the rule to the tests that match.
func judgeJUnit(file string, cases []testCase, err error, params junitParams) local.Observations {
	obs := local.Observations{}
	if err != nil {
		obs.Add(checks.Inconclusive, file, 0, "parse", "does not parse: %v", err)
		return obs
	}
	ran, skipped, failed := 0, 0, 0
	for _, c := range cases {
		if !strings.Contains(c.Name+"\n"+c.Class+"\n"+c.File, params.Match) {
			continue
		}
		switch {
		case c.Skipped:
			skipped++
			continue
		case c.Failed && strings.Contains(c.Message, params.Error):
			failed++
			obs.Add(checks.Fail, file, 0, "failed", "%s %s failed", c.Class, c.Name)
		}
		ran++
	}
	switch {
	case ran == 0:
		obs.Add(checks.Inconclusive, file, 0, "none", "no test that matches has run (%d skipped)", skipped)
	case failed > 0:
	case skipped > 0:
		obs.Add(checks.Warn, file, 0, "skipped", "%s passed, %d skipped", local.Count(ran, "test"), skipped)
	case params.Error != "":
		obs.Add(checks.Pass, file, 0, "passed", "%s ran, none fails that way", local.Count(ran, "test"))
	default:
		obs.Add(checks.Pass, file, 0, "passed", "%s passed", local.Count(ran, "test"))
	}
	return obs
}
