package app

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// retest says what a re-test begins with: what is overdue and lapsed first, then what was
// carried over.
type retest struct {
	env   *screen.Env
	first string // the item to go on with
	lines []retestLine
}

type retestLine struct {
	token       themes.Token
	label, text string
}

func newRetest(env *screen.Env, c sessions.CarriedOver) *retest {
	d := &retest{env: env}
	if len(c.Failures) > 0 {
		d.first = c.Failures[0]
	}
	for _, x := range c.Overdue {
		d.add(themes.Fail, labelOverdue, fmt.Sprintf(overdueWhen, conditionWords(x)))
	}
	if len(c.Lapsed) > 0 {
		d.add(themes.Warn, labelLapsed, fmt.Sprintf(lapsedItems, strings.Join(c.Lapsed, " ")))
	}
	for i, x := range c.Due {
		label := ""
		if i == 0 {
			label = labelDue
		}
		d.add(themes.Muted, label, conditionWords(x))
	}
	d.add(themes.Muted, labelFailed, failedIn(len(c.Failures), c.From))
	d.add(themes.Muted, labelCarried, carriedOver(c.Answers, c.Findings))
	return d
}

func (d *retest) add(t themes.Token, label, text string) {
	d.lines = append(d.lines, retestLine{t, label, text})
}

func (d *retest) Update(tea.Msg) tea.Cmd  { return nil }
func (d *retest) Type(tea.KeyMsg) tea.Cmd { return nil }
func (d *retest) TextFocus() bool         { return false }

func (d *retest) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.DialogChoose, action.Enter:
		if d.first == "" {
			return screen.Close(nil), true
		}
		return screen.Close(screen.Go(screen.Walk, screen.Args{Item: d.first, Category: screen.FailedBefore})), true
	case action.DialogNo, action.Back:
		return screen.Close(nil), true
	}
	return nil, false
}

func (d *retest) Actions() []action.State {
	return []action.State{action.On(action.DialogChoose).Say(retestGoOn), action.On(action.DialogNo).Say(retestClose)}
}

func (d *retest) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, paint.MaxDialog)
	inner := w - 4
	text := func(s string) string {
		l := p.Line(inner)
		return l.Gap(2).Add(themes.Text, s).String()
	}
	lines := []string{text(retestIntro), paint.Blank(inner)}
	room := max(h-8, 1)
	for i, v := range d.lines {
		if left := len(d.lines) - i; i == room-1 && left > 1 {
			lines = append(lines, text(fmt.Sprintf(retestMore, left)))
			break
		}
		l := p.Line(inner)
		lines = append(lines, l.Gap(2).Fit(v.token, v.label, 11).Fit(themes.Text, v.text, max(inner-13, 1)).String())
	}
	lines = append(lines, paint.Blank(inner))
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogChoose)).Gap(1).Add(themes.Text, retestGoOn)
	foot.End(themes.Muted, d.env.Key(action.DialogNo)+" "+retestClose)
	return p.Box(w, retestTitle, append(lines, foot.String()))
}
