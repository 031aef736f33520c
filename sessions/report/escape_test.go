package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// hostile is what targets and people may put into a report to make it say something else.
var hostile = []string{
	"<script>alert(1)</script>", "</td></tr></table>", "<!--", "-->", "<details>", "&#60;script>", "[x](javascript:alert(1))",
	"![i](http://evil.example/t.png)", "<http://evil.example>", "@team", "#12", "closes #1", ":tada:", "$x$", "[^1]", "- [x]", "---",
	"# h", "    four", "`", "``", "```", "a|b", `a\|b`, `a\\|b`, `a\`, "**bold**", "~~gone~~", "_em_", "www.evil.example", "mail@evil.example",
	"1. one", "> quote", "=HYPERLINK(\"http://x\")", "GH-12", "owner/repo#3", "+ plus", "| a | b |", "| --- | --- |", "&amp;",
}

func html(t *testing.T, markdown string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(markdown), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// In a cell, a list or a paragraph, hostile text stays text: the same elements come out
// as with a harmless word.
func TestHostileTextIsInert(t *testing.T) {
	elements := func(s string) string {
		var out []string
		for _, part := range strings.Split(s, "<")[1:] {
			name, _, _ := strings.Cut(part, ">")
			if name = strings.Fields(name + " ")[0]; name != "code" && name != "/code" && name != "br" {
				out = append(out, name)
			}
		}
		return strings.Join(out, " ")
	}
	shapes := map[string]func(string) string{
		"cell": func(s string) string {
			m := &markdown{}
			m.table([]string{"a", "b"}, [][]string{{text(s), "next"}})
			return m.b.String()
		},
		"code cell": func(s string) string {
			m := &markdown{}
			m.table([]string{"a", "b"}, [][]string{{code(s), "next"}})
			return m.b.String()
		},
		"list":  func(s string) string { return "- **Title**: " + text(s) + "\n- next\n" },
		"block": func(s string) string { return block(s) + "\n\nnext\n" },
	}
	for name, shape := range shapes {
		want := elements(html(t, shape("harmless")))
		for _, s := range hostile {
			if got := elements(html(t, shape(s))); got != want {
				t.Errorf("%s %q: elements %q, want %q\n%s", name, s, got, want, shape(s))
			}
		}
	}
}

// What forges turn into links and pings after rendering stands in code spans.
func TestLiveFormsAreCode(t *testing.T) {
	for _, s := range []string{"@team", "#12", "org/repo#12", ":tada:", "https://evil.example/x", "www.evil.example", "a@b.example", "GH-7"} {
		if got := text("see " + s + " there"); !strings.Contains(got, "`"+s+"`") {
			t.Errorf("%q came out as %q", s, got)
		}
	}
}

func TestPlainWordsStayReadable(t *testing.T) {
	for _, s := range []string{"DATABASE_URL is missing", "compose.yaml:6: no limit", "Documentation & compliance", "12:30", "it costs 5 %, or 0.5"} {
		if got := text(s); got != s {
			t.Errorf("%q came out as %q", s, got)
		}
	}
}
