package themes

import "fmt"

const (
	// readable is the least contrast of text with what is behind it (WCAG 2.2, success
	// criterion 1.4.3; 1.4.6 asks 7 of high contrast).
	readable = 4.5
	// apart is how far the colours of two states have to be from one another, as ΔE*ab:
	// some nine times what is just noticed, so that it also holds for thin signs.
	apart = 20
)

// differ lists the tokens of which no two may look alike within a group.
var differ = [][]Token{{Pass, Warn, Fail, Unknown}, {Added, Removed, Changed}, {P50, P90, P99}}

// Problems lists what makes a theme hard to read: text with too little contrast on its
// backgrounds or on the fill of the marked row, and states that look alike, to ordinary
// eyes or to those that the theme is made for. Colours that a theme leaves to the terminal
// can't be judged and are left out.
func (t *Theme) Problems() []string {
	behind := t.On
	if fill := t.Styles[Select].Bg; fill != "" {
		behind = append([]string{fill}, t.On...)
	}
	var out []string
	for i := range Count {
		fg := t.Styles[i].Fg
		if !Token(i).Readable() || fg == "" {
			continue
		}
		for _, bg := range behind {
			if ratio, err := Contrast(fg, bg); err != nil || ratio < t.Contrast {
				out = append(out, fmt.Sprintf("%s: %s on %s has a contrast of %.1f, want %.1f", Token(i), fg, bg, ratio, t.Contrast))
			}
		}
	}
	for _, v := range append([]Vision{Ordinary}, t.Eyes...) {
		for _, group := range differ {
			out = append(out, t.alike(group, v)...)
		}
	}
	return out
}

// alike lists the pairs of a group that such eyes can hardly tell apart.
func (t *Theme) alike(group []Token, v Vision) []string {
	var out []string
	for i, a := range group {
		for _, b := range group[i+1:] {
			x, y := t.Styles[a].Fg, t.Styles[b].Fg
			if x == "" || y == "" {
				continue
			}
			if d, err := Difference(x, y, v); err != nil || d < apart {
				to := "look alike"
				if v != Ordinary {
					to = "look alike to eyes with " + string(v)
				}
				out = append(out, fmt.Sprintf("%s %s and %s %s %s: %.0f apart, want %d", a, x, b, y, to, d, apart))
			}
		}
	}
	return out
}
