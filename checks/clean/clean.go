// Package clean turns text from outside (targets, files, people) into text that a
// terminal, a report or a log can show. It imports nothing of ours.
//
// Foreign text can move the cursor, set the clipboard, reverse its own reading order,
// hide characters or pile marks on one cell. Line and Block make all of that visible
// (`^[`, `<U+202E>`, `<9B>`) instead of passing it on or dropping it silently.
package clean

import "encoding/json"

// Text has been through Line or Block: valid UTF-8 without control, bidi or invisible
// characters. Only Line and Block make one; raw bytes live in evidence alone.
type Text string

// The longest texts, in characters, before the rest becomes `…[+n bytes]`.
const (
	MaxLine  = 4096
	MaxBlock = 64 << 10
)

// Line cleans s into one line: a line feed shows as ␊, a tab as spaces, and at most
// MaxLine characters are kept. Cleaning a cleaned text changes nothing.
func Line(s string) Text { return Text(scrub(s, MaxLine, false)) }

// Block is Line for texts of several lines: line feeds stay (CR LF counts as one), and
// the limit is MaxBlock.
func Block(s string) Text { return Text(scrub(s, MaxBlock, true)) }

// String returns the cleaned text.
func (t Text) String() string { return string(t) }

// UnmarshalJSON cleans what it reads, as Block does, so that a file edited by hand
// can't smuggle raw text in.
func (t *Text) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*t = Block(s)
	return nil
}

// UnmarshalText is UnmarshalJSON for TOML files and for keys of JSON objects.
func (t *Text) UnmarshalText(data []byte) error {
	*t = Block(string(data))
	return nil
}
