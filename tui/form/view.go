package form

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
)

// View paints the form as lines of w cells; the first cell is the cursor's.
func (f *Form) View(p *paint.Palette, w int) []string {
	lines, _, _ := f.lines(p, w)
	return lines
}

// Fit paints at most h lines of the form, the marked field among them.
func (f *Form) Fit(p *paint.Palette, w, h int) []string {
	lines, from, to := f.lines(p, w)
	if len(lines) <= h {
		return lines
	}
	top := max(min(from, to-h), 0) // a field higher than the window shows its end
	if to-from > h {
		top = max(to-h, 0)
	}
	h = max(h, 0)
	return lines[top:min(top+h, len(lines))]
}

// lines paints all of it, and says which lines are the marked field's.
func (f *Form) lines(p *paint.Palette, w int) (out []string, from, to int) {
	for i := 0; i < len(f.Fields); i++ {
		if f.Fields[i].Apart {
			out = append(out, paint.Blank(w))
		}
		start, marked := len(out), i == f.At
		if row, ok := f.pair(p, i, w); ok {
			out = append(out, row)
			i++
			marked = marked || i == f.At
		} else {
			out = append(out, f.field(p, f.Fields[i], w, marked)...)
		}
		if !marked {
			continue
		}
		if f.Err != "" {
			out = append(out, f.wrong(p, w)...)
		}
		from, to = start, len(out)
	}
	return out, from, to
}

// An error takes so many lines under its field at most, and one where it has few cells.
const (
	mostWrong  = 3
	leastWrong = 24
)

// wrong says under the marked field what is wrong with it: whole, as what to do stands last.
func (f *Form) wrong(p *paint.Palette, w int) []string {
	room, most := w-f.label-4, mostWrong
	if room < leastWrong {
		most = 1
	}
	parts := paint.Wrap("! "+f.Err, max(room, 1))
	if len(parts) > most {
		parts = append(parts[:most-1:most-1], strings.Join(parts[most-1:], " "))
	}
	var out []string
	for i, part := range parts {
		l := p.Line(w)
		l.Gap(1 + f.label)
		if i > 0 {
			l.Gap(2)
		}
		out = append(out, l.Fit(themes.Error, part, l.Room()).String())
	}
	return out
}

// LabelWidth is how many cells stand before the values: the cursor and the labels.
func (f *Form) LabelWidth() int { return 1 + f.label }

func label(l *paint.Line, text string, width int, focused bool) {
	sign := " "
	if focused && text != "" {
		sign = themes.SignCursor
	}
	l.Add(themes.Focus, sign).Fit(themes.Muted, text, width)
}

// pair paints a field and the one beside it in one row, where both find room.
func (f *Form) pair(p *paint.Palette, i, w int) (string, bool) {
	if i+1 >= len(f.Fields) || !f.Fields[i+1].Beside || w < 60 {
		return "", false
	}
	a, b := f.Fields[i], f.Fields[i+1]
	l := p.Line(w)
	label(&l, a.Label, f.label, i == f.At)
	if a.Choice != nil {
		choice(&l, a)
		l.Gap(2)
	} else {
		f.text(p, &l, a, l.Room()*11/20, i == f.At)
	}
	name, width := b.Label, paint.Width(b.Label)+3
	if name == "" {
		name, width = b.Word, paint.Width(b.Word)+1
		b.Word = ""
	}
	need := 1 + width + 12
	if b.Choice != nil {
		need = 1 + width + choiceWidth(b)
	}
	if l.Room() < need {
		return "", false
	}
	label(&l, name, width, i+1 == f.At)
	if b.Choice != nil {
		choice(&l, b)
	} else {
		f.text(p, &l, b, l.Room(), i+1 == f.At)
	}
	return l.String(), true
}

// choice paints the options of a choice, or the chosen one where it turns.
func choice(l *paint.Line, x Field) {
	if x.Word != "" {
		l.Add(themes.Muted, x.Word).Gap(1)
	}
	if x.Turn {
		l.Add(themes.Text, x.Choice.Value())
		return
	}
	x.Choice.Paint(l, x.Gap)
}

func choiceWidth(x Field) int {
	n := 2
	for i, o := range x.Choice.Options {
		if i > 0 {
			n += x.Gap
		}
		n += paint.Width(o)
	}
	if x.Word != "" {
		n += paint.Width(x.Word) + 1
	}
	return n
}

// text paints a text of one line into room cells.
func (f *Form) text(p *paint.Palette, l *paint.Line, x Field, room int, focused bool) {
	if x.Text.Text() == "" && !focused {
		l.Fit(themes.Muted, x.Hint, room)
		return
	}
	l.Splice(x.Text.Lines(p, themes.Text, room, 1, focused)[0], room)
}

func (f *Form) field(p *paint.Palette, x Field, w int, focused bool) []string {
	if x.Choice != nil {
		return f.choiceLines(p, x, w, focused)
	}
	name := x.Label
	if name == "" {
		name = x.Word
	}
	room := max(w-1-f.label, 1)
	if x.Text.Text() == "" && !focused && x.Hint != "" {
		l := p.Line(w)
		label(&l, name, f.label, focused)
		l.Add(themes.Muted, x.Hint)
		out := []string{l.String()}
		for range x.Lines - 1 {
			out = append(out, paint.Blank(w))
		}
		return out
	}
	var out []string
	for i, text := range x.Text.Lines(p, themes.Text, room, max(x.Lines, 1), focused) {
		l := p.Line(w)
		if i > 0 {
			name = ""
		}
		label(&l, name, f.label, focused)
		out = append(out, l.Splice(text, room).String())
	}
	return out
}

// choiceLines paints a choice in a row of its own. One that is wider than the window shows
// what is chosen and its place among the others.
func (f *Form) choiceLines(p *paint.Palette, x Field, w int, focused bool) []string {
	l := p.Line(w)
	name := x.Label
	if name == "" && x.Word != "" {
		name, x.Word = x.Word, ""
	}
	label(&l, name, f.label, focused)
	if !x.Turn && choiceWidth(x) > l.Room() {
		if x.Word != "" {
			l.Add(themes.Muted, x.Word).Gap(1)
		}
		l.Add(themes.Strong, "["+x.Choice.Value()+"]").Gap(1)
		l.Add(themes.Muted, place(x.Choice.At, len(x.Choice.Options)))
		return []string{l.String()}
	}
	choice(&l, x)
	return []string{l.String()}
}
