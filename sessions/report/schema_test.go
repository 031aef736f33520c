package report_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"assess/gonogo/sessions/report"
)

// The documents of both seeds are what the published schema says, and a document with a
// wrong word, a missing key or a null list is not.
func TestDocumentsFollowTheSchema(t *testing.T) {
	text, err := report.JSONSchema()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("document.json", raw); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("document.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, seed := range seeds {
		document := func() map[string]any {
			js, err := report.JSON(open(t, filepath.Join("testdata", seed.name+".gonogo")))
			if err != nil {
				t.Fatal(err)
			}
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(js))
			if err != nil {
				t.Fatal(err)
			}
			return v.(map[string]any)
		}
		if err := schema.Validate(document()); err != nil {
			t.Errorf("%s: %v", seed.name, err)
		}
		for what, spoil := range map[string]func(map[string]any){
			"a wrong word":  func(d map[string]any) { d["items"].([]any)[0].(map[string]any)["verdict"] = "fine" },
			"a missing key": func(d map[string]any) { delete(d, "waivers") },
			"a null list":   func(d map[string]any) { d["findings"] = nil },
			"a new key":     func(d map[string]any) { d["surprise"] = 1 },
		} {
			d := document()
			spoil(d)
			if schema.Validate(d) == nil {
				t.Errorf("%s: %s follows the schema", seed.name, what)
			}
		}
	}
}
