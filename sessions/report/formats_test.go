package report_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

func seedDocument(t *testing.T, name string) *report.Document {
	t.Helper()
	return open(t, filepath.Join("testdata", name+".gonogo"))
}

// bodyOf is evidence that says its digest.
func bodyOf(sha string) ([]byte, error) { return []byte("body of " + sha + "\n"), nil }

// output is all that a format writes, one file after the other.
func output(t *testing.T, f report.Format, d *report.Document, bodies report.Bodies) []byte {
	t.Helper()
	if f.Files == nil {
		data, err := f.Render(d, bodies)
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		return data
	}
	files, err := f.Files(d, bodies)
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	var all []byte
	for _, x := range files {
		all = append(append(append(all, x.Name...), '\n'), x.Data...)
	}
	return all
}

func named(t *testing.T, name string) report.Format {
	t.Helper()
	f, err := report.FormatOf(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The same session gives the same bytes, and evidence's bytes are where the table says and
// nowhere once they are withheld. A document is not altered by being rendered.
func TestFormatsKeepTheirPromises(t *testing.T) {
	for _, seed := range []string{"phase5", "full-stack"} {
		d := seedDocument(t, seed)
		before, err := report.JSON(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range report.Formats {
			whole := output(t, f, d, bodyOf)
			if !bytes.Equal(whole, output(t, f, seedDocument(t, seed), bodyOf)) {
				t.Errorf("%s: %s differs from one rendering to the next", seed, f.Name)
			}
			if has := bytes.Contains(whole, []byte("body of ")); has != f.Bodies {
				t.Errorf("%s: %s has bodies: %v", seed, f.Name, has)
			}
			if bytes.Contains(output(t, f, d, nil), []byte("body of ")) {
				t.Errorf("%s: %s has a body that was withheld", seed, f.Name)
			}
		}
		if after, _ := report.JSON(d); !bytes.Equal(before, after) {
			t.Errorf("%s: rendering changed the document", seed)
		}
	}
	if _, err := report.FormatOf("pdf"); err == nil || !strings.Contains(err.Error(), "sarif") {
		t.Errorf("an unknown format: %v", err)
	}
}

// Evidence that can't be read ends an export; evidence that was taken out does not.
func TestBodiesThatAreNotThere(t *testing.T) {
	d := seedDocument(t, "phase5")
	for _, f := range report.Formats {
		if !f.Bodies {
			continue
		}
		bad := func(string) ([]byte, error) { return nil, errors.New("other bytes than its name says") }
		var err error
		if f.Files != nil {
			_, err = f.Files(d, bad)
		} else {
			_, err = f.Render(d, bad)
		}
		if err == nil {
			t.Errorf("%s: damaged evidence was left out in silence", f.Name)
		}
		for want, err := range map[string]error{"taken out": sessions.ErrTakenOut, "missing": sessions.ErrNotFound} {
			if !strings.Contains(string(output(t, f, d, func(string) ([]byte, error) { return nil, err })), want) {
				t.Errorf("%s does not say %q", f.Name, want)
			}
		}
	}
}

// vile is what may stand wherever a person or a target writes.
var vile = []string{
	"</script><script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "]]><x/>", "-->", "\x1b[2J\x00\x07\u0085\u009b31m", "user\u202eSSAP\u2066", "\ufffe\uffff\U000e0041",
	"=HYPERLINK(\"http://x\")", "+1", "-1+2", "@SUM(1)", "\t=1", "'quoted", "a\nb\r\nc", "&#60;script>", "{0} [x](javascript:alert(1))", "\xff\xfe\xc0",
	"{{.}}", "</style><b>", "<!--", "javascript:alert(1)", ",;\"",
}

// spoiled is the document with vile text wherever text goes, one piece an item.
func spoiled(t *testing.T) *report.Document {
	t.Helper()
	d := seedDocument(t, "phase5")
	for i := range d.Items {
		s, it := vile[i%len(vile)], &d.Items[i]
		it.Title, it.Summary, it.Why, it.Fix, it.Note, it.Refs = s, s, s, s, s, []string{s}
		if it.Machine != nil {
			it.Machine.Reason, it.Machine.Vantage, it.Machine.Changed = s, s, s
		}
		it.Reviewer = &report.Reviewer{Verdict: checks.Fail, Reason: s, By: s}
		it.Measurements = []checks.Measurement{{Name: s, Unit: s}}
		for j := range it.Evidence {
			it.Evidence[j].What = clean.Text(s)
		}
	}
	for _, s := range vile {
		x := clean.Text(s)
		d.Findings = append(d.Findings, sessions.Finding{ID: "F-1", Title: x, Description: x, Recommendation: x, Owner: x, Effort: x, Impact: s, Probability: s, Category: s})
		d.Waivers = append(d.Waivers, report.Waiver{Waiver: sessions.Waiver{Item: d.Items[0].ID, Reason: x, ApprovedBy: x, Expires: s}})
		d.Report.Summary += s + "\n\n"
		d.Report.Why = slices.Insert(d.Report.Why, 0, report.Reason{Title: s, Text: s, Items: []string{s}})
		d.Report.Next = slices.Insert(d.Report.Next, 0, report.NextStep{Text: s, By: s, When: s, Effort: s, Items: []string{s}})
		d.Trend = append(d.Trend, sessions.ComparisonSide{ID: s, Profile: d.Profile.ID, Version: s, At: s})
		d.Risks = append(d.Risks, report.Risk{Component: s, Level: s, Impact: s, Probability: s, Priority: s})
		d.Consent = append(d.Consent, report.Consent{Class: checks.Class(s), Host: s, By: s})
		d.Report.Edited = append(d.Report.Edited, report.EditedText{Section: "summary", By: s})
	}
	d.Items[len(d.Items)-1].Summary = strings.Repeat("long ", 1<<18)
	d.Target.Name, d.Target.Subtitle, d.Tool.Version, d.Session.Comment = vile[0], vile[1], vile[2], vile[5]
	d.Session.Assessors = vile
	return d
}

// vileBody is vile evidence, some of it long.
func vileBody(sha string) ([]byte, error) {
	if strings.HasPrefix(sha, "0") {
		return bytes.Repeat([]byte("long "), 1<<18), nil
	}
	return []byte(strings.Join(vile, "\n")), nil
}

// Whatever stands in a session, each format is read back by a parser of its own, holds as
// many things as the session, and no character that acts on a terminal or on its reader.
func TestVileTextInEveryFormat(t *testing.T) {
	d := spoiled(t)
	for _, f := range report.Formats {
		if f.Name == "json" {
			continue // holds what the session holds, escaped as JSON
		}
		out := output(t, f, d, vileBody)
		for _, r := range string(out) {
			if unicode.Is(unicode.Cc, r) && !strings.ContainsRune("\n\r\t", r) || unicode.Is(unicode.Bidi_Control, r) || r == '\ufffe' {
				t.Errorf("%s lets %U through", f.Name, r)
				break
			}
		}
	}
	rows, err := csv.NewReader(bytes.NewReader(output(t, named(t, "csv"), d, nil))).ReadAll()
	if err != nil || len(rows) != 1+len(d.Items)+len(d.Findings) {
		t.Fatalf("csv: %d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		for _, c := range r {
			if c != "" && strings.ContainsAny(c[:1], "=+-@\t\r\n") {
				t.Errorf("csv: %.40q is a formula", c)
			}
		}
	}
	junit := output(t, named(t, "junit"), d, nil)
	for dec := xml.NewDecoder(bytes.NewReader(junit)); ; {
		if _, err := dec.Token(); err != nil {
			if err.Error() != "EOF" {
				t.Errorf("junit: %v", err)
			}
			break
		}
	}
	validSARIF(t, output(t, named(t, "sarif"), d, nil))
	validOSCAL(t, output(t, named(t, "oscal"), d, nil))
}

func compile(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join("testdata", "schemas", name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func valid(t *testing.T, s *jsonschema.Schema, what string, data []byte) map[string]any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%s: %.2000v", what, err)
		return map[string]any{}
	}
	return v.(map[string]any)
}

func validSARIF(t *testing.T, data []byte) map[string]any {
	return valid(t, compile(t, "sarif-schema-2.1.0.json"), "sarif", data)
}

func validOSCAL(t *testing.T, data []byte) map[string]any {
	return valid(t, compile(t, "oscal-assessment-results-part.json"), "oscal", data)
}

// SARIF follows the OASIS schema; a fail is never a pass, and one that a person set aside is
// a suppressed fail.
func TestSARIF(t *testing.T) {
	d := seedDocument(t, "phase5")
	i := slices.IndexFunc(d.Items, func(it report.Item) bool { return it.Verdict == checks.Fail })
	d.Items[i].Verdict, d.Items[i].Reviewer = checks.Pass, &report.Reviewer{Verdict: checks.Pass, Reason: "it is [fine] {0}", By: "R. Okafor", Counts: true}
	data := output(t, named(t, "sarif"), d, nil)
	validSARIF(t, data)
	var log struct {
		Runs []struct {
			Tool struct {
				Driver struct{ Rules []struct{ ID string } }
			}
			Results []struct {
				RuleID, Kind, Level string
				RuleIndex           int
				Message             struct{ Text string }
				Suppressions        []struct{ Kind, Status, Justification string }
			}
		}
	}
	if err := json.Unmarshal(data, &log); err != nil {
		t.Fatal(err)
	}
	kinds := map[checks.Verdict]string{checks.Pass: "pass", checks.Warn: "fail", checks.Fail: "fail", checks.Inconclusive: "open", checks.Pending: "open", checks.NA: "notApplicable"}
	n := 0
	for _, it := range d.Items {
		if it.Machine == nil {
			continue
		}
		r := log.Runs[0].Results[n]
		want := kinds[it.Verdict]
		if it.ID == d.Items[i].ID {
			want = "fail"
			if len(r.Suppressions) != 1 || r.Suppressions[0].Status != "underReview" || !strings.Contains(r.Suppressions[0].Justification, "R. Okafor") {
				t.Errorf("%s: %+v", it.ID, r.Suppressions)
			}
			if !strings.Contains(r.Message.Text, `\[fine\] {{0}}`) {
				t.Errorf("live text in %q", r.Message.Text)
			}
		}
		if r.RuleID != it.ID || log.Runs[0].Tool.Driver.Rules[r.RuleIndex].ID != it.ID || r.Kind != want || (r.Level == "none") != (want != "fail") {
			t.Errorf("%s %s: %+v", it.ID, it.Verdict, r)
		}
		n++
	}
	if n != len(log.Runs[0].Results) {
		t.Errorf("%d items, %d results", n, len(log.Runs[0].Results))
	}
}

// JUnit counts what it holds; a fail or a warning that a gate names is a failure, and what
// nobody could tell is an error.
func TestJUnit(t *testing.T) {
	d := seedDocument(t, "phase5")
	d.Items[3].ElapsedMS = 1234567
	data := output(t, named(t, "junit"), d, nil)
	var all struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Suites   []struct {
			Cases []struct {
				Name    string `xml:"name,attr"`
				Time    string `xml:"time,attr"`
				Failure *struct {
					Type string `xml:"type,attr"`
				} `xml:"failure"`
				Error   *struct{} `xml:"error"`
				Skipped *struct{} `xml:"skipped"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	if err := xml.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	byID := map[string]report.Item{}
	for _, it := range d.Items {
		byID[it.ID] = it
	}
	named := map[string]bool{}
	for _, g := range d.Decision.Gates {
		for _, id := range g.By {
			named[id] = named[id] || g.Matches
		}
	}
	var tests, failures, errs, warns int
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			id, _, _ := strings.Cut(c.Name, " ")
			v := byID[id].Verdict
			failed := v == checks.Fail || v == checks.Warn && named[id]
			if (c.Failure != nil) != failed || (c.Error != nil) != (v == checks.Inconclusive) || (c.Skipped != nil) != (v == checks.NA || v == checks.Pending) {
				t.Errorf("%s is %s: %+v", id, v, c)
			}
			if c.Failure != nil && c.Failure.Type == "warn" {
				warns++
			}
			tests++
			failures += count(c.Failure != nil)
			errs += count(c.Error != nil)
			if id == d.Items[3].ID && c.Time != "1234.567" {
				t.Errorf("time %s", c.Time)
			}
		}
	}
	if tests != all.Tests || failures != all.Failures || errs != all.Errors || errs != 8 || warns == 0 {
		t.Errorf("%d tests, %d failures (%d of warnings), %d errors; told %d, %d, %d", tests, failures, warns, errs, all.Tests, all.Failures, all.Errors)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// JUnit XML follows the schema by the tool that its users have.
func TestJUnitFollowsTheSchema(t *testing.T) {
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not here (Debian: libxml2-utils)")
	}
	for name, d := range map[string]*report.Document{"phase5": seedDocument(t, "phase5"), "full-stack": seedDocument(t, "full-stack"), "vile": spoiled(t)} {
		file := filepath.Join(t.TempDir(), "out.xml")
		if err := os.WriteFile(file, output(t, named(t, "junit"), d, nil), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(xmllint, "--nonet", "--noout", "--schema", "testdata/schemas/junit.xsd", file).CombinedOutput(); err != nil {
			t.Errorf("%s: %.2000s", name, out)
		}
	}
}
