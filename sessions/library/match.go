package library

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// How well an entry fits an item, best first.
const (
	noFit = iota
	byTag
	byKindStart
	byKind
	byIDStart
	byID
)

// Match lists the entries that are offered for an item of a category: those that name the
// item first, then those that name its kinds, then by tags; among equals as they are listed.
func Match(all []Entry, it *checks.Item, category string) []Entry {
	type fitting struct {
		entry Entry
		fit   int
	}
	var found []fitting
	for _, e := range all {
		if f := e.fits(it, category); f != noFit {
			found = append(found, fitting{e, f})
		}
	}
	slices.SortStableFunc(found, func(x, y fitting) int { return cmp.Compare(y.fit, x.fit) })
	var out []Entry
	for _, f := range found {
		out = append(out, f.entry)
	}
	return out
}

func (e Entry) fits(it *checks.Item, category string) int {
	best := noFit
	for _, p := range e.Items {
		best = max(best, fit(p, it.ID, byID, byIDStart))
	}
	for _, c := range it.Checks {
		for _, p := range e.Kinds {
			best = max(best, fit(p, c.Kind, byKind, byKindStart))
		}
		for _, word := range strings.FieldsFunc(c.Kind, func(r rune) bool { return r == '.' || r == '_' }) {
			if slices.Contains(e.Tags, word) {
				best = max(best, byTag)
			}
		}
	}
	if slices.Contains(e.Tags, category) {
		best = max(best, byTag)
	}
	return best
}

// fit is how a pattern fits a name: whole, by its start, or not.
func fit(pattern, name string, whole, start int) int {
	if head, open := strings.CutSuffix(pattern, "*"); open && strings.HasPrefix(name, head) {
		return start
	}
	if pattern == name {
		return whole
	}
	return noFit
}

// Facts are what the texts of an entry may tell of an item and the target.
type Facts struct {
	Item, Title, Found                string
	Target, Version, Environment, URL string
}

// factNames are the names of facts as texts spell them, in the order of values.
var factNames = []string{"item", "title", "found", "target", "version", "environment", "url"}

func (f Facts) values() []string {
	return []string{f.Item, f.Title, f.Found, f.Target, f.Version, f.Environment, f.URL}
}

// FactsOf are the facts of a session's item; of an item that is not there, the target's.
func FactsOf(st *sessions.State, item string) Facts {
	f := Facts{Item: item, Target: st.Target.Name, Version: st.Target.Version, Environment: st.Target.Environment, URL: st.Target.BaseURL}
	if i := st.Items[item]; i != nil {
		f.Title = i.Planned.Item.Title
		switch {
		case i.Reviewer != nil && i.ReviewerCounts() && i.Reviewer.Reason != "":
			f.Found = string(i.Reviewer.Reason)
		case i.Machine != nil:
			f.Found = string(i.Machine.Reason)
		}
	}
	return f
}

// Fill makes a finding of an entry: the facts stand where the texts name them, and what
// the entry leaves open is left open. A fact is put in once and never read for holes of its
// own, whatever the target called itself. A sentence that names a fact which nobody knows
// is left out; a title keeps what else it says.
func Fill(e Entry, f Facts) sessions.Finding {
	values := map[string]string{}
	for i, v := range f.values() {
		values["{"+factNames[i]+"}"] = v
	}
	fill := func(s string) string {
		return hole.ReplaceAllStringFunc(s, func(h string) string {
			if v, fact := values[h]; fact {
				return v
			}
			return h
		})
	}
	prose := func(s string) string {
		known := sentence.ReplaceAllStringFunc(strings.TrimSpace(s), func(one string) string {
			if slices.ContainsFunc(hole.FindAllString(one, -1), func(h string) bool { v, fact := values[h]; return fact && v == "" }) {
				return ""
			}
			return fill(one)
		})
		return strings.TrimSpace(known)
	}
	return sessions.Finding{
		Title: clean.Line(strings.Join(strings.Fields(fill(e.Title)), " ")), Severity: e.Severity, Horizon: e.Horizon,
		Description: clean.Block(prose(e.Description)), Recommendation: clean.Block(prose(e.Recommendation)),
		Effort: clean.Line(e.Effort), Impact: e.Impact, Probability: e.Probability,
	}
}

// sentence is a sentence of a text with what parts it from the next, at most a line.
var sentence = regexp.MustCompile(`(?s).+?(?:[.!?](?:[ \t]+|\n|$)|\n|$)`)
