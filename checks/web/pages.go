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

// PagesParams are the parameters of web.pages.
type PagesParams struct {
	Path  string         `toml:"path" doc:"the page; default the first of the target's pages"`
	Paths checks.Strings `toml:"paths" doc:"several pages, judged together"`
	Want  checks.Strings `toml:"want" doc:"what each page must have: heading, links, nav, table, form, language (or lang), titles (or title), labels, alt"`
}

var webPages = checks.Define(checks.Kind{
	ID: "web.pages", Title: "A declared page is there with its parts", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of the page and of a random path beside it; with links also GETs of up to twenty navigation links on its own origin",
	Rule: "PASS: 2xx, HTML, unlike the answer for unknown paths, and every wanted part is there; navigation links answer 2xx. FAIL: a part or a link is missing, another status, no HTML. " +
		"inconclusive: unknown paths get the same page, it asks for a login (401) and no token is declared, or it is rendered by script and a part that scripts draw (heading, links, nav, table, form) is not in its HTML.",
	Fix:  "Serve the page, and what it leads to, from routes of their own.",
	Refs: []string{"WCAG 2.2", "HTML standard"},
}, runPages)

// maxLinks bounds how many navigation links are followed.
const maxLinks = 20

func runPages(ctx context.Context, p *checks.Probe, params PagesParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		return runPage(ctx, p, path, params.Want)
	})
}

// pagesOf are the pages a check looks at: what the profile names, else the first that the
// target declares.
func pagesOf(p *checks.Probe, path string, paths checks.Strings) []string {
	pages := append([]string{}, paths...)
	if path != "" {
		pages = append([]string{path}, pages...)
	}
	if len(pages) == 0 && len(p.Target.Paths.Pages) > 0 {
		pages = p.Target.Paths.Pages[:1]
	}
	return pages
}

// eachPage judges pages one by one and combines them; every opinion names its page.
func eachPage(paths []string, judge func(path string) (opinion, []checks.Evidence)) checks.Result {
	if len(paths) == 0 {
		return answer.NotDeclared("paths.pages")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, path := range paths {
		o, seen := judge(path)
		parts = append(parts, answer.Part{Verdict: o.Verdict, Reason: o.Reason})
		evidence = append(evidence, seen...)
	}
	verdict, reason := answer.Combine(parts)
	return opinion{Verdict: verdict, Reason: reason}.Result(evidence...)
}

func runPage(ctx context.Context, p *checks.Probe, path string, wants []string) (opinion, []checks.Evidence) {
	x, control, missing := askPage(ctx, p, path)
	if missing != "" {
		return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
	}
	evidence := []checks.Evidence{p.Exchange(x), p.Exchange(control)}
	facts := pageFacts{Path: path, Status: x.Status, Known: x.Request.As != "" && x.Request.As != observe.Anonymous, HTML: answer.HTML(x), LikeOther: observe.Same(x, control)}
	if parsed, ok := parsePage(x); ok && facts.HTML && answer.Success(x) {
		for _, want := range wants {
			found := []answer.Part{judgePart(want, parsed)}
			if want == "links" {
				found = followLinks(ctx, p, parsed, x.Request.As)
			}
			facts.Parts = append(facts.Parts, unseen(parsed, found)...)
		}
	}
	return judgePage(facts), append(evidence, p.Note("parts of "+path, answer.Table(facts.Parts)))
}

// drawn are the parts that scripts draw into a page that is next to empty when it is served.
var drawn = []string{"heading", "links", "nav", "table", "form"}

// unseen takes the lack of such a part in a page that is rendered by script for what it is:
// not seen, which only a browser could.
func unseen(g *page, parts []answer.Part) []answer.Part {
	for i, part := range parts {
		if part.Verdict == checks.Fail && contains(drawn, part.What) && g.isShell() {
			parts[i] = answer.Part{What: part.What, Verdict: checks.Inconclusive, Reason: "can't be seen: the page is rendered by script"}
		}
	}
	return parts
}

// askPage asks for a page, following redirects on its origin, and for a random path
// beside it. missing says why one of them has no answer.
func askPage(ctx context.Context, p *checks.Probe, path string) (x, control *observe.Exchange, missing string) {
	r, x, err := answer.FollowAsCaller(ctx, p, observe.Request{URL: path})
	if err != nil {
		_, missing = answer.Missing("GET "+path, err)
		return nil, nil, missing
	}
	r.URL = x.URL
	control, err = p.Control(ctx, r)
	if err != nil {
		_, missing = answer.Missing("a random path beside "+path, err)
		return nil, nil, missing
	}
	return x, control, ""
}

// pageFacts is what a page showed.
type pageFacts struct {
	Path      string
	Status    int
	Known     bool // asked with a token
	HTML      bool
	LikeOther bool
	Parts     []answer.Part
}

func judgePage(f pageFacts) opinion {
	switch {
	case f.Status == 401 && !f.Known:
		return unsure(f.Path + " is refused to anonymous callers with " + statusText(f.Status) + ": declare a token under [auth.user] to see it")
	case f.Status < 200 || f.Status >= 300:
		return fail(f.Path + " answers " + statusText(f.Status))
	case !f.HTML:
		return fail(f.Path + " is no HTML page")
	}
	verdict, reason := answer.Combine(f.Parts)
	switch {
	case len(f.Parts) > 0 && verdict == checks.Fail:
		return fail(f.Path + ": " + reason)
	case f.LikeOther:
		return unsure(f.Path + " is the page that unknown paths get too")
	case len(f.Parts) > 0 && verdict != checks.Pass:
		return opinion{Verdict: verdict, Reason: f.Path + ": " + reason}
	case len(f.Parts) == 0:
		return pass(f.Path + " is there")
	}
	var names []string
	for _, part := range f.Parts {
		names = append(names, part.What)
	}
	if len(names) > 4 {
		return pass(fmt.Sprintf("%s is there with its %d parts and links", f.Path, len(names)))
	}
	return pass(f.Path + " is there with " + list(names))
}

// followLinks asks for each navigation link and judges what it leads to.
func followLinks(ctx context.Context, p *checks.Probe, g *page, as observe.Identity) []answer.Part {
	links := g.navigation()
	if len(links) == 0 {
		return []answer.Part{{What: "links", Verdict: checks.Fail, Reason: "are missing: nothing leads further on this site"}}
	}
	var parts []answer.Part
	for _, link := range links[:min(len(links), maxLinks)] {
		label := "link " + mustParse(link).RequestURI()
		r := observe.Request{URL: link, As: as}
		x, err := follow(ctx, p, r)
		if err != nil {
			verdict, reason := answer.Missing(label, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		control, err := p.Control(ctx, r)
		if err != nil {
			verdict, reason := answer.Missing("a random path beside "+label, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		parts = append(parts, judgeLink(label, x.Status, observe.Same(x, control)))
	}
	return parts
}

func judgeLink(label string, code int, likeOther bool) answer.Part {
	switch {
	case code < 200 || code >= 300:
		return answer.Part{What: label, Verdict: checks.Fail, Reason: "answers " + statusText(code)}
	case likeOther:
		return answer.Part{What: label, Verdict: checks.Inconclusive, Reason: "is answered like unknown paths"}
	}
	return answer.Part{What: label, Verdict: checks.Pass, Reason: "answers " + statusText(code)}
}

// pageParts are the parts a profile may want, each with the words for its absence and
// how it is found.
var pageParts = map[string]func(*page) (missing string){
	"heading": func(g *page) string {
		for _, h := range g.all("h1") {
			if textOf(h) != "" {
				return ""
			}
		}
		return "is missing: there is no h1 with text"
	},
	"nav":   func(g *page) string { return orMissing(len(g.all("nav")) > 0) },
	"table": func(g *page) string { return orMissing(hasRows(g)) },
	"form":  func(g *page) string { return orMissing(hasFields(g)) },
	"language": func(g *page) string {
		for _, root := range g.all("html") {
			if lang, _ := attr(root, "lang"); strings.TrimSpace(lang) != "" {
				return ""
			}
		}
		return "is not declared: the html element has no lang"
	},
	"titles": func(g *page) string {
		for _, title := range g.all("title") {
			if textOf(title) != "" {
				return ""
			}
		}
		return "are missing: the page has no title"
	},
	"labels": unlabelled,
	"alt": func(g *page) string {
		for _, image := range g.all("img") {
			if _, ok := attr(image, "alt"); !ok {
				src, _ := attr(image, "src")
				return "is missing on the image " + quoteShort(src)
			}
		}
		return ""
	},
}

// shortParts are the shorter names of parts.
var shortParts = map[string]string{"lang": "language", "title": "titles"}

func judgePart(want string, g *page) answer.Part {
	if long, ok := shortParts[want]; ok {
		want = long
	}
	look, known := pageParts[want]
	if !known {
		return answer.Part{What: want, Verdict: checks.Inconclusive, Reason: "is not a part that can be looked for"}
	}
	if missing := look(g); missing != "" {
		return answer.Part{What: want, Verdict: checks.Fail, Reason: missing}
	}
	return answer.Part{What: want, Verdict: checks.Pass, Reason: "is there"}
}

func orMissing(there bool) string {
	if there {
		return ""
	}
	return "is missing"
}

func hasRows(g *page) bool {
	for _, table := range g.all("table") {
		for node := range table.Descendants() {
			if node.Data == "tr" {
				return true
			}
		}
	}
	return false
}

func hasFields(g *page) bool {
	for _, form := range g.all("form") {
		for node := range form.Descendants() {
			if node.Type == html.ElementNode && contains([]string{"input", "select", "textarea", "button"}, node.Data) {
				return true
			}
		}
	}
	return false
}

// unlabelled names the first form field without a label (WCAG 2.2, 3.3.2).
func unlabelled(g *page) string {
	labelled := map[string]bool{}
	for _, label := range g.all("label") {
		if name, ok := attr(label, "for"); ok && textOf(label) != "" {
			labelled[name] = true
		}
	}
	for _, field := range g.all("input", "select", "textarea") {
		kind, _ := attr(field, "type")
		if contains([]string{"hidden", "submit", "button", "reset", "image"}, strings.ToLower(kind)) {
			continue
		}
		id, _ := attr(field, "id")
		if (id != "" && labelled[id]) || inside(field, "label") || named(field) {
			continue
		}
		name, _ := attr(field, "name")
		return "are missing on the field " + quoteShort(name)
	}
	return ""
}

func named(field *html.Node) bool {
	for _, name := range []string{"aria-label", "aria-labelledby", "title"} {
		if value, _ := attr(field, name); strings.TrimSpace(value) != "" {
			return true
		}
	}
	return false
}
