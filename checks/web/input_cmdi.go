package web

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/web/answer"
)

var inputCMDI = checks.Define(checks.Kind{
	ID: "security.input.cmdi", Title: "A parameter does not reach a shell", Class: checks.Intrusive, Severity: checks.Critical,
	Sends: "one query parameter with an echo of a random sum after a semicolon, a pipe, $() and a line break, beside the plain value; as the user where anonymous callers are refused; no file, no delay, no call-back",
	Rule: "FAIL: an answer contains the product that only a shell could have worked out, twice with different numbers. WARN: server errors for these values only. " +
		"PASS: no sign found; commands whose output is not shown stay unseen. inconclusive: the path doesn't answer the plain value, or the parameter changes nothing.",
	Fix:  "No shell: run programs with an argument vector.",
	Refs: []string{"CWE-78", "ASVS 1.2.5", "WSTG-INPV-12"},
}, runCMDI)

// sum is a product that only a shell works out from the expression that is sent.
type sum struct{ A, B int }

// newSum makes factors whose product is not in any page by chance.
func newSum() sum { return sum{10_000 + rand.IntN(80_000), 10_000 + rand.IntN(80_000)} }

// command prints the product between marks.
func (s sum) command() string { return fmt.Sprintf("echo gng$((%d*%d))gng", s.A, s.B) }

// output is what a shell prints for command.
func (s sum) output() string { return fmt.Sprintf("gng%dgng", s.A*s.B) }

// commandShapes put a command behind a value, a shape a separator.
var commandShapes = []struct{ Name, Before, After string }{
	{"semicolon", ";", ""},
	{"pipe", "|", ""},
	{"substitution", "$(", ")"},
	{"line break", "\n", "\n"},
}

// cmdFacts is what the probes showed.
type cmdFacts struct {
	Probes  int
	Ignored bool   // the parameter has no say in the answer
	Ran     string // the shape whose product came back twice
	Broken  string
}

func runCMDI(ctx context.Context, p *checks.Probe, params InputParams) checks.Result {
	params, missing := params.complete()
	if missing != "" {
		return answer.NotDeclared("the input check's " + missing)
	}
	t := &inputTrial{probe: p, params: params}
	plain, stable, bad := t.baseline(ctx)
	if bad != nil {
		return *bad
	}
	facts, deciding, err := tryCommands(ctx, t, plain, stable)
	evidence := []checks.Evidence{p.Exchange(plain.x), p.Note("values tried", t.table())}
	if deciding != nil {
		evidence = append(evidence, p.Exchange(deciding.x))
	}
	o := judgeCommands(facts)
	if err != nil && o.Verdict != checks.Fail {
		return answer.Unanswered(p, "GET "+params.Path, err)
	}
	return o.Result(evidence...)
}

func tryCommands(ctx context.Context, t *inputTrial, plain inputAnswer, stable bool) (cmdFacts, *inputAnswer, error) {
	var facts cmdFacts
	neutral, err := t.send(ctx, "neutral long word", strings.Repeat("gonogo", 8), false)
	if err != nil {
		return facts, nil, err
	}
	facts.Ignored = !t.heeds(plain, neutral, stable)
	for _, shape := range commandShapes {
		a, ran, err := tryCommand(ctx, t, shape.Name, shape.Before, shape.After)
		if err != nil {
			return facts, nil, err
		}
		facts.Probes++
		if ran {
			if again, ranAgain, err := tryCommand(ctx, t, shape.Name+" again", shape.Before, shape.After); err == nil && ranAgain {
				facts.Ran = shape.Name
				return facts, &again, nil
			}
		}
		if a.Status >= 500 && neutral.Status < 500 && facts.Broken == "" {
			facts.Broken = shape.Name
		}
	}
	return facts, nil, nil
}

func tryCommand(ctx context.Context, t *inputTrial, name, before, after string) (inputAnswer, bool, error) {
	s := newSum()
	a, err := t.send(ctx, name, t.params.Value+before+s.command()+after, false)
	if err != nil {
		return a, false, err
	}
	return a, strings.Contains(string(a.x.Body), s.output()), nil
}

func judgeCommands(f cmdFacts) opinion {
	switch {
	case f.Ran != "":
		return fail("a command behind a " + f.Ran + " is carried out: its result comes back")
	case f.Broken != "":
		return warn("the value with a " + f.Broken + " is answered with a server error, other words are not")
	case f.Ignored:
		return unsure(unheeded)
	}
	return pass(fmt.Sprintf("no sign found with %d safe probes (commands without visible output are not seen)", f.Probes))
}
