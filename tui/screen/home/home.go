// Package home is the list of saved reviews: first the decisions, then what waits in the
// marked one.
//
// It imports screen, paint, widget, action, themes and sessions, and no other screen.
package home

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
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
	err    error
	asked  uint64            // request id of the list and of drafts
	marked string            // id that comes back under the cursor
	drafts map[string]string // of the marked session
	known  string            // whose drafts these are
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
	return s.load()
}

// load asks for the list of sessions.
func (s *home) load() tea.Cmd {
	s.asked++
	env, request := s.env, s.asked
	return func() tea.Msg {
		list, err := sessions.List(env.Ctx, env.Store, env.Registry)
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
		s.all = msg.list
		s.trends = trends(msg.list)
		s.arrange()
		return s.look()
	case drafted:
		if sum, ok := s.at(); ok && sum.ID == msg.id {
			s.drafts, s.known = msg.texts, msg.id
		}
	case screen.BackMsg:
		return s.load()
	case screen.StateChanged:
		if msg.Ended || len(msg.Data) > 0 {
			return s.load()
		}
	}
	return nil
}

// arrange sorts and filters, and keeps the cursor on its review.
func (s *home) arrange() {
	sortBy(s.all, s.order)
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
		return nil, true
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
		return screen.Go(screen.Compare, screen.Args{Sessions: s.tickedIDs()}), true
	case action.GoSign:
		return s.sign(), true
	case action.Remove:
		return s.remove(), true
	case action.Order:
		s.order = (s.order + 1) % len(orders)
		s.arrange()
		return screen.Tell(screen.Note, "sorted by "+orders[s.order]), true
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
	if row := s.list.Top + y - rowsFrom; len(s.all) > 0 && row >= s.list.Top && row < len(s.rows) {
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

// sign goes to Sign on the marked review.
func (s *home) sign() tea.Cmd {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	return screen.Resume(sum.ID, screen.Sign, screen.Args{})
}

// remove asks, then moves the marked session to the trash folder.
func (s *home) remove() tea.Cmd {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	env := s.env
	text := strings.TrimSpace(sum.Target+" "+sum.Version) + ", " + sum.Profile + ", of " +
		sum.Created.Local().Format("2 Jan 2006 15:04") + ". It goes to the trash folder and can be put back from there."
	return screen.Ask(screen.NewConfirm(env, "Remove this review?", text, "remove", func() tea.Cmd {
		return func() tea.Msg {
			if err := env.Store.Remove(env.Ctx, sum.ID); err != nil {
				return screen.ToastMsg{Kind: screen.Alert, Text: "can't remove it: " + err.Error()}
			}
			return screen.OpenMsg{Name: screen.Home}
		}
	}))
}

func (s *home) tickedIDs() []string {
	var out []string
	for i := len(s.all) - 1; i >= 0; i-- { // the older one first
		if s.ticked[s.all[i].ID] {
			out = append(out, s.all[i].ID)
		}
	}
	return out
}

func (s *home) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *home) TextFocus() bool         { return false }
func (s *home) Keep() screen.Kept       { return screen.Kept{"marked": s.marked} }
func (s *home) Filtered() string        { return s.filter }

// Filter shows the reviews whose target, profile, decision or state has the text.
func (s *home) Filter(text string) {
	s.filter = text
	s.arrange()
}

func (s *home) Actions() []action.State {
	if len(s.all) == 0 {
		return []action.State{action.On(action.Enter), action.On(action.Create).Say("new review")}
	}
	sum, some := s.at()
	running := s.env.Review != nil && s.env.Review.Running != nil && s.env.Review.ID() == sum.ID
	remove := action.When(some && !running, action.Remove, "it is running")
	compare := action.When(len(s.ticked) == 2, action.GoCompare, "tick two reviews with "+s.env.Key(action.ItemTick)).Hide()
	return []action.State{
		action.When(some, action.Enter, "no review is marked"),
		action.On(action.Create).Say("new review"),
		action.When(some, action.ItemTick, "no review is marked").Say("tick two, {go.compare} compare"),
		compare,
		action.When(some, action.GoSign, "no review is marked").Say("sign, verify"),
		remove.Hide(),
		action.On(action.Filter).Hide(),
		action.On(action.Order).Hide(),
	}
}
