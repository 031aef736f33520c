package web

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// PageParams name pages.
type PageParams struct {
	Path  string         `toml:"path" doc:"the page; default the first of the target's pages"`
	Paths checks.Strings `toml:"paths" doc:"several pages, judged together"`
}

var webLayout = checks.Define(checks.Kind{
	ID: "web.layout", Title: "The layout fits small screens", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the page, of up to five of its stylesheets and of a random path beside it",
	Rule: "PASS (inferred, nothing is rendered): a viewport of the device's width and no fixed width over 400 px outside rules for wide screens. FAIL: otherwise. " +
		"inconclusive: unknown paths get the same page, or a stylesheet has no answer.",
	Fix:  `<meta name="viewport" content="width=device-width, initial-scale=1"> and relative widths.`,
	Refs: []string{"WCAG 2.2, 1.4.10"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	r := eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		return runLayout(ctx, p, path)
	})
	r.Strength = checks.Inferred
	return r
})

// maxSheets bounds how many stylesheets of a page are read.
const maxSheets = 5

func runLayout(ctx context.Context, p *checks.Probe, path string) (opinion, []checks.Evidence) {
	x, control, missing := askPage(ctx, p, path)
	if missing != "" {
		return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
	}
	facts := layoutFacts{Path: path, Status: x.Status, HTML: answer.HTML(x), LikeOther: observe.Same(x, control)}
	if parsed, ok := parsePage(x); ok && facts.HTML {
		facts.Viewport = viewport(parsed)
		facts.Wide = pageWidths(parsed)
		sheets := parsed.references("style")
		for _, sheet := range sheets[:min(len(sheets), maxSheets)] {
			css, err := p.Do(ctx, observe.Request{URL: sheet})
			if err != nil {
				facts.Missing = append(facts.Missing, sheet)
				continue
			}
			facts.Wide = append(facts.Wide, fixedWidths(string(css.Body))...)
		}
	}
	return judgeLayout(facts), []checks.Evidence{p.Exchange(x), p.Exchange(control),
		p.Note("layout of "+path, "viewport  "+orNone(facts.Viewport)+"\n"+strings.Join(facts.Wide, "\n"))}
}

// maxFixed is the largest fixed width in pixels that fits small screens.
const maxFixed = 400

// layoutFacts is what the source of a page says about its layout.
type layoutFacts struct {
	Path      string
	Status    int
	HTML      bool
	LikeOther bool
	Viewport  string
	Wide      []string // declarations with a fixed width over the limit
	Missing   []string // stylesheets without an answer
}

func viewport(g *page) string {
	for _, meta := range g.all("meta") {
		if name, _ := attr(meta, "name"); strings.EqualFold(name, "viewport") {
			content, _ := attr(meta, "content")
			return content
		}
	}
	return ""
}

// pageWidths looks for fixed widths in style elements, style attributes and width
// attributes of layout elements.
func pageWidths(g *page) []string {
	var out []string
	for _, style := range g.all("style") {
		out = append(out, fixedWidths(textOf(style))...)
	}
	for node := range g.root.Descendants() {
		if style, ok := attr(node, "style"); ok {
			out = append(out, fixedWidths("x{"+style+"}")...)
		}
		width, ok := attr(node, "width")
		if n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(width), "px")); ok && err == nil && n > maxFixed &&
			contains([]string{"table", "td", "th", "iframe"}, node.Data) {
			out = append(out, fmt.Sprintf("<%s width=%d>", node.Data, n))
		}
	}
	return out
}

// fixedWidth matches width and min-width declarations in pixels.
var fixedWidth = regexp.MustCompile(`(?i)(?:^|[;{\s])((?:min-)?width)\s*:\s*(\d+)(?:\.\d+)?px`)

// wideOnly matches the heads of blocks that hold for wide screens or paper only.
var wideOnly = regexp.MustCompile(`(?i)^@media[^{]*(min-width|min-device-width|width\s*>=?|\bprint\b)`)

var cssComment = regexp.MustCompile(`(?s)/\*.*?\*/`)

// fixedWidths lists the declarations over the limit that hold on small screens.
func fixedWidths(css string) []string {
	css = cssComment.ReplaceAllString(css, "")
	var out []string
	var heads []bool // for each open block: is it for wide screens only
	wide, start := false, 0
	scan := func(text string) {
		if wide {
			return
		}
		for _, m := range fixedWidth.FindAllStringSubmatch("{"+text, -1) {
			if n, err := strconv.Atoi(m[2]); err == nil && n > maxFixed {
				out = append(out, m[1]+": "+m[2]+"px")
			}
		}
	}
	for i, r := range css {
		switch r {
		case '{':
			head := strings.TrimSpace(css[start:i])
			heads = append(heads, wide)
			wide = wide || wideOnly.MatchString(head)
			start = i + 1
		case '}':
			scan(css[start:i])
			if len(heads) > 0 {
				wide, heads = heads[len(heads)-1], heads[:len(heads)-1]
			}
			start = i + 1
		case ';':
			scan(css[start : i+1])
			start = i + 1
		}
	}
	return out
}

func judgeLayout(f layoutFacts) opinion {
	switch {
	case f.Status < 200 || f.Status >= 300:
		return fail(f.Path + " answers " + statusText(f.Status))
	case !f.HTML:
		return fail(f.Path + " is no HTML page")
	case f.LikeOther:
		return unsure(f.Path + " is the page that unknown paths get too")
	case !strings.Contains(strings.ReplaceAll(strings.ToLower(f.Viewport), " ", ""), "width=device-width"):
		return fail(f.Path + " sets no viewport of the device's width")
	case len(f.Wide) > 0:
		return fail(f.Path + " has a fixed width that does not fit small screens: " + f.Wide[0])
	case len(f.Missing) > 0:
		return unsure("a stylesheet of " + f.Path + " has no answer: " + f.Missing[0])
	}
	return pass(f.Path + " sets a viewport, and no fixed width is over 400 px (read from the source, not rendered)")
}
