package checks

import (
	"strings"
	"testing"
)

func TestKeyLines(t *testing.T) {
	src := `# a comment with key = 1
id = "x # no comment"
"quoted key" = 'single'
text = """
fake = 1
"quote" \""" """""
after = 1
list = [ # comment
  "a", 'b',
  { kind = "k", deep = { x = 1 } },
]
a.b = true
[scope]
hosts = []
[[category]]
id = "one"
[[category.item]]
id = "1"
[[category.item]]
checks = [{ kind = "a" }, { kind = "b",
  path = "/" }]
[category.words]
green = "ok"
[[category]]
[[category.item]]
id = "2"
[not_applicable]
"DAT-01" = "no"
`
	want := map[string]int{
		"id": 2, "quoted key": 3, "text": 4, "after": 7, "list": 8, "list[0]": 9, "list[1]": 9, "list[2]": 10,
		"list[2].kind": 10, "list[2].deep": 10, "list[2].deep.x": 10, "a": 12, "a.b": 12, "scope": 13, "scope.hosts": 14,
		"category": 15, "category[0]": 15, "category[0].id": 16, "category[0].item": 17, "category[0].item[0]": 17,
		"category[0].item[0].id": 18, "category[0].item[1]": 19, "category[0].item[1].checks": 20,
		"category[0].item[1].checks[0]": 20, "category[0].item[1].checks[0].kind": 20,
		"category[0].item[1].checks[1]": 20, "category[0].item[1].checks[1].kind": 20,
		"category[0].item[1].checks[1].path": 21, "category[0].words": 22, "category[0].words.green": 23,
		"category[1]": 24, "category[1].item": 25, "category[1].item[0]": 25, "category[1].item[0].id": 26,
		"not_applicable": 27, "not_applicable.DAT-01": 28,
	}
	if _, _, err := parseTOML("t", []byte(src)); err != nil {
		t.Fatalf("the sample is no TOML: %v", err)
	}
	got := keyLines([]byte(src))
	for path, line := range want {
		if got[path] != line {
			t.Errorf("%s: line %d, want %d", path, got[path], line)
		}
	}
	for path := range got {
		if _, ok := want[path]; !ok {
			t.Errorf("unexpected key %s at %d", path, got[path])
		}
	}
}

// FuzzKeyLines holds that no input hangs or breaks the scanner, and that it finds every
// key that the parser finds.
func FuzzKeyLines(f *testing.F) {
	for _, s := range []string{"[}]", "a=[}", "a={]", "a='''", `a="\`, "[[", "[[a", "a=[1,[2,{b=3}]]", "x=,", "a.\"b.c\".d=1",
		"[a.b]\nc = { d = [ 1, 'x' ] }\n[[e]]\n[[e.f]]\ng = \"\"\"\nh\"\"\"\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		lines := keyLines([]byte(s))
		raw, _, err := parseTOML("fuzz", []byte(s))
		if err != nil {
			return
		}
		for key := range raw {
			if _, ok := lines[key]; !ok && key == plainKey(key) && !strings.Contains(s, `\`) {
				t.Errorf("key %q not located in %q", key, s)
			}
		}
	})
}
