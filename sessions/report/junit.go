package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"

	"assess/gonogo/checks"
)

// The elements of JUnit XML, which has no official schema: what is here is what Jenkins'
// xunit plugin (junit-10.xsd), GitLab and GitHub's report actions all accept. There is no
// skipped on <testsuites> and no properties below <testcase>: Jenkins refuses both.
type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	ID         int             `xml:"id,attr"`
	Package    string          `xml:"package,attr"`
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr"`
	Hostname   string          `xml:"hostname,attr"`
	Properties []junitProperty `xml:"properties>property"`
	Cases      []junitCase     `xml:"testcase"`
	ms         int64
}

type junitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type junitCase struct {
	ClassName string        `xml:"classname,attr"`
	Name      string        `xml:"name,attr"`
	Time      string        `xml:"time,attr"`
	Skipped   *junitOutcome `xml:"skipped"`
	Error     *junitOutcome `xml:"error"`
	Failure   *junitOutcome `xml:"failure"`
	Out       string        `xml:"system-out,omitempty"`
}

type junitOutcome struct {
	Type    string `xml:"type,attr"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// JUnit renders the items that checks judge as JUnit XML, a suite a category. Fail is a
// failure, inconclusive an error; what does not apply or waits is skipped. The format has
// no word for a warning: one that a matching gate names is a failure of type warn, any
// other passes and says so in its output.
func JUnit(d *Document) ([]byte, error) {
	d, err := plain(d)
	if err != nil {
		return nil, err
	}
	all := junitSuites{Name: line(join(" ", "gonogo", d.Profile.ID, d.Target.Name, d.Target.Version))}
	items, stops := byMachine(d), gated(d)
	var ms int64
	for _, c := range d.Score.Categories {
		s := junitSuiteOf(d, c, items, stops)
		if s.Tests == 0 {
			continue
		}
		s.ID = len(all.Suites)
		all.Suites = append(all.Suites, s)
		all.Tests, all.Failures, all.Errors, ms = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, ms+s.ms
	}
	all.Time = junitTime(ms)
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return nil, fmt.Errorf("render session %s as JUnit XML: %w", d.Session.ID, err)
	}
	b.WriteByte('\n')
	// Line feeds stand in texts alone, no attribute has one: there they need no escape.
	return bytes.ReplaceAll(b.Bytes(), []byte("&#xA;"), []byte("\n")), nil
}

// gated are the items that a matching gate names.
func gated(d *Document) map[string]bool {
	out := map[string]bool{}
	for _, g := range d.Decision.Gates {
		for _, id := range g.By {
			out[id] = out[id] || g.Matches
		}
	}
	return out
}

// junitTime is a time in seconds, without separators of thousands.
func junitTime(ms int64) string { return fmt.Sprintf("%.3f", float64(ms)/1000) }

func junitSuiteOf(d *Document, c Category, items []Item, stops map[string]bool) junitSuite {
	s := junitSuite{Package: line(d.Profile.ID + "." + c.ID), Name: line(c.Title), Timestamp: d.Report.CompletedAt.UTC().Format("2006-01-02T15:04:05"),
		Hostname: "unknown", Properties: []junitProperty{
			{"session", d.Session.ID}, {"target", line(join(" ", d.Target.Name, d.Target.Version, d.Target.Environment))},
			{"decision", string(d.Decision.Stands)}, {"score", Figure(d, c)}, {"counts", CountNote(c.Counts)}}}
	for _, it := range items {
		if it.Category != c.ID {
			continue
		}
		if it.Machine.Vantage != "" {
			s.Hostname = line(it.Machine.Vantage)
		}
		tc := junitCaseOf(d, it, stops[it.ID])
		s.Cases = append(s.Cases, tc)
		s.Tests, s.ms = s.Tests+1, s.ms+it.ElapsedMS
		switch {
		case tc.Failure != nil:
			s.Failures++
		case tc.Error != nil:
			s.Errors++
		case tc.Skipped != nil:
			s.Skipped++
		}
	}
	s.Time = junitTime(s.ms)
	return s
}

func junitCaseOf(d *Document, it Item, stops bool) junitCase {
	tc := junitCase{ClassName: line(d.Profile.ID + "." + it.Category), Name: line(it.ID + " " + it.Title), Time: junitTime(it.ElapsedMS)}
	more := said(d, it)
	for _, e := range it.Evidence {
		more = append(more, "evidence: "+string(e.What)+" sha256:"+e.SHA256)
	}
	o := &junitOutcome{Type: string(it.Severity), Message: line(it.Summary), Text: strings.Join(append([]string{it.Summary}, more...), "\n") +
		suffix("\nwhy: ", it.Why) + suffix("\nfix: ", it.Fix)}
	switch v := it.Verdict; {
	case v == checks.Warn && stops:
		o.Type, tc.Failure = string(v), o
	case v == checks.Pass, v == checks.Warn:
		tc.Out = strings.Join(append([]string{string(it.Verdict) + ": " + it.Summary}, more...), "\n")
	case v == checks.Fail:
		tc.Failure = o
	case v == checks.Inconclusive:
		o.Type, tc.Error = string(it.Verdict), o
	default:
		o.Type, tc.Skipped = string(it.Verdict), o
	}
	return tc
}
