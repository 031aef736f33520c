package demo

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// writeHealthy writes what a well-run system leaves beside its repository: a week of
// backups, a sample of its log, the report of its dependency scan and the results of its
// browser tests, which name the build they were made for.
func (f *folder) writeHealthy() error {
	if !f.Healthy() {
		return nil
	}
	for night := range 6 {
		when := f.now.Add(-f.backupAge()).AddDate(0, 0, -night)
		if err := f.left(fmt.Sprintf("backups/atlas-%s.sql.gz", when.UTC().Format("20060102")), dump(when), when); err != nil {
			return err
		}
	}
	audit, err := f.audit()
	if err != nil {
		return err
	}
	journeys, err := xml.MarshalIndent(f.journeys(), "", "  ")
	if err != nil {
		return err
	}
	scanned := f.now.Add(-5 * time.Hour)
	if err := f.left("results/audit.json", audit, scanned); err != nil {
		return err
	}
	if err := f.left("results/journeys-e2e.xml", append([]byte(xml.Header), journeys...), scanned); err != nil {
		return err
	}
	return f.left("logs/atlas.log", f.logSample(), f.now)
}

// left writes a file of the folder with the time at which it was left there.
func (f *folder) left(name string, body []byte, when time.Time) error {
	if err := f.put(name, body, 0o600); err != nil {
		return err
	}
	return os.Chtimes(filepath.Join(f.dir, filepath.FromSlash(name)), when, when)
}

// dump is a plain dump of the database as pg_dump writes it, packed.
func dump(when time.Time) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	fmt.Fprintf(z, "--\n-- PostgreSQL database dump\n--\n\n-- Dumped from database version 16.6\n-- Dumped by pg_dump version 16.6\n\nSET statement_timeout = 0;\n\nCOPY public.positions (id, account, name, worth) FROM stdin;\n")
	for row := range 900 {
		fmt.Fprintf(z, "%d\t%d\t%s-%d\t%d\n", row+1, row%37, securities[row%len(securities)].Symbol, row*7919%1000, row*104729%99991+when.Day())
	}
	fmt.Fprint(z, "\\.\n\n--\n-- PostgreSQL database dump complete\n--\n\n")
	z.Close() // a bytes.Buffer takes everything
	return out.Bytes()
}

// audit is pip-audit's report on the requirements: nothing known of any of them.
func (f *folder) audit() ([]byte, error) {
	src, err := f.render(repositoryName + "/requirements.txt")
	if err != nil {
		return nil, err
	}
	type dependency struct {
		Name    string `json:"name"`
		Version string `json:"version"`
		Vulns   []any  `json:"vulns"`
	}
	var all []dependency
	for line := range strings.Lines(string(src)) {
		if name, version, pinned := strings.Cut(strings.TrimSpace(line), "=="); pinned {
			name, _, _ = strings.Cut(name, "[")
			all = append(all, dependency{name, version, []any{}})
		}
	}
	return json.MarshalIndent(map[string]any{"dependencies": all, "fixes": []any{}}, "", "  ")
}

// journeys are the browser tests' results.
func (f *folder) journeys() suite {
	s := suite{Name: "journeys", Properties: []property{{"commit", f.head}}}
	for _, name := range []string{"a trader logs in and sees the portfolio", "a position is found by its name", "quotes grow stale when the feed stops", "an administrator sees users, a trader does not"} {
		s.Cases = append(s.Cases, test{Class: "browser.dashboard", Name: name})
	}
	s.Tests = len(s.Cases)
	return s
}

// logSample is a minute of the service's log, one JSON object a line.
func (f *folder) logSample() []byte {
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	routes := []string{"/api/portfolio", "/api/positions", "/api/quotes", "/api/health"}
	for i := range 60 {
		_ = lines.Encode(map[string]any{ // a bytes.Buffer takes everything
			"time": f.now.UTC().Add(time.Duration(i-60) * time.Second).Format(time.RFC3339Nano), "level": "info", "logger": "atlas.access",
			"request_id": fmt.Sprintf("%016x", 0x9e3779b97f4a7c15*uint64(i+1)), "method": "GET", "path": routes[i%len(routes)], "status": 200, "ms": 3 + i%11,
		})
	}
	return b.Bytes()
}
