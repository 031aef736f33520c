package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// LimitParams are the parameters of api.limits.
type LimitParams struct {
	Post  string `toml:"post" doc:"a route that takes POST with a JSON object; default the target's role input_post, then the declared login, tried with an invented user"`
	Body  string `toml:"body" doc:"a small JSON object for post; default the target's role input_body"`
	Bytes int    `toml:"bytes" doc:"size of the large body; default 2 MiB, at most 10 MiB"`
	List  string `toml:"list" doc:"a GET that answers with a list; default the target's role list"`
	Size  string `toml:"size" doc:"its query parameter for the page size; default the target's role list_size, then limit"`
	Times int    `toml:"times" doc:"how many times the usual page an answer may be; default 10"`
}

var apiLimits = checks.Define(checks.Kind{
	ID: "api.limits", Title: "Body size and page size are limited", Class: checks.Intrusive, Severity: checks.Medium,
	Sends: "one POST of 2 MiB (at most 10) to the declared route, or to the login with an invented user, beside a small and a broken one; GETs of the declared list as it is, with a page of one and of 100 000",
	Rule: "PASS: the large body is answered 413, 400, 414, 422 or 431 where the small one isn't, and the large page is refused or cut. WARN: the large body is read like a small one, or the connection cut without an answer; the large page is more than ten times the usual one. " +
		"FAIL: either is answered 5xx. inconclusive: the route refuses before it reads, the page size is not heeded, the list is too short to show a limit.",
	Fix:  "Limit bodies at the proxy (nginx: client_max_body_size) and in the service; cap the page size on the server.",
	Refs: []string{"ASVS 4.3.1", "CWE-770", "RFC 9110 section 15.5.14"},
}, runLimits)

func runLimits(ctx context.Context, p *checks.Probe, params LimitParams) checks.Result {
	if params.Post == "" {
		params.Post, params.Body = role(p, "input_post"), cmp.Or(params.Body, role(p, "input_body"))
	}
	params.List, params.Size = cmp.Or(params.List, role(p, "list")), cmp.Or(params.Size, role(p, "list_size"), "limit")
	var parts []answer.Part
	var evidence []checks.Evidence
	if r, ok := smallPost(p, params); ok {
		part, seen := tryBody(ctx, p, r, params.Bytes)
		parts, evidence = append(parts, part), append(evidence, seen...)
	}
	if params.List != "" {
		part, seen := tryPage(ctx, p, params)
		parts, evidence = append(parts, part), append(evidence, seen...)
	}
	if len(parts) == 0 {
		return answer.NotDeclared("[auth.login], or [roles] input_post or list")
	}
	verdict, reason := answer.Combine(parts)
	if verdict == checks.Pass && len(parts) > 1 {
		reason = parts[0].What + " " + parts[0].Reason + "; " + parts[1].What + " " + parts[1].Reason
	}
	return opinion{Verdict: verdict, Reason: reason}.Result(append(evidence, p.Note("limits", answer.Table(parts)))...)
}

// The sizes of the large body, in bytes.
const (
	usualBody = 2 << 20
	mostBody  = 10 << 20
)

// smallPost is the small request that the large one is compared with.
func smallPost(p *checks.Probe, params LimitParams) (observe.Request, bool) {
	r, err := answer.LoginRequest(p, invented(), "gonogo-wrong-password")
	if params.Post != "" {
		body := params.Body
		if body == "" {
			body = `{"gonogo":"gonogo"}`
		}
		r = observe.Request{Method: "POST", URL: params.Post, Body: []byte(body), Fresh: true,
			Header: []observe.Field{{Name: "Content-Type", Value: "application/json"}}}
		err = nil
	}
	r.Class = string(checks.Intrusive)
	return r, err == nil && r.Method == "POST" && json.Valid(r.Body) && strings.HasPrefix(strings.TrimSpace(string(r.Body)), "{")
}

// bodyFacts is what bodies of three sorts brought. A status of 0 means that the connection
// was cut without an answer.
type bodyFacts struct {
	Bytes                int
	Small, Broken, Large int
	After                int // the small body again, after a large one that was cut off or brought 5xx
	Alike                bool
}

// tryBody sends a small body, a broken one of the same size, and a large one.
func tryBody(ctx context.Context, p *checks.Probe, small observe.Request, size int) (answer.Part, []checks.Evidence) {
	name := "POST " + parsed(small.URL).Path
	missing := func(what string, err error) (answer.Part, []checks.Evidence) {
		verdict, reason := answer.Missing(what, err)
		return answer.Part{Verdict: verdict, Reason: reason}, nil
	}
	if size <= 0 {
		size = usualBody
	}
	facts := bodyFacts{Bytes: min(size, mostBody)}
	first, err := p.Do(ctx, small)
	if err != nil {
		return missing(name, err)
	}
	broken := small
	broken.Body = small.Body[:len(strings.TrimRight(string(small.Body), "} \r\n\t"))]
	second, err := p.Do(ctx, broken)
	if err != nil {
		return missing(name+" with a broken body", err)
	}
	evidence := []checks.Evidence{p.Exchange(first), p.Exchange(second)}
	large := small
	// The padding is a member of its own: what reads the body finds the same object.
	large.Body = []byte(`{"gonogo_padding":"` + strings.Repeat("gonogo--", facts.Bytes/8) + `",` + strings.TrimSpace(string(small.Body))[1:])
	third, err := p.Do(ctx, large)
	switch trouble := answer.Trouble(err); {
	case err == nil:
		facts.Large, facts.Alike = third.Status, observe.Same(third, first)
		third.Request.Body = []byte(fmt.Sprintf("[%d bytes]", len(large.Body)))
		evidence = append(evidence, p.Exchange(third))
	case trouble != observe.Broken && trouble != observe.NotHTTP:
		return missing(name+" with a large body", err)
	default:
		evidence = append(evidence, p.Note(name+" with a large body", err.Error()))
	}
	facts.Small, facts.Broken = first.Status, second.Status
	if facts.Large == 0 || facts.Large >= 500 {
		after, err := p.Do(ctx, small)
		if err != nil {
			part, _ := missing(name+" after the large body", err)
			return part, evidence
		}
		facts.After = after.Status
	}
	return judgeBody(facts).Part(name), evidence
}

func judgeBody(f bodyFacts) opinion {
	size := fmt.Sprintf("a body of %.3g MiB", float64(f.Bytes)/(1<<20))
	large := statusText(f.Large)
	switch {
	case f.Large != 413 && (f.Small == 429 || f.Large == 429):
		return unsure("is limited by now (429): that it reads any body can't be told")
	case f.Small == 404 || f.Small == 405 || f.Small >= 500 || f.Small >= 300 && f.Small < 400:
		return unsure("answers a small body " + statusText(f.Small) + ": its limit can't be tried")
	case f.Small == 413:
		return unsure("answers even a small body 413")
	case f.Large == 413:
		return pass("refuses " + size + " with 413")
	case f.Large == 0 && f.After == f.Small:
		return warn("cuts the connection on " + size + " without an answer; it answers the small one as before")
	case f.Large == 0:
		return unsure("cuts the connection on " + size + ", and answers the small one " + statusText(f.After) + " since")
	case f.Large >= 500 && f.After != f.Small:
		return unsure("answers " + size + " " + large + ", but the small one " + statusText(f.After) + " too by now")
	case f.Large >= 500:
		return fail("answers " + size + " " + large)
	case f.Small == f.Broken && f.Large == f.Small:
		return unsure("answers a small, a broken and a large body alike (" + large + "): that it reads any can't be told")
	case f.Large == f.Small && f.Alike, f.Large < 300:
		return warn("reads " + size + " like a small one (" + large + ")")
	case f.Large == 400 || f.Large == 414 || f.Large == 422 || f.Large == 431:
		return pass("refuses " + size + " with " + large)
	}
	return unsure("answers " + size + " " + large + ", a small one " + statusText(f.Small) + ": whether it limits can't be told")
}
