package web

import (
	"context"
	"net/url"
	"sort"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/observe"
	"assess/gonogo/checks/web/answer"
)

// ServerErrorParams are the parameters of reliability.errors.server.
type ServerErrorParams struct {
	Paths checks.Strings `toml:"paths" doc:"API paths to ask with odd queries, four at most; default the target's API sample"`
}

var errorsServer = checks.Define(checks.Kind{
	ID: "reliability.errors.server", Title: "Errors leak nothing", Class: checks.Safe, Severity: checks.High,
	Sends: "per path a plain GET, one with a query value of the wrong type, one of 2 KiB, one of bytes that are no text, and a random path beside it",
	Rule: "FAIL: a stack trace, a debug page or database error text that the plain answer doesn't have. WARN: 5xx without internals. PASS: at least one 4xx and no internals. " +
		"inconclusive: no error could be provoked, or only refusals of the caller (401, 403, 429), which a guard in front may give.",
	Fix:  structureFix,
	Refs: []string{"CWE-209", "CWE-550", "CWE-489", "ASVS 16.5.1", "ASVS 13.4.2"},
}, func(ctx context.Context, p *checks.Probe, params ServerErrorParams) checks.Result {
	paths := params.Paths
	if len(paths) == 0 && apiSample(p) != "" {
		paths = checks.Strings{apiSample(p)}
	}
	if len(paths) == 0 {
		return answer.NotDeclared("paths.sample")
	}
	var facts leakFacts
	var evidence []checks.Evidence
	for _, path := range paths[:min(len(paths), 4)] {
		evidence = append(evidence, provoke(ctx, p, path, &facts)...)
	}
	return judgeLeaks(facts).Result(evidence...)
})

// leakFacts is what odd requests brought.
type leakFacts struct {
	Refused int    // answers with 4xx
	Guarded int    // with 401, 403, 407 or 429 among them
	Broken  string // the first request answered 5xx
	Leak    string // what internals were seen
	Where   string // the request that showed them
	Missing string // why a request has no answer
}

// provoke sends odd requests for one path and adds what they brought.
func provoke(ctx context.Context, p *checks.Probe, path string, facts *leakFacts) []checks.Evidence {
	plain, err := p.Do(ctx, observe.Request{URL: path})
	if err != nil {
		_, facts.Missing = answer.Missing("GET "+path, err)
		return []checks.Evidence{p.Note("GET "+path, err.Error())}
	}
	evidence := []checks.Evidence{p.Exchange(plain)}
	usual := ""
	if answer.Success(plain) {
		usual = leakIn(plain.Body)
	}
	look := func(x *observe.Exchange, what string, err error) {
		if err != nil {
			_, facts.Missing = answer.Missing(what, err)
			return
		}
		evidence = append(evidence, p.Exchange(x))
		if leak := leakIn(x.Body); leak != "" && leak != usual && facts.Leak == "" {
			facts.Leak, facts.Where = leak, what
		}
		switch {
		case x.Status >= 500 && facts.Broken == "":
			facts.Broken = what
		case x.Status >= 400 && x.Status < 500:
			facts.Refused++
			if refusedStatus(x.Status) || x.Status == 407 || x.Status == 429 {
				facts.Guarded++
			}
		}
	}
	look(plain, "GET "+path, nil)
	for _, odd := range []string{oddQuery(path, "not-a-number"), oddQuery(path, strings.Repeat("gonogo+", 300)), oddQuery(path, "\x00\xff")} {
		r := observe.Request{URL: odd}
		x, err := p.Do(ctx, r)
		look(x, answer.Label(p, r), err)
	}
	control, err := p.Control(ctx, observe.Request{URL: path})
	look(control, "GET of a random path beside "+path, err)
	return evidence
}

// oddQuery replaces every query value of path, or adds a limit where there is none.
func oddQuery(path, value string) string {
	u, err := url.Parse(path)
	if err != nil {
		return path
	}
	query := u.Query()
	if len(query) == 0 {
		query.Set("limit", "")
	}
	var names []string
	for name := range query {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		query.Set(name, value)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

func judgeLeaks(f leakFacts) opinion {
	switch {
	case f.Leak != "":
		return fail(f.Where + " shows " + f.Leak)
	case f.Missing != "":
		return unsure(f.Missing)
	case f.Broken != "":
		return warn(f.Broken + " is answered with a server error, without internals")
	case f.Refused == 0:
		return unsure("no error could be provoked: no odd request was refused")
	}
	if f.Guarded == f.Refused {
		return unsure("only refusals of the caller were seen, no error of the application")
	}
	return pass(plural(f.Refused, "refusal") + " seen, none shows internals")
}
