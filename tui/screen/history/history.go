// Package history is who did what when in the open review, latest first. What is marked
// can be opened as the review was right after it.
//
// It imports no other screen.
package history

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type history struct {
	env    *screen.Env
	all    []row // latest first
	rows   []row // those that the filter leaves
	list   widget.List
	marked uint64 // number of the event that keeps the cursor; 0: the latest
	item   string // whose history it is; empty: the review's
	filter string
	read   bool // the events were told once
	mixed  bool // several accounts of the store wrote them: rows say which
	seq    uint64

	rowsFrom int // the line on which the rows began when last shown
}

// row is an event with what a filter looks at, and what it did to the item whose history
// it is; empty: nothing.
type row struct {
	sessions.Happening
	lower  string
	toItem string
}

// told are the events up to seq, for the review that they are of.
type told struct {
	review *screen.Review
	item   string
	rows   []row
	mixed  bool
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &history{env: env} }

// Open takes the screen's place, or an item to show the history of.
func (s *history) Open(args screen.Args) tea.Cmd {
	if k := args.Kept; k != nil {
		s.filter = k["filter"]
		s.marked, _ = strconv.ParseUint(k["marked"], 10, 64)
	}
	if args.Query != "" {
		s.filter, s.marked = args.Query, 0
	}
	if args.Item != "" {
		s.item, s.filter, s.marked = args.Item, "", 0
	}
	return s.tell()
}

// tell tells the events in a command: a long review has very many.
func (s *history) tell() tea.Cmd {
	r := s.env.Review
	if r == nil {
		return nil
	}
	s.seq = r.State.Seq
	item := s.item
	return func() tea.Msg {
		events := r.Session.Events()
		toItem := map[uint64]string{}
		if item != "" {
			for _, h := range sessions.History(events, item) {
				toItem[h.Seq] = h.What
			}
		}
		list := sessions.History(events)
		rows := make([]row, 0, len(list))
		for _, h := range slices.Backward(list) {
			text := strings.ToLower(h.Who() + "\n" + h.What + "\n" + strings.Join(h.Items, " "))
			rows = append(rows, row{h, text, toItem[h.Seq]})
		}
		mixed := slices.ContainsFunc(events, func(e sessions.Event) bool { return e.Role != events[0].Role })
		return told{r, item, rows, mixed}
	}
}

func (s *history) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case screen.StateChanged, screen.BackMsg:
		if r := s.env.Review; r != nil && r.State.Seq != s.seq {
			return s.tell()
		}
	case told:
		if msg.review == s.env.Review && (msg.item == s.item || s.item == "") {
			s.all, s.read, s.mixed = msg.rows, true, msg.mixed
			s.refresh()
		}
	}
	return nil
}

// refresh filters, and keeps the cursor on its event.
func (s *history) refresh() {
	want := strings.ToLower(s.filter)
	s.rows = s.all[:0:0]
	at := 0
	for _, x := range s.all {
		if !strings.Contains(x.lower, want) || s.item != "" && x.toItem == "" {
			continue
		}
		if s.item != "" {
			x.What = x.toItem
		}
		if s.marked != 0 && x.Seq >= s.marked {
			at = len(s.rows)
		}
		s.rows = append(s.rows, x)
	}
	s.list.Resize(len(s.rows))
	s.list.At = at
}

// at is the marked event, or nil.
func (s *history) at() *row {
	if s.list.At < len(s.rows) {
		return &s.rows[s.list.At]
	}
	return nil
}

func (s *history) Do(id action.ID) (tea.Cmd, bool) {
	if id == action.Enter {
		x := s.at()
		if x == nil || s.now(x) != "" {
			return nil, true
		}
		return screen.Revisit(s.env.Review, sessions.Moment{Seq: x.Seq}), true
	}
	ok := s.list.Do(id)
	if x := s.at(); ok && x != nil {
		s.marked = x.Seq
	}
	return nil, ok
}

// Click marks the row under the mouse.
func (s *history) Click(_, y int) tea.Cmd {
	if i, ok := s.list.Row(y - s.rowsFrom); ok {
		s.list.At, s.marked = i, s.rows[i].Seq
	}
	return nil
}

// now says why an event can't be gone back to, or is empty.
func (s *history) now(x *row) string {
	if r := s.env.Review; x.Seq == r.State.Seq {
		return openAlready
	}
	return ""
}

func (s *history) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *history) TextFocus() bool         { return false }

// Filtered is the text that is looked for, else the item whose history is shown.
func (s *history) Filtered() string { return cmp.Or(s.filter, s.item) }

// Filter shows the events whose words, people or items have the text. Without one, or with
// another than the item's id, the whole review's are shown.
func (s *history) Filter(text string) {
	if text != s.item || s.item == "" {
		s.item, s.filter = "", text
	}
	s.refresh()
}

func (s *history) Keep() screen.Kept {
	return screen.Kept{"filter": s.filter, "marked": strconv.FormatUint(s.marked, 10)}
}

func (s *history) Actions() []action.State {
	open := action.On(action.Enter)
	if x := s.at(); s.env.Review == nil || x == nil {
		open = action.Off(action.Enter, screen.NothingMarked)
	} else if why := s.now(x); why != "" {
		open = action.Off(action.Enter, why)
	}
	return []action.State{open.Say(asOfThen), action.On(action.Filter)}
}
