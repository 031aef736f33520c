package paint

import (
	"strings"

	"assess/gonogo/themes"
)

// Page joins lines into exactly h lines of w cells. Every line has to be w cells wide
// already; missing ones become blank, surplus ones are dropped from the bottom.
func Page(w, h int, lines []string) string {
	var b strings.Builder
	n := 0
	for _, l := range lines {
		n += len(l) + 1
	}
	b.Grow(n + max(h-len(lines), 0)*(w+1))
	for i := range h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(lines[i])
		} else {
			b.WriteString(blanks(w))
		}
	}
	return b.String()
}

// Pad returns exactly h lines: cut at the bottom, or filled with blank ones of w cells.
func Pad(lines []string, w, h int) []string {
	for len(lines) < h {
		lines = append(lines, blanks(w))
	}
	return lines[:max(h, 0)]
}

// Blank returns w blanks.
func Blank(w int) string { return blanks(max(w, 0)) }

// Beside joins panes line by line with two blanks between them and one after the last. A
// pane's lines hold one leading cell for the cursor and then its content, so that margin
// and gutter of the grid come out as one and three cells.
func Beside(h int, panes ...[]string) []string {
	out := make([]string, h)
	var b strings.Builder
	for y := range h {
		b.Reset()
		n := 3 * len(panes)
		for _, p := range panes {
			n += len(p[y])
		}
		b.Grow(n)
		for i, p := range panes {
			if i > 0 {
				b.WriteString("  ")
			}
			b.WriteString(p[y])
		}
		b.WriteByte(' ')
		out[y] = b.String()
	}
	return out
}

// Rule is a rule of w cells: heavy over what has the focus.
func (p *Palette) Rule(w int, focused bool) string {
	sign, tok := themes.SignRule, themes.Rule
	if focused {
		sign, tok = themes.SignHeavy, themes.Focus
	}
	return p.Paint(tok, strings.Repeat(sign, max(w, 0)))
}

// Across is a rule over the whole width within the margins.
func (p *Palette) Across(w int, focused bool) string {
	if w < 2 {
		return blanks(w)
	}
	return " " + p.Rule(w-2, focused) + " "
}

// Title is the first row: what is open at the left, what matters most at the right.
func (p *Palette) Title(w int, left, right string) string {
	l := p.Line(w)
	l.Gap(1)
	room := w - 2
	rw := min(Width(right), room)
	if lw := Width(left); lw+2+rw > room {
		l.Fit(themes.Strong, left, max(room-rw-2, min(room, 12)))
	} else {
		l.Add(themes.Strong, left)
	}
	l.To(w - 1 - min(rw, max(l.Room()-1, 0)))
	l.Fit(themes.Text, right, max(min(rw, l.Room()-1), 0))
	return l.String()
}

// Strip removes escape sequences of ours from a painted line: what is left is text.
func Strip(s string) string {
	if strings.IndexByte(s, 0x1b) < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != 0x1b {
			b.WriteByte(s[i])
			continue
		}
		for i++; i < len(s) && s[i] != 'm'; i++ {
		}
	}
	return b.String()
}
