package demo

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// suite is a JUnit result file, in the shape that pytest and jest-junit give it.
type suite struct {
	XMLName xml.Name `xml:"testsuite"`
	Name    string   `xml:"name,attr"`
	Tests   int      `xml:"tests,attr"`
	Failed  int      `xml:"failures,attr"`
	Broken  int      `xml:"errors,attr"`

	Properties []property `xml:"properties>property,omitempty"`
	Cases      []test     `xml:"testcase"`
}

type property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type test struct {
	Class  string   `xml:"classname,attr"`
	Name   string   `xml:"name,attr"`
	Failed *trouble `xml:"failure,omitempty"`
	Broken *trouble `xml:"error,omitempty"`
}

type trouble struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeResults writes what the last test runs and the last backup left, as old as the
// newest commit; the scenario phase5 has none.
func (f *folder) writeResults() error {
	if !f.Wide() {
		return nil
	}
	backup, err := json.MarshalIndent(map[string]any{
		"database": "atlas", "taken": f.now.UTC().Add(-f.backupAge()).Format(time.RFC3339), "bytes": 48_211_968, "restored": nil,
	}, "", "  ")
	if err != nil {
		return err
	}
	results := map[string][]byte{"coverage.lcov": f.coverage(), "backups/latest.json": append(backup, '\n')}
	for name, s := range map[string]suite{"pytest.xml": f.backendTests(), "jest.xml": f.frontendTests()} {
		body, err := xml.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		results[name] = fmt.Appendf(nil, "%s%s\n", xml.Header, body)
	}
	for name, body := range results {
		file := repositoryName + "/" + name
		if err := f.put(file, body, 0o644); err != nil {
			return err
		}
		when := f.day(releasedDaysAgo)
		if err := os.Chtimes(filepath.Join(f.dir, filepath.FromSlash(file)), when, when); err != nil {
			return err
		}
	}
	return nil
}

// backupAge is how old the newest backup is.
func (f *folder) backupAge() time.Duration {
	if f.Mended("backup") {
		return 6 * time.Hour
	}
	return 30 * time.Hour
}

// backendTests are pytest's results. A module that breaks while it is read ends the run
// before the first test.
func (f *folder) backendTests() suite {
	if !f.Mended("metadata") {
		const says = "sqlalchemy.exc.InvalidRequestError: Table 'positions' is already defined for this MetaData instance. " +
			"Specify 'extend_existing=True' to redefine options and columns on an existing Table object."
		return suite{Name: "pytest", Tests: 1, Broken: 1, Cases: []test{{
			Name: "tests.test_models", Broken: &trouble{"collection failure", "tests/test_models.py:7: in <module>\nE   " + says + "\n"},
		}}}
	}
	s := suite{Name: "pytest", Cases: []test{
		{Class: "tests.test_models", Name: "test_tables_are_made"}, {Class: "tests.test_models", Name: "test_positions_have_a_key"},
		{Class: "tests.test_positions", Name: "test_values_are_bound"}, {Class: "tests.test_positions", Name: "test_order_is_stable"},
	}}
	if f.Mended("integration") {
		s.Cases = append(s.Cases, test{Class: "tests.integration.test_portfolio_journey", Name: "test_positions_come_from_the_database"})
	}
	s.Tests = len(s.Cases)
	return s
}

// frontendTests are jest's results.
func (f *folder) frontendTests() suite {
	s := suite{Name: "atlas-frontend", Cases: []test{
		{Class: "app", Name: "draws into the element it is given"},
		{Class: "canvas", Name: "canvas the scene opens on a canvas"},
		{Class: "canvas", Name: "canvas the canvas keeps its size"},
		{Class: "scene", Name: "a position is a column as high as its worth"},
	}}
	s.Tests = len(s.Cases)
	if f.Mended("canvas") {
		return s
	}
	for i := range s.Cases {
		if s.Cases[i].Class == "canvas" {
			s.Failed++
			s.Cases[i].Failed = &trouble{"Error: the canvas has no drawing context",
				"Error: Not implemented: HTMLCanvasElement.prototype.getContext (without installing the canvas npm package)\n"}
		}
	}
	return s
}

// coverage is the merged line coverage of both suites, as lcov.
func (f *folder) coverage() []byte {
	sources := []struct {
		file                    string
		lines, covered, someday int // lines with code; how many tests reach; how many once the switch is on
	}{
		{"atlas/app.py", 60, 45, 52}, {"atlas/imports.py", 40, 22, 31}, {"atlas/models.py", 50, 41, 44}, {"atlas/positions.py", 80, 64, 71},
		{"frontend/src/app.js", 70, 46, 52}, {"frontend/src/three/scene.js", 100, 74, 86},
	}
	var b strings.Builder
	for _, s := range sources {
		covered := s.covered
		if f.Mended("coverage") {
			covered = s.someday
		}
		fmt.Fprintf(&b, "TN:\nSF:%s\n", s.file)
		for line := range s.lines {
			hits := 0
			if line < covered {
				hits = 1
			}
			fmt.Fprintf(&b, "DA:%d,%d\n", line+1, hits)
		}
		fmt.Fprintf(&b, "LF:%d\nLH:%d\nend_of_record\n", s.lines, covered)
	}
	return []byte(b.String())
}
