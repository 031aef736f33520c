package logs

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/secrets"
)

var logsSecrets = checks.Define(checks.Kind{
	ID: "ops.logs.secrets", Title: "Log samples hold no secrets or personal data", Class: checks.Local, Severity: checks.High, Needs: []string{},
	Sends: "nothing; reads the end of the newest ten files that [logs] declares",
	Rule: "PASS, weakly: nothing was found in the lines looked at; other lines may hold some. WARN: mail addresses, or values that stand where secrets do. " +
		"FAIL: tokens of known forms, passwords in URLs, Authorization or cookie values, JSON Web Tokens, private keys, card numbers, IBANs. Pending: no [logs] files. " +
		"inconclusive: fewer than 20 lines, or none can be read. Only counts and line numbers are kept.",
	Fix:  "Mask at the logger by field name, drop bodies and Authorization headers, set a retention; revoke what was logged.",
	Refs: []string{"ASVS 16.2.5", "CWE-532", "PCI DSS 3.4"},
}, func(_ context.Context, p *checks.Probe, _ checks.NoParams) checks.Result {
	s, stop := takeSample(p)
	if stop != nil {
		return *stop
	}
	found := scan(s.Lines)
	v, reason := judgeSecrets(found, len(s.Lines), len(s.Files), len(s.Unread))
	strength := checks.Configuration
	if v == checks.Pass {
		strength = checks.Inferred
	}
	return checks.NewResult(v, strength, reason, p.Note("scan of the log samples", s.table()+findingsTable(found)))
})

// findings are the places of one rule's matches, never the matches.
type findings struct {
	Certain bool     // no ordinary log line has it
	Places  []string // file:line, in order, each once
}

// scan looks for secrets and personal data in each line.
func scan(lines []line) map[string]*findings {
	found := map[string]*findings{}
	add := func(rule string, certain bool, l line) {
		if found[rule] == nil {
			found[rule] = &findings{}
		}
		f := found[rule]
		f.Certain = f.Certain || certain
		at := fmt.Sprintf("%s:%d", l.File, l.Number)
		if len(f.Places) == 0 || f.Places[len(f.Places)-1] != at {
			f.Places = append(f.Places, at)
		}
	}
	for _, l := range lines {
		texts := []string{l.Text}
		if strings.Contains(l.Text, `\"`) {
			texts = append(texts, strings.ReplaceAll(l.Text, `\"`, `"`)) // JSON in a JSON string
		}
		for _, text := range texts {
			for _, m := range secrets.Find([]byte(text)) {
				if value := text[m.Start:m.End]; !masked(value) {
					add(m.Rule, m.Specific || telling[m.Rule], l)
				}
			}
			for rule, certain := range personal(text) {
				add(rule, certain, l)
			}
		}
	}
	return found
}

// telling are the generic shapes that nothing but credentials has.
var telling = map[string]bool{"jwt": true, "authorization": true, "bearer": true, "cookie": true, "api-key-header": true}

// masks are what loggers write in the place of a secret.
var masks = []string{"***", "filtered", "redacted", "masked", "hidden", "removed", "omitted", "scrubbed", "…", "[secret]", "<secret>"}

// masked reports whether a value is no secret any more, or never was one.
func masked(value string) bool {
	lower := strings.ToLower(value)
	return secrets.Placeholder(value) || slices.ContainsFunc(masks, func(m string) bool { return strings.Contains(lower, m) })
}

func judgeSecrets(found map[string]*findings, lines, files, unread int) (checks.Verdict, string) {
	if len(found) == 0 {
		switch {
		case lines < fewLines:
			return checks.Inconclusive, fmt.Sprintf("the sample has %d lines only: give %d or more", lines, fewLines)
		case files == 0 || unread > files:
			return checks.Inconclusive, "most of the declared logs can't be read"
		}
		left := ""
		if unread > 0 {
			left = fmt.Sprintf(" (%d more can't be read)", unread)
		}
		return checks.Pass, fmt.Sprintf("in %d lines of %d files%s nothing was found; other lines may hold some", lines, files, left)
	}
	v := checks.Warn
	var said []string
	for _, rule := range slices.Sorted(maps.Keys(found)) {
		if found[rule].Certain {
			v = checks.Fail
		}
		said = append(said, fmt.Sprintf("%s in %d", rule, len(found[rule].Places)))
	}
	return v, fmt.Sprintf("of %d lines: %s", lines, strings.Join(said, ", "))
}

// maxPlaces bounds the places that evidence lists of one rule.
const maxPlaces = 50

func findingsTable(found map[string]*findings) string {
	var b strings.Builder
	for _, rule := range slices.Sorted(maps.Keys(found)) {
		f := found[rule]
		fmt.Fprintf(&b, "%s: %d lines: %s", rule, len(f.Places), strings.Join(f.Places[:min(len(f.Places), maxPlaces)], " "))
		if more := len(f.Places) - maxPlaces; more > 0 {
			fmt.Fprintf(&b, " and %d more", more)
		}
		b.WriteByte('\n')
	}
	if len(found) == 0 {
		b.WriteString("nothing found\n")
	}
	return b.String()
}
