package report

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
)

// section is one chapter of the report: its heading and the lines below.
type section struct {
	title string
	lines []string
}

func splitLines(s string) []string { return strings.Split(strings.TrimRight(s, "\n"), "\n") }

// split parts the Markdown at its second-level headings; what comes before the first is
// the header. A section that holds nothing says so on its heading's line; here that is its text.
func split(markdown string) []section {
	out := []section{{title: headerSection}}
	fence := false
	for _, l := range splitLines(markdown) {
		if strings.HasPrefix(strings.TrimSpace(l), "```") {
			fence = !fence
		}
		if title, ok := strings.CutPrefix(l, "## "); ok && !fence {
			out = append(out, section{title: unescape(title)})
			if name, why, empty := strings.Cut(title, emptySection); empty {
				out[len(out)-1] = section{title: unescape(name), lines: []string{strings.TrimPrefix(emptySection, ": ") + why}}
			}
			continue
		}
		last := &out[len(out)-1]
		last.lines = append(last.lines, l)
	}
	for i := range out {
		out[i].lines = trimBlank(out[i].lines)
	}
	return out
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && lines[0] == "" {
		lines = lines[1:]
	}
	for len(lines) > 0 && lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}

// unescape takes the report's own escapes out for showing: backslashes before
// punctuation, emphasis and the fences of code spans.
func unescape(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && strings.IndexByte("\\`*_{}[]<>&|~$^!#+-=.)", s[i+1]) >= 0:
			i++
			b.WriteByte(s[i])
		case s[i] == '`', s[i] == '*':
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// painted is a line of the preview with how it is painted.
type painted struct {
	token themes.Token
	text  string
}

// layout turns a section's Markdown into lines of at most w cells: tables are lined up,
// prose and lists wrap, code stays as it is.
func (s section) layout(w int) []painted {
	return s.lay(w, func(rows [][]string) []painted { return table(rows, w) })
}

// heard is a section for those who hear it line by line: a table's row says the name of
// each column with what stands in it, whole.
func (s section) heard(w int) []painted {
	return s.lay(w, func(rows [][]string) []painted {
		var out []painted
		for _, r := range rows[1:] {
			out = append(out, painted{themes.Text, named(rows[0], r, 0)})
		}
		return out
	})
}

// named is a table's row from a column on, the name of each with what stands in it.
func named(names, r []string, from int) string {
	var said []string
	for i := from; i < min(len(r), len(names)); i++ {
		text := r[i]
		if text != "" && names[i] != "" {
			text = names[i] + ": " + text
		}
		if text != "" {
			said = append(said, text)
		}
	}
	return strings.Join(said, "; ")
}

// stacked is a table that is too wide to stand beside itself: each row's first cell, and
// under it the other columns by name.
func stacked(rows [][]string, w int) []painted {
	var out []painted
	for _, r := range rows[1:] {
		for _, part := range paint.Wrap(r[0], max(w, 1)) {
			out = append(out, painted{themes.Strong, part})
		}
		for _, part := range paint.Wrap(named(rows[0], r, 1), max(w-2, 1)) {
			out = append(out, painted{themes.Text, "  " + part})
		}
	}
	return out
}

func (s section) lay(w int, table func(rows [][]string) []painted) []painted {
	var out []painted
	fence := false
	for i := 0; i < len(s.lines); i++ {
		l := s.lines[i]
		switch trimmed := strings.TrimSpace(l); {
		case strings.HasPrefix(trimmed, "```"):
			fence = !fence
		case fence:
			out = append(out, painted{themes.Evidence, l})
		case strings.HasPrefix(l, "|"):
			end := i
			for end < len(s.lines) && strings.HasPrefix(s.lines[end], "|") {
				end++
			}
			out = append(out, table(rowsOf(s.lines[i:end]))...)
			i = end - 1
		case strings.HasPrefix(l, "#"):
			out = append(out, painted{themes.Strong, unescape(strings.TrimLeft(l, "# "))})
		default:
			out = append(out, prose(l, w)...)
		}
	}
	return out
}

// prose wraps a paragraph or a list's line; what follows hangs under the text.
func prose(l string, w int) []painted {
	body := strings.TrimLeft(l, " ")
	hang := len(l) - len(body)
	if strings.HasPrefix(body, "- ") {
		hang += 2
	}
	var out []painted
	for i, part := range paint.Wrap(unescape(body), max(w-hang, 1)) {
		lead := strings.Repeat(" ", hang)
		if i == 0 {
			lead = l[:len(l)-len(body)]
		}
		out = append(out, painted{themes.Text, lead + part})
	}
	return out
}

// rowsOf are a table's rows, its names first, without the rule between.
func rowsOf(lines []string) [][]string {
	var rows [][]string
	for i, l := range lines {
		if i != 1 {
			rows = append(rows, cells(l))
		}
	}
	return rows
}

// table lines cells up; the widest columns give way until the row fits, and what they say
// goes on below. Where that would break words, each row stands by itself.
func table(rows [][]string, w int) []painted {
	widths, words := make([]int, len(rows[0])), make([]int, len(rows[0]))
	for _, r := range rows {
		for i := range min(len(r), len(widths)) {
			widths[i] = max(widths[i], paint.Width(r[i]))
			for _, word := range strings.Fields(r[i]) {
				words[i] = max(words[i], paint.Width(word))
			}
		}
	}
	if !shrink(widths, words, w-2*(len(widths)-1)) {
		return stacked(rows, w)
	}
	var out []painted
	for n, r := range rows {
		token := themes.Text
		if n == 0 {
			token = themes.Muted
		}
		for _, line := range row(r, widths) {
			out = append(out, painted{token, line})
		}
	}
	return out
}

// row is one row of a table, in as many lines as its longest cell takes.
func row(r []string, widths []int) []string {
	parts, tall := make([][]string, len(widths)), 1
	for i, w := range widths {
		if i < len(r) {
			parts[i] = paint.Wrap(r[i], max(w, 1))
		}
		tall = max(tall, len(parts[i]))
	}
	out := make([]string, tall)
	for n := range out {
		var b strings.Builder
		for i, w := range widths {
			if i > 0 {
				b.WriteString("  ")
			}
			text := ""
			if n < len(parts[i]) {
				text = parts[i][n]
			}
			b.WriteString(paint.Fit(text, w))
		}
		out[n] = strings.TrimRight(b.String(), " ")
	}
	return out
}

// cells parts a table's line at the pipes that are not escaped.
func cells(l string) []string {
	l = strings.TrimSuffix(strings.TrimPrefix(l, "|"), "|")
	var out []string
	from := 0
	for i := 0; i <= len(l); i++ {
		if i == len(l) || l[i] == '|' && (i == 0 || l[i-1] != '\\') {
			out = append(out, unescape(strings.TrimSpace(l[from:i])))
			from = i + 1
		}
	}
	return out
}

// longWord is the longest word that a column keeps whole while another can give way, in cells.
const longWord = 14

// shrink takes cells from the widest columns, down to their longest words, until all
// together take at most room. False: they can't.
func shrink(widths, words []int, room int) bool {
	for {
		sum, widest := 0, -1
		for i, w := range widths {
			sum += w
			if w > min(words[i], longWord) && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if sum <= room {
			return true
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
	}
}
