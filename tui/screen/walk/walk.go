// Package walk is the screen on which a review is done: categories with their tallies,
// items with the machine's and the reviewer's verdict side by side, and the marked item
// with its evidence. Checks land in it while the assessor moves about.
//
// It imports no other screen.
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
	"assess/gonogo/tui/widget"
)

// pane is what has the focus.
type pane int

const (
	outlinePane pane = iota // categories; only where it has a pane of its own
	listPane
	detailPane
)

type walk struct {
	env *screen.Env

	focus  pane
	place  string // what the list shows: a category's id, or one of the places below
	at     string // key of the marked row of the list
	list   widget.List
	side   widget.List // the outline
	rows   []row
	lines  []line // of the outline
	filter string
	found  finds  // what was read to find the filter in
	drop   string // what the ids of the list share, said in its head
	ticked map[string]bool

	longest int // cells of the list's longest id, as shown

	order    order
	sections []section // as they were when the list was sorted
	category string    // the place of the category order, to come back to
	left     string    // the row that had the cursor before the path began
	began    string    // the row it began at
	w, h     int
	wide     bool // three panes or more
	page     bool // one item on the whole screen, where the window has no room for panes

	seen    *sessions.State // that the figures below are of
	open    map[string]sessions.OpenItem
	consent map[string]bool // items that wait for consent
	sum     *figures
	undoing int     // undos and redos on their way
	said    []toSay // of judgements, in the order in which they were recorded

	sheet   *sheet
	drafted checks.Verdict // of the sheet that was open last
	ev      evidence
	wants   *pending // a run that consent was given to while another is going on
	heard   heard    // of the item, where it is told line by line
}

// places of the list that are no category.
const (
	allItems     = "*all"
	openBlockers = "*blockers"
	causePrefix  = "*cause:"
	failedBefore = screen.FailedBefore
)

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	return &walk{env: env, focus: listPane, ticked: map[string]bool{}, ev: newEvidence(), wide: !env.Config.Plain}
}

func (s *walk) review() *screen.Review { return s.env.Review }

// Open restores the place, or goes where it is told to.
func (s *walk) Open(args screen.Args) tea.Cmd {
	if s.review() == nil {
		return nil
	}
	if k := args.Kept; k != nil {
		s.restore(k)
	}
	s.refresh()
	s.arrange()
	if args.Category == failedBefore {
		s.place = failedBefore
	}
	switch {
	case args.Item != "":
		s.goTo(args.Item)
	case len(args.Items) > 0:
		s.goTo(args.Items[0])
	case args.Category != "":
		s.openPlace(args.Category)
	}
	if s.place == "" {
		s.openPlace(s.first())
	}
	if s.env.Config.Plain && args.Kept == nil && args.Item == "" && len(args.Items) == 0 { // begins with all categories
		s.openList(s.place)
		s.heard.list = false
	}
	s.build()
	cmds := []tea.Cmd{s.load(), s.goOn(args.Draft), s.Seek()}
	if len(args.Classes) > 0 {
		cmds = append(cmds, s.askConsent(args.Classes, nil, true))
	}
	return tea.Batch(cmds...)
}

func (s *walk) first() string {
	if len(s.failures()) > 0 {
		return failedBefore
	}
	if c := s.categories(); len(c) > 0 {
		return c[0].ID
	}
	return allItems
}

// Update takes answers of the screen's commands and the review's changes.
func (s *walk) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case loaded:
		s.ev.take(msg)
		s.scrollToHit()
		return nil
	case *form.Editor:
		return msg.Exec()
	case form.Edited:
		return s.edited(msg)
	case screen.StateChanged:
		return s.changed(msg)
	case sought:
		s.found.take(msg)
		s.build()
		return s.load()
	case screen.BackMsg:
		s.arrange()
		s.build()
		return s.load()
	}
	return nil
}

func (s *walk) changed(msg screen.StateChanged) tea.Cmd {
	if s.review() == nil {
		return nil
	}
	before := s.seen
	s.refresh()
	cmds := []tea.Cmd{s.saved(msg)}
	switch {
	case msg.Err != nil:
		if msg.Recorded() && msg.Data == nil {
			s.undoing = max(s.undoing-1, 0)
		}
		s.failed(msg)
	case msg.Recorded() && msg.Data == nil && s.undoing > 0:
		s.undoing--
		if ids := differing(before, s.seen); len(ids) > 0 {
			s.goTo(ids[0])
			said := fmt.Sprintf(asItWas, ids[0])
			if len(ids) > 1 {
				said = fmt.Sprintf(asTheyWere, len(ids))
			}
			cmds = append(cmds, screen.Tell(screen.Good, said))
		}
	}
	if msg.Ended {
		cmds = append(cmds, s.runWanted())
	}
	s.rebuild()
	return tea.Batch(append(cmds, s.load())...)
}

// refresh renews what is counted once per state, not once per frame.
func (s *walk) refresh() {
	r := s.review()
	s.seen = r.State
	s.open = map[string]sessions.OpenItem{}
	for _, o := range r.Assessment.Open {
		if !o.Finding {
			s.open[o.Item] = o
		}
	}
	_, consent := sessions.Waiting(r.State)
	s.consent = map[string]bool{}
	for _, id := range consent {
		s.consent[id] = true
	}
}

// differing are the items, in plan order, that a person's hand changed between states.
func differing(a, b *sessions.State) (ids []string) {
	if a == nil || b == nil {
		return nil
	}
	for _, p := range b.Plan.Items {
		id := p.Item.ID
		x, y := a.Items[id], b.Items[id]
		if x == nil || y == nil {
			continue
		}
		wx, hadWaiver := a.Waivers[id]
		wy, hasWaiver := b.Waivers[id]
		if x.Note != y.Note || x.Assigned != y.Assigned || len(x.Attached) != len(y.Attached) || x.Marked != y.Marked || hadWaiver != hasWaiver || wx != wy ||
			(x.Reviewer == nil) != (y.Reviewer == nil) || x.Reviewer != nil && x.Reviewer.Seq != y.Reviewer.Seq {
			ids = append(ids, id)
		}
	}
	return ids
}

func (s *walk) categories() []*checks.Category {
	return s.figures().categories
}

// item is the marked item, or nil where the cursor is on a category.
func (s *walk) item() *sessions.ItemState {
	if s.review() == nil {
		return nil
	}
	if id, ok := strings.CutPrefix(s.at, itemKey); ok {
		return s.review().Item(id)
	}
	return nil
}

// Keep is the place: item, category, focus, filter and ticks.
func (s *walk) Keep() screen.Kept {
	k := screen.Kept{"at": s.at, "place": s.place, "filter": s.filter, "focus": strconv.Itoa(int(s.focus)),
		"page": strconv.FormatBool(s.page), "view": strconv.Itoa(int(s.ev.view)), "piece": strconv.Itoa(s.ev.piece),
		"scroll": strconv.Itoa(s.ev.scroll), "order": orderNames[s.order], "category": s.category}
	s.list.Keep(k, "")
	var ticks []string
	for id, on := range s.ticked {
		if on {
			ticks = append(ticks, id)
		}
	}
	slices.Sort(ticks)
	k["ticks"] = strings.Join(ticks, " ")
	if k["verdict"] = string(s.drafted); s.sheet != nil {
		k["verdict"] = string(s.sheet.verdict)
	}
	return k
}

func (s *walk) restore(k screen.Kept) {
	s.at, s.place, s.filter, s.page = k["at"], k["place"], k["filter"], k["page"] == "true"
	if n, err := strconv.Atoi(k["focus"]); err == nil && n >= 0 && n <= int(detailPane) {
		s.focus = pane(n)
	}
	if n, err := strconv.Atoi(k["view"]); err == nil && n >= 0 && n < len(viewNames) {
		s.ev.view = view(n)
	}
	s.ev.piece, _ = strconv.Atoi(k["piece"])
	s.ev.scroll, _ = strconv.Atoi(k["scroll"])
	s.ev.of = strings.TrimPrefix(s.at, itemKey)
	s.list.Restore(k, "")
	s.order, s.category = order(max(slices.Index(orderNames[:], k["order"]), 0)), k["category"]
	for _, id := range strings.Fields(k["ticks"]) {
		s.ticked[id] = true
	}
	s.drafted = checks.Verdict(k["verdict"])
}

// Filter shows only items with a text in what they say, in what was said of them, or in
// their evidence.
func (s *walk) Filter(text string) {
	if s.filter = text; text != "" {
		s.ev.of = "" // the evidence turns to what is searched for
	}
	s.build()
}

// Filtered is the filter that holds.
func (s *walk) Filtered() string { return s.filter }

// Heading names the screen in help.
func (s *walk) Heading() string { return heading }

// Type takes keys while the reason is typed.
func (s *walk) Type(k tea.KeyMsg) tea.Cmd {
	if s.sheet == nil {
		return nil
	}
	return s.typeReason(k)
}

// TextFocus is on in the reason of the sheet.
func (s *walk) TextFocus() bool { return s.sheet != nil && s.sheet.field == reasonField }

// Status says what runs, what the draft is, and what waits for the person.
func (s *walk) Status() screen.Status {
	r := s.review()
	if r == nil {
		return screen.Status{}
	}
	st := r.Status(s.env.Now())
	if it := s.item(); s.page && it != nil && r.Running == nil {
		st.Left = s.position(it)
	}
	if n := len(s.ticked); n > 0 && r.Running == nil {
		st.Left = tickedWords(n)
	}
	if s.sheet != nil {
		st.Sign, st.Left = "", escKeeps
		if at := r.DraftSaved(); !at.IsZero() && r.DraftOf(s.sheet.draft()) != "" {
			st.Left = fmt.Sprintf(draftKeptAt, at.Local().Format("15:04:05"))
		}
	}
	return st
}

// position is what an item weighs and where it stands: "critical · blocker · 12 of 20 in
// Security audit".
func (s *walk) position(it *sessions.ItemState) string {
	at, n := 0, 0
	for x := range s.items() {
		if x.Planned.Category.ID == it.Planned.Category.ID {
			n++
			if x == it {
				at = n
			}
		}
	}
	return fmt.Sprintf(whereInList, s.weight(it), at, n, it.Planned.Category.Title)
}
