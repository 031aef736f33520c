package survey

import (
	"strings"
	"testing"
)

func TestReadDescription(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"security of the whole": {`{"openapi":"3.0.1","security":[{"k":[]}],"paths":{"/a":{"get":{}},"/b":{"get":{"security":[]}},"/c":{"get":{"security":[{},{"k":[]}]}},"/d":{"get":{"security":[{"k":[]},{"l":[]}]}}}}`,
			"GET /a secure; GET /b; GET /c; GET /d secure"},
		"server below a path":    {`{"openapi":"3.0.1","servers":[{"url":"https://x.example/api/v3/"}],"paths":{"/a":{"get":{}}}}`, "GET /api/v3/a"},
		"server with a variable": {`{"openapi":"3.0.1","servers":[{"url":"/{stage}/x"}],"paths":{"/a":{"get":{}}}}`, "GET /a"},
		"shared parameters": {`{"openapi":"3.0.1","paths":{"/a":{"parameters":[{"$ref":"#/components/parameters/q"}],"get":{},"post":{}}},"components":{"parameters":{"q":{"name":"q","in":"query","required":true,"schema":{"type":"string"}}}}}`,
			"GET /a needs q:string; POST /a needs q:string"},
		"a reference out of it": {`{"openapi":"3.0.1","paths":{"/a":{"get":{"parameters":[{"$ref":"https://evil.example/x.json"}]}},"/b":{"get":{}}}}`, "GET /a needs; GET /b"},
		"a loop of references":  {`{"openapi":"3.0.1","paths":{"/a":{"get":{"responses":{"200":{"description":"x","content":{"a/b":{"schema":{"$ref":"#/components/schemas/S"}}}}}}}},"components":{"schemas":{"S":{"type":"object","properties":{"s":{"$ref":"#/components/schemas/S"}}}}}}`, "GET /a"},
		"Swagger 2 in YAML":     {"swagger: '2.0'\nbasePath: /v2\npaths:\n  /a/{id}:\n    get: {parameters: [{name: id, in: path, required: true, type: integer}]}\n", "GET /v2/a/{id} needs"},
		"nothing":               {"", "error"},
		"a list":                {"[]", "error"},
		"no paths":              {`{"openapi":"3.0.1"}`, "error"},
		"another version":       {`{"openapi":"4.0.0","paths":{}}`, "error"},
		"anchors":               {"openapi: 3.0.1\nx: &x 1\ny: *x\npaths: {}\n", "error"},
		"deep":                  {`{"openapi":"3.0.1","paths":{},"x":` + strings.Repeat("[", 300) + strings.Repeat("]", 300) + `}`, "error"},
		"deep YAML":             {"openapi: 3.0.1\npaths: {}\nx: " + strings.Repeat("[", 300) + strings.Repeat("]", 300), "error"},
		"two documents":         {"openapi: 3.0.1\npaths: {}\n---\na: 1\n", "error"},
		"cut":                   {`{"openapi":"3.0.1","paths":{"/a"`, "error"},
		"brackets in a text":    {`{"openapi":"3.0.1","paths":{"/a":{"get":{"summary":"\"` + strings.Repeat("[", 300) + `"}}}}`, "GET /a"},
	} {
		d, err := ReadDescription([]byte(c.src))
		var got []string
		for _, o := range d.Operations {
			s := o.Method + " " + o.Path
			if o.Secure {
				s += " secure"
			}
			if o.Needs {
				s += " needs"
			}
			for _, q := range o.Query {
				s += " " + q.Name + ":" + q.Type
			}
			got = append(got, s)
		}
		said := strings.Join(got, "; ")
		if err != nil {
			said = "error"
		}
		if said != c.want {
			t.Errorf("%s: got %q (%v), want %q", name, said, err, c.want)
		}
	}
}

func TestCommonPrefix(t *testing.T) {
	for paths, want := range map[string]string{
		"/api/v1/a /api/v1/b /health":     "/api/v1/",
		"/api/v1/a /api/v2/b":             "/api/",
		"/api/a /api/b /x":                "/api/",
		"/api/a /x /y":                    "",
		"/a /b":                           "",
		"/shop/a /shop/b":                 "/shop/",
		"/shop/a":                         "",
		"/api/{tenant}/a /api/{tenant}/b": "/api/",
		"":                                "",
	} {
		var ops []Operation
		for _, p := range strings.Fields(paths) {
			ops = append(ops, Operation{Method: "GET", Path: p})
		}
		if got := commonPrefix(ops); got != want {
			t.Errorf("%s: got %q, want %q", paths, got, want)
		}
	}
}

// TestPreferAPI holds what is proposed for an API's answer to routes below its prefix: a
// page in its place fails every check that wants JSON.
func TestPreferAPI(t *testing.T) {
	d, err := ReadDescription([]byte(`{"openapi":"3.0.0","paths":{"/":{"get":{}},"/about-us":{"get":{}},"/api/count":{"get":{}},"/api/orders":{"get":{}},"/api/shops":{"get":{}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	facts := newFacts()
	facts.describe(d, "x")
	for key, want := range map[string]string{
		"sample": "/api/count /api/orders /api/shops /about-us", "database": "/api/count /api/orders /api/shops /about-us",
		"cheap": "/api/count /api/orders /api/shops /about-us",
	} {
		var got []string
		for _, f := range facts.Paths[key] {
			got = append(got, f.Value)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", key, got, want)
		}
	}
}
