package checks

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
)

// CheckProfile holds a profile that was read to the kinds of this build: every kind is
// known, its parameters decode, and what they say with @ is something a target can
// declare. The error is Mistakes with the lines of the profile's file.
func CheckProfile(p *Profile, r *Registry) error {
	f := &file{name: p.Path, lines: keyLines(p.written)}
	places := map[string]string{}
	if raw, _, err := parseTOML(p.Path, p.written); err == nil {
		for c, category := range tables(raw["category"]) {
			for i, item := range tables(category["item"]) {
				id, _ := item["id"].(string)
				places[id] = itemPath(c, i)
			}
		}
	}
	for _, it := range p.allItems() {
		for i := range it.Checks {
			at := ""
			if places[it.ID] != "" {
				at = indexed(places[it.ID]+".checks", i)
			}
			f.checkOfItem(at, it, &it.Checks[i], r)
		}
	}
	return f.err()
}

// checkOfItem notes what is wrong with one check of an item.
func (f *file) checkOfItem(at string, it *Item, check *Check, r *Registry) {
	k, known := r.Kind(check.Kind)
	if !known {
		f.wrong(joinKey(at, "kind"), "item %s: unknown kind %q%s", it.ID, check.Kind, r.nearest(check.Kind))
		return
	}
	label := fmt.Sprintf("item %s: %s: ", it.ID, k.ID)
	literal := map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(check.Params)) {
		value := check.Params[name]
		// What a target declares is text or a list of it; its own values come later.
		_, err := (&Target{}).resolveValue(value, &resolved{})
		switch {
		case err != nil:
			f.wrong(joinKey(at, name), "%s%s: %v", label, name, err)
		case !holdsReference(value):
			literal[name] = value
		case !k.hasParam(name):
			literal[name] = "" // for the mistake about its name
		}
	}
	inner := &file{lines: f.below(at)}
	inner.decode("", literal, reflect.New(k.params).Elem())
	for _, m := range inner.mistakes {
		line := m.Line
		if line == 0 {
			line = f.line(at)
		}
		f.mistakes = append(f.mistakes, Mistake{File: f.name, Line: line, Text: label + m.Text})
	}
}

// below gives the lines of the keys under a path, as if the path were the document.
func (f *file) below(path string) map[string]int {
	lines := map[string]int{}
	for key, line := range f.lines {
		if rest, ok := strings.CutPrefix(key, path+"."); ok && path != "" {
			lines[rest] = line
		}
	}
	return lines
}

func (k *Kind) hasParam(name string) bool {
	return slices.ContainsFunc(k.Params(), func(p ParamDoc) bool { return p.Name == name })
}

// holdsReference reports whether a value stands, in whole or in part, for what a target
// declares.
func holdsReference(value any) bool {
	switch value := value.(type) {
	case string:
		return isReference(value)
	case map[string]any:
		for _, inner := range value {
			if holdsReference(inner) {
				return true
			}
		}
	}
	list, _ := rawList(value)
	return slices.ContainsFunc(list, holdsReference)
}
