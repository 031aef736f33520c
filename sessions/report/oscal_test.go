package report_test

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// OSCAL has the keys and values of the model, every UUID once, and every reference meets one.
func TestOSCAL(t *testing.T) {
	for _, seed := range []string{"phase5", "full-stack"} {
		data := output(t, named(t, "oscal"), seedDocument(t, seed), nil)
		v := validOSCAL(t, data)
		defined, asked := map[string]int{}, []string{}
		var walk func(any)
		walk = func(x any) {
			switch x := x.(type) {
			case []any:
				for _, y := range x {
					walk(y)
				}
			case map[string]any:
				for k, y := range x {
					s, _ := y.(string)
					switch {
					case k == "uuid":
						defined[s]++
					case strings.HasSuffix(k, "-uuid"):
						asked = append(asked, s)
					}
					walk(y)
				}
			}
		}
		walk(v)
		for u, n := range defined {
			if n != 1 {
				t.Errorf("%s: %s is there %d times", seed, u, n)
			}
		}
		for _, u := range asked {
			if defined[u] == 0 {
				t.Errorf("%s: %s is named and not there", seed, u)
			}
		}
		if len(defined) < 100 || len(asked) < 100 {
			t.Errorf("%s: %d UUIDs, %d references", seed, len(defined), len(asked))
		}
		for what, spoil := range map[string]func(string) string{
			"a foreign key": func(s string) string {
				return strings.Replace(s, `"import-ap": {`, `"import-ap": {"status": "fine",`, 1)
			},
			"a bad UUID": func(s string) string { return strings.Replace(s, `"uuid": "`, `"uuid": "x`, 1) },
		} {
			bad, err := jsonschema.UnmarshalJSON(strings.NewReader(spoil(string(data))))
			if err != nil || compile(t, "oscal-assessment-results-part.json").Validate(bad) == nil {
				t.Errorf("%s passes: %v", what, err)
			}
		}
	}
}
