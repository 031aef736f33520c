// Package local is what the kinds that only read files share: getting at the declared
// repository and env files, and a list of observations that becomes one verdict with its
// evidence. It may import checks, checks/source and checks/clean; the folders deploy and
// repo beside it import it.
package local

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/source"
)

// Limits of what is read and printed. A configuration file larger than MaxFile is not read.
const (
	MaxFile     = 1 << 20 // bytes read of one file
	maxInReason = 4       // observations that a reason spells out
	maxInTable  = 400     // observations that evidence lists
)

// Observation is one thing seen in a file, with the verdict it gives by itself. Text never
// holds the value of a variable or a secret.
type Observation struct {
	Verdict checks.Verdict
	Path    string // relative to the repository, or as the target declares it
	Line    int    // from 1; 0 when no single line shows it
	Rule    string // short name of the rule that matched
	Text    string // what was seen, in words
}

// Observations is what a kind saw; the worst one decides.
type Observations []Observation

// Add appends an observation.
func (o *Observations) Add(v checks.Verdict, path string, line int, rule, format string, a ...any) {
	*o = append(*o, Observation{v, path, line, rule, fmt.Sprintf(format, a...)})
}

// Verdict is the worst of all; without any, nothing was exercised and it is pending.
func (o Observations) Verdict() checks.Verdict {
	if len(o) == 0 {
		return checks.Pending
	}
	vs := make([]checks.Verdict, len(o))
	for i := range o {
		vs[i] = o[i].Verdict
	}
	return checks.Worst(vs...)
}

// Reason spells out the observations that gave the verdict; ok is said when all is well.
func (o Observations) Reason(ok string) string {
	v := o.Verdict()
	if v == checks.Pass || v == checks.NA {
		return ok
	}
	var said []string
	for _, x := range o {
		if x.Verdict != v {
			continue
		}
		line := x.where() + x.Text
		if !slices.Contains(said, line) {
			said = append(said, line)
		}
	}
	more := ""
	if n := len(said) - maxInReason; n > 0 {
		said, more = said[:maxInReason], fmt.Sprintf("; and %d more", n)
	}
	return strings.Join(said, "; ") + more
}

// Table lists the observations for evidence: verdict, place, rule, words.
func (o Observations) Table() string {
	var b strings.Builder
	for i, x := range o {
		if i == maxInTable {
			fmt.Fprintf(&b, "… and %d more\n", len(o)-maxInTable)
			break
		}
		fmt.Fprintf(&b, "%-12s %s[%s] %s\n", x.Verdict, x.where(), x.Rule, x.Text)
	}
	return b.String()
}

func (x Observation) where() string {
	switch {
	case x.Path == "":
		return ""
	case x.Line == 0:
		return x.Path + ": "
	}
	return fmt.Sprintf("%s:%d: ", x.Path, x.Line)
}

// Result makes the kind's answer: verdict, reason and the table as evidence named what.
func (o Observations) Result(p *checks.Probe, what, ok string) checks.Result {
	return checks.NewResult(o.Verdict(), checks.Configuration, o.Reason(ok), p.Note(what, o.Table()))
}

// Repository is the declared repository. When it can't be read, the second value is the
// answer of the kind: inconclusive. A kind that calls this names "repository" in its Needs.
func Repository(ctx context.Context, p *checks.Probe) (*source.Tree, *checks.Result) {
	tree, err := p.Repository(ctx)
	if err != nil {
		return nil, unread(p, "repository", p.Target.Repository, err)
	}
	return tree, nil
}

// EnvFiles are the declared env files, or the answer of a kind that can't read them. A kind
// that calls this names "env_files" in its Needs.
func EnvFiles(ctx context.Context, p *checks.Probe) (*source.Env, *checks.Result) {
	env, err := p.EnvFiles(ctx)
	if err != nil {
		return nil, unread(p, "env files", strings.Join(p.Target.EnvFiles, ", "), err)
	}
	return env, nil
}

// Pending is the answer of a kind whose input is not declared.
func Pending(reason string) *checks.Result {
	r := checks.NewResult(checks.Pending, checks.Configuration, reason)
	return &r
}

func unread(p *checks.Probe, what, where string, err error) *checks.Result {
	r := Unclear(p, what, fmt.Sprintf("%s %s can't be read: %v", what, where, err))
	return &r
}

// Unclear is the answer of a kind that can't tell, with its reason as evidence named what.
func Unclear(p *checks.Probe, what, reason string) checks.Result {
	return checks.NewResult(checks.Inconclusive, checks.Configuration, reason, p.Note(what, reason+"\n"))
}

// Count says "1 service" or "3 services".
func Count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
