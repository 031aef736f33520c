package browser

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// maxLinks bounds how many links of one page are followed.
const maxLinks = 20

// maxHops bounds the redirects of one link.
const maxHops = 5

var browserLinks = checks.Define(checks.Kind{
	ID: "browser.links", Title: "The navigation's links lead somewhere", Class: checks.Safe, Severity: checks.High, Last: true, Limit: runLimit,
	Sends: sends + "; then GET of at most twenty links of its navigation on the page's own origin, each with a random path beside it; links that by their address, words or markup sign out, delete or do something are left alone",
	Rule: "The links are those of nav elements, else of the header, else all, after the page's scripts ran; nothing is clicked. PASS: each answers below 400, unlike a random path, or sends on to another origin. " +
		"FAIL: 400 or more, or redirects without end. inconclusive: no browser; a link is answered like unknown paths or not at all. na: the page shows no link to follow.",
	Fix:  "Check the navigation's links in the pipeline after each build; redirect what has moved.",
	Refs: []string{"RFC 9110 15", "HTML standard"},
}, func(ctx context.Context, p *checks.Probe, params PageParams) checks.Result {
	c := theBrowser(p)
	r, _ := eachPage(ctx, p, params.of(p), func(f *facts, _ known) (opinion, []checks.Evidence) {
		if o, done := judgeArrival(f); done {
			return o, c.evidence(p, f)
		}
		if f.Mute != "" {
			return unsure(f.Mute), c.evidence(p, f)
		}
		follow, skipped := toFollow(f)
		parts := followed(ctx, p, f, follow)
		note := answer.Table(parts)
		for _, s := range skipped {
			note += fmt.Sprintf("%-12s  link %s: %s\n", "not asked", f.short(s.URL), s.why)
		}
		return judgeLinks(parts, len(skipped), f), append(c.evidence(p, f, "desktop"), p.Note("links of "+f.short(f.URL), note))
	})
	return r
})

// skipped is a link that is not followed.
type skipped struct {
	link
	why string
}

// acting matches addresses and words of links that do something. Following such a link
// may end a session or worse, even where it is a GET.
var acting = regexp.MustCompile(`(?i)(^|[^a-z])(log|sign)[-_ ]?(out|off)|(^|[^a-z])(delete|remove|destroy|unsubscribe|cancel|disable|revoke|reset|purge|clear|drop|terminate|shut-?down|restart|deactivate|exit|abmelden|ausloggen|löschen|entfernen|d[ée]connexion|supprimer|cerrar|eliminar|borrar)([^a-z]|$)`)

// toFollow sorts the links of a page: those to ask for, each once, and those to leave alone
// with the reason. Links to other origins and within the page are neither.
func toFollow(f *facts) (follow []string, left []skipped) {
	page, err := url.Parse(f.Final)
	if err != nil {
		return nil, nil
	}
	for _, l := range f.Content.Links {
		to, err := url.Parse(l.URL)
		if err != nil || !answer.SameOrigin(to, page) {
			continue
		}
		to.Fragment, to.RawFragment, to.User = "", "", nil
		decoded, _ := url.QueryUnescape(to.RequestURI())
		switch address := to.String(); {
		case slices.Contains(follow, address):
		case acting.MatchString(to.RequestURI()) || acting.MatchString(decoded) || acting.MatchString(l.Text):
			left = append(left, skipped{l, "it may sign out, delete or change something"})
		case l.Acts:
			left = append(left, skipped{l, "its markup makes it more than a link"})
		case len(follow) >= maxLinks:
			left = append(left, skipped{l, fmt.Sprintf("the first %d are enough", maxLinks)})
		default:
			follow = append(follow, address)
		}
	}
	return follow, left
}

// followed asks for every link and judges what it leads to.
func followed(ctx context.Context, p *checks.Probe, f *facts, links []string) []answer.Part {
	var parts []answer.Part
	for _, address := range links {
		label := "link " + f.short(address)
		first, err := p.Do(ctx, observe.Request{URL: address})
		if err != nil {
			verdict, reason := answer.Missing(label, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		control, err := p.Control(ctx, observe.Request{URL: address})
		if err != nil {
			verdict, reason := answer.Missing("a random path beside "+label, err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		last, elsewhere, hops, err := redirected(ctx, p, first)
		if err != nil {
			verdict, reason := answer.Missing("where "+label+" leads", err)
			parts = append(parts, answer.Part{Verdict: verdict, Reason: reason})
			continue
		}
		parts = append(parts, judgeLink(label, last.Status, elsewhere, hops, observe.Same(first, control)))
	}
	return parts
}

// redirected follows an answer's redirects on its own origin.
func redirected(ctx context.Context, p *checks.Probe, x *observe.Exchange) (last *observe.Exchange, elsewhere string, hops int, err error) {
	for ; hops <= maxHops; hops++ {
		to := answer.Location(x)
		if to == nil {
			return x, "", hops, nil
		}
		from, err := url.Parse(x.URL)
		if err != nil || !answer.SameOrigin(from, to) {
			return x, to.Host, hops, nil
		}
		if acting.MatchString(to.RequestURI()) {
			return x, "", hops, nil
		}
		if x, err = p.Do(ctx, observe.Request{URL: to.String()}); err != nil {
			return nil, "", hops, err
		}
	}
	return x, "", hops, nil
}

func judgeLink(label string, code int, elsewhere string, hops int, alike bool) answer.Part {
	switch {
	case code >= 400:
		return answer.Part{What: label, Verdict: checks.Fail, Reason: fmt.Sprintf("answers %d %s", code, http.StatusText(code))}
	case hops > maxHops:
		return answer.Part{What: label, Verdict: checks.Fail, Reason: fmt.Sprintf("still redirects after %d steps", maxHops)}
	case alike:
		return answer.Part{What: label, Verdict: checks.Inconclusive, Reason: "is answered like unknown paths"}
	case elsewhere != "":
		return answer.Part{What: label, Verdict: checks.Pass, Reason: "sends on to " + elsewhere + ", which was not asked"}
	case code >= 300:
		return answer.Part{What: label, Verdict: checks.Inconclusive, Reason: fmt.Sprintf("answers %d and was not followed", code)}
	}
	return answer.Part{What: label, Verdict: checks.Pass, Reason: fmt.Sprintf("answers %d", code)}
}

func judgeLinks(parts []answer.Part, left int, f *facts) opinion {
	if len(parts) == 0 {
		switch {
		case len(f.missed()) > 0:
			return unsure("shows no link, and is not seen whole: " + whyMissed(f, f.missed()[0]))
		case !f.Loaded:
			return unsure(fmt.Sprintf("fired no load event within %s", f.Limit))
		case left > 0:
			return unsure(fmt.Sprintf("shows only links that are left alone (%d)", left))
		}
		return na("shows no link to its own site")
	}
	verdict, reason := answer.Combine(parts)
	if verdict != checks.Pass {
		return opinion{verdict, reason}
	}
	words := plural(len(parts), "link") + " of its navigation lead somewhere"
	if left > 0 {
		words += fmt.Sprintf("; %d left alone", left)
	}
	return pass(words)
}
