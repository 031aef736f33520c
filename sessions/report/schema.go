package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path"
	"reflect"

	"github.com/invopop/jsonschema"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// words are the closed vocabularies of the document: a string of the type is one of them.
var words = map[reflect.Type][]string{
	reflect.TypeFor[checks.Verdict]():    texts(checks.Verdicts),
	reflect.TypeFor[checks.Severity]():   append(texts(checks.Severities), ""),
	reflect.TypeFor[checks.Gate]():       {"blocker", "condition", "advisory", ""},
	reflect.TypeFor[sessions.Decision](): {"go", "conditional-go", "no-go", "incomplete", ""},
}

// JSONSchema is the JSON Schema (draft 2020-12) of the document, made from the types that
// are encoded, so that it can't differ from them.
func JSONSchema() ([]byte, error) {
	r := jsonschema.Reflector{Anonymous: true, Namer: typeName, Mapper: func(t reflect.Type) *jsonschema.Schema {
		values, ok := words[t]
		if !ok {
			return nil
		}
		s := &jsonschema.Schema{Type: "string"}
		for _, v := range values {
			s.Enum = append(s.Enum, v)
		}
		return s
	}}
	s := r.Reflect(&Document{})
	s.Title = Schema
	s.Description = "A gonogo review. Every key is always there; lists are never null; times are RFC 3339 UTC; numbers are 0 to 100, unrounded."
	nullable(s)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("write the json schema: %w", err)
	}
	return b.Bytes(), nil
}

// typeName tells types of the same name in two packages apart.
func typeName(t reflect.Type) string {
	if t.PkgPath() == "" || t.Name() == "" {
		return ""
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}

// nullable lets the keys be null that stand for "there is none": an item without a check,
// without a judgement, a review without an earlier one.
func nullable(s *jsonschema.Schema) {
	for _, at := range [][2]string{{"report.Item", "machine"}, {"report.Item", "reviewer"}, {"report.Document", "changes"}} {
		def := s.Definitions[at[0]]
		if def == nil || def.Properties == nil {
			continue
		}
		if p, ok := def.Properties.Get(at[1]); ok {
			def.Properties.Set(at[1], &jsonschema.Schema{OneOf: []*jsonschema.Schema{p, {Type: "null"}}})
		}
	}
}
