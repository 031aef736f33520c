package browser

import (
	"context"
	"fmt"
	"time"

	"assess/gonogo/checks"
)

// WeightParams are the parameters of browser.weight.
type WeightParams struct {
	Path  string         `toml:"path" doc:"the page; default the target's pages"`
	Pages checks.Strings `toml:"pages" doc:"several pages, judged together; at most ten"`
	Bytes int            `toml:"bytes" doc:"budget of one page's first visit in bytes over the wire, default 2000000"`
	LCP   time.Duration  `toml:"lcp" doc:"budget of the largest contentful paint, default 2.5s"`
	CLS   float64        `toml:"cls" doc:"budget of the layout shift, default 0.1"`
}

var browserWeight = checks.Define(checks.Kind{
	ID: "browser.weight", Title: "A first visit is light and quick", Class: checks.Safe, Severity: checks.Medium, Last: true, Limit: runLimit,
	Sends: sends,
	Rule: "Measured from where gonogo runs, on its machine and its network: a phone is slower. PASS: bytes, largest contentful paint and layout shift are within budget. WARN: one is over. FAIL: one is over twice its budget (2.5 times for layout shift, 1.6 times for the paint, the limits of Web Vitals). " +
		"inconclusive: no browser; a time is over and gonogo's own pace held requests back; or something the page needs was not sent.",
	Fix:  "Load less first: split code, size and compress pictures, preload what the first view needs, give pictures a width and a height.",
	Refs: []string{"Web Vitals"},
}, func(ctx context.Context, p *checks.Probe, params WeightParams) checks.Result {
	b := params.budget()
	c := theBrowser(p)
	r, visits := eachPage(ctx, p, pagesOf(p, params.Path, params.Pages), func(f *facts, k known) (opinion, []checks.Evidence) {
		return judgeWeight(f, k, b), c.evidence(p, f)
	})
	for _, f := range visits {
		r.Measurements = append(r.Measurements, f.measurements(len(visits) > 1)...)
	}
	return r
})

// budget is what one page may weigh.
type budget struct {
	Bytes int64
	LCP   time.Duration
	CLS   float64
}

func (params WeightParams) budget() budget {
	b := budget{Bytes: 2_000_000, LCP: 2500 * time.Millisecond, CLS: 0.1}
	if params.Bytes > 0 {
		b.Bytes = int64(params.Bytes)
	}
	if params.LCP > 0 {
		b.LCP = params.LCP
	}
	if params.CLS > 0 {
		b.CLS = params.CLS
	}
	return b
}

func (f *facts) measurements(several bool) []checks.Measurement {
	if !f.Answered || f.Mute != "" {
		return nil
	}
	prefix := ""
	if several {
		prefix = f.short(f.URL) + " "
	}
	bytes, requests := f.bytes()
	return []checks.Measurement{
		{Name: prefix + "transfer size", Value: float64(bytes), Unit: "bytes"},
		{Name: prefix + "requests", Value: float64(requests), Unit: ""},
		{Name: prefix + "load event", Value: f.Content.Load, Unit: "ms"},
		{Name: prefix + "largest contentful paint", Value: f.Content.LCP, Unit: "ms"},
		{Name: prefix + "layout shift", Value: f.Content.CLS, Unit: ""},
	}
}

// paced is the wait for gonogo's own turn from which on times are not the page's.
const paced = 100 * time.Millisecond

func judgeWeight(f *facts, k known, b budget) opinion {
	if o, done := judgeArrival(f); done {
		return o
	}
	missed := f.missed()
	bytes, requests := f.bytes()
	lcp := time.Duration(f.Content.LCP * float64(time.Millisecond))
	words := fmt.Sprintf("%d kB in %s, largest contentful paint after %.1f s, layout shift %.2f", bytes/1000, plural(requests, "request"), lcp.Seconds(), f.Content.CLS)
	slow := f.held() >= paced
	switch {
	case bytes > 2*b.Bytes:
		return fail(fmt.Sprintf("loads %s, over twice the budget of %d kB", words, b.Bytes/1000))
	case f.Content.CLS > 2.5*b.CLS:
		return fail(fmt.Sprintf("shifts by %.2f while it loads, far over the budget of %.2f", f.Content.CLS, b.CLS))
	case float64(lcp) > 1.6*float64(b.LCP) && !slow:
		return fail(fmt.Sprintf("paints its largest part after %.1f s, far over the budget of %s", lcp.Seconds(), b.LCP))
	case len(missed) > 0:
		return unsure("is not seen whole: " + whyMissed(f, missed[0]) + more(len(missed)))
	case f.Mute != "":
		return unsure(f.Mute)
	case !f.Loaded || !f.Settled:
		return unsure("still loads when the visit ends")
	case lcp > b.LCP && slow:
		return unsure(fmt.Sprintf("paints its largest part after %.1f s, but gonogo's own pace held its requests back", lcp.Seconds()))
	}
	if o, done := judgeBroken(f); done {
		return o
	}
	if o, done := judgeKnown(k); done {
		return o
	}
	switch {
	case bytes > b.Bytes:
		return warn(fmt.Sprintf("loads %s, over the budget of %d kB", words, b.Bytes/1000))
	case f.Content.CLS > b.CLS:
		return warn(fmt.Sprintf("shifts by %.2f while it loads, over the budget of %.2f", f.Content.CLS, b.CLS))
	case lcp > b.LCP:
		return warn(fmt.Sprintf("paints its largest part after %.1f s, over the budget of %s", lcp.Seconds(), b.LCP))
	case lcp == 0:
		return unsure("loads " + words + ": the browser reports no paint")
	}
	return pass("loads " + words + ", from here")
}
