package checks

import (
	"strconv"
	"strings"
)

// keyLines maps every key of a TOML document to the line it stands on. A path is dotted,
// with the index of list elements: "scope.hosts", "category[1].item[0].checks[2].kind".
// The document must be valid; on an invalid one the answer is incomplete, never a panic.
func keyLines(src []byte) map[string]int {
	s := &keyScanner{src: string(src), line: 1, lines: map[string]int{}, counts: map[string]int{}}
	s.document()
	return s.lines
}

// keyScanner walks a TOML document and looks at keys only; values are skipped.
type keyScanner struct {
	src    string
	pos    int
	line   int
	lines  map[string]int
	counts map[string]int // how many elements an array of tables has so far
}

func (s *keyScanner) document() {
	table := ""
	for s.space(true); s.pos < len(s.src); s.space(true) {
		start := s.pos
		if s.peek() == '[' {
			table = s.header()
		} else {
			s.keyValue(table)
		}
		if s.pos == start {
			s.next()
		}
	}
}

// header reads [a.b] or [[a.b]] and returns the path of the table it opens.
func (s *keyScanner) header() string {
	line := s.line
	array := strings.HasPrefix(s.src[s.pos:], "[[")
	s.next()
	if array {
		s.next()
	}
	keys := s.key()
	for s.pos < len(s.src) && s.peek() == ']' {
		s.next()
	}
	path := ""
	for i, k := range keys {
		path = joinKey(path, k)
		if array && i == len(keys)-1 {
			s.note(path, line)
			s.counts[path]++
		}
		if n := s.counts[path]; n > 0 {
			path = indexed(path, n-1)
		}
		s.note(path, line)
	}
	return path
}

// keyValue reads one key = value below table.
func (s *keyScanner) keyValue(table string) {
	line, path := s.line, table
	for _, k := range s.key() {
		path = joinKey(path, k)
		s.note(path, line)
	}
	s.space(false)
	if s.pos < len(s.src) && s.peek() == '=' {
		s.next()
		s.space(false)
		s.value(path)
	}
}

// value skips one value, noting the keys of inline tables within it.
func (s *keyScanner) value(path string) {
	if s.pos >= len(s.src) {
		return
	}
	switch s.peek() {
	case '"', '\'':
		s.text()
	case '[':
		s.next()
		for i, start := 0, -1; s.more(']') && s.pos > start; i++ {
			start = s.pos
			s.note(indexed(path, i), s.line)
			s.value(indexed(path, i))
			s.comma()
		}
	case '{':
		s.next()
		for start := -1; s.more('}') && s.pos > start; {
			start = s.pos
			s.keyValue(path)
			s.comma()
		}
	default:
		for s.pos < len(s.src) && !strings.ContainsRune(",]}#\n", rune(s.peek())) {
			s.next()
		}
	}
}

// more skips space and reports whether another element follows; the closing mark is read.
func (s *keyScanner) more(end byte) bool {
	s.space(true)
	if s.pos >= len(s.src) {
		return false
	}
	if s.peek() == end {
		s.next()
		return false
	}
	return true
}

// comma skips what separates elements, and anything unexpected, so that scanning goes on.
func (s *keyScanner) comma() {
	s.space(true)
	if s.pos < len(s.src) && s.peek() == ',' {
		s.next()
	} else if s.pos < len(s.src) && s.peek() != ']' && s.peek() != '}' {
		s.next()
	}
}

// key reads a dotted key.
func (s *keyScanner) key() []string {
	var keys []string
	for {
		s.space(false)
		if s.pos >= len(s.src) {
			return keys
		}
		if c := s.peek(); c == '"' || c == '\'' {
			keys = append(keys, s.text())
		} else {
			start := s.pos
			for s.pos < len(s.src) && bareKey(s.peek()) {
				s.pos++
			}
			if s.pos == start {
				return keys
			}
			keys = append(keys, s.src[start:s.pos])
		}
		s.space(false)
		if s.pos >= len(s.src) || s.peek() != '.' {
			return keys
		}
		s.next()
	}
}

// text reads a string of any of the four forms and returns what is between its quotes.
func (s *keyScanner) text() string {
	quote := s.src[s.pos : s.pos+1]
	if triple := strings.Repeat(quote, 3); strings.HasPrefix(s.src[s.pos:], triple) {
		quote = triple
	}
	s.pos += len(quote)
	start := s.pos
	for s.pos < len(s.src) && !strings.HasPrefix(s.src[s.pos:], quote) {
		if quote[0] == '"' && s.peek() == '\\' {
			s.next()
		}
		s.next()
	}
	end := min(s.pos, len(s.src))
	s.pos = min(s.pos+len(quote), len(s.src))
	// A multi-line string may end in one or two quotes of its own.
	for len(quote) == 3 && s.pos < len(s.src) && s.src[s.pos] == quote[0] {
		s.pos++
	}
	return s.src[start:end]
}

// space skips blanks and, across lines, comments and line ends.
func (s *keyScanner) space(across bool) {
	for s.pos < len(s.src) {
		switch c := s.peek(); {
		case c == ' ' || c == '\t' || across && (c == '\n' || c == '\r'):
			s.next()
		case across && c == '#':
			for s.pos < len(s.src) && s.peek() != '\n' {
				s.next()
			}
		default:
			return
		}
	}
}

func (s *keyScanner) peek() byte { return s.src[s.pos] }

func (s *keyScanner) next() {
	if s.pos < len(s.src) {
		if s.src[s.pos] == '\n' {
			s.line++
		}
		s.pos++
	}
}

// note remembers where path was first seen.
func (s *keyScanner) note(path string, line int) {
	if _, seen := s.lines[path]; !seen {
		s.lines[path] = line
	}
}

func bareKey(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

func joinKey(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func indexed(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// plainKey is a path as people write it: without the indexes of list elements.
func plainKey(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
