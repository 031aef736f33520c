package report_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"assess/gonogo/sessions/report"
)

var (
	heading = regexp.MustCompile(`(?m)^#{1,4} `)
	rule    = regexp.MustCompile(`(?m)^\|(?: --- \|)+$`)
	row     = regexp.MustCompile(`(?s)<tr>.*?</tr>`)
	fence   = regexp.MustCompile("(?ms)^ *```.*?^ *```$")
)

// The parser that forges use finds the headings, tables and rows that the report has and no
// element more, whatever stands in the session.
func TestAForgeReadsTheReport(t *testing.T) {
	cmark, err := exec.LookPath("cmark-gfm")
	if err != nil {
		t.Skip("cmark-gfm is not here (Debian: cmark-gfm)")
	}
	for name, d := range map[string]*report.Document{"phase5": seedDocument(t, "phase5"), "full-stack": seedDocument(t, "full-stack"), "vile": spoiled(t)} {
		markdown := report.Markdown(d)
		if name != "vile" {
			golden, err := os.ReadFile(filepath.Join("testdata", name+".md"))
			if err != nil {
				t.Fatal(err)
			}
			markdown = golden
		}
		file := filepath.Join(t.TempDir(), "report.md")
		if err := os.WriteFile(file, markdown, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(cmark, "--unsafe", "-e", "table", "-e", "tasklist", "-e", "strikethrough", "-e", "autolink", "-e", "footnotes", file).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		html, plain := string(out), fence.ReplaceAllString(string(markdown), "")
		if got, want := strings.Count(html, "<h1>")+strings.Count(html, "<h2>")+strings.Count(html, "<h3>")+strings.Count(html, "<h4>"), len(heading.FindAllString(plain, -1)); got != want || want < 40 {
			t.Errorf("%s: %d headings, %d written", name, got, want)
		}
		if got, want := strings.Count(html, "<table>"), len(rule.FindAllString(plain, -1)); got != want || want < 12 {
			t.Errorf("%s: %d tables, %d written", name, got, want)
		}
		for _, tag := range []string{"<a ", "<img", "<script", "<del>", "<h5>", "<!--", "<section", "<br", "<hr", "<blockquote>", "<ol start=\"0\""} {
			if strings.Contains(html, tag) {
				t.Errorf("%s: %s is in what a forge shows", name, tag)
			}
		}
		if got, want := len(row.FindAllString(html, -1)), strings.Count("\n"+plain, "\n|")-len(rule.FindAllString(plain, -1)); got != want {
			t.Errorf("%s: %d rows, %d written", name, got, want)
		}
	}
}
