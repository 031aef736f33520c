package checks

import (
	"context"
	"errors"
	"reflect"
)

var errNotStrings = errors.New("must be a string or a list of strings")

// Kind is a probe: code that observes a target and a rule that judges what it saw. A
// check in a profile names a kind and gives it parameters. Everything `gonogo checks show`
// prints comes from here, so the documentation can't drift from the code.
type Kind struct {
	ID       string // as in profiles: "security.headers.csp"
	Title    string
	Class    Class
	Severity Severity // a default for authors; an item's own severity counts
	Sends    string   // what it sends, in words: "GET of the base page and the API sample"
	Rule     string   // PASS, WARN, FAIL, na and inconclusive in words
	Fix      string   // remediation facts
	Refs     []string
	Last     bool // runs after all others of its class (bursts)

	params reflect.Type
	decode func(params map[string]any) (any, error)
	run    func(ctx context.Context, p *Probe, params any) Result
}

// Define makes a kind whose parameters are decoded strictly into P, a struct with toml
// tags (the field name that profiles use) and doc tags (what it means, with its default).
// Pointers, numbers, strings, booleans, Strings and time.Duration (as "2s") are allowed.
// An unknown parameter is an error that names the nearest known one.
func Define[P any](k Kind, run func(ctx context.Context, p *Probe, params P) Result) Kind {
	k.params = reflect.TypeFor[P]()
	k.decode = func(m map[string]any) (any, error) {
		var params P
		err := decodeParams(m, &params)
		return params, err
	}
	k.run = func(ctx context.Context, p *Probe, params any) Result { return run(ctx, p, params.(P)) }
	return k
}

// NoParams is the parameter struct of kinds that take none.
type NoParams struct{}

// PassResult, WarnResult and their siblings are the short forms of a Result that kinds return.
// reason is cleaned here, so it may quote foreign text.
