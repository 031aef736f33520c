package paint

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"assess/gonogo/themes"
)

// Palette is a theme made ready to paint: one brush per token, with and without the fill
// of the cursor's row, computed once.
type Palette struct {
	Theme *themes.Theme
	ASCII bool // signs are replaced by their ASCII twins, cell by cell
	Plain bool // the terminal shows no colour and no attributes at all

	brushes [2][themes.Count]brush
}

// brush is what stands before and after a text of one token.
type brush struct{ before, after string }

// New makes a palette for the terminal that r paints on; nil is standard output's.
// Lip Gloss stays the source of truth for colours: each style is rendered once, and what
// it puts around one character is kept.
func New(theme *themes.Theme, ascii bool, r *lipgloss.Renderer) *Palette {
	if r == nil {
		r = lipgloss.DefaultRenderer()
	}
	p := &Palette{Theme: theme, ASCII: ascii, Plain: true}
	fill := theme.Styles[themes.Select]
	for i := range themes.Count {
		s := theme.Styles[i]
		p.brushes[0][i] = newBrush(r, s, s.Bg)
		p.brushes[1][i] = newBrush(r, s, fill.Bg)
		if p.brushes[0][i].before != "" {
			p.Plain = false
		}
	}
	return p
}

func newBrush(r *lipgloss.Renderer, s themes.Style, bg string) brush {
	style := r.NewStyle().Bold(s.Bold).Underline(s.Underline)
	if s.Fg != "" {
		ansi := ""
		if s.ANSI != nil {
			ansi = strconv.Itoa(*s.ANSI)
		}
		style = style.Foreground(lipgloss.CompleteColor{TrueColor: s.Fg, ANSI256: indexed(r, s.Fg, s.XTerm), ANSI: ansi})
	}
	if bg != "" {
		style = style.Background(lipgloss.CompleteColor{TrueColor: bg, ANSI256: indexed(r, bg, nil)})
	}
	before, after, _ := strings.Cut(style.Render("x"), "x")
	return brush{before, after}
}

// indexed is a colour for terminals with 256 of them. Lip Gloss has a way of its own, which
// makes dark blues a middle grey that no text is readable on.
func indexed(r *lipgloss.Renderer, hex string, chosen *int) string {
	switch {
	case r.ColorProfile() != termenv.ANSI256:
		return hex
	case chosen != nil:
		return strconv.Itoa(*chosen)
	}
	n, err := themes.Indexed(hex)
	if err != nil {
		return ""
	}
	return strconv.Itoa(n)
}

// Paint styles a text as it is, cleaned but not fitted.
func (p *Palette) Paint(t themes.Token, s string) string {
	b := &p.brushes[0][t]
	out := append(make([]byte, 0, len(s)+len(b.before)+len(b.after)), b.before...)
	out = clip(out, s, 1<<30, p.ASCII)
	return string(append(out, b.after...))
}

// Sign returns s, or its ASCII twin where the palette says so.
func (p *Palette) Sign(s string) string { return string(clip(nil, s, 1<<30, p.ASCII)) }

// appendCell appends one grapheme of w cells, as its ASCII twin where asked for.
func appendCell(b []byte, c string, w int, ascii bool) []byte {
	if !ascii || len(c) == 1 {
		return append(b, c...)
	}
	r, _ := utf8.DecodeRuneInString(c)
	twin := themes.ASCII(r)
	for range w {
		b = append(b, twin)
	}
	return b
}
