package repo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"path"
	"strconv"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/local"
	"assess/gonogo/checks/source"
)

type coverageParams struct {
	Files checks.Strings `toml:"files" doc:"coverage files (Cobertura XML, lcov, go cover profile); default: the usual names"`
	Path  string         `toml:"path" doc:"only sources below this folder; default all"`
	Min   *float64       `toml:"min" doc:"least share of covered lines in percent; default 80"`
}

// resultAge is how much older than the newest source a result file may be.
const resultAge = 7 * 24 * time.Hour

var coverage = checks.Define(checks.Kind{
	ID:       "qa.coverage",
	Title:    "Test coverage reaches what was agreed",
	Class:    checks.Local,
	Needs:    []string{"repository"},
	Severity: checks.Low,
	Sends:    "nothing; reads coverage files that a test run left",
	Rule: "PASS: covered lines reach the least share. WARN: nine tenths of it. FAIL: less. Pending: no coverage file. Inconclusive: it does " +
		"not parse, holds no line of the path, or is more than 7 days older than the newest source file.",
	Fix:  "Write the coverage file in the pipeline and keep it with the build.",
	Refs: []string{"NIST SSDF PW.8"},
}, func(ctx context.Context, p *checks.Probe, params coverageParams) checks.Result {
	tree, none := local.Repository(ctx, p)
	if none != nil {
		return *none
	}
	least := 80.0
	if params.Min != nil {
		least = *params.Min
	}
	f, ok := newestOf(tree, params.Files, coverageNames)
	if !ok {
		return *local.Pending("not declared: no coverage file; name it, or say how coverage is known")
	}
	obs := local.Observations{}
	if stale(tree, f) {
		obs.Add(checks.Inconclusive, f.Path, 0, "age", "is more than 7 days older than the newest source file")
		return obs.Result(p, f.Path, "")
	}
	src, err := tree.Read(f.Path, 64<<20)
	if err != nil {
		obs.Add(checks.Inconclusive, f.Path, 0, "read", "%v", err)
		return obs.Result(p, f.Path, "")
	}
	lines, err := parseCoverage(f.Path, src, params.Path)
	v, say := judgeCoverage(lines, err, least)
	obs.Add(v, f.Path, 0, "coverage", "%s", say)
	result := obs.Result(p, f.Path, say)
	if err == nil && lines.All > 0 {
		result.Measurements = []checks.Measurement{{Name: "coverage", Value: lines.percent(), Unit: "%"}}
	}
	return result
})

// coverageNames are the usual places of coverage files, most of them git-ignored.
var coverageNames = []string{
	"coverage.xml", "cobertura.xml", "coverage/cobertura-coverage.xml", "coverage/lcov.info", "lcov.info", "coverage.lcov", "cover.out", "coverage.out",
	"frontend/coverage/lcov.info", "frontend/coverage/cobertura-coverage.xml", "backend/coverage.xml", "build/reports/cobertura.xml",
}

// newestOf returns the declared file, or the usual one, that changed last.
func newestOf(tree *source.Tree, declared, usual []string) (newest source.File, ok bool) {
	names := declared
	if len(names) == 0 {
		names = usual
	}
	for _, name := range names {
		candidates := tree.Find(name)
		if f, there := tree.Stat(name); there {
			candidates = append(candidates, f)
		}
		for _, f := range candidates {
			if !ok || f.Modified.After(newest.Modified) {
				newest, ok = f, true
			}
		}
	}
	return newest, ok
}

func stale(tree *source.Tree, f source.File) bool {
	return newestSource(tree).Sub(f.Modified) > resultAge
}

// lineCount counts lines of code that tests may reach.
type lineCount struct{ Covered, All int }

func (l lineCount) percent() float64 { return 100 * float64(l.Covered) / float64(l.All) }

func judgeCoverage(l lineCount, err error, least float64) (checks.Verdict, string) {
	switch {
	case err != nil:
		return checks.Inconclusive, "does not parse: " + err.Error()
	case l.All == 0:
		return checks.Inconclusive, "holds no line of code that was asked for"
	}
	say := fmt.Sprintf("%.1f %% of %d lines covered, %.0f %% asked", l.percent(), l.All, least)
	switch {
	case l.percent() >= least:
		return checks.Pass, say
	case l.percent() >= 0.9*least:
		return checks.Warn, say
	}
	return checks.Fail, say
}

// parseCoverage counts the lines of sources whose path holds below.
func parseCoverage(name string, src []byte, below string) (lineCount, error) {
	wanted := func(file string) bool {
		return below == "" || strings.Contains("/"+file+"/", "/"+strings.Trim(below, "/")+"/")
	}
	switch {
	case path.Ext(name) == ".xml":
		return coberturaLines(src, wanted)
	case bytes.HasPrefix(src, []byte("mode:")):
		return goLines(src, wanted)
	}
	return lcovLines(src, wanted)
}

func coberturaLines(src []byte, wanted func(string) bool) (l lineCount, err error) {
	var doc struct {
		XMLName xml.Name `xml:"coverage"`
		Classes []struct {
			Filename string `xml:"filename,attr"`
			Lines    []struct {
				Hits int `xml:"hits,attr"`
			} `xml:"lines>line"`
		} `xml:"packages>package>classes>class"`
	}
	if err := xml.Unmarshal(src, &doc); err != nil {
		return l, err
	}
	for _, c := range doc.Classes {
		if !wanted(c.Filename) {
			continue
		}
		for _, line := range c.Lines {
			l.All++
			if line.Hits > 0 {
				l.Covered++
			}
		}
	}
	return l, nil
}

func lcovLines(src []byte, wanted func(string) bool) (l lineCount, err error) {
	lines := bufio.NewScanner(bytes.NewReader(src))
	inside, records := false, 0
	for lines.Scan() {
		key, value, _ := strings.Cut(lines.Text(), ":")
		switch key {
		case "SF":
			inside = wanted(value)
			records++
		case "DA":
			_, hits, ok := strings.Cut(value, ",")
			hits, _, _ = strings.Cut(hits, ",")
			n, err := strconv.Atoi(hits)
			if !ok || err != nil {
				return l, errors.New("a DA record without hits")
			}
			if inside {
				l.All++
				if n > 0 {
					l.Covered++
				}
			}
		}
	}
	if records == 0 {
		return l, errors.New("no source file in it")
	}
	return l, lines.Err()
}

// goLines reads a go cover profile: FILE:LINE.COL,LINE.COL STATEMENTS COUNT. It counts statements,
// as `go tool cover` does; a block that several tests report counts once.
func goLines(src []byte, wanted func(string) bool) (l lineCount, err error) {
	type block struct{ statements, count int }
	blocks := map[string]block{}
	lines := bufio.NewScanner(bytes.NewReader(src))
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "mode:") {
			continue
		}
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 {
			return l, fmt.Errorf("%q is no block", lines.Text())
		}
		statements, err1 := strconv.Atoi(fields[1])
		hits, err2 := strconv.Atoi(fields[2])
		if err := errors.Join(err1, err2); err != nil {
			return l, err
		}
		b := blocks[fields[0]]
		blocks[fields[0]] = block{statements, max(b.count, hits)}
	}
	for at, b := range blocks {
		file, _, _ := strings.Cut(at, ":")
		if wanted(file) {
			l.All += b.statements
			if b.count > 0 {
				l.Covered += b.statements
			}
		}
	}
	return l, lines.Err()
}
