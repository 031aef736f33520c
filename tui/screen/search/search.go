// Package search looks through the journals of all saved reviews: reasons, notes,
// findings, conditions, waivers, items and people. What is found opens in its review.
//
// It imports no other screen.
package search

import (
	"context"
	"errors"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type search struct {
	env    *screen.Env
	query  string
	filter string
	all    []hit // those of the review touched last first, and in it the latest first
	rows   []int // those that the filter leaves, as indexes into all
	list   widget.List
	from   int // the line on which the list began when last shown
	asked  uint64
	stop   context.CancelFunc
	busy   bool
	more   bool // there are more than are shown
	err    error
}

// hit is an event with the review that it is of.
type hit struct {
	sessions.Hit
	review string // its target and version
	lower  string
}

// answer is what was found.
type answer struct {
	request uint64
	hits    []hit
	err     error
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &search{env: env} }

// Open searches for the query in args; coming back keeps what was found.
func (s *search) Open(args screen.Args) tea.Cmd {
	query := args.Query
	if query == "" {
		if query = args.Kept["query"]; query == "" || query == s.query {
			return nil
		}
		s.list.Restore(args.Kept, "")
	} else {
		s.list = widget.List{}
	}
	s.query, s.filter = query, ""
	return s.look()
}

// look reads all journals in a command; a newer search gives an older one up.
func (s *search) look() tea.Cmd {
	if s.stop != nil {
		s.stop()
	}
	s.asked++
	s.busy, s.err, s.more, s.all = true, nil, false, nil
	s.arrange()
	ctx, stop := context.WithCancel(s.env.Ctx)
	s.stop = stop
	env, request, query := s.env, s.asked, s.query
	return func() tea.Msg {
		defer stop()
		list, err := sessions.List(ctx, env.Store, env.Registry)
		if err != nil {
			return answer{request: request, err: err}
		}
		slices.SortStableFunc(list, func(a, b sessions.Summary) int { return b.Touched.Compare(a.Touched) })
		found, err := sessions.Search(ctx, env.Store, list, query)
		return answer{request, hits(list, found), err}
	}
}

// hits puts the reviews' names to what was found, the latest of each first.
func hits(list []sessions.Summary, found []sessions.Hit) []hit {
	names, place := map[string]string{}, map[string]int{}
	for i, sum := range list {
		names[sum.ID], place[sum.ID] = strings.TrimSpace(sum.Target+" "+sum.Version), i
	}
	out := make([]hit, 0, len(found))
	for _, h := range found {
		text := names[h.Session] + "\n" + string(h.By) + "\n" + h.What + "\n" + strings.Join(h.Items, " ")
		out = append(out, hit{h, names[h.Session], strings.ToLower(text)})
	}
	slices.SortStableFunc(out, func(a, b hit) int {
		if d := place[a.Session] - place[b.Session]; d != 0 {
			return d
		}
		return int(b.Seq) - int(a.Seq)
	})
	return out
}

func (s *search) Update(msg tea.Msg) tea.Cmd {
	m, ok := msg.(answer)
	if !ok || m.request != s.asked {
		return nil
	}
	s.busy, s.all = false, m.hits
	if s.more = errors.Is(m.err, sessions.ErrTooMany); !s.more {
		s.err = m.err
	}
	if s.err != nil && len(s.all) > 0 { // of one journal: what the others say is shown
		s.err = nil
		s.arrange()
		return screen.Fail(m.err)
	}
	s.arrange()
	return nil
}

func (s *search) arrange() {
	want := strings.ToLower(s.filter)
	s.rows = s.rows[:0]
	for i, h := range s.all {
		if strings.Contains(h.lower, want) {
			s.rows = append(s.rows, i)
		}
	}
	if len(s.all) > 0 || !s.busy { // the cursor waits for its list
		s.list.Resize(len(s.rows))
	}
}

// at is the marked one, or nil.
func (s *search) at() *hit {
	if s.list.At < len(s.rows) {
		return &s.all[s.rows[s.list.At]]
	}
	return nil
}

func (s *search) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Enter:
		return s.open(), true
	case action.Edit:
		return screen.Ask(screen.NewSearch(s.env, s.query)), true
	case action.Back:
		if s.stop != nil {
			s.stop()
		}
		return nil, false // the root goes back
	}
	return nil, s.list.Do(id)
}

// open goes to the item in its review; what is about no item is opened in the history.
func (s *search) open() tea.Cmd {
	h := s.at()
	if h == nil {
		return nil
	}
	if len(h.Items) > 0 {
		return screen.Resume(h.Session, screen.Walk, screen.Args{Item: h.Items[0]})
	}
	return screen.Resume(h.Session, screen.History, screen.Args{Query: s.query})
}

// Click marks the row under the mouse.
func (s *search) Click(_, y int) tea.Cmd {
	if row, ok := s.list.Row(y - s.from); ok {
		s.list.At = row
	}
	return nil
}

func (s *search) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *search) TextFocus() bool         { return false }
func (s *search) Filtered() string        { return s.filter }

// Filter narrows what was found.
func (s *search) Filter(text string) {
	s.filter = text
	s.arrange()
}

// Keep keeps what was searched for and the marked row.
func (s *search) Keep() screen.Kept {
	k := screen.Kept{"query": s.query}
	s.list.Keep(k, "")
	return k
}

func (s *search) Actions() []action.State {
	return []action.State{
		action.When(s.at() != nil, action.Enter, screen.NothingMarked),
		action.On(action.Edit).Say(otherWords),
		action.When(len(s.all) > 0, action.Filter, noneToNarrow).Say(narrow),
		action.On(action.Back),
	}
}
