package web

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"slices"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// RateParams are the parameters of security.ratelimit.enforced.
type RateParams struct {
	Path     string `toml:"path" doc:"a cheap GET that may be repeated; default the target's cheap path, then its API sample"`
	Login    bool   `toml:"login" doc:"burst the declared login with an invented user instead of a GET"`
	Required bool   `toml:"required" doc:"with login: no throttling is a failure"`
	Requests int    `toml:"requests" doc:"how many requests at most, 10 to 200; default 120"`
}

// A burst is at most hardBurst requests and stops after burstTime.
const (
	defaultBurst = 120
	hardBurst    = 200
	burstTime    = 6 * time.Second
)

var rateEnforced = checks.Define(checks.Kind{
	ID: "security.ratelimit.enforced", Title: "Requests are limited", Class: checks.Intrusive, Severity: checks.Medium, Last: true,
	Sends: "up to 120 requests to one path within 6 s, one after the other, stopping at the first sign of a limit; then up to six more, some with an invented X-Forwarded-For, and all that once again where the limit's window ended in between",
	Rule: "PASS: 429 within the burst, and it stays with a forged X-Forwarded-For. WARN: throttled by other means (503 with Retry-After, 403 or 423, growing delay), nothing seen, the follow-up could not tell, or the limit falls for a forged X-Forwarded-For on loopback, where servers trust the proxy in front of them. " +
		"FAIL: the limit falls for a forged X-Forwarded-For from another host, or nothing was seen on a login that must be limited. inconclusive: the path doesn't work alone, or three answers are 5xx.",
	Fix:  "Limit at the edge and per account, answer 429 with Retry-After, trust X-Forwarded-For only from known proxies.",
	Refs: []string{"CWE-770", "CWE-307", "ASVS 2.4.1", "ASVS 6.3.1", "RFC 6585"},
}, runBurst)

func runBurst(ctx context.Context, p *checks.Probe, params RateParams) checks.Result {
	r, missing := burstRequest(p, params)
	if missing != "" {
		return answer.NotDeclared(missing)
	}
	if !params.Login { // a path that refuses anonymous callers is asked as the user
		if x, err := p.Do(ctx, observe.Request{URL: r.URL, Class: r.Class}); err == nil {
			r, _ = answer.AsCaller(p, r, x)
		}
	}
	b := burstFacts{Login: params.Login, Required: params.Login && params.Required}
	first, err := burst(ctx, p, r, burstSize(params.Requests), &b)
	if err != nil && len(b.Answers) == 0 {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	if first != nil && first.Status == 429 {
		b.Earlier = answeredBefore(first, p.Errors())
	}
	if b.signal() == limit429 {
		b.Forwarded = tryForwarded(ctx, p, r, b)
	}
	b.Loopback = first != nil && onOwnMachine(first.Remote)
	evidence := []checks.Evidence{p.Note("burst on "+answer.Label(p, r), b.table())}
	if first != nil {
		evidence = append([]checks.Evidence{p.Exchange(first)}, evidence...)
	}
	o := judgeBurst(b)
	if err != nil && o.Verdict != checks.Fail && o.Verdict != checks.Pass {
		return answer.Unanswered(p, fmt.Sprintf("%s, request %d of the burst,", answer.Label(p, r), len(b.Answers)+1), err)
	}
	return o.Result(evidence...)
}

// answeredBefore counts the refusals other than 429 that the same request, whatever its
// body, got from other checks of the run. A login whose guesses were refused before, and are
// now turned away, has a limit.
func answeredBefore(first *observe.Exchange, refusals []*observe.Exchange) int {
	n := 0
	for _, x := range refusals {
		if x.URL == first.URL && x.Request.Method == first.Request.Method && x.Status < 500 && x.Status != 429 {
			n++
		}
	}
	return n
}

// onOwnMachine reports whether an address that was dialled is of this machine's loopback.
func onOwnMachine(remote string) bool {
	host, _, err := net.SplitHostPort(remote)
	return err == nil && net.ParseIP(host).IsLoopback()
}

func burstSize(asked int) int {
	if asked == 0 {
		return defaultBurst
	}
	return min(max(asked, 10), hardBurst)
}

// burstRequest picks what is repeated. missing names what the target would have to
// declare.
func burstRequest(p *checks.Probe, params RateParams) (r observe.Request, missing string) {
	r = observe.Request{Class: string(checks.Intrusive), Fresh: true, Burst: true}
	if params.Login {
		login, err := answer.LoginRequest(p, "gonogo-"+randomHex(4), randomHex(8))
		if err != nil {
			return r, "auth.login.url"
		}
		login.Class, login.Fresh, login.Burst = r.Class, true, true
		return login, ""
	}
	for _, path := range []string{params.Path, p.Target.Paths.Cheap, apiSample(p)} {
		if path != "" {
			r.URL = path
			return r, ""
		}
	}
	return r, "paths.cheap"
}

// burst sends r until a limit shows, n requests went out, the time is up, or an error. It
// adds the answers to facts and returns the first.
func burst(ctx context.Context, p *checks.Probe, r observe.Request, n int, facts *burstFacts) (*observe.Exchange, error) {
	var first *observe.Exchange
	start := time.Now()
	for len(facts.Answers) < n && time.Since(start) < burstTime {
		x, err := p.Do(ctx, r)
		facts.Took = time.Since(start)
		if err != nil {
			return first, err
		}
		if first == nil {
			first = x
		}
		facts.Answers = append(facts.Answers, burstAnswer{Status: x.Status, RetryAfter: x.Header.Get("Retry-After"),
			Changed: !observe.Same(x, first), Total: x.Total})
		if facts.signal() != noLimit || facts.storm() || !facts.works() {
			break
		}
		if len(facts.Answers)%20 == 0 {
			p.Progress(fmt.Sprintf("%d of %d requests, no limit yet", len(facts.Answers), n))
		}
	}
	return first, nil
}

// tryForwarded asks askForwarded, and once more after a second burst where the limit's
// window ended in between.
func tryForwarded(ctx context.Context, p *checks.Probe, r observe.Request, b burstFacts) forwarding {
	if told := askForwarded(ctx, p, r); told != forwardingUnknown {
		return told
	}
	second := burstFacts{Login: b.Login}
	if _, err := burst(ctx, p, r, defaultBurst-len(b.Answers), &second); err != nil || second.signal() != limit429 {
		return forwardingUnknown
	}
	return askForwarded(ctx, p, r)
}

// askForwarded tells whether a forged X-Forwarded-For escapes a limit that is in force. A
// forged request that gets through counts only when the plain one right after it does
// not: otherwise the window may simply have ended.
func askForwarded(ctx context.Context, p *checks.Probe, r observe.Request) forwarding {
	for range 3 {
		forged := r
		forged.Header = append(slices.Clone(r.Header), observe.Field{Name: "X-Forwarded-For", Value: randomAddress()})
		x, err := p.Do(ctx, forged)
		switch {
		case err != nil:
			return forwardingUnknown
		case x.Status == 429:
			return forwardingLimited
		}
		plain, err := p.Do(ctx, r)
		if err != nil {
			return forwardingUnknown
		}
		if plain.Status == 429 {
			return forwardingEscapes
		}
	}
	return forwardingUnknown
}

// randomAddress makes an address of the documentation range 203.0.113.0/24 (RFC 5737).
func randomAddress() string {
	b := make([]byte, 1)
	rand.Read(b)
	return fmt.Sprintf("203.0.113.%d", b[0])
}
