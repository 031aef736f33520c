package logs

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/guard"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// ClockParams are the parameters of ops.clock.
type ClockParams struct {
	Path string `toml:"path" doc:"the GET whose Date is read; default the target's cheap path, then /"`
}

// How far the clocks may be apart. The Date of an answer counts whole seconds.
const (
	clockWarn = 2 * time.Second
	clockFail = 30 * time.Second
	slowClock = 2 * time.Second // an answer that took longer leaves too much open
)

var clock = checks.Define(checks.Kind{
	ID: "ops.clock", Title: "The host's clock is right", Class: checks.Safe, Severity: checks.Medium,
	Sends: "one GET of a cheap path, or of the base page",
	Rule: "PASS: the Date of the answer is within 2 s of this machine's clock, what the exchange took and the whole seconds of Date granted. WARN: within 30 s. FAIL: further. " +
		"na: the target is on this machine, whose clock can't be compared with itself. inconclusive: no Date, one out of a cache, or an answer that took more than 2 s. " +
		"It is the clock of what answers first, a proxy where there is one; and this machine's own may be the wrong one.",
	Fix:  "Run chrony or systemd-timesyncd on every host and alert on its offset.",
	Refs: []string{"ASVS 16.2.2", "RFC 9110 6.6.1"},
}, func(ctx context.Context, p *checks.Probe, params ClockParams) checks.Result {
	base, err := url.Parse(p.Target.BaseURL)
	if err == nil && guard.IsLoopback(base.Hostname()) {
		return checks.NewResult(checks.NA, "", "the target is on this machine: its clock can't be compared with itself")
	}
	r := observe.Request{URL: firstOf(params.Path, p.Target.Paths.Cheap, "/"), Fresh: true}
	x, err := p.Do(ctx, r)
	if err != nil {
		return answer.Unanswered(p, answer.Label(p, r), err)
	}
	v, reason, apart := judgeClock(x.Header, x.At, x.Total)
	result := checks.NewResult(v, "", reason, p.Exchange(x))
	if v.Decided() {
		result.Measurements = []checks.Measurement{{Name: "clock difference", Value: apart.Seconds(), Unit: "s"}}
	}
	return result
})

func firstOf(paths ...string) string {
	for _, path := range paths {
		if path != "" {
			return path
		}
	}
	return ""
}

// judgeClock compares the Date of an answer with the time in which it must have been made.
// apart is the least difference that explains it, ahead positive.
func judgeClock(h http.Header, sent time.Time, took time.Duration) (v checks.Verdict, reason string, apart time.Duration) {
	date, err := http.ParseTime(h.Get("Date"))
	switch {
	case err != nil:
		return checks.Inconclusive, "the answer has no Date", 0
	case h.Get("Age") != "" && h.Get("Age") != "0", strings.Contains(strings.ToLower(h.Get("X-Cache")), "hit"):
		return checks.Inconclusive, "the answer comes out of a cache: its Date is of another time", 0
	case took > slowClock:
		return checks.Inconclusive, "the answer took too long to compare clocks", 0
	}
	received := sent.Add(took)
	switch {
	case date.After(received):
		apart = date.Sub(received)
	case date.Add(time.Second).Before(sent):
		apart = date.Add(time.Second).Sub(sent)
	}
	far := apart.Abs()
	said := fmt.Sprintf("the clock of what answers and this machine's are %.1f s apart at least", far.Seconds())
	switch {
	case far > clockFail:
		return checks.Fail, said + ": one of them is wrong", apart
	case far > clockWarn:
		return checks.Warn, said + ": one of them is wrong", apart
	}
	return checks.Pass, "the clock of what answers agrees with this machine's, as far as whole seconds show", apart
}
