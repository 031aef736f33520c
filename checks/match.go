package checks

import (
	"slices"
	"strings"
)

// MatchItems returns the ids of the profile's items that a pattern names: an id, or the
// start of ids with a trailing * ("P5-SEC-HDR-*"). They come in the profile's order,
// each once.
func MatchItems(p *Profile, patterns []string) []string {
	var ids []string
	for _, it := range p.allItems() {
		if slices.ContainsFunc(patterns, func(pattern string) bool { return matchID(pattern, it.ID) }) {
			ids = append(ids, it.ID)
		}
	}
	return ids
}

func matchID(pattern, id string) bool {
	if start, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(id, start)
	}
	return pattern == id
}

// ItemGate is the item's gate class: its own, else the one that the profile gives its
// severity. Severities below high are advisory.
func ItemGate(p *Profile, it *Item) Gate {
	switch {
	case it.Gate != "":
		return it.Gate
	case it.Severity == Critical && p.Gates.Critical != "":
		return p.Gates.Critical
	case it.Severity == High && p.Gates.High != "":
		return p.Gates.High
	}
	return Advisory
}

// allItems lists the items in the profile's order.
func (p *Profile) allItems() []*Item {
	var items []*Item
	for c := range p.Categories {
		for i := range p.Categories[c].Items {
			items = append(items, &p.Categories[c].Items[i])
		}
	}
	return items
}

// itemIDs lists the ids of the profile's items.
func (p *Profile) itemIDs() []string {
	var ids []string
	for _, it := range p.allItems() {
		ids = append(ids, it.ID)
	}
	return ids
}
