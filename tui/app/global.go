package app

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// places are the screens that capitals go to.
var places = map[action.ID]screen.Name{
	action.GoHome: screen.Home, action.GoWalk: screen.Walk, action.GoFindings: screen.Findings,
	action.GoLive: screen.Live, action.GoDecision: screen.Decision, action.GoReport: screen.Report,
	action.GoCompare: screen.Compare, action.GoSign: screen.Sign,
	action.Settings: screen.Settings, action.Messages: screen.Messages,
	action.GoHistory: screen.History,
}

// why says why a global action can't be done now, or is empty.
func (m *Model) why(id action.ID) string {
	if name, ok := places[id]; ok {
		if _, ok := m.maker(name); !ok {
			return noSuchScreen
		}
		if perReview(name) && m.env.Review == nil {
			return screen.NoReview
		}
		if name == screen.Live {
			return m.env.Review.HasLoad()
		}
		return ""
	}
	switch id {
	case action.RunStop:
		if r := m.env.Review; r == nil || r.Running == nil {
			return screen.NothingRuns
		}
	case action.Undo, action.Redo:
		return m.whyNoUndo(id)
	case action.Elsewhere:
		if m.lost() == 0 {
			return allSaved
		}
	case action.OpenFile:
		return m.busy()
	case action.Theme:
		if m.o.Themes == nil {
			return noColour
		}
	case action.Demo:
		if m.env.StartDemo == nil {
			return noDemo
		}
	case action.Filter:
		if t := m.top(); t == nil || !filters(t.s) {
			return noList
		}
	}
	return ""
}

func filters(s screen.Screen) bool { _, ok := s.(screen.Filterer); return ok }

func (m *Model) whyNoUndo(id action.ID) string {
	r := m.env.Review
	switch {
	case r == nil:
		return screen.NoReview
	case r.ReadOnly() != "":
		return r.ReadOnly()
	case id == action.Undo && len(r.State.Undo) == 0:
		return screen.NothingToUndo
	case id == action.Redo && len(r.State.Redo) == 0:
		return screen.NothingToRedo
	}
	return ""
}

// globals lists what the root can do, for help and palette.
func (m *Model) globals() []action.State {
	var out []action.State
	for _, a := range action.Table {
		_, goes := places[a.ID]
		_, does := root[a.ID]
		if goes || does {
			out = append(out, action.State{ID: a.ID, Off: m.why(a.ID), Quiet: true})
		}
	}
	return out
}

// root is what the root does by itself.
var root map[action.ID]func(*Model) tea.Cmd

func init() {
	root = map[action.ID]func(*Model) tea.Cmd{
		action.Help:      (*Model).askHelp,
		action.Commands:  (*Model).askPalette,
		action.Quit:      (*Model).quit,
		action.QuitNow:   (*Model).leave,
		action.Redraw:    func(*Model) tea.Cmd { return tea.Sequence(tea.ClearScreen, tea.WindowSize()) },
		action.Suspend:   func(*Model) tea.Cmd { return tea.Suspend },
		action.RunStop:   func(m *Model) tea.Cmd { m.env.Review.Stop(); return nil },
		action.Undo:      func(m *Model) tea.Cmd { return m.env.Review.Undo() },
		action.Redo:      func(m *Model) tea.Cmd { return m.env.Review.Redo() },
		action.Filter:    (*Model).startFilter,
		action.Glyphs:    (*Model).turnGlyphs,
		action.Theme:     (*Model).nextTheme,
		action.Mouse:     (*Model).turnMouse,
		action.Calm:      (*Model).turnCalm,
		action.Demo:      (*Model).demo,
		action.OpenFile:  (*Model).askFile,
		action.Elsewhere: func(m *Model) tea.Cmd { m.askRescue(false); return nil },
		action.Search:    (*Model).askSearch,
	}
}

// global carries out an action of the root's. False: none of its.
func (m *Model) global(id action.ID) (tea.Cmd, bool) {
	if name, ok := places[id]; ok {
		if why := m.why(id); why != "" {
			m.tell(screen.Note, screen.NotNow(why))
			return m.toastTimer(), true
		}
		m.dialogs = nil
		if r := m.env.Review; name == screen.Sign && r != nil && r.File != "" { // it is signed; what is there to do is check it
			return m.open(screen.Verify, screen.Args{File: r.File}), true
		}
		return m.open(name, screen.Args{}), true
	}
	do, ok := root[id]
	if !ok {
		return nil, false
	}
	if why := m.why(id); why != "" {
		m.tell(screen.Note, screen.NotNow(why))
		return m.toastTimer(), true
	}
	return do(m), true
}

func (m *Model) turnGlyphs() tea.Cmd {
	p := *m.env.Paint
	p.ASCII = !p.ASCII
	m.env.Paint = &p
	return nil
}

func (m *Model) turnMouse() tea.Cmd {
	m.env.Config.Mouse = !m.env.Config.Mouse
	if m.env.Config.Mouse {
		return tea.Batch(tea.EnableMouseCellMotion, screen.Tell(screen.Note, mouseMarks))
	}
	return tea.Batch(tea.DisableMouse, screen.Tell(screen.Note, mouseSelects))
}

// turnCalm paints streamed data once a second at most and stops the running clock, or not.
func (m *Model) turnCalm() tea.Cmd {
	c := m.env.Config
	c.ReduceMotion = !c.ReduceMotion
	if c.ReduceMotion {
		return screen.Tell(screen.Note, motionCalm)
	}
	return screen.Tell(screen.Note, motionFull)
}

// askFile asks for a signed report's path and opens the screen that verifies it; from there
// it is read.
func (m *Model) askFile() tea.Cmd {
	open := func(path string) tea.Cmd { return screen.Go(screen.Verify, screen.Args{File: inHome(path)}) }
	m.ask(screen.NewPrompt(m.env, fileTitle, fileAsk, fileOpen, "", open), false)
	return nil
}

// askSearch asks what to look for in all journals.
func (m *Model) askSearch() tea.Cmd {
	m.ask(screen.NewSearch(m.env, ""), false)
	return nil
}

// demoFailed says why the demo system did not start.
type demoFailed struct{ err error }

// demo starts the demo system and opens a new review of it. Keys wait for that form.
func (m *Model) demo() tea.Cmd {
	start, ctx := m.env.StartDemo, m.ctx
	m.ahead.next = demoWait
	return func() tea.Msg {
		target, profile, err := start(ctx)
		if err != nil {
			return demoFailed{err}
		}
		return screen.OpenMsg{Name: screen.Setup, Args: screen.Args{File: target, Profile: profile}}
	}
}

// Offers lists what the focus can do, for tests of what it promises.
func (m *Model) Offers() []action.State {
	f, _ := m.focus()
	return f.Actions()
}

// Answers reports whether an action would be carried out, by the focus or by the root. It
// carries it out, so it is for tests.
func (m *Model) Answers(id action.ID) bool {
	if _, ok := root[id]; ok || id == action.Back || scope(id) == action.Anywhere {
		return true // the root's
	}
	f, _ := m.focus()
	_, ok := f.Do(id)
	return ok
}
