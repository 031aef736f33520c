package web

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
)

// TestKindsSayWhatTheyDo holds every registration to being complete: `gonogo checks show`
// prints nothing else.
func TestKindsSayWhatTheyDo(t *testing.T) {
	if _, err := checks.NewRegistry(Kinds()...); err != nil {
		t.Fatal(err)
	}
	for _, k := range Kinds() {
		if k.Title == "" || k.Rule == "" || k.Fix == "" || k.Sends == "" || len(k.Refs) == 0 || !k.Severity.Known() {
			t.Errorf("%s: title, rule, fix, sends, refs or severity is missing", k.ID)
		}
		for _, word := range []string{"PASS", "FAIL"} {
			if !strings.Contains(k.Rule, word) {
				t.Errorf("%s: the rule does not say when it is %s", k.ID, word)
			}
		}
		for _, p := range k.Params() {
			if p.Doc == "" {
				t.Errorf("%s: parameter %s has no words", k.ID, p.Name)
			}
		}
		if strings.HasPrefix(k.ID, "security.input.") && k.Class != checks.Intrusive {
			t.Errorf("%s is %s", k.ID, k.Class)
		}
	}
}
