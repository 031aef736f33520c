package web

import (
	"context"
	"fmt"
	"net/url"
	"sort"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var transportDeclared = checks.Define(checks.Kind{
	ID: "security.transport.declared", Title: "The target is reached over HTTPS", Class: checks.Safe, Severity: checks.High,
	Sends: "one GET of the https address that the target file declares",
	Rule: "PASS: the base URL is https, or it is http on loopback and an https address is declared beside it, and that address answers. " +
		"FAIL: the environment is production (or not given) and every address is http, or the base URL is http and not on loopback. na: the environment is not production and everything is on loopback. inconclusive: the https address does not answer.",
	Fix:  "Declare the public https address, or put TLS in front.",
	Refs: []string{"CWE-319", "ASVS 12.2.1"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	others := declaredAddresses(p.Target)
	o := judgeDeclared(p.Target.Environment, p.Target.BaseURL, others)
	note := p.Note("addresses in the target file",
		"environment  "+orNone(p.Target.Environment)+"\nbase_url     "+p.Target.BaseURL+"\n"+strings.Join(others, "\n"))
	if o.Verdict != checks.Pass {
		return checks.NewResult(o.Verdict, checks.Configuration, o.Reason, note)
	}
	// What is declared is a promise; that TLS was spoken there is the proof.
	r := observe.Request{URL: httpsAddress(p.Target)}
	x, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	return checks.NewResult(checks.Pass, checks.ObservedLive, o.Reason+" and answers", note, p.Exchange(x))
})

// declaredAddresses are the http and https addresses that the target file names beside
// the base URL: hosts in scope and services that speak HTTP.
func declaredAddresses(t *checks.Target) []string {
	var out []string
	for _, host := range t.Scope.Hosts {
		if strings.HasPrefix(host, "http://") || strings.HasPrefix(host, "https://") {
			out = append(out, host)
		}
	}
	for _, s := range t.Services {
		if s.Kind == "http" && (strings.HasPrefix(s.URL, "http://") || strings.HasPrefix(s.URL, "https://")) {
			out = append(out, s.URL)
		}
	}
	sort.Strings(out)
	return out
}

// httpsAddress is the address whose TLS is looked at: the base URL, else the first https
// address that the target file declares beside it; "" when there is none.
func httpsAddress(t *checks.Target) string {
	for _, address := range append([]string{t.BaseURL}, declaredAddresses(t)...) {
		if PlaceOf(address).HTTPS {
			return address
		}
	}
	return ""
}

// judgeDeclared judges the addresses of the target file. An environment that is not
// given counts as production: silence must not turn a failure off.
func judgeDeclared(environment, base string, others []string) opinion {
	place := PlaceOf(base)
	if !place.HTTPS && !place.Loopback {
		return fail("the base URL is plain http: everything sent there can be read on the way")
	}
	https := place.HTTPS
	for _, other := range others {
		https = https || PlaceOf(other).HTTPS
	}
	switch {
	case place.HTTPS:
		return pass("the base URL is https")
	case https:
		return pass("an https address is declared beside the base URL on loopback")
	case environment == "production" || environment == "":
		return fail("the environment is production and only plain http is declared")
	}
	return na("the environment is " + environment + " and everything is on loopback")
}

// RedirectParams are the parameters of security.transport.redirect.
type RedirectParams struct {
	URL string `toml:"url" doc:"the plain http address; default one that the target file declares for the https host, else its port 80"`
}

var transportRedirect = checks.Define(checks.Kind{
	ID: "security.transport.redirect", Title: "Plain HTTP leads to HTTPS", Class: checks.Safe, Severity: checks.High,
	Sends: "GET of the plain http address and of up to four redirects that stay in scope, without credentials",
	Rule: "PASS: the port is closed, or 301 or 308 to https on the same host. WARN: 302, 303 or 307, another host first, or a detour over http. " +
		"FAIL: content over http, or the chain ends on http. na: no https address is declared and the base URL is on loopback. inconclusive: timed out, out of scope, more than five hops.",
	Fix:  "308 on port 80 for pages; close port 80 for APIs.",
	Refs: []string{"CWE-319", "CWE-311", "ASVS 12.2.1", "WSTG-CRYP-03"},
}, func(ctx context.Context, p *checks.Probe, params RedirectParams) checks.Result {
	start := params.URL
	if start == "" {
		address := httpsAddress(p.Target)
		switch {
		case address != "":
			start = plainTwin(address, declaredAddresses(p.Target))
		case onLoopback(p):
			return na("plain http on loopback: there is nothing to redirect to").Result(p.Note("base URL", p.Target.BaseURL))
		default:
			start = p.Target.BaseURL
		}
	}
	facts, evidence, err := walkRedirects(ctx, p, start)
	if err != nil && len(facts.Hops) == 0 && params.URL == "" && answer.Trouble(err) == observe.Scope {
		return unsure("which port answers plain http is not declared: add it under [scope] hosts in target.toml, such as hosts = [\"" + strings.TrimSuffix(start, "/") + "\"]").
			Result(p.Note("GET "+start, err.Error()))
	}
	if err != nil {
		return answer.Unanswered(p, "GET "+start, err)
	}
	return judgeRedirect(facts).Result(evidence...)
})

// plainTwin is the http address of an https URL: one that the target file declares for
// the same host, else port 80.
func plainTwin(raw string, declared []string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	for _, other := range declared {
		if place := PlaceOf(other); !place.HTTPS && place.Host == PlaceOf(raw).Host {
			return other
		}
	}
	host := u.Hostname()
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return (&url.URL{Scheme: "http", Host: host, Path: "/"}).String()
}

// hop is one answer on the way.
type hop struct {
	URL    string
	Status int
	To     string // where it leads; empty: nowhere
}

// redirectFacts is the way from the plain http address.
type redirectFacts struct {
	Closed bool // the port refuses connections
	Hops   []hop
	Loop   bool
}

const maxRedirects = 5

func walkRedirects(ctx context.Context, p *checks.Probe, start string) (redirectFacts, []checks.Evidence, error) {
	var facts redirectFacts
	var evidence []checks.Evidence
	next := start
	for range maxRedirects {
		x, err := p.Do(ctx, observe.Request{URL: next})
		if err != nil {
			if len(facts.Hops) == 0 && answer.Trouble(err) == observe.Refused {
				facts.Closed = true
				return facts, []checks.Evidence{p.Note("GET "+next, err.Error())}, nil
			}
			if len(facts.Hops) > 0 && PlaceOf(next).HTTPS {
				return facts, append(evidence, p.Note("GET "+next, err.Error())), nil
			}
			return facts, evidence, err
		}
		h := hop{URL: x.URL, Status: x.Status}
		if to := answer.Location(x); to != nil {
			h.To = to.String()
		}
		facts.Hops = append(facts.Hops, h)
		evidence = append(evidence, p.Exchange(x))
		if h.To == "" || PlaceOf(x.URL).HTTPS {
			return facts, evidence, nil
		}
		next = h.To
	}
	facts.Loop = true
	return facts, evidence, nil
}

func judgeRedirect(f redirectFacts) opinion {
	if f.Closed {
		return pass("the plain http port is closed")
	}
	if len(f.Hops) == 0 {
		return unsure("the plain http address gave no answer")
	}
	first, last := f.Hops[0], f.Hops[len(f.Hops)-1]
	switch {
	case first.Status >= 200 && first.Status < 300:
		return fail("content is served over plain http (" + statusText(first.Status) + ")")
	case f.Loop:
		return unsure(fmt.Sprintf("more than %d redirects", maxRedirects))
	case first.Status >= 500:
		return unsure("plain http answers " + statusText(first.Status))
	case first.To == "":
		return pass("plain http is refused with " + statusText(first.Status))
	case !PlaceOf(last.URL).HTTPS && !PlaceOf(last.To).HTTPS:
		return fail("the redirects end on plain http")
	case !PlaceOf(first.To).HTTPS:
		return warn("the first redirect stays on plain http")
	case PlaceOf(first.To).Host != PlaceOf(first.URL).Host:
		return warn("the first redirect leads to another host, " + PlaceOf(first.To).Host)
	case first.Status != 301 && first.Status != 308:
		return warn("the redirect to https is temporary (" + statusText(first.Status) + ")")
	}
	return pass("plain http is redirected to https with " + statusText(first.Status))
}
