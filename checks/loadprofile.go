package checks

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/BurntSushi/toml"
)

// maxExtends bounds how many profiles may stand behind one another.
const maxExtends = 8

// ParseProfile reads a profile from src. name is what errors call the file; base gives the
// source of a profile that it may extend, and may be nil. The error is Mistakes with file
// and line of everything that is wrong.
func ParseProfile(name string, src []byte, base func(id string) ([]byte, error)) (*Profile, error) {
	raw, f, err := parseTOML(name, src)
	if err != nil {
		return nil, err
	}
	// Each file is decoded for itself first, so that mistakes have their line in it.
	own := defaultProfile()
	f.decode("", raw, reflect.ValueOf(own).Elem())
	if err := f.err(); err != nil && own.Extends != "" {
		return nil, err // what it extends can't be merged into it
	}
	p, source := own, slices.Clone(src)
	if own.Extends != "" && !own.Merged {
		merged, err := extend(f, raw, own, base, 0)
		if err != nil {
			return nil, err
		}
		if p, source, err = fromMerged(merged); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	p.Path, p.Source, p.written = name, source, slices.Clone(src)
	p.setAside()
	p.fillDefaults()
	p.validate(f, raw)
	if err := f.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// defaultProfile holds what a profile says by saying nothing.
func defaultProfile() *Profile {
	return &Profile{
		Scoring: Scoring{Method: "weighted", Rules: "modern", CompleteAt: 0.5},
		Gates: Gates{CoverageFloor: 90, CategoryFloor: 50, OverallFloor: 60, GoMark: 85,
			Critical: Blocker, High: Condition},
		RAG: RAG{Green: 85, Amber: 60, Words: map[string]float64{"Excellent": 95, "Good": 80, "Fair": 60, "Poor": 0}},
	}
}

// setAside takes dropped items out of their categories.
func (p *Profile) setAside() {
	for c := range p.Categories {
		var kept []Item
		for _, it := range p.Categories[c].Items {
			if it.Dropped != "" {
				p.Dropped = append(p.Dropped, it)
				continue
			}
			kept = append(kept, it)
		}
		p.Categories[c].Items = kept
	}
}

// fillDefaults gives items the level of their severity and the usual time to ask.
func (p *Profile) fillDefaults() {
	for _, it := range p.allItems() {
		if it.When == "" {
			it.When = "unknown"
		}
		if it.Level == "" {
			it.Level = severityLevels[it.Severity]
		}
	}
}

// severityLevels are the levels of items that name none.
var severityLevels = map[Severity]string{Critical: "C", High: "C", Medium: "B", Low: "A", Info: "A"}

// fromMerged decodes a merged document and writes it down, marked as merged.
func fromMerged(merged map[string]any) (*Profile, []byte, error) {
	merged["merged"] = true
	var b bytes.Buffer
	if err := toml.NewEncoder(&b).Encode(merged); err != nil {
		return nil, nil, fmt.Errorf("the merged profile can't be written down: %w", err)
	}
	raw, f, err := parseTOML("merged profile", b.Bytes())
	if err != nil {
		return nil, nil, err
	}
	p := defaultProfile()
	f.decode("", raw, reflect.ValueOf(p).Elem())
	return p, b.Bytes(), f.err()
}

// extend lays the document raw over the one it extends and returns both as one.
func extend(f *file, raw map[string]any, own *Profile, base func(string) ([]byte, error), depth int) (map[string]any, error) {
	if depth == maxExtends {
		return nil, fmt.Errorf("%s: extends: more than %d profiles behind one another: does one extend itself?", f.name, maxExtends)
	}
	if own.Extends == own.ID {
		f.wrong("extends", "extends: %q is the profile's own id, and none extends itself: give it another id, or extend another", short(own.ID))
		return nil, f.err()
	}
	if base == nil {
		base = func(string) ([]byte, error) { return nil, errors.New("no profile can be extended here") }
	}
	src, err := base(own.Extends)
	if err != nil {
		f.wrong("extends", "extends: %v", err)
		return nil, f.err()
	}
	below, belowFile, err := parseTOML(own.Extends, src)
	if err != nil {
		return nil, err
	}
	parent := defaultProfile()
	belowFile.decode("", below, reflect.ValueOf(parent).Elem())
	if err := belowFile.err(); err != nil {
		return nil, err
	}
	if parent.Extends != "" && !parent.Merged {
		if below, err = extend(belowFile, below, parent, base, depth+1); err != nil {
			return nil, err
		}
	}
	delete(below, "about") // what is said of the profile below is not said of this one
	merged := overlay(f, below, raw)
	return merged, f.err()
}

// overlay lays top over below: tables key by key, categories and items by their id, any
// other key as a whole.
func overlay(f *file, below, top map[string]any) map[string]any {
	merged := maps.Clone(below)
	for key, value := range top {
		table, isTable := value.(map[string]any)
		under, underIsTable := below[key].(map[string]any)
		switch {
		case key == "category":
			merged[key] = overlayCategories(f, below[key], value)
		case isTable && underIsTable:
			merged[key] = overlayKeys(under, table)
		default:
			merged[key] = value
		}
	}
	return merged
}

func overlayKeys(below, top map[string]any) map[string]any {
	merged := maps.Clone(below)
	maps.Copy(merged, top)
	return merged
}

func overlayCategories(f *file, below, top any) []map[string]any {
	merged := tables(below)
	home := map[any]any{} // item id → category id
	for _, c := range merged {
		for _, it := range tables(c["item"]) {
			home[it["id"]] = c["id"]
		}
	}
	for ci, c := range tables(top) {
		at := slices.IndexFunc(merged, func(m map[string]any) bool { return m["id"] == c["id"] })
		if at < 0 {
			merged = append(merged, map[string]any{})
			at = len(merged) - 1
		}
		under := merged[at]
		merged[at] = overlayKeys(under, c)
		if _, given := c["item"]; !given {
			continue
		}
		for ii, it := range tables(c["item"]) {
			if h, known := home[it["id"]]; known && h != c["id"] {
				f.wrong(itemPath(ci, ii)+".id", "item %v belongs to category %v: change it there", it["id"], h)
			}
		}
		merged[at]["item"] = overlayItems(tables(under["item"]), tables(c["item"]))
	}
	return merged
}

func overlayItems(below, top []map[string]any) []map[string]any {
	merged := slices.Clone(below)
	for _, it := range top {
		if at := slices.IndexFunc(merged, func(m map[string]any) bool { return m["id"] == it["id"] }); at >= 0 {
			merged[at] = overlayKeys(merged[at], it)
			continue
		}
		merged = append(merged, it)
	}
	return merged
}

// tables gives a raw list of tables, whatever form the parser gave it.
func tables(raw any) []map[string]any {
	list, _ := rawList(raw)
	out := make([]map[string]any, 0, len(list))
	for _, e := range list {
		if t, ok := e.(map[string]any); ok {
			out = append(out, t)
		}
	}
	return out
}

// itemPath is where item i of category c stands in a document.
func itemPath(c, i int) string { return indexed(indexed("category", c)+".item", i) }
