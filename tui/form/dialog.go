package form

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Dialog is a form in a box over the screen. What is typed is kept as a draft of the
// review until it is saved, so that Esc and crashes lose nothing.
type Dialog struct {
	*Form
	Title string
	Note  string // a sentence over the footer
	Yes   string // the word for saving
	// Save takes the values; it may Refuse and return nil to stay open.
	Save func() tea.Cmd

	env   *screen.Env
	draft string
}

// NewDialog makes a dialog; draft names what is kept of it, such as "waiver:SEC-27".
func NewDialog(env *screen.Env, title, draft, yes string, f *Form) *Dialog {
	d := &Dialog{Form: f, Title: title, Yes: yes, env: env, draft: draft}
	if r := env.Review; r != nil && draft != "" {
		kept := map[string]string{}
		for _, x := range f.Fields {
			if t := r.DraftOf(draft + "/" + x.Name); t != "" {
				kept[x.Name] = t
			}
		}
		f.Fill(kept)
	}
	return d
}

// keep writes what is typed to the drafts.
func (d *Dialog) keep() tea.Cmd {
	r := d.env.Review
	if r == nil || d.draft == "" {
		return nil
	}
	x := d.Fields[d.At]
	return r.Draft(d.draft+"/"+x.Name, x.Value())
}

// forget removes the drafts after saving.
func (d *Dialog) forget() tea.Cmd {
	r := d.env.Review
	if r == nil || d.draft == "" {
		return nil
	}
	var cmds []tea.Cmd
	for _, x := range d.Fields {
		cmds = append(cmds, r.Draft(d.draft+"/"+x.Name, ""))
	}
	return tea.Batch(cmds...)
}

// Update takes no data.
func (d *Dialog) Update(tea.Msg) tea.Cmd { return nil }

// Do moves, chooses and saves.
func (d *Dialog) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldSave:
		return d.save(), true
	case action.Enter, action.DialogChoose:
		if d.At == len(d.Fields)-1 {
			return d.save(), true
		}
		return nil, d.Form.Do(action.FieldNext)
	}
	at := d.At
	if !d.Form.Do(id) {
		return nil, false
	}
	if d.At == at {
		return d.keep(), true
	}
	return nil, true
}

func (d *Dialog) save() tea.Cmd {
	if d.Missing() {
		return nil
	}
	cmd := d.Save()
	if cmd == nil {
		return nil
	}
	return screen.Close(tea.Batch(cmd, d.forget()))
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
	return []action.State{
		action.On(action.FieldSave).Say(d.Yes), action.On(action.FieldNext),
		action.On(action.FieldPrev).Hide(), action.On(action.FieldLeave).Say("back, draft kept"),
	}
}

// View draws the box.
func (d *Dialog) View(w, h int) []string {
	p := d.env.Paint
	w = min(w-4, paint.MaxDialog)
	inner := w - 4
	lines := []string{paint.Blank(inner)}
	lines = append(lines, d.Form.View(p, inner)...)
	lines = append(lines, paint.Blank(inner))
	for _, text := range paint.Wrap(d.Note, max(inner-3, 1)) {
		if text != "" {
			l := p.Line(inner)
			lines = append(lines, l.Gap(1).Add(themes.Muted, text).String())
		}
	}
	foot := p.Line(inner)
	foot.Gap(1).Add(themes.Strong, d.env.Key(action.FieldSave)).Gap(1).Add(themes.Text, d.Yes).Gap(3)
	foot.Add(themes.Strong, d.env.Key(action.FieldNext)).Gap(1).Add(themes.Text, "next")
	foot.End(themes.Muted, d.env.Key(action.FieldLeave)+" back, draft kept")
	lines = append(lines, foot.String())
	if room := h - 2; len(lines) > room && room > 1 {
		lines = append(lines[:room-1], lines[len(lines)-1])
	}
	return p.Box(w, d.Title, lines)
}
