package profiles

import (
	"reflect"
	"testing"

	"assess/gonogo/checks"
)

// TestBuiltIn holds that every built-in profile reads without a mistake and that its
// Source reads back as the same profile.
func TestBuiltIn(t *testing.T) {
	for _, name := range Names() {
		p, err := Load(name, t.TempDir())
		if err != nil {
			t.Errorf("%s:\n%v", name, err)
			continue
		}
		if p.ID != name {
			t.Errorf("%s.toml has id %q", name, p.ID)
		}
		again, err := checks.ParseProfile(p.Path, p.Source, nil)
		if err != nil {
			t.Errorf("%s read back:\n%v", name, err)
			continue
		}
		if !reflect.DeepEqual(p, again) {
			t.Errorf("%s read back differs", name)
		}
	}
}
