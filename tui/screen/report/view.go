package report

import (
	"fmt"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

func (s *preview) Status() screen.Status {
	st := s.env.Review.Status(s.env.Now())
	switch {
	case s.err != nil:
		st.Left = fmt.Sprintf(cannotMake, s.err)
	case s.stale():
		st.Left = fmt.Sprintf(changedSince, s.env.Key(action.Turn))
	case s.edit != nil:
		st.Left = whileEditing
	case s.changed() != "":
		st.Left = "! " + s.textWords(s.changed()) + ": " + s.stateWords(s.changed())
	case s.json:
		st.Left = wholeDocument
	default:
		st.Left = whoseSections
	}
	if s.lines > 0 {
		st.Right = screen.LineOf(min(s.top+1, s.lines), s.lines)
	}
	return st
}

func (s *preview) View(w, h int) string {
	p := s.env.Paint
	r := s.env.Review
	if r == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, "")}, w, h))
	}
	format := inMarkdown
	if s.json {
		format = inJSON
	}
	state := r.State.SignOff.State
	lines := []string{p.Title(w, heading+"   "+strings.TrimSpace(string(r.State.Opened.Target)+" "+string(r.State.Opened.Version)), format+" · "+state+" · "+r.Saved())}
	left := max(w/4, 21)
	if w >= 100 { // wide enough to cut no name of a section
		for _, sec := range s.sections {
			left = max(left, min(paint.Width(sec.title)+4, w/3))
		}
	}
	left = min(left, 38)
	if w < 60 {
		left = 0
	}
	body := max(h-2, 0)
	right := w - 2
	if left > 0 {
		right = w - left - 4
	}
	s.height, s.left = body, left
	text := s.textPane(right, body)
	if left == 0 {
		lines = append(lines, p.Across(w, true))
		lines = append(lines, margin(text)...)
		return paint.Page(w, h, paint.Pad(lines, w, h))
	}
	head := p.Line(w)
	head.Gap(1).Splice(p.Rule(left, !s.text), left).Gap(2).Splice(p.Rule(w-left-4, s.text), w-left-4)
	lines = append(lines, head.String())
	list := s.listPane(left, body)
	for i := range body {
		l := p.Line(w)
		l.Splice(list[i], left+1).Gap(2).Splice(text[i], right)
		lines = append(lines, l.String())
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

func margin(lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = " " + l + " "
	}
	return out
}

// listPane is the sections, w+1 cells wide with the cursor's cell.
func (s *preview) listPane(w, h int) []string {
	p := s.env.Paint
	out := make([]string, 0, h)
	from, to := s.list.Window(h)
	for i := from; i < to; i++ {
		sec := s.sections[i]
		l := p.Row(w+1, i == s.list.At)
		token, mark := s.markOf(sec.title)
		sign := " "
		if i == s.list.At {
			sign = themes.SignCursor
			if s.text {
				sign = themes.SignOther
			}
		}
		l.Add(themes.Focus, sign).Fit(themes.Text, sec.title, w-1-max(len(mark), 1))
		if mark != "" {
			l.Gap(1).Add(token, mark)
		}
		out = append(out, l.String())
	}
	return paint.Pad(out, w+1, h)
}

// textPane is the marked section's text, or the field it is edited in.
func (s *preview) textPane(w, h int) []string {
	sec := s.section()
	if sec == nil || w <= 0 {
		return paint.Pad(nil, max(w, 0), h)
	}
	if s.edit != nil {
		return s.editPane(w, h)
	}
	if s.laid.of != sec || s.laid.w != w {
		s.laid = laid{sec, w, append([]painted{{themes.Strong, sec.title}, {}}, sec.layout(min(w, 110))...)}
	}
	all := s.laid.lines
	s.lines = len(all)
	s.top = max(min(s.top, s.lines-h), 0)
	out := make([]string, 0, h)
	for _, t := range all[s.top:min(s.top+h, len(all))] {
		l := s.env.Paint.Line(w)
		l.Add(t.token, t.text)
		out = append(out, l.String())
	}
	return paint.Pad(out, w, h)
}

// changed is the marked section's first text whose facts changed since it was written.
func (s *preview) changed() string {
	if sec := s.section(); sec != nil {
		for _, name := range s.texts(sec.title) {
			if s.edits[name].Changed {
				return name
			}
		}
	}
	return ""
}

// markOf marks a section in which a person wrote; ! where the facts changed since.
func (s *preview) markOf(title string) (themes.Token, string) {
	token, mark := themes.Muted, ""
	for _, name := range s.texts(title) {
		if e, ok := s.edits[name]; ok && e.Changed {
			return themes.Warn, changedMark
		} else if ok {
			mark = writtenMark
		}
	}
	return token, mark
}

// editPane is the text being edited under its name; where the facts changed since it was
// written, under what they say now too.
func (s *preview) editPane(w, h int) []string {
	head := []painted{{themes.Strong, s.textWords(s.editing)}}
	if e := s.edits[s.editing]; e.Changed && h > 10 {
		for i, part := range paint.Wrap(fmt.Sprintf(wouldWriteNow, screen.OneLine(s.drafts[s.editing])), max(min(w, 110), 1)) {
			if i == 4 {
				break
			}
			head = append(head, painted{themes.Muted, part})
		}
	}
	head = append(head, painted{})
	out := make([]string, 0, h)
	for _, t := range head[:min(len(head), max(h-3, 0))] {
		l := s.env.Paint.Line(w)
		l.Add(t.token, t.text)
		out = append(out, l.String())
	}
	return append(out, s.edit.Lines(s.env.Paint, themes.Text, w, h-len(out), true)...)
}
