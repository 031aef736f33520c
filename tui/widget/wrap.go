package widget

import (
	"assess/gonogo/tui/paint"
)

// span is a shown line as a range of bytes of the text.
type span struct{ from, to int }

// wrap breaks a text into shown lines of at most w cells: at line feeds, between words
// where it can, within words where it must. Every byte but the line feeds belongs to
// exactly one line, so that a cursor has one place.
func wrap(s string, w int) []span {
	var out []span
	from, used, space, spaceUsed := 0, 0, -1, 0
	at := 0
	for _, c := range paint.Graphemes(s) {
		if c == "\n" || c == "\r\n" {
			out = append(out, span{from, at})
			at += len(c)
			from, used, space = at, 0, -1
			continue
		}
		cw := paint.Width(c)
		if used+cw > w && at > from {
			if space > from && c != " " {
				out = append(out, span{from, space})
				from, used, space = space, used-spaceUsed, -1
			} else {
				out = append(out, span{from, at})
				from, used, space = at, 0, -1
			}
		}
		at += len(c)
		used += cw
		if c == " " {
			space, spaceUsed = at, used
		}
	}
	return append(out, span{from, len(s)})
}

// lineAt is the shown line that holds the cursor; at a soft break that is the later one.
func lineAt(lines []span, at int) int {
	for i := len(lines) - 1; i > 0; i-- {
		if lines[i].from <= at {
			return i
		}
	}
	return 0
}
