package verify

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/signing"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
	"assess/gonogo/tui/widget"
)

// answers are what was typed into the dialog before it was left.
type answers map[string]string

// phase is how far countersigning is.
type phase int

const (
	choosing phase = iota
	locked         // the key wants its passphrase
	signs          // the key signs
)

// countersign is the dialog in which a lead accepts or returns the file.
type countersign struct {
	*form.Form
	s      *verify
	env    *screen.Env
	keys   []signing.Available
	loaded bool
	note   string // why the agent was not heard
	phase  phase
	secret unlock.Secret
	asked  uint64
	stop   context.CancelFunc
}

// countersigned tells the screen that the file holds a lead's statement now.
type countersigned struct{ file, by, decision string }

// listed answers a request for keys; done one to sign.
type (
	listed struct {
		to   *countersign
		keys []signing.Available
		err  error
	}
	done struct {
		request uint64
		err     error
	}
)

// newCountersign makes the dialog, with what was typed before in it.
func newCountersign(s *verify) *countersign {
	d := &countersign{s: s, env: s.env}
	d.Form = form.New(
		form.OneOf("decision", decisionLabel, "accept", "return"),
		form.Line("comment", commentLabel, commentHint),
		form.Field{Name: "key", Label: keyLabel, Turn: true, Choice: &widget.Choice{}},
		form.Line("as", asLabel, screen.AsHint).With(s.env.Config.Me.Mail),
	)
	if s.last == nil && json.Unmarshal([]byte(s.env.Desk.Of(d.draft())), &s.last) != nil {
		s.last = nil
	}
	d.Fill(s.last)
	return d
}

// draft names what is kept of the dialog: a word on this file, which belongs to no review.
func (d *countersign) draft() string {
	file, err := filepath.Abs(d.s.file)
	if err != nil {
		file = d.s.file
	}
	return screen.DeskCountersign + file
}

// keep keeps what was typed: the fields, never a passphrase, which is none of them.
func (d *countersign) keep() tea.Cmd { return d.env.Desk.Keep(d.draft(), d.Draft()) }

// look looks for keys, for the dialog.
func (d *countersign) look() tea.Cmd {
	ctx := d.env.Ctx
	return func() tea.Msg {
		keys, err := unlock.Keys(ctx)
		return listed{d, keys, err}
	}
}

// list takes the keys in.
func (d *countersign) list(m listed) {
	d.keys, d.loaded = m.keys, true
	if m.err != nil {
		d.note = m.err.Error()
	}
	var names []string
	for _, k := range d.keys {
		names = append(names, unlock.Label(k)+"  "+unlock.Short(k.Fingerprint))
	}
	d.choice().Options = names
	for i, k := range d.keys { // the assessor's own can't be it
		if k.Fingerprint != d.s.found.v.Fingerprint {
			d.choice().At = i
			break
		}
	}
	d.choice().Choose(d.s.last["key"])
}

func (d *countersign) Update(msg tea.Msg) tea.Cmd {
	if m, ok := msg.(done); ok {
		return d.done(m)
	}
	return nil
}

// choice is the key's.
func (d *countersign) choice() *widget.Choice {
	for _, x := range d.Fields {
		if x.Name == "key" {
			return x.Choice
		}
	}
	return nil
}

// done takes the answer: it is written, the key is locked, or what went wrong.
func (d *countersign) done(m done) tea.Cmd {
	if m.request != d.asked || d.phase != signs {
		return nil
	}
	d.phase = choosing
	switch {
	case m.err == nil:
		d.s.last = nil
		said := countersigned{d.s.file, d.Value("as"), d.Value("decision")}
		return screen.Close(tea.Batch(d.env.Desk.Keep(d.draft(), ""), func() tea.Msg { return said }))
	case errors.Is(m.err, unlock.ErrLocked):
		d.phase, d.Err = locked, ""
	case errors.Is(m.err, x509.IncorrectPasswordError):
		d.phase, d.Err = locked, screen.WrongPassphrase
	default:
		d.Refuse("key", m.err.Error())
	}
	return nil
}

// off says why nothing can be countersigned, or is empty.
func (d *countersign) off() string {
	switch {
	case !d.loaded:
		return screen.LooksForKeys
	case len(d.keys) == 0:
		return screen.NoKey
	}
	return ""
}

// start checks what was typed and signs.
func (d *countersign) start(passphrase []byte) tea.Cmd {
	switch {
	case d.off() != "":
		d.Refuse("key", d.off())
		return nil
	case strings.TrimSpace(d.Value("as")) == "":
		d.Refuse("as", screen.AsNeeded)
		return nil
	case d.Value("decision") == "return" && strings.TrimSpace(d.Value("comment")) == "":
		d.Refuse("comment", commentNeeded)
		return nil
	}
	d.asked++
	d.phase, d.Err = signs, ""
	j := statement{env: d.env, file: d.s.file, data: d.s.found.data, key: d.key(), passphrase: passphrase,
		Statement: signing.Statement{Decision: d.Value("decision"), By: strings.TrimSpace(d.Value("as")),
			At: d.env.Now().UTC().Truncate(time.Second), Comment: strings.TrimSpace(d.Value("comment"))}}
	ctx, cancel := context.WithCancel(d.env.Ctx)
	d.stop = cancel
	request := d.asked
	return func() tea.Msg {
		defer cancel()
		return done{request, j.run(ctx, unlock.Load)}
	}
}

// key is the chosen one.
func (d *countersign) key() signing.Available { return d.keys[d.choice().At] }

func (d *countersign) Do(id action.ID) (tea.Cmd, bool) {
	switch d.phase {
	case signs:
		if id == action.DialogNo || id == action.Back {
			d.asked++
			d.stop()
			d.phase = choosing
			return nil, true
		}
		return nil, false
	case locked:
		switch id {
		case action.FieldSave, action.DialogChoose:
			return d.start(d.secret.Take()), true
		case action.FieldLeave:
			d.secret.Wipe()
			d.phase, d.Err = choosing, ""
			return nil, true
		}
		return nil, false
	}
	switch id {
	case action.FieldSave, action.DialogYes:
		return d.start(nil), true
	case action.Enter, action.DialogChoose:
		return nil, d.Form.Do(action.FieldNext)
	}
	if !d.Form.Do(id) {
		return nil, false
	}
	return d.keep(), true
}

func (d *countersign) Type(k tea.KeyMsg) tea.Cmd {
	if d.phase == locked {
		if k.Type == tea.KeyEnter {
			return d.start(d.secret.Take())
		}
		d.secret.Type(k)
		return nil
	}
	cmd, ok := d.Form.Type(k)
	if !ok && k.Type == tea.KeyEnter {
		d.Form.Do(action.FieldNext)
	}
	return tea.Batch(cmd, d.keep())
}

// TextFocus is on in a text and while a passphrase is typed.
func (d *countersign) TextFocus() bool {
	return d.phase == locked || d.phase == choosing && d.Form.TextFocus()
}

// Closed keeps what was typed for the next time.
func (d *countersign) Closed() tea.Cmd {
	d.asked++
	d.secret.Wipe()
	d.s.last = d.Values()
	return nil
}

func (d *countersign) Actions() []action.State {
	switch d.phase {
	case locked:
		return []action.State{action.On(action.DialogChoose).Say(countersignYes), action.On(action.FieldSave).Hide(), action.On(action.FieldLeave).Say(screen.AnotherKey)}
	case signs:
		return []action.State{action.On(action.DialogNo).Say(toGiveUp)}
	}
	save := action.When(d.off() == "", action.FieldSave, d.off()).Say(countersignYes)
	out := []action.State{save, action.On(action.FieldNext), action.On(action.FieldPrev).Hide()}
	if !d.Form.TextFocus() {
		out = append(out, action.On(action.Left).And(action.Right).Say(toChoose), action.On(action.DialogYes).Hide())
	}
	return append(out, action.On(action.DialogNo))
}

// Tell says what a lead puts a name under.
func (d *countersign) Tell() screen.Telling {
	t := screen.Telling{Title: countersignTitle}
	t.Say("Covers", strings.ReplaceAll(d.s.about(), " · ", ", "))
	t.Say("Note", countersignWords)
	t.Say("Note", d.note)
	if d.phase == signs {
		t.Say("Running", unlock.Waiting(d.key()))
	}
	if d.off() == screen.NoKey {
		t.Say("Error", screen.NoKeyMakeOne)
	}
	return t
}

// Asks goes through the fields, then asks for the passphrase of a locked key.
func (d *countersign) Asks() *form.Asking {
	switch {
	case d.phase == locked:
		f := form.New(form.Field{Name: "passphrase", Label: screen.AskPassphrase, Hint: screen.PassphraseHint(unlock.Label(d.key())), Text: &widget.Field{}})
		f.Err = d.Err
		return &form.Asking{Form: f, Secret: d.start}
	case d.phase == signs || d.off() != "":
		return nil
	}
	return &form.Asking{Form: d.Form, Sure: countersignYes, Draft: d.keep, Changed: d.keep, Save: func() tea.Cmd { return d.start(nil) }}
}
