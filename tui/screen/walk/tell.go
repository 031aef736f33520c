package walk

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// Tell says the item that is open, else the items of the category that the cursor is in,
// else the categories.
func (s *walk) Tell() screen.Telling {
	if s.review() == nil {
		return screen.Telling{Title: heading}
	}
	it := s.item()
	switch {
	case s.sheet != nil:
		return s.tellSheet()
	case it != nil:
		s.page = true // what is judged is what was said
		return s.tellItem(it)
	case s.heard.list:
		return s.tellPlace()
	}
	return s.tellReview()
}

// tellReview says where the review stands, with the categories as rows.
func (s *walk) tellReview() screen.Telling {
	r := s.review()
	o := r.State.Opened
	t := screen.Telling{Title: fmt.Sprintf(tellReviewOf, strings.TrimSpace(string(o.Target)+" "+string(o.Version)), o.Profile)}
	t.Say(roleDecision, screen.DecisionWords(r.Assessment))
	c, n := s.total()
	t.Say(roleItems, fmt.Sprintf(tellItems, n, screen.CountWords(c)))
	t.Say(roleWaiting, r.Status(s.env.Now()).Right)
	t.Say(roleReadOnly, r.ReadOnly())
	var places []string
	if len(s.failures()) > 0 {
		t.Rows, places = append(t.Rows, fmt.Sprintf(tellFailed, s.beforeTally())), append(places, failedBefore)
	}
	for _, c := range r.Assessment.Categories {
		row := fmt.Sprintf(tellCategory, c.Category.Title, screen.CountWords(c.Counts))
		if known(c) {
			row += ", " + s.categoryScore(c)
		}
		if c.OpenBlockers > 0 {
			row += ", " + openBlockersWords(c.OpenBlockers)
		}
		t.Rows, places = append(t.Rows, row), append(places, c.Category.ID)
	}
	t.Pick = func(i int) tea.Cmd { s.openList(places[i]); return nil }
	s.ways(&t)
	return t
}

// tellPlace lists the items of a category.
func (s *walk) tellPlace() screen.Telling {
	name, right := s.placeName()
	t := screen.Telling{Kind: "items", Title: strings.TrimSpace(strings.TrimSuffix(name+", "+strings.ReplaceAll(right, " · ", ", "), ", "))}
	var ids []string
	items := s.items()
	if s.place == failedBefore {
		items = s.failedItems
	}
	for it := range items {
		if s.holds(s.place, it) && s.matches(it) {
			ids = append(ids, it.Planned.Item.ID)
			t.Rows = append(t.Rows, s.rowWords(it))
		}
	}
	if s.filter != "" {
		t.Say(roleFilter, s.filter)
	}
	t.Pick = func(i int) tea.Cmd { return s.openItem(ids[i]) }
	t.Up = func() tea.Cmd { s.heard.list = false; return nil }
	s.ways(&t)
	return t
}

// openList puts the cursor on a category, so that no item is judged unheard.
func (s *walk) openList(place string) {
	s.place, s.at, s.page, s.heard = place, headKey+place, false, heard{list: true}
	s.build()
}

// rowWords is an item's row in words: the verdict that counts first.
func (s *walk) rowWords(it *sessions.ItemState) string {
	id := it.Planned.Item.ID
	parts := []string{string(it.Counts()) + ", " + id + ", " + it.Planned.Item.Title}
	if it.Reviewer != nil {
		parts = append(parts, fmt.Sprintf(rowJudgedBy, it.Reviewer.By))
	}
	if s.consent[id] {
		parts = append(parts, rowConsent)
	}
	if _, waived := s.review().State.Waivers[id]; waived {
		parts = append(parts, rowWaived)
	}
	if it.Marked {
		parts = append(parts, rowMarked)
	}
	if g := s.open[id].Gate; g == checks.Blocker || g == checks.Condition {
		parts = append(parts, fmt.Sprintf(rowOpen, g))
	}
	return strings.Join(parts, ", ")
}

// openItem shows one item by itself.
func (s *walk) openItem(id string) tea.Cmd {
	s.goTo(id)
	s.page, s.ev.view = true, exchangeView
	return s.load()
}

// heard is what was asked for beyond what is said of an item at once.
type heard struct {
	of            string
	why, evidence bool
	list          bool // the items of the place, not all categories
}

// tellItem says an item: what it is, both verdicts, the reason; why, fix and evidence
// once they are asked for.
func (s *walk) tellItem(it *sessions.ItemState) screen.Telling {
	item := it.Planned.Item
	if s.heard.of != item.ID {
		s.heard = heard{of: item.ID}
	}
	t := screen.Telling{Kind: "item", Title: fmt.Sprintf(tellItemIs, item.ID, item.Title)}
	n, of := s.nth(item.ID)
	t.Say(roleCategory, fmt.Sprintf(tellItemPlace, it.Planned.Category.Title, strings.ReplaceAll(s.weight(it), " · ", ", "), n, of))
	t.Say(roleQuestion, item.Question)
	t.Say(labelMachine, string(it.MachineVerdict())+", "+s.machineSays(it, false))
	for _, said := range s.reasonTexts(it) {
		t.Say(labelReason, said.text)
	}
	yours := nothingYet
	if it.Reviewer != nil {
		yours = string(it.Reviewer.Verdict) + ", " + fmt.Sprintf(judgedBy, it.Reviewer.By, s.when(it.Reviewer.At))
	}
	t.Say(labelYou, yours)
	t.Say(labelCounts, strings.TrimSuffix(string(it.Counts())+", "+s.whyCounts(it), ", "))
	if w, waived := s.review().State.Waivers[item.ID]; waived && !s.heard.why {
		t.Say(labelWaived, fmt.Sprintf(tellWaived, w.Expires, w.ApprovedBy))
	}
	if it.Marked {
		t.Say(labelMarked, tellMarked)
	}
	if it.Assigned != "" {
		t.Say(roleAssigned, fmt.Sprintf(tellAssigned, s.assignee(it)))
	}
	if s.heard.why {
		for _, f := range s.backgroundTexts(it) {
			t.Say(f[0], f[1])
		}
	} else {
		t.Say(labelNote, it.Note.String())
	}
	if s.heard.evidence {
		t.Lines = append(t.Lines, s.tellEvidence(it)...)
	}
	for _, p := range pieces(it) {
		t.Rows = append(t.Rows, fmt.Sprintf(tellEvidenceRow, p.What, screen.Bytes(p.Bytes)))
	}
	t.Pick = func(i int) tea.Cmd {
		s.ev.piece, s.heard.evidence = i, true
		return s.load()
	}
	t.Up = func() tea.Cmd { s.openList(s.listOf(it)); return nil }
	t.Way("why", tellWhy, func() tea.Cmd { s.heard.why = true; return nil })
	s.ways(&t)
	return t
}

// nth is which item of how many this is, in plan order.
func (s *walk) nth(id string) (n, of int) {
	for it := range s.items() {
		if of++; it.Planned.Item.ID == id {
			n = of
		}
	}
	return n, of
}

// listOf is the list that an item is left to.
func (s *walk) listOf(it *sessions.ItemState) string {
	if s.place == failedBefore {
		return s.place
	}
	return it.Planned.Category.ID
}

// tellEvidence says the piece of evidence that was asked for.
func (s *walk) tellEvidence(it *sessions.ItemState) []string {
	list := pieces(it)
	if len(list) == 0 {
		return []string{tellEvidenceNone}
	}
	n := min(s.ev.piece, len(list)-1)
	out := []string{fmt.Sprintf(tellEvidenceOf, n+1, len(list), viewNames[s.ev.view], list[n].What)}
	for _, l := range s.ev.lines(s.review().State, it) {
		out = append(out, fmt.Sprintf(tellEvidenceLine, l))
	}
	return append(out, fmt.Sprintf(tellEvidenceLine, strings.ReplaceAll(provenance(it, list[n]), " · ", ", ")))
}

// ways are the ways through the items that lead from everywhere in the walk.
func (s *walk) ways(t *screen.Telling) {
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			if id := s.beside(by); id != "" {
				return s.openItem(id)
			}
			return screen.Tell(screen.Note, noItemThere)
		}
	}
	t.Way("next", tellNext, step(1))
	t.Way("previous", tellPrevious, step(-1))
	t.Way("failure", tellFailure, func() tea.Cmd {
		if id := s.nextFailure(); id != "" {
			return s.openItem(id)
		}
		return screen.Tell(screen.Note, noFailureElse)
	})
	if t.Kind == "" {
		return
	}
	t.Way("categories", tellCategories, func() tea.Cmd {
		s.openList(s.place)
		s.heard.list = false
		return nil
	})
}

// beside is the item after or before the marked one, in plan order.
func (s *walk) beside(by int) string {
	var ids []string
	for it := range s.items() {
		ids = append(ids, it.Planned.Item.ID)
	}
	at := -1
	if it := s.item(); it != nil {
		at = slices.Index(ids, it.Planned.Item.ID)
	}
	if at += by; at < 0 || at >= len(ids) {
		return ""
	}
	return ids[at]
}

// nextFailure is the next item after the marked one that fails, round the end.
func (s *walk) nextFailure() string {
	here := ""
	if it := s.item(); it != nil {
		here = it.Planned.Item.ID
	}
	first, passed := "", here == ""
	for it := range s.items() {
		id := it.Planned.Item.ID
		switch {
		case id == here:
			passed = true
		case it.Counts() != checks.Fail:
		case passed:
			return id
		case first == "":
			first = id
		}
	}
	return first
}

// tellSheet says what is judged and how.
func (s *walk) tellSheet() screen.Telling {
	t := screen.Telling{Title: s.sheetTitle() + ", " + string(s.sheet.verdict)}
	t.Say(roleQuestion, s.sheetQuestion())
	return t
}

// Asks asks the reason of a verdict, and how it is known.
func (s *walk) Asks() *form.Asking {
	h := s.sheet
	if h == nil {
		return nil
	}
	reason := form.Field{Name: "reason", Label: labelReason, Hint: fmt.Sprintf(reasonFor, h.verdict), Needed: true, Text: &h.reason}
	strength := form.Field{Name: "strength", Label: labelStrength, Hint: askStrength, Choice: &h.strength}
	f := form.New(reason, strength)
	f.Err = h.err
	return &form.Asking{Form: f,
		Draft: func() tea.Cmd { return s.review().Draft(h.draft(), h.reason.Text()) },
		Save:  func() tea.Cmd { return s.saveSheet(true) }}
}

// Tell says which causes there are.
func (d *causeDialog) Tell() screen.Telling {
	t := screen.Telling{Title: fmt.Sprintf(causeTitle, names(d.items))}
	for i, c := range d.causes {
		row := fmt.Sprintf(tellCause, i+1, c.Title, len(c.Items))
		if d.explains(c) {
			row = fmt.Sprintf(tellCauseThis, row)
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Asks asks for the cause: one that there is by its number, else the title of a new one.
func (d *causeDialog) Asks() *form.Asking {
	f := form.New(form.Field{Name: "title", Label: askCause, Hint: askCauseHow, Needed: true, Text: &d.field})
	return &form.Asking{Form: f, Save: d.linkSaid, Draft: func() tea.Cmd { return d.env.Review.Draft(causeDraft, d.field.Text()) }}
}

// linkSaid links the cause of the number or the title that was said. A part of a title is
// a title of its own here: nobody sees which cause it would mark.
func (d *causeDialog) linkSaid() tea.Cmd {
	said := strings.TrimSpace(d.field.Text())
	if n, err := strconv.Atoi(said); err == nil {
		if n < 1 || n > len(d.causes) {
			d.field.Set("")
			return screen.Tell(screen.Note, fmt.Sprintf(noSuchCause, n))
		}
		said = d.causes[n-1].Title.String()
		d.field.Set(said)
	}
	shown := d.shown()
	d.list.Resize(len(shown) + d.fresh())
	d.list.At = len(shown) // the new one
	for i, c := range shown {
		if strings.EqualFold(c.Title.String(), said) {
			d.list.At = i
		}
	}
	return d.link()
}
