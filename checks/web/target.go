package web

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var reachable = checks.Define(checks.Kind{
	ID: "target.reachable", Title: "The base URL answers", Class: checks.Safe, Severity: checks.Critical,
	Sends: "GET of the base URL; once more after a 5xx",
	Rule: "PASS: any answer below 500. WARN: only the retry connected, or the first byte took more than 5 s. FAIL: 5xx twice. " +
		"inconclusive: refused, timed out, name not found, TLS failed.",
	Fix:  "Start the service; check its listen address and the proxy's upstream: 502 and 504 come from the proxy.",
	Refs: []string{"RFC 9110 section 15.6"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	r := observe.Request{URL: p.Target.BaseURL}
	first, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	evidence := []checks.Evidence{p.Exchange(first)}
	facts := reach{Statuses: []int{first.Status}, Retried: first.Retried, FirstByte: first.FirstByte}
	if first.Status >= 500 {
		r.Fresh = true
		second, err := p.Do(ctx, r)
		if err != nil {
			return answer.Unanswered(p, answer.Label(p, r), err)
		}
		facts.Statuses = append(facts.Statuses, second.Status)
		evidence = append(evidence, p.Exchange(second))
	}
	return judgeReach(facts).Result(evidence...)
})

// reach is what asking for the base URL brought.
type reach struct {
	Statuses  []int // of the first and, after a 5xx, the second answer
	Retried   bool
	FirstByte time.Duration
}

func judgeReach(r reach) opinion {
	last := r.Statuses[len(r.Statuses)-1]
	switch {
	case last >= 500:
		return fail("the base URL answers " + statusText(last) + " twice")
	case len(r.Statuses) > 1:
		return warn("the base URL answered " + statusText(r.Statuses[0]) + " first and " + statusText(last) + " then")
	case r.Retried:
		return warn("the first connection failed, the retry was answered " + statusText(last))
	case r.FirstByte > 5*time.Second:
		return warn("the first byte took " + inMillis(r.FirstByte))
	}
	return pass("the base URL answers " + statusText(last))
}

// ControlParams are the parameters of target.controls.
type ControlParams struct {
	Prefixes checks.Strings `toml:"prefixes" doc:"folders to ask for a random path in; default / and the API prefix"`
}

var controls = checks.Define(checks.Kind{
	ID: "target.controls", Title: "Unknown paths are refused", Class: checks.Safe, Severity: checks.Medium,
	Sends: "GET of one random path in each folder, shared by all checks that look at paths",
	Rule: "PASS: 404 or 410. WARN: 2xx (a page that answers everything), or 401, 403 or a redirect for everything: checks of paths there can't tell a real answer. " +
		"FAIL: 5xx for an unknown path.",
	Fix:  "Give APIs their own 404 handler before the front end's fallback.",
	Refs: []string{"RFC 9110 section 15.5.5", "ASVS 16.5.4"},
}, func(ctx context.Context, p *checks.Probe, params ControlParams) checks.Result {
	if p.Target.BaseURL == "" {
		return answer.NotDeclared("base_url")
	}
	prefixes := params.Prefixes
	if len(prefixes) == 0 {
		prefixes = checks.Strings{"/"}
		if prefix := p.Target.APIPrefix; prefix != "" && prefix != "/" {
			prefixes = append(prefixes, prefix)
		}
	}
	var parts []answer.Part
	var evidence []checks.Evidence
	for _, prefix := range prefixes {
		what := "unknown paths below " + prefix
		control, err := p.Control(ctx, observe.Request{URL: strings.TrimSuffix(prefix, "/") + "/gonogo"})
		if err != nil {
			verdict, reason := answer.Missing("GET of a random path below "+prefix, err)
			parts = append(parts, answer.Part{What: "", Verdict: verdict, Reason: reason})
			continue
		}
		o := judgeControl(control.Status)
		parts = append(parts, answer.Part{What: what, Verdict: o.Verdict, Reason: o.Reason})
		evidence = append(evidence, p.Exchange(control))
	}
	verdict, reason := answer.Combine(parts)
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("unknown paths", answer.Table(parts)))...)
})

// judgeControl judges the status that a path nobody has made is answered with.
func judgeControl(code int) opinion {
	switch {
	case code == 404 || code == 410:
		return pass("are answered " + statusText(code))
	case code >= 500:
		return fail("are answered " + statusText(code))
	case code >= 200 && code < 300:
		return warn("are answered " + statusText(code) + ": a page that answers everything proves no path")
	case code == 401 || code == 403:
		return warn("are all refused with " + statusText(code) + ": that a path is protected can't be told from its absence")
	case code >= 300 && code < 400:
		return warn("are all redirected (" + fmt.Sprint(code) + "): a path can't be told from its absence")
	}
	return warn("are answered " + statusText(code) + " instead of 404")
}
