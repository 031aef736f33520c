package report

import (
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
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

// TestMethodCountsEachItemOnce: by the verdict that counts.
func TestMethodCountsEachItemOnce(t *testing.T) {
	judged := func(v checks.Verdict) Item { return Item{Verdict: v, Reviewer: &Reviewer{Verdict: v, Counts: true}} }
	b := &builder{st: &sessions.State{Profile: &checks.Profile{}}}
	for want, items := range map[string][]Item{
		"0 items checked by gonogo, 0 judged by a person, 0 without a verdict; 1 request sent to the target.": nil,
		"1 item checked by gonogo, 2 judged by a person, 3 without a verdict, 1 not applicable; 1 request sent to the target.": {
			{Verdict: checks.Fail, Reviewer: &Reviewer{Verdict: checks.Pass}}, judged(checks.Pass), judged(checks.NA),
			{Verdict: checks.Pending, Machine: &Machine{Verdict: checks.Pass}}, {Verdict: checks.Inconclusive}, judged(checks.Inconclusive), {Verdict: checks.NA}},
	} {
		if got := b.method(&Document{Items: items, RequestsSent: 1}); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
