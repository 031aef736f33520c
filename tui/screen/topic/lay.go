package topic

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
)

// span is a piece of a line that is painted alike.
type span struct {
	token themes.Token
	text  string
}

// line is a line of the page.
type line []span

func (l line) width() int {
	n := 0
	for _, s := range l {
		n += paint.Width(s.text)
	}
	return n
}

// lay turns a page's Markdown into lines of at most w cells: prose is filled, lists hang,
// tables are lined up, and what is indented by four blanks or fenced stays as it is written.
// A heading of the first level is the screen's title and is left out.
func lay(markdown string, w int) []line {
	var out []line
	in := strings.Split(strings.TrimRight(markdown, "\n"), "\n")
	for i := 0; i < len(in); {
		end := block(in, i)
		switch first := in[i]; {
		case strings.HasPrefix(first, "```"):
			for _, l := range in[i+1 : max(end-1, i+1)] {
				out = append(out, written(l, w)...)
			}
		case strings.HasPrefix(first, "    "):
			for _, l := range in[i:end] {
				out = append(out, written(l, w)...)
			}
		case strings.HasPrefix(first, "|"):
			out = append(out, table(in[i:end], w)...)
		case strings.HasPrefix(first, "# "):
		case strings.HasPrefix(first, "#"):
			out = append(out, fill(words(strings.TrimLeft(first, "# "), themes.Strong), w)...)
		case strings.HasPrefix(first, "- "):
			text := strings.Join(strings.Fields(strings.Join(in[i:end], " ")), " ")
			out = append(out, hang(fill(words(text[2:], themes.Text), max(w-2, 1)), "- ")...)
		case first == "":
			if len(out) > 0 {
				out = append(out, nil)
			}
		default:
			out = append(out, fill(words(strings.Join(in[i:end], " "), themes.Text), w)...)
		}
		i = end
	}
	return out
}

// block is where the block ends that begins at line i.
func block(in []string, i int) int {
	end := i + 1
	switch first := in[i]; {
	case first == "" || strings.HasPrefix(first, "#"):
	case strings.HasPrefix(first, "```"):
		for end < len(in) && !strings.HasPrefix(in[end], "```") {
			end++
		}
		end = min(end+1, len(in))
	case strings.HasPrefix(first, "    "):
		for end < len(in) && strings.HasPrefix(in[end], "    ") {
			end++
		}
	case strings.HasPrefix(first, "|"):
		for end < len(in) && strings.HasPrefix(in[end], "|") {
			end++
		}
	case strings.HasPrefix(first, "- "):
		for end < len(in) && strings.HasPrefix(in[end], "  ") {
			end++
		}
	default:
		for end < len(in) && in[end] != "" && !strings.ContainsAny(in[end][:1], "|#") && !strings.HasPrefix(in[end], "- ") &&
			!strings.HasPrefix(in[end], "```") && !strings.HasPrefix(in[end], "    ") {
			end++
		}
	}
	return end
}

// words parts a text at its blanks. What stands in backticks or between double asterisks is
// strong, without them.
func words(text string, token themes.Token) []line {
	var out []line
	var word line
	strong, code := false, false
	from := 0
	flush := func(to int) {
		if from < to {
			t := token
			if strong || code {
				t = themes.Strong
			}
			word = append(word, span{t, text[from:to]})
		}
	}
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '`':
			flush(i)
			code, from = !code, i+1
		case !code && strings.HasPrefix(text[i:], "**"):
			flush(i)
			strong, from = !strong, i+2
			i++
		case text[i] == ' ':
			flush(i)
			if from = i + 1; word != nil {
				out, word = append(out, word), nil
			}
		}
	}
	flush(len(text))
	if word != nil {
		out = append(out, word)
	}
	return out
}

// fill puts words into lines of at most w cells; a word that is wider is parted.
func fill(all []line, w int) []line {
	var out []line
	var l line
	used := 0
	for _, word := range all {
		n := word.width()
		if used > 0 && used+1+n > w {
			out, l, used = append(out, l), nil, 0
		}
		for used == 0 && n > w && n > 0 {
			text := ""
			for _, s := range word {
				text += s.text
			}
			out = append(out, line{{word[0].token, paint.Cut(text, 0, w)}})
			word = line{{word[0].token, paint.Cut(text, w, n-w)}}
			n = word.width()
		}
		if used > 0 {
			l, used = append(l, span{themes.Text, " "}), used+1
		}
		l, used = append(l, word...), used+n
	}
	if len(l) > 0 {
		out = append(out, l)
	}
	return out
}

// hang puts a sign before the first line, and as many blanks before the others.
func hang(lines []line, sign string) []line {
	for i := range lines {
		lines[i] = append(line{{themes.Muted, sign}}, lines[i]...)
		sign = strings.Repeat(" ", paint.Width(sign))
	}
	return lines
}

// written keeps a line as it is. Where it is too wide, its last column goes on below itself.
func written(text string, w int) []line {
	if paint.Width(text) <= w {
		return []line{{{themes.Text, text}}}
	}
	head, tail, again := text, "", ""
	if i := strings.LastIndex(strings.TrimRight(text, " "), "  "); i >= 0 && i+2 < w*2/3 {
		head, tail = text[:i+2], text[i+2:]
	} else {
		n := len(text) - len(strings.TrimLeft(text, " "))
		head, tail = text[:n], text[n:]
	}
	if strings.HasPrefix(tail, "# ") {
		again = "# "
	}
	room := max(w-paint.Width(head)-len(again), 1)
	var out []line
	for i, part := range paint.Wrap(strings.TrimPrefix(tail, again), room) {
		if i > 0 {
			head = strings.Repeat(" ", paint.Width(head))
		}
		out = append(out, line{{themes.Text, head + again + part}})
	}
	return out
}

// gutter parts a table's columns.
const gutter = 3

// table lines cells up under their muted heads; the widest columns give way until a row
// fits, and what they hold is filled.
func table(in []string, w int) []line {
	var rows [][][]line
	for i, l := range in {
		if i == 1 { // the rule
			continue
		}
		token := themes.Text
		if i == 0 {
			token = themes.Muted
		}
		var row [][]line
		for _, cell := range cells(l) {
			row = append(row, words(cell, token))
		}
		rows = append(rows, row)
	}
	widths := columns(rows, w)
	var out []line
	open := false // the row before took several lines
	for n, row := range rows {
		tall := 1
		for i := range row[:min(len(row), len(widths))] {
			row[i] = fill(row[i], widths[i])
			tall = max(tall, len(row[i]))
		}
		if n > 1 && (tall > 1 || open) {
			out = append(out, nil)
		}
		open = tall > 1
		for y := range tall {
			out = append(out, across(row, widths, y))
		}
	}
	return out
}

// across is line y of a table's row.
func across(row [][]line, widths []int, y int) line {
	var l line
	due := 0
	for i := range row[:min(len(row), len(widths))] {
		if y < len(row[i]) {
			l = append(append(l, span{themes.Text, strings.Repeat(" ", max(due-l.width(), 0))}), row[i][y]...)
		}
		due += widths[i] + gutter
	}
	return l
}

// columns are the widths of a table's columns, together at most w.
func columns(rows [][][]line, w int) []int {
	widths := make([]int, len(rows[0]))
	for _, row := range rows {
		for i, cell := range row[:min(len(row), len(widths))] {
			n := max(len(cell)-1, 0)
			for _, word := range cell {
				n += word.width()
			}
			widths[i] = max(widths[i], n)
		}
	}
	for {
		sum, widest := gutter*(len(widths)-1), 0
		for i, n := range widths {
			sum += n
			if n > widths[widest] {
				widest = i
			}
		}
		if sum <= w || widths[widest] <= 1 {
			return widths
		}
		widths[widest]--
	}
}

// cells are a row's cells; an escaped bar is part of one.
func cells(row string) []string {
	row = strings.ReplaceAll(strings.Trim(strings.TrimSpace(row), "|"), `\|`, "\x00")
	out := strings.Split(row, "|")
	for i := range out {
		out[i] = strings.TrimSpace(strings.ReplaceAll(out[i], "\x00", "|"))
	}
	return out
}
