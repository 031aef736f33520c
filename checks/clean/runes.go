package clean

import (
	"unicode"
	"unicode/utf8"
)

// hidden reports whether r must be shown as its code point: everything Unicode does not
// call printable (C1 controls, format and bidi characters, odd spaces, line separators,
// tags, private use, unassigned) and the printable ones that show as nothing or that
// burst out of their cell.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) || unicode.Is(deceptive, r)
}

// deceptive are characters of printable categories that look like nothing, or like a whole line.
var deceptive = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034F, Hi: 0x034F, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115F, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17B4, Hi: 0x17B5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180B, Hi: 0x180F, Stride: 1}, // Mongolian variation selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // blank Braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xFDFD, Hi: 0xFDFD, Stride: 1}, // a whole sentence in one character
		{Lo: 0xFE00, Hi: 0xFE0D, Stride: 1}, // variation selectors; 0E and 0F are handled apart
		{Lo: 0xFFA0, Hi: 0xFFA0, Stride: 1}, // half-width Hangul filler
		{Lo: 0xFFFC, Hi: 0xFFFC, Stride: 1}, // object replacement
	},
	R32: []unicode.Range32{
		{Lo: 0xE0100, Hi: 0xE01EF, Stride: 1}, // variation selectors supplement
	},
}

// joins reports whether r belongs to a script whose spelling uses U+200C and U+200D.
func joins(r rune) bool {
	return r >= 0x0600 && unicode.In(r,
		unicode.Arabic, unicode.Syriac, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada,
		unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar)
}

// isPicture reports whether r can stand at the start of an emoji sequence. U+FFFD, which
// decoding also returns for "nothing", can't.
func isPicture(r rune) bool {
	switch r {
	case utf8.RuneError:
		return false
	case 0x203C, 0x2049, 0x3030: // ‼ ⁉ 〰
		return true
	}
	return r > 0x7F && !isTone(r) && unicode.In(r, unicode.So, unicode.Sm)
}

// isTone reports whether r is one of the five skin-tone modifiers.
func isTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

// Mixed reports whether a word of t mixes Latin letters with letters of the scripts
// whose letters look like them (Cyrillic, Greek, Armenian, Cherokee), as a forged name
// does.
func Mixed(t Text) bool {
	var latin, alike bool
	for _, r := range string(t) {
		switch {
		case unicode.Is(unicode.Latin, r):
			latin = true
		case unicode.In(r, unicode.Cyrillic, unicode.Greek, unicode.Armenian, unicode.Cherokee):
			alike = true
		case !unicode.IsLetter(r) && !unicode.IsMark(r):
			latin, alike = false, false
		}
		if latin && alike {
			return true
		}
	}
	return false
}
