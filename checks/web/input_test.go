package web

import (
	"fmt"
	"html"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/webtest"
)

func TestInputParams(t *testing.T) {
	for _, c := range []struct {
		in      InputParams
		want    string // param=value
		missing string
	}{
		{InputParams{Path: "/s?q=cotton"}, "q=cotton", ""},
		{InputParams{Path: "/s?q=a%20b&page=2"}, "q=a b", ""},
		{InputParams{Path: "/s?q=a&page=2", Param: "page"}, "page=2", ""},
		{InputParams{Path: "/s", Param: "q", Value: "x"}, "q=x", ""},
		{InputParams{}, "", "path"},
		{InputParams{Path: "/s"}, "", "param"},
		{InputParams{Path: "/s?q="}, "", "value"},
	} {
		got, missing := c.in.complete()
		if missing != c.missing || (missing == "" && got.Param+"="+got.Value != c.want) {
			t.Errorf("%+v: %s=%s missing %q, want %s missing %q", c.in, got.Param, got.Value, missing, c.want, c.missing)
		}
	}
}

func TestSQLRule(t *testing.T) {
	verdictOf(t, judgeSQL(sqlFacts{Probes: 4, Stable: true}), checks.Pass)
	verdictOf(t, judgeSQL(sqlFacts{Probes: 4}), checks.Inconclusive)
	verdictOf(t, judgeSQL(sqlFacts{Probes: 4, Stable: true, Ignored: true}), checks.Inconclusive)
	verdictOf(t, judgeSQL(sqlFacts{ErrorText: "ORA-00933", ErrorProbe: "quote"}), checks.Fail)
	verdictOf(t, judgeSQL(sqlFacts{Stable: true, Conditional: true}), checks.Fail)
	verdictOf(t, judgeSQL(sqlFacts{Stable: true, Wavering: true}), checks.Warn)
	verdictOf(t, judgeSQL(sqlFacts{Stable: true, Broken: "quote"}), checks.Warn)
	if o := judgeSQL(sqlFacts{Probes: 4, Stable: true}); !strings.Contains(o.Reason, "no sign found with 4 safe probes") {
		t.Errorf("words: %s", o.Reason)
	}
}

// TestSafeProbes holds the values to what they may never have.
func TestSafeProbes(t *testing.T) {
	never := regexp.MustCompile(`(?i)\bor\b|--|/\*|;|union|drop|insert|update|delete|sleep|/etc`)
	for _, value := range []string{"cotton", "7"} {
		for _, p := range sqlProbes(value) {
			if never.MatchString(p.Value) {
				t.Errorf("%s: %q is not harmless", p.Name, p.Value)
			}
		}
	}
	if c := newSum().command(); !regexp.MustCompile(`^echo gng\$\(\(\d+\*\d+\)\)gng$`).MatchString(c) {
		t.Errorf("the command is %q", c)
	}
}

// search answers /search with JSON built from q and account, 404 elsewhere.
func search(t *testing.T, answer func(q string) (code int, body string)) string {
	return serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/search" {
			http.NotFound(w, r)
			return
		}
		code, body := answer(r.URL.Query().Get("q"))
		say(code, "application/json", body)(w, r)
	})
}

// hits is what a bound statement answers: rows for a known word, none otherwise.
func hits(q string) string {
	if strings.Contains("cotton wool", q) {
		return fmt.Sprintf(`{"query":%q,"hits":["cotton","cotton wool"],"count":2}`, q)
	}
	return fmt.Sprintf(`{"query":%q,"hits":[],"count":0}`, q)
}

var tautology = regexp.MustCompile(`^(.*)' AND '1'='(\d)$`)

// injectable behaves like a statement glued together from the parameter.
func injectable(q string) (int, string) {
	if m := tautology.FindStringSubmatch(q); m != nil {
		if m[2] == "1" {
			return 200, hits(m[1])
		}
		return 200, hits("none such")
	}
	return 200, hits(strings.ReplaceAll(q, "'", ""))
}

func TestSQLIKind(t *testing.T) {
	t.Parallel()
	bound := func(q string) (int, string) { return 200, hits(q) }
	driver := func(q string) (int, string) {
		if strings.Count(q, "'")%2 == 1 {
			return 500, `{"error":"unterminated quoted string at or near \"'\""}`
		}
		return 200, hits(q)
	}
	footer := func(q string) (int, string) {
		return 200, hits(q) + `{"tip":"a syntax error at or near \"SELECT\" means a typo"}`
	}
	onlyForQuote := func(q string) (int, string) {
		if strings.HasSuffix(q, "'") && !strings.HasSuffix(q, "''") {
			return 500, `{"error":"unexpected"}`
		}
		return 200, hits(q)
	}
	validating := func(q string) (int, string) {
		if strings.ContainsAny(q, "'= ") {
			return 400, `{"error":"bad characters"}`
		}
		return 200, hits(q)
	}
	var n atomic.Int64
	rotating := func(q string) (int, string) {
		return 200, fmt.Sprintf(`{"news":%q}`, strings.Repeat(string(rune('a'+n.Add(1)%26))+"word ", 12))
	}
	for name, c := range map[string]struct {
		answer func(string) (int, string)
		want   checks.Verdict
	}{
		"bound": {bound, checks.Pass}, "driver text": {driver, checks.Fail}, "static footer": {footer, checks.Pass},
		"condition decides": {injectable, checks.Fail}, "500 for the quote": {onlyForQuote, checks.Warn},
		"400 for the quote": {validating, checks.Pass}, "rotating page": {rotating, checks.Inconclusive},
		"401": {func(string) (int, string) { return 401, `{}` }, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "security.input.sqli", search(t, c.answer), c.want, webtest.Param("path", "/search?q=cotton"))
		})
	}
	check(t, "security.input.sqli", search(t, bound), checks.Pending, webtest.Param("path", "/search"))
}

// TestSQLINumbers tries a number, with a server that drops what follows it and one that
// works it out.
func TestSQLINumbers(t *testing.T) {
	strict := func(q string) (int, string) {
		if _, err := strconv.Atoi(q); err != nil {
			return 400, `{"error":"account must be a number"}`
		}
		return 200, `{"positions":["a","b"]}`
	}
	ignoring := func(q string) (int, string) { return 200, `{"positions":["a","b"]}` }
	dropping := func(q string) (int, string) {
		if !strings.HasPrefix(q, "1") {
			return 200, `{"positions":[]}`
		}
		return 200, `{"positions":["a","b"]}`
	}
	glued := func(q string) (int, string) {
		if strings.HasSuffix(q, "1=2") {
			return 200, `{"positions":[]}`
		}
		return 200, `{"positions":["a","b"]}`
	}
	for name, c := range map[string]struct {
		answer func(string) (int, string)
		want   checks.Verdict
	}{"validates": {strict, checks.Pass}, "ignores it": {ignoring, checks.Inconclusive}, "drops the tail": {dropping, checks.Pass}, "glued": {glued, checks.Fail}} {
		t.Run(name, func(t *testing.T) {
			check(t, "security.input.sqli", search(t, c.answer), c.want, webtest.Param("path", "/search?q=1"))
		})
	}
}

func TestCMDIKind(t *testing.T) {
	t.Parallel()
	product := regexp.MustCompile(`gng\$\(\((\d+)\*(\d+)\)\)gng`)
	shell := func(separator string) func(string) (int, string) {
		return func(q string) (int, string) {
			m := product.FindStringSubmatch(q)
			if m == nil || !strings.Contains(q, separator) {
				return 200, hits(q)
			}
			a, _ := strconv.Atoi(m[1])
			b, _ := strconv.Atoi(m[2])
			return 200, fmt.Sprintf(`{"output":"gng%dgng"}`, a*b)
		}
	}
	for name, c := range map[string]struct {
		answer func(string) (int, string)
		want   checks.Verdict
	}{
		"repeats the text":  {func(q string) (int, string) { return 200, hits(q) }, checks.Pass},
		"shell, semicolon":  {shell(";"), checks.Fail},
		"shell, line break": {shell("\n"), checks.Fail},
		"500 for these": {func(q string) (int, string) {
			if strings.Contains(q, "$") {
				return 500, `{}`
			}
			return 200, hits(q)
		}, checks.Warn},
		"404":     {func(string) (int, string) { return 404, `{}` }, checks.Inconclusive},
		"ignored": {func(string) (int, string) { return 200, `{"all":["a"]}` }, checks.Inconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			o := check(t, "security.input.cmdi", search(t, c.answer), c.want, webtest.Param("path", "/search?q=cotton"))
			if c.want == checks.Pass {
				reads(t, o, "no sign found with 4 safe probes")
			}
		})
	}
}

func TestXSSRule(t *testing.T) {
	twice := func(m markup) []markup { return []markup{m, m} }
	page := xssFacts{Status: 200, Page: true, Repeated: true}
	with := func(see []markup) xssFacts { f := page; f.See = see; return f }
	verdictOf(t, judgeXSS(with(twice(markup{}))), checks.Pass)
	verdictOf(t, judgeXSS(with(twice(markup{Element: true}))), checks.Fail)
	verdictOf(t, judgeXSS(with([]markup{{Element: true}, {}})), checks.Pass) // only a repeat counts
	verdictOf(t, judgeXSS(with(twice(markup{Element: true, JSONBody: true}))), checks.Warn)
	verdictOf(t, judgeXSS(with(twice(markup{Quote: true}))), checks.Warn)
	verdictOf(t, judgeXSS(with(twice(markup{Script: true}))), checks.Warn)
	verdictOf(t, judgeXSS(xssFacts{Status: 200}), checks.NA)
	verdictOf(t, judgeXSS(xssFacts{Status: 200, LikeOther: true, Page: true}), checks.Inconclusive)
	verdictOf(t, judgeXSS(xssFacts{Status: 500, Page: true}), checks.Inconclusive)
	verdictOf(t, judgeXSS(xssFacts{Status: 403}), checks.Inconclusive)
	verdictOf(t, judgeXSS(xssFacts{Status: 302, Page: true}), checks.Inconclusive)
	verdictOf(t, judgeXSS(xssFacts{Status: 400, Page: true, Repeated: true, See: make([]markup, 2)}), checks.Pass)
	verdictOf(t, judgeXSS(xssFacts{Status: 200, Page: true}), checks.Pass)
}

func TestXSSKind(t *testing.T) {
	t.Parallel()
	page := func(render func(q string) string, media string) string {
		return serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path != "/search" {
				http.NotFound(w, r)
				return
			}
			say(200, media, render(r.URL.Query().Get("q")))(w, r)
		})
	}
	const doc = "<html><body><h1>Results</h1>%s</body></html>"
	for name, c := range map[string]struct {
		render func(q string) string
		media  string
		want   checks.Verdict
	}{
		"escaped text":        {func(q string) string { return fmt.Sprintf(doc, html.EscapeString(q)) }, "text/html", checks.Pass},
		"raw text":            {func(q string) string { return fmt.Sprintf(doc, q) }, "text/html; charset=utf-8", checks.Fail},
		"in a comment":        {func(q string) string { return fmt.Sprintf(doc, "<!-- "+q+" -->") }, "text/html", checks.Pass},
		"escaped attribute":   {func(q string) string { return fmt.Sprintf(doc, `<input value="`+html.EscapeString(q)+`">`) }, "text/html", checks.Pass},
		"raw attribute":       {func(q string) string { return fmt.Sprintf(doc, `<input value="`+q+`">`) }, "text/html", checks.Fail},
		"quotes unescaped":    {func(q string) string { return fmt.Sprintf(doc, `<input value="`+brackets(q)+`">`) }, "text/html", checks.Warn},
		"text, quotes as are": {func(q string) string { return fmt.Sprintf(doc, "<p>"+brackets(q)+"</p>") }, "text/html", checks.Pass},
		"in a script":         {func(q string) string { return fmt.Sprintf(doc, `<script>var q = "`+q+`"</script>`) }, "text/html", checks.Warn},
		"in a textarea":       {func(q string) string { return fmt.Sprintf(doc, "<textarea>"+q+"</textarea>") }, "text/html", checks.Pass},
		"ignored":             {func(string) string { return fmt.Sprintf(doc, "none") }, "text/html", checks.Inconclusive},
		"not repeated": {func(q string) string {
			return fmt.Sprintf(doc, map[bool]string{true: "two results, both of them bales", false: "none"}[q == "cotton"])
		}, "text/html", checks.Pass},
		"json":             {func(q string) string { return fmt.Sprintf(`{"q":%q}`, q) }, "application/json", checks.NA},
		"json called html": {func(q string) string { return fmt.Sprintf(`{"q":%q}`, q) }, "text/html", checks.Warn},
	} {
		t.Run(name, func(t *testing.T) {
			check(t, "security.input.xss", page(c.render, c.media), c.want, webtest.Param("path", "/search?q=cotton"))
		})
	}
}

// brackets escapes < and > but no quotes, as some templates do.
func brackets(s string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s)
}
