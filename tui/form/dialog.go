package form

import (
	"errors"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Dialog is a form in a box over the screen. What is typed is kept as a draft of the
// review until it is saved, so that Esc, a full disk and crashes lose nothing.
type Dialog struct {
	*Form
	Title string
	Note  string // a sentence over the footer
	// Says is the note where it follows what is chosen.
	Says func() string
	Yes  string // the word for saving
	// Save takes the values and records them; it may Refuse and return nil to stay open.
	// The dialog closes when what it recorded is on disk.
	Save func() tea.Cmd

	env    *screen.Env
	draft  string
	saving bool
}

// NewDialog makes a dialog; draft names what is kept of it, such as "waiver:SEC-27".
func NewDialog(env *screen.Env, title, draft, yes string, f *Form) *Dialog {
	d := &Dialog{Form: f, Title: title, Yes: yes, env: env, draft: draft}
	if r := env.Review; r != nil && draft != "" {
		f.Restore(r.DraftOf(draft))
	}
	return d
}

// keep writes what is typed to the drafts.
func (d *Dialog) keep() tea.Cmd {
	if r := d.env.Review; r != nil && d.draft != "" {
		return r.Draft(d.draft, d.Draft())
	}
	return nil
}

// Update waits for the answer to what was saved.
func (d *Dialog) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case *Editor:
		return msg.Exec()
	case Edited:
		if msg.Err != nil {
			return screen.Fail(msg.Err)
		}
		d.Fill(map[string]string{msg.Field: msg.Text})
		return d.keep()
	}
	m, ok := msg.(screen.StateChanged)
	if !ok || !d.saving || !m.Recorded() || len(m.Data) == 0 {
		return nil
	}
	d.saving = false
	if m.Err != nil {
		if d.Err = m.Err.Error(); !errors.Is(m.Err, sessions.ErrRefused) { // a refused one says by itself what is wrong
			d.Err = fmt.Sprintf(notSaved, m.Err)
		}
		return nil
	}
	if d.draft == "" {
		return screen.Close(nil)
	}
	return screen.Close(d.env.Review.Draft(d.draft, ""))
}

// Do moves, chooses and saves.
func (d *Dialog) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldSave:
		return d.save(), true
	case action.FieldEditor:
		x := d.Marked()
		if x.Text == nil || !x.Text.Multi {
			return screen.Tell(screen.Note, screen.NotNow(whyNoEditor)), true
		}
		return StartEditor(d.env.Config, x.Name, x.Value()), true
	case action.Enter, action.DialogChoose:
		if d.At == len(d.Fields)-1 {
			return d.save(), true
		}
		return nil, d.Form.Do(action.FieldNext)
	}
	if !d.Form.Do(id) {
		return nil, false
	}
	return d.keep(), true
}

func (d *Dialog) save() tea.Cmd {
	if d.saving || d.Missing() {
		return nil
	}
	cmd := d.Save()
	d.saving = cmd != nil
	return cmd
}

// Type types into the marked field; Enter in the last line saves.
func (d *Dialog) Type(k tea.KeyMsg) tea.Cmd {
	cmd, ok := d.Form.Type(k)
	if !ok && k.Type == tea.KeyEnter {
		return d.save()
	}
	return tea.Batch(cmd, d.keep())
}

// Actions are saving, moving and leaving.
func (d *Dialog) Actions() []action.State {
	next := action.On(action.FieldNext)
	if len(d.Fields) == 1 {
		next = next.Hide()
	}
	return []action.State{
		action.On(action.FieldSave).Say(d.Yes), next, d.editing(),
		action.On(action.FieldPrev).Hide(), action.On(action.FieldLeave).Say(screen.BackDraftKept),
	}
}

// editing is the editor, for texts of several lines.
func (d *Dialog) editing() action.State {
	x := d.Marked()
	s := action.When(x.Text != nil && x.Text.Multi, action.FieldEditor, whyNoEditor)
	if !s.Enabled() {
		s = s.Hide()
	}
	return s
}

// View draws the box; what is too high for the window scrolls around the marked field.
func (d *Dialog) View(w, h int) []string {
	p := d.env.Paint
	w = min(w-4, paint.MaxDialog)
	inner := w - 4
	var note []string
	if d.Says != nil {
		d.Note = d.Says()
	}
	for _, text := range paint.Wrap(d.Note, max(inner-3, 1)) {
		if text != "" {
			l := p.Line(inner)
			note = append(note, l.Gap(1).Add(themes.Muted, text).String())
		}
	}
	if len(note) > 0 {
		note = append(note, paint.Blank(inner))
	}
	room := h - 3
	if full := d.Form.View(p, inner-1); len(full)+len(note)+2 > room {
		note = nil
	}
	var lines []string
	for _, l := range d.Fit(p, inner-1, room-len(note)-2) {
		lines = append(lines, l+" ")
	}
	if room > 6 {
		lines = append(append([]string{paint.Blank(inner)}, lines...), paint.Blank(inner))
	}
	return p.Box(w, d.Title, append(append(lines, note...), d.foot(inner)))
}

func (d *Dialog) foot(w int) string {
	l := d.env.Paint.Line(w)
	l.Gap(1).Add(themes.Strong, d.env.Key(action.FieldSave)).Gap(1).Add(themes.Text, d.Yes).Gap(3)
	if len(d.Fields) > 1 {
		l.Add(themes.Strong, d.env.Key(action.FieldNext)).Gap(1).Add(themes.Text, nextField)
	}
	return l.End(themes.Muted, d.env.Key(action.FieldLeave)+" "+screen.BackDraftKept).String()
}
