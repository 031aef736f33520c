package kinds

import (
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/profiles"
)

// TestProfiles holds that every built-in profile names kinds of this build with parameters
// they take.
func TestProfiles(t *testing.T) {
	for _, name := range profiles.Names() {
		p, err := profiles.Load(name, t.TempDir())
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if err := checks.CheckProfile(p, Registry()); err != nil {
			t.Errorf("%s:\n%v", name, err)
		}
	}
}

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
