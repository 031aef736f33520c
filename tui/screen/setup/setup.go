// Package setup is New review: which target, held to which profile, what may be sent, by
// whom, and which earlier review it begins from.
//
// It imports no other screen.
package setup

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// field is one place of the form.
type field int

// The fields, in order. The level follows from the target and can't be chosen here.
const (
	targetField field = iota
	profileField
	intrusiveField
	loadField
	assessorField
	fromField
	fields
)

// pause is how long typing a path pauses before the file is read.
const pause = 250 * time.Millisecond

type setup struct {
	env      *screen.Env
	focus    field
	target   widget.Field
	assessor widget.Field

	profiles []profileRow
	profile  int
	wanted   string // the profile to choose once they are read
	own      string // the review whose own copy is that profile where no other has the name
	probErr  error  // profiles that can't be read

	intrusive, load bool
	earlier         []earlier
	from            int    // 0: nothing
	again           string // the review to begin from once the list is there; empty once chosen

	read     reading // what was last learned of the target
	asked    uint64  // request id of the reading that counts
	begin    bool    // begin as soon as it is read
	creating bool    // a session is being created
	err      error   // why it could not begin
	touched  bool    // something was typed or chosen

	surveying bool // a repository or a system is being looked at
	stop      context.CancelFunc
}

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	s := &setup{env: env}
	s.assessor.Limit = 100
	return s
}

func (s *setup) Open(args screen.Args) tea.Cmd {
	s.err = nil
	k := args.Kept
	if k == nil && args.File == "" && len(args.Sessions) == 0 {
		k = s.left()
	}
	s.target.Set(pick(args.File, k["target"], "target.toml"))
	s.assessor.Set(pick(k["assessor"], s.env.Config.Me.Name))
	s.wanted = pick(args.Profile, k["profile"])
	s.intrusive, s.load = k["intrusive"] == "yes", k["load"] == "yes"
	s.touched = len(k) > 0 && k["touched"] == "yes"
	s.begin = args.Begin
	s.own = k["own"]
	if s.again = k["from"]; len(args.Sessions) == 1 {
		s.again = args.Sessions[0]
		s.own = s.again
		s.focus = fromField
	}
	if args.File != "" && s.env.Config.Me.Name == "" {
		s.focus = assessorField
	}
	return tea.Batch(s.readProfiles(), s.readTarget())
}

func pick(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func (s *setup) Keep() screen.Kept {
	k := screen.Kept{"target": s.target.Text(), "assessor": s.assessor.Text(), "own": s.own}
	if s.profile < len(s.profiles) {
		k["profile"] = s.profiles[s.profile].name
	}
	if s.from > 0 && s.from <= len(s.earlier) {
		k["from"] = s.earlier[s.from-1].id
	}
	for name, on := range map[string]bool{"intrusive": s.intrusive, "load": s.load, "touched": s.touched} {
		if on {
			k[name] = "yes"
		}
	}
	return k
}

func (s *setup) TextFocus() bool { return s.focus == targetField || s.focus == assessorField }

func (s *setup) Type(k tea.KeyMsg) tea.Cmd {
	f := &s.target
	if s.focus == assessorField {
		f = &s.assessor
	}
	switch k.Type {
	case tea.KeyEnter, tea.KeyDown:
		s.move(1)
		return nil
	case tea.KeyUp:
		s.move(-1)
		return nil
	}
	before := f.Text()
	cmd, _ := f.Type(k)
	if f.Text() == before {
		return cmd
	}
	s.changed()
	if s.focus == targetField {
		s.giveUp()
		s.asked++ // whatever is being read is out of date
		s.read = reading{}
		cmd = tea.Batch(cmd, s.env.After(pause, paused{s.asked}))
	}
	return tea.Batch(cmd, s.keep())
}

// paused says that typing a path paused.
type paused struct{ request uint64 }

func (s *setup) move(by int) {
	s.focus = (s.focus + field(by) + fields) % fields
	for s.hidden(s.focus) {
		s.focus = (s.focus + field(by) + fields) % fields
	}
}

// hidden reports whether a field is not on the form: nothing could be chosen there.
func (s *setup) hidden(f field) bool {
	switch f {
	case intrusiveField, loadField:
		return s.sendsNothing()
	case fromField:
		return len(s.earlier) == 0
	}
	return false
}

// sendsNothing reports whether it is known that the review sends nothing to anybody.
func (s *setup) sendsNothing() bool {
	c := s.read.counts
	return c != nil && c[checks.Safe]+c[checks.Intrusive]+c[checks.Load] == 0
}

// changed is told of all that a person types or chooses. Who works on the form also says
// when the review begins: half a name must not begin one.
func (s *setup) changed() { s.touched, s.begin, s.err = true, false, nil }

func (s *setup) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldNext, action.NextPane:
		s.move(1)
	case action.FieldPrev, action.PrevPane:
		s.move(-1)
	case action.FieldSave:
		return s.save(), true
	case action.FieldLeave, action.Back:
		if s.surveying {
			s.giveUp()
			return nil, true
		}
		return nil, false // the root goes back; what was typed is kept
	case action.Down:
		if s.focus != profileField || !s.choose(1) {
			s.move(1)
		}
		return tea.Batch(s.replan(), s.keep()), true
	case action.Up:
		if s.focus != profileField || !s.choose(-1) {
			s.move(-1)
		}
		return tea.Batch(s.replan(), s.keep()), true
	case action.ItemTick, action.Enter, action.Left, action.Right:
		cmd := s.turn(id)
		return tea.Batch(cmd, s.keep()), true
	case action.Remove:
		return s.drop(), true
	default:
		return nil, false
	}
	return nil, true
}

// save begins the review, or drafts the target file that it lacks.
func (s *setup) save() tea.Cmd {
	if s.read.look != nil {
		return s.survey()
	}
	return s.start()
}

// choose marks the profile below or above, where there is one.
func (s *setup) choose(by int) bool {
	to := s.profile + by
	if to < 0 || to >= len(s.profiles) {
		return false
	}
	s.profile = to
	s.changed()
	return true
}

// turn changes the choice under the cursor.
func (s *setup) turn(id action.ID) tea.Cmd {
	s.changed()
	by := 1
	if id == action.Left {
		by = -1
	}
	switch s.focus {
	case profileField:
		if n := len(s.profiles); n > 0 {
			s.profile = (s.profile + by + n) % n
		}
		return s.replan()
	case intrusiveField:
		s.intrusive = !s.intrusive
	case loadField:
		s.load = !s.load
	case fromField:
		s.again = ""
		n := len(s.earlier) + 1
		s.from = (s.from + by + n) % n
	}
	return nil
}

func (s *setup) Actions() []action.State {
	out := []action.State{action.On(action.FieldNext)}
	if !s.TextFocus() {
		out = append(out, action.On(action.ItemTick).Say(choose))
	}
	save := action.When(s.missing() == "", action.FieldSave, s.missing()).Say(begin)
	if s.read.look != nil && !s.surveying {
		save = action.On(action.FieldSave).Say(lookAndDraft)
	}
	if s.surveying {
		return []action.State{action.On(action.FieldLeave).Say(giveUp), save.Hide(), out[0].Hide()}
	}
	if s.touched {
		out = append(out, action.On(action.Remove).Say(screen.DropDraft))
	}
	return append(out, save, action.On(action.Back).Say(homeKept), action.On(action.FieldPrev).Hide())
}

// missing says what the review can't begin without, or is empty.
func (s *setup) missing() string {
	r := s.env.Review
	switch {
	case s.creating:
		return beingCreated
	case r != nil && r.Running != nil:
		return screen.OtherRuns
	case s.read.err != nil:
		return hasErrors
	case s.surveying:
		return stillLooking
	case s.read.target == nil:
		return noTargetRead
	case s.read.planErr != nil:
		return doNotFit
	case s.profile >= len(s.profiles):
		return noProfileRead
	case s.assessor.Text() == "":
		return sayWhoAssesses
	}
	return ""
}

// classes are what begins at once: nothing that needs consent.
func (s *setup) classes() []checks.Class { return []checks.Class{checks.Local, checks.Safe} }

// asks are the classes to ask consent for as soon as the review is open.
func (s *setup) asks() []checks.Class {
	var out []checks.Class
	if s.intrusive {
		out = append(out, checks.Intrusive)
	}
	if s.load {
		out = append(out, checks.Load)
	}
	return out
}
