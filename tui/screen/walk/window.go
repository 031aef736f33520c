package walk

import (
	"fmt"

	"assess/gonogo/themes"
)

// leastWindow is the fewest rows in sight that leave room for a heading that stays and for
// the words of what is below.
const leastWindow = 6

// window are the rows in sight. Where the heading of the first one is out of sight, it stands
// in that one's place: a list that does not say what it is a list of says half; head is its
// row, or -1. The marked row is neither that one nor the last one, which says what is below.
func (s *walk) window(h int) (from, to, head int) {
	at, n := s.list.At, len(s.rows)
	if n > 0 && s.rows[min(at, n-1)].nth <= 1 && at < h { // a heading above the first item comes with it
		s.list.Top = 0
	}
	from, to = s.list.Window(h)
	if h < leastWindow {
		return from, to, -1
	}
	if at == to-1 && to < n {
		s.list.Top++
		from, to = s.list.Window(h)
	}
	if at == from && s.covered(from) >= 0 {
		s.list.Top--
		from, to = s.list.Window(h)
	}
	if from < at && to < n && s.rows[from].kind == textRow && s.rows[from].title == "" { // an empty row heads nothing
		s.list.Top++
		from, to = s.list.Window(h)
	}
	return from, to, s.covered(from)
}

// covered is the heading of a row that is not a heading itself, or -1.
func (s *walk) covered(i int) int {
	if i >= len(s.rows) || s.rows[i].kind != itemRow {
		return -1
	}
	return s.rows[i].head
}

// below says in the last line of a list how many rows follow out of sight, that line's own
// among them.
func (s *walk) below(lines []string, w, to int) {
	if to >= len(s.rows) || to < leastWindow || s.list.At >= to-1 || len(lines) == 0 {
		return
	}
	l := s.env.Paint.Line(w + 1)
	more := s.rows[len(s.rows)-1].nth - s.rows[to-2].nth
	lines[len(lines)-1] = l.Gap(5).Add(themes.Muted, fmt.Sprintf(moreRows, more, themes.SignDown)).String()
}
