package web

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var webAssets = checks.Define(checks.Kind{
	ID: "web.assets", Title: "Scripts and styles are built for production", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the page and of up to ten of its scripts and stylesheets, and of the source maps they name",
	Rule: "PASS: they are minified, the scripts are split into several files or loaded as modules, and no source map is served. WARN: one of these is missing. FAIL: never. " +
		"na: the page loads none. inconclusive: one has no answer, or unknown paths get the same page.",
	Fix:  "Build for production: minify, split by route, keep source maps private.",
	Refs: []string{"ASVS 13.4.6"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		return runAssets(ctx, p, path)
	})
})

// maxAssets bounds how many scripts and stylesheets of a page are read.
const maxAssets = 10

func runAssets(ctx context.Context, p *checks.Probe, path string) (opinion, []checks.Evidence) {
	x, control, missing := askPage(ctx, p, path)
	if missing != "" {
		return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	facts := assetFacts{Status: x.Status, LikeOther: answer.Success(x) && observe.Same(x, control)}
	if parsed, ok := parsePage(x); ok && answer.HTML(x) {
		facts.Modules = usesModules(parsed)
		scripts, styles := parsed.references("script"), parsed.references("style")
		facts.Scripts = len(scripts)
		urls := append(scripts, styles...)
		for _, url := range urls[:min(len(urls), maxAssets)] {
			facts.Assets = append(facts.Assets, readAsset(ctx, p, url))
		}
	}
	return judgeAssets(facts), append(evidence, p.Note("assets of "+path, facts.table()))
}

// asset is one script or stylesheet.
type asset struct {
	Path     string
	Status   int
	Bytes    int
	Minified bool
	Map      string // a source map that is served
	Missing  string // why it could not be read
}

// assetFacts is what a page loads.
type assetFacts struct {
	Status    int
	LikeOther bool
	Modules   bool
	Scripts   int
	Assets    []asset
}

func (f assetFacts) table() string {
	var b strings.Builder
	for _, a := range f.Assets {
		fmt.Fprintf(&b, "%-40s  %d  %8d bytes  minified %t  map %s\n", a.Path, a.Status, a.Bytes, a.Minified, orNone(a.Map))
	}
	return b.String()
}

func usesModules(g *page) bool {
	for _, script := range g.all("script") {
		if kind, _ := attr(script, "type"); strings.EqualFold(kind, "module") {
			return true
		}
	}
	return false
}

// sourceMap matches the comment that names a source map.
var sourceMap = regexp.MustCompile(`[#@]\s*sourceMappingURL=([^\s*]+)`)

func readAsset(ctx context.Context, p *checks.Probe, url string) asset {
	a := asset{Path: mustParse(url).RequestURI()}
	r, x, err := answer.AskPart(ctx, p, observe.Request{URL: url}, false)
	if err != nil {
		_, a.Missing = answer.Missing("GET "+a.Path, err)
		return a
	}
	a.Status, a.Bytes, a.Minified = x.Status, len(x.Body), minified(a.Path, x.Body)
	if m := sourceMap.FindSubmatch(x.Body); m != nil && !bytes.HasPrefix(m[1], []byte("data:")) {
		if to, err := mustParse(x.URL).Parse(string(m[1])); err == nil && answer.SameOrigin(to, mustParse(x.URL)) {
			served, err := p.Do(ctx, observe.Request{URL: to.String(), As: r.As})
			if err == nil && answer.Success(served) && bytes.Contains(served.Body, []byte(`"mappings"`)) {
				a.Map = to.Path
			}
		}
	} else if m != nil {
		a.Map = "inside the file"
	}
	return a
}

// minLine is the mean line length in bytes from which a file counts as minified; shorter
// files than minFile are not worth it.
const (
	minLine = 120
	minFile = 1024
)

func minified(path string, body []byte) bool {
	if len(body) < minFile {
		return true
	}
	return len(body)/(bytes.Count(bytes.TrimSpace(body), []byte("\n"))+1) >= minLine || strings.Contains(path, ".min.") && !bytes.Contains(body, []byte("\n  "))
}

func judgeAssets(f assetFacts) opinion {
	switch {
	case f.Status < 200 || f.Status >= 300:
		return unsure("the page answers " + statusText(f.Status))
	case f.LikeOther:
		return unsure("unknown paths get the same page")
	case len(f.Assets) == 0:
		return na("the page loads neither scripts nor stylesheets of its own")
	}
	for _, a := range f.Assets {
		switch {
		case a.Missing != "":
			return unsure(a.Missing)
		case a.Status < 200 || a.Status >= 300:
			return warn(a.Path + " answers " + statusText(a.Status))
		case a.Map != "":
			return warn(a.Path + " comes with its source map: " + a.Map)
		case !a.Minified:
			return warn(a.Path + " is not minified")
		}
	}
	if f.Scripts == 1 && !f.Modules {
		return warn("all script is in one file that is no module: nothing is split")
	}
	return pass(fmt.Sprintf("%s minified, split, without source maps", plural(len(f.Assets), "asset")))
}
