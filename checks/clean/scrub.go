package clean

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxMarks   = 4 // combining marks on one base character
	maxJoiners = 6 // zero-width joiners and non-joiners in one word
	tabSpaces  = "    "
	// markRoom is kept free for the `…[+n bytes]` of a cut text, so that the cut text
	// is itself within the limit and cleaning it again changes nothing.
	markRoom = 30
)

const (
	zwnj      = '\u200C'
	zwj       = '\u200D'
	textStyle = '\uFE0E'
	emojiSty  = '\uFE0F'
	keycap    = '\u20E3'
)

// scrub is Line and Block. Plain ASCII within the limit is returned as it is, without
// an allocation: nearly all text is.
func scrub(s string, limit int, block bool) string {
	if plain(s, limit, block) {
		return s
	}
	w := scrubber{block: block, room: limit - markRoom}
	w.out.Grow(min(len(s), 4*limit) + markRoom)
	for i := 0; i < len(s); {
		if w.chars <= w.room && !w.joinerLast {
			w.cutOut, w.cutIn = w.out.Len(), i
		}
		i += w.next(s[i:])
		if w.chars > limit {
			cut := w.out.String()[:w.cutOut]
			return cut + "…[+" + strconv.Itoa(len(s)-w.cutIn) + " bytes]"
		}
	}
	return w.out.String()
}

// plain reports whether s is printable ASCII (and line feeds in a block) within limit.
func plain(s string, limit int, block bool) bool {
	if len(s) > limit {
		return false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' || c > '~') && (c != '\n' || !block) {
			return false
		}
	}
	return true
}

// scrubber carries what a decision about one rune needs to know about the runes that
// were put out before it. It looks at output only, never at dropped input, which is what
// makes cleaning idempotent.
type scrubber struct {
	out        strings.Builder
	block      bool
	room       int
	chars      int  // runes put out
	last       rune // the last of them, 0 at the start
	marks      int  // combining marks since the last base character
	joiners    int  // joiners in the current word
	joinerLast bool

	cutOut, cutIn int // where a text that turns out too long is cut
}

// next puts out the first rune of s in its safe form and returns how many bytes of s
// that took.
func (w *scrubber) next(s string) int {
	r, n := utf8.DecodeRuneInString(s)
	switch {
	case r == utf8.RuneError && n == 1:
		w.text("<" + hex(s[0]) + ">")
	case r == '\n' && w.block:
		w.base('\n')
	case r == '\n':
		w.base('␊')
	case r == '\r' && w.block && strings.HasPrefix(s[n:], "\n"):
		// CR LF is a line end like any other; the LF follows.
	case r == '\t':
		w.text(tabSpaces)
	case r < ' ':
		w.text("^" + string(r+'@'))
	case r == 0x7F:
		w.text("^?")
	case r == zwj || r == zwnj:
		w.joiner(r, s[n:])
	case r == emojiSty || r == textStyle:
		w.style(r, s[n:])
	case isTone(r):
		if !isPicture(w.last) {
			w.code(r)
		}
	case hidden(r):
		w.code(r)
	case unicode.Is(unicode.M, r):
		return w.mark(r, s)
	default:
		w.base(r)
	}
	return n
}

// mark puts out combining marks: up to maxMarks on one base character, the rest of
// the run as a count, and none where there is nothing of ours for it to sit on.
func (w *scrubber) mark(r rune, s string) int {
	n := utf8.RuneLen(r)
	if w.last == 0 || w.last == '\n' {
		w.code(r)
		return n
	}
	if w.marks < maxMarks {
		w.put(r)
		w.marks++
		return n
	}
	run, end := 0, 0
	for end < len(s) {
		m, size := utf8.DecodeRuneInString(s[end:])
		if !unicode.Is(unicode.M, m) || hidden(m) || m == emojiSty || m == textStyle {
			break
		}
		run, end = run+1, end+size
	}
	w.text("<+" + strconv.Itoa(run) + " marks>")
	return end
}

// joiner handles U+200C and U+200D. Between letters of scripts that need them for
// spelling they stay; between pictures they go, because terminals disagree about the
// width of a joined picture; anywhere else they only hide differences and are shown.
func (w *scrubber) joiner(r rune, rest string) {
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == zwj && isPicture(w.last) && isPicture(next):
	case joins(w.last) && joins(next) && unicode.IsLetter(next) && w.joiners < maxJoiners:
		w.put(r)
		w.joiners++
		w.joinerLast = true
	default:
		w.code(r)
	}
}

// style handles the variation selectors that ask for a coloured or a plain picture. They
// change nothing but the width, about which terminals disagree, so they go.
func (w *scrubber) style(r rune, rest string) {
	next, _ := utf8.DecodeRuneInString(rest)
	keyed := next == keycap && strings.ContainsRune("0123456789#*", w.last)
	if !isPicture(w.last) && !keyed {
		w.code(r)
	}
}

func (w *scrubber) put(r rune) {
	w.out.WriteRune(r)
	w.chars++
	w.last = r
	w.joinerLast = false
}

// base puts out a character that starts a new cell.
func (w *scrubber) base(r rune) {
	w.put(r)
	w.marks = 0
	if !joins(r) {
		w.joiners = 0
	}
}

func (w *scrubber) text(s string) {
	for _, r := range s {
		w.base(r)
	}
}

// code shows the rune as its code point.
func (w *scrubber) code(r rune) {
	h := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	w.text("<U+" + strings.Repeat("0", max(0, 4-len(h))) + h + ">")
}

func hex(b byte) string {
	const digits = "0123456789ABCDEF"
	return string([]byte{digits[b>>4], digits[b&15]})
}
