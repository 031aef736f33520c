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
		return screen.Telling{Title: "Walk"}
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
	t := screen.Telling{Title: "Review of " + strings.TrimSpace(string(o.Target)+" "+string(o.Version)) + ", profile " + o.Profile}
	t.Say("Decision", screen.DecisionWords(r.Assessment))
	c, n := s.total()
	t.Say("Items", fmt.Sprintf("%d: %s", n, screen.CountWords(c)))
	t.Say("Waiting", r.Status(s.env.Now()).Right)
	t.Say("Read-only", r.ReadOnly())
	var places []string
	if len(s.failures()) > 0 {
		t.Rows, places = append(t.Rows, "Failed before: "+s.beforeTally()), append(places, failedBefore)
	}
	for _, c := range r.Assessment.Categories {
		row := c.Category.Title + ": " + screen.CountWords(c.Counts)
		if known(c) {
			row += ", " + s.categoryScore(c)
		}
		if c.OpenBlockers > 0 {
			row += ", " + screen.Count(c.OpenBlockers, "open blocker", "open blockers")
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
		t.Say("Filter", s.filter)
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
		parts = append(parts, "judged by "+it.Reviewer.By.String())
	}
	if s.consent[id] {
		parts = append(parts, "needs consent")
	}
	if _, waived := s.review().State.Waivers[id]; waived {
		parts = append(parts, "waived")
	}
	if it.Marked {
		parts = append(parts, "marked")
	}
	if g := s.open[id].Gate; g == checks.Blocker || g == checks.Condition {
		parts = append(parts, "open "+string(g))
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
	t := screen.Telling{Kind: "item", Title: "Item " + item.ID + ", " + item.Title}
	n, of := s.nth(item.ID)
	t.Say("Category", fmt.Sprintf("%s, %s, item %d of %d", it.Planned.Category.Title, strings.ReplaceAll(s.weight(it), " · ", ", "), n, of))
	t.Say("Question", item.Question)
	t.Say("Machine", string(it.MachineVerdict())+", "+s.machineSays(it, false))
	for _, said := range s.reasonTexts(it) {
		t.Say("Reason", said)
	}
	you := "nothing yet"
	if it.Reviewer != nil {
		you = string(it.Reviewer.Verdict) + ", by " + it.Reviewer.By.String() + ", " + s.when(it.Reviewer.At)
	}
	t.Say("You", you)
	t.Say("Counts", strings.TrimSuffix(string(it.Counts())+", "+s.whyCounts(it), ", "))
	if w, waived := s.review().State.Waivers[item.ID]; waived && !s.heard.why {
		t.Say("Waived", "until "+w.Expires+", approved by "+w.ApprovedBy.String())
	}
	if it.Marked {
		t.Say("Marked", "to come back to")
	}
	if it.Assigned != "" {
		t.Say("Assigned", "to "+s.assignee(it))
	}
	if s.heard.why {
		for _, f := range s.backgroundTexts(it) {
			t.Say(f[0], f[1])
		}
	} else {
		t.Say("Note", it.Note.String())
	}
	if s.heard.evidence {
		t.Lines = append(t.Lines, s.tellEvidence(it)...)
	}
	for _, p := range pieces(it) {
		t.Rows = append(t.Rows, "Evidence: "+p.What.String()+", "+screen.Bytes(p.Bytes))
	}
	t.Pick = func(i int) tea.Cmd {
		s.ev.piece, s.heard.evidence = i, true
		return s.load()
	}
	t.Up = func() tea.Cmd { s.openList(s.listOf(it)); return nil }
	t.Way("why", "why it matters, how to mend it, what is linked", func() tea.Cmd { s.heard.why = true; return nil })
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
		return []string{"Evidence: none"}
	}
	n := min(s.ev.piece, len(list)-1)
	out := []string{fmt.Sprintf("Evidence %d of %d, %s: %s", n+1, len(list), viewNames[s.ev.view], list[n].What)}
	for _, l := range s.ev.lines(s.review().State, it) {
		out = append(out, "Evidence: "+l)
	}
	return append(out, "Evidence: "+strings.ReplaceAll(provenance(it, list[n]), " · ", ", "))
}

// ways are the ways through the items that lead from everywhere in the walk.
func (s *walk) ways(t *screen.Telling) {
	step := func(by int) func() tea.Cmd {
		return func() tea.Cmd {
			if id := s.beside(by); id != "" {
				return s.openItem(id)
			}
			return screen.Tell(screen.Note, "there is no item on that side")
		}
	}
	t.Way("next", "the next item", step(1))
	t.Way("previous", "the item before", step(-1))
	t.Way("failure", "the next item that fails", func() tea.Cmd {
		if id := s.nextFailure(); id != "" {
			return s.openItem(id)
		}
		return screen.Tell(screen.Note, "nothing else fails")
	})
	if t.Kind == "" {
		return
	}
	t.Way("categories", "all categories", func() tea.Cmd {
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
	t.Say("Question", s.sheetQuestion())
	return t
}

// Asks asks the reason of a verdict, and how it is known.
func (s *walk) Asks() *form.Asking {
	h := s.sheet
	if h == nil {
		return nil
	}
	reason := form.Field{Name: "reason", Label: "Reason", Hint: "required for " + string(h.verdict) + "; the report prints it", Needed: true, Text: &h.reason}
	strength := form.Field{Name: "strength", Label: "Strength", Hint: "how you know it", Choice: &h.strength}
	f := form.New(reason, strength)
	f.Err = h.err
	return &form.Asking{Form: f,
		Draft: func() tea.Cmd { return s.review().Draft(h.draft(), h.reason.Text()) },
		Save:  func() tea.Cmd { return s.saveSheet(true) }}
}

// Tell says which causes there are.
func (d *causeDialog) Tell() screen.Telling {
	t := screen.Telling{Title: "Root cause of " + names(d.items)}
	for i, c := range d.causes {
		row := fmt.Sprintf("Cause %d: %s, explains %d", i+1, c.Title, len(c.Items))
		if d.explains(c) {
			row += ", this too: its number takes that back"
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// Asks asks for the cause: one that there is by its number, else the title of a new one.
func (d *causeDialog) Asks() *form.Asking {
	f := form.New(form.Field{Name: "title", Label: "Root cause", Hint: "a number takes that cause, a title makes a new one", Needed: true, Text: &d.field})
	return &form.Asking{Form: f, Save: d.linkSaid, Draft: func() tea.Cmd { return d.env.Review.Draft(causeDraft, d.field.Text()) }}
}

// linkSaid links the cause of the number or the title that was said. A part of a title is
// a title of its own here: nobody sees which cause it would mark.
func (d *causeDialog) linkSaid() tea.Cmd {
	said := strings.TrimSpace(d.field.Text())
	if n, err := strconv.Atoi(said); err == nil {
		if n < 1 || n > len(d.causes) {
			d.field.Set("")
			return screen.Tell(screen.Note, fmt.Sprintf("there is no cause %d", n))
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
