package load

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
)

// opinion is what a rule says of facts.
type opinion struct {
	verdict checks.Verdict
	reason  string
}

func unsure(format string, args ...any) opinion {
	return opinion{checks.Inconclusive, fmt.Sprintf(format, args...)}
}

// words writes a duration as people read it.
func words(d time.Duration) string {
	switch {
	case d >= 10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second:
		return strings.TrimSuffix(fmt.Sprintf("%.1f", d.Seconds()), ".0") + " s"
	case d >= 10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Round(time.Millisecond).Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
}

// requests are what proportion is asked about: those sent, hidden attempts included.
func (f *facts) failures() opinion {
	n, k := f.answers(), f.failed()-f.Count[ownSide]
	o := opinion{proportion(k, n), fmt.Sprintf("%d of %d failed", k, n)}
	if why := causes(f.Count); why != "" {
		o.reason += " (" + why + ")"
	}
	return o
}

// slow judges the answers against the phase's two latency limits.
func (f *facts) slow() opinion {
	o := opinion{verdict: slowness(f.OverPass, f.OverFail, f.Timed), reason: "p50 " + words(f.Latency.quantile(0.5))}
	if f.Latency.n >= 59 {
		o.reason += ", p95 " + words(f.Latency.quantile(0.95))
	} else {
		o.reason += ", slowest " + words(f.Latency.max)
	}
	return o
}

// undecided says why facts can't be judged at all, or decides what needs no count: that more
// than half fails, that nothing comes back, that nobody listens any more. ok is false where
// the counts have to be looked at.
func (f *facts) undecided(budget string, least int) (o opinion, ok bool) {
	if o, ok := f.limited(); ok {
		return o, true
	}
	switch f.Cut {
	case outOfTime:
		if n := f.answers(); n >= least {
			return unsure("%s ran out after %d answers", budget, n), true
		}
		return unsure("%s ran out after %d of %d answers", budget, f.answers(), least), true
	case failing:
		return opinion{checks.Fail, fmt.Sprintf("%d of %d failed (%s); %s", f.Bad, f.All, causes(f.BadCount), f.Why)}, true
	case stalled:
		return opinion{checks.Fail, f.Why}, true
	case gone:
		return opinion{checks.Fail, fmt.Sprintf("%s, after %d answers", f.Why, f.All-f.Bad)}, true
	case aborted:
		return unsure("stopped by hand after %s", count(f.answers(), "answer")), true
	case ceiling:
		if o := f.failures(); o.verdict == checks.Fail {
			return o, true
		}
		return unsure("%s, after %d answers", f.Why, f.answers()), true
	}
	return opinion{}, false
}

// limited says that a rate limiter answered, or that this machine could not send: neither limit
// is a fault of the target under load.
func (f *facts) limited() (o opinion, ok bool) {
	if own := f.BadCount[ownSide]; own > 0 && 20*own > f.All {
		return unsure("this machine could not send %d of %d requests (ports, files or scope)", own, f.All), true
	}
	if 20*f.BadCount[limited] <= f.All {
		return opinion{}, false
	}
	return unsure("a rate limiter answered 429 to %d of %d requests: allow this client and run it again", f.BadCount[limited], f.All), true
}

// honest takes back what a machine too busy to measure can't say: all but failed requests.
func (f *facts) honest(o opinion) opinion {
	if f.Sick == "" || o.verdict == checks.Inconclusive || f.failures().verdict == checks.Fail {
		return o
	}
	return unsure("%s, so this is no measurement: %s", f.Sick, o.reason)
}

// worst takes the worst verdict of several and all reasons.
func worst(opinions ...opinion) opinion {
	var verdicts []checks.Verdict
	var reasons []string
	for _, o := range opinions {
		if o.verdict != "" {
			verdicts = append(verdicts, o.verdict)
		}
		if o.reason != "" {
			reasons = append(reasons, o.reason)
		}
	}
	return opinion{checks.Worst(verdicts...), strings.Join(reasons, ", ")}
}

// atMost keeps a verdict from being worse than a warning.
func (o opinion) atMost(limit checks.Verdict) opinion {
	if o.verdict == checks.Fail {
		o.verdict = limit
	}
	return o
}

// numbers are the measurements of one phase.
func (f *facts) numbers(prefix string) []checks.Measurement {
	if f.answers() == 0 {
		return nil
	}
	ms := func(q float64) float64 { return float64(f.Latency.quantile(q)) / float64(time.Millisecond) }
	m := []checks.Measurement{
		{Name: prefix + "failed", Value: 100 * float64(f.failed()) / float64(f.answers()), Unit: "%"},
		{Name: prefix + "rate", Value: f.rate(), Unit: "/s"},
	}
	if f.Latency.n > 0 {
		m = append(m, checks.Measurement{Name: prefix + "p50", Value: ms(0.5), Unit: "ms"})
	}
	if f.Latency.n >= 59 {
		m = append(m, checks.Measurement{Name: prefix + "p95", Value: ms(0.95), Unit: "ms"})
	}
	return m
}
