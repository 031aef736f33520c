// Package library holds findings that are written once and used often: a title, what
// follows from it and what to do, for failures that reviews meet again and again. Some are
// built in, as TOML; a house keeps its own in findings/*.toml of its configuration folder.
//
// It may import checks, checks/clean and sessions. Load and ReadFile read files; what
// matches an item and how a text is filled in are pure functions.
package library

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

//go:embed *.toml
var builtIn embed.FS

// Entry is one finding to be picked. Its texts may hold the facts of an item in braces:
// {item}, {title}, {found}, {target}, {version}, {environment}, {url}.
type Entry struct {
	ID             string          `toml:"id"`
	Title          string          `toml:"title"`
	Severity       checks.Severity `toml:"severity"` // empty: the item's
	Description    string          `toml:"description"`
	Recommendation string          `toml:"recommendation"`
	Horizon        string          `toml:"horizon"`
	Effort         string          `toml:"effort"`
	Impact         string          `toml:"impact"`
	Probability    string          `toml:"probability"`

	// What it is offered for: any of these is enough.
	Items []string `toml:"items"` // ids of items, or starts of ids with a trailing *
	Kinds []string `toml:"kinds"` // kinds of checks, or starts of them with a trailing *
	Tags  []string `toml:"tags"`  // words of a kind's name or ids of categories: "headers", "security"

	Source string `toml:"-"` // "built in", or the file it comes from
}

// file is a file of findings.
type file struct {
	Findings []Entry `toml:"finding"`
}

// The words that an entry may use, as in findings.
var (
	horizons      = []string{"", "immediate", "short term", "long term"}
	impacts       = []string{"", "high", "medium", "low"}
	probabilities = []string{"", "certain", "likely", "medium", "low"}
	severities    = append([]checks.Severity{""}, checks.Severities...)
)

var (
	idForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$`)
	hole   = regexp.MustCompile(`\{([^{}\s]*)\}`)
)

// Parse reads a file of findings. The error is checks.Mistakes, with file and line of
// everything that is wrong.
func Parse(name string, src []byte) ([]Entry, error) {
	var f file
	err := checks.Decode(name, src, &f, func(wrong func(text string, paths ...string)) {
		seen := map[string]bool{}
		for i := range f.Findings {
			e := &f.Findings[i]
			e.verify(fmt.Sprintf("finding[%d]", i), seen, wrong)
		}
		if len(f.Findings) == 0 {
			wrong("holds no [[finding]]", "finding")
		}
	})
	if err != nil {
		return nil, err
	}
	for i := range f.Findings {
		f.Findings[i].Source = name
	}
	return f.Findings, nil
}

func (e *Entry) verify(at string, seen map[string]bool, wrong func(text string, paths ...string)) {
	switch {
	case e.ID == "":
		wrong("a finding needs an id", at+".id")
	case !idForm.MatchString(e.ID):
		wrong(fmt.Sprintf("id %q: lower-case letters, digits and hyphens, at most 64", e.ID), at+".id")
	case seen[e.ID]:
		wrong(fmt.Sprintf("id %q is there twice", e.ID), at+".id")
	}
	seen[e.ID] = true
	if strings.TrimSpace(e.Title) == "" {
		wrong("finding "+e.ID+" needs a title", at+".title")
	}
	if len(e.Items)+len(e.Kinds)+len(e.Tags) == 0 {
		wrong("finding "+e.ID+" says nothing of what it is for: give items, kinds or tags", at+".items", at+".kinds", at+".tags")
	}
	oneOf(at, "severity", e.Severity, severities, wrong)
	oneOf(at, "horizon", e.Horizon, horizons, wrong)
	oneOf(at, "impact", e.Impact, impacts, wrong)
	oneOf(at, "probability", e.Probability, probabilities, wrong)
	for _, t := range []struct{ key, text string }{{"title", e.Title}, {"description", e.Description}, {"recommendation", e.Recommendation}} {
		for _, m := range hole.FindAllStringSubmatch(t.text, -1) {
			if !slices.Contains(factNames, m[1]) {
				wrong(fmt.Sprintf("no fact is called {%s}%s", m[1], didYouMean(m[1], factNames)), at+"."+t.key)
			}
		}
	}
}

// oneOf notes a value that is none of the known words; the first of them is empty.
func oneOf[T ~string](at, key string, value T, known []T, wrong func(text string, paths ...string)) {
	if slices.Contains(known, value) {
		return
	}
	var words []string
	for _, k := range known[1:] {
		words = append(words, string(k))
	}
	wrong(fmt.Sprintf("%s %q: one of %s", key, value, strings.Join(words, ", ")), at+"."+key)
}

func didYouMean(name string, known []string) string {
	if near := checks.Nearest(name, known); near != "" {
		return fmt.Sprintf(": did you mean {%s}?", near)
	}
	return ": there are {" + strings.Join(known, "}, {") + "}"
}

// BuiltIn is the library that comes with gonogo.
func BuiltIn() []Entry {
	var out []Entry
	names, err := fs.Glob(builtIn, "*.toml")
	for _, name := range names {
		src, readErr := builtIn.ReadFile(name)
		entries, parseErr := Parse(name, src)
		err = errors.Join(err, readErr, parseErr)
		out = append(out, entries...)
	}
	if err != nil {
		panic(err) // part of the program; a test reads them
	}
	for i := range out {
		out[i].Source = "built in"
	}
	return out
}

// Load is the built-in library with the house's own entries from configDir/findings/*.toml.
// One of a built-in id takes its place. Where files have mistakes, the entries of the
// others come with the error.
func Load(configDir string) ([]Entry, error) {
	out := BuiltIn()
	if configDir == "" {
		return out, nil
	}
	folder := filepath.Join(configDir, "findings")
	listed, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return out, fmt.Errorf("findings: %w", err)
	}
	var errs []error
	from := map[string]string{} // the house's ids
	for _, l := range listed {
		if l.IsDir() || filepath.Ext(l.Name()) != ".toml" {
			continue
		}
		entries, err := ReadFile(filepath.Join(folder, l.Name()))
		errs = append(errs, err)
		for _, e := range entries {
			if first := from[e.ID]; first != "" {
				errs = append(errs, fmt.Errorf("%s: finding %s is in %s already", e.Source, e.ID, first))
				continue
			}
			from[e.ID] = e.Source
			out = put(out, e)
		}
	}
	return out, errors.Join(errs...)
}

// ReadFile reads one file of findings.
func ReadFile(name string) ([]Entry, error) {
	src, err := checks.ReadConfig(name)
	if err != nil {
		return nil, fmt.Errorf("findings: %w", err)
	}
	return Parse(name, src)
}

// put adds an entry, or replaces the one of its id.
func put(all []Entry, e Entry) []Entry {
	if i := slices.IndexFunc(all, func(x Entry) bool { return x.ID == e.ID }); i >= 0 {
		all[i] = e
		return all
	}
	return append(all, e)
}
