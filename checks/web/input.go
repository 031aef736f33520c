package web

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// InputParams name one query parameter of one GET.
type InputParams struct {
	Path  string `toml:"path" doc:"the GET, with its query parameters: \"/search?q=cotton\""`
	Param string `toml:"param" doc:"the query parameter to try; default the first in path"`
	Value string `toml:"value" doc:"a value that the path answers with success; default the one in path"`
}

// complete fills in what the path itself says, and names what is still not given.
func (i InputParams) complete() (filled InputParams, missing string) {
	if i.Path == "" {
		return i, "path"
	}
	_, query, _ := strings.Cut(i.Path, "?")
	if i.Param == "" {
		name, _, _ := strings.Cut(query, "=")
		i.Param, _ = url.QueryUnescape(name)
	}
	if i.Param == "" {
		return i, "param"
	}
	if i.Value == "" {
		if values, err := url.ParseQuery(query); err == nil {
			i.Value = values.Get(i.Param)
		}
	}
	if i.Value == "" {
		return i, "value"
	}
	return i, ""
}

// request asks the path with value in the parameter.
func (i InputParams) request(value string) observe.Request {
	u, err := url.Parse(i.Path)
	if err != nil {
		return observe.Request{URL: i.Path}
	}
	query := u.Query()
	query.Set(i.Param, value)
	u.RawQuery = query.Encode()
	return observe.Request{URL: u.String(), Class: string(checks.Intrusive)}
}

// inputAnswer is one answer to one value, with that value and the plain one taken out of
// the body: a page may repeat what it was asked.
type inputAnswer struct {
	Probe  string // what was tried, in words
	Value  string
	Status int
	Body   string
	x      *observe.Exchange
}

// inputTrial sends values into one parameter and remembers what came back.
type inputTrial struct {
	probe  *checks.Probe
	params InputParams
	Sent   []inputAnswer

	as          observe.Identity // the user, where anonymous callers are refused
	numbersMove bool             // the numbers of the plain answer change by themselves
}

// request asks the path with value in the parameter, as who may.
func (t *inputTrial) request(value string) observe.Request {
	r := t.params.request(value)
	r.As = t.as
	return r
}

// send asks once with value; fresh asks again even where the same was asked before.
func (t *inputTrial) send(ctx context.Context, name, value string, fresh bool) (inputAnswer, error) {
	r := t.request(value)
	r.Fresh = fresh
	x, err := t.probe.Do(ctx, r)
	if err != nil {
		return inputAnswer{}, fmt.Errorf("%s: %w", name, err)
	}
	a := inputAnswer{Probe: name, Value: value, Status: x.Status, Body: without(without(string(x.Body), value), t.params.Value), x: x}
	t.Sent = append(t.Sent, a)
	return a, nil
}

// begin asks first with value, and as the user from then on where anonymous callers are
// refused and a token is declared.
func (t *inputTrial) begin(ctx context.Context, name, value string) (inputAnswer, error) {
	first, err := t.send(ctx, name, value, false)
	if err != nil {
		return first, err
	}
	mine, again := answer.AsCaller(t.probe, t.request(value), first.x)
	if !again {
		return first, nil
	}
	t.as = mine.As
	return t.send(ctx, name+" as the user", value, false)
}

// table lists what was sent and answered, for evidence.
func (t *inputTrial) table() string {
	var b strings.Builder
	for _, a := range t.Sent {
		fmt.Fprintf(&b, "%-28s  %d  %6d bytes  %s\n", a.Probe, a.Status, len(a.x.Body), quoteShort(a.Value))
	}
	return b.String()
}

// without takes every usual spelling of value out of body.
func without(body, value string) string {
	for _, spelling := range []string{value, html.EscapeString(value), url.QueryEscape(value), url.PathEscape(value),
		strings.Trim(fmt.Sprintf("%q", value), `"`), strings.NewReplacer("'", "&#x27;", `"`, "&quot;", "<", "&lt;", ">", "&gt;").Replace(value)} {
		if len(spelling) > 1 {
			body = strings.ReplaceAll(body, spelling, "·")
		}
	}
	return body
}

// alike reports whether two answers say the same, apart from the value they were asked
// with. Numbers count too, since one may be a count of results, unless they change by
// themselves.
func (t *inputTrial) alike(a, b inputAnswer) bool {
	if a.Status != b.Status {
		return false
	}
	if a.Body == b.Body {
		return true
	}
	x, y := *a.x, *b.x
	x.Body, y.Body = []byte(a.Body), []byte(b.Body)
	return observe.Same(&x, &y) && (t.numbersMove || digits(a.Body) == digits(b.Body))
}

// digits keeps the numbers of a body: counts of results must not be normalised away.
func digits(body string) string {
	return string(bytes.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, []byte(body)))
}

// baseline asks twice with the plain value, and tells whether the parameter can be tried
// at all: the path must answer with success, unlike unknown paths.
func (t *inputTrial) baseline(ctx context.Context) (first inputAnswer, stable bool, bad *checks.Result) {
	give := func(r checks.Result) (inputAnswer, bool, *checks.Result) { return first, false, &r }
	what := "GET " + t.params.Path
	first, err := t.begin(ctx, "plain value", t.params.Value)
	if err != nil {
		return give(answer.Unanswered(t.probe, what, err))
	}
	second, err := t.send(ctx, "plain value again", t.params.Value, true)
	if err != nil {
		return give(answer.Unanswered(t.probe, what, err))
	}
	if !answer.Success(first.x) {
		return give(unsure(what + " answers " + statusText(first.Status) + " to the plain value: the parameter was not exercised" + t.tokenHint(first)).Result(t.probe.Exchange(first.x)))
	}
	control, err := t.probe.Control(ctx, t.request(t.params.Value))
	if err != nil {
		return give(answer.Unanswered(t.probe, "a random path beside "+t.params.Path, err))
	}
	if observe.Same(first.x, control) {
		return give(unsure(what+" is answered like unknown paths: the parameter was not exercised").Result(t.probe.Exchange(first.x), t.probe.Exchange(control)))
	}
	t.numbersMove = digits(first.Body) != digits(second.Body)
	return first, t.alike(first, second), nil
}

// tokenHint says what would let a caller in whom the path refuses.
func (t *inputTrial) tokenHint(a inputAnswer) string {
	if !refusedStatus(a.Status) || t.as != "" {
		return ""
	}
	return "; with a token under [auth.user] it is asked as the user"
}

// heeds reports whether the parameter has a say in the answer at all: another word is
// answered otherwise than the plain value, or repeated. A server that drops a parameter it
// does not know answers every probe like the plain value, which proves nothing.
func (t *inputTrial) heeds(plain, other inputAnswer, stable bool) bool {
	if strings.Contains(string(other.x.Body), other.Value) {
		return true
	}
	return stable && !t.alike(plain, other)
}

// unheeded is said of a parameter without a say.
const unheeded = "the parameter does not change the answer: name one that does, with a value that finds something"
