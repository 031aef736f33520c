package sign

import (
	"fmt"
	"path/filepath"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
	"assess/gonogo/tui/widget"
)

// boxWidth is how wide the box is where the window allows.
const boxWidth = 64

func (s *sign) View(w, h int) string {
	p := s.env.Paint
	if s.env.Review == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, title, "")}, w, h))
	}
	saved := s.env.Review.Saved()
	if s.step == choosing && s.env.Review.DraftOf(draftName) != "" {
		saved = themes.SignDraft + " " + screen.DraftKept
	}
	page := paint.Pad([]string{p.Title(w, title, s.env.Review.State.SignOff.State+" · "+saved), p.Across(w, true)}, w, h)
	bw := min(boxWidth, w)
	if bw < 10 || h < 3 {
		return paint.Page(w, h, page)
	}
	title, lines := s.box(bw - 4)
	if room := max(h-4, 1); len(lines) > room { // the row with the cursor, then the keys
		at := 0
		for i, l := range lines {
			if strings.HasPrefix(paint.Strip(l), p.Sign(themes.SignCursor)) {
				at = i
			}
		}
		foot := lines[len(lines)-1]
		top := max(min(at-room/2, len(lines)-room), 0)
		lines = append(append([]string{}, lines[top:top+room-1]...), foot)
	}
	body := paint.Pad(nil, w, max(h-2, 0))
	return paint.Page(w, h, append(page[:min(2, h)], p.Over(body, w, p.Box(bw, title, lines))...))
}

// box is what stands in the box now.
func (s *sign) box(w int) (title string, lines []string) {
	lines = append(s.facts(w), paint.Blank(w))
	switch s.step {
	case locked:
		return screen.AskPassphrase, append(lines, s.passphrase(w)...)
	case working:
		text := unlock.Waiting(s.keys[s.list.At])
		l := s.env.Paint.Line(w)
		l.Gap(2).Add(themes.Running, themes.SignRunning).Gap(1).Add(themes.Text, text)
		return titleChoose, append(lines, l.String(), paint.Blank(w), s.foot(w, "", "", screen.KeyGivesUp(s.env.Key(action.Back))))
	case done:
		return titleSigned, append(lines, s.result(w)...)
	}
	lines = append(s.facts(w), s.choices(w)...)
	yes := s.env.Key(action.DialogYes)
	if s.TextFocus() { // here y is a letter
		yes = s.env.Key(action.FieldSave)
	}
	return titleChoose, append(lines, s.foot(w, yes, toSign, screen.KeysNextNotNow(s.env.Key(action.FieldNext), s.env.Key(action.Back))))
}

// facts say what is signed; afterwards, what was, not what followed.
func (s *sign) facts(w int) []string {
	what := s.covers
	if s.step != done {
		what = s.subject()
	}
	return []string{s.say(w, themes.Strong, what[0]), s.say(w, themes.Muted, what[1])}
}

// subject is the review as it is now, in two lines.
func (s *sign) subject() [2]string {
	r := s.env.Review
	o := r.State.Opened
	what := strings.Join([]string{strings.TrimSpace(string(o.Target) + " " + string(o.Version)), o.Profile,
		r.Assessment.Decision.Words() + " " + screen.Percent(r.Assessment.Score.Overall, 1)}, " · ")
	journal := eventsTo(int(r.State.Seq), r.State.Head)
	if s.loaded {
		journal += ", " + piecesOfEvidence(s.pieces)
	}
	return [2]string{what, journal}
}

// say is one line of the box.
func (s *sign) say(w int, t themes.Token, text string) string {
	l := s.env.Paint.Line(w)
	return l.Gap(2).Add(t, text).String()
}

// wrapped is a sentence over as many lines as it takes, a sign before the first.
func (s *sign) wrapped(w int, sign string, t, body themes.Token, text string) []string {
	var out []string
	for _, part := range paint.Wrap(text, max(w-6, 1)) {
		l := s.env.Paint.Line(w)
		out = append(out, l.Gap(2).Fit(t, sign, 1).Gap(1).Add(body, part).String())
		sign = ""
	}
	return out
}

// choices are key, name, file and whether to submit, with what is wrong under them.
func (s *sign) choices(w int) []string {
	lines := s.keyRows(w)
	lines = append(lines, s.problem(w, atKey)...)
	lines = append(lines, s.text(w, atAs, asLabel, &s.as, screen.AsHint))
	lines = append(lines, s.problem(w, atAs)...)
	lines = append(lines, s.text(w, atInto, intoLabel, &s.into, intoHint))
	lines = append(lines, s.problem(w, atInto)...)
	l := s.env.Paint.Line(w)
	s.label(&l, atSubmit, thenLabel)
	text, token := thenSubmit, themes.Text
	if why := s.offSubmit(); why != "" {
		text, token = fmt.Sprintf(cannotSubmit, why), themes.Muted
	}
	lines = append(lines, l.Add(themes.Text, widget.Tick(s.submit)).Gap(1).Add(token, text).String(), paint.Blank(w))
	return append(lines, append(s.warnings(w), paint.Blank(w))...)
}

func (s *sign) warnings(w int) []string {
	text := laterDrafts
	if n := s.unjudged(); n > 0 {
		text = unjudgedItems(n) + " " + text
	}
	out := s.wrapped(w, themes.SignWarn, themes.Warn, themes.Text, text)
	if s.list.At < len(s.keys) && unlock.Forwarded(s.keys[s.list.At]) {
		out = append(out, s.wrapped(w, themes.SignWarn, themes.Warn, themes.Text, screen.AgentForwarded)...)
	}
	return out
}

// label begins a row: the cursor, and the row's name.
func (s *sign) label(l *paint.Line, at place, text string) {
	sign := " "
	if s.at == at && s.step == choosing {
		sign = themes.SignCursor
	}
	l.Add(themes.Focus, sign).Gap(1).Fit(themes.Muted, text, 7)
}

func (s *sign) keyRows(w int) []string {
	if !s.loaded || len(s.keys) == 0 {
		l := s.env.Paint.Line(w)
		s.label(&l, atKey, keyLabel)
		text := looking
		if s.loaded {
			text = screen.KeyNone
		}
		return append([]string{l.Add(themes.Muted, text).String()}, s.agentNote(w)...)
	}
	const most = 4
	from, to := s.list.Window(min(most, len(s.keys)))
	var out []string
	for i := from; i < to; i++ {
		l := s.env.Paint.Line(w)
		switch {
		case i == s.list.At:
			s.label(&l, atKey, word(i == from, keyLabel))
		default:
			l.Gap(2).Fit(themes.Muted, word(i == from, keyLabel), 7)
		}
		k := s.keys[i]
		l.Add(themes.Text, widget.Radio(i == s.list.At)).Gap(1).Fit(themes.Text, unlock.Label(k), max(min(20, l.Room()-21), 8)).Gap(1)
		out = append(out, l.Add(themes.Muted, unlock.Short(k.Fingerprint)).String())
	}
	if n := s.list.Below(); n > 0 {
		out = append(out, s.say(w, themes.Muted, strings.Repeat(" ", 9)+fmt.Sprintf(moreKeys, n)))
	}
	return append(out, s.agentNote(w)...)
}

func word(show bool, text string) string {
	if show {
		return text
	}
	return ""
}

func (s *sign) agentNote(w int) []string {
	if s.note == "" {
		return nil
	}
	return s.wrapped(w, themes.SignWarn, themes.Warn, themes.Muted, s.note)
}

func (s *sign) text(w int, at place, name string, f *widget.Field, hint string) string {
	l := s.env.Paint.Line(w)
	s.label(&l, at, name)
	if f.Text() == "" && s.at != at {
		return l.Add(themes.Muted, hint).String()
	}
	room := max(l.Room()-2, 1)
	return l.Splice(f.Lines(s.env.Paint, themes.Text, room, 1, s.at == at && s.step == choosing)[0], room).String()
}

// problem is what is wrong, under the field that it is wrong with.
func (s *sign) problem(w int, at place) []string {
	if s.err == "" || s.bad != at {
		return nil
	}
	return s.wrapped(w, "!", themes.Error, themes.Error, s.err)
}

// passphrase asks for it: dots for what was typed.
func (s *sign) passphrase(w int) []string {
	k := s.keys[s.list.At]
	l := s.env.Paint.Line(w)
	l.Add(themes.Focus, themes.SignCursor).Gap(1).Fit(themes.Muted, screen.PassphraseOf(string(k.Name)), min(30, w/2)).Gap(1)
	l.Add(themes.Text, strings.Repeat(themes.SignRadio, min(s.secret.Len(), max(l.Room()-3, 0)))).Add(themes.Focus, themes.SignCaret)
	out := []string{l.String()}
	if s.err != "" {
		out = append(out, s.wrapped(w, "!", themes.Error, themes.Error, s.err)...)
	}
	return append(out, paint.Blank(w), s.foot(w, "Enter", toSign, screen.KeyAnotherKey(s.env.Key(action.FieldLeave))))
}

// result names the file and what to do with it.
func (s *sign) result(w int) []string {
	k := s.keys[s.list.At]
	as, _ := s.signer()
	l := s.env.Paint.Line(w)
	l.Gap(2).Add(themes.Pass, themes.SignPass).Gap(1)
	out := []string{l.Middle(themes.Strong, s.file, min(paint.Width(s.file), max(l.Room()-2, 0))).String()}
	out = append(out, s.say(w, themes.Text, "  "+fmt.Sprintf(signedAs, as, unlock.Label(k))))
	state := fmt.Sprintf(stays, s.env.Review.State.SignOff.State)
	if s.claimed {
		state = submitted
	} else if s.submit {
		state = submitting
	}
	out = append(out, s.say(w, themes.Text, "  "+state), paint.Blank(w))
	out = append(out, s.wrapped(w, "", themes.Muted, themes.Muted, fmt.Sprintf(verifiesToo, filepath.Base(s.file)))...)
	return append(out, paint.Blank(w), s.foot(w, s.env.Key(action.Enter), toVerify, screen.KeyBack(s.env.Key(action.Back))))
}

func (s *sign) foot(w int, key, yes, right string) string {
	l := s.env.Paint.Line(w)
	strong, text := themes.Strong, themes.Text
	if s.step == choosing && s.off() != "" {
		strong, text = themes.Muted, themes.Muted
	}
	l.Gap(2).Add(strong, key).Gap(1).Add(text, yes)
	return l.End(themes.Muted, right+"  ").String()
}
