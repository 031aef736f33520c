package report_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"assess/gonogo/sessions/report"
)

// The starter renders both seeds, and every list and figure of it is filled.
func TestTheStarterRenders(t *testing.T) {
	for name, facts := range map[string][]string{
		"phase5":     {"# phase5-dashboard 1.4: NO-GO", "| Score | 35.2 % ", "- **Health routes missing**: ", "| Scalability | incomplete | amber |", "- `P5-REL-DBH-01` (critical) "},
		"full-stack": {"# 013a-analytics 3.0.0: CONDITIONAL-GO", "| Next review | 2026-11-29 |", "- `C1` Prometheus and Grafana run", "| Configure TLS | Platform team | before deploy |"},
	} {
		doc := open(t, filepath.Join("testdata", name+".gonogo"))
		got, err := report.Template("starter", []byte(report.Starter()), doc)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, f := range facts {
			if !strings.Contains(string(got), f) {
				t.Errorf("%s: the report lacks %q:\n%s", name, f, got)
			}
		}
		if strings.Contains(string(got), "<no value>") || strings.Contains(string(got), "<nil>") {
			t.Errorf("%s: a value is missing:\n%s", name, got)
		}
		again, err := report.Template("starter", []byte(report.Starter()), doc)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s: a second time it differs: %v", name, err)
		}
	}
}

// What is wrong with a template is said with its line and what may be meant.
func TestTemplateMistakes(t *testing.T) {
	doc := open(t, filepath.Join("testdata", "phase5.gonogo"))
	for source, want := range map[string]string{
		"\n\n{{.target.nmae}}":                  `house.md:3: .target.nmae: there is no "nmae": did you mean "name"?`,
		"{{range .items}}{{.verdct}}{{end}}":    `house.md:1: .verdct: there is no "verdct": did you mean "verdict"?`,
		"a\n{{perzent .score.overall}}":         `house.md:2: there is no function "perzent": did you mean "percent"?`,
		"{{if}}":                                "house.md:1: missing value for if",
		"{{range .items}}":                      "house.md:1: unexpected EOF",
		"{{where .items \"verdikt\" \"fail\"}}": `house.md:1: where .items "verdikt" "fail": error calling where: there is no "verdikt": did you mean "verdict"?`,
		"{{percent .target.name}}":              "house.md:1: percent .target.name: error calling percent: wants a number, not string",
		"{{readFile \"/etc/passwd\"}}":          `house.md:1: there is no function "readFile"`,
		"{{env \"HOME\"}}":                      `house.md:1: there is no function "env"`,
	} {
		_, err := report.Template("house.md", []byte(source), doc)
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", source, err, want)
		}
	}
	if _, err := report.Template("house.md", bytes.Repeat([]byte("x"), report.MaxTemplate+1), doc); err == nil {
		t.Error("a template of any size is taken")
	}
}

// Foreign text is inert behind its helper.
func TestTemplateHelpers(t *testing.T) {
	doc := open(t, filepath.Join("testdata", "phase5.gonogo"))
	doc.Target.Name = "=HYPERLINK(\"x\") | @team <b>`"
	for source, want := range map[string]string{
		"{{md .target.name}}":                                  "=HYPERLINK(\"x\") \\| `@team` \\<b\\>\\`",
		"{{csv .target.name}}":                                 `"'=HYPERLINK(""x"") | @team <b>` + "`" + `"`,
		"{{code .target.name}}":                                "``  =HYPERLINK(\"x\") | @team <b>` ``",
		"{{html .target.name}}":                                "=HYPERLINK(&#34;x&#34;) | @team &lt;b&gt;`",
		"{{json .target.name}}":                                `"=HYPERLINK(\"x\") | @team <b>` + "`" + `"`,
		"{{verdict \"fail\"}}":                                 "✘ FAIL",
		"{{plural 2 \"item\"}}":                                "2 items",
		"{{len (where .items \"verdict\" \"fail\" \"warn\")}}": "44",
		"{{len (first 3 .items)}}":                             "3",
		"{{with .changes}}some{{else}}none{{end}}":             "none",
	} {
		got, err := report.Template("t", []byte(source), doc)
		if err != nil || strings.TrimSpace(string(got)) != strings.TrimSpace(strings.Replace(want, "``  =", "`` =", 1)) {
			t.Errorf("%s: %q, %v; want %q", source, got, err, want)
		}
	}
}

// A template sees exactly what the JSON form holds, and the documentation lists exactly
// its fields.
func TestTemplatesSeeTheDocument(t *testing.T) {
	doc := open(t, filepath.Join("testdata", "full-stack.gonogo"))
	out, err := report.Template("all", []byte("{{json .}}"), doc)
	if err != nil {
		t.Fatal(err)
	}
	js, err := report.JSON(doc)
	if err != nil {
		t.Fatal(err)
	}
	var sees, whole map[string]any
	if err := json.Unmarshal(out, &sees); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(js, &whole); err != nil {
		t.Fatal(err)
	}
	dropUnset(sees, whole)
	for key := range whole {
		if !reflect.DeepEqual(sees[key], whole[key]) {
			t.Errorf("%s: a template sees %.300v, the JSON form is %.300v", key, sees[key], whole[key])
		}
	}
	documented := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^  (\.\S+)`).FindAllStringSubmatch(report.Fields(), -1) {
		documented[m[1]] = true
	}
	walk("", whole, func(path string) {
		if !documented[path] && !documented[path+"[]"] && !hasBelow(documented, path) {
			t.Errorf("%s is not documented", path)
		}
	})
	if len(documented) < 200 {
		t.Errorf("only %d fields are documented", len(documented))
	}
}

// dropUnset takes out what the JSON form leaves out because it is not set.
func dropUnset(sees, whole any) {
	switch sees := sees.(type) {
	case map[string]any:
		want, _ := whole.(map[string]any)
		for k, v := range sees {
			if _, there := want[k]; !there && (v == nil || reflect.ValueOf(v).IsZero()) {
				delete(sees, k)
				continue
			}
			dropUnset(v, want[k])
		}
	case []any:
		want, _ := whole.([]any)
		for i := range min(len(sees), len(want)) {
			dropUnset(sees[i], want[i])
		}
	}
}

func hasBelow(documented map[string]bool, path string) bool {
	for p := range documented {
		if strings.HasPrefix(p, path+".") {
			return true
		}
	}
	return false
}

func walk(path string, v any, visit func(string)) {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			visit(path + "." + k)
			walk(path+"."+k, e, visit)
		}
	case []any:
		for _, e := range v {
			walk(path+"[]", e, visit)
		}
	}
}
