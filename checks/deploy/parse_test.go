package deploy

import (
	"errors"
	"strings"
	"testing"
)

func TestParseConfig(t *testing.T) {
	for _, c := range []struct{ name, file, src, err string }{
		{"yaml", "a.yaml", "a: 1\nb: [x, y]\n---\na: 2\n", ""},
		{"yaml with a tag", "a.yml", "a: !Ref x\n", ""},
		{"yaml duplicate key", "a.yaml", "a: 1\nb: 2\na: 3\n", `line 3: key "a" again, first in line 1`},
		{"yaml duplicate deep", "a.yaml", "x:\n  - a: 1\n    a: 2\n", "again"},
		{"yaml tab", "a.yaml", "a:\n\tb: 1\n", "line 2"},
		{"yaml unclosed", "a.yaml", "a: [1, 2\n", "line"},
		{"json", "a.json", `{"a": [1, {"b": "c"}], "d": null}`, ""},
		{"json duplicate key", "a.json", "{\"a\": 1,\n\"a\": 2}", `line 2: key "a" again`},
		{"json trailing comma", "a.json", `{"a": 1,}`, "invalid character"},
		{"json cut off", "a.json", `{"a": [1`, "ends too early"},
		{"json twice", "a.json", `{} {}`, "something follows"},
		{"json nothing", "a.json", ``, "ends too early"},
		{"json without end", "a.json", strings.Repeat("[", 1<<20), "levels deep"},
		{"yaml without end", "a.yaml", strings.Repeat("[", 1<<19), "line"},
		{"toml", "a.toml", "a = 1\n[b]\nc = 'd'\n", ""},
		{"toml duplicate key", "a.toml", "a = 1\na = 2\n", "line 2"},
		{"toml without end", "a.toml", "a = " + strings.Repeat("[", 1<<17), "line"},
		{"ini", "a.ini", "[server]\nport = 80\nname: x\n; note\nlong = a\n  b\n[other]\nport = 81\n", ""},
		{"ini duplicate", "a.ini", "[s]\na=1\na=2\n", `line 3: "a" again`},
		{"ini rubbish", "a.ini", "[s]\nwhat is this\n", "line 2: neither"},
		{"ini open section", "a.cfg", "[s\n", "closing bracket"},
		{"xml", "a.xml", `<?xml version="1.0"?><a b="c">d</a>`, ""},
		{"xml unclosed", "a.xml", "<a><b></a>", "line 1"},
		{"xml nothing", "a.xml", " ", "no element"},
		{"unknown", "a.conf", "x", "unknown format"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := parseConfig(c.file, []byte(c.src))
			switch {
			case c.err == "" && err != nil:
				t.Errorf("error %v, want none", err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("error %v, want %q", err, c.err)
			}
			if c.name == "unknown" && !errors.Is(err, errFormat) {
				t.Errorf("%v is not errFormat", err)
			}
		})
	}
}

func TestScalarsCarryTheirKeys(t *testing.T) {
	for file, src := range map[string]string{
		"a.yaml": "s:\n  mail: changeme\n", "a.json": "{\"s\":\n {\"mail\": \"changeme\"}}", "a.toml": "[s]\nmail = 'changeme'\n",
		"a.ini": "[s]\nmail = changeme\n", "a.xml": "<s>\n<mail>changeme</mail></s>",
	} {
		_, values, err := parseConfig(file, []byte(src))
		if err != nil || len(values) != 1 || values[0].Key != "mail" || values[0].Value != "changeme" {
			t.Errorf("%s: %+v, %v", file, values, err)
		}
		if line := values[0].Line; line != 2 && file != "a.toml" {
			t.Errorf("%s: line %d, want 2", file, line)
		}
	}
}
