// Package live is the screen on which load is watched while it is on the target: what is
// sent where, the curves of its latency, each step with its numbers, the knee, and how much
// of the ceilings is used. When the run is over it shows the result, also of a session that
// is opened again, from the evidence.
//
// It imports no other screen.
package live

import (
	"fmt"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// view is what stands above the table.
type view int

const (
	chart     view = iota // the curves
	histogram             // how the latencies of one step are spread
	table                 // nothing: the table has the whole screen
	views
)

type live struct {
	env      *screen.Env
	view     view
	list     widget.List // the table
	moved    bool        // the cursor is the person's; else it follows what runs
	notes    bool        // the notes have the focus
	top      int         // first note in sight
	recorded *screen.Load
	of       *sessions.State // that recorded is of, or is being read of
	w, h     int
}

// read answers with the evidence of the load checks.
type read struct {
	st   *sessions.State
	load *screen.Load
	err  error
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &live{env: env} }

// Open restores the view and reads what earlier sittings recorded.
func (s *live) Open(args screen.Args) tea.Cmd {
	if n, err := strconv.Atoi(args.Kept["view"]); err == nil && n >= 0 && n < int(views) {
		s.view = view(n)
	}
	if args.Kept["moved"] == "true" {
		s.moved = true
		s.list.Restore(args.Kept, "")
	}
	s.resize()
	return s.recall()
}

// load is what is shown: this sitting's, else what the evidence tells; nil while there is
// none.
func (s *live) load() *screen.Load {
	switch r := s.env.Review; {
	case r == nil:
		return nil
	case r.Load != nil:
		return r.Load
	}
	return s.recorded
}

// recall reads the evidence of a review in whose sitting no load ran.
func (s *live) recall() tea.Cmd {
	r := s.env.Review
	if r == nil || r.Load != nil || s.of == r.State {
		return nil
	}
	s.of = r.State
	ctx, session, st := s.env.Ctx, r.Session, r.State
	return func() tea.Msg {
		texts := map[string]string{}
		for _, it := range screen.Loaded(st) {
			for _, e := range it.Machine.Evidence {
				body, err := session.Evidence(ctx, e.SHA256)
				if err != nil && st.Redacted[e.SHA256] == "" {
					return read{st: st, err: err}
				}
				texts[e.SHA256] = string(body)
			}
		}
		return read{st: st, load: screen.RecordedLoad(st, texts)}
	}
}

// Update takes the evidence that was read and the review's changes.
func (s *live) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case read:
		if msg.err != nil {
			return screen.Fail(msg.err)
		}
		if msg.st == s.of {
			s.recorded = msg.load
		}
	case screen.StateChanged:
		s.resize()
		return s.recall()
	}
	s.resize()
	return nil
}

// resize keeps the cursor on its row, or on what runs.
func (s *live) resize() {
	l := s.load()
	if l == nil {
		s.list.Resize(0)
		return
	}
	s.list.Resize(len(l.Rows))
	if s.moved {
		return
	}
	if at := s.current(l); at >= 0 {
		s.list.At = at
	}
}

// current is the row that runs, else the last that began, or -1.
func (s *live) current(l *screen.Load) int {
	if at := l.Current(); at >= 0 {
		return at
	}
	last := -1
	for i := range l.Rows {
		if l.Rows[i].Over {
			last = i
		}
	}
	return last
}

// Do moves, turns, copies and opens the item of the marked step.
func (s *live) Do(id action.ID) (tea.Cmd, bool) {
	l := s.load()
	if l == nil {
		return nil, false
	}
	switch id {
	case action.Turn:
		s.view = (s.view + 1) % views
		return nil, true
	case action.Copy:
		return s.copy(l), true
	case action.NextPane, action.PrevPane:
		s.notes = !s.notes && s.wide()
		return nil, true
	case action.Enter:
		if s.list.At < len(l.Rows) {
			return screen.Go(screen.Walk, screen.Args{Item: l.Rows[s.list.At].Item}), true
		}
		return nil, true
	}
	if s.notes {
		return nil, s.scroll(id, len(l.Log))
	}
	if s.list.Do(id) {
		s.moved = true
		return nil, true
	}
	return nil, false
}

// scroll moves the notes.
func (s *live) scroll(id action.ID, n int) bool {
	switch id {
	case action.Down:
		s.top++
	case action.Up:
		s.top--
	case action.PageDown:
		s.top += 10
	case action.PageUp:
		s.top -= 10
	case action.Top:
		s.top = 0
	case action.Bottom:
		s.top = n
	default:
		return false
	}
	s.top = max(0, min(s.top, n-1))
	return true
}

func (s *live) wide() bool { return s.w >= wideFrom }

// Type takes no keys.
func (s *live) Type(tea.KeyMsg) tea.Cmd { return nil }

// TextFocus is never on.
func (s *live) TextFocus() bool { return false }

// Keep is the view and the marked row.
func (s *live) Keep() screen.Kept {
	k := screen.Kept{"view": strconv.Itoa(int(s.view)), "moved": strconv.FormatBool(s.moved)}
	s.list.Keep(k, "")
	return k
}

// Actions are stopping, turning and copying.
func (s *live) Actions() []action.State {
	l, r := s.load(), s.env.Review
	some := l != nil
	stop := action.Off(action.RunStop, screen.NothingRuns).Hide()
	walk := action.On(action.GoWalk)
	if r != nil && r.Running != nil {
		stop = action.When(!r.Running.Stopped, action.RunStop, stopsAlready).Say(stopWord)
		walk = walk.Say(walkGoesOn)
	}
	pane := action.Off(action.NextPane, fmt.Sprintf(onePane, wideFrom)).Hide()
	if s.wide() {
		pane = action.When(some, action.NextPane, noLoadToShow).Say(paneWord)
	}
	return []action.State{
		stop, pane,
		action.When(some, action.Turn, noLoadToShow).Say(viewNames[(s.view+1)%views]),
		action.When(some, action.Copy, noLoadToShow).Say(copyWord),
		action.When(some && len(l.Rows) > 0, action.Enter, noLoadToShow).Say(itsItem),
		walk,
		action.When(some, action.Down, noLoadToShow).And(action.Up).Say(rowsWord).Hide(),
	}
}

// Heading names the screen in help.
func (s *live) Heading() string { return heading }

// Status says what runs, how much of its time it has used and how long it still takes.
func (s *live) Status() screen.Status {
	r := s.env.Review
	st := r.Status(s.env.Now())
	if r == nil || r.Running == nil || r.Load == nil || r.Running.Stopped || r.Load.Began.IsZero() {
		return st
	}
	l := r.Load
	st.Sign, st.Token = themes.SignRunning, themes.Running
	st.Left = fmt.Sprintf(loadRuns, clock(l.Used.Spent), clock(l.Used.MostTime), clock(l.Left()))
	return st
}
