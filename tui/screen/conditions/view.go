package conditions

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// dueW is the width of the day a condition is due, after its text and owner.
const dueW = 15

// ownerWidth has room for the owners' names, as far as the window has.
func (s *conditions) ownerWidth(w int) int {
	n := 11
	for _, x := range s.rows {
		if x.condition != nil {
			n = max(n, paint.Width(string(x.condition.Owner))+2)
		}
	}
	return min(n, max(w/5, 11))
}

func (s *conditions) View(w, h int) string {
	p, r := s.env.Paint, s.env.Review
	if r == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, "")}, w, h))
	}
	o := r.State.Opened
	state := r.Assessment.Decision.Words()
	if n := len(s.late); n > 0 {
		state = fmt.Sprintf(countOverdue, n) + " · " + state
	}
	lines := []string{
		p.Title(w, heading+"   "+strings.TrimSpace(string(o.Target)+" "+string(o.Version)), state+" · "+r.Saved()),
		p.Across(w, true),
	}
	if len(s.rows) == 0 {
		for i, text := range []string{
			fmt.Sprintf(noneYet, s.env.Key(action.Create), s.env.Key(action.Waive)), "", whatConditionIs, whatWaiverIs,
		} {
			token := themes.Muted
			if i == 0 {
				token = themes.Text
			}
			for _, part := range paint.Wrap(text, max(min(w-2, layout.Prose), 1)) {
				l := p.Line(w)
				lines = append(lines, l.Gap(1).Add(token, part).String())
			}
		}
		return paint.Page(w, h, paint.Pad(lines, w, h))
	}
	body, from, to := s.body(w)
	room := max(h-len(lines), 0)
	if len(body) > room {
		top := max(min(max(to-room, 0), from), 0)
		body = body[top:min(top+room, len(body))]
	}
	return paint.Page(w, h, paint.Pad(append(lines, body...), w, h))
}

// body are both lists, and which lines of it are the marked row's.
func (s *conditions) body(w int) (out []string, from, to int) {
	waivers := false
	for i, x := range s.rows {
		if x.condition != nil && i == 0 {
			out = append(out, s.head(w, conditionColumn, ownerColumn, dueColumn, proofColumn))
		}
		if x.waiver != nil && !waivers {
			if waivers = true; i > 0 {
				out = append(out, paint.Blank(w))
			}
			out = append(out, s.waiverHead(w))
		}
		start := len(out)
		if x.condition != nil {
			out = append(out, s.conditionRow(w, i))
		} else {
			out = append(out, s.waiverRows(w, i)...)
		}
		if i == s.list.At {
			from, to = start, len(out)
		}
	}
	return out, from, to
}

// proofWidth has room for the longest id: none is ever cut.
func (s *conditions) proofWidth() int {
	n := 13
	for _, x := range s.rows {
		if x.condition != nil && len(x.condition.VerifiedBy) > 0 {
			need := 2 + paint.Width(x.condition.VerifiedBy[0]) + 1
			if len(x.condition.VerifiedBy) > 1 {
				need += 3
			}
			n = max(n, need)
		}
	}
	return n
}

// textWidth is what the columns leave for a condition's text; due and owner go first
// where the window is narrow.
func (s *conditions) textWidth(w int) int {
	rest := w - 5 - s.proofWidth()
	if w >= 64 {
		rest -= dueW
	}
	if w >= 76 {
		rest -= s.ownerWidth(w)
	}
	return max(rest, 8)
}

func (s *conditions) columns(l *paint.Line, w int, t themes.Token, owner, due string) {
	l.Gap(1)
	if w >= 76 {
		ot := t
		if t == themes.Error { // what is overdue is the day, not the owner
			ot = themes.Text
		}
		l.Fit(ot, owner, s.ownerWidth(w)-1).Gap(1)
	}
	if w >= 64 {
		l.Fit(t, due, dueW-1).Gap(1)
	}
}

func (s *conditions) head(w int, text, owner, due, proof string) string {
	l := s.env.Paint.Line(w)
	l.Gap(4).Fit(themes.Muted, text, s.textWidth(w))
	s.columns(&l, w, themes.Muted, owner, due)
	return l.Fit(themes.Muted, proof, s.proofWidth()-1).String()
}

func (s *conditions) cursor(i int) string {
	if i == s.list.At {
		return themes.SignCursor
	}
	return " "
}

// conditionRow shows a condition: ✓ when it is complete, ! when something is missing; its
// proof with the sign of the verdict that counts.
func (s *conditions) conditionRow(w, i int) string {
	c := *s.rows[i].condition
	l := s.env.Paint.Row(w, i == s.list.At)
	sign, token := themes.SignPass, themes.Pass
	if !c.Complete() {
		sign, token = themes.SignWarn, themes.Warn
	}
	due, dueToken := cmp.Or(string(c.Due), noDue), themes.Text
	if _, late := s.late[c.ID]; late {
		sign, token, due, dueToken = themes.SignFail, themes.Fail, isOverdue, themes.Error
	}
	l.Add(themes.Focus, s.cursor(i)).Add(token, sign).Gap(2).Fit(themes.Text, string(c.Text), s.textWidth(w))
	s.columns(&l, w, dueToken, cmp.Or(string(c.Owner), noOwner), due)
	if len(c.VerifiedBy) == 0 {
		return l.Add(themes.Muted, noProof).String()
	}
	if it := s.env.Review.Item(c.VerifiedBy[0]); it != nil {
		sign, token := screen.VerdictSign(it.Counts())
		l.Add(token, sign).Gap(1)
	}
	l.Add(themes.Text, c.VerifiedBy[0])
	if n := len(c.VerifiedBy) - 1; n > 0 {
		l.Add(themes.Muted, " +"+screen.Number(n))
	}
	return l.String()
}

// Widths of a waiver's columns after its title.
const approvedW = 19

// untilWidth has room for the years, where a waiver ends in another one.
func (s *conditions) untilWidth() int {
	for _, x := range s.rows {
		if x.waiver != nil && len(s.until(*x.waiver)) > 6 {
			return 12
		}
	}
	return 9
}

func (s *conditions) waiverWidth(w int) int {
	rest := w - 5 - s.untilWidth()
	if w >= 64 {
		rest -= approvedW
	}
	return max(rest, 8)
}

func (s *conditions) waiverHead(w int) string {
	l := s.env.Paint.Line(w)
	l.Gap(4).Fit(themes.Muted, waiverColumn, s.waiverWidth(w)).Gap(1).Fit(themes.Muted, untilColumn, s.untilWidth())
	if w >= 64 {
		l.Add(themes.Muted, approvedColumn)
	}
	return l.String()
}

// waiverRows show a waiver and, under it, why and what instead.
func (s *conditions) waiverRows(w, i int) []string {
	p, x := s.env.Paint, *s.rows[i].waiver
	l := p.Row(w, i == s.list.At)
	sign, token, title := themes.SignPending, themes.Muted, ""
	if it := s.env.Review.Item(x.Item); it != nil {
		sign, token = screen.VerdictSign(it.Counts())
		title = it.Planned.Item.Title
	}
	l.Add(themes.Focus, s.cursor(i)).Add(token, sign).Add(themes.Strong, "w").Gap(1)
	l.Fit(themes.Text, x.Item+" "+title, s.waiverWidth(w)).Gap(1)
	until, untilToken := s.until(x), themes.Text
	if s.over(x) == 1 {
		until, untilToken = isLapsed, themes.Error
	}
	l.Fit(untilToken, until, s.untilWidth())
	if w >= 64 {
		l.Fit(themes.Text, s.approved(x), approvedW-1)
	}
	out := []string{l.String()}
	for _, part := range []struct{ word, text string }{{reasonLabel, string(x.Reason)}, {controlLabel, string(x.Compensating)}} {
		word := part.word
		for _, text := range paint.Wrap(part.text, max(min(w-16, layout.Prose), 1)) {
			l := p.Line(w)
			out = append(out, l.Gap(4).Fit(themes.Muted, word, 10).Add(themes.Text, text).String())
			word = ""
		}
	}
	return out
}

// until is the day on which the waiver ends, with its year where that is not the review's.
func (s *conditions) until(x sessions.Waiver) string {
	day, err := time.Parse(time.DateOnly, x.Expires)
	if err != nil {
		return x.Expires
	}
	if day.Year() != s.env.Now().Year() {
		return day.Format("2 Jan 2006")
	}
	return day.Format("2 Jan")
}

// approved is who answers for it, and since when.
func (s *conditions) approved(x sessions.Waiver) string {
	out := cmp.Or(string(x.ApprovedBy), nobody)
	if e, ok := s.waived[x.Item]; ok {
		out += ", " + e.At.Local().Format("2 Jan")
	}
	return out
}
