package walk

import (
	"iter"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// row is a line of the list: an item, a category's head, or a heading nobody can stand on.
type row struct {
	kind  rowKind
	id    string // of the item or category
	title string // of a heading
	n     int    // how many items a heading counts
	drop  string // what of the ids the heading says
	head  int    // the row of its heading; -1 where none stands above it
	nth   int    // how many rows up to here are no headings
}

type rowKind int

const (
	itemRow rowKind = iota
	headRow         // a category, where it shares the pane with its items
	textRow
)

// The keys by which the cursor finds its row again, whatever row that is by then.
const (
	itemKey = "i:"
	headKey = "c:"
)

func (r row) key() string {
	switch r.kind {
	case itemRow:
		return itemKey + r.id
	case headRow:
		return headKey + r.id
	}
	return ""
}

// line is a line of the outline.
type line struct {
	place string // what the list shows when the cursor stands here; empty: no place
	kind  lineKind
	n     int // index of the category or cause
}

type lineKind int

const (
	blankLine lineKind = iota
	categoryLine
	beforeLine // what failed in the session before
	allLine
	blockersLine
	gatesLine
	coverageLine
	causesLine
	causeLine
	findingsLine
	findingCount
	sentLine
)

// build makes the rows anew and puts the cursor back on what it was on.
func (s *walk) build() {
	if s.review() == nil {
		return
	}
	s.lines = s.outlineLines()
	if s.wide || s.order != byCategory {
		s.rows = s.listRows()
	} else {
		s.rows = s.outlineRows()
	}
	s.shorten()
	s.number()
	s.list.Resize(len(s.rows))
	s.seek()
	if !s.wide && s.focus == outlinePane {
		s.focus = listPane
	}
	s.side.Resize(len(s.lines))
	for i, l := range s.lines {
		if l.place == s.place && l.place != "" {
			s.side.At = i
			break
		}
	}
}

// rebuild makes the rows anew because the review changed. The marked item stays in the
// list, even where it belongs there no more: somebody else's verdict must not put another
// item under a key that is on its way.
func (s *walk) rebuild() {
	at, n, was := s.at, s.list.At, row{}
	if n < len(s.rows) {
		was = s.rows[n]
	}
	s.build()
	if s.at == at || was.kind != itemRow || was.key() != at || s.review().Item(was.id) == nil {
		return
	}
	n = min(n, len(s.rows))
	s.rows = slices.Insert(s.rows, n, was)
	s.number()
	s.list.Resize(len(s.rows))
	s.list.At, s.at = n, at
}

// seek moves the cursor to the row of s.at; where that is gone, to what stands there now.
func (s *walk) seek() {
	for i, r := range s.rows {
		if k := r.key(); k != "" && k == s.at {
			s.list.At = i
			return
		}
	}
	s.settle(1)
}

// settle makes the row under the cursor the marked one; headings are passed by.
func (s *walk) settle(step int) {
	if len(s.rows) == 0 {
		s.at = ""
		return
	}
	for _, d := range []int{step, -step} {
		for i := s.list.At; i >= 0 && i < len(s.rows); i += d {
			if s.rows[i].kind != textRow {
				s.list.At = i
				s.at = s.rows[i].key()
				return
			}
		}
	}
}

// goTo marks an item, in the category it belongs to unless it is in sight already.
func (s *walk) goTo(id string) {
	it := s.review().Item(id)
	if it == nil {
		return
	}
	if !s.matches(it) {
		s.filter = ""
	}
	switch {
	case s.order != byCategory && !s.holds(s.place, it):
		s.place = allItems
	case s.order != byCategory:
	case s.place == "" || !s.holds(s.place, it) || !s.wide && s.place != failedBefore:
		s.place = it.Planned.Category.ID
	}
	s.at = itemKey + id
	if s.focus == outlinePane {
		s.focus = listPane
	}
	s.build()
}

// openPlace shows a category, or another selection, from its first item on.
func (s *walk) openPlace(place string) {
	s.place = place
	s.at = ""
	s.build()
	for i, r := range s.rows {
		if r.kind == itemRow && (s.wide || s.holds(place, s.review().Item(r.id))) {
			s.list.At, s.at = i, r.key()
			return
		}
	}
}

// listRows are the items of the place, and below them what waits elsewhere.
func (s *walk) listRows() []row {
	if s.order != byCategory || s.place == allItems {
		return s.groupedRows()
	}
	var out []row
	shown := map[string]bool{}
	items := s.items()
	if s.place == failedBefore {
		items = s.failedItems
	}
	for it := range items {
		if s.holds(s.place, it) && s.matches(it) {
			out = append(out, row{kind: itemRow, id: it.Planned.Item.ID})
			shown[it.Planned.Item.ID] = true
		}
	}
	if s.filter != "" {
		return append(out, s.elsewhere(shown)...)
	}
	var waiting []row
	for _, id := range s.review().Needs {
		if !shown[id] {
			waiting = append(waiting, row{kind: itemRow, id: id})
		}
	}
	if len(waiting) > 0 {
		out = append(out, row{kind: textRow}, row{kind: textRow, title: needsYou, n: len(s.review().Needs)})
		out = append(out, waiting...)
	}
	return out
}

// elsewhere are the items that match the filter but are not of the place.
func (s *walk) elsewhere(shown map[string]bool) []row {
	heads := 2
	out := make([]row, heads, heads+len(s.figures().items)-len(shown))
	for it := range s.items() {
		if id := it.Planned.Item.ID; !shown[id] && s.matches(it) {
			out = append(out, row{kind: itemRow, id: id})
		}
	}
	n := len(out) - heads
	if n == 0 {
		return nil
	}
	out[0], out[1] = row{kind: textRow}, row{kind: textRow, title: elsewhereHead, n: n}
	if len(shown) == 0 {
		return out[1:]
	}
	return out
}

// outlineRows are the categories with the items of the open one; a filter opens all that
// hold a match.
func (s *walk) outlineRows() []row {
	var out []row
	place := s.place
	if n := len(s.failures()); n > 0 && s.filter == "" {
		out = append(out, row{kind: headRow, id: failedBefore, n: n})
		for it := range s.failedItems {
			if place == failedBefore {
				out = append(out, row{kind: itemRow, id: it.Planned.Item.ID})
			}
		}
	}
	if strings.HasPrefix(place, "*") && (place != failedBefore || s.filter != "") {
		if it := s.item(); it != nil {
			place = it.Planned.Category.ID
		}
	}
	for _, c := range s.categories() {
		var items []row
		for it := range s.items() {
			if it.Planned.Category.ID == c.ID && s.matches(it) && (s.filter != "" || c.ID == place) {
				items = append(items, row{kind: itemRow, id: it.Planned.Item.ID})
			}
		}
		if s.filter == "" || len(items) > 0 {
			out = append(out, row{kind: headRow, id: c.ID})
		}
		out = append(out, items...)
	}
	return out
}

// items yields the plan's items in its order.
func (s *walk) items() iter.Seq[*sessions.ItemState] {
	return slices.Values(s.figures().items)
}

// failures are the items that failed before, in a re-test: strictest gate first.
func (s *walk) failures() []string {
	if c := s.review().Carried; c != nil {
		return c.Failures
	}
	return nil
}

// failedItems yields them.
func (s *walk) failedItems(yield func(*sessions.ItemState) bool) {
	for _, id := range s.failures() {
		if it := s.review().Item(id); it != nil && !yield(it) {
			return
		}
	}
}

// holds reports whether an item belongs to a place.
func (s *walk) holds(place string, it *sessions.ItemState) bool {
	id := it.Planned.Item.ID
	switch {
	case place == allItems:
		return true
	case place == failedBefore:
		return slices.Contains(s.failures(), id)
	case place == openBlockers:
		return s.openBlocker(id)
	case strings.HasPrefix(place, causePrefix):
		for _, c := range s.causes() {
			if c.ID == place[len(causePrefix):] {
				return slices.Contains(c.Items, id)
			}
		}
		return false
	}
	return it.Planned.Category.ID == place
}

// openBlocker reports whether an item holds a blocker open: decided and not waived.
func (s *walk) openBlocker(id string) bool {
	o, ok := s.open[id]
	return ok && o.Gate == checks.Blocker && !o.Waived && o.Verdict.Decided()
}

func (s *walk) matches(it *sessions.ItemState) bool {
	if s.filter == "" {
		return true
	}
	_, ok := s.hit(it)
	return ok
}

// causes are the recorded root causes, and the profile's that explain something open.
func (s *walk) causes() []sessions.Cause { return s.figures().causes }

// outlineLines are the lines of the outline's own pane.
func (s *walk) outlineLines() []line {
	var out []line
	if len(s.failures()) > 0 {
		out = append(out, line{place: failedBefore, kind: beforeLine}, line{})
	}
	for i, c := range s.categories() {
		out = append(out, line{place: c.ID, kind: categoryLine, n: i})
	}
	out = append(out, line{}, line{place: allItems, kind: allLine}, line{},
		line{place: openBlockers, kind: blockersLine}, line{kind: gatesLine}, line{kind: coverageLine}, line{})
	if causes := s.causes(); len(causes) > 0 {
		out = append(out, line{kind: causesLine})
		for i, c := range causes {
			out = append(out, line{place: causePrefix + c.ID, kind: causeLine, n: i})
		}
		out = append(out, line{})
	}
	if len(s.review().State.Findings) > 0 {
		out = append(out, line{kind: findingsLine})
		for i := range findingGroups {
			if s.countFindings(i) > 0 {
				out = append(out, line{kind: findingCount, n: i})
			}
		}
		out = append(out, line{})
	}
	return append(out, line{kind: sentLine})
}

func (s *walk) countFindings(group int) int {
	n := 0
	for _, f := range s.review().State.Findings {
		if f.Strength == (group == len(findingGroups)-1) && (f.Strength || f.Horizon == findingGroups[group]) {
			n++
		}
	}
	return n
}
