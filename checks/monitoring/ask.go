package monitoring

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/services"
	"assess/gonogo/checks/web/answer"
)

// alike reports whether a random path beside the one of x is answered as x is. Without an
// answer the second value is the check's result.
func alike(ctx context.Context, p *checks.Probe, x *observe.Exchange) (bool, *checks.Result) {
	control, err := p.Control(ctx, x.Request)
	if err != nil {
		r := answer.Unanswered(p, "a random path beside "+answer.Label(p, x.Request), err)
		return false, &r
	}
	return observe.Same(x, control), nil
}

// api asks Prometheus' API and decodes the data of its answer. has says whether the data is
// what was asked for: other products answer {"status":"success"} too.
func api(ctx context.Context, p *checks.Probe, s services.HTTP, path string, data any, has func() bool) (*observe.Exchange, *checks.Result) {
	x, bad := s.Ask(ctx, p, path)
	if bad != nil {
		return nil, bad
	}
	unread := func(why string) (*observe.Exchange, *checks.Result) {
		short, _, _ := strings.Cut(path, "?")
		r := with(unsure(short+" "+why), p.Exchange(x))
		return nil, &r
	}
	if why := readAPI(x, data); why != "" {
		return unread(why)
	}
	if !has() {
		return unread("does not answer as Prometheus does: its data is missing")
	}
	same, bad := alike(ctx, p, x)
	switch {
	case bad != nil:
		return nil, bad
	case same:
		return unread("is answered as unknown paths are")
	}
	return x, nil
}

// readAPI decodes an answer of Prometheus' API, or says why it can't.
func readAPI(x *observe.Exchange, data any) (why string) {
	var envelope struct {
		Status   string          `json:"status"`
		Error    string          `json:"error"`
		Warnings []string        `json:"warnings"`
		Data     json.RawMessage `json:"data"`
	}
	isAPI := json.Unmarshal(x.Body, &envelope) == nil
	switch {
	case answer.Refused(x):
		return fmt.Sprintf("turns us away (%d): declare a token or credentials of the service", x.Status)
	case x.Truncated:
		return "answers with more than can be read"
	case x.Status == 503:
		return "is not served now (503): Prometheus starts or stops"
	case isAPI && envelope.Status == "error" && envelope.Error != "":
		return "refuses: " + cut(envelope.Error)
	case x.Status != 200 || !isAPI || envelope.Status != "success" || json.Unmarshal(envelope.Data, data) != nil:
		return fmt.Sprintf("does not answer as Prometheus does (%d)", x.Status)
	case len(envelope.Warnings) > 0: // such as that a store which holds some of the series did not answer
		return "warns that its answer may be wrong or incomplete: " + cut(envelope.Warnings[0])
	}
	return ""
}

// pass, warn, fail and unsure make results of judgements; with adds what they rest on.
func pass(reason string) checks.Result   { return checks.NewResult(checks.Pass, "", reason) }
func warn(reason string) checks.Result   { return checks.NewResult(checks.Warn, "", reason) }
func fail(reason string) checks.Result   { return checks.NewResult(checks.Fail, "", reason) }
func unsure(reason string) checks.Result { return checks.NewResult(checks.Inconclusive, "", reason) }

func with(r checks.Result, evidence ...checks.Evidence) checks.Result {
	r.Evidence = append(r.Evidence, evidence...)
	return r
}

// count prints a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// maxNamed is how many names a reason spells out.
const maxNamed = 4

// names joins names for a reason.
func names(all []string) string {
	if len(all) <= maxNamed {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(all[:maxNamed], ", "), len(all)-maxNamed)
}

// cut bounds foreign text in a reason.
func cut(s string) string {
	if r := []rune(s); len(r) > 120 {
		return string(r[:120]) + "…"
	}
	return s
}
