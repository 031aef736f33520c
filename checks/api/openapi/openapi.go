// Package openapi reads the description of an API: OpenAPI 3.0 and 3.1 in JSON or YAML,
// and the older Swagger 2.0. The description is hostile text: its size, depth, aliases,
// references and the time it takes are bounded, and nothing that it names is fetched.
//
// It uses github.com/getkin/kin-openapi, which knows the specification, behind those bounds,
// and go.yaml.in/yaml/v4; it imports nothing else of gonogo.
package openapi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ErrNone says that a text describes no API.
var ErrNone = errors.New("no OpenAPI or Swagger document with paths")

// readLimit is how long one description may take to be read.
const readLimit = 5 * time.Second

// Description is what a document says about an API.
type Description struct {
	Version    string      // of the specification: "3.1.0", "2.0"
	Servers    []string    // where it says that the API is, defaults filled in; empty: where the document is
	Operations []Operation // by path, then by method
	Problem    string      // the first thing that breaks the specification, "" when none does
	Unchecked  string      // why it could not be held against the specification, "" when it was
}

// Operation is one method of one path.
type Operation struct {
	Method     string // in capitals
	Path       string // as described, with {names}
	Secure     bool   // a security requirement stands over it
	Elsewhere  bool   // it names servers of its own
	Known      bool   // Parameters is complete: the document could be read in full
	Parameters []Parameter
	Body       bool // it takes a request body
}

// Parameter is one parameter of an operation.
type Parameter struct {
	Name     string
	In       string // path, query, header or cookie
	Required bool
	Type     string // integer, number, boolean, string, array, object; "" when not said
	Example  string // a value that the description itself gives
}

// Needs reports whether the operation can't be asked without values of the caller's.
func (o Operation) Needs() bool {
	return strings.Contains(o.Path, "{") || slices.ContainsFunc(o.Parameters, func(p Parameter) bool { return p.Required })
}

// Read reads a description. The error is ErrNone when the text is none, or says what of it
// could not be read. It returns after five seconds or when ctx ends, whatever the text.
func Read(ctx context.Context, text []byte) (*Description, error) {
	ctx, cancel := context.WithTimeout(ctx, readLimit)
	defer cancel()
	type outcome struct {
		d   *Description
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if v := recover(); v != nil {
				o = outcome{err: fmt.Errorf("the description can't be read: %v", v)}
			}
			done <- o
		}()
		o.d, o.err = read(ctx, text)
	}()
	select {
	case o := <-done:
		return o.d, o.err
	case <-ctx.Done():
		return nil, fmt.Errorf("the description could not be read in time: %w", ctx.Err())
	}
}

func read(ctx context.Context, text []byte) (*Description, error) {
	root, err := parse(text)
	if err != nil {
		return nil, err
	}
	version, ok := versionOf(root)
	if !ok {
		return nil, ErrNone
	}
	d := &Description{Version: version}
	d.readPlain(root)
	if strings.HasPrefix(version, "2.") {
		d.Unchecked = "Swagger 2.0 is read without being held against its specification"
		return d, nil
	}
	if err := interlinked(root); err != nil {
		d.Unchecked = err.Error()
		return d, nil
	}
	d.hold(ctx, root)
	return d, nil
}

// versionOf is the version of the specification that a document with paths claims.
func versionOf(root map[string]any) (string, bool) {
	if _, ok := root["paths"].(map[string]any); !ok {
		return "", false
	}
	if v, ok := root["openapi"].(string); ok && strings.HasPrefix(v, "3.") {
		return v, true
	}
	v, ok := root["swagger"].(string)
	return v, ok && strings.HasPrefix(v, "2.")
}

// methods are those that a path may describe.
var methods = []string{"get", "put", "post", "delete", "options", "head", "patch", "trace"}

// readPlain takes methods, paths and servers from the document as it is, for those that
// can't be read in full.
func (d *Description) readPlain(root map[string]any) {
	base, _ := root["basePath"].(string)
	if host, _ := root["host"].(string); host != "" {
		d.Servers = []string{"//" + host}
	}
	secure := filledList(root["security"])
	paths, _ := root["paths"].(map[string]any)
	for path, item := range paths {
		item, _ := item.(map[string]any)
		for _, method := range methods {
			described, ok := item[method].(map[string]any)
			if !ok {
				continue
			}
			o := Operation{Method: strings.ToUpper(method), Path: strings.TrimSuffix(base, "/") + path, Secure: secure}
			if own, ok := described["security"]; ok {
				o.Secure = filledList(own)
			}
			d.Operations = append(d.Operations, o)
		}
	}
	d.sort()
}

func (d *Description) sort() {
	slices.SortFunc(d.Operations, func(a, b Operation) int {
		return strings.Compare(a.Path+"\x00"+a.Method, b.Path+"\x00"+b.Method)
	})
}

func filledList(v any) bool {
	list, _ := v.([]any)
	return len(list) > 0
}
