package deploy

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
)

func TestJudgeEnv(t *testing.T) {
	set := func(name string, c class) envFact {
		return envFact{Name: name, Set: true, File: ".env", Line: 1, Class: c}
	}
	for _, c := range []struct {
		name       string
		facts      []envFact
		allowEmpty bool
		want       checks.Verdict
		says       string
	}{
		{"all set", []envFact{set("A", classSet), set("B", classSet)}, false, checks.Pass, "2 of 2 set"},
		{"missing wins over a placeholder", []envFact{set("A", classPlaceholder), {Name: "B"}}, false, checks.Fail, "1 of 2 missing: B"},
		{"empty", []envFact{set("A", classEmpty)}, false, checks.Fail, "empty: A"},
		{"empty is allowed", []envFact{set("A", classEmpty)}, true, checks.Pass, "1 of 1"},
		{"placeholder", []envFact{set("A", classPlaceholder)}, false, checks.Warn, "A (placeholder)"},
		{"the example's value", []envFact{set("A", classExample)}, false, checks.Warn, "A (same as the example file)"},
		{"handed over as a file", []envFact{{Name: "A", Twin: "secrets/a", Seen: true}}, false, checks.Pass, "1 of 1"},
		{"as a file nobody sees", []envFact{{Name: "A", Twin: "/run/secrets/a"}}, false, checks.Warn, "can't be seen"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, say := judgeEnv(c.facts, c.allowEmpty)
			if got != c.want || !strings.Contains(say, c.says) {
				t.Errorf("judgeEnv = %s %q, want %s … %q", got, say, c.want, c.says)
			}
		})
	}
}
