package report

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"
	"time"

	"assess/gonogo/checks"
)

// The limits of a house's own template.
const (
	MaxTemplate       = 256 << 10       // bytes of the template itself
	MaxTemplateOutput = 32 << 20        // bytes it may write
	MaxTemplateTime   = 5 * time.Second // it may take
	maxTemplateText   = 1 << 20         // bytes of one text that a function makes
	maxTemplateDepth  = 500             // of templates that call each other; an error comes up through each range in turn
)

// starter is the template that --print-template prints: a short report of the house.
//
//go:embed starter.md.tmpl
var starter string

// Starter is a template to begin with. It renders any session.
func Starter() string { return starter }

// Template renders the document through a text/template that a house wrote. The template
// sees the document by the keys of its JSON form, such as .target.name; a key that is not
// there is an error, never an empty text. It can read neither files nor the environment,
// and ends at the limits above. Errors name the template's file and line.
func Template(name string, source []byte, d *Document) ([]byte, error) {
	if len(source) > MaxTemplate {
		return nil, fmt.Errorf("%s: larger than %d KiB, which no template is", name, MaxTemplate>>10)
	}
	deadline := time.Now().Add(MaxTemplateTime)
	return renderTemplate(name, source, d, func() bool { return time.Now().After(deadline) })
}

// errTooLong ends a template that takes too long.
var errTooLong = fmt.Errorf("it takes longer than %v: is there a loop that never ends?", MaxTemplateTime)

func renderTemplate(name string, source []byte, d *Document, late func() bool) ([]byte, error) {
	tick := func() (string, error) {
		if late() {
			return "", errTooLong
		}
		return "", nil
	}
	depth := 0
	pace := template.FuncMap{tickName: tick, enterName: func() (string, error) {
		if depth++; depth > maxTemplateDepth {
			return "", errTooDeep
		}
		return "", nil
	}, leaveName: func() string { depth--; return "" }}
	t := template.New("template").Option("missingkey=error").Funcs(templateFuncs).Funcs(pace)
	if _, err := t.Parse(string(source)); err != nil {
		return nil, templateError(name, err)
	}
	nodes := template.Must(template.New("pace").Funcs(pace).Parse("{{" + tickName + "}}{{" + enterName + "}}{{" + leaveName + "}}")).Root.Nodes
	for _, each := range t.Templates() {
		if each.Tree != nil && each.Root != nil {
			paced(each.Root, nodes[0])
			each.Root.Nodes = append(append([]parse.Node{nodes[1]}, each.Root.Nodes...), nodes[2])
		}
	}
	out := &bounded{}
	if err := t.Execute(out, plainValue(d)); err != nil {
		return nil, templateError(name, err)
	}
	return out.Bytes(), nil
}

// errTooDeep ends templates that call each other without end, before the library does at
// a depth from which an error takes minutes to come up.
var errTooDeep = fmt.Errorf("templates call each other more than %d deep: is there one that calls itself?", maxTemplateDepth)

// Functions that no template can spell by accident; one that does harms nobody but itself.
const (
	tickName  = "gonogoTick"
	enterName = "gonogoEnter"
	leaveName = "gonogoLeave"
)

// paced puts beat at the beginning of a template and of everything it repeats, so that
// neither a loop nor a recursion runs past the time.
func paced(list *parse.ListNode, beat parse.Node) {
	if list == nil {
		return
	}
	for _, n := range list.Nodes {
		switch n := n.(type) {
		case *parse.RangeNode:
			paced(n.List, beat)
			paced(n.ElseList, beat)
		case *parse.IfNode:
			paced(n.List, beat)
			paced(n.ElseList, beat)
		case *parse.WithNode:
			paced(n.List, beat)
			paced(n.ElseList, beat)
		}
	}
	list.Nodes = append([]parse.Node{beat}, list.Nodes...)
}

// bounded is what a template writes to.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > MaxTemplateOutput {
		return 0, fmt.Errorf("it writes more than %d MiB", MaxTemplateOutput>>20)
	}
	return b.Buffer.Write(p)
}

var (
	templatePlace = regexp.MustCompile(`^template: template:(\d+)(?::\d+)?: (?:executing "[^"]*" at <(.*?)>: )?(.*)$`)
	noKey         = regexp.MustCompile(`map has no entry for key "([^"]*)"$`)
	noFunction    = regexp.MustCompile(`function "([^"]*)" not defined$`)
)

// templateError puts the template's own name and line before what is wrong, and the
// nearest name behind what is unknown.
func templateError(name string, err error) error {
	text := strings.ReplaceAll(err.Error(), "\n", " ")
	for _, known := range []error{errTooLong, errTooDeep} {
		if errors.Is(err, known) {
			return fmt.Errorf("%s: %w", name, known)
		}
	}
	m := templatePlace.FindStringSubmatch(text)
	if m == nil {
		return fmt.Errorf("%s: %s", name, strings.TrimPrefix(text, "template: "))
	}
	at, what := m[2], m[3]
	if k := noKey.FindStringSubmatch(what); k != nil {
		what = fmt.Sprintf("%s: there is no %q%s", at, k[1], nearest(k[1], fieldNames()))
		at = ""
	}
	if f := noFunction.FindStringSubmatch(what); f != nil {
		what = fmt.Sprintf("there is no function %q%s", f[1], nearest(f[1], functionNames()))
	}
	if at != "" {
		what = at + ": " + what
	}
	return fmt.Errorf("%s:%s: %s", name, m[1], what)
}

func nearest(name string, known []string) string {
	if near := checks.Nearest(name, known); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return ""
}

func functionNames() []string {
	var names []string
	for n := range templateFuncs {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
