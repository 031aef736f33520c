package kinds

import (
	"testing"

	"assess/gonogo/checks"
)

// TestDocumented holds that every kind says what it sends and how it judges.
func TestDocumented(t *testing.T) {
	for _, k := range Registry().Kinds() {
		switch {
		case k.Rule == "":
			t.Errorf("%s: no rule in words", k.ID)
		case !k.Severity.Known():
			t.Errorf("%s: severity %q", k.ID, k.Severity)
		case k.Class != checks.Local && k.Sends == "":
			t.Errorf("%s: does not say what it sends", k.ID)
		}
		for _, p := range k.Params() {
			if p.Doc == "" {
				t.Errorf("%s: parameter %s is not documented", k.ID, p.Name)
			}
		}
	}
}
