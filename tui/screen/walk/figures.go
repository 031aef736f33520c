package walk

import (
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// figures are what footer, outline and list say of all items together. They are counted
// once per state, so that a key costs the same in a review of ten thousand items as in one
// of ten.
type figures struct {
	of         *sessions.State
	items      []*sessions.ItemState // in plan order
	categories []*checks.Category
	counts     sessions.Counts // of all categories
	blockers   int             // open ones
	failing    int             // items that fail or hold a gate open
	fresh      []string        // items that have not run yet and could
	failed     []string        // items that failed and can be run again
	again      string          // what running those again is called
	causes     []sessions.Cause
	assigned   bool // somebody is to look at something
	groups     map[string]group
	section    map[string]int // of an item, where the list is grouped
}

// group is what stands under one heading.
type group struct {
	title    string
	ids      []string
	runnable []string // those a run would check
	again    string   // what running them again is called
}

// figures returns them for the state at hand.
func (s *walk) figures() *figures {
	st := s.review().State
	if s.sum != nil && s.sum.of == st {
		return s.sum
	}
	f := &figures{of: st, items: make([]*sessions.ItemState, 0, len(st.Plan.Items)), groups: map[string]group{}}
	s.sum = f
	for i := range st.Plan.Items {
		if it := st.Items[st.Plan.Items[i].Item.ID]; it != nil {
			f.items = append(f.items, it)
		}
	}
	for _, c := range s.review().Assessment.Categories {
		f.categories = append(f.categories, c.Category)
		f.counts.Pass += c.Counts.Pass
		f.counts.Warn += c.Counts.Warn
		f.counts.Fail += c.Counts.Fail
		f.counts.Inconclusive += c.Counts.Inconclusive
		f.counts.NA += c.Counts.NA
		f.counts.Pending += c.Counts.Pending
	}
	for id := range s.open {
		if s.openBlocker(id) {
			f.blockers++
		}
	}
	var unsettledIDs []string
	for _, it := range f.items {
		if s.failing(it) {
			f.failing++
		}
		f.assigned = f.assigned || it.Assigned != ""
		if unsettled(it) {
			unsettledIDs = append(unsettledIDs, it.Planned.Item.ID)
		}
	}
	for _, id := range st.Plan.Runnable(nil) {
		if it := st.Items[id]; it != nil && it.Machine == nil {
			f.fresh = append(f.fresh, id)
		}
	}
	f.fresh, f.failed = slices.Clip(f.fresh), slices.Clip(s.runnable(unsettledIDs))
	f.again = fmt.Sprintf(runAgainOf, failedWords(len(f.failed)))
	f.causes = s.explaining()
	return f
}

// explaining are the recorded root causes, and the profile's that explain something open.
func (s *walk) explaining() []sessions.Cause {
	st := s.review().State
	out := slices.Clone(st.Causes)
	for _, c := range st.Profile.Causes {
		if slices.ContainsFunc(st.Causes, func(x sessions.Cause) bool { return x.ID == c.ID }) {
			continue
		}
		ids := slices.DeleteFunc(checks.MatchItems(st.Profile, c.Items), func(id string) bool {
			o, open := s.open[id]
			return !open || !o.Verdict.Decided()
		})
		if len(ids) > 0 {
			out = append(out, sessions.Cause{ID: c.ID, Title: cleanLine(c.Title), Items: ids})
		}
	}
	return out
}

// group is what stands under the same heading as the marked row, with the heading's words:
// a group, else the category.
func (s *walk) group() group {
	key, collect := s.grouping()
	if collect == nil {
		return group{}
	}
	f := s.figures()
	if g, ok := f.groups[key]; ok {
		return g
	}
	g := collect()
	g.runnable = s.runnable(g.ids)
	if g.title != "" {
		g.again = fmt.Sprintf(runAgainOf, g.title)
	}
	f.groups[key] = g
	return g
}

// grouping names the group of the marked row and says how it is made; nil: there is none.
func (s *walk) grouping() (key string, collect func() group) {
	if s.order != byCategory {
		it := s.item()
		if it == nil {
			return "", nil
		}
		at, ok := s.sectionOf(it.Planned.Item.ID)
		if !ok {
			return "", nil
		}
		return "section:" + s.sections[at].title, func() group { return group{title: s.sections[at].title, ids: s.sections[at].ids} }
	}
	place := s.place
	if id, ok := strings.CutPrefix(s.at, headKey); ok && s.focus == listPane {
		place = id
	} else if it := s.item(); it != nil && s.focus != outlinePane {
		place = it.Planned.Category.ID
	}
	return place, func() (g group) {
		for it := range s.items() {
			if s.holds(place, it) {
				g.ids = append(g.ids, it.Planned.Item.ID)
				g.title = it.Planned.Category.Title
			}
		}
		if strings.HasPrefix(place, "*") {
			g.title = strings.ToLower(s.nameOf(place))
		}
		return g
	}
}

// sectionOf is the index of the section that an item stands in.
func (s *walk) sectionOf(id string) (int, bool) {
	f := s.figures()
	if f.section == nil {
		f.section = map[string]int{}
		for i, g := range s.sections {
			for _, id := range g.ids {
				f.section[id] = i
			}
		}
	}
	at, ok := f.section[id]
	return at, ok
}

// waitsElsewhere reports whether another item than the marked one waits for the person.
func (s *walk) waitsElsewhere() bool {
	needs := s.review().Needs
	here := strings.TrimPrefix(s.at, itemKey)
	return len(needs) > 1 || len(needs) == 1 && needs[0] != here
}

// failsElsewhere reports whether another item than the marked one fails.
func (s *walk) failsElsewhere() bool {
	n := s.figures().failing
	if it := s.item(); it != nil && s.failing(it) {
		n--
	}
	return n > 0
}
