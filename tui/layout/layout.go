// Package layout says where things stand: pure functions from a window's size to panes
// and rows. It imports nothing of ours.
package layout

// The smallest window that holds a screen; below it the root shows a notice.
const (
	MinWidth  = 40
	MinHeight = 12
)

// Prose is the widest a text to be read may get, in cells.
const Prose = 80

// margin and gutter of the grid; the cursor's sign lives in the cell before a pane.
const (
	margin = 1
	gutter = 3
)

// Span is where a pane's content stands in a row: its first column and its cells.
type Span struct{ X, W int }

// Panes divides a row of w cells: four panes from 160 cells on, three from 100, two from
// 60, else one. The outline keeps its 28 cells; width beyond goes half to the list and
// half to the detail.
func Panes(w int) []Span {
	content := func(n int) int { return w - 2*margin - (n-1)*gutter }
	switch {
	case w >= 200:
		spare := w - 200
		return spans(28, 62+spare/2, 48+spare-spare/2, 51)
	case w >= 160:
		rest := content(4) - 28
		list, detail := rest*62/161, rest*48/161
		return spans(28, list, detail, rest-list-detail)
	case w >= 100:
		rest := content(3) - 28
		return spans(28, rest/2, rest-rest/2)
	case w >= 60:
		rest := content(2)
		return spans(rest-rest/2, rest/2)
	}
	return spans(max(content(1), 0))
}

func spans(widths ...int) []Span {
	out := make([]Span, len(widths))
	x := margin
	for i, w := range widths {
		out[i] = Span{X: x, W: w}
		x += w + gutter
	}
	return out
}

// Window returns the first row to show of n rows so that row at stays in sight in a list
// of h rows that now starts at top. It moves no further than needed.
func Window(top, at, n, h int) int {
	if h <= 0 {
		return 0
	}
	if at < top {
		top = at
	}
	if at >= top+h {
		top = at - h + 1
	}
	return max(min(top, n-h), 0)
}
