package web

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/publicsuffix"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var webIntegrity = checks.Define(checks.Kind{
	ID: "web.integrity", Title: "Scripts and styles of others carry integrity hashes", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of the page and of a random path beside it; nothing of other hosts is asked",
	Rule: "Of the scripts and stylesheets that the HTML names on other hosts. PASS: each has a well-formed sha256, sha384 or sha512 hash and crossorigin, or there are none on a page with content. WARN: one of the same site, on another host, has none. " +
		"FAIL: one of another site has no hash, none that browsers can read, no crossorigin beside it (browsers then refuse it), or is imported by a script, where no hash can stand. inconclusive: the page is rendered by script, or unknown paths get the same page.",
	Fix:  `Serve the file yourself, or <script src="…" integrity="sha384-…" crossorigin="anonymous">.`,
	Refs: []string{"ASVS 3.6.1", "CWE-353", "W3C Subresource Integrity"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	return eachPage(pagesOf(p, params.Path, params.Paths), func(path string) (opinion, []checks.Evidence) {
		x, control, missing := askPage(ctx, p, path)
		if missing != "" {
			return unsure(missing), []checks.Evidence{p.Note("GET "+path, missing)}
		}
		facts := integrityFacts{served: servedPage(path, x, control)}
		if facts.parsed != nil {
			facts.Parts = facts.parsed.foreign()
		}
		return judgeIntegrity(facts), []checks.Evidence{p.Exchange(x), p.Note("what "+path+" loads from other hosts", answer.Table(facts.Parts))}
	})
})

// integrityFacts is what a page loads from other hosts, each judged.
type integrityFacts struct {
	served
	Parts []answer.Part
}

// importOf matches what a script of the page itself imports from elsewhere.
var importOf = regexp.MustCompile(`(?:\bimport\b|\bfrom\b|\bimportScripts)\s*\(?\s*["'](https?://[^"']{1,300})["']`)

// foreign judges every script and stylesheet of another host.
func (g *page) foreign() []answer.Part {
	var parts []answer.Part
	for _, node := range g.all("script", "link") {
		name := "src"
		if node.Data == "link" {
			name = "href"
			rel, _ := attr(node, "rel")
			as, _ := attr(node, "as")
			if rel = strings.ToLower(rel); !contains(strings.Fields(rel), "stylesheet") && rel != "modulepreload" &&
				!(rel == "preload" && (as == "script" || as == "style")) {
				continue
			}
		}
		if value, ok := attr(node, name); ok {
			if to, err := g.base().Parse(strings.TrimSpace(value)); err == nil && g.isForeign(to) {
				parts = append(parts, judgeForeign(node, sameSite(g.URL, to)).Part(shownURL(to)))
			}
			continue
		}
		if node.Data == "script" && node.FirstChild != nil {
			for _, m := range importOf.FindAllStringSubmatch(node.FirstChild.Data, 20) {
				if to, err := url.Parse(m[1]); err == nil && g.isForeign(to) {
					parts = append(parts, fail("is imported by a script, where no hash can stand").Part(shownURL(to)))
				}
			}
		}
	}
	return parts
}

// isForeign reports whether a URL is another host's.
func (g *page) isForeign(to *url.URL) bool {
	return (to.Scheme == "http" || to.Scheme == "https") && to.Hostname() != "" && !strings.EqualFold(to.Hostname(), g.URL.Hostname())
}

// sameSite reports whether two hosts belong to one registrable domain.
func sameSite(a, b *url.URL) bool {
	one, err := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a.Hostname()))
	other, err2 := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b.Hostname()))
	return err == nil && err2 == nil && one == other
}

// shownURL is a URL without its query, which may be long or secret.
func shownURL(u *url.URL) string {
	shown := *u
	shown.RawQuery, shown.Fragment, shown.User = "", "", nil
	text := shown.String()
	if len(text) > 120 {
		text = text[:120] + "…"
	}
	return text
}

func judgeForeign(node *html.Node, own bool) opinion {
	integrity, _ := attr(node, "integrity")
	_, cross := attr(node, "crossorigin")
	switch {
	case strings.TrimSpace(integrity) == "" && own:
		return warn("has no integrity hash (another host of the same site)")
	case strings.TrimSpace(integrity) == "":
		return fail("has no integrity hash")
	case !wellFormed(integrity):
		return fail("has an integrity that browsers can't read: " + quoteShort(integrity))
	case !cross:
		return fail("has an integrity hash without crossorigin: browsers refuse it")
	}
	return pass("has an integrity hash")
}

// hashSizes are the digests that browsers know, with their sizes in bytes.
var hashSizes = map[string]int{"sha256": 32, "sha384": 48, "sha512": 64}

// wellFormed reports whether one of the hashes can be read. Browsers leave out those that
// can't, and load anything where none is left (W3C Subresource Integrity, 3.3).
func wellFormed(integrity string) bool {
	for _, hash := range strings.Fields(integrity) {
		algorithm, digest, _ := strings.Cut(hash, "-")
		digest, _, _ = strings.Cut(digest, "?")
		raw, err := base64.StdEncoding.DecodeString(digest)
		if err == nil && len(raw) > 0 && len(raw) == hashSizes[strings.ToLower(algorithm)] {
			return true
		}
	}
	return false
}

func judgeIntegrity(f integrityFacts) opinion {
	if o := f.unread(); o.Verdict != "" {
		return o
	}
	verdict, reason := answer.Combine(f.Parts)
	switch {
	case len(f.Parts) > 0 && verdict == checks.Fail:
		return fail(f.Path + ": " + reason)
	case f.LikeOther:
		return unsure(f.Path + " is the page that unknown paths get too")
	case f.Shell:
		return unsure(f.Path + " is rendered by script: what its scripts load from other hosts can't be seen")
	case len(f.Parts) > 0 && verdict == checks.Warn:
		return warn(f.Path + ": " + reason)
	case len(f.Parts) > 0:
		return pass(fmt.Sprintf("%s: %s of other hosts with integrity hashes", f.Path, plural(len(f.Parts), "file")))
	case f.parsed.letters() == 0:
		return unsure(f.Path + " is empty")
	}
	return pass(f.Path + " names no script and no stylesheet of another host")
}
