package app

import (
	"cmp"
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/keys"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// Options are what the root needs. Store, Registry and Paint have to be given.
type Options struct {
	Store      sessions.Store
	Vouched    *vouched.List
	Desk       screen.DeskStore // where half-typed text is kept that belongs to no session; nil: nowhere
	Registry   *checks.Registry
	Config     *config.Config
	ConfigDir  string
	Version    string
	Paint      *paint.Palette
	Themes     func(name string) (*paint.Palette, error) // for changing the theme; may be nil
	Theme      string                                    // the theme that is wanted, where Paint is not it because its file is wrong
	ThemeNames func() []string                           // lists built-in themes and the person's own; for commands
	ThemeFiles <-chan struct{}                           // tells that a theme file changed; may be nil
	Keys       *keys.Map
	Topics     []screen.Topic
	Login      string   // who acts while nobody gave a name
	Notes      []string // shown as messages at start: warnings about config files

	Open       string          // id of a session to open at once
	At         sessions.Moment // how Open is shown: as it was then; zero: as it is
	OpenFile   string          // or the report file whose session to look at
	NewTarget  string          // target file of a new review to begin with
	NewProfile string          // its profile
	Begin      bool            // begin it, or the first run of the one to open, without asking
	StartDemo  func(ctx context.Context) (target, profile string, err error)

	Now   func() time.Time
	After func(d time.Duration, msg tea.Msg) tea.Cmd

	// Screens adds to the table of screens, or replaces some, in tests.
	Screens map[screen.Name]screen.Maker
}

// Model is the root.
type Model struct {
	ctx     context.Context
	cancel  context.CancelFunc
	o       Options
	env     *screen.Env
	stack   []*open // the bottom one is Home
	dialogs []*dialog
	ids     int // of the last screen or dialog made
	places  map[screen.Name]screen.Kept
	recent  []action.ID // last commands of the palette, newest first

	ahead   ahead
	offered int            // changes in memory only when another folder was offered last
	rescued *screen.Review // it can't be saved where it is, and is kept in another folder
	filter  *widget.Field  // while a filter is being typed
	toast   *screen.Toast
	toastID int
	clock   bool   // a tick of the status line's clock is on its way
	place   bool   // a look at where the person is is on its way
	moved   bool   // the person may have gone elsewhere since the last look
	theme   string // the wanted theme, which may be another than is painted with
	closed  bool   // the review is being closed, or is
	leaving bool   // waits for the run to end
	leftAt  time.Time
	err     error // what could not be written when leaving

	w, h  int
	frame frame
}

// open is a screen on the stack.
type open struct {
	id   int
	name screen.Name
	s    screen.Screen
}

// dialog is a dialog over the screen.
type dialog struct {
	id   int
	d    screen.Dialog
	deaf time.Time // keys before this moment are not for it
}

// New makes the root with Home at the bottom of the stack.
func New(ctx context.Context, o Options) *Model {
	ctx, cancel := context.WithCancel(ctx)
	defaults(&o)
	m := &Model{ctx: ctx, cancel: cancel, o: o, places: map[screen.Name]screen.Kept{}}
	m.env = &screen.Env{
		Ctx: ctx, Store: o.Store, Vouched: o.Vouched, Registry: o.Registry, Config: o.Config, ConfigDir: o.ConfigDir,
		Version: o.Version, Paint: o.Paint, Keys: o.Keys, Topics: o.Topics,
		Now: o.Now, After: o.After, Judge: judge, StartDemo: o.StartDemo, Login: o.Login,
		ThemeNames: o.ThemeNames,
	}
	var err error
	if m.env.Desk, err = screen.NewDesk(m.env, o.Desk); err != nil {
		m.o.Notes = append(m.o.Notes, err.Error())
	}
	m.theme = cmp.Or(o.Theme, o.Paint.Theme.Name)
	return m
}

func defaults(o *Options) {
	if o.Config == nil {
		o.Config = &config.Config{}
	}
	if o.Keys == nil {
		o.Keys = keys.Default()
	}
	if o.ThemeNames == nil {
		o.ThemeNames = themes.Names
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.After == nil {
		o.After = func(d time.Duration, msg tea.Msg) tea.Cmd {
			return tea.Tick(d, func(time.Time) tea.Msg { return msg })
		}
	}
}

// Env is what the screens see, for tests.
func (m *Model) Env() *screen.Env { return m.env }

// Err is what could not be written when leaving.
func (m *Model) Err() error { return m.err }

// Init opens Home, and over it what was asked for.
func (m *Model) Init() tea.Cmd {
	cmds := []tea.Cmd{m.open(screen.Home, screen.Args{}), m.watch()}
	for _, n := range m.o.Notes {
		cmds = append(cmds, screen.Tell(screen.Alert, n))
	}
	switch {
	case m.o.OpenFile != "":
		cmds = append(cmds, screen.ResumeFile(m.o.OpenFile))
	case m.o.Open != "":
		resume := screen.ResumeMsg{ID: m.o.Open, At: m.o.At}
		if m.o.Begin {
			resume.Run = []checks.Class{checks.Local, checks.Safe}
		}
		cmds = append(cmds, func() tea.Msg { return resume })
	case m.o.NewTarget != "":
		cmds = append(cmds, m.open(screen.Setup, screen.Args{File: m.o.NewTarget, Profile: m.o.NewProfile, Begin: m.o.Begin}))
	case len(m.env.Desk.All()) > 0:
		m.ask(&desk{env: m.env}, true)
	}
	return tea.Batch(cmds...)
}

// Update takes one message. What it does to the model is in the functions it calls; it
// never waits for anything.
func (m *Model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.w, m.h = msg.Width, msg.Height
		m.frame.dirty()
	case tea.KeyMsg:
		m.frame.dirty()
		m.moved = true
		cmd = m.key(msg)
	case tea.MouseMsg:
		m.frame.dirty()
		m.moved = true
		cmd = m.click(msg)
	case aheadMsg:
		m.frame.soon()
		return m, m.answered(msg)
	case aheadDue:
		if msg.key == m.ahead.key {
			m.frame.dirty()
			cmd = m.release()
		}
	case frameMsg:
		m.frame.due()
	case placeMsg:
		m.place = false
		cmd = m.keepPlaces()
	case addressed:
		m.frame.soon()
		cmd = m.deliver(msg)
	default:
		m.frame.soon()
		cmd = m.receive(msg, nil)
	}
	return m, m.tick(cmd)
}

// tick adds the timers that are due: the next frame, the clock, the look at the place.
// While nothing runs and nobody presses a key there is none.
func (m *Model) tick(cmd tea.Cmd) tea.Cmd {
	least, every := frameTime, time.Second
	if r := m.env.Review; r != nil && r.Loading() {
		least = loadTime
	}
	if r := m.env.Review; r != nil && r.Running != nil && m.env.Config.ReduceMotion {
		least, every = calmTime, calmClock
	}
	if wait := m.frame.wait(m.o.Now(), least); wait > 0 {
		cmd = tea.Batch(cmd, m.o.After(wait, frameMsg{}))
	}
	if r := m.env.Review; r != nil && r.Running != nil && !m.clock {
		m.clock = true
		cmd = tea.Batch(cmd, m.o.After(every, clockMsg{}))
	}
	if m.env.Review != nil && m.moved && !m.place {
		m.place, m.moved = true, false
		cmd = tea.Batch(cmd, m.o.After(time.Second, placeMsg{}))
	}
	return cmd
}

type (
	frameMsg struct{}
	clockMsg struct{}
	placeMsg struct{}
	toastMsg struct{ id int }
)
