package wire

import (
	"strconv"
	"strings"
)

const (
	// near is how many cells that stay the same are written again rather than passed over: a
	// move costs as much.
	near = 6
	// gulp is how many bytes are written before looking whether there is a newer frame.
	gulp = 1 << 10
)

// frame is a screen as it is to be seen: h lines of w cells.
type frame struct {
	text string
	w, h int
	turn int // which size of the terminal it is for
}

// page is what a terminal shows, and how to make it show something else.
type page struct {
	styles *styles
	rows   []row
	w      int
	turn   int
	blank  bool // nothing was written since the terminal was cleared
	spare  []cell

	out   []byte
	x, y  int // of the cursor; x is -1 where it is not known
	style uint16
}

func newPage() *page { return &page{styles: newStyles()} }

// clear says that the terminal shows blanks alone.
func (p *page) clear() {
	p.blank = true
	for i := range p.rows {
		cells := p.rows[i].cells[:0]
		for range p.w {
			cells = append(cells, cell{r: ' '})
		}
		p.rows[i] = row{cells: cells, known: true}
	}
}

// size takes a terminal's new size: what stands on it may be anywhere now.
func (p *page) size(f *frame) {
	p.rows, p.w, p.turn = make([]row, f.h), f.w, f.turn
	if p.blank {
		p.clear()
	}
}

// update returns what to write so that the terminal shows a frame. whole is false where more
// is to come. The bytes hold until the next call.
func (p *page) update(f *frame) (out []byte, whole bool) {
	if f.turn != p.turn {
		p.size(f)
	}
	p.out, p.x, p.style = p.out[:0], -1, 0
	whole = true
	rest := f.text
	for y := range p.rows {
		var text string // a frame with fewer lines has blank ones
		text, rest, _ = strings.Cut(rest, "\n")
		if r := &p.rows[y]; !r.known || r.text != text {
			if len(p.out) > gulp {
				whole = false
				break
			}
			p.line(y, text)
		}
	}
	p.plain()
	if len(p.out) > 0 {
		p.blank = false
		p.rest()
	}
	return p.out, whole
}

// caret is the sign of where a letter that is typed will stand.
const caret = "▏"

// rest leaves the cursor, which nobody sees, where a letter that is typed will stand: input
// methods show there what they make of keys, and screen readers follow it.
func (p *page) rest() {
	for y := len(p.rows) - 1; y >= 0; y-- {
		if before, _, ok := strings.Cut(p.rows[y].text, caret); ok {
			p.move(y, min(width(before), p.w-1))
			return
		}
	}
}

// plain goes back to the terminal's own style.
func (p *page) plain() {
	p.out = p.styles.turn(p.out, p.style, 0)
	p.style = 0
}

// line writes what differs in one row.
func (p *page) line(y int, text string) {
	r := &p.rows[y]
	cells, ok := p.styles.cells(p.spare[:0], text, p.w)
	if !ok {
		p.spare = cells
		p.move(y, 0)
		p.plain()
		p.out = append(append(append(p.out, "\x1b[K"...), text...), "\x1b[m"...)
		p.x = -1
		*r = row{text: text, cells: r.cells[:0], known: true}
		return
	}
	was := r.cells
	if !r.known || len(was) != len(cells) {
		was = nil
	}
	p.words(y, was, cells)
	p.spare = r.cells
	*r = row{text: text, cells: cells, known: true}
}

// words writes the words that differ. was is nil where nothing is known.
func (p *page) words(y int, was, now []cell) {
	end := len(now) // from here on there are only blanks
	for end > 0 && now[end-1] == (cell{r: ' '}) {
		end--
	}
	differs := func(x int) bool { return was == nil || was[x] != now[x] }
	for x, done := 0, 0; x < len(now); x++ {
		if !differs(x) {
			continue
		}
		from, to := x, x+1
		for from > done && inWord(now, from) {
			from--
		}
		for i := to; i < len(now) && i <= to+near; i++ {
			if differs(i) {
				to = i + 1
			}
		}
		for to < len(now) && inWord(now, to) {
			to++
		}
		text := min(to, max(end, from))
		p.move(y, from)
		p.write(now[from:text])
		if to-text > 3 {
			p.plain()
			p.out = append(p.out, "\x1b[K"...)
			return
		}
		p.write(now[text:to])
		x, done = to-1, to
	}
}

// inWord reports whether no word ends before a cell.
func inWord(cells []cell, x int) bool { return letter(cells[x-1].r) && letter(cells[x].r) }

// letter reports whether a character is part of a word: blanks and boxes are not.
func letter(r rune) bool { return r != ' ' && (r < 0x2500 || r > 0x257f) }

// write writes cells where the cursor is.
func (p *page) write(cells []cell) {
	for _, c := range cells {
		p.out = p.styles.turn(p.out, p.style, c.style)
		p.style = c.style
		p.out = append(p.out, string(c.r)...)
	}
	if p.x += len(cells); p.x >= p.w {
		p.x = -1 // behind the last cell terminals differ
	}
}

// move puts the cursor somewhere by the shortest way.
func (p *page) move(y, x int) {
	switch {
	case p.x == x && p.y == y:
		return
	case p.x >= 0 && p.y == y && x > p.x:
		p.out = append(p.out, "\x1b["...)
		p.out = strconv.AppendInt(p.out, int64(x-p.x), 10)
		p.out = append(p.out, 'C')
	default:
		p.out = append(p.out, "\x1b["...)
		p.out = strconv.AppendInt(p.out, int64(y+1), 10)
		if x > 0 {
			p.out = append(p.out, ';')
			p.out = strconv.AppendInt(p.out, int64(x+1), 10)
		}
		p.out = append(p.out, 'H')
	}
	p.x, p.y = x, y
}
