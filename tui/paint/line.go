package paint

import (
	"unsafe"

	"assess/gonogo/themes"
)

// Line builds one screen line of exactly the width it was made with, by one holder: a copy
// of a line that has begun would write over it. What does not fit is
// dropped at the right; String fills up with blanks.
type Line struct {
	p    *Palette
	b    []byte
	w    int
	used int
	sel  int // 1 on the cursor's row
}

// Line starts a line of w cells.
func (p *Palette) Line(w int) Line { return Line{p: p, w: max(w, 0)} }

// Row starts a line that carries the fill of the cursor's row when marked.
func (p *Palette) Row(w int, marked bool) Line {
	l := p.Line(w)
	if marked {
		l.sel = 1
	}
	return l
}

// Room is how many cells are left.
func (l *Line) Room() int { return l.w - l.used }

// Used is how many cells stand already.
func (l *Line) Used() int { return l.used }

// Add appends a text, cut with … where it does not fit.
func (l *Line) Add(t themes.Token, s string) *Line {
	if s == "" {
		return l
	}
	w := len(s)
	if !plain(s) {
		w = Width(s)
	}
	return l.Fit(t, s, min(w, l.Room()))
}

// Fit appends exactly width cells: the text cut or filled up.
func (l *Line) Fit(t themes.Token, s string, width int) *Line {
	width = min(width, l.Room())
	if width <= 0 {
		return l
	}
	l.begin(0)
	br := &l.p.brushes[l.sel][t]
	l.b = append(l.b, br.before...)
	l.b = fit(l.b, s, width, l.p.ASCII)
	l.b = append(l.b, br.after...)
	l.used += width
	return l
}

// Middle appends exactly width cells of a path, URL or fingerprint, cut in its middle.
func (l *Line) Middle(t themes.Token, s string, width int) *Line {
	return l.Fit(t, middle(s, min(width, l.Room())), width)
}

// Splice appends what is painted already and takes w cells; where that much room is not
// left it becomes blank.
func (l *Line) Splice(painted string, w int) *Line {
	if w > l.Room() {
		return l.Gap(l.Room())
	}
	l.begin(len(painted))
	l.b = append(l.b, painted...)
	l.used += w
	return l
}

// begin makes room for a line with a few colours, and for n bytes more.
func (l *Line) begin(n int) {
	if l.b == nil {
		l.b = make([]byte, 0, l.w+96+n)
	}
}

// Right appends exactly width cells with the text at their right end.
func (l *Line) Right(t themes.Token, s string, width int) *Line {
	width = min(width, l.Room())
	w := min(Width(s), width)
	return l.Gap(width-w).Fit(t, s, w)
}

// Gap appends n blanks.
func (l *Line) Gap(n int) *Line { return l.Fit(themes.Text, "", n) }

// To appends blanks up to column col.
func (l *Line) To(col int) *Line { return l.Gap(col - l.used) }

// End puts a text at the line's right end, at least two cells after what is there; where
// that is no room for it all, it is cut.
func (l *Line) End(t themes.Token, s string) *Line {
	w := Width(s)
	if l.used > 0 && l.Room() < w+2 {
		l.Gap(2)
	}
	return l.To(l.w-w).Fit(t, s, min(w, l.Room()))
}

// String returns the line, filled up to its width.
func (l *Line) String() string {
	if l.used < l.w {
		l.Gap(l.w - l.used)
	}
	// Not copied: bytes are only ever appended, so those of the string never change.
	return unsafe.String(unsafe.SliceData(l.b), len(l.b))
}
