package checks_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"assess/gonogo/checks"
)

func TestReadTOMLRefusesWhatWouldTakeMinutes(t *testing.T) {
	for name, src := range map[string]string{
		"arrays": "a = 1\nb = " + strings.Repeat("[", 200_000),
		"keys":   "a = 1\n[" + strings.Repeat("a.", 100_000) + "a]\n",
	} {
		var doc map[string]any
		var at toml.ParseError
		if _, err := checks.ReadTOML([]byte(src), &doc); !errors.As(err, &at) || at.Position.Line != 2 {
			t.Errorf("%s: %v", name, err)
		}
	}
	var doc map[string]any
	if _, err := checks.ReadTOML([]byte("[a.b]\nc = [[1], [2]]\n"), &doc); err != nil || doc["a"] == nil {
		t.Error(doc, err)
	}
}
