package plain

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// pageLines is how many lines are said at once; more says the rest.
const pageLines = 40

// speaker writes lines. Whatever comes to it leaves as text.
type speaker struct {
	w     io.Writer
	raw   bool       // the terminal wants a carriage return too
	width func() int // of the terminal, for wrapping between words; nil: lines stay whole
	err   error
}

// line writes one line: wrapped where the terminal's width is known, the rest of a line
// indented.
func (s *speaker) line(text string) {
	text = flat(text)
	if s.width == nil {
		s.write(text + "\n")
		return
	}
	w := s.width()
	if w < 20 {
		w = 80
	}
	for i, part := range paint.Wrap(text, w-3) {
		if i > 0 {
			part = "  " + part
		}
		s.write(part + "\n")
	}
}

// wrong writes what went wrong.
func (s *speaker) wrong(text string) { s.line(fmt.Sprintf(roleError, text)) }

// note writes what is good to know.
func (s *speaker) note(text string) { s.line(fmt.Sprintf(roleNote, text)) }

// flat is a text without anything that a terminal would act on.
func flat(text string) string {
	return signs.Replace(clean.Line(strings.ReplaceAll(text, "\n", " ")).String())
}

// capital begins a text with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// write writes as it is; line ends become what the terminal wants.
func (s *speaker) write(text string) {
	if s.raw {
		text = strings.ReplaceAll(text, "\n", "\r\n")
	}
	if _, err := io.WriteString(s.w, text); err != nil && s.err == nil {
		s.err = err
	}
}

// lines are all that is to say of a telling, in its order.
func lines(t screen.Telling) []string {
	out := append([]string{}, t.Lines...)
	for i, r := range t.Rows {
		if t.Pick != nil || t.Mark != nil {
			r = strconv.Itoa(i+1) + ". " + r
		}
		out = append(out, r)
	}
	return out
}

// tell says what has the focus: all of it where it is another than before, else what is
// new; of a screen that a dialog stood over, its title and what is new. commands says that its commands are said the first time.
func (f *front) tell(focus any, t screen.Telling, commands bool) {
	same := f.last.of == focus && f.last.telling.Title == t.Title
	back := !same && f.under.of == focus && f.under.telling.Title == t.Title && f.last.dialog
	before := map[string]bool{}
	switch {
	case same:
		knows(before, f.last.telling)
	case back:
		knows(before, f.under.telling)
	}
	if !same {
		f.out.write("\n")
		f.out.line(t.Title)
	}
	f.last = said{focus, t, f.model.Dialog()}
	if !f.last.dialog {
		f.under = f.last
	}
	var fresh []string
	for _, l := range lines(t) {
		if !before[l] {
			fresh = append(fresh, l)
		}
	}
	if len(fresh) > 0 || !same && !back {
		f.rest = fresh
		f.more()
	}
	if kind := kindOf(focus, t); commands && !f.heard[kind] {
		f.heard[kind] = true
		f.sayCommands(t)
	}
}

// knows adds what was said of a telling.
func knows(before map[string]bool, t screen.Telling) {
	for _, l := range lines(t) {
		before[l] = true
	}
}

// more says the next lines of what was held back.
func (f *front) more() {
	n := min(pageLines, len(f.rest))
	if len(f.rest) <= pageLines+5 {
		n = len(f.rest) // a few lines are no reason to ask
	}
	for _, l := range f.rest[:n] {
		f.out.line(l)
	}
	if f.rest = f.rest[n:]; len(f.rest) > 0 {
		f.out.line(heldBack(len(f.rest)))
	}
}

// again repeats all that is to say.
func (f *front) again(t screen.Telling) {
	f.out.write("\n")
	f.out.line(t.Title)
	f.rest = lines(t)
	f.more()
}

// sayToasts says the messages that came since. Only the newest are kept, so what was said is
// known by the last one, not by how many there were.
func (f *front) sayToasts() {
	all := f.model.Env().Toasts
	from := len(all)
	for from > 0 && all[from-1] != f.toast {
		from--
	}
	for _, t := range all[from:] {
		f.toast = t
		role := roleDone
		switch t.Kind {
		case screen.Note:
			role = roleNote
		case screen.Alert:
			role = roleError
		}
		f.out.line(fmt.Sprintf(role, t.Text))
	}
}
