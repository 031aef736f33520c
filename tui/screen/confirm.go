package screen

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
)

// Confirm is a question that y answers. Enter does nothing: what is dangerous takes a key
// of its own.
type Confirm struct {
	env   *Env
	title string
	text  string
	yes   string
	do    func() tea.Cmd
}

// NewConfirm makes the dialog: its title, what will happen, the word for yes and what y
// does.
func NewConfirm(env *Env, title, text, yes string, do func() tea.Cmd) *Confirm {
	return &Confirm{env: env, title: title, text: text, yes: yes, do: do}
}

// Do answers it.
func (c *Confirm) Do(id action.ID) (tea.Cmd, bool) {
	if id != action.DialogYes {
		return nil, false
	}
	return Close(c.do()), true
}

// Update takes no data.
func (c *Confirm) Update(tea.Msg) tea.Cmd { return nil }

// Type takes no keys.
func (c *Confirm) Type(tea.KeyMsg) tea.Cmd { return nil }

// TextFocus is never on.
func (c *Confirm) TextFocus() bool { return false }

// Actions are yes and not now.
func (c *Confirm) Actions() []action.State {
	return []action.State{action.On(action.DialogYes).Say(c.yes), action.On(action.DialogNo)}
}

// View draws the box.
func (c *Confirm) View(w, h int) []string {
	w = min(w, 64)
	inner := w - 4
	var lines []string
	for _, text := range paint.Wrap(c.text, inner-3) {
		l := c.env.Paint.Line(inner)
		lines = append(lines, l.Gap(2).Add(themes.Text, text).String())
	}
	foot := c.env.Paint.Line(inner)
	foot.Gap(2).Add(themes.Strong, c.env.Key(action.DialogYes)).Gap(1).Add(themes.Text, c.yes)
	foot.End(themes.Muted, KeyNotNow(c.env.Key(action.DialogNo)))
	lines = append(lines, paint.Blank(inner), foot.String())
	return c.env.Paint.Box(w, c.title, lines)
}
