package web

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// LatencyParams are the parameters of reliability.latency.
type LatencyParams struct {
	Path     string        `toml:"path" doc:"a GET; default the target's cheap path, then its API sample"`
	Requests int           `toml:"requests" doc:"how many, 3 to 30; default 10"`
	Median   time.Duration `toml:"median" doc:"the median may take this long; default 500ms"`
	Max      time.Duration `toml:"max" doc:"the slowest may take this long; default 2s"`
}

var latency = checks.Define(checks.Kind{
	ID: "reliability.latency", Title: "Single answers are quick", Class: checks.Safe, Severity: checks.Medium,
	Sends: "a GET of one path, ten more of it one after the other, as the user where anonymous callers are refused, and a random path beside it",
	Rule: "PASS: the median time to the first byte is at most 500 ms and the slowest 2 s. WARN: up to twice that. FAIL: above, or an answer that is not 2xx. " +
		"inconclusive: the path is answered like unknown ones, or refuses the caller (401, 403, 429).",
	Fix:  "Profile the slow part; cache, index, or answer from memory.",
	Refs: []string{"CWE-400", "ASVS 15.2.2"},
}, func(ctx context.Context, p *checks.Probe, params LatencyParams) checks.Result {
	path := params.Path
	for _, other := range []string{p.Target.Paths.Cheap, apiSample(p)} {
		if path == "" {
			path = other
		}
	}
	if path == "" {
		return answer.NotDeclared("paths.cheap")
	}
	facts := latencyFacts{What: path, Median: params.Median, Max: params.Max}
	facts.setDefaults()
	count := 10
	if params.Requests > 0 {
		count = min(max(params.Requests, 3), 30)
	}
	r := observe.Request{URL: path, Fresh: true}
	if x, err := p.Do(ctx, observe.Request{URL: path}); err == nil {
		r, _ = answer.AsCaller(p, r, x)
	}
	var evidence []checks.Evidence
	for range count {
		x, err := p.Do(ctx, r)
		if err != nil {
			return answer.Unanswered(p, answer.Label(p, r), err)
		}
		if len(evidence) == 0 {
			control, err := p.Control(ctx, r)
			if err != nil {
				return answer.Unanswered(p, "a random path beside "+path, err)
			}
			facts.LikeOther = answer.Success(x) && observe.Same(x, control)
			evidence = append(evidence, p.Exchange(x))
		}
		facts.Times = append(facts.Times, x.FirstByte)
		if !answer.Success(x) {
			facts.Odd = x.Status
			break
		}
	}
	result := judgeLatency(facts).Result(append(evidence, p.Note("times to the first byte", facts.table()))...)
	mid, slowest := facts.spread()
	result.Measurements = []checks.Measurement{
		{Name: "median", Value: float64(mid.Microseconds()) / 1000, Unit: "ms"},
		{Name: "slowest", Value: float64(slowest.Microseconds()) / 1000, Unit: "ms"},
	}
	return result
})

// latencyFacts are the times to the first byte, without connecting, and the limits.
type latencyFacts struct {
	Times       []time.Duration
	What        string // the request
	Odd         int    // a status that is not 2xx
	LikeOther   bool
	Median, Max time.Duration
}

func (f *latencyFacts) setDefaults() {
	if f.Median == 0 {
		f.Median = 500 * time.Millisecond
	}
	if f.Max == 0 {
		f.Max = 2 * time.Second
	}
}

func (f latencyFacts) spread() (median, slowest time.Duration) {
	sorted := slices.Clone(f.Times)
	slices.Sort(sorted)
	return sorted[len(sorted)/2], sorted[len(sorted)-1]
}

func (f latencyFacts) table() string {
	var b strings.Builder
	for i, t := range f.Times {
		fmt.Fprintf(&b, "%2d  %s\n", i+1, t.Round(10*time.Microsecond))
	}
	return b.String()
}

func judgeLatency(f latencyFacts) opinion {
	median, slowest := f.spread()
	words := fmt.Sprintf("to the first byte median %s, slowest %s of %d", inMillis(median), inMillis(slowest), len(f.Times))
	switch {
	case refusedStatus(f.Odd) || f.Odd == 429:
		return unsure(f.What + " turns this caller away with " + statusText(f.Odd) + ": its own work can't be timed")
	case f.Odd != 0:
		return fail(f.What + " answers " + statusText(f.Odd))
	case median > 2*f.Median || slowest > 2*f.Max:
		return fail(words)
	case f.LikeOther:
		return unsure("the path is answered like unknown ones: its own work can't be timed")
	case median > f.Median || slowest > f.Max:
		return warn(words)
	}
	return pass(words)
}
