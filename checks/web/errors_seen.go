package web

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

var errorsSeen = checks.Define(checks.Kind{
	ID: "reliability.errors.seen", Title: "No error answer of the run leaks anything", Class: checks.Safe, Severity: checks.High, End: true,
	Sends: "a GET of the base page, unless the run asked for it already; looks at the error answers that all other checks got",
	Rule: "FAIL: an answer with 4xx or 5xx, to any request of the run, shows a stack trace, a debug page or database error text that the base page doesn't have. " +
		"PASS: server errors were seen, and no error answer shows internals. na: no server error was seen and no error answer shows internals. inconclusive: the base page has no answer.",
	Fix:  structureFix,
	Refs: []string{"CWE-209", "CWE-550", "CWE-489", "ASVS 16.5.1", "ASVS 13.4.2"},
}, func(ctx context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	base, err := p.Do(ctx, observe.Request{URL: p.Target.BaseURL})
	if err != nil {
		return answer.Unanswered(p, "GET of the base page", err)
	}
	usual := ""
	if answer.Success(base) {
		usual = leakIn(base.Body)
	}
	seen := ownErrors(p.Target.BaseURL, p.Errors())
	facts := readErrors(seen, usual, func(r observe.Request) string { return answer.Label(p, r) })
	evidence := []checks.Evidence{p.Note("error answers of this run", facts.table())}
	if facts.First != nil {
		evidence = append(evidence, p.Exchange(facts.First))
	}
	return judgeSeen(facts).Result(evidence...)
})

// ownErrors leaves only the answers of the base URL's own origin.
func ownErrors(base string, all []*observe.Exchange) []*observe.Exchange {
	own, err := url.Parse(base)
	if err != nil {
		return nil
	}
	var out []*observe.Exchange
	for _, x := range all {
		if u, err := url.Parse(x.URL); err == nil && answer.SameOrigin(u, own) {
			out = append(out, x)
		}
	}
	return out
}

// errorsFacts is what the error answers of a run showed.
type errorsFacts struct {
	All    int // 4xx and 5xx
	Server int // 5xx
	Leaks  []leakSeen
	First  *observe.Exchange // the first that shows internals
}

// leakSeen is one error answer that shows internals.
type leakSeen struct {
	Request string
	Status  int
	What    string
}

// readErrors looks for internals in error answers. What the base page shows as well, as a
// tutorial may, is no leak of an error.
func readErrors(all []*observe.Exchange, usual string, label func(observe.Request) string) errorsFacts {
	f := errorsFacts{All: len(all)}
	for _, x := range all {
		if x.Status >= 500 {
			f.Server++
		}
		leak := leakIn(x.Body)
		if leak == "" || leak == usual {
			continue
		}
		if f.First == nil {
			f.First = x
		}
		f.Leaks = append(f.Leaks, leakSeen{Request: label(x.Request), Status: x.Status, What: leak})
	}
	return f
}

// mostLeaks bounds the lines of the table.
const mostLeaks = 40

func (f errorsFacts) table() string {
	var b strings.Builder
	fmt.Fprintf(&b, "answers with 4xx or 5xx  %d\nwith 5xx                 %d\nthat show internals      %d\n", f.All, f.Server, len(f.Leaks))
	for i, l := range f.Leaks {
		if i == mostLeaks {
			fmt.Fprintf(&b, "and %d more\n", len(f.Leaks)-i)
			break
		}
		fmt.Fprintf(&b, "%d  %s: %s\n", l.Status, l.Request, l.What)
	}
	return b.String()
}

func judgeSeen(f errorsFacts) opinion {
	switch {
	case len(f.Leaks) > 0:
		more := ""
		if n := len(f.Leaks) - 1; n > 0 {
			more = fmt.Sprintf(" (and %s alike)", plural(n, "more answer"))
		}
		first := f.Leaks[0]
		return fail(fmt.Sprintf("%s, asked by another check, answers %d and shows %s%s", first.Request, first.Status, first.What, more))
	case f.All == 0:
		return na("the other checks brought no error answer")
	case f.Server == 0:
		return na("the other checks brought no server error, and none of " + plural(f.All, "refusal") + " shows internals")
	}
	return pass(plural(f.Server, "server error") + " of other checks seen, none shows internals")
}
