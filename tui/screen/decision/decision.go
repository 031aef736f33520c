// Package decision is the screen that explains the decision: which gates match by which
// items, the path to GO, and what would be if the ticked causes were mended. The assessor
// declares here.
//
// It imports no other screen.
package decision

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

type decision struct {
	env    *screen.Env
	list   widget.List
	ticked map[string]bool // titles of path steps
	asked  uint64
	what   *sessions.Assessment // what if the ticked passed; nil while nothing is ticked
	byGate bool                 // the list is the matching gates' items, not the path
}

// whatIf answers a what-if.
type whatIf struct {
	request uint64
	a       sessions.Assessment
}

// New makes the screen.
func New(env *screen.Env) screen.Screen {
	return &decision{env: env, ticked: map[string]bool{}}
}

func (s *decision) Open(args screen.Args) tea.Cmd {
	if args.Kept != nil {
		s.byGate = args.Kept["view"] == "gates"
		s.list.Restore(args.Kept, "")
	}
	s.resize()
	if d := s.goOn(args.Draft); d != nil {
		return tea.Batch(s.ask(), screen.Ask(d))
	}
	return s.ask()
}

// goOn opens the dialog that a draft is of, or nil where it has no place any more.
func (s *decision) goOn(draft string) screen.Dialog {
	r := s.env.Review
	if r == nil || r.ReadOnly() != "" {
		return nil
	}
	state := r.State.SignOff.State
	switch {
	case draft == "declare":
		return s.declare()
	case draft == "signoff" && state == sessions.Submitted:
		return s.accepting()
	case draft == "return" && (state == sessions.Submitted || state == sessions.Accepted):
		return s.returning()
	}
	return nil
}

func (s *decision) path() []sessions.PathStep {
	if s.env.Review == nil {
		return nil
	}
	return s.env.Review.Assessment.Path
}

func (s *decision) resize() {
	if s.byGate {
		s.list.Resize(len(s.held()))
		return
	}
	s.list.Resize(len(s.path()))
}

// ask computes what would be if the items of the ticked steps passed.
func (s *decision) ask() tea.Cmd {
	s.asked++
	pass := map[string]bool{}
	for _, step := range s.path() {
		if s.ticked[step.Title] {
			for _, id := range step.Items {
				pass[id] = true
			}
		}
	}
	if len(pass) == 0 {
		s.what = nil
		return nil
	}
	request, st := s.asked, s.env.Review.State
	return func() tea.Msg { return whatIf{request, sessions.AssessIf(st, pass)} }
}

func (s *decision) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case whatIf:
		if msg.request == s.asked {
			s.what = &msg.a
		}
	case screen.StateChanged:
		s.resize()
		return s.ask()
	}
	return nil
}

func (s *decision) Do(id action.ID) (tea.Cmd, bool) {
	if s.env.Review == nil {
		return nil, false
	}
	switch id {
	case action.Turn:
		s.byGate = !s.byGate
		s.list.At = 0
		s.resize()
		return nil, true
	case action.Create:
		return s.moveOn(), true
	case action.ItemTick:
		if s.byGate {
			return nil, true
		}
		if path := s.path(); s.list.At < len(path) {
			title := path[s.list.At].Title
			s.ticked[title] = !s.ticked[title]
			return s.ask(), true
		}
		return nil, true
	case action.Enter:
		if s.byGate {
			return s.openHeld(), true
		}
		if path := s.path(); s.list.At < len(path) && len(path[s.list.At].Items) > 0 {
			return screen.Go(screen.Walk, screen.Args{Item: path[s.list.At].Items[0]}), true
		}
		return nil, true
	case action.Declare:
		if s.env.Review.ReadOnly() != "" {
			return nil, true
		}
		return screen.Ask(s.declare()), true
	case action.NextPane, action.PrevPane:
		return screen.Go(screen.Conditions, screen.Args{}), true
	case action.Undo:
		return s.env.Review.Undo(), true
	case action.Redo:
		return s.env.Review.Redo(), true
	}
	return nil, s.list.Do(id)
}

// choice is a decision that can be declared, in its words.
type choice struct {
	words    string
	decision sessions.Decision
}

// strictness orders decisions; undecided is as strict as NO-GO.
var strictness = map[sessions.Decision]int{sessions.Go: 0, sessions.ConditionalGo: 1, sessions.NoGo: 2, sessions.Incomplete: 2}

// declare makes the dialog. Stricter than computed needs a reason, milder a lead's name too.
func (s *decision) declare() screen.Dialog {
	r := s.env.Review
	var words []string
	for _, c := range choices {
		words = append(words, c.words)
	}
	f := form.New(
		form.OneOf("decision", decisionLabel, words...),
		form.Block("reason", reasonLabel, reasonHint, 4),
		form.Line("lead", leadLabel, leadHint),
	)
	computed := r.Assessment.Computed
	d := form.NewDialog(s.env, declareTitle, "declare", declareWord, f)
	d.Note = fmt.Sprintf(declareNote, computed.Words())
	d.Save = func() tea.Cmd {
		i := slices.IndexFunc(choices, func(c choice) bool { return c.words == f.Value("decision") })
		chosen := choices[i].decision
		switch {
		case chosen == "":
		case f.Value("reason") == "" && chosen != computed:
			f.Refuse("reason", otherNeedsWhy)
			return nil
		case strictness[chosen] < strictness[computed] && f.Value("lead") == "":
			f.Refuse("lead", fmt.Sprintf(milderNeeds, computed.Words()))
			return nil
		}
		return r.Record(sessions.Declared{Decision: chosen, Reason: clean.Block(f.Value("reason")), Lead: clean.Line(f.Value("lead"))})
	}
	return d
}

func (s *decision) Type(tea.KeyMsg) tea.Cmd { return nil }
func (s *decision) TextFocus() bool         { return false }

func (s *decision) Keep() screen.Kept {
	k := screen.Kept{}
	s.list.Keep(k, "")
	if s.byGate {
		k["view"] = "gates"
	}
	return k
}

func (s *decision) Actions() []action.State {
	r := s.env.Review
	if r == nil {
		return nil
	}
	some := len(s.path()) > 0
	declare := action.On(action.Declare)
	if why := r.ReadOnly(); why != "" {
		declare = action.Off(action.Declare, why)
	}
	tick, enter, turn := action.When(some, action.ItemTick, noStep), action.When(some, action.Enter, noStep).Say(stepsItems), toGates
	if s.byGate {
		tick = action.Off(action.ItemTick, onlyOnPath).Hide()
		enter, turn = action.When(len(s.held()) > 0, action.Enter, gatesMatch(0)).Say(heldItem), toPath
	}
	return []action.State{
		tick, enter, declare,
		action.On(action.NextPane).Say(toConditions),
		action.On(action.GoSign),
		s.moving(),
		action.On(action.Turn).Say(turn),
		action.On(action.Undo).Hide(), action.On(action.Redo).Hide(),
	}
}
