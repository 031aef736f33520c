package screen

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/vouched"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/keys"
	"assess/gonogo/tui/paint"
)

// Env is what the root gives to every screen. Screens keep the pointer and read from it
// when they need something: theme, review and configuration change under it. Only the
// root writes to it.
type Env struct {
	Ctx       context.Context // ends when the program does; commands work under it
	Store     sessions.Store
	Vouched   *vouched.List // whose targets may be run from here
	Registry  *checks.Registry
	Config    *config.Config
	ConfigDir string
	Version   string
	Login     string // who acts while nobody gave a name: user@host
	Paint     *paint.Palette
	Keys      *keys.Map
	Review    *Review // the review that is open, or nil
	Desk      *Drafts // half-typed texts that belong to no review; nil keeps none
	Toasts    []Toast // of this sitting, oldest first
	Topics    []Topic // the documentation

	// ThemeNames lists the built-in themes and the person's own. It reads a folder, so it
	// is called in commands.
	ThemeNames func() []string

	Now   func() time.Time
	After func(d time.Duration, msg tea.Msg) tea.Cmd // sends msg in a while

	Judge Judge // computes scores; for commands

	// StartDemo starts the demo system and returns its target file; nil where there is none.
	StartDemo func(ctx context.Context) (target, profile string, err error)
}

// Topic is a page of the documentation.
type Topic struct{ Name, Title, Text string }

// By is who acts: the person of this sitting, as the journal will name them.
func (e *Env) By() clean.Text {
	if e.Config.Me.Name != "" {
		return clean.Line(e.Config.Me.Name)
	}
	return clean.Line(e.Login)
}

// Key is the label of an action's first key, for hints: "t turns". Where a line is typed it
// is the key only if that can be typed, else the action's word.
func (e *Env) Key(id action.ID) string {
	if e.Config != nil && e.Config.Plain {
		return e.typed(id)
	}
	if k := e.Keys.Key(id); k != "" {
		return k
	}
	return ":"
}

// typed is what is typed for an action, line by line.
func (e *Env) typed(id action.ID) string {
	switch id {
	case action.Back, action.DialogNo, action.FieldLeave:
		return "b"
	case action.RunStop:
		return "Ctrl+C"
	}
	if k := e.Keys.Key(id); len([]rune(k)) == 1 {
		return k
	}
	return action.State{ID: id}.Label()
}

// Maker makes a screen.
type Maker func(*Env) Screen
