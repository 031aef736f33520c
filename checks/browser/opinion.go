package browser

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// opinion is a verdict with its reason.
type opinion struct {
	Verdict checks.Verdict
	Reason  string
}

func pass(reason string) opinion   { return opinion{checks.Pass, reason} }
func warn(reason string) opinion   { return opinion{checks.Warn, reason} }
func fail(reason string) opinion   { return opinion{checks.Fail, reason} }
func na(reason string) opinion     { return opinion{checks.NA, reason} }
func unsure(reason string) opinion { return opinion{checks.Inconclusive, reason} }

// PageParams name the pages that a kind looks at.
type PageParams struct {
	Path  string         `toml:"path" doc:"the page; default the target's pages"`
	Pages checks.Strings `toml:"pages" doc:"several pages, judged together; at most ten"`
}

// maxPages bounds how many pages one check visits.
const maxPages = 10

func (params PageParams) of(p *checks.Probe) []string { return pagesOf(p, params.Path, params.Pages) }

// pagesOf are the pages a check looks at: what the profile names, else what the target
// declares.
func pagesOf(p *checks.Probe, path string, more []string) []string {
	pages := append([]string{}, more...)
	if path != "" {
		pages = append([]string{path}, pages...)
	}
	if len(pages) == 0 {
		pages = p.Target.Paths.Pages
	}
	return pages
}

// known is what plain requests say of a page: without a browser.
type known struct {
	Alike   bool   // the page is what unknown paths get too
	Login   bool   // it sends strangers to a login
	Missing string // why there is no answer
}

// eachPage visits pages one by one, judges each and combines the opinions.
func eachPage(ctx context.Context, p *checks.Probe, pages []string, judge func(f *facts, k known) (opinion, []checks.Evidence)) (checks.Result, []*facts) {
	if len(pages) == 0 {
		return answer.NotDeclared("paths.pages"), nil
	}
	c := theBrowser(p)
	var parts []answer.Part
	var evidence []checks.Evidence
	var visits []*facts
	for i, path := range pages {
		if i == maxPages {
			parts = append(parts, answer.Part{Verdict: checks.Inconclusive, Reason: fmt.Sprintf("%d pages more are not visited", len(pages)-maxPages)})
			break
		}
		address, err := absolute(p, path)
		if err != nil {
			parts = append(parts, answer.Part{What: path, Verdict: checks.Inconclusive, Reason: err.Error()})
			evidence = append(evidence, p.Note("visit of "+path, "not visited: "+path+" "+err.Error()))
			continue
		}
		p.Progress(fmt.Sprintf("opening %s in a browser, %d of %d", path, i+1, len(pages)))
		k := ask(ctx, p, address)
		f, err := c.look(ctx, address, false)
		if err != nil {
			return checks.NewResult(checks.Inconclusive, "", err.Error(), append(evidence, p.Note("visit of "+path, err.Error()))...), visits
		}
		visits = append(visits, f)
		o, seen := judge(f, k)
		parts = append(parts, answer.Part{What: path, Verdict: o.Verdict, Reason: o.Reason})
		evidence = append(evidence, seen...)
	}
	verdict, reason := answer.Combine(parts)
	return checks.NewResult(verdict, checks.ObservedLive, reason, evidence...), visits
}

// absolute is a declared page as an address of the target.
func absolute(p *checks.Probe, path string) (string, error) {
	base, err := url.Parse(p.Target.BaseURL)
	if err != nil || base.Host == "" {
		return "", fmt.Errorf("base_url is not declared")
	}
	u, err := base.Parse(path)
	if err != nil {
		return "", fmt.Errorf("is no address")
	}
	if !p.Browsable(u) {
		return "", fmt.Errorf("is out of scope")
	}
	u.User = nil
	return u.String(), nil
}

// ask has plain requests tell the page from a random path beside it.
func ask(ctx context.Context, p *checks.Probe, address string) known {
	bare, _, _ := strings.Cut(address, "#")
	x, err := p.Do(ctx, observe.Request{URL: bare})
	if err != nil {
		_, why := answer.Missing("GET of the page", err)
		return known{Missing: why}
	}
	control, err := p.Control(ctx, observe.Request{URL: bare})
	if err != nil {
		_, why := answer.Missing("a random path beside it", err)
		return known{Missing: why}
	}
	return known{Alike: observe.Same(x, control), Login: answer.ToLogin(x)}
}

// quote cuts foreign text for a reason.
func quote(s string) string {
	if r := []rune(s); len(r) > 120 {
		s = string(r[:120]) + "…"
	}
	return `"` + s + `"`
}

// plural prints a count with its noun: "1 request", "3 requests".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
