package wire

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// cell is what one place of the screen shows: a character of one cell in a style.
type cell struct {
	r     rune
	style uint16
}

// row is a line as it stands on the terminal.
type row struct {
	text  string // as it was painted
	cells []cell // none: characters in it are not of one cell each, or unknown
	known bool   // the terminal shows this
}

// cells takes a painted line apart into w cells, appended to into. False: it holds something
// about whose width terminals disagree, or an escape sequence that is no colour; such a line
// is written whole.
func (s *styles) cells(into []cell, line string, w int) ([]cell, bool) {
	var now uint16
	for len(line) > 0 {
		if line[0] == 0x1b {
			end := strings.IndexByte(line, 'm')
			if end < 2 || line[1] != '[' || strings.Trim(line[2:end], "0123456789;") != "" {
				return into, false
			}
			now = s.then(now, line[2:end])
			line = line[end+1:]
			continue
		}
		r, n := rune(line[0]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(line)
		}
		if !single(r) || len(into) == w {
			return into, false
		}
		c := cell{r, now}
		if r == ' ' {
			c.style = s.all[now].blank
		}
		into = append(into, c)
		line = line[n:]
	}
	return into, len(into) == w
}

// single reports whether a character takes one cell by itself everywhere: letters that are
// written one by one, and the signs of text and of boxes.
func single(r rune) bool {
	switch {
	case r < 0x20:
		return false
	case r < 0x7f:
		return true
	case r < 0xa1:
		return false
	case r >= 0x300 && r < 0x370, r >= 0x483 && r <= 0x489, r == 0xad:
		return false
	case r < 0x530, r >= 0x2010 && r < 0x2c00:
		return displaywidth.Rune(r) == 1
	}
	return false
}

// width is how many cells a painted text takes.
func width(text string) int {
	n := 0
	for {
		plain, rest, more := strings.Cut(text, "\x1b")
		n += displaywidth.String(plain)
		if !more {
			return n
		}
		_, text, _ = strings.Cut(rest, "m")
	}
}
