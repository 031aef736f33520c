// Package compare is the screen that sets two reviews side by side: what got worse first,
// and what the difference of their scores is made of.
//
// It imports no other screen.
package compare

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type compare struct {
	env    *screen.Env
	ids    []string // the older one first
	asked  uint64
	loaded *loaded
	rows   []row
	list   widget.List

	rowsFrom int // the line on which the rows began when last shown

	open   map[string]bool // kinds of groups that are open
	byItem bool            // groups sorted within by item, not as the plan has them
	table  bool            // every item in a row, in the plan's order, without groups
	filter string
	want   string // key of the row that keeps the cursor
}

// row is a group, or one item of an open group.
type row struct {
	group *sessions.ComparisonGroup
	item  *sessions.ItemChange
}

func (r row) key() string {
	if r.item != nil {
		return r.group.Kind + " " + r.item.Item
	}
	return r.group.Kind
}

// loaded answers a request for two sessions.
type loaded struct {
	request  uint64
	old, new *sessions.State
	c        sessions.Comparison
	why      string // why the older one is what the newer is compared with; empty: it was named
	err      error
}

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	return &compare{env: env, open: map[string]bool{sessions.Regressed: true, sessions.NewFailure: true}}
}

// Open compares the two sessions named, or the open review with the one before it.
func (s *compare) Open(args screen.Args) tea.Cmd {
	s.ids = args.Sessions
	if k := args.Kept; k != nil {
		if len(s.ids) != 2 && s.env.Review == nil {
			s.ids = strings.Fields(k["sessions"])
		}
		s.want, s.byItem, s.table = k["marked"], k["order"] == "item", k["view"] == "table"
		s.open = map[string]bool{}
		for _, kind := range strings.Fields(k["open"]) {
			s.open[kind] = true
		}
	}
	s.loaded, s.rows = nil, nil
	s.asked++
	return load(s.env, s.asked, s.ids)
}

// load reads both sessions in a command.
func load(env *screen.Env, request uint64, ids []string) tea.Cmd {
	var now *sessions.State
	if env.Review != nil {
		now = env.Review.State
	}
	return func() tea.Msg {
		m := loaded{request: request}
		if m.err = m.read(env, ids, now); m.err != nil {
			return m
		}
		if m.new.CreatedAt.Before(m.old.CreatedAt) {
			m.old, m.new = m.new, m.old
		}
		m.c = sessions.Compare(m.old, m.new)
		return m
	}
}

// read reads both: the two named, or the open review and the one before it.
func (m *loaded) read(env *screen.Env, ids []string, now *sessions.State) error {
	list, err := sessions.List(env.Ctx, env.Store, env.Registry)
	if len(ids) == 2 {
		if m.old, err = state(env, ids[0], now); err != nil {
			return err
		}
		if m.new, err = state(env, ids[1], now); err != nil {
			return err
		}
		if before, why := sessions.Before(list, sessions.Summarise(m.new)); before.ID == ids[0] {
			m.why = why
		}
		return nil
	}
	switch {
	case now == nil:
		return errors.New("tick two reviews in the list, then compare them")
	case err != nil:
		return err
	}
	before, why := sessions.Before(list, sessions.Summarise(now))
	if why == "" {
		return fmt.Errorf("there is no earlier review of %s against %s to compare with", now.Opened.Target, now.Profile.Title)
	}
	m.new, m.why = now, why
	m.old, err = state(env, before.ID, now)
	return err
}

// state is the open review's, or reads a saved one without claiming it.
func state(env *screen.Env, id string, now *sessions.State) (*sessions.State, error) {
	if now != nil && now.Opened.Session == id {
		return now, nil
	}
	v, err := sessions.View(env.Ctx, env.Store, env.Registry, id)
	if err != nil {
		return nil, fmt.Errorf("can't read %s: %w", id, err)
	}
	return v.State(), v.Close()
}

func (s *compare) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(loaded); ok && m.request == s.asked {
		s.loaded = &m
		if m.err == nil {
			s.ids = []string{m.old.Opened.Session, m.new.Opened.Session}
		}
		s.arrange()
	}
	return nil
}

// arrange makes the rows: groups and the items of those that are open, or all items.
func (s *compare) arrange() {
	s.rows = nil
	if s.loaded == nil || s.loaded.err != nil {
		return
	}
	if s.table {
		s.rows = s.all()
	} else {
		s.rows = s.grouped()
	}
	s.list.Resize(len(s.rows))
	if i := slices.IndexFunc(s.rows, func(r row) bool { return r.key() == s.want }); i >= 0 {
		s.list.At = i
	}
	s.mark()
}

// grouped are the groups, and the items of those that are open.
func (s *compare) grouped() []row {
	var out []row
	for i := range s.loaded.c.Groups {
		g := &s.loaded.c.Groups[i]
		items := slices.DeleteFunc(slices.Clone(g.Items), func(c sessions.ItemChange) bool { return !matches(c, s.filter) })
		if s.filter != "" && len(items) == 0 {
			continue
		}
		if s.byItem {
			slices.SortFunc(items, func(a, b sessions.ItemChange) int { return strings.Compare(a.Item, b.Item) })
		}
		out = append(out, row{group: g})
		if s.open[g.Kind] || s.filter != "" {
			for k := range items {
				out = append(out, row{group: g, item: &items[k]})
			}
		}
	}
	return out
}

// all are every item once, in the newer plan's order, then those that are gone; or by item.
func (s *compare) all() []row {
	at := map[string]int{}
	for i, p := range s.loaded.new.Plan.Items {
		at[p.Item.ID] = i - len(s.loaded.new.Plan.Items)
	}
	var out []row
	for i := range s.loaded.c.Groups {
		g := &s.loaded.c.Groups[i]
		if g.Kind == sessions.WaiverAdded || g.Kind == sessions.WaiverExpired { // they stand in another group too
			continue
		}
		for k := range g.Items {
			if matches(g.Items[k], s.filter) {
				out = append(out, row{group: g, item: &g.Items[k]})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b row) int {
		if s.byItem {
			return strings.Compare(a.item.Item, b.item.Item)
		}
		return at[a.item.Item] - at[b.item.Item]
	})
	return out
}

func (s *compare) mark() {
	if r := s.at(); r != nil {
		s.want = r.key()
	}
}

func matches(c sessions.ItemChange, filter string) bool {
	return strings.Contains(strings.ToLower(c.Item+" "+c.Title+" "+c.Category), strings.ToLower(filter))
}

func (s *compare) at() *row {
	if s.list.At < len(s.rows) {
		return &s.rows[s.list.At]
	}
	return nil
}

func (s *compare) Do(id action.ID) (tea.Cmd, bool) {
	r := s.at()
	switch id {
	case action.Right, action.Left:
		if r != nil && !s.table {
			s.turn(*r, id == action.Right)
		}
		return nil, true
	case action.Enter:
		if r == nil {
			return nil, true
		}
		if r.item == nil {
			s.turn(*r, !s.open[r.group.Kind])
			return nil, true
		}
		return screen.Ask(&sides{env: s.env, change: *r.item, old: s.loaded.old, new: s.loaded.new}), true
	case action.Turn:
		s.table = !s.table
		if r != nil && r.item != nil {
			s.open[r.group.Kind] = true // so that the cursor keeps its item
		}
		s.arrange()
		return nil, true
	case action.Order:
		s.byItem = !s.byItem
		s.arrange()
		return screen.Tell(screen.Note, map[bool]string{true: sortedByItem, false: sortedAsGiven}[s.byItem]), true
	case action.GoReport:
		if s.loaded == nil || s.loaded.err != nil {
			return nil, true
		}
		return screen.Resume(s.ids[1], screen.Report, screen.Args{Sessions: s.ids}), true
	}
	ok := s.list.Do(id)
	s.mark()
	return nil, ok
}

// Click marks the row under the mouse.
func (s *compare) Click(_, y int) tea.Cmd {
	if i, ok := s.list.Row(y - s.rowsFrom); ok {
		s.list.At = i
		s.mark()
	}
	return nil
}

// turn opens or closes the group of a row; closing leaves the cursor on the group.
func (s *compare) turn(r row, open bool) {
	s.open[r.group.Kind] = open
	if !open {
		s.want = r.group.Kind
	}
	s.arrange()
}

func (s *compare) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *compare) TextFocus() bool         { return false }
func (s *compare) Filtered() string        { return s.filter }

// Filter shows the items whose id, title or category has the text.
func (s *compare) Filter(text string) {
	s.filter = text
	s.arrange()
}

func (s *compare) Keep() screen.Kept {
	var open []string
	for kind, on := range s.open {
		if on {
			open = append(open, kind)
		}
	}
	slices.Sort(open)
	k := screen.Kept{"sessions": strings.Join(s.ids, " "), "open": strings.Join(open, " "), "marked": s.want}
	if s.byItem {
		k["order"] = "item"
	}
	if s.table {
		k["view"] = "table"
	}
	return k
}

// Status counts what could be compared.
func (s *compare) Status() screen.Status {
	st := s.env.Review.Status(s.env.Now())
	if (s.env.Review == nil || s.env.Review.Running == nil) && s.loaded != nil && s.loaded.err == nil {
		st.Left = itemsCompared(s.loaded.c.Items, s.loaded.c.Comparable)
		if s.loaded.why != "" {
			st.Left = fmt.Sprintf(comparedWith, st.Left, s.loaded.why)
		}
		st.Right = ""
	}
	return st
}

func (s *compare) Actions() []action.State {
	r := s.at()
	enter := action.When(r != nil, action.Enter, screen.NothingMarked).Say(openGroup)
	if r != nil && r.item != nil {
		enter = enter.Say(openItem)
	}
	ready := s.loaded != nil && s.loaded.err == nil
	group := action.When(r != nil, action.Right, screen.NothingMarked).And(action.Left).Say(openClose)
	turn := toTable
	if s.table {
		group, turn = action.Off(action.Right, noGroups).Hide(), toGroups
	}
	return []action.State{
		enter, group, action.When(ready, action.Turn, notYet).Say(turn),
		action.When(ready, action.Order, notYet),
		action.When(ready, action.GoReport, notYet).Say(newersReport),
		action.On(action.Filter).Hide(), action.On(action.Back),
	}
}

// verdictOf is a verdict's word, of an item that may not have been asked.
func verdictOf(v checks.Verdict) string {
	if v == "" {
		return notAsked
	}
	return string(v)
}
