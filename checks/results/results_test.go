package results

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local/kindtest"
)

// fileCase is a kind run on files of a repository, on a target at https://app.lan.
type fileCase struct {
	name    string
	files   map[string]string
	params  string
	verdict checks.Verdict
	says    string // in the reason or the evidence
}

func runFiles(t *testing.T, kind checks.Kind, cases []fileCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			out, evidence := kindtest.Run(t, kind, kindtest.Case{Files: c.files, Profile: c.params,
				Target: func(t *checks.Target) { t.BaseURL = "https://app.lan" }})
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
			if out.Verdict != checks.Pending && evidence == "" {
				t.Error("a verdict without evidence")
			}
		})
	}
}

func file(name, content string) map[string]string { return map[string]string{name: content} }

func fixture(t testing.TB, name string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(src)
}

// put writes files below a folder, as old as asked.
func put(t *testing.T, dir string, age time.Duration, files map[string]string) {
	t.Helper()
	for name, content := range files {
		at := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(at, when, when); err != nil {
			t.Fatal(err)
		}
	}
}

const (
	goodSuite = `<testsuite name="s" tests="1"><testcase name="ok" classname="c"/></testsuite>`
	badSuite  = `<testsuite name="s" tests="1"><testcase name="no" classname="c"><failure message="m"/></testcase></testsuite>`
)

// TestWhereFilesAreFound holds the order: what the target declares, then the repository.
func TestWhereFilesAreFound(t *testing.T) {
	old := 30 * 24 * time.Hour
	for name, c := range map[string]struct {
		fresh, old map[string]string // in the folder of the target file
		junit      checks.Strings
		repository string
		params     string
		verdict    checks.Verdict
		says       string
	}{
		"declared, no repository":                 {file("r/a.xml", goodSuite), nil, checks.Strings{"r/*.xml"}, "", "", checks.Pass, "1 test passed"},
		"neither":                                 {nil, nil, nil, "", "", checks.Pending, "not declared"},
		"repository without one":                  {file("repo/main.go", "package main"), nil, nil, "repo", "", checks.Pending, "not declared"},
		"declared goes before the repository":     {map[string]string{"r/a.xml": badSuite, "repo/junit.xml": goodSuite}, nil, checks.Strings{"r/a.xml"}, "repo", "", checks.Fail, "c no failed"},
		"declared, but not there":                 {file("repo/junit.xml", goodSuite), nil, checks.Strings{"r/a.xml"}, "repo", "", checks.Inconclusive, "no such file"},
		"one of two declared is not there":        {file("r/a.xml", goodSuite), nil, checks.Strings{"r/a.xml", "r/b.xml"}, "", "", checks.Inconclusive, "r/b.xml"},
		"of a pattern the newest":                 {file("r/2.xml", goodSuite), file("r/1.xml", badSuite), checks.Strings{"r/*.xml"}, "", "", checks.Pass, "1 test passed"},
		"of one run all":                          {map[string]string{"r/2.xml": goodSuite, "r/1.xml": badSuite}, nil, checks.Strings{"r/*.xml"}, "", "", checks.Fail, "c no failed"},
		"of two patterns both":                    {map[string]string{"r/2.xml": goodSuite, "s/1.xml": badSuite}, nil, checks.Strings{"r/2.xml", "s/1.xml"}, "", "", checks.Fail, "c no failed"},
		"too old against now":                     {nil, file("r/a.xml", goodSuite), checks.Strings{"r/a.xml"}, "", "", checks.Inconclusive, "more than 7 days old"},
		"old, and allowed to be":                  {nil, file("r/a.xml", goodSuite), checks.Strings{"r/a.xml"}, "", `max_age = "1000h"`, checks.Pass, ""},
		"too old against the source":              {file("repo/a.go", "package a"), file("r/a.xml", goodSuite), checks.Strings{"r/a.xml"}, "repo", "", checks.Inconclusive, "older than the newest source file"},
		"as old as the source":                    {nil, map[string]string{"r/a.xml": goodSuite, "repo/a.go": "package a"}, checks.Strings{"r/a.xml"}, "repo", "", checks.Pass, ""},
		"no source in the repository":             {file("repo/README", "x"), file("r/a.xml", goodSuite), checks.Strings{"r/a.xml"}, "repo", "", checks.Inconclusive, "more than 7 days old"},
		"old by its own date":                     {file("r/a.xml", strings.Replace(goodSuite, `name="s"`, `name="s" timestamp="2020-01-01T10:00:00"`, 1)), nil, checks.Strings{"r/a.xml"}, "", "", checks.Inconclusive, "made 2020-01-01"},
		"a usual one that is old is set aside":    {map[string]string{"repo/jest.xml": goodSuite, "repo/a.go": "x"}, file("repo/junit.xml", badSuite), nil, "repo", "", checks.Pass, "set aside: junit.xml"},
		"two usual ones both count":               {map[string]string{"repo/jest.xml": goodSuite, "repo/pytest.xml": badSuite}, nil, nil, "repo", "", checks.Fail, "c no failed"},
		"another suite's results do not count":    {map[string]string{"r/jest.xml": goodSuite}, nil, checks.Strings{"r/*.xml"}, "", `files = ["pytest.xml"]`, checks.Pending, "not declared"},
		"the suite asked for":                     {map[string]string{"r/jest.xml": badSuite, "r/pytest.xml": goodSuite}, nil, checks.Strings{"r/*.xml"}, "", `files = ["pytest.xml"]`, checks.Pass, ""},
		"a pattern that is none":                  {nil, nil, checks.Strings{"r/[.xml"}, "", "", checks.Inconclusive, "can't be read"},
		"a folder in place of a file is no file":  {file("r/a.xml/x", "y"), nil, checks.Strings{"r/a.xml"}, "", "", checks.Inconclusive, "no such file"},
		"a repository that is not there":          {nil, nil, nil, "gone", "", checks.Inconclusive, "repository"},
		"declared beside one that is not there":   {file("r/a.xml", goodSuite), nil, checks.Strings{"r/a.xml"}, "gone", "", checks.Pass, ""},
		"control characters in a name are marked": {file("r/a.xml", strings.Replace(badSuite, `name="no"`, "name=\"no&#xa;pass x\"", 1)), nil, checks.Strings{"r/a.xml"}, "", "", checks.Fail, "no␊pass"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, 0, c.fresh)
			put(t, dir, old, c.old)
			target := &checks.Target{Name: "t", Environment: "production", Repository: c.repository, Dir: dir, Results: checks.Results{JUnit: c.junit}}
			out, evidence := kindtest.Plan(t, importJUnit, target, c.params)
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
		})
	}
}

// TestBuild holds what a file says of its build against the assessed one.
func TestBuild(t *testing.T) {
	const commit = "0123456789abcdef0123456789abcdef01234567"
	for name, c := range map[string]struct {
		commit, version string
		property, value string
		params          string
		verdict         checks.Verdict
		says            string
	}{
		"the same":                      {commit, "", "commit", commit, "", checks.Pass, ""},
		"abbreviated":                   {commit, "", "git.commit", commit[:7], "build = true", checks.Pass, ""},
		"in capitals":                   {commit, "", "git_commit_id", strings.ToUpper(commit), "build = true", checks.Pass, ""},
		"another":                       {commit, "", "commit", "89abcdef", "", checks.Inconclusive, "made for build 89abcdef, assessed is 0123456789ab"},
		"too short to tell":             {commit, "", "commit", "012345", "build = true", checks.Inconclusive, "does not say"},
		"the version":                   {"", "2.3.1", "version", "v2.3.1", "build = true", checks.Pass, ""},
		"another version":               {commit, "2.3.1", "version", "2.3.0", "", checks.Inconclusive, "made for build 2.3.0"},
		"a running number is no commit": {commit, "2.3.1", "build", "20261122", "", checks.Pass, ""},
		"none, and none is asked":       {commit, "", "java.version", "21.0.1", "", checks.Pass, ""},
		"none, and one is asked":        {commit, "", "java.version", "21.0.1", "build = true", checks.Inconclusive, "does not say"},
		"nothing to compare with":       {"", "", "commit", commit, "build = true", checks.Inconclusive, "not known"},
		"nothing to compare, not asked": {"", "", "commit", commit, "", checks.Pass, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, 0, file("a.xml", fmt.Sprintf(`<testsuite tests="1"><properties><property name=%q value=%q/></properties><testcase name="ok"/></testsuite>`, c.property, c.value)))
			target := &checks.Target{Name: "t", Environment: "test", Version: c.version, Dir: dir, Build: checks.Build{Commit: c.commit}, Results: checks.Results{JUnit: checks.Strings{"a.xml"}}}
			out, evidence := kindtest.Plan(t, importJUnit, target, c.params)
			if out.Verdict != c.verdict || !strings.Contains(string(out.Reason)+evidence, c.says) {
				t.Errorf("%s %q\n%s\nwant %s … %q", out.Verdict, out.Reason, evidence, c.verdict, c.says)
			}
		})
	}
	var a assessed
	a.commit = commit
	if v, _ := a.compare([]stated{{"commit", commit}, {"revision", "89abcdef01"}}); v != differs {
		t.Errorf("one of two differs: %v", v)
	}
	if v, _ := a.compare([]stated{{"revision", "89abcdef01"}, {"commit", commit}}); v != differs {
		t.Errorf("the first of two differs: %v", v)
	}
}

// TestHeadIsTheAssessedBuild takes the repository's commit where the target declares none.
func TestHeadIsTheAssessedBuild(t *testing.T) {
	commit := strings.Repeat("0123456789", 4)
	for value, want := range map[string]checks.Verdict{commit: checks.Pass, strings.Repeat("9", 40): checks.Inconclusive} {
		out, evidence := kindtest.Run(t, importJUnit, kindtest.Case{Files: map[string]string{
			".git/HEAD": commit + "\n",
			"junit.xml": `<testsuite><properties><property name="commit" value="` + value + `"/></properties><testcase name="ok"/></testsuite>`,
		}})
		if out.Verdict != want {
			t.Errorf("%s %q\n%s", out.Verdict, out.Reason, evidence)
		}
	}
}

// TestJSONIsTakenLiterally holds that no key stands for another and none counts twice.
func TestJSONIsTakenLiterally(t *testing.T) {
	for src, says := range map[string]string{
		`{"level":"error","level":"none"}`:     "duplicate",
		`{"x":{"a":1,"a":2},"level":"none"}`:   "duplicate",
		`{"level":"error"} {"level":"none"}`:   "invalid",
		`{"level":"error"`:                     "EOF",
		"{\"level\":\"\xff\"}":                 "UTF-8",
		`{"level":1e400}`:                      "level",
		``:                                     "EOF",
		strings.Repeat(`[`, maxDepth+1):        "levels deep",
		`{"a":` + strings.Repeat(`{"a":`, 100): "levels deep",
	} {
		var v struct {
			Level string `json:"level"`
		}
		if err := decode([]byte(src), &v); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q: %v, want %q", src, err, says)
		}
	}
	var v struct {
		Level string `json:"level"`
	}
	if err := decode([]byte("\ufeff"+`{"level":"error","LEVEL":"none","leveL":"none","[[[[":"]"}`), &v); err != nil || v.Level != "error" {
		t.Errorf("%q %v", v.Level, err)
	}
}

func TestSites(t *testing.T) {
	target := &checks.Target{BaseURL: "https://app.lan", Scope: checks.Scope{Hosts: []string{"api.lan", "http://127.0.0.1:8080", "db.lan:9000"}}}
	for url, want := range map[string]bool{
		"https://app.lan/x?y": true, "http://APP.lan:80": true, "https://app.lan:443/": true, "https://app.lan:8443/": false,
		"https://api.lan:8443/": true, "http://localhost:8080/": true, "http://[::1]:8080": true, "http://localhost:8081/": false,
		"http://db.lan:9000": true, "http://db.lan": false, "https://app.lan.evil.example": false, "https://evil.example/app.lan": false,
		"https://app.lan@evil.example/": false, "chrome-error://chromewebdata/": false, "": false, "file:///app.lan": false, "about:blank": false,
	} {
		if got := ofTarget(target, url); got != want {
			t.Errorf("%s: %v", url, got)
		}
	}
	if ofTarget(&checks.Target{}, "https://app.lan") {
		t.Error("without a base URL nothing is the target's")
	}
}

// TestManyObservationsStayCheapAndKnown holds that a huge report is judged by its worst
// result, wherever that stands, and listed worst first.
func TestManyObservationsStayCheapAndKnown(t *testing.T) {
	var b strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&b, `{"ruleId":"n%d","level":"note"},{"ruleId":"w%d","level":"warning"},`, i, i)
	}
	b.WriteString(`{"ruleId":"last","level":"error"}`)
	begun := time.Now()
	out, evidence := kindtest.Run(t, importSARIF, kindtest.Case{Files: sarif(`,"results":[` + b.String() + `]`)})
	if out.Verdict != checks.Fail || !strings.Contains(string(out.Reason), "last at") {
		t.Errorf("%s %q", out.Verdict, out.Reason)
	}
	at, warned := strings.Index(evidence, "last at"), strings.Index(evidence, "w0 at")
	if at < 0 || warned < at || !strings.Contains(evidence, "59700 more observations of verdict warn") {
		t.Errorf("the failure stands at %d, the first warning at %d of\n%.400s", at, warned, evidence)
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestBytesOfAllFilesAreBounded holds that files beyond the bound are not read and said to be.
func TestBytesOfAllFilesAreBounded(t *testing.T) {
	reads := 0
	f := found{name: "a.xml", size: maxBytes/2 + 1, modified: time.Now(), read: func() ([]byte, error) { reads++; return []byte(goodSuite), nil }}
	in := intake[junitFile]{clock: clock{now: time.Now()}, read: readJUnit}
	in.takeAll([]found{f, f})
	if reads != 1 || len(in.good) != 1 || in.finding.Verdict() != checks.Inconclusive {
		t.Errorf("%d read, %d good, %s", reads, len(in.good), in.finding.Verdict())
	}
}
