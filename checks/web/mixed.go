package web

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var webMixed = checks.Define(checks.Kind{
	ID: "web.mixed", Title: "What the page loads is there, over https", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of the page, of up to thirty scripts, stylesheets and images that it names on its own origin, and of random paths beside them; nothing of other hosts is asked",
	Rule: "PASS: each answers 2xx with its type, unlike the answer for unknown paths. WARN: an image does not, or a script has a type that browsers take only as long as no nosniff is sent. " +
		"FAIL: a script or stylesheet does not, or a page over https names or styles with anything over http. na: the page names nothing. inconclusive: one has no answer, all are on other hosts, or unknown paths get the same page.",
	Fix:  "Deploy new assets before the pages that name them, keep the old ones for a while; relative or https addresses.",
	Refs: []string{"W3C Mixed Content", "ASVS 12.2.1", "HTML standard"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		x, control, missing := askPage(ctx, p, path)
		if missing != "" {
			return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
		}
		facts := mixedFacts{served: servedPage(path, x, control)}
		if facts.parsed != nil {
			facts.askParts(ctx, p)
		}
		return judgeMixed(facts), []checks.Evidence{p.Exchange(x), p.Note("what "+path+" loads", facts.table())}
	})
})

// maxParts bounds how many of a page's parts are asked.
const maxParts = 30

// mixedFacts is what a page loads.
type mixedFacts struct {
	served
	Plain []string // over http, named by a page over https
	Parts []answer.Part
	Other []string // on other hosts: listed, not asked
	More  int      // left out
}

func (f mixedFacts) table() string {
	var b strings.Builder
	b.WriteString(answer.Table(f.Parts))
	for _, plain := range f.Plain {
		fmt.Fprintf(&b, "over http     %s\n", plain)
	}
	for _, other := range f.Other {
		fmt.Fprintf(&b, "not asked     %s\n", other)
	}
	if f.More > 0 {
		fmt.Fprintf(&b, "%d more not asked\n", f.More)
	}
	return b.String()
}

// part is one thing that a page loads.
type part struct {
	Kind   string // script, style or image
	Module bool   // a module script: browsers insist on its type
	URL    *url.URL
}

// loads lists what the HTML names, each once.
func (g *page) loads() []part {
	var parts []part
	seen := map[string]bool{}
	add := func(kind, reference string, module bool) {
		to, err := g.base().Parse(strings.TrimSpace(reference))
		if err != nil || strings.TrimSpace(reference) == "" || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
			return
		}
		to.Fragment = ""
		if key := kind + to.String(); !seen[key] {
			seen[key] = true
			parts = append(parts, part{kind, module, to})
		}
	}
	for _, node := range g.all("script", "link", "img", "source", "iframe", "video", "audio") {
		src, _ := attr(node, "src")
		kind, _ := attr(node, "type")
		switch node.Data {
		case "script":
			if !contains([]string{"application/json", "application/ld+json", "importmap", "text/template"}, kind) {
				add("script", src, kind == "module")
			}
		case "link":
			href, _ := attr(node, "href")
			rel, _ := attr(node, "rel")
			for _, word := range strings.Fields(strings.ToLower(rel)) {
				if use, ok := map[string]string{"stylesheet": "style", "icon": "image", "apple-touch-icon": "image", "modulepreload": "script"}[word]; ok {
					add(use, href, word == "modulepreload")
				}
			}
		case "img":
			add("image", src, false)
			set, _ := attr(node, "srcset")
			for candidate := range strings.SplitSeq(set, ", ") {
				first, _, _ := strings.Cut(strings.TrimSpace(candidate), " ")
				add("image", first, false)
			}
		default:
			add(node.Data, src, false)
		}
	}
	return parts
}

// plainIn matches what a stylesheet loads over http.
var plainIn = regexp.MustCompile(`(?i)(?:url\(\s*["']?|@import\s+["'])(http://[^"')\s]{1,300})`)

// askParts asks for everything on the page's own origin and notes the rest.
func (f *mixedFacts) askParts(ctx context.Context, p *checks.Probe) {
	secure := f.parsed.URL.Scheme == "https"
	note := func(css []byte) {
		for _, m := range plainIn.FindAllSubmatch(css, 20) {
			if to, err := url.Parse(string(m[1])); secure && err == nil {
				f.Plain = append(f.Plain, shownURL(to))
			}
		}
	}
	for _, style := range f.parsed.all("style") {
		note([]byte(textOf(style)))
	}
	for _, one := range f.parsed.loads() {
		switch {
		case secure && one.URL.Scheme == "http":
			f.Plain = append(f.Plain, shownURL(one.URL))
		case !answer.SameOrigin(one.URL, f.parsed.URL):
			f.Other = append(f.Other, shownURL(one.URL))
		case one.Kind != "script" && one.Kind != "style" && one.Kind != "image":
		case len(f.Parts) == maxParts:
			f.More++
		default:
			judged, css := askPart(ctx, p, one)
			f.Parts = append(f.Parts, judged)
			note(css)
		}
	}
}

// partFacts is what one part of a page was answered with.
type partFacts struct {
	Kind      string
	Module    bool
	Status    int
	Media     string
	NoSniff   bool
	LikeOther bool
	Empty     bool
}

func askPart(ctx context.Context, p *checks.Probe, one part) (judged answer.Part, css []byte) {
	label := one.Kind + " " + one.URL.Path
	missing := func(what string, err error) (answer.Part, []byte) {
		verdict, reason := answer.Missing(what, err)
		return answer.Part{Verdict: verdict, Reason: reason}, nil
	}
	r, x, err := answer.AskPart(ctx, p, observe.Request{URL: one.URL.String()}, true)
	if err != nil {
		return missing("the "+label, err)
	}
	r.URL = one.URL.String()
	control, err := p.Control(ctx, r)
	if err != nil {
		return missing("a random path beside the "+label, err)
	}
	if one.Kind == "style" {
		css = x.Body
	}
	facts := partFacts{Kind: one.Kind, Module: one.Module, Status: x.Status, Media: answer.Media(x), LikeOther: observe.Same(x, control), Empty: len(x.Body) == 0,
		NoSniff: strings.HasPrefix(strings.ToLower(strings.TrimSpace(fieldValue(x.Header, "X-Content-Type-Options"))), "nosniff")}
	return judgePageFile(facts).Part(label), css
}

// scriptTypes are those that browsers run (WHATWG MIME Sniffing, JavaScript MIME types).
var scriptTypes = []string{"text/javascript", "application/javascript", "application/x-javascript", "text/ecmascript", "application/ecmascript", "text/x-javascript", "text/jscript"}

func judgePageFile(f partFacts) opinion {
	bad := fail
	if f.Kind == "image" {
		bad = warn
	}
	switch {
	case answer.RefusedStatus(f.Status):
		return unsure("is refused with " + statusText(f.Status))
	case f.Status < 200 || f.Status >= 300:
		return bad("answers " + statusText(f.Status))
	case f.Empty && f.Kind == "image":
		return warn("is empty")
	case f.Kind == "image" && !strings.HasPrefix(f.Media, "image/"):
		return warn("comes as " + orNone(f.Media))
	case f.Kind == "style" && f.Media != "text/css":
		return fail("comes as " + orNone(f.Media) + ": browsers refuse it")
	case f.Kind == "script" && !contains(scriptTypes, f.Media) && (f.Module || f.NoSniff || f.Media == "text/html"):
		return fail("comes as " + orNone(f.Media) + ": browsers refuse it or trip over it")
	case f.Kind == "script" && !contains(scriptTypes, f.Media):
		return warn("comes as " + orNone(f.Media))
	case f.LikeOther:
		return unsure("is answered like unknown paths")
	}
	return pass("is there")
}

func judgeMixed(f mixedFacts) opinion {
	if o := f.unread(); o.Verdict != "" {
		return o
	}
	verdict, reason := answer.Combine(f.Parts)
	switch {
	case len(f.Plain) > 0:
		return fail(fmt.Sprintf("%s comes over https and loads %s", f.Path, f.Plain[0]))
	case len(f.Parts) > 0 && verdict == checks.Fail:
		return fail(f.Path + ": " + reason)
	case f.LikeOther:
		return unsure(f.Path + " is the page that unknown paths get too")
	case len(f.Parts) > 0 && verdict != checks.Pass:
		return opinion{Verdict: verdict, Reason: f.Path + ": " + reason}
	case len(f.Parts) == 0 && len(f.Other) > 0:
		return unsure(f.Path + " names files of other hosts only, which are not asked: " + f.Other[0])
	case len(f.Parts) == 0 && f.parsed.letters() == 0:
		return unsure(f.Path + " is empty")
	case len(f.Parts) == 0:
		return na(f.Path + " names no script, stylesheet or image of its own origin")
	}
	reason = fmt.Sprintf("%s: %s there, with the right type", f.Path, plural(len(f.Parts), "file"))
	if f.More > 0 {
		reason += fmt.Sprintf("; %d more not asked", f.More)
	}
	return pass(reason)
}
