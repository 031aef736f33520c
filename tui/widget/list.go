package widget

import (
	"strconv"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
)

// List is the cursor and the window of a list. It holds no rows: who owns them says how
// many there are and paints those in sight.
type List struct {
	At  int // the marked row
	Top int // the first row in sight
	N   int // how many rows there are
	h   int // rows in sight when last shown
}

// Resize says how many rows there are now, and keeps the cursor among them.
func (l *List) Resize(n int) {
	l.N = n
	l.At = max(min(l.At, n-1), 0)
}

// Do moves the cursor. False: the action is none of a list's.
func (l *List) Do(id action.ID) bool {
	half := max(l.h/2, 1)
	switch id {
	case action.Down:
		l.At++
	case action.Up:
		l.At--
	case action.Top:
		l.At = 0
	case action.Bottom:
		l.At = l.N - 1
	case action.PageDown:
		l.At += half
	case action.PageUp:
		l.At -= half
	default:
		return false
	}
	l.At = max(min(l.At, l.N-1), 0)
	return true
}

// Window returns the rows in sight, from up to but not including to, with the marked one
// among them.
func (l *List) Window(h int) (from, to int) {
	l.h = h
	l.Top = layout.Window(l.Top, l.At, l.N, h)
	return l.Top, min(l.Top+max(h, 0), l.N)
}

// Row is the row that was shown y lines under the window's first; ok is false where none was.
func (l *List) Row(y int) (row int, ok bool) {
	return l.Top + y, y >= 0 && y < l.h && l.Top+y < l.N
}

// Below is how many rows are out of sight under the window.
func (l *List) Below() int { return max(l.N-l.Top-l.h, 0) }

// Keep writes cursor and window into a screen's place, under a prefix.
func (l *List) Keep(place map[string]string, prefix string) {
	place[prefix+"at"], place[prefix+"top"] = strconv.Itoa(l.At), strconv.Itoa(l.Top)
}

// Restore reads them back; what is missing or wrong stays as it is.
func (l *List) Restore(place map[string]string, prefix string) {
	if n, err := strconv.Atoi(place[prefix+"at"]); err == nil && n >= 0 {
		l.At = n
	}
	if n, err := strconv.Atoi(place[prefix+"top"]); err == nil && n >= 0 {
		l.Top = n
	}
}
