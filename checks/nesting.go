package checks

import (
	"bytes"

	"github.com/BurntSushi/toml"
)

// maxNesting is how deep arrays and inline tables of a TOML document may stand in each
// other.
const maxNesting = 64

// DeepTOML finds the line where a TOML document's arrays and inline tables stand in each
// other deeper than any here can: the parser's time grows with the square of the depth, so
// that 200 kB of brackets would keep it busy for minutes. 0: nowhere.
func DeepTOML(src []byte) (line int) {
	depth := 0
	for i := 0; i < len(src); i++ {
		switch src[i] {
		case '[', '{':
			if depth++; depth > maxNesting {
				return 1 + bytes.Count(src[:i], []byte("\n"))
			}
		case ']', '}':
			depth = max(depth-1, 0)
		case '#':
			i += toLineEnd(src[i:])
		case '"', '\'':
			i += quoted(src[i:]) - 1
		}
	}
	return 0
}

// ReadTOML decodes a TOML document of a repository or a person, but for one that is nested so
// deep that reading it would take minutes: a toml.ParseError names its line.
func ReadTOML(src []byte, into any) (toml.MetaData, error) {
	line := DeepTOML(src)
	if at := deepKey.FindIndex(src); at != nil {
		line = 1 + bytes.Count(src[:at[0]], []byte("\n"))
	}
	if line > 0 {
		return toml.MetaData{}, toml.ParseError{Message: "nested too deep to be read", Position: toml.Position{Line: line}}
	}
	return toml.Decode(string(src), into)
}

func toLineEnd(s []byte) int {
	if n := bytes.IndexByte(s, '\n'); n >= 0 {
		return n
	}
	return len(s)
}

// quoted is how long the string is that s begins with; one that is not closed ends with
// its line, or with the document where it has three quotes.
func quoted(s []byte) int {
	q, long := s[0], len(s) > 2 && s[1] == s[0] && s[2] == s[0]
	i := 1
	if long {
		i = 3
	}
	for ; i < len(s); i++ {
		switch {
		case s[i] == '\\' && q == '"':
			i++
		case s[i] == '\n' && !long:
			return i
		case s[i] == q && !long:
			return i + 1
		case s[i] == q && bytes.HasPrefix(s[i:], []byte{q, q, q}):
			return i + 3
		}
	}
	return len(s)
}
