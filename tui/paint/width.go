package paint

import (
	"strings"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"assess/gonogo/themes"
)

// Width is how many cells a text takes. Control characters, emoji variation selectors and
// skin tones take none, because Fit leaves them out; a tab counts as one blank.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	n := 0
	each(s, func(_ string, w int) bool { n += w; return true })
	return n
}

// plain reports whether s is printable ASCII alone, one cell a byte.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// each walks the grapheme clusters that may be shown, with their cells, until f says stop.
func each(s string, f func(cluster string, w int) bool) {
	g := displaywidth.StringGraphemes(strings.Map(showable, s))
	for g.Next() {
		c := g.Value()
		if w := displaywidth.String(c); w > 0 && !f(c, w) {
			return
		}
	}
}

// showable maps what terminals disagree about or obey: tabs and line feeds become blanks,
// control characters and broken UTF-8 the replacement character; joiners, emoji variation
// selectors, skin tones and invisible characters go, so that what is counted is what is
// shown. Text from outside has been through clean before; this is the last fence.
func showable(r rune) rune {
	switch {
	case r >= 0x20 && r < 0x7f:
		return r
	case r == '\t' || r == '\n':
		return ' '
	case r < 0x20 || r < 0xa0:
		return utf8.RuneError
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff,
		r >= 0xfe00 && r <= 0xfe0f, r >= 0x1f3fb && r <= 0x1f3ff, r == 0xad, r >= 0xe0000 && r <= 0xe0fff:
		return -1
	}
	return r
}

// Graphemes splits a text into its clusters as they are, for cursors that move by what a
// person sees as one character.
func Graphemes(s string) []string {
	var out []string
	g := displaywidth.StringGraphemes(s)
	for g.Next() {
		out = append(out, g.Value())
	}
	return out
}

// Fit makes a text exactly width cells: cut at the end with … when longer, filled with
// blanks when shorter.
func Fit(s string, width int) string {
	b := fit(nil, s, width, false)
	return string(b)
}

// Middle is Fit for paths, URLs and fingerprints: what is too long loses its middle.
func Middle(s string, width int) string { return Fit(middle(s, width), width) }

// middle cuts s in its middle so that it takes at most width cells.
func middle(s string, width int) string {
	total := Width(s)
	if total <= width || width < 3 {
		return s
	}
	head, tail := (width-1)/2, width-1-(width-1)/2
	return Cut(s, 0, head) + "…" + Cut(s, total-tail, tail)
}

// Cut returns the cells from start on, at most width of them. A wide character that the
// edge would halve becomes a blank, so that Cut(s,0,n)+Cut(s,n,…) keeps its columns.
func Cut(s string, start, width int) string {
	if width <= 0 {
		return ""
	}
	if plain(s) {
		if start >= len(s) {
			return ""
		}
		return s[start:min(len(s), start+width)]
	}
	var b strings.Builder
	at := 0
	each(s, func(c string, w int) bool {
		switch {
		case at >= start && at+w <= start+width:
			b.WriteString(c)
		case at+w > start && at < start+width:
			b.WriteString(blanks(min(at+w, start+width) - max(at, start)))
		}
		at += w
		return at < start+width
	})
	return b.String()
}

// fit appends exactly width cells of s to b.
func fit(b []byte, s string, width int, ascii bool) []byte {
	if width <= 0 {
		return b
	}
	used := Width(s)
	if used <= width {
		b = clip(b, s, width, ascii)
		return append(b, blanks(width-used)...)
	}
	b, used = clipped(b, s, width-1, ascii)
	b = appendCell(b, "…", 1, ascii)
	return append(b, blanks(width-1-used)...)
}

// clip appends at most width cells of s.
func clip(b []byte, s string, width int, ascii bool) []byte {
	b, _ = clipped(b, s, width, ascii)
	return b
}

func clipped(b []byte, s string, width int, ascii bool) ([]byte, int) {
	if plain(s) {
		n := min(len(s), max(width, 0))
		return append(b, s[:n]...), n
	}
	if ascii { // a tick is no pass
		s = strings.ReplaceAll(s, "["+themes.SignTick+"]", "[x]")
	}
	used := 0
	each(s, func(c string, w int) bool {
		if used+w > width {
			return false
		}
		b = appendCell(b, c, w, ascii)
		used += w
		return used < width
	})
	return b, used
}

const spaces = "                                                                                                                                "

// blanks returns n blanks without allocating for usual widths.
func blanks(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(spaces):
		return spaces[:n]
	}
	return strings.Repeat(" ", n)
}
