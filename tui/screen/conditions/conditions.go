// Package conditions is the screen of what a CONDITIONAL GO stands on: the conditions with
// owner, due date and proof, and the risks that were accepted.
//
// It imports no other screen.
package conditions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/waiver"
	"assess/gonogo/tui/widget"
)

type conditions struct {
	env    *screen.Env
	rows   []row
	list   widget.List
	marked string                    // key of the row that keeps the cursor
	waived map[string]sessions.Event // the events that waived, by item
	late   map[string]time.Time      // conditions that are overdue, and since when
}

// row is a condition or a waiver; exactly one is set.
type row struct {
	condition *sessions.Condition
	waiver    *sessions.Waiver
}

func (r row) key() string {
	if r.waiver != nil {
		return "waiver " + r.waiver.Item
	}
	return r.condition.ID
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &conditions{env: env} }

func (s *conditions) Open(args screen.Args) tea.Cmd {
	if args.Kept != nil {
		s.marked = args.Kept["marked"]
	}
	s.refresh()
	if d := s.goOn(args.Draft); d != nil {
		return screen.Ask(d)
	}
	if args.Item != "" && args.Draft == "" && s.env.Review != nil { // asked to waive it
		return screen.Ask(s.waive(args.Item))
	}
	return nil
}

// goOn opens the dialog that a draft is of, or nil.
func (s *conditions) goOn(draft string) screen.Dialog {
	r := s.env.Review
	if r == nil || r.ReadOnly() != "" {
		return nil
	}
	switch what, id, _ := strings.Cut(draft, ":"); {
	case draft == "condition:new":
		return s.condition(nil)
	case draft == "waiver:new":
		return s.waive("")
	case what == "condition":
		for _, x := range s.rows {
			if x.condition != nil && x.condition.ID == id {
				return s.condition(x.condition)
			}
		}
	}
	return nil
}

func (s *conditions) Update(msg tea.Msg) tea.Cmd {
	switch msg.(type) {
	case screen.StateChanged, screen.BackMsg:
		s.refresh()
	}
	return nil
}

// refresh makes the rows anew: conditions in their order, then waivers by item.
func (s *conditions) refresh() {
	r := s.env.Review
	if r == nil {
		return
	}
	s.late = overdue(r, s.env.Now())
	s.rows = nil
	for _, c := range r.Assessment.Conditions {
		s.rows = append(s.rows, row{condition: &c})
	}
	slices.SortStableFunc(s.rows, func(a, b row) int { return cmp.Compare(s.rank(a), s.rank(b)) })
	var items []string
	for id := range r.State.Waivers {
		items = append(items, id)
	}
	slices.SortFunc(items, func(a, b string) int {
		return cmp.Or(cmp.Compare(s.over(r.State.Waivers[b]), s.over(r.State.Waivers[a])), strings.Compare(a, b))
	})
	for _, id := range items {
		w := r.State.Waivers[id]
		s.rows = append(s.rows, row{waiver: &w})
	}
	s.waived = map[string]sessions.Event{}
	for _, e := range r.Session.Events() {
		if w, ok := e.Data.(sessions.Waived); ok && !w.Remove {
			s.waived[w.Waiver.Item] = e
		}
	}
	s.list.Resize(len(s.rows))
	if i := slices.IndexFunc(s.rows, func(x row) bool { return x.key() == s.marked }); i >= 0 {
		s.list.At = i
	}
	s.mark()
}

// overdue finds the conditions whose time is over and which are not met, in this review or
// since the decision of the one that it tests again.
func overdue(r *screen.Review, now time.Time) map[string]time.Time {
	out := map[string]time.Time{}
	for _, d := range sessions.Overdue(sessions.Deadlines(r.State), now) {
		out[d.ID] = d.Due
	}
	if r.Carried == nil {
		return out
	}
	for _, c := range r.Carried.Overdue {
		if _, known := out[c.ID]; !known && !sessions.Met(r.State, c) {
			out[c.ID] = time.Time{}
		}
	}
	return out
}

// rank puts what is overdue first.
func (s *conditions) rank(x row) int {
	if _, late := s.late[x.condition.ID]; late {
		return 0
	}
	return 1
}

// over is 1 where a waiver lapsed.
func (s *conditions) over(w sessions.Waiver) int {
	if sessions.Expired(w.Expires, s.env.Now()) {
		return 1
	}
	return 0
}

func (s *conditions) mark() {
	if x := s.at(); x != nil {
		s.marked = x.key()
	}
}

func (s *conditions) at() *row {
	if s.list.At < len(s.rows) {
		return &s.rows[s.list.At]
	}
	return nil
}

func (s *conditions) Do(id action.ID) (tea.Cmd, bool) {
	r := s.env.Review
	if r == nil {
		return nil, false
	}
	switch id {
	case action.NextPane, action.PrevPane:
		return screen.Go(screen.Decision, screen.Args{}), true
	case action.Enter:
		return s.open(), true
	case action.Create, action.Waive, action.Edit, action.Remove:
		if r.ReadOnly() != "" {
			return nil, true
		}
		return s.change(id), true
	}
	ok := s.list.Do(id)
	s.mark()
	return nil, ok
}

// open goes to the item that proves the condition, or whose risk was accepted.
func (s *conditions) open() tea.Cmd {
	x := s.at()
	switch {
	case x == nil:
		return nil
	case x.waiver != nil:
		return screen.Go(screen.Walk, screen.Args{Item: x.waiver.Item})
	case len(x.condition.VerifiedBy) > 0:
		return screen.Go(screen.Walk, screen.Args{Item: x.condition.VerifiedBy[0]})
	}
	return screen.Tell(screen.Note, fmt.Sprintf(noItemProves, s.env.Key(action.Edit)))
}

func (s *conditions) change(id action.ID) tea.Cmd {
	x := s.at()
	switch {
	case id == action.Create:
		return screen.Ask(s.condition(nil))
	case id == action.Waive:
		return screen.Ask(s.waive(""))
	case x == nil:
		return nil
	case id == action.Remove:
		return s.remove(*x)
	case x.waiver != nil:
		return screen.Ask(s.waive(x.waiver.Item))
	}
	return screen.Ask(s.condition(x.condition))
}

// remove asks, then takes the condition or the waiver away.
func (s *conditions) remove(x row) tea.Cmd {
	undo := s.env.Key(action.Undo)
	if x.waiver != nil {
		w := *x.waiver
		return screen.Ask(screen.NewConfirm(s.env, fmt.Sprintf(waiver.BackAsk, w.Item), fmt.Sprintf(waiver.BackNote, undo), waiver.BackYes,
			func() tea.Cmd { return s.env.Review.Record(sessions.Waived{Waiver: w, Remove: true}) }))
	}
	c := *x.condition
	return screen.Ask(screen.NewConfirm(s.env, removeTitle, fmt.Sprintf(removeText, c.Text, undo), removeWord,
		func() tea.Cmd { return s.env.Review.Record(sessions.ConditionRemoved{ID: c.ID}) }))
}

func (s *conditions) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *conditions) TextFocus() bool         { return false }
func (s *conditions) Keep() screen.Kept       { return screen.Kept{"marked": s.marked} }
func (s *conditions) Heading() string         { return heading }

// Status says what is wrong with the marked condition, and what waivers make of the score.
func (s *conditions) Status() screen.Status {
	r := s.env.Review
	st := r.Status(s.env.Now())
	if r == nil || r.Running != nil {
		return st
	}
	if x := s.at(); x != nil && x.condition != nil {
		since, late := s.late[x.condition.ID]
		switch missing := x.condition.Missing(); {
		case late && since.IsZero():
			st.Left = overdueCarried
		case late:
			st.Left = fmt.Sprintf(overdueSince, since.Local().Format("2 Jan 2006"))
		case len(missing) > 0:
			st.Left = fmt.Sprintf(brokenSays, strings.Join(missing, ", "))
		case sessions.Met(r.State, *x.condition):
			st.Left = metByProof
		default:
			st.Left = onlyComplete
		}
	}
	if x := s.at(); x != nil && x.waiver != nil && s.over(*x.waiver) == 1 {
		st.Left = fmt.Sprintf(lapsedLine, s.env.Key(action.Edit))
	}
	if len(r.State.Waivers) > 0 {
		a := r.Assessment.Score
		st.Right = fmt.Sprintf(waivedScores, screen.Percent(a.Overall, 1), screen.Percent(a.Adjusted, 1))
	}
	return st
}

func (s *conditions) Actions() []action.State {
	r := s.env.Review
	if r == nil {
		return nil
	}
	why, some := r.ReadOnly(), s.at() != nil
	out := []action.State{
		action.On(action.Create).Say(newCondition), action.On(action.Waive),
		action.When(some, action.Edit, screen.NothingMarked), action.When(some, action.Remove, screen.NothingMarked).Say(removeWord),
	}
	if why != "" {
		for i := range out {
			out[i].Off = why
		}
	}
	return append(out, action.On(action.NextPane).Say(toDecision),
		action.When(some, action.Enter, screen.NothingMarked).Say(itsItem).Hide())
}
