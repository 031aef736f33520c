package app

import (
	"fmt"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// View returns exactly h lines of exactly w cells at every size, the kept frame where
// nothing asked for another.
func (m *Model) View() string {
	if m.frame.state == stale || m.frame.text == "" {
		m.frame.keep(m.paint(), m.o.Now())
	}
	return m.frame.text
}

func (m *Model) paint() string {
	switch {
	case m.w <= 0 || m.h <= 0:
		return ""
	case m.w < layout.MinWidth || m.h < layout.MinHeight:
		return m.notice()
	}
	lines := make([]string, 0, m.h)
	if t := m.top(); t != nil {
		lines = append(lines, strings.Split(t.s.View(m.w, m.h-2), "\n")...)
	}
	lines = paint.Pad(lines, m.w, m.h-2)
	for _, d := range m.dialogs {
		box := d.d.View(min(paint.MaxDialog, m.w-4), m.h-2)
		lines = m.env.Paint.Over(lines, m.w, box)
	}
	return paint.Page(m.w, m.h, append(lines, m.status(), m.footer()))
}

// notice says that the window is too small. Keys work on.
func (m *Model) notice() string {
	saved := wholeSaved
	if r := m.env.Review; r != nil && r.Unsaved() {
		saved = notWholeSaved
	}
	texts := []string{
		fmt.Sprintf(tooSmall, layout.MinWidth, layout.MinHeight, m.w, m.h),
		saved,
		fmt.Sprintf(enlarge, m.env.Key(action.Quit)),
	}
	lines := make([]string, 0, m.h)
	for _, text := range texts {
		for _, part := range paint.Wrap(text, max(m.w, 1)) {
			l := m.env.Paint.Line(m.w)
			lines = append(lines, l.Fit(themes.Text, part, m.w).String())
		}
	}
	return paint.Page(m.w, m.h, paint.Pad(lines, m.w, m.h))
}

// parts leaves out whole parts of a text from the right, as long as it does not fit. How a
// run is stopped stays: what is said of the run gives way.
func parts(text string, room int) string {
	if says, ok := strings.CutSuffix(text, screen.EscStops); ok {
		left := room - paint.Width(screen.EscStops)
		for i := strings.LastIndex(says, ", "); i > 0 && paint.Width(says) > left; i = strings.LastIndex(says, ", ") {
			says = says[:i]
		}
		if paint.Width(says) <= left {
			return says + screen.EscStops
		}
	}
	for paint.Width(text) > room {
		i := strings.LastIndex(text, " · ")
		if i < 0 {
			break
		}
		text = text[:i]
	}
	return text
}

// status is the line above the footer: the filter being typed, else a toast, else what
// runs; at the right what needs the person.
func (m *Model) status() string {
	s := m.says()
	l := m.env.Paint.Line(m.w)
	l.Gap(1)
	room, right := m.w-2, paint.Width(s.Right)
	if t := m.toast; t != nil && t.Kind == screen.Alert && paint.Width(t.Text) > room-right-4 {
		right = 0 // what went wrong is read whole
	}
	if right > room/2 { // it stays where the left can be told in the rest
		short := parts(s.Left, room-right-2)
		if m.filter != nil || m.toast != nil || s.Sign != "" || paint.Width(short) > room-right-2 {
			right = 0
		} else {
			s.Left = short
		}
	}
	if right > 0 {
		room -= right + 2
	}
	if s.Left = parts(s.Left, room); s.Sign != "" {
		s.Left = parts(s.Left, room-2)
	}
	switch {
	case m.filter != nil:
		l.Add(themes.Muted, "/ ")
		l.Splice(m.filter.Lines(m.env.Paint, themes.Text, room-2, 1, true)[0], room-2)
	case m.toast != nil:
		sign, tok := toastSign(m.toast.Kind)
		l.Add(tok, sign+" ").Fit(tok, m.toast.Text, room-2)
	case s.Sign != "":
		l.Add(s.Token, s.Sign+" ").Fit(themes.Text, s.Left, room-2)
	default:
		l.Fit(themes.Muted, s.Left, room)
	}
	if right > 0 {
		l.To(m.w-1-right).Fit(themes.Text, s.Right, right)
	}
	return l.String()
}

func toastSign(k screen.ToastKind) (string, themes.Token) {
	switch k {
	case screen.Good:
		return themes.SignPass, themes.Pass
	case screen.Alert:
		return "!", themes.Error
	}
	return themes.SignSeparator, themes.Info
}

// says is what the status line says when nothing more urgent does: the screen's own
// words, else the open review's, with the filter that holds.
func (m *Model) says() screen.Status {
	t := m.top()
	if t == nil {
		return screen.Status{}
	}
	var s screen.Status
	if own, ok := t.s.(screen.Statuser); ok {
		s = own.Status()
	} else {
		s = m.env.Review.Status(m.o.Now())
	}
	if f, ok := t.s.(screen.Filterer); ok && f.Filtered() != "" {
		s.Left = fmt.Sprintf(filterHolds, f.Filtered(), m.env.Key(action.Back), s.Left)
	}
	return s
}
