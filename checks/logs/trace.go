package logs

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// TraceParams are the parameters of ops.trace.
type TraceParams struct {
	Path string `toml:"path" doc:"the GET that is traced; default the target's sample path, then its cheap path, then /"`
}

var trace = checks.Define(checks.Kind{
	ID: "ops.trace", Title: "A trace id that we send comes back", Class: checks.Safe, Severity: checks.Medium,
	Sends: "one GET with a traceparent header of its own, and a made-up header that only a mirror would return",
	Rule: "PASS: the trace id that was sent stands in a header of the answer or in the log samples; that spans reach a tracing back end is not judged. " +
		"inconclusive: it is not seen, which proves nothing, or the answer mirrors every header.",
	Fix:  "Pass traceparent on, put the trace id into answers and log lines, export spans.",
	Refs: []string{"W3C Trace Context"},
}, func(ctx context.Context, p *checks.Probe, params TraceParams) checks.Result {
	id, mirror := randomHex(16), randomHex(8)
	r := observe.Request{URL: firstOf(params.Path, p.Target.Paths.Sample, p.Target.Paths.Cheap, "/"), Fresh: true, Header: []observe.Field{
		{Name: "traceparent", Value: "00-" + id + "-" + randomHex(8) + "-01"}, {Name: "X-Gonogo-Mirror", Value: mirror}}}
	x, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	facts := traceFacts{Headers: carriers(x.Header, id), Mirrors: len(carriers(x.Header, mirror)) > 0}
	evidence := []checks.Evidence{p.Exchange(x)}
	if len(facts.Headers) == 0 && len(p.Target.Logs.Files) > 0 {
		if s, stop := takeSample(p); stop == nil {
			facts.Lines = slices.DeleteFunc(slices.Clone(s.Lines), func(l line) bool { return !strings.Contains(l.Text, id) || strings.Contains(l.Text, mirror) })
			evidence = append(evidence, p.Note("log samples searched for trace "+id, s.table()+fmt.Sprintf("lines with it: %d\n", len(facts.Lines))))
		}
	}
	v, reason := judgeTrace(facts)
	return checks.NewResult(v, "", reason, evidence...)
})

// traceFacts is where the trace id was seen again.
type traceFacts struct {
	Headers []string
	Mirrors bool // a made-up header came back too
	Lines   []line
}

func judgeTrace(f traceFacts) (checks.Verdict, string) {
	switch {
	case f.Mirrors && len(f.Lines) == 0:
		return checks.Inconclusive, "the answer mirrors every header: that the trace id comes back proves nothing"
	case len(f.Headers) > 0:
		return checks.Pass, "the trace id that we sent comes back in " + strings.Join(f.Headers, ", ") + "; whether spans are kept is not judged"
	case len(f.Lines) > 0:
		return checks.Pass, fmt.Sprintf("the trace id that we sent stands in %d log lines; whether spans are kept is not judged", len(f.Lines))
	}
	return checks.Inconclusive, "the trace id that we sent is not seen again, which proves nothing: look it up in the tracing back end"
}

// carriers are the headers that hold a text, by name.
func carriers(h http.Header, text string) []string {
	var names []string
	for name, values := range h {
		if slices.ContainsFunc(values, func(v string) bool { return strings.Contains(strings.ToLower(v), text) }) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func randomHex(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}
