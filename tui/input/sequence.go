package input

import (
	"strings"
	"unicode/utf8"
)

// kind is what stands at the beginning of some bytes.
type kind int

const (
	part    kind = iota // begins something whose rest has not come yet
	whole               // a letter, a control character or a complete escape sequence
	reply               // a terminal's answer, or a sequence that no key sends: no key
	endless             // one that is longer than any: its rest is no key either
)

const (
	escape  = 0x1b
	longest = 100 // bytes of an answer or a sequence; what is longer is dropped to its end
)

// first parts the first letter, key or answer from b, which must not be empty: its length
// and what it is. The grammar is that of ECMA-48, 5.4 and 5.6, with the two sequences that
// break it: mouse reports of X10 and the function keys of Linux's console. What is whole
// Bubble Tea reads as one: of a sequence it does not know it makes letters.
func first(b []byte) (int, kind) {
	switch {
	case b[0] >= utf8.RuneSelf:
		if !utf8.FullRune(b) {
			return len(b), part
		}
		_, n := utf8.DecodeRune(b)
		return n, whole
	case b[0] != escape:
		return 1, whole
	case len(b) == 1:
		return 1, part
	}
	switch b[1] {
	case '[':
		return control(b)
	case ']', 'P', '_':
		return answer(b)
	case 'O': // a single shift: one character more
		if len(b) < 3 {
			return len(b), part
		}
		if b[2] < ' ' {
			return 2, whole
		}
		return 3, known(b[2], "ABCDPQRS") // keys of a keypad are not read; their letters judge
	case '\\': // ends what answer begins
		return 2, reply
	case escape:
		return 1, whole
	}
	if b[1] >= utf8.RuneSelf {
		return 1, whole
	}
	return 2, whole // Esc and a key in one read, or Alt and that key: who hears it decides
}

// known is whole where c ends a sequence that is a key.
func known(c byte, ends string) kind {
	if strings.IndexByte(ends, c) < 0 {
		return reply
	}
	return whole
}

// control is a control sequence: parameters, intermediates, a final character.
func control(b []byte) (int, kind) {
	if len(b) > 2 && (b[2] == 'M' || b[2] == '[') {
		return fixed(b)
	}
	what, between := whole, false
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x40 && c <= 0x7e:
			return i + 1, what
		case c < 0x20 || c > 0x7e: // cut off: what comes next is new
			return i, reply
		case i == longest:
			return i, endless
		case c < 0x30:
			between = true
		case between: // a parameter behind an intermediate
			what = reply
		}
	}
	return len(b), part
}

// fixed is a sequence with characters behind its final one: three with a place, or one.
func fixed(b []byte) (int, kind) {
	n := 4
	if b[2] == 'M' {
		n = 6
	}
	for i := 3; i < min(n, len(b)); i++ {
		if b[i] < ' ' {
			return i, reply
		}
	}
	switch {
	case len(b) < n:
		return len(b), part
	case n == 4:
		return n, known(b[3], "ABCDE")
	}
	return n, whole
}

// answer is a string that only terminals send, an operating system command, a device control
// string or an application's: text until BEL or Esc \. Where it does not begin as theirs do,
// somebody pressed Esc and its letter.
func answer(b []byte) (int, kind) {
	if len(b) < 3 {
		return len(b), part
	}
	begins := "0123456789"
	switch b[1] {
	case 'P':
		begins += ">!+$"
	case '_':
		begins = "G"
	}
	if strings.IndexByte(begins, b[2]) < 0 {
		return 2, whole
	}
	for i := 3; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\a':
			return i + 1, reply
		case c == escape && i+1 == len(b):
			return len(b), part
		case c == escape && b[i+1] == '\\':
			return i + 2, reply
		case c < ' ' || c > '~': // cut off
			return i, reply
		case i == longest:
			return i, endless
		}
	}
	return len(b), part
}

// rest is how many bytes of b belong to a sequence or an answer that was given up, and
// whether it ends there. A control character ends it too, and is heard.
func rest(b []byte, text bool) (n int, over bool) {
	for i, c := range b {
		switch {
		case c == '\a' && text:
			return i + 1, true
		case c < ' ':
			return i, true
		case c >= 0x40 && c <= 0x7e && !text:
			return i + 1, true
		}
	}
	return len(b), false
}
