package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// CORSParams are the parameters of security.cors.policy.
type CORSParams struct {
	Paths  checks.Strings `toml:"paths" doc:"API paths to ask, four at most; default the target's API sample"`
	Public bool           `toml:"public" doc:"the paths are meant for any site; default the target's cors.public"`
}

var corsPolicy = checks.Define(checks.Kind{
	ID: "security.cors.policy", Title: "Only listed origins may read answers", Class: checks.Safe, Severity: checks.High,
	Sends: "per path up to seven GETs with and without an invented Origin (foreign, with a dummy cookie, null, look-alike hosts, plain http) and one OPTIONS preflight",
	Rule: "PASS: no answer allows an origin that the target doesn't list, or * without credentials on a path declared public. " +
		"WARN: * elsewhere, a foreign origin allowed without credentials, a fixed foreign origin, an echo without Vary: Origin. " +
		"FAIL: a foreign origin or null is allowed with credentials, an echoed origin reads what anonymous callers don't get, a plain-http twin with credentials; a preflight that lets a foreign origin PUT or DELETE with authorization raises the rest by one step. " +
		"inconclusive: the path doesn't answer, or answers like unknown ones.",
	Fix:  "An exact list of origins, no reflection, credentials only where cookies are really used, Vary: Origin.",
	Refs: []string{"CWE-942", "CWE-346", "ASVS 3.4.2", "Fetch standard", "WSTG-CLNT-07"},
}, runCORS)

// maxCORSPaths bounds the paths of one check.
const maxCORSPaths = 4

func runCORS(ctx context.Context, p *checks.Probe, params CORSParams) checks.Result {
	paths := params.Paths
	if len(paths) == 0 && apiSample(p) != "" {
		paths = checks.Strings{apiSample(p)}
	}
	if len(paths) == 0 {
		return answer.NotDeclared("paths.sample")
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, path := range paths[:min(len(paths), maxCORSPaths)] {
		facts, table, sample, err := askCORS(ctx, p, path)
		if sample != nil {
			evidence = append(evidence, p.Exchange(sample))
		}
		evidence = append(evidence, p.Note("CORS of "+path, table))
		facts.Public = params.Public || p.Target.CORS.Public
		o := judgeCORS(facts)
		if err != nil && o.Verdict != checks.Fail {
			o.Verdict, o.Reason = answer.Missing("GET "+path, err)
			parts = append(parts, answer.Part{Verdict: o.Verdict, Reason: o.Reason})
			continue
		}
		parts = append(parts, answer.Part{What: path + ":", Verdict: o.Verdict, Reason: o.Reason})
	}
	verdict, reason := answer.Combine(parts)
	return opinion{Verdict: verdict, Reason: reason}.Result(evidence...)
}

// corsAnswer is what one probe with an Origin brought.
type corsAnswer struct {
	Probe       string // what was tried, in words
	Origin      string // what was sent; empty: none
	Status      int
	Allow       string // Access-Control-Allow-Origin
	Credentials bool   // Access-Control-Allow-Credentials: true
	VaryOrigin  bool
	Cacheable   bool // no no-store and no private
	Differs     bool // the body is not the anonymous one
	Methods     string
	Headers     string
}

// corsFacts are the answers of one path.
type corsFacts struct {
	Plain     corsAnswer // without Origin
	Asked     []corsAnswer
	Preflight *corsAnswer
	Allowed   []string // origins the target lists
	Public    bool
	Loopback  bool
	CatchAll  bool // the path answers like unknown ones
}

// corsProbe is one crafted Origin.
type corsProbe struct {
	Name   string
	Origin string
	Cookie bool
	As     observe.Identity
}

// corsProbes lists the origins to try against a base URL. Look-alike hosts need a DNS
// name with a dot, the plain twin https.
func corsProbes(place Place, mark string, hasToken bool) []corsProbe {
	foreign := "https://gonogo-" + mark + ".example"
	probes := []corsProbe{
		{Name: "foreign origin", Origin: foreign},
		{Name: "foreign origin with a cookie", Origin: foreign, Cookie: true},
		{Name: "null origin", Origin: "null"},
	}
	if !place.IP && strings.Contains(place.Host, ".") && !place.Loopback {
		probes = append(probes,
			corsProbe{Name: "our host as a prefix", Origin: "https://" + place.Host + ".gonogo-" + mark + ".example"},
			corsProbe{Name: "our host as a suffix", Origin: "https://gonogo" + mark + place.Host})
	}
	if place.HTTPS {
		probes = append(probes, corsProbe{Name: "plain http twin", Origin: "http://" + place.Host})
	}
	if hasToken {
		probes = append(probes, corsProbe{Name: "foreign origin with the user's token", Origin: foreign, As: observe.User})
	}
	return probes
}

// askCORS sends the probes of one path. On an error the facts so far are returned with it.
func askCORS(ctx context.Context, p *checks.Probe, path string) (corsFacts, string, *observe.Exchange, error) {
	facts := corsFacts{Allowed: p.Target.CORS.AllowedOrigins, Loopback: onLoopback(p)}
	plain, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		return facts, err.Error(), nil, err
	}
	facts.Plain = readCORS("no origin", "", plain)
	if answer.Success(plain) {
		control, err := p.Control(ctx, observe.Request{URL: path})
		if err != nil {
			return facts, corsTable(facts), plain, err
		}
		facts.CatchAll = observe.Same(plain, control)
	}
	mark := randomHex(4)
	probes := corsProbes(PlaceOf(p.Target.BaseURL), mark, p.Target.Auth.User.Token != "")
	var firstErr error
	for _, probe := range probes {
		header := []observe.Field{{Name: "Origin", Value: probe.Origin}}
		if probe.Cookie {
			header = append(header, observe.Field{Name: "Cookie", Value: "gonogo=" + mark})
		}
		x, err := p.Do(ctx, observe.Request{URL: path, Header: header, As: probe.As})
		if err != nil {
			firstErr = err
			break
		}
		a := readCORS(probe.Name, probe.Origin, x)
		a.Differs = probe.As == "" && answer.Success(x) && !observe.Same(x, plain)
		facts.Asked = append(facts.Asked, a)
	}
	if firstErr == nil {
		facts.Preflight, firstErr = askPreflight(ctx, p, path, probes[0].Origin)
	}
	facts.settle(ctx, p, path, plain)
	return facts, corsTable(facts), plain, firstErr
}

// askPreflight asks whether a foreign origin may PUT with an Authorization header.
func askPreflight(ctx context.Context, p *checks.Probe, path, origin string) (*corsAnswer, error) {
	x, err := p.Do(ctx, observe.Request{Method: http.MethodOptions, URL: path, Header: []observe.Field{
		{Name: "Origin", Value: origin},
		{Name: "Access-Control-Request-Method", Value: "PUT"},
		{Name: "Access-Control-Request-Headers", Value: "authorization"},
	}})
	if err != nil {
		return nil, err
	}
	a := readCORS("preflight of PUT with authorization", origin, x)
	return &a, nil
}

// settle forgets differences of bodies where the answer changes by itself.
func (f *corsFacts) settle(ctx context.Context, p *checks.Probe, path string, plain *observe.Exchange) {
	differs := false
	for _, a := range f.Asked {
		differs = differs || (a.Differs && a.Allow != "" && a.Allow == a.Origin)
	}
	if !differs {
		return
	}
	again, err := p.Do(ctx, observe.Request{URL: path, Fresh: true})
	if err == nil && observe.Same(again, plain) {
		return
	}
	for i := range f.Asked {
		f.Asked[i].Differs = false
	}
}

func readCORS(name, origin string, x *observe.Exchange) corsAnswer {
	cache := strings.ToLower(fieldValue(x.Header, "Cache-Control"))
	return corsAnswer{
		Probe: name, Origin: origin, Status: x.Status,
		Allow:       strings.TrimSpace(fieldValue(x.Header, "Access-Control-Allow-Origin")),
		Credentials: strings.TrimSpace(fieldValue(x.Header, "Access-Control-Allow-Credentials")) == "true",
		VaryOrigin:  varies(fieldValue(x.Header, "Vary")),
		Cacheable:   !strings.Contains(cache, "no-store") && !strings.Contains(cache, "private"),
		Methods:     fieldValue(x.Header, "Access-Control-Allow-Methods"),
		Headers:     fieldValue(x.Header, "Access-Control-Allow-Headers"),
	}
}

func varies(vary string) bool {
	for _, element := range answer.Elements(strings.ToLower(vary)) {
		if element == "origin" || element == "*" {
			return true
		}
	}
	return false
}

// corsTable prints the matrix origin → answer for evidence.
func corsTable(f corsFacts) string {
	var b strings.Builder
	rows := append([]corsAnswer{f.Plain}, f.Asked...)
	if f.Preflight != nil {
		rows = append(rows, *f.Preflight)
	}
	for _, a := range rows {
		fmt.Fprintf(&b, "%s\n  origin sent        %s\n  status             %d\n  allow-origin       %s\n  allow-credentials  %t\n  vary: origin       %t\n",
			a.Probe, orNone(a.Origin), a.Status, orNone(a.Allow), a.Credentials, a.VaryOrigin)
		if a.Methods != "" || a.Headers != "" {
			fmt.Fprintf(&b, "  allow-methods      %s\n  allow-headers      %s\n", orNone(a.Methods), orNone(a.Headers))
		}
	}
	return b.String()
}

// randomHex makes n random bytes in hex: names that nobody has made before.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b)
	return hex.EncodeToString(b)
}
