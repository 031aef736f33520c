// Package home is the list of saved reviews: first the decisions, then what waits in the
// marked one.
//
// It imports no other screen.
package home

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type home struct {
	env    *screen.Env
	all    []sessions.Summary // newest first
	rows   []int              // rows shown, as indexes into all
	trends map[string]string
	ticked map[string]bool
	list   widget.List
	order  int
	filter string
	loaded bool
	still  bool // the next list keeps the rows where they are
	err    error
	asked  uint64            // request id of the list and of drafts
	marked string            // id that comes back under the cursor
	came   string            // the open review, once the cursor was put on it
	drafts map[string]string // of the marked session
	known  string            // whose drafts these are

	rowsFrom int // the line of the screen on which the list began when last shown
}

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	return &home{env: env, ticked: map[string]bool{}}
}

// listed answers a request for the saved sessions.
type listed struct {
	request uint64
	list    []sessions.Summary
	err     error
}

// drafted answers a request for a session's drafts.
type drafted struct {
	id    string
	texts map[string]string
}

func (s *home) Open(args screen.Args) tea.Cmd {
	if m := args.Kept["marked"]; m != "" {
		s.marked = m
	}
	s.comeFrom()
	s.order = orderOf(args.Kept["order"])
	return s.load()
}

// comeFrom puts the cursor on the open review, once: one that comes back from it finds it
// there, one that looked at others meanwhile stays with them.
func (s *home) comeFrom() {
	if r := s.env.Review; r != nil && r.ID() != s.came {
		s.came, s.marked = r.ID(), r.ID()
	}
}

// load asks for the list of sessions.
func (s *home) load() tea.Cmd {
	s.asked++
	env, request := s.env, s.asked
	var open *sessions.State // the store may be a moment behind it
	if r := env.Review; r != nil && r.File == "" && r.ReadOnly() == "" {
		open = r.State
	}
	return func() tea.Msg {
		list, err := sessions.List(env.Ctx, env.Store, env.Registry)
		if open != nil {
			if i := slices.IndexFunc(list, func(x sessions.Summary) bool { return x.ID == open.Opened.Session }); i >= 0 {
				list[i] = sessions.Summarise(open)
			}
		}
		return listed{request, list, err}
	}
}

func (s *home) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listed:
		if msg.request != s.asked {
			return nil
		}
		s.loaded, s.err = true, msg.err
		s.trends = trends(msg.list)
		if was := places(s.all); s.still && len(was) > 0 {
			s.all = msg.list
			slices.SortStableFunc(s.all, func(a, b sessions.Summary) int { return was[a.ID] - was[b.ID] })
		} else {
			s.all = msg.list
			sortBy(s.all, s.order)
		}
		s.still = false
		s.arrange()
		return s.look()
	case drafted:
		if sum, ok := s.at(); ok && sum.ID == msg.id {
			s.drafts, s.known = msg.texts, msg.id
		}
	case screen.BackMsg:
		s.comeFrom()
		return s.load()
	case pinned:
		return msg.tell(s)
	case screen.StateChanged:
		if msg.Ended || len(msg.Data) > 0 {
			s.still = true
			return s.load()
		}
	}
	return nil
}

// places are where each review stands now; one that is not among them stands first.
func places(all []sessions.Summary) map[string]int {
	out := make(map[string]int, len(all))
	for i, sum := range all {
		out[sum.ID] = i + 1
	}
	return out
}

// arrange filters, and keeps the cursor on its review.
func (s *home) arrange() {
	s.rows = s.rows[:0]
	for i, sum := range s.all {
		if matches(sum, s.filter) {
			s.rows = append(s.rows, i)
		}
	}
	s.list.Resize(len(s.rows))
	for i, r := range s.rows {
		if s.all[r].ID == s.marked {
			s.list.At = i
		}
	}
}

// at is the marked session.
func (s *home) at() (sessions.Summary, bool) {
	if s.list.At >= len(s.rows) {
		return sessions.Summary{}, false
	}
	return s.all[s.rows[s.list.At]], true
}

// look asks for the drafts of the marked session.
func (s *home) look() tea.Cmd {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	s.marked = sum.ID
	if s.known == sum.ID {
		return nil
	}
	s.drafts = nil
	env, id := s.env, sum.ID
	return func() tea.Msg {
		texts, err := env.Store.Drafts(env.Ctx, id)
		if err != nil {
			return nil // a list without drafts is still a list; opening it says more
		}
		return drafted{id, texts}
	}
}

func (s *home) Do(id action.ID) (tea.Cmd, bool) {
	if len(s.all) == 0 {
		return s.first(id)
	}
	switch id {
	case action.Enter:
		if sum, ok := s.at(); ok {
			return screen.Resume(sum.ID, "", screen.Args{}), true
		}
		return s.Look(), true
	case action.ItemTick:
		if sum, ok := s.at(); ok {
			if s.ticked[sum.ID] {
				delete(s.ticked, sum.ID)
			} else {
				s.ticked[sum.ID] = true
			}
		}
		return nil, true
	case action.GoCompare:
		return screen.Go(screen.Compare, screen.Args{Sessions: s.toCompare()}), true
	case action.Pin:
		return s.pin(), true
	case action.RunItem:
		return s.retest(), true
	case action.GoSign:
		return s.sign(), true
	case action.Remove:
		return s.remove(), true
	case action.Order:
		s.order = (s.order + 1) % len(orders)
		sortBy(s.all, s.order)
		s.arrange()
		return screen.Tell(screen.Note, fmt.Sprintf(sortedBy, orders[s.order].words)), true
	case action.Create:
		return screen.Go(screen.Setup, screen.Args{}), true
	}
	if s.list.Do(id) {
		return s.look(), true
	}
	return nil, false
}

// Click marks the row under the mouse.
func (s *home) Click(_, y int) tea.Cmd {
	if row, ok := s.list.Row(y - s.rowsFrom); ok && len(s.all) > 0 {
		s.list.At = row
		return s.look()
	}
	return nil
}

// first is what the first start offers.
func (s *home) first(id action.ID) (tea.Cmd, bool) {
	s.list.Resize(len(offers))
	switch id {
	case action.Create:
		return screen.Go(screen.Setup, screen.Args{}), true
	case action.Enter:
		return screen.Run(offers[s.list.At].id), true
	}
	return nil, s.list.Do(id)
}

// Look looks in all journals for what no row of the list says.
func (s *home) Look() tea.Cmd {
	if s.filter == "" || len(s.rows) > 0 {
		return nil
	}
	return screen.Go(screen.Search, screen.Args{Query: s.filter})
}

// signed reports whether a review is past signing: what is there to do is to verify it.
func signed(sum sessions.Summary) bool {
	return sum.State == sessions.Submitted || sum.State == sessions.Accepted
}

// sign goes to Sign on the marked review; of one that was handed on already, to the newest report
// file of its name where one lies here, else it asks for the file to verify.
func (s *home) sign() tea.Cmd {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	if !signed(sum) {
		return screen.Resume(sum.ID, screen.Sign, screen.Args{})
	}
	env := s.env
	return func() tea.Msg {
		if x, err := sessions.View(env.Ctx, env.Store, env.Registry, sum.ID); err == nil {
			for _, name := range handover.Signed(".", x.State()) {
				if of(name, sum.ID) {
					return screen.OpenMsg{Name: screen.Verify, Args: screen.Args{File: name}}
				}
			}
		}
		return screen.DoMsg{ID: action.OpenFile}
	}
}

// of reports whether a report file is the session's, as far as it can be told: one that can't
// be read is for Verify to say.
func of(name, id string) bool {
	data, err := signing.ReadFile(name)
	if err != nil {
		return true
	}
	_, got, err := signing.NewStore(data)
	return err != nil || got == id
}

// remove asks, then moves the marked session to the trash folder.
func (s *home) remove() tea.Cmd {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	env := s.env
	text := fmt.Sprintf(removeText, strings.TrimSpace(sum.Target+" "+sum.Version), sum.Profile,
		sum.Created.Local().Format("2 Jan 2006 15:04"), sessions.AfterRemoval(env.Store))
	return screen.Ask(screen.NewConfirm(env, askRemove, text, "remove", func() tea.Cmd {
		return func() tea.Msg {
			if err := env.Store.Remove(env.Ctx, sum.ID); err != nil {
				return screen.ToastMsg{Kind: screen.Alert, Text: fmt.Sprintf(removeFailed, err)}
			}
			return screen.OpenMsg{Name: screen.Home}
		}
	}))
}

func (s *home) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *home) TextFocus() bool         { return false }

// Keep keeps the marked review and the order.
func (s *home) Keep() screen.Kept {
	return screen.Kept{"marked": s.marked, "order": orders[s.order].name}
}
func (s *home) Filtered() string { return s.filter }

// Filter shows the reviews whose target, profile, decision or state has the text.
func (s *home) Filter(text string) {
	s.filter = text
	s.arrange()
}

func (s *home) Actions() []action.State {
	if len(s.all) == 0 {
		return []action.State{action.On(action.Enter), action.On(action.Create).Say(newReview)}
	}
	sum, some := s.at()
	running := s.env.Review != nil && s.env.Review.Running != nil && s.env.Review.ID() == sum.ID
	remove := action.When(some && !running, action.Remove, itRuns)
	pin := action.When(some && sum.Damaged == "", action.Pin, nonePinnable)
	if some && !sum.Baseline.IsZero() {
		pin = pin.Say(unpin)
	}
	sign := "sign"
	if some && signed(sum) {
		sign = "verify"
	}
	enter := action.When(some, action.Enter, noneMarked)
	if !some && s.filter != "" {
		enter = action.On(action.Enter).Say(screen.LookInJournals)
	}
	return []action.State{
		enter,
		action.On(action.Create).Say(newReview),
		action.When(some, action.ItemTick, noneMarked).Say(tickToCompare),
		action.When(len(s.toCompare()) == 2, action.GoCompare, s.alone()).Hide(),
		action.When(some, action.GoSign, noneMarked).Say(sign),
		action.When(some && sum.Damaged == "", action.RunItem, noneMarked).Say("re-test").Hide(),
		pin.Hide(),
		remove.Hide(),
		action.On(action.Filter).Hide(),
		action.On(action.Order).Hide(),
	}
}
