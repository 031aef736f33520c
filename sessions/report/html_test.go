package report_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

// elements parses a page as browsers do and tells every element in order.
func elements(t *testing.T, page []byte) []*html.Node {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// pageElements are all that a page may hold: nothing that runs, loads or sends.
var pageElements = regexp.MustCompile(`^(html|head|meta|title|style|body|a|div|header|nav|main|section|article|figure|h[1-4]|p|br|ul|ol|li|dl|dt|dd|span|strong|em|code|pre|table|thead|tbody|tr|th|td|details|summary|img|svg|desc|rect|text|line|polyline|circle)$`)

// A page of vile text has no element, attribute or address that its template has not, and
// its policy forbids all else.
func TestPageIsInert(t *testing.T) {
	page := output(t, named(t, "html"), spoiled(t), vileBody)
	policy := false
	for _, n := range elements(t, page) {
		if !pageElements.MatchString(n.Data) {
			t.Errorf("an element of the session's own: <%s>", n.Data)
		}
		for _, a := range n.Attr {
			switch {
			case strings.HasPrefix(a.Key, "on"):
				t.Errorf("<%s %s=%.60q>", n.Data, a.Key, a.Val)
			case (a.Key == "href" || a.Key == "xlink:href") && !strings.HasPrefix(a.Val, "#"):
				t.Errorf("a way out of the page: %.60q", a.Val)
			case a.Key == "src" && !strings.HasPrefix(a.Val, "data:image/png;base64,"):
				t.Errorf("a picture from %.60q", a.Val)
			case a.Key == "style" && a.Val != "max-width:100%":
				t.Errorf("a style of the session's own: %.60q", a.Val)
			}
		}
		if attribute(n, "http-equiv") == "Content-Security-Policy" {
			policy = true
			if c := attribute(n, "content"); !strings.HasPrefix(c, "default-src 'none'; style-src 'unsafe-inline'; img-src data:") {
				t.Errorf("policy %q", c)
			}
		}
	}
	if !policy {
		t.Error("no policy")
	}
}

// Headings follow each other without a gap, every link meets an anchor, ids are there once,
// every item has one, tables have heads and charts a title and a description.
func TestPageIsAccessible(t *testing.T) {
	finding := sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "One key holder", Severity: checks.Critical, Category: "reliability", Description: "Only one.\nTwo.", Recommendation: "Name a second."}}
	for _, seed := range []string{"phase5", "full-stack"} {
		d := climbing(reviewed(t, seed, finding, sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "nobody's", VerifiedBy: []string{"F-1"}}}))
		all := elements(t, output(t, named(t, "html"), d, bodyOf))
		ids, links, level, charts := map[string]int{}, []string{}, 0, 0
		for _, n := range all {
			if id := attribute(n, "id"); id != "" {
				ids[id]++
			}
			if n.Data == "a" {
				links = append(links, strings.TrimPrefix(attribute(n, "href"), "#"))
			}
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				now := int(n.Data[1] - '0')
				if now > level+1 {
					t.Errorf("%s: h%d follows h%d", seed, now, level)
				}
				level = now
			}
			if n.Data == "svg" {
				charts++
				if first := n.FirstChild; attribute(n, "role") != "img" || first == nil || first.Data != "title" || first.NextSibling == nil || first.NextSibling.Data != "desc" {
					t.Errorf("%s: a chart that tells nothing to who does not see it", seed)
				}
			}
			if n.Data == "th" && attribute(n, "scope") == "" {
				t.Errorf("%s: a table's head without scope", seed)
			}
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("%s: id %s is there %d times", seed, id, n)
			}
		}
		for _, l := range links {
			if ids[l] == 0 {
				t.Errorf("%s: a link to #%s, which is nowhere", seed, l)
			}
		}
		for _, it := range d.Items {
			if ids["item-"+it.ID] == 0 {
				t.Errorf("%s: item %s has no anchor", seed, it.ID)
			}
		}
		if charts < len(d.Score.Categories)+3 {
			t.Errorf("%s: %d charts", seed, charts)
		}
	}
}

// climbing has a ladder of load steps, an earlier session and a risk.
func climbing(d *report.Document) *report.Document {
	for i, users := range []int{10, 25, 50} {
		d.Items[0].Measurements = append(d.Items[0].Measurements,
			checks.Measurement{Name: fmt.Sprintf("%d users p50", users), Value: 100 * float64(i+1), Unit: "ms"},
			checks.Measurement{Name: fmt.Sprintf("%d users p95", users), Value: 300 * float64(i+1), Unit: "ms"})
	}
	d.Changes = &sessions.Comparison{Old: sessions.ComparisonSide{ID: "old", At: "2026-01-01T00:00:00Z", Score: 20, Decision: sessions.NoGo},
		New: sessions.ComparisonSide{ID: "new", At: "2026-02-01T00:00:00Z", Score: 35.2, Decision: sessions.NoGo}}
	side := func(id, profile, at string, score float64) sessions.ComparisonSide {
		return sessions.ComparisonSide{ID: id, Profile: profile, At: at, Version: "1", Score: score, Decision: sessions.NoGo}
	}
	d.Trend = []sessions.ComparisonSide{side("first", d.Profile.ID, "2025-12-01T00:00:00Z", 10), side("other", "production", "2025-12-24T00:00:00Z", 90),
		side("old", d.Profile.ID, "2026-01-01T00:00:00Z", 20), side("new", d.Profile.ID, "2026-02-01T00:00:00Z", 35.2)}
	d.Risks = append(d.Risks, report.Risk{Component: "Pool", Level: "HIGH", Impact: "HIGH", Probability: "CERTAIN", Priority: "IMMEDIATE", Items: []string{}})
	return d
}

// A page says what the Markdown says, and its charts have the session's numbers.
func TestPageHoldsTheReport(t *testing.T) {
	d := climbing(seedDocument(t, "phase5"))
	page := string(output(t, named(t, "html"), d, nil))
	for _, want := range []string{"✘</span> NO-GO", "35.2 %", "35.2–43.9 %", "coverage 80.0 %", "40.00 %", "23.08 %", "59.38 %", "incomplete, counts 0", "DO NOT DEPLOY", "DEPLOYMENT BLOCKED",
		"p95 at 50 users: 900 ms", ">2025-12-01: 10.0 %, NO-GO; 2026-01-01: 20.0 %, NO-GO; 2026-02-01: 35.2 %, NO-GO.<", "<code>first</code>",
		"<strong>Health routes missing</strong>, 6 blockers and 4 conditions: /api/health answers 404 Not Found", "<p class=\"muted\">8 more: ", "12 more steps", "2. Fix API health endpoints", "· open", "impact high, probability certain", "bytes of the evidence are withheld", `width="35.15"`, "@media print", "prefers-color-scheme: dark"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "2025-12-24") {
		t.Error("a score of another profile stands beside those of this one")
	}
	if words := string(report.Markdown(d)); !strings.Contains(words, "| 2025-12-01 | 1 | NO-GO | 10.0 % | `first` |") || strings.Contains(words, "2025-12-24") {
		t.Error("the Markdown does not list the reviews before, or those of another profile")
	}
	for _, h := range []string{"Executive summary", "Why", "What to do next", "Key figures", "Critical issues", "Assessment by category", "Readiness checklist", "Risk matrix", "Action plan", "Technology compliance",
		"Decision", "Rationale", "Gates", "Conditions", "Path to GO", "Estimated timeline", "Next steps", "Re-testing", "Findings", "Root causes", "Overrides", "Waivers",
		"Consent and requests", "Changes since the previous session", "Evidence index", "Sign-off", "How the scores were computed"} {
		if !regexp.MustCompile(`<h[23][^>]*>` + h + `</h[23]>`).MatchString(page) {
			t.Errorf("no section %s", h)
		}
	}
}

// Words stand out from what is behind them by WCAG 2.2's 4.5 : 1 in light, dark and print.
func TestPageContrast(t *testing.T) {
	css, err := os.ReadFile("page/report.css")
	if err != nil {
		t.Fatal(err)
	}
	schemes := regexp.MustCompile(`(?s)--page:.*?--bar-none[^}]*`).FindAllString(string(css), -1)
	if len(schemes) != 3 {
		t.Fatalf("%d schemes", len(schemes))
	}
	for i, s := range schemes {
		colours := map[string]string{}
		for _, m := range regexp.MustCompile(`--([a-z-]+): (#[0-9a-f]{6})`).FindAllStringSubmatch(s, -1) {
			colours[m[1]] = m[2]
		}
		pairs := [][2]string{{"text", "page"}, {"strong", "page"}, {"muted", "page"}, {"link", "page"}, {"text", "panel"}, {"text", "fail-bg"}, {"text", "warn-bg"}, {"text", "pass-bg"}, {"text", "unknown-bg"}}
		for _, c := range []string{"pass", "warn", "fail", "unknown", "none"} {
			pairs = append(pairs, [2]string{c, c + "-bg"})
		}
		for _, p := range pairs {
			if c := contrast(t, colours[p[0]], colours[p[1]]); c < 4.5 {
				t.Errorf("scheme %d: %s on %s has %.2f", i, p[0], p[1], c)
			}
		}
	}
}

func contrast(t *testing.T, a, b string) float64 {
	l := func(c string) float64 {
		n, err := strconv.ParseUint(strings.TrimPrefix(c, "#"), 16, 32)
		if err != nil {
			t.Fatalf("colour %q: %v", c, err)
		}
		f := func(v uint64) float64 {
			x := float64(v&255) / 255
			if x <= 0.04045 {
				return x / 12.92
			}
			return math.Pow((x+0.055)/1.055, 2.4)
		}
		return 0.2126*f(n>>16) + 0.7152*f(n>>8) + 0.0722*f(n)
	}
	x, y := l(a), l(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}
