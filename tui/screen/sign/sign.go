// Package sign is the screen that signs the report: with which key, as whom, into which
// file. Nothing is written before everything is known, and what was begun leaves nothing
// behind.
//
// It imports no other screen.
package sign

import (
	"context"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/handover"
	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
	"assess/gonogo/tui/widget"
)

// step is how far signing is.
type step int

const (
	choosing step = iota
	locked        // the key wants its passphrase
	working       // the key signs
	done
)

// place is what has the cursor while choosing.
type place int

const (
	atKey place = iota
	atAs
	atInto
	atSubmit
	places
)

type sign struct {
	env     *screen.Env
	step    step
	at      place
	keys    []signing.Available
	loaded  bool
	note    string // why the agent was not heard
	pieces  int    // of evidence
	list    widget.List
	as      widget.Field
	into    widget.Field
	begun   draft // what stood in the fields before anybody typed
	submit  bool
	secret  unlock.Secret
	asked   uint64
	cancel  context.CancelFunc
	err     string
	bad     place     // what err is wrong with
	file    string    // what was written
	claimed bool      // the review is submitted by this screen
	covers  [2]string // what was signed, in words
}

// New makes the screen.
func New(env *screen.Env) screen.Screen { return &sign{env: env} }

// Open begins anew, whatever was done before, with the name and the file that were typed.
func (s *sign) Open(screen.Args) tea.Cmd {
	*s = sign{env: s.env, asked: s.asked + 1}
	r := s.env.Review
	if r == nil {
		return nil
	}
	s.as.Limit, s.into.Limit = 200, 400
	s.as.Set(s.env.Config.Me.Mail)
	s.into.Set(handover.FreeName(".", r.State))
	s.restore(r.DraftOf(draftName))
	return listKeys(s.env, s.asked)
}

// listed answers a request for keys.
type listed struct {
	request uint64
	keys    []signing.Available
	pieces  int
	err     error
}

// listKeys looks for keys in ~/.ssh and asks the agent.
func listKeys(env *screen.Env, request uint64) tea.Cmd {
	session := env.Review.Session
	return func() tea.Msg {
		m := listed{request: request}
		m.keys, m.err = unlock.Keys(env.Ctx)
		if real, ok := session.(*sessions.Session); ok {
			m.pieces = signing.CountEvidence(real)
		}
		return m
	}
}

func (s *sign) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case listed:
		if msg.request != s.asked {
			return nil
		}
		s.keys, s.pieces, s.loaded = msg.keys, msg.pieces, true
		if msg.err != nil {
			s.note = msg.err.Error()
		}
		s.list.Resize(len(s.keys))
	case signed:
		return s.signed(msg)
	case screen.StateChanged:
		if msg.Err == nil && s.env.Review.State.SignOff.State == sessions.Submitted && s.step == done && s.submit {
			s.claimed = true
		}
	}
	return nil
}

// off says why nothing can be signed now, or is empty.
func (s *sign) off() string {
	switch {
	case s.env.Review == nil:
		return screen.NoReview
	case s.env.Review.Running != nil:
		return screen.RunGoesOn
	case !s.loaded:
		return screen.LooksForKeys
	case len(s.keys) == 0:
		return screen.NoKey
	}
	return ""
}

// offSubmit says why the review can't be submitted, or is empty.
func (s *sign) offSubmit() string {
	r := s.env.Review
	switch st := r.State.SignOff.State; {
	case r.ReadOnly() != "":
		return r.ReadOnly()
	case st != sessions.Draft && st != sessions.Returned && st != "":
		return fmt.Sprintf(isAlready, st)
	}
	return ""
}

func (s *sign) Do(id action.ID) (tea.Cmd, bool) {
	if s.env.Review == nil {
		return nil, false
	}
	switch s.step {
	case locked:
		return s.doLocked(id)
	case working:
		if id == action.Back || id == action.FieldLeave {
			s.giveUp()
			return nil, true
		}
		return nil, false
	case done:
		if id == action.Enter {
			return screen.Go(screen.Verify, screen.Args{File: s.file}), true
		}
		return nil, false
	}
	return s.choose(id)
}

// choose is an action while key, name and file are chosen.
func (s *sign) choose(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldNext, action.NextPane, action.Enter:
		s.at = (s.at + 1) % places
	case action.FieldPrev, action.PrevPane:
		s.at = (s.at + places - 1) % places
	case action.FieldLeave:
		return screen.Leave(), true
	case action.DialogYes, action.FieldSave:
		return s.start(), true
	case action.Remove:
		return s.drop(), true
	case action.Down, action.Up:
		s.move(id)
	case action.ItemTick:
		if s.at == atSubmit && s.offSubmit() == "" {
			s.submit = !s.submit
		} else if s.at == atKey && len(s.keys) > 0 {
			s.list.At = (s.list.At + 1) % len(s.keys)
		}
	default:
		return nil, false
	}
	return nil, true
}

// move goes through the keys, then on to the fields.
func (s *sign) move(id action.ID) {
	at := s.list.At
	if s.at == atKey && s.list.Do(id) && s.list.At != at {
		return
	}
	if id == action.Down {
		s.at = min(s.at+1, places-1)
	} else {
		s.at = max(s.at-1, 0)
	}
}

// doLocked is an action while the passphrase is typed.
func (s *sign) doLocked(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldSave, action.DialogChoose:
		return s.run(s.secret.Take()), true
	case action.FieldLeave, action.Back:
		s.secret.Wipe()
		s.step = choosing
		return nil, true
	}
	return nil, false
}

func (s *sign) Type(k tea.KeyMsg) tea.Cmd {
	if s.step == locked {
		if k.Type == tea.KeyEnter {
			return s.run(s.secret.Take())
		}
		s.secret.Type(k)
		return nil
	}
	switch k.Type {
	case tea.KeyEnter, tea.KeyDown:
		s.at++
		return nil
	case tea.KeyUp:
		s.at--
		return nil
	}
	s.err = ""
	cmd, _ := s.field().Type(k)
	return tea.Batch(cmd, s.keepTyped())
}

func (s *sign) field() *widget.Field {
	if s.at == atInto {
		return &s.into
	}
	return &s.as
}

func (s *sign) TextFocus() bool {
	return s.env.Review != nil && (s.step == locked || s.step == choosing && (s.at == atAs || s.at == atInto))
}

// Keep keeps nothing: signing begins anew every time.
func (s *sign) Keep() screen.Kept { return nil }

func (s *sign) Actions() []action.State {
	if s.env.Review == nil {
		return nil
	}
	switch s.step {
	case locked:
		return []action.State{action.On(action.DialogChoose).Say(toSign), action.On(action.FieldSave).Hide(), action.On(action.FieldLeave).Say(screen.AnotherKey)}
	case working:
		return []action.State{action.On(action.Back).Say(toGiveUp)}
	case done:
		return []action.State{action.On(action.Enter).Say(toVerify), action.On(action.Back)}
	}
	yes := action.On(action.DialogYes).Say(toSign)
	if why := s.off(); why != "" {
		yes.Off = why
	}
	next := action.On(action.FieldNext)
	out := []action.State{yes, next, action.On(action.FieldPrev).Hide()}
	if s.TextFocus() { // here y is a letter
		save := action.On(action.FieldSave).Say(toSign)
		save.Off = s.off()
		out = []action.State{save, next, action.On(action.FieldPrev).Hide()}
	}
	switch s.at {
	case atKey:
		out = append(out, action.On(action.Down).And(action.Up).Say(toKey))
	case atSubmit:
		tick := action.On(action.ItemTick)
		tick.Off = s.offSubmit()
		out = append(out, tick)
	}
	if s.env.Review.DraftOf(draftName) != "" {
		out = append(out, action.On(action.Remove).Say(screen.DropDraft))
	}
	return append(out, action.On(action.Back).Say(toLeave))
}

// unjudged is how many items nobody and nothing has judged.
func (s *sign) unjudged() int {
	n := 0
	for _, it := range s.env.Review.State.Items {
		if v := it.Counts(); !v.Decided() && v != checks.NA {
			n++
		}
	}
	return n
}

// signer is the name as the signers file knows it, or what is wrong with it.
func (s *sign) signer() (name, wrong string) {
	name = strings.TrimSpace(s.as.Text())
	if name == "" {
		return "", screen.AsNeeded
	}
	return name, ""
}
