package report

import (
	"testing"

	"assess/gonogo/checks"
)

// TestSummary holds that an undecided item says what is asked, and what its checks saw or
// wait for.
func TestSummary(t *testing.T) {
	machine := func(v checks.Verdict, reason string) *Machine { return &Machine{Verdict: v, Reason: reason} }
	for _, c := range []struct {
		verdict checks.Verdict
		machine *Machine
		want    string
	}{
		{checks.Pending, nil, "not answered: Who?"},
		{checks.Pending, machine(checks.Pending, notRun), "not answered: Who?"},
		{checks.Pending, machine(checks.Pending, "not declared: [roles] host in target.toml"+checks.DeclareIt), "not answered: Who? (not declared: [roles] host in target.toml)"},
		{checks.Pending, machine(checks.Pass, "all run"), "all run; not answered: Who?"},
		{checks.Inconclusive, machine(checks.Inconclusive, "no answer"), "no answer"},
		{checks.NA, machine(checks.NA, "there is no TLS"), "there is no TLS"},
		{checks.Warn, machine(checks.Fail, "port shut"), "port shut"},
	} {
		it := Item{Verdict: c.verdict, Machine: c.machine, Question: "Who?"}
		if got := summary(checks.Planned{}, it); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.verdict, c.machine, got, c.want)
		}
	}
}
