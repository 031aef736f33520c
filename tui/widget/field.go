package widget

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/runeutil"
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/themes"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
)

// LargePaste is how many characters a paste may have before it is no longer text for a
// field but a file of evidence.
const LargePaste = 2000

// Field is a text field of one or several lines. The cursor is a sign between the
// characters, seen without colour and attributes.
type Field struct {
	Multi bool // Enter starts a line
	Limit int  // characters, 0 = 4096
	// Large takes a paste that is too long for a field; nil cuts it at the limit.
	Large func(text string) tea.Cmd

	text string
	at   int // byte offset of the cursor
	top  int // first line in sight
	w    int // width when last shown, for moving up and down
}

// Text is what stands in the field.
func (f *Field) Text() string { return f.text }

// Set replaces the text and puts the cursor at its end.
func (f *Field) Set(text string) { f.text, f.at = text, len(text) }

// Type takes a key. False: the key is none of a field's.
func (f *Field) Type(k tea.KeyMsg) (tea.Cmd, bool) {
	if k.Paste && f.Large != nil && len(k.Runes) > LargePaste {
		return f.Large(string(k.Runes)), true
	}
	switch k.Type {
	case tea.KeyRunes:
		if k.Alt {
			return nil, false
		}
		f.insert(string(k.Runes))
	case tea.KeySpace:
		f.insert(" ")
	case tea.KeyEnter:
		if !f.Multi || k.Alt {
			return nil, false
		}
		f.insert("\n")
	default:
		return nil, f.move(k.Type) || f.erase(k.Type)
	}
	return nil, true
}

func (f *Field) move(k tea.KeyType) bool {
	switch k {
	case tea.KeyLeft:
		f.at -= len(last(f.text[:f.at]))
	case tea.KeyRight:
		f.at += len(first(f.text[f.at:]))
	case tea.KeyHome:
		f.at = strings.LastIndexByte(f.text[:f.at], '\n') + 1
	case tea.KeyEnd:
		f.at += len(lineOf(f.text[f.at:]))
	case tea.KeyCtrlLeft:
		f.at = wordStart(f.text, f.at)
	case tea.KeyCtrlRight:
		f.at = wordEnd(f.text, f.at)
	case tea.KeyUp, tea.KeyDown:
		return f.vertical(k == tea.KeyDown)
	default:
		return false
	}
	return true
}

func (f *Field) erase(k tea.KeyType) bool {
	from, to := f.at, f.at
	switch k {
	case tea.KeyBackspace:
		from -= len(last(f.text[:f.at]))
	case tea.KeyDelete:
		to += len(first(f.text[f.at:]))
	case tea.KeyCtrlW:
		from = wordStart(f.text, f.at)
	case tea.KeyCtrlU:
		from = strings.LastIndexByte(f.text[:f.at], '\n') + 1
	case tea.KeyCtrlK:
		to += len(lineOf(f.text[f.at:]))
	default:
		return false
	}
	f.text = f.text[:from] + f.text[to:]
	f.at = from
	return true
}

func (f *Field) insert(s string) {
	newline := " "
	if f.Multi {
		newline = "\n"
	}
	s = string(runeutil.NewSanitizer(runeutil.ReplaceTabs(" "), runeutil.ReplaceNewlines(newline)).
		Sanitize([]rune(strings.ReplaceAll(s, "\r\n", "\n"))))
	limit := f.Limit
	if limit == 0 {
		limit = 4096
	}
	room := limit - utf8.RuneCountInString(f.text)
	if n := utf8.RuneCountInString(s); n > room {
		s = string([]rune(s)[:max(room, 0)])
	}
	f.text = f.text[:f.at] + s + f.text[f.at:]
	f.at += len(s)
}

// vertical moves the cursor one shown line, keeping its column. In a field of one line it
// is none of the field's.
func (f *Field) vertical(down bool) bool {
	if !f.Multi {
		return false
	}
	lines := wrap(f.text, max(f.w-1, 1))
	i := lineAt(lines, f.at)
	col := paint.Width(f.text[lines[i].from:f.at])
	if down {
		i++
	} else {
		i--
	}
	if i < 0 || i >= len(lines) {
		return true
	}
	l := f.text[lines[i].from:lines[i].to]
	f.at = lines[i].from
	for _, c := range paint.Graphemes(l) {
		if col -= paint.Width(c); col < 0 {
			break
		}
		f.at += len(c)
	}
	return true
}

// Lines paints the field as exactly h lines of w cells, with the cursor in sight where the
// field has the focus.
func (f *Field) Lines(p *paint.Palette, t themes.Token, w, h int, focused bool) []string {
	if h == 1 && !f.Multi {
		return []string{f.line(p, t, w, focused)}
	}
	f.w = w
	lines := wrap(f.text, max(w-1, 1))
	at := lineAt(lines, f.at)
	f.top = layout.Window(f.top, at, len(lines), h)
	out := make([]string, 0, h)
	for i := f.top; i < len(lines) && len(out) < h; i++ {
		text := f.text[lines[i].from:lines[i].to]
		l := p.Line(w)
		if focused && i == at {
			l.Add(t, text[:f.at-lines[i].from])
			l.Add(themes.Focus, themes.SignCaret)
			text = text[f.at-lines[i].from:]
		}
		l.Add(t, text)
		out = append(out, l.String())
	}
	return paint.Pad(out, w, h)
}

// line paints a field of one line, scrolled so that the cursor is in sight.
func (f *Field) line(p *paint.Palette, t themes.Token, w int, focused bool) string {
	l := p.Line(w)
	if !focused {
		l.Add(t, f.text)
		return l.String()
	}
	before, after := f.text[:f.at], f.text[f.at:]
	if bw := paint.Width(before); bw > w-1 {
		keep := max(w-2, 0)
		l.Add(themes.Muted, themes.SignCut)
		before = paint.Cut(before, bw-keep, keep)
	}
	l.Add(t, before)
	l.Add(themes.Focus, themes.SignCaret)
	l.Add(t, after)
	return l.String()
}

func first(s string) string {
	if s == "" {
		return ""
	}
	return paint.Graphemes(s[:min(len(s), 64)])[0]
}

// last is the cluster before the cursor. Clusters are short: looking back a little from
// a rune's start finds it.
func last(s string) string {
	if s == "" {
		return ""
	}
	from := max(len(s)-64, 0)
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from++
	}
	g := paint.Graphemes(s[from:])
	return g[len(g)-1]
}

func lineOf(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

func wordStart(s string, at int) int {
	trimmed := strings.TrimRight(s[:at], " \n")
	return strings.LastIndexAny(trimmed, " \n") + 1
}

func wordEnd(s string, at int) int {
	rest := s[at:]
	skip := len(rest) - len(strings.TrimLeft(rest, " \n"))
	if n := strings.IndexAny(rest[skip:], " \n"); n >= 0 {
		return at + skip + n
	}
	return len(s)
}

// Rows is how many lines of w cells the text takes.
func (f *Field) Rows(w int) int { return len(wrap(f.text, max(w-1, 1))) }
