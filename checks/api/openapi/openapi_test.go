package openapi

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

func must(t *testing.T, text string) *Description {
	t.Helper()
	d, err := Read(context.Background(), []byte(text))
	if err != nil {
		t.Fatalf("%v", err)
	}
	return d
}

// fastAPI is what FastAPI writes of two routes, shortened.
const fastAPI = `{"openapi":"3.1.0","info":{"title":"x","version":"0.1.0"},"paths":{
"/items":{"get":{"summary":"Items","operationId":"items","parameters":[
 {"name":"limit","in":"query","required":false,"schema":{"type":"integer","default":10,"title":"Limit"}},
 {"name":"q","in":"query","required":false,"schema":{"anyOf":[{"type":"string"},{"type":"null"}],"title":"Q"}}],
 "responses":{"200":{"description":"ok","content":{"application/json":{"schema":{}}}},"422":{"description":"no","content":{"application/json":{"schema":{"$ref":"#/components/schemas/E"}}}}}},
 "post":{"security":[{"HTTPBearer":[]}],"requestBody":{"required":true,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Item"}}}},"responses":{"200":{"description":"ok"}}}},
"/items/{id}":{"get":{"parameters":[{"name":"id","in":"path","required":true,"schema":{"type":"integer"}}],"responses":{"200":{"description":"ok"}}}}},
"components":{"schemas":{"E":{"type":"object","properties":{"detail":{"items":{"type":"string"},"type":"array"}}},
 "Item":{"type":"object","required":["name"],"properties":{"name":{"type":"string"},"parent":{"anyOf":[{"$ref":"#/components/schemas/Item"},{"type":"null"}]}}}},
 "securitySchemes":{"HTTPBearer":{"type":"http","scheme":"bearer"}}}}`

func TestReadFastAPI(t *testing.T) {
	d := must(t, fastAPI)
	if d.Version != "3.1.0" || d.Problem != "" || d.Unchecked != "" || len(d.Operations) != 3 {
		t.Fatalf("%+v", d)
	}
	get := d.Operations[0]
	want := Operation{Method: "GET", Path: "/items", Known: true, Parameters: []Parameter{
		{Name: "limit", In: "query", Type: "integer", Example: "10"}, {Name: "q", In: "query", Type: "string"}}}
	if !reflect.DeepEqual(get, want) || get.Needs() {
		t.Errorf("%+v", get)
	}
	if post := d.Operations[1]; post.Method != "POST" || !post.Secure || !post.Body {
		t.Errorf("%+v", post)
	}
	if one := d.Operations[2]; !one.Needs() || one.Parameters[0].Type != "integer" {
		t.Errorf("%+v", one)
	}
}

const plainYAML = `openapi: 3.0.3
info: {title: t, version: 2024-01-01}
servers:
- url: https://{host}.example/v1
  variables: {host: {default: pay}}
security: [{key: []}]
paths:
  /quotes:
    parameters:
    - {name: page, in: query, required: true, schema: {type: integer, minimum: 1}, example: 2}
    get:
      responses: {200: {description: ok}}
  /public:
    get:
      security: []
      responses: {'200': {description: ok}}
components:
  securitySchemes: {key: {type: apiKey, in: header, name: X-Key}}
`

func TestReadYAML(t *testing.T) {
	d := must(t, plainYAML)
	if d.Problem != "" || d.Unchecked != "" || !reflect.DeepEqual(d.Servers, []string{"https://pay.example/v1"}) {
		t.Fatalf("%+v", d)
	}
	if public, quotes := d.Operations[0], d.Operations[1]; public.Secure || !quotes.Secure || !quotes.Needs() || quotes.Parameters[0].Example != "2" {
		t.Errorf("%+v", d.Operations)
	}
	aliased := must(t, strings.Replace(plainYAML, "{'200': {description: ok}}", "&r {'200': {description: ok}}", 1)+"x-again: *r\n")
	if aliased.Problem != "" || len(aliased.Operations) != 2 {
		t.Errorf("%+v", aliased)
	}
}

func TestReadSwagger(t *testing.T) {
	d := must(t, `{"swagger":"2.0","host":"pay.example","basePath":"/v1/","paths":{"/a":{"get":{},"parameters":[]},"/b":{"post":{"security":[{"k":[]}]}}}}`)
	want := []Operation{{Method: "GET", Path: "/v1/a"}, {Method: "POST", Path: "/v1/b", Secure: true}}
	if d.Version != "2.0" || d.Problem != "" || d.Unchecked == "" || !reflect.DeepEqual(d.Operations, want) || d.Servers[0] != "//pay.example" {
		t.Errorf("%+v", d)
	}
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, problem, unchecked string }{
		"no info":      {`{"openapi":"3.0.3","paths":{"/a":{"get":{"responses":{"200":{"description":"x"}}}}}}`, "invalid info", ""},
		"no responses": {`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{}}}}`, "responses", ""},
		"wrong type":   {`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"parameters":"none"}}}}`, "parameters", ""},
		"dead ref": {`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"$ref":"#/components/responses/x"}}}}}}`,
			"#/components/responses/x", ""},
		"other document": {`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"$ref":"http://169.254.169.254/x.json#/y"}}}}}}`,
			"", "another document"},
		"a file": {`{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"$ref":"/etc/passwd"}}}}}}`,
			"", "another document"},
	} {
		t.Run(name, func(t *testing.T) {
			d := must(t, c.text)
			if (c.problem == "") != (d.Problem == "") || !strings.Contains(d.Problem, c.problem) ||
				(c.unchecked == "") != (d.Unchecked == "") || !strings.Contains(d.Unchecked, c.unchecked) {
				t.Errorf("problem %q, unchecked %q", d.Problem, d.Unchecked)
			}
			if len(d.Operations) != 1 || d.Operations[0].Path != "/a" {
				t.Errorf("%+v", d.Operations)
			}
		})
	}
}

func TestNoDescription(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "page": "<html>openapi", "json": `{"a":1}`, "no paths": `{"openapi":"3.0.0"}`, "paths a list": `{"openapi":"3.0.0","paths":[]}`,
		"version 4": `{"openapi":"4.0","paths":{}}`, "list": `[]`, "cut": `{"openapi":"3.0.3","paths":{"/a":`, "word": "openapi",
		"binary": "openapi: \x00", "yaml list": "- openapi: 3.0.0\n", "unknown alias": "openapi: 3.0.0\npaths: *x\n", "huge number": `{"openapi":3e999,"paths":{}}`,
		"null": "null", "two": "{} {}",
	} {
		if d, err := Read(context.Background(), []byte(text)); !errors.Is(err, ErrNone) {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
}

// head begins a description whose schemas follow.
const head = `{"openapi":"3.0.3","info":{"title":"t","version":"1"},"paths":{"/a":{"get":{"responses":{"200":{"description":"x"}}}}},"components":{"schemas":`

// TestBounds reads texts that are made to use up time or memory.
func TestBounds(t *testing.T) {
	bomb := "openapi: 3.0.3\npaths: {}\na: &a [" + strings.Repeat("x,", 9) + "x]\n"
	for c := 'b'; c < 'k'; c++ {
		bomb += fmt.Sprintf("%c: &%c [%s*%c]\n", c, c, strings.Repeat(fmt.Sprintf("*%c,", c-1), 9), c-1)
	}
	everyOther := func(n int) string {
		var all, props strings.Builder
		for i := range n {
			fmt.Fprintf(&props, `%s"p%d":{"$ref":"#/components/schemas/s%d"}`, comma(i), i, i)
		}
		for i := range n {
			fmt.Fprintf(&all, `%s"s%d":{"type":"object","properties":{%s}}`, comma(i), i, props.String())
		}
		return head + "{" + all.String() + "}}}"
	}
	for name, c := range map[string]struct{ text, err, unchecked string }{
		"aliases":          {text: bomb, err: "aliases"},
		"long aliases":     {text: "openapi: 3.0.3\npaths: {}\na: &a " + strings.Repeat("x", 200_000) + "\nb: [" + strings.Repeat("*a, ", 1000) + "]\n", err: "aliases"},
		"alias of itself":  {text: "openapi: 3.0.3\npaths: {}\na: &a [*a]\n", err: "nests"},
		"deep json":        {text: head + strings.Repeat(`{"x":`, 5000) + "1" + strings.Repeat("}", 5000) + "}}", err: "nests"},
		"many values":      {text: `{"openapi":"3.0.3","paths":{},"x":[` + strings.Repeat("1,", 650_000) + "1]}", err: "values"},
		"all refer to all": {text: everyOther(60)},
		"refers to itself": {text: head + `{"A":{"$ref":"#/components/schemas/A"}}}}`},
		"a long ring, often referred to": {text: head + "{" + ring(3000) + `},"responses":{` + list(3000, `"r%d":{"description":"x","content":{"application/json":{"schema":{"$ref":"#/components/schemas/s0"}}}}`) + "}}}",
			unchecked: "too long"},
		"many refer to a large one": {text: head + `{"B":{"type":"object","properties":{` + list(8000, `"p%d":{"type":"string"}`) + `}},` + list(8000, `"r%d":{"$ref":"#/components/schemas/B"}`) + `}}}`,
			unchecked: "references"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			d, err := Read(context.Background(), []byte(c.text))
			if c.err == "" && err != nil || c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)) {
				t.Errorf("error %v, want %q", err, c.err)
			}
			if c.unchecked != "" && (d == nil || !strings.Contains(d.Unchecked, c.unchecked)) {
				t.Errorf("%+v", d)
			}
			if d != nil {
				t.Logf("problem %q unchecked %q", d.Problem, d.Unchecked)
			}
			if took := time.Since(start); took > 4*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

func comma(i int) string {
	if i == 0 {
		return ""
	}
	return ","
}

// list repeats a form n times, numbered.
func list(n int, form string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(form, i)
	}
	return strings.Join(parts, ",")
}

// ring are schemas that each refer to the next, the last to the first.
func ring(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(`"s%d":{"type":"object","properties":{"n":{"$ref":"#/components/schemas/s%d"}}}`, i, (i+1)%n)
	}
	return strings.Join(parts, ",")
}

// TestOvertime ends validation where the time is up.
func TestOvertime(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	root, err := parse([]byte(fastAPI))
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	d := &Description{}
	d.hold(ctx, root)
	if !strings.Contains(d.Unchecked, "too long") {
		t.Errorf("%+v", d)
	}
}

func FuzzRead(f *testing.F) {
	for _, text := range []string{fastAPI, plainYAML, `{"swagger":"2.0","paths":{}}`, head + `{}}}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		d, err := Read(context.Background(), text)
		if (d == nil) == (err == nil) {
			t.Fatalf("%+v, %v", d, err)
		}
		if err != nil && (strings.Contains(err.Error(), "can't be read") || errors.Is(err, context.DeadlineExceeded)) {
			t.Fatal(err)
		}
	})
}
