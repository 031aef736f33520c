package history

import (
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// Widths of the columns before what happened.
const (
	whenW = 14
	whoW  = 16
)

// heading names the screen, and the item where it is one's history.
func (s *history) heading() string {
	if s.item != "" {
		return fmt.Sprintf(headingOf, s.item)
	}
	return heading
}

func (s *history) View(w, h int) string {
	p, r := s.env.Paint, s.env.Review
	if r == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, "")}, w, h))
	}
	o := r.State.Opened
	lines := []string{
		p.Title(w, s.heading()+"   "+strings.TrimSpace(string(o.Target)+" "+string(o.Version)), eventCount(int(r.State.Seq))+" · "+r.Saved()),
		p.Across(w, true),
	}
	if len(s.rows) == 0 {
		l := p.Line(w)
		text := reading
		if s.read {
			text = screen.NothingMatches(s.Filtered(), s.env.Key(action.Back))
		}
		return paint.Page(w, h, paint.Pad(append(lines, l.Gap(1).Add(themes.Muted, text).String()), w, h))
	}
	detail := s.detail(w, h-len(lines)-min(len(s.rows), 4)-1)
	s.rowsFrom = len(lines)
	from, to := s.list.Window(h - len(lines) - len(detail))
	for i := from; i < to; i++ {
		lines = append(lines, s.row(w, i))
	}
	lines = paint.Pad(lines, w, h-len(detail))
	return paint.Page(w, h, append(lines, detail...))
}

func (s *history) row(w, i int) string {
	x := s.rows[i]
	l := s.env.Paint.Row(w, i == s.list.At)
	cursor := " "
	if i == s.list.At {
		cursor = themes.SignCursor
	}
	number := strconv.FormatUint(s.all[0].Seq, 10) // as wide as the widest
	l.Add(themes.Focus, cursor).Add(themes.Muted, fmt.Sprintf("%*d", len(number), x.Seq)).Gap(2)
	rest := w - len(number) - 4
	if w >= 50 {
		l.Fit(themes.Muted, x.At.Local().Format("2 Jan 15:04"), whenW-2).Gap(2)
		rest -= whenW
	}
	if w >= 70 {
		l.Fit(themes.Muted, string(x.By), whoW-2).Gap(2)
		rest -= whoW
	}
	token, what := themes.Text, x.What
	if x.Role != "" && s.mixed {
		what = fmt.Sprintf(asRole, x.Role, what)
	}
	if x.Undone {
		token, what = themes.Muted, fmt.Sprintf(undoneWhat, what)
	}
	return l.Fit(token, what, max(rest, 4)).String()
}

// detail is the marked event in full, in at most h lines after a rule.
func (s *history) detail(w, h int) []string {
	x := s.at()
	if x == nil || h < 3 {
		return nil
	}
	p := s.env.Paint
	out := []string{paint.Blank(w), p.Across(w, false)}
	for i, text := range paint.Wrap(x.What, min(w-2, 80)) {
		if i == 5 {
			break
		}
		l := p.Line(w)
		out = append(out, l.Gap(1).Add(themes.Text, text).String())
	}
	l := p.Line(w)
	state := x.Who() + ", " + x.At.Local().Format("2 Jan 2006 15:04:05")
	if x.Undone {
		state = fmt.Sprintf(undoneLater, state)
	}
	out = append(out, l.Gap(1).Add(themes.Muted, state).String())
	return out[:min(len(out), h)]
}
