package openapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
)

// errOutside is what a reference to another document brings.
var errOutside = errors.New("it refers to another document, which is not fetched")

// overtime is thrown where validation has used its time up.
type overtime struct{ error }

// timed makes a context that ends the work done with it: the validator asks every context
// for its options at every schema, and looks at nothing else of it.
type timed struct{ context.Context }

func (t timed) Value(key any) any {
	if err := t.Err(); err != nil {
		panic(overtime{err})
	}
	return t.Context.Value(key)
}

// holdLimit is how long a document may take to be held against the specification; its plain
// reading stands where that is not enough.
const holdLimit = 2 * time.Second

// hold reads the document in full and holds it against the specification. What goes wrong
// is noted; the plain reading then stands.
func (d *Description) hold(ctx context.Context, root map[string]any) {
	defer func() {
		switch v := recover().(type) {
		case nil:
		case overtime:
			d.Unchecked = "it takes too long to be held against the specification"
		default:
			d.Unchecked = fmt.Sprintf("it can't be held against the specification: %v", v)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, holdLimit)
	defer cancel()
	text, err := json.Marshal(root)
	if err != nil {
		d.Unchecked = err.Error()
		return
	}
	loader := &openapi3.Loader{Context: ctx, ReadFromURIFunc: func(*openapi3.Loader, *url.URL) ([]byte, error) { return nil, errOutside }}
	doc, err := loader.LoadFromData(text)
	switch {
	case errors.Is(err, errOutside):
		d.Unchecked = errOutside.Error()
		return
	case err != nil:
		d.Problem = firstProblem(err)
		return
	}
	d.readFull(doc)
	if err = validate(ctx, doc); err != nil {
		d.Problem = firstProblem(err)
	}
}

// validate holds the document against the specification. Its two large parts are walked
// under the clock first, since doc.Validate can't be stopped.
func validate(ctx context.Context, doc *openapi3.T) error {
	// Patterns may be of a dialect that Go does not compile, examples and defaults are no
	// part of what clients rely on.
	options := []openapi3.ValidationOption{openapi3.DisableSchemaPatternValidation(), openapi3.DisableExamplesValidation(),
		openapi3.DisableSchemaDefaultsValidation()}
	clocked := options
	if doc.IsOpenAPI31OrLater() {
		clocked = append(clocked[:len(clocked):len(clocked)], openapi3.IsOpenAPI31OrLater())
	}
	walk := timed{openapi3.WithValidationOptions(ctx, clocked...)}
	if doc.Components != nil {
		if err := doc.Components.Validate(walk); err != nil {
			return fmt.Errorf("invalid components: %w", err)
		}
	}
	if err := doc.Paths.Validate(walk); err != nil {
		return fmt.Errorf("invalid paths: %w", err)
	}
	return doc.Validate(ctx, options...)
}

// firstProblem is the first line of an error, without what a second parser said.
func firstProblem(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	text = strings.TrimPrefix(text, "failed to unmarshal data: json error: ")
	text, _, _ = strings.Cut(text, ", yaml error: ")
	if r := []rune(text); len(r) > 200 {
		text = string(r[:200]) + "…"
	}
	return text
}

// readFull replaces the plain reading by one with references resolved.
func (d *Description) readFull(doc *openapi3.T) {
	d.Servers, d.Operations = nil, nil
	for _, server := range doc.Servers {
		if server != nil {
			d.Servers = append(d.Servers, serverURL(server))
		}
	}
	for path, item := range doc.Paths.Map() {
		if item == nil {
			continue
		}
		for method, described := range item.Operations() {
			o := Operation{Method: method, Path: path, Secure: len(doc.Security) > 0, Known: true,
				Elsewhere: len(item.Servers) > 0 || described.Servers != nil && len(*described.Servers) > 0,
				Body:      described.RequestBody != nil}
			if described.Security != nil {
				o.Secure = len(*described.Security) > 0
			}
			for _, ref := range append(append(openapi3.Parameters{}, item.Parameters...), described.Parameters...) {
				if ref == nil || ref.Value == nil {
					o.Known = false
					continue
				}
				o.add(parameter(ref.Value))
			}
			d.Operations = append(d.Operations, o)
		}
	}
	d.sort()
}

// serverURL fills a server's variables with their defaults.
func serverURL(s *openapi3.Server) string {
	text := s.URL
	for name, variable := range s.Variables {
		if variable != nil {
			text = strings.ReplaceAll(text, "{"+name+"}", variable.Default)
		}
	}
	return text
}

// add takes a parameter over; the operation's own replaces one of its path.
func (o *Operation) add(p Parameter) {
	for i, known := range o.Parameters {
		if known.Name == p.Name && known.In == p.In {
			o.Parameters[i] = p
			return
		}
	}
	o.Parameters = append(o.Parameters, p)
}

func parameter(p *openapi3.Parameter) Parameter {
	out := Parameter{Name: p.Name, In: p.In, Required: p.Required || p.In == "path", Example: plain(p.Example)}
	for _, example := range p.Examples {
		if out.Example == "" && example != nil && example.Value != nil {
			out.Example = plain(example.Value.Value)
		}
	}
	if p.Schema != nil && p.Schema.Value != nil {
		schema := p.Schema.Value
		out.Type = typeOf(schema)
		for _, value := range append([]any{schema.Example, schema.Default}, schema.Enum...) {
			if out.Example == "" {
				out.Example = plain(value)
			}
		}
	}
	return out
}

// typeOf is the one type that a schema allows, null aside, as "integer or null" is written
// by some frameworks; "" where there are several or none.
func typeOf(s *openapi3.Schema) string {
	var types []string
	if s.Type != nil {
		types = s.Type.Slice()
	}
	for _, ref := range append(append(openapi3.SchemaRefs{}, s.AnyOf...), s.OneOf...) {
		if ref != nil && ref.Value != nil && ref.Value.Type != nil {
			types = append(types, ref.Value.Type.Slice()...)
		} else {
			return ""
		}
	}
	one := ""
	for _, t := range types {
		switch {
		case t == "null" || t == one:
		case one != "":
			return ""
		default:
			one = t
		}
	}
	return one
}

// plain writes a value of the description as a query would have it, "" for lists and objects.
func plain(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool, json.Number, int, int64, uint64:
		return fmt.Sprint(v)
	case float64:
		return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.6f", v), "0"), ".")
	}
	return ""
}
