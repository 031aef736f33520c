package paint

import (
	"strings"

	"assess/gonogo/themes"
)

// MaxDialog is how wide a dialog may get, borders included.
const MaxDialog = 80

// Box draws a dialog: a border with the title in its top, and the lines within. Every
// line has to be w-4 cells wide: the border takes one cell at each side and the line's own
// first cell is the cursor's.
func (p *Palette) Box(w int, title string, lines []string) []string {
	if w < 6 {
		return nil
	}
	top := []rune(themes.SignBoxTop)
	bottom := []rune(themes.SignBoxBottom)
	side := p.Paint(themes.Rule, themes.SignBoxSide)
	out := make([]string, 0, len(lines)+2)

	head := p.Line(w)
	head.Add(themes.Rule, string(top[0]))
	if title != "" {
		head.Gap(1)
		head.Fit(themes.Strong, title, min(Width(title), w-5))
		head.Gap(1)
	}
	head.Add(themes.Rule, strings.Repeat(themes.SignRule, max(head.Room()-1, 0)))
	head.Add(themes.Rule, string(top[1]))
	out = append(out, head.String())
	for _, l := range lines {
		out = append(out, side+l+"  "+side)
	}
	return append(out, p.Paint(themes.Rule, string(bottom[0])+strings.Repeat(themes.SignRule, w-2)+string(bottom[1])))
}

// Over lays a box over a page, in its middle, and dims the page around it.
func (p *Palette) Over(page []string, w int, box []string) []string {
	if len(box) == 0 {
		return page
	}
	bw := Width(Strip(box[0]))
	x, y := max((w-bw)/2, 0), max((len(page)-len(box))/2, 0)
	out := make([]string, len(page))
	for i, l := range page {
		text := Strip(l)
		if i < y || i >= y+len(box) {
			out[i] = p.Paint(themes.Muted, text)
			continue
		}
		right := Cut(text, x+bw, w-x-bw)
		if bw > w {
			out[i] = p.Paint(themes.Muted, Fit(Strip(box[i-y]), w))
			continue
		}
		out[i] = p.Paint(themes.Muted, Cut(text, 0, x)) + box[i-y] + p.Paint(themes.Muted, right)
	}
	return out
}

// Wrap breaks a text into lines of at most width cells, between words where it can, but not
// between a number and its unit. Line feeds in it are kept.
func Wrap(s string, width int) []string {
	if width <= 0 {
		return nil
	}
	var out []string
	for _, para := range strings.Split(s, "\n") {
		out = append(out, wrapLine(para, width)...)
	}
	return out
}

func wrapLine(s string, width int) []string {
	var out []string
	line, used := "", 0
	for _, word := range words(s) {
		w := Width(word)
		if used > 0 && used+1+w > width {
			out = append(out, line)
			line, used = "", 0
		}
		for w > width {
			if head := Cut(word, 0, width); head != "" && used == 0 {
				out = append(out, head)
				word = Cut(word, width, w-width)
				w = Width(word)
				continue
			}
			break
		}
		if used > 0 {
			line += " "
			used++
		}
		line += word
		used += w
	}
	if line != "" || len(out) == 0 {
		out = append(out, line)
	}
	return out
}

// words parts a text at its blanks; a number keeps the unit behind it.
func words(s string) []string {
	all := strings.Fields(s)
	out := all[:0]
	for _, w := range all {
		if n := len(out); n > 0 && unit(w) && endsInDigit(out[n-1]) {
			out[n-1] += " " + w
			continue
		}
		out = append(out, w)
	}
	return out
}

func unit(word string) bool {
	switch strings.TrimRight(word, ".,;:)”") {
	case "%", "ms", "s", "m", "h", "d", "w", "B", "KiB", "MiB", "GiB":
		return true
	}
	return false
}

func endsInDigit(word string) bool {
	c := word[len(word)-1]
	return c >= '0' && c <= '9'
}
