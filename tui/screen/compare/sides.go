package compare

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
	return []action.State{action.On(action.Down).And(action.Up).Say(scrollWord), action.On(action.DialogChoose).Say(backWord), action.On(action.DialogNo).Say(backWord).Hide()}
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
	lines = append(lines, paint.Blank(inner))
	if inner >= besideFrom {
		w := (inner - 2 - 3) / 2
		old, now := d.side(w, beforeLabel, d.old), d.side(w, nowLabel, d.new)
		for i := range max(len(old), len(now)) {
			l := p.Line(inner)
			l.Gap(2).Splice(line(old, i, w), w).Gap(3).Splice(line(now, i, w), w)
			lines = append(lines, l.String())
		}
	} else {
		for _, part := range append(append(d.side(inner-2, beforeLabel, d.old), paint.Blank(inner-2)), d.side(inner-2, nowLabel, d.new)...) {
			l := p.Line(inner)
			lines = append(lines, l.Gap(2).Splice(part, inner-2).String())
		}
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
	foot.Gap(2).Add(themes.Strong, d.env.Key(action.DialogChoose)).Gap(1).Add(themes.Text, backWord)
	return p.Box(w, d.change.Item, append(lines, paint.Blank(inner), foot.String()))
}

// besideFrom is the width from which on the two stand side by side.
const besideFrom = 70

// line is the i-th line, or a blank one.
func line(lines []string, i, w int) string {
	if i < len(lines) {
		return lines[i]
	}
	return paint.Blank(w)
}

// side is the item in one review, w cells wide: of which version and day, the verdict that
// counts, then the machine's and the person's with their reasons.
func (d *sides) side(w int, word string, st *sessions.State) []string {
	p := d.env.Paint
	head := p.Line(w)
	version := versionWords(st, "2 Jan 2006")
	out := []string{head.Fit(themes.Muted, word, 8).Add(themes.Muted, version).String()}
	it := st.Items[d.change.Item]
	l := p.Line(w)
	if it == nil {
		return append(out, l.Add(themes.Muted, notAsked).String())
	}
	sign, token := screen.VerdictSign(it.Counts())
	out = append(out, l.Add(token, sign+" "+verdictOf(it.Counts())).String())
	tell := func(who, text string) {
		for i, part := range paint.Wrap(text, max(w-9, 1)) {
			l := p.Line(w)
			if i > 0 {
				who = ""
			}
			out = append(out, l.Fit(themes.Muted, who, 9).Add(themes.Text, part).String())
		}
	}
	for _, x := range d.said(st, it) {
		tell(x[0], x[1])
	}
	return out
}

// versionWords are the version that was reviewed and the day: "1.4 of 17 Jan 2026".
func versionWords(st *sessions.State, layout string) string {
	return strings.TrimSpace(fmt.Sprintf(versionOfDay, st.Opened.Version, st.LastAt.Local().Format(layout)))
}

// said is what machine, person and waiver say of the item: who, and what.
func (d *sides) said(st *sessions.State, it *sessions.ItemState) (out [][2]string) {
	if it.Machine != nil {
		out = append(out, [2]string{machineLabel, verdictOf(it.Machine.Verdict) + ": " + string(it.Machine.Reason)})
	}
	if r := it.Reviewer; r != nil {
		text := fmt.Sprintf(personSaid, verdictOf(r.Verdict), r.Reason, r.By)
		if it.Unconfirmed() {
			text = fmt.Sprintf(countsWhen, text, r.On)
		} else if !it.ReviewerCounts() {
			text = fmt.Sprintf(countsNoMore, text)
		}
		out = append(out, [2]string{personLabel, text})
	}
	if x, waived := st.Waivers[d.change.Item]; waived {
		out = append(out, [2]string{waivedLabel, fmt.Sprintf(waivedUntil, x.Expires, x.Reason, x.ApprovedBy)})
	}
	return out
}
