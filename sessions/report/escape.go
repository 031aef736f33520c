package report

import (
	"regexp"
	"strings"

	"assess/gonogo/checks/clean"
)

// Whatever stands in a report may have been typed by anybody or sent by the target. These
// functions make it inert in GitHub-flavoured Markdown: it shows as it was written, and
// makes no link, mention, issue reference, emoji, element or table cell of its own.

// live are the forms that forges act on after rendering, where a backslash does not
// help; they are shown as code.
var live = regexp.MustCompile(`(?i)(?:https?|ftp)://\S+|www\.\S+|mailto:\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)*|@[\w-]+(?:/[\w-]+)?|\bGH-\d+|[\w./-]*#\d+|:(?:[a-z_][a-z0-9_+-]*|[+-]1|100|1234):`)

// inlineSpecial are the characters that begin Markdown inside a line.
const inlineSpecial = "\\`*_{}[]<>|~$^!"

// oneLine is s as one line of valid UTF-8 without control, bidi and invisible characters:
// some parsers end a table at the first broken byte.
func oneLine(s string) string {
	return strings.Join(strings.Fields(string(clean.Block(s))), " ")
}

// text escapes one line of prose.
func text(s string) string {
	s = oneLine(s)
	var out strings.Builder
	last := 0
	for _, m := range live.FindAllStringIndex(s, -1) {
		escapeInline(&out, s[last:m[0]])
		out.WriteString(code(s[m[0]:m[1]]))
		last = m[1]
	}
	escapeInline(&out, s[last:])
	return out.String()
}

// rich escapes a line of a profile's prose, in which a pair of backticks marks code. What
// stands between them is shown as code and nothing else; a backtick without its partner is
// a character like any other.
func rich(s string) string {
	s = oneLine(s)
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(s, "`")
		inside, after, closed := strings.Cut(rest, "`")
		if !open || !closed || strings.TrimSpace(inside) == "" {
			out.WriteString(text(s))
			return out.String()
		}
		if before != "" {
			out.WriteString(spaced(before))
		}
		out.WriteString(code(inside))
		s = after
		if s == "" {
			return out.String()
		}
		if s[0] == ' ' {
			out.WriteByte(' ')
		}
	}
}

// spaced is text with the space at its end kept, as it parts words from code that follows.
func spaced(s string) string {
	if strings.HasSuffix(s, " ") {
		return text(s) + " "
	}
	return text(s)
}

func escapeInline(out *strings.Builder, s string) {
	for i := 0; i < len(s); i++ {
		special := strings.IndexByte(inlineSpecial, s[i]) >= 0 && !(s[i] == '_' && within(s, i))
		if special || s[i] == '&' && entity.MatchString(s[i:]) {
			out.WriteByte('\\')
		}
		out.WriteByte(s[i])
	}
}

// entity is what HTML would read as a character reference.
var entity = regexp.MustCompile(`^&#?[A-Za-z0-9]+;`)

// within reports whether position i stands between letters or digits, where an underscore
// is no emphasis (GFM 6.2).
func within(s string, i int) bool {
	return i > 0 && i+1 < len(s) && alphanumeric(s[i-1]) && alphanumeric(s[i+1])
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// lineStart are the characters that begin a block when a line begins with them.
var lineStart = regexp.MustCompile(`^(?:[#+\-=>]|\d+[.)])`)

// block escapes prose of several lines; a blank line parts paragraphs.
func block(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, "\r", ""), "\n")
	for i, l := range lines {
		l = text(l)
		if m := lineStart.FindString(l); m != "" {
			cut := len(m) - 1
			l = l[:cut] + "\\" + l[cut:]
		}
		lines[i] = l
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// code shows a value as a code span whose fence no run of backticks inside can close.
func code(s string) string {
	if s = oneLine(s); s == "" {
		return "(empty)"
	}
	fence := strings.Repeat("`", longestRun(s)+1)
	pad := ""
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		pad = " "
	}
	return fence + pad + s + pad + fence
}

// fenced shows a block of foreign text; every line is indented with its list, so that
// nothing of it starts at column 0 by itself.
func fenced(s, language string) string {
	s = string(clean.Block(s))
	fence := strings.Repeat("`", max(3, longestRun(s)+1))
	return fence + language + "\n" + strings.TrimRight(s, "\n") + "\n" + fence
}

func longestRun(s string) int {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

// cell makes rendered inline Markdown fit for a table: pipes outside an escape would part
// cells, and inside code spans only the table's own escape works.
func cell(s string) string {
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '|' && (i == 0 || s[i-1] != '\\') {
			out.WriteByte('\\')
		}
		out.WriteByte(s[i])
	}
	if out.Len() == 0 {
		return " "
	}
	return out.String()
}
