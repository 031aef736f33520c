package compare

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// sides is the dialog that shows one item in both reviews.
type sides struct {
	env      *screen.Env
	change   sessions.ItemChange
	old, new *sessions.State
	top      int
	lines    int // when last shown
}

func (d *sides) Update(tea.Msg) tea.Cmd  { return nil }
func (d *sides) Type(tea.KeyMsg) tea.Cmd { return nil }
func (d *sides) TextFocus() bool         { return false }
func (d *sides) Actions() []action.State {
	return []action.State{action.On(action.Down).And(action.Up).Say("scroll"), action.On(action.DialogChoose).Say("back"), action.On(action.DialogNo).Say("back").Hide()}
}

// Do scrolls; Enter goes back.
func (d *sides) Do(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Down:
		d.top = min(d.top+1, max(d.lines-1, 0))
	case action.Up:
		d.top = max(d.top-1, 0)
	case action.DialogChoose:
		return screen.Close(nil), true
	default:
		return nil, false
	}
	return nil, true
}

// View draws the box.
func (d *sides) View(w, h int) []string {
	w = min(w-4, paint.MaxDialog)
	inner := w - 4
	p := d.env.Paint
	var lines []string
	say := func(t themes.Token, text string) {
		for _, part := range paint.Wrap(text, max(inner-4, 1)) {
			l := p.Line(inner)
			lines = append(lines, l.Gap(2).Add(t, part).String())
		}
	}
	say(themes.Strong, d.change.Title)
	if d.change.Note != "" {
		say(themes.Muted, d.change.Note)
	}
	for _, side := range []struct {
		word string
		st   *sessions.State
	}{{"before", d.old}, {"now", d.new}} {
		lines = append(lines, paint.Blank(inner))
		lines = append(lines, d.side(inner, side.word, side.st)...)
	}
	d.lines = len(lines)
	room := max(h-4, 1)
	if len(lines) > room {
		d.top = min(d.top, len(lines)-room)
		lines = lines[d.top : d.top+room]
	} else {
		d.top = 0
	}
	foot := p.Line(inner)
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogChoose)).Gap(1).Add(themes.Text, "back")
	return p.Box(w, d.change.Item, append(lines, paint.Blank(inner), foot.String()))
}

// side is the item in one review: the machine's verdict and the person's, each with its
// reason.
func (d *sides) side(w int, word string, st *sessions.State) []string {
	p := d.env.Paint
	head := p.Line(w)
	version := strings.TrimSpace(string(st.Opened.Version) + " of " + st.LastAt.Local().Format("2 Jan 2006"))
	it := st.Items[d.change.Item]
	if it == nil {
		return []string{head.Gap(2).Fit(themes.Muted, word, 8).Add(themes.Muted, "not asked in "+version).String()}
	}
	sign, token := screen.VerdictSign(it.Counts())
	head.Gap(2).Fit(themes.Muted, word, 8).Add(token, sign+" "+verdictOf(it.Counts())).Add(themes.Muted, "   "+version)
	out := []string{head.String()}
	tell := func(who, text string) {
		for i, part := range paint.Wrap(text, max(w-22, 1)) {
			l := p.Line(w)
			if i > 0 {
				who = ""
			}
			out = append(out, l.Gap(10).Fit(themes.Muted, who, 9).Add(themes.Text, part).String())
		}
	}
	if it.Machine != nil {
		tell("machine", verdictOf(it.Machine.Verdict)+": "+string(it.Machine.Reason))
	}
	if r := it.Reviewer; r != nil {
		tell("you", verdictOf(r.Verdict)+": "+string(r.Reason)+" ("+string(r.By)+")")
	}
	return out
}
