package web

import (
	"context"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var webCaching = checks.Define(checks.Kind{
	ID: "web.caching", Title: "Assets are cached and compressed", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of the page and of up to ten of its scripts and stylesheets",
	Rule: "PASS: every asset has a Cache-Control with a max-age above 0 or a validator, and text over 1 KiB is compressed. WARN: one of these is missing. FAIL: never. " +
		"na: the page loads no assets. inconclusive: one has no answer, or unknown paths get the same page.",
	Fix:  "Cache-Control: public, max-age=31536000, immutable on hashed names; gzip or brotli at the edge.",
	Refs: []string{"RFC 9111"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		return runCaching(ctx, p, path)
	})
})

func runCaching(ctx context.Context, p *checks.Probe, path string) (opinion, []checks.Evidence) {
	x, control, missing := askPage(ctx, p, path)
	if missing != "" {
		return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
	}
	evidence := []checks.Evidence{p.Exchange(x)}
	facts := cachingFacts{Status: x.Status, LikeOther: answer.Success(x) && observe.Same(x, control)}
	if parsed, ok := parsePage(x); ok && answer.HTML(x) {
		urls := append(parsed.references("script"), parsed.references("style")...)
		for _, url := range urls[:min(len(urls), maxAssets)] {
			facts.Assets = append(facts.Assets, readCached(ctx, p, url))
		}
	}
	return judgeCaching(facts), append(evidence, p.Note("caching of the assets of "+path, facts.table()))
}

// cachedAsset is how one asset is cached and sent.
type cachedAsset struct {
	Path       string
	Status     int
	Cache      string
	Validator  bool
	Compressed bool
	Bytes      int
	Missing    string
}

// cachingFacts is how a page's assets are cached.
type cachingFacts struct {
	Status    int
	LikeOther bool
	Assets    []cachedAsset
}

func (f cachingFacts) table() string {
	var b strings.Builder
	for _, a := range f.Assets {
		fmt.Fprintf(&b, "%-40s  cache-control %s  validator %t  compressed %t  %d bytes\n", a.Path, orNone(a.Cache), a.Validator, a.Compressed, a.Bytes)
	}
	return b.String()
}

func readCached(ctx context.Context, p *checks.Probe, url string) cachedAsset {
	a := cachedAsset{Path: mustParse(url).RequestURI()}
	_, x, err := answer.AskPart(ctx, p, observe.Request{URL: url, Header: []observe.Field{{Name: "Accept-Encoding", Value: "gzip"}}}, false)
	if err != nil {
		_, a.Missing = answer.Missing("GET "+a.Path, err)
		return a
	}
	a.Status, a.Bytes, a.Cache = x.Status, len(x.Body), fieldValue(x.Header, "Cache-Control")
	a.Validator = x.Header.Get("ETag") != "" || x.Header.Get("Last-Modified") != ""
	a.Compressed = compressed(x)
	return a
}

// compressed reports whether the body came with a content coding.
func compressed(x *observe.Exchange) bool {
	coding := strings.ToLower(x.Header.Get("Content-Encoding"))
	return coding != "" && coding != "identity"
}

func judgeCaching(f cachingFacts) opinion {
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
		case a.Cache == "" && !a.Validator:
			return warn(a.Path + " has neither Cache-Control nor a validator")
		case a.Cache == "" || strings.Contains(strings.ToLower(a.Cache), "no-store"):
			return warn(a.Path + " is not kept by caches (Cache-Control " + orNone(a.Cache) + ")")
		case !a.Compressed && a.Bytes > minFile:
			return warn(a.Path + " is sent without compression")
		}
	}
	return pass(plural(len(f.Assets), "asset") + " kept by caches, compressed where it is worth it")
}
