package web

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var inputSQLI = checks.Define(checks.Kind{
	ID: "security.input.sqli", Title: "A parameter does not reach the database as SQL", Class: checks.Intrusive, Severity: checks.Critical,
	Sends: "one query parameter with a quote, two quotes, and one true and one false condition (for numbers also a subtraction), beside the plain value and a long word; as the user where anonymous callers are refused; no OR, no comment, no second statement",
	Rule: "FAIL: database error text that the plain and the neutral answers don't have, seen twice; or the true condition answers like the plain value and the false one doesn't, twice, while the plain answer stays. " +
		"WARN: a server error for the quote only. PASS: no sign found. inconclusive: the path doesn't answer the plain value, its answer changes by itself, or the parameter changes nothing.",
	Fix:  "Bound parameters everywhere.",
	Refs: []string{"CWE-89", "ASVS 1.2.4", "WSTG-INPV-05"},
}, runSQLI)

// sqlProbe is one value with what it tries.
type sqlProbe struct{ Name, Value string }

// sqlProbes are the values tried on a parameter: harmless in any statement, because
// nothing is widened, ended or added.
func sqlProbes(value string) []sqlProbe {
	probes := []sqlProbe{{"quote", value + "'"}, {"two quotes", value + "''"}}
	if _, err := strconv.ParseFloat(value, 64); err == nil {
		return append(probes, sqlProbe{"minus zero", value + "-0"},
			sqlProbe{"true condition", value + " AND 1=1"}, sqlProbe{"false condition", value + " AND 1=2"})
	}
	return append(probes, sqlProbe{"true condition", value + "' AND '1'='1"}, sqlProbe{"false condition", value + "' AND '1'='2"})
}

// sqlFacts is what the probes showed.
type sqlFacts struct {
	Probes      int
	Stable      bool   // the plain answer does not change by itself
	Ignored     bool   // the parameter has no say in the answer
	ErrorText   string // driver text seen twice, only with a probe
	ErrorProbe  string
	Conditional bool // the condition decided the answer, twice
	Wavering    bool // it did the first time only
	Broken      string
}

func runSQLI(ctx context.Context, p *checks.Probe, params InputParams) checks.Result {
	params, missing := params.complete()
	if missing != "" {
		return answer.NotDeclared("the input check's " + missing)
	}
	t := &inputTrial{probe: p, params: params}
	plain, stable, bad := t.baseline(ctx)
	if bad != nil {
		return *bad
	}
	facts, deciding, err := trySQL(ctx, t, plain, stable)
	evidence := []checks.Evidence{p.Exchange(plain.x), p.Note("values tried", t.table())}
	if deciding != nil {
		evidence = append(evidence, p.Exchange(deciding.x))
	}
	o := judgeSQL(facts)
	if err != nil && o.Verdict != checks.Fail {
		return answer.Unanswered(p, "GET "+params.Path, err)
	}
	return o.Result(evidence...)
}

// trySQL sends the probes and repeats those that look like a finding.
func trySQL(ctx context.Context, t *inputTrial, plain inputAnswer, stable bool) (sqlFacts, *inputAnswer, error) {
	facts := sqlFacts{Stable: stable}
	neutral, err := t.send(ctx, "neutral long word", strings.Repeat("gonogo", 12), false)
	if err != nil {
		return facts, nil, err
	}
	facts.Ignored = !t.heeds(plain, neutral, stable)
	answers := map[string]inputAnswer{}
	for _, probe := range sqlProbes(t.params.Value) {
		a, err := t.send(ctx, probe.Name, probe.Value, false)
		if err != nil {
			return facts, nil, err
		}
		answers[probe.Name] = a
		facts.Probes++
		if text := newErrorText(a, plain, neutral); text != "" && facts.ErrorText == "" {
			again, err := t.send(ctx, probe.Name+" again", probe.Value, true)
			if err != nil {
				return facts, nil, err
			}
			if newErrorText(again, plain, neutral) != "" {
				facts.ErrorText, facts.ErrorProbe = text, probe.Name
				return facts, &again, nil
			}
		}
		if a.Status >= 500 && neutral.Status < 500 && facts.Broken == "" {
			facts.Broken = probe.Name
		}
	}
	if !stable {
		return facts, nil, nil
	}
	deciding, err := tryCondition(ctx, t, plain, answers, &facts)
	return facts, deciding, err
}

// newErrorText is driver error text that only the probe's answer has.
func newErrorText(a, plain, neutral inputAnswer) string {
	found := answer.SQLError.FindString(string(a.x.Body))
	if found == "" || answer.SQLError.Match(plain.x.Body) || answer.SQLError.Match(neutral.x.Body) {
		return ""
	}
	return found
}

// tryCondition compares the true and the false condition with the plain answer, and
// repeats all three before it believes what it saw.
func tryCondition(ctx context.Context, t *inputTrial, plain inputAnswer, answers map[string]inputAnswer, facts *sqlFacts) (*inputAnswer, error) {
	yes, no := answers["true condition"], answers["false condition"]
	if !t.alike(yes, plain) || t.alike(no, plain) {
		return nil, nil
	}
	yesAgain, err := t.send(ctx, "true condition again", yes.Value, true)
	if err != nil {
		return nil, err
	}
	noAgain, err := t.send(ctx, "false condition again", no.Value, true)
	if err != nil {
		return nil, err
	}
	plainAgain, err := t.send(ctx, "plain value at the end", plain.Value, true)
	if err != nil {
		return nil, err
	}
	facts.Conditional = t.alike(yesAgain, plain) && !t.alike(noAgain, plain) && t.alike(plainAgain, plain)
	facts.Wavering = !facts.Conditional
	return &noAgain, nil
}

func judgeSQL(f sqlFacts) opinion {
	switch {
	case f.ErrorText != "":
		return fail("the " + f.ErrorProbe + " brings database error text: " + quoteShort(f.ErrorText))
	case f.Conditional:
		return fail("an added condition decides the answer: the parameter is part of a statement")
	case f.Broken != "":
		return warn("the " + f.Broken + " is answered with a server error, other words are not")
	case f.Wavering:
		return warn("an added condition seemed to decide the answer once, not twice")
	case !f.Stable:
		return unsure("the answer changes by itself, so conditions can't be compared; no database error text seen")
	case f.Ignored:
		return unsure(unheeded)
	}
	return pass(fmt.Sprintf("no sign found with %d safe probes", f.Probes))
}
