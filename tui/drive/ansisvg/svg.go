package main

import (
	"fmt"
	"html"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"assess/gonogo/themes"
)

// A cell is cellW by cellH pixels; the text's base line is drop under its top.
const (
	cellW, cellH = 8.4, 18
	drop         = 13.5
	margin       = 8
)

// style is how a run of cells is painted; empty colours are the terminal's own.
type style struct {
	fg, bg          string
	bold, underline bool
}

// run is some cells of one line in one style.
type run struct {
	style
	x, w int
	text string
}

// paint returns the picture of a screen.
func paint(lines []string, title, fg, bg string) string {
	var body strings.Builder
	width := 0
	var now style // tmux lets a style go on from line to line
	for y, line := range lines {
		for _, r := range runs(line, &now) {
			width = max(width, r.x+r.w)
			if r.bg != "" {
				fmt.Fprintf(&body, "<rect x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n", left(r.x), top(y), cellW*float64(r.w), cellH, r.bg)
			}
			if strings.TrimSpace(r.text) != "" {
				body.WriteString(r.svg(y))
			}
		}
	}
	w, h := cellW*float64(width)+2*margin, cellH*len(lines)+2*margin
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%d\" viewBox=\"0 0 %.0f %d\" role=\"img\" aria-label=\"%s\">\n"+
		"<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" rx=\"6\" fill=\"%s\"/>\n"+
		"<g fill=\"%s\" font-size=\"14\" font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" xml:space=\"preserve\">\n%s</g>\n</svg>\n",
		w, h, w, h, html.EscapeString(title), html.EscapeString(title), bg, fg, body.String())
}

func left(x int) float64 { return margin + cellW*float64(x) }
func top(y int) int      { return margin + cellH*y }

// svg is a run's text, stretched to its cells whatever font the viewer has.
func (r run) svg(y int) string {
	blanks := len(r.text) - len(strings.TrimLeft(r.text, " "))
	text := strings.TrimSpace(r.text)
	var more strings.Builder
	if r.fg != "" {
		fmt.Fprintf(&more, " fill=\"%s\"", r.fg)
	}
	if r.bold {
		more.WriteString(" font-weight=\"bold\"")
	}
	if r.underline {
		more.WriteString(" text-decoration=\"underline\"")
	}
	return fmt.Sprintf("<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\"%s>%s</text>\n",
		left(r.x+blanks), float64(top(y))+drop, cellW*float64(ansi.StringWidth(text)), more.String(), html.EscapeString(text))
}

// runs splits a line where its style changes, and where more than one blank stands, so
// that columns keep their places. now is the style that the line begins in, then the one
// that it ends in.
func runs(line string, now *style) []run {
	var out []run
	x := 0
	add := func(text string) {
		if text == "" {
			return
		}
		w := ansi.StringWidth(text)
		out = append(out, run{*now, x, w, text})
		x += w
	}
	for line != "" {
		at := strings.IndexByte(line, 0x1b)
		if at < 0 {
			at = len(line)
		}
		for _, part := range columns(line[:at]) {
			add(part)
		}
		if line = line[at:]; line == "" {
			break
		}
		end := strings.IndexByte(line, 'm')
		if end < 0 || !strings.HasPrefix(line, "\x1b[") {
			break
		}
		now.apply(line[2:end])
		line = line[end+1:]
	}
	return out
}

// columns splits a text before each word that follows more than one blank.
func columns(text string) []string {
	var out []string
	from := 0
	for i := 2; i < len(text); i++ {
		if text[i] != ' ' && text[i-1] == ' ' && text[i-2] == ' ' {
			out, from = append(out, text[from:i]), i
		}
	}
	return append(out, text[from:])
}

// apply takes the numbers of one colour sequence (ECMA-48, SGR).
func (s *style) apply(codes string) {
	n := strings.FieldsFunc(codes, func(r rune) bool { return r == ';' || r == ':' })
	if len(n) == 0 {
		*s = style{}
	}
	for i := 0; i < len(n); i++ {
		switch c := number(n[i]); {
		case c == 0:
			*s = style{}
		case c == 1:
			s.bold = true
		case c == 22:
			s.bold = false
		case c == 4:
			s.underline = true
		case c == 24:
			s.underline = false
		case c == 39:
			s.fg = ""
		case c == 49:
			s.bg = ""
		case c == 38 || c == 48:
			colour, used := extended(n[i+1:])
			if i += used; c == 38 {
				s.fg = colour
			} else {
				s.bg = colour
			}
		case c >= 30 && c <= 37:
			s.fg = sixteen[c-30]
		case c >= 90 && c <= 97:
			s.fg = sixteen[c-90+8]
		case c >= 40 && c <= 47:
			s.bg = sixteen[c-40]
		}
	}
}

// extended reads 5;N or 2;R;G;B and says how many numbers that were.
func extended(n []string) (colour string, used int) {
	switch {
	case len(n) >= 2 && n[0] == "5":
		if c := number(n[1]); c < 16 {
			return sixteen[max(c, 0)], 2
		} else if c < 256 {
			return themes.IndexedHex(c), 2
		}
		return "", 2
	case len(n) >= 4 && n[0] == "2":
		return fmt.Sprintf("#%02x%02x%02x", number(n[1])&0xff, number(n[2])&0xff, number(n[3])&0xff), 4
	}
	return "", len(n)
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}

// sixteen are xterm's own first colours (xterm, XTerm-col.ad).
var sixteen = [16]string{"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
	"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"}
