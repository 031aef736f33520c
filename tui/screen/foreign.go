package screen

import (
	"maps"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
)

// foreign asks before the first run of a review whose target came with the session: it
// shows what that target would fill in and read here, and whom it would speak to.
type foreign struct {
	env    *Env
	review *Review
	lines  [][2]string // label and value
	at     int         // first line shown
	do     func() tea.Cmd
}

// vouchedFor is the answer: somebody stands for the target from now on.
type vouchedFor struct{ err error }

func newForeign(env *Env, r *Review, do func() tea.Cmd) *foreign {
	return &foreign{env: env, review: r, lines: touches(r.State.Target), do: do}
}

// touches says whom a target speaks to, and what it fills in and reads on this machine,
// with a label for each.
func touches(t *checks.Target) [][2]string {
	var out [][2]string
	add := func(label string, values ...string) {
		for _, v := range values {
			if v = clean.Line(v).String(); v != "" {
				out = append(out, [2]string{label, v})
				label = ""
			}
		}
	}
	add(fillsIn, t.Holes()...)
	speaks := []string{t.BaseURL}
	for _, name := range slices.Sorted(maps.Keys(t.Services)) {
		speaks = append(speaks, name+": "+t.Services[name].URL)
	}
	speaks = append(append(speaks, t.Scope.Hosts...), t.Scope.Proxy)
	add(speaksTo, speaks...)
	add(reads, append([]string{t.Repository}, t.EnvFiles...)...)
	add(pathsFrom, t.Dir)
	return out
}

// Update goes on once the answer is written down.
func (d *foreign) Update(msg tea.Msg) tea.Cmd {
	answer, ok := msg.(vouchedFor)
	switch {
	case !ok:
		return nil
	case answer.err != nil:
		return Close(Fail(answer.err))
	}
	return Close(d.do())
}

// Type takes no keys.
func (d *foreign) Type(tea.KeyMsg) tea.Cmd { return nil }

// TextFocus is never on.
func (d *foreign) TextFocus() bool { return false }

// Do answers it.
func (d *foreign) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Down:
		d.at++
		return nil, true
	case action.Up:
		d.at = max(d.at-1, 0)
		return nil, true
	case action.DialogYes:
	default:
		return nil, false
	}
	env, s := d.env, d.review.Session
	return func() tea.Msg {
		s.Vouch()
		return vouchedFor{env.Vouched.Add(s.State().Target)}
	}, true
}

// Actions are yes and not now.
func (d *foreign) Actions() []action.State {
	return []action.State{action.On(action.DialogYes).Say(foreignYes), action.On(action.DialogNo),
		action.On(action.Down).Say("scroll").And(action.Up)}
}

// View draws the box.
func (d *foreign) View(w, h int) []string {
	p := d.env.Paint
	w = min(w, 78)
	inner := w - 4
	say := func(token themes.Token, s string) string {
		l := p.Line(inner)
		return l.Gap(2).Add(token, s).String()
	}
	var lines []string
	for _, text := range paint.Wrap(foreignWords, inner-3) {
		lines = append(lines, say(themes.Text, text))
	}
	lines = append(lines, paint.Blank(inner))
	var rows []string
	for _, v := range d.lines {
		for k, part := range paint.Wrap(v[1], inner-13) {
			label := v[0]
			if k > 0 {
				label = ""
			}
			l := p.Line(inner)
			rows = append(rows, l.Gap(2).Fit(themes.Muted, label, 10).Gap(1).Add(themes.Text, part).String())
		}
	}
	room := max(h-9, 1)
	if over := len(rows) - room; over > 0 {
		d.at = min(d.at, over)
		at := d.at
		rows = append(rows[at:at+room:at+room], say(themes.Muted, linesOf(at+1, at+room, len(rows), d.env.Key(action.Down))))
	}
	lines = append(lines, rows...)
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogYes)).Gap(1).Add(themes.Text, foreignKeeps)
	foot.End(themes.Muted, KeyNotNow(d.env.Key(action.DialogNo)))
	return p.Box(w, foreignTitle, append(lines, paint.Blank(inner), foot.String()))
}
