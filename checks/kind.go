package checks

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"assess/gonogo/checks/clean"
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
	End      bool // runs after all others of the run, whatever their class, and judges what they saw

	// Needs names what the target must declare before the kind can run, as references
	// without the @: "base_url", "repository", "env_files", "auth.login", "auth.user". A
	// name in braces is a parameter of the check: "commands.{name}".
	// Without it the check waits. Nil means "base_url" for a kind that sends; a kind
	// that sends elsewhere, or nowhere, says so with a list of its own, maybe empty.
	Needs []string

	// Limit is how long one check may take; 0 means a minute.
	Limit time.Duration

	// Executes gives the command line and the folder of what a check of this kind starts on
	// the assessor's own machine; nil for kinds that start nothing. Whoever is asked for
	// consent reads it. Such a kind sends nothing itself, so no host has to be confirmed.
	Executes func(t *Target, params any) string

	// Stretches gives what a check of this kind puts on the target, stretch by stretch; nil
	// for kinds that are no load. Screens draw the plan from it.
	Stretches func(params any) []Stretch

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

// decodeParams fills the struct that into points to, strictly. Its error lists every
// mistake, one a line.
func decodeParams(m map[string]any, into any) error {
	f := &file{}
	f.decode("", m, reflect.ValueOf(into).Elem())
	if len(f.mistakes) == 0 {
		return nil
	}
	texts := make([]string, len(f.mistakes))
	for i, mistake := range f.mistakes {
		texts[i] = mistake.Text
	}
	return errors.New(strings.Join(texts, "\n"))
}

// ParamDoc describes one parameter of a kind.
type ParamDoc struct {
	Name string
	Type string // in words: "a string", "a list of strings"
	Doc  string
}

// Params describes the kind's parameters in the order in which its struct has them.
func (k *Kind) Params() []ParamDoc {
	var docs []ParamDoc
	if k.params == nil || k.params.Kind() != reflect.Struct {
		return nil
	}
	for i := range k.params.NumField() {
		field := k.params.Field(i)
		name, _, _ := strings.Cut(field.Tag.Get("toml"), ",")
		if name == "" || name == "-" || !field.IsExported() {
			continue
		}
		docs = append(docs, ParamDoc{Name: name, Type: typeWords(field.Type), Doc: field.Tag.Get("doc")})
	}
	return docs
}

// needs lists what the target must declare for the kind to run.
func (k *Kind) needs() []string {
	if k.Needs == nil && k.Class != Local {
		return []string{"base_url"}
	}
	return k.Needs
}

// Doc is the text of `gonogo checks show`: everything the kind's registration says.
func (k *Kind) Doc() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s\n\n", k.ID, k.Title)
	section := func(title, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%-10s %s\n", title, wrap(text, 11))
		}
	}
	section("class", classWords[k.Class])
	section("severity", string(k.Severity))
	section("needs", strings.Join(k.needs(), ", "))
	sends := k.Sends
	if sends == "" && k.Class == Local {
		sends = "nothing"
	}
	section("sends", sends)
	switch {
	case k.End:
		section("order", "after all other checks of the run")
	case k.Last:
		section("order", "after all other checks of its class")
	}
	section("rule", k.Rule)
	section("fix", k.Fix)
	section("refs", strings.Join(k.Refs, ", "))
	b.WriteString("\nparameters\n")
	params := k.Params()
	if len(params) == 0 {
		b.WriteString("  none\n")
	}
	for _, p := range params {
		about := p.Type
		if p.Doc != "" {
			about += ": " + p.Doc
		}
		fmt.Fprintf(&b, "  %-14s %s\n", p.Name, wrap(about, 17))
	}
	return b.String()
}

// docWidth is the width of what Doc prints, in characters.
const docWidth = 100

// wrap breaks a text between words, further lines indented.
func wrap(text string, indent int) string {
	var b strings.Builder
	at := indent
	for i, word := range strings.Fields(text) {
		width := utf8.RuneCountInString(word)
		switch {
		case i > 0 && at+1+width > docWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			at = indent
		case i > 0:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += width
	}
	return b.String()
}

var classWords = map[Class]string{
	Local:     "local: reads files, sends nothing",
	Safe:      "safe: ordinary requests, or crafted but harmless ones",
	Intrusive: "intrusive: needs consent",
	Load:      "load: needs consent",
}

// Registry is the set of kinds of this build.
type Registry struct {
	kinds []*Kind
	byID  map[string]*Kind
}

// NewRegistry collects kinds. An error says which one is incomplete or there twice.
func NewRegistry(kinds ...Kind) (*Registry, error) {
	r := &Registry{byID: map[string]*Kind{}}
	for _, k := range kinds {
		if _, known := classWords[k.Class]; k.ID == "" || k.Title == "" || k.run == nil || !known {
			return nil, fmt.Errorf("kind %q (%s): id, title, class and Define are needed", k.ID, k.Title)
		}
		if r.byID[k.ID] != nil {
			return nil, fmt.Errorf("kind %q is defined twice", k.ID)
		}
		r.byID[k.ID] = &k
		r.kinds = append(r.kinds, &k)
	}
	slices.SortFunc(r.kinds, func(a, b *Kind) int { return strings.Compare(a.ID, b.ID) })
	return r, nil
}

// Kind finds a kind by its id.
func (r *Registry) Kind(id string) (*Kind, bool) {
	k, ok := r.byID[id]
	return k, ok
}

// Kinds lists all kinds by id.
func (r *Registry) Kinds() []*Kind { return r.kinds }

// nearest ends an error about an unknown kind.
func (r *Registry) nearest(id string) string {
	if n := Nearest(id, slices.Sorted(maps.Keys(r.byID))); n != "" {
		return fmt.Sprintf(": did you mean %q?", n)
	}
	return "; `gonogo checks` lists what there is"
}

// NewResult makes a Result. reason may quote foreign text: it is cleaned here.
func NewResult(v Verdict, strength Strength, reason string, ev ...Evidence) Result {
	return Result{Verdict: v, Strength: strength, Reason: clean.Line(reason), Evidence: ev}
}
