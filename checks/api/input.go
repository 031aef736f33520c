package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// InputParams are the parameters of api.input.
type InputParams struct {
	Paths checks.Strings `toml:"paths" doc:"GETs with query parameters whose values are right: \"/api/positions?account=1\"; default the target's role input, then sqli_number; beside them those of the description"`
	Post  string         `toml:"post" doc:"a route that takes POST, with body; default the target's role input_post; without it the declared login is tried"`
	Body  string         `toml:"body" doc:"a JSON object that post answers with success; default the target's role input_body; it is sent as it is, then broken"`
	Docs  string         `toml:"docs" doc:"where the description is; default the target's docs path, then the usual places"`
}

var apiInput = checks.Define(checks.Kind{
	ID: "api.input", Title: "Wrong input is refused, not tripped over", Class: checks.Intrusive, Severity: checks.High,
	Sends: "of up to twelve GETs with parameters, declared or described, the right request, then a word for a number, a missing parameter, bytes that are no UTF-8, a zero byte and 2 KiB of text; to the declared POST route, or the login with an invented user, a number for a text, a missing member and broken JSON; no PUT, PATCH or DELETE",
	Rule: "PASS: every wrong request is answered 4xx. WARN: one is answered with success, or 5xx once and not again. FAIL: one is answered 5xx twice while the right request still works. " +
		"inconclusive: no right request is answered with success, or nothing could be made wrong, or the right request fails too in the end.",
	Fix:  "Validate at the door against a model; turn every parse error into 400 or 422.",
	Refs: []string{"ASVS 2.2.1", "CWE-20", "RFC 9110 section 15.5"},
}, runInput)

// The bounds of one check.
const (
	maxTargets = 12
	longText   = 2 << 10
)

// inputTarget is one right request with what can be made wrong of it.
type inputTarget struct {
	Name  string
	Right observe.Request
	Wrong []wrongInput
	Login bool // the right request is a login that is refused
}

// wrongInput is one request that must not succeed.
type wrongInput struct {
	What    string
	Request observe.Request
	Only5xx bool // success is no fault: the value may be right for this parameter
}

func runInput(ctx context.Context, p *checks.Probe, params InputParams) checks.Result {
	if len(params.Paths) == 0 {
		params.Paths = roles(p, "input", "sqli_number")
	}
	if params.Post == "" {
		params.Post, params.Body = role(p, "input_post"), cmp.Or(params.Body, role(p, "input_body"))
	}
	targets, evidence, missing := inputTargets(ctx, p, params)
	if missing != nil {
		return *missing
	}
	var parts []answer.Part
	tried := 0
	for _, target := range targets {
		trial := inputTrial{probe: p, target: target}
		seen, exchanges := trial.run(ctx)
		parts = append(parts, seen...)
		tried += trial.tried
		evidence = append(evidence, exchanges...)
	}
	o := judgeInput(parts, tried)
	return o.Result(append(evidence, p.Note("wrong input", answer.Table(parts)))...)
}

// judgeInput combines the parts. A route whose right request can't be made says nothing,
// unless it is all there is.
func judgeInput(parts []answer.Part, tried int) opinion {
	var exercised []answer.Part
	for _, part := range parts {
		if part.Verdict != checks.NA {
			exercised = append(exercised, part)
		}
	}
	if len(exercised) == 0 {
		why := "no route was found whose input can be made wrong"
		if len(parts) > 0 {
			why = parts[0].What + " " + parts[0].Reason
		}
		return unsure(why)
	}
	verdict, reason := answer.Combine(exercised)
	switch {
	case verdict == checks.Pass && tried == 0:
		return unsure("odd text is taken without a server error, but nothing could be made wrong: name a route with a number among its parameters")
	case verdict == checks.Pass:
		return pass(fmt.Sprintf("%s refused with 4xx", plural(tried, "wrong request")))
	}
	return opinion{Verdict: verdict, Reason: reason}
}

// inputTargets gathers what is declared, then what the description names.
func inputTargets(ctx context.Context, p *checks.Probe, params InputParams) ([]inputTarget, []checks.Evidence, *checks.Result) {
	var targets []inputTarget
	for _, path := range params.Paths {
		if t, ok := declaredGET(path); ok {
			targets = append(targets, t)
		}
	}
	if params.Post != "" && params.Body == "" {
		r := answer.NotDeclared("[roles] input_body, which goes with input_post")
		return nil, nil, &r
	}
	if params.Post != "" {
		targets = append(targets, bodyTarget("POST "+params.Post, observe.Request{Method: "POST", URL: params.Post, Body: []byte(params.Body),
			Header: []observe.Field{{Name: "Content-Type", Value: "application/json"}}}, false))
	} else if t, ok := loginTarget(p); ok {
		targets = append(targets, t)
	}
	routes, evidence, bad := described(ctx, p, params.Docs)
	if bad != nil && len(targets) == 0 {
		return nil, nil, bad
	}
	for _, r := range routes {
		if t, ok := describedGET(r); ok && len(targets) < maxTargets {
			targets = append(targets, t)
		}
	}
	return targets[:min(len(targets), maxTargets)], evidence, nil
}

// declaredGET reads "/path?a=1&b=two": a value that is a number wants a number.
func declaredGET(path string) (inputTarget, bool) {
	u, err := url.Parse(path)
	if err != nil || u.RawQuery == "" {
		return inputTarget{}, false
	}
	t := inputTarget{Name: "GET " + u.Path, Right: observe.Request{URL: path}}
	query := u.Query()
	for _, name := range sortedKeys(query) {
		_, notNumber := strconv.ParseFloat(query.Get(name), 64)
		t.wrongQuery(*u, name, notNumber == nil, false)
	}
	return t, len(t.Wrong) > 0
}

// describedGET builds the right request of a described operation from the values that the
// description itself gives.
func describedGET(r route) (inputTarget, bool) {
	if r.Method != "GET" || r.Elsewhere || !r.Known || effect.MatchString(r.Path) {
		return inputTarget{}, false
	}
	path, query := r.URL, url.Values{}
	for _, parameter := range r.Parameters {
		switch {
		case !parameter.Required:
		case parameter.Example == "" || parameter.In != "path" && parameter.In != "query":
			return inputTarget{}, false
		case parameter.In == "path":
			path = strings.ReplaceAll(path, "{"+parameter.Name+"}", url.PathEscape(parameter.Example))
		default:
			query.Set(parameter.Name, parameter.Example)
		}
	}
	u, err := url.Parse(path)
	if err != nil || strings.ContainsAny(path, "{}") {
		return inputTarget{}, false
	}
	u.RawQuery = query.Encode()
	t := inputTarget{Name: "GET " + r.Path, Right: observe.Request{URL: u.String()}}
	for _, parameter := range r.Parameters {
		if parameter.In == "query" && parameter.Type != "array" && parameter.Type != "object" {
			number := parameter.Type == "integer" || parameter.Type == "number" || parameter.Type == "boolean"
			t.wrongQuery(*u, parameter.Name, number, parameter.Required)
		}
	}
	return t, len(t.Wrong) > 0
}

// maxWrong bounds the wrong requests of one right one.
const maxWrong = 6

// wrongQuery adds what can be made wrong of one query parameter: a word for a number, its
// absence where it is required, and of a text what programs trip over.
func (t *inputTarget) wrongQuery(u url.URL, name string, number, required bool) {
	add := func(what string, only5xx bool, change func(url.Values)) {
		if len(t.Wrong) == maxWrong {
			return
		}
		query := u.Query()
		change(query)
		u.RawQuery = query.Encode()
		t.Wrong = append(t.Wrong, wrongInput{What: what, Request: observe.Request{URL: u.String()}, Only5xx: only5xx})
		u.RawQuery = t.query()
	}
	if required {
		add(quote(name)+" left out", false, func(q url.Values) { q.Del(name) })
	}
	if number {
		add("a word for "+quote(name), false, func(q url.Values) { q.Set(name, "gonogo") })
		return
	}
	add("bytes that are no UTF-8 for "+quote(name), true, func(q url.Values) { q.Set(name, "\xff\xfe") })
	add("a zero byte for "+quote(name), true, func(q url.Values) { q.Set(name, "gonogo\x00") })
	add("2 KiB for "+quote(name), true, func(q url.Values) { q.Set(name, strings.Repeat("gonogo--", longText/8)) })
}

// query is the right request's.
func (t *inputTarget) query() string {
	_, query, _ := strings.Cut(t.Right.URL, "?")
	return query
}

func sortedKeys(query url.Values) []string {
	keys := make([]string, 0, len(query))
	for key := range query {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// loginTarget is the declared login with an invented user: it is refused, which shows that
// it is read.
func loginTarget(p *checks.Probe) (inputTarget, bool) {
	login := p.Target.Auth.Login
	r, err := answer.LoginRequest(p, invented(), "gonogo-wrong-password")
	if err != nil || r.Method != "POST" || strings.Contains(login.Body, "${env:") || strings.Contains(login.Body, "${file:") {
		return inputTarget{}, false
	}
	t := bodyTarget("POST "+login.URL, r, true)
	return t, len(t.Wrong) > 0
}

// bodyTarget makes a JSON object wrong: broken, another type for its first text, its first
// member left out. Bodies of other types are left alone.
func bodyTarget(name string, right observe.Request, login bool) inputTarget {
	t := inputTarget{Name: name, Right: right, Login: login}
	var object map[string]any
	if json.Unmarshal(right.Body, &object) != nil || len(object) == 0 {
		return t
	}
	with := func(what string, body []byte) {
		r := right
		r.Body = body
		t.Wrong = append(t.Wrong, wrongInput{What: what, Request: r})
	}
	with("broken JSON", right.Body[:len(strings.TrimRight(string(right.Body), "} \r\n\t"))])
	keys := make([]string, 0, len(object))
	for key := range object {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	first := keys[0]
	value := object[first]
	object[first] = []any{map[string]any{"gonogo": 1}}
	other, _ := json.Marshal(object)
	with("a list for "+quote(first), other)
	delete(object, first)
	less, _ := json.Marshal(object)
	with(quote(first)+" left out", less)
	object[first] = value
	return t
}
