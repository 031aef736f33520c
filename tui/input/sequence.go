package input

import "unicode/utf8"

// kind is what stands at the beginning of some bytes.
type kind int

const (
	part  kind = iota // begins something whose rest has not come yet
	whole             // a letter, a control character or a complete escape sequence
	reply             // a terminal's answer, or a sequence that was cut off: no key
)

const (
	escape  = 0x1b
	longest = 100 // bytes of an answer or a sequence; what is longer is dropped
)

// first parts the first letter, key or answer from b, which must not be empty: its length
// and what it is. The grammar is that of ECMA-48, 5.4 and 5.6, with the two sequences that
// break it: mouse reports of X10 and the function keys of Linux's console.
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
	case ']':
		return answer(b)
	case 'O': // a single shift: one character more
		if len(b) < 3 {
			return len(b), part
		}
		if b[2] < ' ' {
			return 2, whole
		}
		return 3, whole
	case escape:
		return 1, whole
	}
	if b[1] >= utf8.RuneSelf {
		return 1, whole
	}
	return 2, whole // Esc and a key in one read, or Alt and that key: who hears it decides
}

// control is a control sequence: parameters, intermediates, a final character.
func control(b []byte) (int, kind) {
	fixed := 0
	switch {
	case len(b) < 3:
		return len(b), part
	case b[2] == 'M':
		fixed = 6
	case b[2] == '[':
		fixed = 4
	}
	if fixed > 0 {
		if len(b) < fixed {
			return len(b), part
		}
		return fixed, whole
	}
	for i := 2; i < len(b); i++ {
		switch c := b[i]; {
		case c >= 0x40 && c <= 0x7e:
			return i + 1, whole
		case c < 0x20 || c > 0x7e || i == longest: // cut off: what comes next is new
			return i, reply
		}
	}
	return len(b), part
}

// answer is an operating system command, which only terminals send: text until BEL or
// Esc \. It begins with a number; where it does not, somebody pressed Esc and a bracket.
func answer(b []byte) (int, kind) {
	if len(b) < 3 {
		return len(b), part
	}
	if b[2] < '0' || b[2] > '9' {
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
		case c < ' ' || c > '~' || i == longest: // cut off
			return i, reply
		}
	}
	return len(b), part
}
