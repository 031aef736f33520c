package web

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// PathParams are the parameters of kinds that look at one path.
type PathParams struct {
	Path string `toml:"path" doc:"the path to ask; default the target's API sample"`
}

var rateAdvertised = checks.Define(checks.Kind{
	ID: "security.ratelimit.advertised", Title: "Rate limits are advertised", Class: checks.Safe, Severity: checks.Low,
	Sends: "GET of one API path two or three times",
	Rule: "PASS: RateLimit, RateLimit-Limit/-Remaining or X-RateLimit-* is sent and what remains goes down from answer to answer. " +
		"WARN: absent, or present and not moving; many limiters don't advertise, so absence proves nothing. FAIL: never.",
	Fix:  "Send RateLimit-Policy and RateLimit; slowapi: headers_enabled=True and a shared storage_uri, not memory://.",
	Refs: []string{"RFC 6585", "draft-ietf-httpapi-ratelimit-headers"},
}, func(ctx context.Context, p *checks.Probe, params PathParams) checks.Result {
	path := params.Path
	if path == "" {
		path = apiSample(p)
	}
	if path == "" {
		return answer.NotDeclared("paths.sample")
	}
	var quotas []quota
	var evidence []checks.Evidence
	for i := range 3 {
		r := observe.Request{URL: path, Fresh: i > 0}
		x, err := p.Do(ctx, r)
		if err != nil {
			return answer.Unanswered(p, answer.Label(p, r), err)
		}
		quotas = append(quotas, readQuota(x.Header))
		evidence = append(evidence, p.Exchange(x))
		if len(quotas) == 2 && (falls(quotas) || !quotas[0].Known) {
			break // a third answer only helps where a window may have begun anew
		}
	}
	return judgeAdvertised(quotas).Result(evidence...)
})

// quota is what one answer says about a limit.
type quota struct {
	Header    string // the field it was read from; empty: none
	Known     bool   // what remains was given
	Remaining float64
}

// oldDraft matches remaining=12 in the first drafts of the RateLimit field.
var oldDraft = regexp.MustCompile(`(?i)remaining\s*=\s*(\d+)`)

// readQuota looks for a limit in the fields of the current draft, of the older ones and
// of common habit, in this order.
func readQuota(h http.Header) quota {
	if lines := h.Values("RateLimit"); len(lines) > 0 {
		if remaining, ok := remainingOf(lines); ok {
			return quota{Header: "RateLimit", Known: true, Remaining: remaining}
		}
		return quota{Header: "RateLimit"}
	}
	for _, name := range []string{"RateLimit-Remaining", "X-RateLimit-Remaining", "X-Rate-Limit-Remaining"} {
		if value := strings.TrimSpace(h.Get(name)); value != "" {
			value, _, _ = strings.Cut(value, ",")
			n, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
			return quota{Header: name, Known: err == nil, Remaining: n}
		}
	}
	for _, name := range []string{"RateLimit-Policy", "RateLimit-Limit", "X-RateLimit-Limit", "X-Rate-Limit-Limit"} {
		if h.Get(name) != "" {
			return quota{Header: name}
		}
	}
	return quota{}
}

// remainingOf reads r of the first policy in a RateLimit list, or remaining of the older
// drafts' dictionary.
func remainingOf(lines []string) (float64, bool) {
	policies, err := httpsfv.UnmarshalList(lines)
	if err == nil && len(policies) > 0 {
		if item, ok := policies[0].(httpsfv.Item); ok {
			if r, ok := item.Params.Get("r"); ok {
				if n, ok := r.(int64); ok {
					return float64(n), true
				}
			}
		}
	}
	if m := oldDraft.FindStringSubmatch(strings.Join(lines, ", ")); m != nil {
		n, err := strconv.ParseFloat(m[1], 64)
		return n, err == nil
	}
	return 0, false
}

// falls reports whether what remains goes down between two answers in a row.
func falls(quotas []quota) bool {
	for i := 1; i < len(quotas); i++ {
		if quotas[i-1].Known && quotas[i].Known && quotas[i].Remaining < quotas[i-1].Remaining {
			return true
		}
	}
	return false
}

func judgeAdvertised(quotas []quota) opinion {
	header := ""
	for _, q := range quotas {
		if q.Header != "" {
			header = q.Header
		}
	}
	switch {
	case header == "":
		return warn("no rate limit is advertised; that alone does not say that there is none")
	case falls(quotas):
		return pass(header + " is sent and counts down")
	}
	return warn(header + " is sent, but what remains does not go down in " + fmt.Sprint(len(quotas)) + " answers")
}
