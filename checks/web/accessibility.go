package web

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/net/html"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var webAccessibility = checks.Define(checks.Kind{
	ID: "web.accessibility", Title: "The page's HTML meets the accessibility baseline", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the page and of a random path beside it",
	Rule: "Of the HTML as it is served, nothing is run. PASS: a language, a title, alt on every image, a name for every form field, button and link, one h1, and a viewport that can be zoomed. WARN: no h1, or several. " +
		"FAIL: one of the others is missing. inconclusive: the page is rendered by script and says nearly nothing by itself, or unknown paths get the same page.",
	Fix:  `<html lang="en">, a title for each page, alt (empty for decoration), a label for every field; no user-scalable=no.`,
	Refs: []string{"WCAG 2.2 1.1.1, 1.3.1, 1.4.4, 2.4.2, 2.4.4, 3.1.1, 3.3.2, 4.1.2"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		x, control, missing := askPage(ctx, p, path)
		if missing != "" {
			return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
		}
		facts := accessFacts{served: servedPage(path, x, control)}
		if facts.served.parsed != nil {
			facts.Faults = accessFaults(facts.served.parsed)
			facts.Headings = headings(facts.served.parsed)
		}
		return judgeAccess(facts), []checks.Evidence{p.Exchange(x), p.Note("accessibility of "+path, facts.table())}
	})
})

// served is a page as it came, with what kinds that read its HTML ask first.
type served struct {
	Path      string
	Status    int
	HTML      bool
	LikeOther bool // unknown paths get the same; the base page may
	Shell     bool // it says nearly nothing until its scripts run
	parsed    *page
}

func servedPage(path string, x, control *observe.Exchange) served {
	s := served{Path: path, Status: x.Status, HTML: answer.HTML(x)}
	if u := mustParse(x.URL); u == nil || u.Path != "/" && u.Path != "" {
		s.LikeOther = answer.Success(x) && observe.Same(x, control)
	}
	if g, ok := parsePage(x); ok && s.HTML && answer.Success(x) && !x.Encoded {
		s.parsed, s.Shell = g, g.isShell()
	}
	return s
}

// unread says why the page can't be judged, with the verdict that leaves; "" when it can.
func (s served) unread() opinion {
	switch {
	case answer.RefusedStatus(s.Status):
		return unsure(s.Path + " is refused with " + statusText(s.Status))
	case s.Status < 200 || s.Status >= 300:
		return fail(s.Path + " answers " + statusText(s.Status))
	case !s.HTML:
		return fail(s.Path + " is no HTML page")
	case s.parsed == nil:
		return unsure(s.Path + " can't be read")
	}
	return opinion{}
}

// fewWords is how many letters of text a page has at least that is more than a place for
// its scripts to work in.
const fewWords = 60

// isShell reports whether a page has scripts and nearly no text of its own.
func (g *page) isShell() bool { return g.letters() < fewWords && len(g.all("script")) > 0 }

// letters counts what there is to read on a page before any script runs.
func (g *page) letters() int {
	letters := 0
	for _, body := range g.all("body") {
		for n := range body.Descendants() {
			if n.Type == html.TextNode && !inside(n, "script") && !inside(n, "style") && !inside(n, "noscript") && !inside(n, "template") {
				letters += len(strings.Join(strings.Fields(n.Data), ""))
			}
		}
	}
	return letters
}

// accessFacts is what the HTML of a page says about its accessibility.
type accessFacts struct {
	served
	Faults   []string
	Headings int // h1 elements
}

func (f accessFacts) table() string {
	return fmt.Sprintf("rendered by script  %t\nh1 elements         %d\n%s\n", f.Shell, f.Headings, strings.Join(f.Faults, "\n"))
}

func headings(g *page) int {
	n := 0
	for _, h := range g.all("h1") {
		if g.nameOf(h) != "" {
			n++
		}
	}
	return n
}

// accessFaults lists what is missing.
func accessFaults(g *page) []string {
	var faults []string
	if missing := pageParts["language"](g); missing != "" {
		faults = append(faults, "the html element has no lang")
	}
	if missing := pageParts["titles"](g); missing != "" {
		faults = append(faults, "the page has no title")
	}
	if view := strings.ReplaceAll(strings.ToLower(viewport(g)), " ", ""); unzoomable(view) {
		faults = append(faults, "the viewport can't be zoomed: "+quoteShort(viewport(g)))
	}
	for node := range g.root.Descendants() {
		if node.Type != html.ElementNode || hidden(node) {
			continue
		}
		if fault := g.nameless(node); fault != "" {
			faults = append(faults, fault)
		}
	}
	return faults
}

// unzoomable reports whether a viewport forbids zooming to twice its size (WCAG 1.4.4).
func unzoomable(view string) bool {
	for setting := range strings.SplitSeq(strings.ReplaceAll(view, ";", ","), ",") {
		name, value, _ := strings.Cut(setting, "=")
		if name == "user-scalable" && (value == "no" || value == "0") || name == "maximum-scale" && (value == "1" || strings.HasPrefix(value, "1.") || strings.HasPrefix(value, "0")) {
			return true
		}
	}
	return false
}

// hidden reports whether nobody is offered the element: it, or one around it, is hidden.
func hidden(node *html.Node) bool {
	for n := node; n != nil; n = n.Parent {
		_, off := attr(n, "hidden")
		_, inert := attr(n, "inert")
		aria, _ := attr(n, "aria-hidden")
		if off || inert || aria == "true" || n.Type == html.ElementNode && (n.Data == "template" || n.Data == "noscript") {
			return true
		}
	}
	return false
}

// nameless says what is wrong with an element that needs a name and has none.
func (g *page) nameless(node *html.Node) string {
	kind, _ := attr(node, "type")
	role, _ := attr(node, "role")
	switch node.Data {
	case "img":
		if _, ok := attr(node, "alt"); !ok && role != "presentation" && role != "none" && !g.labelled(node) {
			src, _ := attr(node, "src")
			return "an image has no alt: " + quoteShort(src)
		}
	case "input", "select", "textarea":
		switch strings.ToLower(kind) {
		case "hidden", "submit", "reset":
			return ""
		case "button":
			if value, _ := attr(node, "value"); strings.TrimSpace(value) != "" {
				return ""
			}
		case "image":
			if alt, _ := attr(node, "alt"); strings.TrimSpace(alt) != "" {
				return ""
			}
		}
		if !g.labelled(node) && !g.hasLabel(node) {
			name, _ := attr(node, "name")
			return "a field has no label: " + quoteShort(name)
		}
	case "button":
		if !g.labelled(node) && g.nameOf(node) == "" {
			return "a button has no name"
		}
	case "a":
		if href, ok := attr(node, "href"); ok && !g.labelled(node) && g.nameOf(node) == "" {
			return "a link has no name: " + quoteShort(href)
		}
	}
	return ""
}

// labelled reports whether attributes name the element; those that aria-labelledby points
// to must be there.
func (g *page) labelled(node *html.Node) bool {
	for _, name := range []string{"aria-label", "title"} {
		if value, _ := attr(node, name); strings.TrimSpace(value) != "" {
			return true
		}
	}
	by, _ := attr(node, "aria-labelledby")
	for _, id := range strings.Fields(by) {
		for other := range g.root.Descendants() {
			if own, _ := attr(other, "id"); own == id && g.nameOf(other) != "" {
				return true
			}
		}
	}
	return false
}

// hasLabel reports whether a label with text is around the field or for it.
func (g *page) hasLabel(field *html.Node) bool {
	for parent := range field.Ancestors() {
		if parent.Data == "label" && textOf(parent) != "" {
			return true
		}
	}
	id, _ := attr(field, "id")
	for _, label := range g.all("label") {
		if to, _ := attr(label, "for"); id != "" && to == id && textOf(label) != "" {
			return true
		}
	}
	return false
}

// nameOf is the text of an element, with what stands for its images.
func (g *page) nameOf(node *html.Node) string {
	name := textOf(node)
	for n := range node.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if alt, _ := attr(n, "alt"); alt != "" {
			name += alt
		}
		if label, _ := attr(n, "aria-label"); label != "" {
			name += label
		}
	}
	return strings.TrimSpace(name)
}

func judgeAccess(f accessFacts) opinion {
	if o := f.unread(); o.Verdict != "" {
		return o
	}
	more := ""
	if len(f.Faults) > 1 {
		more = fmt.Sprintf(" (and %d more)", len(f.Faults)-1)
	}
	switch {
	case f.LikeOther:
		return unsure(f.Path + " is the page that unknown paths get too")
	case f.Shell:
		return unsure(f.Path + " is rendered by script: its HTML says nearly nothing by itself")
	case len(f.Faults) > 0:
		return fail(f.Path + ": " + f.Faults[0] + more)
	case f.Headings == 0:
		return warn(f.Path + " has no h1")
	case f.Headings > 1:
		return warn(fmt.Sprintf("%s has %d h1 elements", f.Path, f.Headings))
	}
	return pass(f.Path + " meets what can be read from its HTML")
}
