package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/widget"
)

// Prompt is a dialog that asks for one line of text.
type Prompt struct {
	env   *Env
	title string
	label string
	yes   string
	field widget.Field
	do    func(text string) tea.Cmd
}

// NewPrompt makes the dialog: its title, a sentence about what to type, the word for
// going on, the text to begin with and what Enter does with it.
func NewPrompt(env *Env, title, label, yes, text string, do func(text string) tea.Cmd) *Prompt {
	p := &Prompt{env: env, title: title, label: label, yes: yes, do: do}
	p.field.Set(text)
	return p
}

// NewSearch asks what to search all reviews for, with the text to begin with.
func NewSearch(env *Env, text string) *Prompt {
	return NewPrompt(env, searchTitle, searchWhat, searchYes, text,
		func(text string) tea.Cmd { return Go(Search, Args{Query: text}) })
}

// Do takes the text on Ctrl+S as on Enter.
func (p *Prompt) Do(id action.ID) (tea.Cmd, bool) {
	if id != action.FieldSave {
		return nil, false
	}
	return p.save(), true
}

func (p *Prompt) save() tea.Cmd {
	if p.field.Text() == "" {
		return nil
	}
	return Close(p.do(p.field.Text()))
}

// Update takes no data.
func (p *Prompt) Update(tea.Msg) tea.Cmd { return nil }

// Type gives keys to the field; Enter takes the text.
func (p *Prompt) Type(k tea.KeyMsg) tea.Cmd {
	if k.Type == tea.KeyEnter {
		return p.save()
	}
	cmd, _ := p.field.Type(k)
	return cmd
}

// TextFocus is always on.
func (p *Prompt) TextFocus() bool { return true }

// Actions are taking the text and leaving.
func (p *Prompt) Actions() []action.State {
	return []action.State{action.On(action.DialogChoose).Say(p.yes), action.On(action.FieldLeave)}
}

// View draws the box.
func (p *Prompt) View(w, _ int) []string {
	w = min(w, 64)
	inner := w - 4
	var lines []string
	for _, text := range paint.Wrap(p.label, inner-3) {
		l := p.env.Paint.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Muted, text).String())
	}
	field := p.env.Paint.Line(inner)
	field.Gap(2).Splice(p.field.Lines(p.env.Paint, themes.Text, inner-3, 1, true)[0], inner-3)
	foot := p.env.Paint.Line(inner)
	foot.Gap(2).Add(themes.Strong, "Enter").Gap(1).Add(themes.Text, p.yes)
	foot.End(themes.Muted, KeyBack(p.env.Key(action.FieldLeave)))
	return p.env.Paint.Box(w, p.title, append(lines, field.String(), paint.Blank(inner), foot.String()))
}
