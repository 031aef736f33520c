package checks

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// NewPlan lays out a review: the items of the profile that the target's level and the
// selection ask for, each with its checks ready to run or the reason why they wait. It
// touches neither network nor disk. An error names what profile, target and selection
// disagree about, one a line.
func NewPlan(t *Target, p *Profile, r *Registry, s Selection) (*Plan, error) {
	chosen, err := s.choose(t, p)
	if err != nil {
		return nil, err
	}
	errs := notApplicableMistakes(t, p)
	pl := &Plan{Target: t, Profile: p, Partial: chosen.partial}
	for c := range p.Categories {
		category := &p.Categories[c]
		for i := range category.Items {
			item := &category.Items[i]
			if !chosen.items[item.ID] {
				continue
			}
			planned, err := planItem(t, r, category, item)
			if err != nil {
				errs = append(errs, fmt.Errorf("profile %s: item %s: %w", p.ID, item.ID, err))
			}
			pl.Items = append(pl.Items, planned)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return pl, nil
}

// choice is which items a selection keeps.
type choice struct {
	items   map[string]bool
	partial bool
}

// choose applies level and selection. An item that is named by its full id is kept
// whatever its level: the assessor asked for it.
func (s Selection) choose(t *Target, p *Profile) (choice, error) {
	c := choice{items: map[string]bool{}}
	if err := s.known(p); err != nil {
		return c, err
	}
	all := len(s.Categories) == 0 && len(s.Items) == 0
	wanted := MatchItems(p, s.Items)
	level := t.EffectiveLevel()
	for _, category := range p.Categories {
		for _, it := range category.Items {
			applies := levelIncludes(level, it.Level)
			asked := all || slices.Contains(s.Categories, category.ID) || slices.Contains(wanted, it.ID)
			switch {
			case asked && (applies || slices.Contains(s.Items, it.ID)):
				c.items[it.ID] = true
			case applies:
				c.partial = true
			}
		}
	}
	return c, nil
}

// levelIncludes reports whether a target of a level is held to an item of another.
func levelIncludes(target, item string) bool {
	return item == "" || item >= target
}

// known returns an error for the categories and items that the profile does not have.
func (s Selection) known(p *Profile) error {
	var errs []error
	var categories []string
	for _, c := range p.Categories {
		categories = append(categories, c.ID)
	}
	for _, id := range s.Categories {
		if !slices.Contains(categories, id) {
			errs = append(errs, fmt.Errorf("profile %s has no category %q%s", p.ID, id, suggest(id, categories)))
		}
	}
	ids := p.itemIDs()
	for _, pattern := range s.Items {
		if len(MatchItems(p, []string{pattern})) == 0 {
			errs = append(errs, fmt.Errorf("profile %s has no item %q%s", p.ID, pattern, nearItem(pattern, ids)))
		}
	}
	return errors.Join(errs...)
}

func nearItem(pattern string, ids []string) string {
	if near := Nearest(strings.TrimSuffix(pattern, "*"), ids); near != "" {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return "; `gonogo profiles show` lists them"
}

// notApplicableMistakes names the lines of [not_applicable] that are about no item.
func notApplicableMistakes(t *Target, p *Profile) []error {
	var errs []error
	ids := p.itemIDs()
	for _, it := range p.Dropped {
		ids = append(ids, it.ID)
	}
	var lines map[string]int
	for _, pattern := range slices.Sorted(maps.Keys(t.NotApplicable)) {
		if slices.ContainsFunc(ids, func(id string) bool { return matchID(pattern, id) }) {
			continue
		}
		if lines == nil {
			lines = keyLines(t.Source)
		}
		errs = append(errs, Mistake{File: t.Path, Line: lines["not_applicable."+pattern],
			Text: fmt.Sprintf("[not_applicable]: profile %s has no item %q%s", p.ID, pattern, nearItem(pattern, ids))})
	}
	return errs
}

// notApplicable is the target's reason why an item does not apply: that of its id, else of
// the first pattern that names it.
func (t *Target) notApplicable(id string) string {
	if reason := t.NotApplicable[id]; reason != "" {
		return reason
	}
	for _, pattern := range slices.Sorted(maps.Keys(t.NotApplicable)) {
		if matchID(pattern, id) {
			return t.NotApplicable[pattern]
		}
	}
	return ""
}

func planItem(t *Target, r *Registry, c *Category, it *Item) (Planned, error) {
	planned := Planned{Item: it, Category: c, NA: t.notApplicable(it.ID)}
	var errs []error
	for i := range it.Checks {
		check := &it.Checks[i]
		k, ok := r.Kind(check.Kind)
		if !ok {
			errs = append(errs, fmt.Errorf("unknown kind %q%s", check.Kind, r.nearest(check.Kind)))
			continue
		}
		pc, err := planCheck(t, k, check)
		if err != nil {
			errs = append(errs, fmt.Errorf("check %s: %w", k.ID, err))
			continue
		}
		planned.Checks = append(planned.Checks, pc)
	}
	planned.Waits = planned.waits()
	planned.Class = planned.strictest()
	return planned, errors.Join(errs...)
}

// classOrder is the order in which classes run, mildest first.
var classOrder = []Class{Local, Safe, Intrusive, Load}

func stricter(a, b Class) bool { return slices.Index(classOrder, a) > slices.Index(classOrder, b) }

// strictest is the strictest class among the checks that can run; among all where none can.
func (i *Planned) strictest() Class {
	var class Class
	for _, pc := range i.Checks {
		if (pc.Waits == "" || i.Waits != "") && (class == "" || stricter(pc.Kind.Class, class)) {
			class = pc.Kind.Class
		}
	}
	return class
}

// planCheck resolves and decodes the parameters of one check, and finds what it waits for.
func planCheck(t *Target, k *Kind, check *Check) (PlannedCheck, error) {
	pc := PlannedCheck{Check: check, Kind: k}
	for _, need := range k.needs() {
		need, err := fillNeed(need, check.Params)
		if err != nil {
			return pc, err
		}
		value, label, err := t.declared(need)
		if err != nil {
			return pc, fmt.Errorf("needs %q: %w", need, err)
		}
		if value == nil || value == false {
			pc.lacks = append(pc.lacks, label)
		}
	}
	r, err := t.resolve(k, check.Params)
	if err != nil {
		return pc, err
	}
	if pc.lacks = append(pc.lacks, r.lacks...); len(pc.lacks) > 0 {
		pc.Waits = notDeclared(pc.lacks...)
		return pc, nil
	}
	pc.params, err = k.decode(r.params)
	pc.resolved = r.params
	return pc, err
}

var (
	needHole = regexp.MustCompile(`\{([a-z_]+)\}`)
	needWord = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
)

// fillNeed puts a check's parameter in the place of its name in a need.
func fillNeed(need string, params map[string]any) (string, error) {
	m := needHole.FindStringSubmatch(need)
	if m == nil {
		return need, nil
	}
	word, _ := params[m[1]].(string)
	if !needWord.MatchString(word) {
		return "", fmt.Errorf("%s: give a name of letters, digits, _ or -, as [%s] of the target file has it", m[1], strings.Replace(need, m[0], "NAME", 1))
	}
	return strings.Replace(need, m[0], word, 1), nil
}

// waits is why none of an item's checks can run; empty when one can or there is none.
func (i *Planned) waits() string {
	var lacks []string
	for _, pc := range i.Checks {
		if pc.Waits == "" {
			return ""
		}
		lacks = append(lacks, pc.lacks...)
	}
	if len(lacks) == 0 {
		return ""
	}
	return notDeclared(lacks...)
}

// joinDistinct joins reasons, each once.
func joinDistinct(reasons []string) string {
	var distinct []string
	for _, reason := range reasons {
		if reason != "" && !slices.Contains(distinct, reason) {
			distinct = append(distinct, reason)
		}
	}
	return strings.Join(distinct, "; ")
}
