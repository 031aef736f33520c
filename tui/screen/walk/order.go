package walk

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// order is what the items are grouped by.
type order int

const (
	byCategory order = iota
	bySeverity
	byVerdict
	byCause
	byAssessor // who is to look at them; only where somebody assigned anything
	byDecision // what stands between now and a decision, first
	orderCount
)

// words say how the items are sorted.
func (o order) words() string { return orderWords[o] }

// orderNames are kept with the place.
var orderNames = [orderCount]string{"category", "severity", "verdict", "cause", "assessor", "decision"}

// section is a heading with its items. Sections are made when somebody sorts or comes
// back, so that no row moves under the eye while checks land.
type section struct {
	title string
	ids   []string
}

// nextOrder is what the items are grouped by next.
func (s *walk) nextOrder() order {
	next := (s.order + 1) % orderCount
	if next == byAssessor && !s.figures().assigned {
		next++
	}
	return next
}

// turnOrder groups by the next thing. Groups cut across categories, so all items are shown
// then; the category that was open comes back with the category order.
func (s *walk) turnOrder() tea.Cmd {
	switch {
	case s.order == byCategory:
		s.category = s.place
	case s.order == byDecision && s.at == s.began: // nobody moved: back to where one was
		s.at = s.left
	}
	s.order = s.nextOrder()
	switch {
	case s.order == byCategory && s.place == allItems && s.category != "":
		s.place = s.category
		if it := s.item(); it != nil && !s.holds(s.place, it) {
			s.place = it.Planned.Category.ID
		}
	case !strings.HasPrefix(s.place, "*"):
		s.place = allItems
	}
	s.arrange()
	if s.order == byDecision { // it is a way to go, so it begins at its beginning
		s.left, s.at, s.list.At = s.at, "", 0
	}
	s.build()
	s.list.Top = s.list.At - led
	if s.list.At < len(s.rows) {
		s.list.Top = max(s.list.Top, s.rows[s.list.At].head)
	}
	s.began = s.at
	return screen.Tell(screen.Note, s.order.words())
}

// led is how many rows stand above the marked one when a list has been sorted anew.
const led = 5

// arrange makes the sections anew.
func (s *walk) arrange() {
	s.sum = nil // its groups go by the sections
	switch s.order {
	case bySeverity:
		s.sections = s.grouped([]string{"critical", "high", "medium", "low", "info"}, func(it *sessions.ItemState) string {
			return string(it.Planned.Item.Severity)
		})
	case byVerdict:
		var names []string
		for _, v := range []checks.Verdict{checks.Fail, checks.Warn, checks.Inconclusive, checks.Pending, checks.Pass, checks.NA} {
			names = append(names, string(v))
		}
		s.sections = s.grouped(names, func(it *sessions.ItemState) string { return string(it.Counts()) })
	case byCause:
		s.sections = s.byCauses()
	case byAssessor:
		s.sections = s.byAssessors()
	case byDecision:
		s.sections = s.grouped(decisionGroups, s.decisionGroup)
	default:
		var names []string
		for _, c := range s.categories() {
			names = append(names, c.Title)
		}
		s.sections = s.grouped(names, func(it *sessions.ItemState) string { return it.Planned.Category.Title })
	}
}

// grouped puts every item under the name that of gives it, in the names' order and, within
// them, the plan's.
func (s *walk) grouped(names []string, of func(*sessions.ItemState) string) []section {
	by := map[string][]string{}
	for it := range s.items() {
		by[of(it)] = append(by[of(it)], it.Planned.Item.ID)
	}
	var out []section
	for _, name := range names {
		if len(by[name]) > 0 && !slices.ContainsFunc(out, func(x section) bool { return x.title == name }) {
			out = append(out, section{name, by[name]})
		}
	}
	return out
}

// byCauses puts every item under the first root cause that explains it.
func (s *walk) byCauses() []section {
	causes := s.causes()
	var names []string
	for _, c := range causes {
		names = append(names, c.Title.String())
	}
	return s.grouped(append(names, openWithoutCause, nothingToExplain), func(it *sessions.ItemState) string {
		id := it.Planned.Item.ID
		for _, c := range causes {
			if slices.Contains(c.Items, id) {
				return c.Title.String()
			}
		}
		if s.failing(it) {
			return openWithoutCause
		}
		return nothingToExplain
	})
}

// decisionGroup is the one of decisionGroups that an item stands in.
func (s *walk) decisionGroup(it *sessions.ItemState) string {
	o, open := s.open[it.Planned.Item.ID]
	known := it.Counts().Decided() || it.Counts() == checks.NA
	at := 4
	switch {
	case open && !o.Waived && o.Gate == checks.Blocker:
		at = 0
	case open && !o.Waived && o.Gate == checks.Condition:
		at = 2
	case known:
		at = 5
	}
	if at < 4 && !known {
		at++
	}
	return decisionGroups[at]
}

// failing reports whether an item fails, or holds a gate open by what is known of it.
func (s *walk) failing(it *sessions.ItemState) bool {
	o, open := s.open[it.Planned.Item.ID]
	holds := open && !o.Waived && o.Verdict.Decided() && (o.Gate == checks.Blocker || o.Gate == checks.Condition)
	return holds || it.Counts() == checks.Fail
}

// sequence is the order in which one goes on from item to item: as they are grouped.
func (s *walk) sequence() []string {
	var out []string
	if s.order == byCategory {
		for it := range s.items() {
			out = append(out, it.Planned.Item.ID)
		}
		return out
	}
	for _, g := range s.sections {
		out = append(out, g.ids...)
	}
	return out
}

// failure is the next item that fails after the marked one, or before it; around the end it
// begins anew.
func (s *walk) failure(step int) string {
	all := s.sequence()
	at := -1
	if it := s.item(); it != nil {
		at = slices.Index(all, it.Planned.Item.ID)
	} else if step < 0 {
		at = 0
	}
	for n := 1; n <= len(all); n++ {
		id := all[((at+step*n)%len(all)+len(all))%len(all)]
		if it := s.review().Item(id); it != nil && s.failing(it) && (at < 0 || id != all[at]) {
			return id
		}
	}
	return ""
}

// groupedRows are the rows of the sections, each under its heading.
func (s *walk) groupedRows() []row {
	var out []row
	for _, g := range s.sections {
		var items []row
		for _, id := range g.ids {
			if it := s.review().Item(id); it != nil && s.holds(s.place, it) && s.matches(it) {
				items = append(items, row{kind: itemRow, id: id})
			}
		}
		if len(items) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, row{kind: textRow})
		}
		out = append(append(out, row{kind: textRow, title: g.title, n: len(items)}), items...)
	}
	return out
}

// tickAll ticks every item row of the list that belongs to the place, or unticks them where
// all are ticked.
func (s *walk) tickAll() {
	all := true
	var ids []string
	for _, r := range s.rows {
		if r.kind == textRow && r.title == needsYou { // what follows is of other places
			break
		}
		if r.kind == itemRow {
			ids = append(ids, r.id)
			all = all && s.ticked[r.id]
		}
	}
	for _, id := range ids {
		if s.ticked[id] = true; all {
			delete(s.ticked, id)
		}
	}
}
