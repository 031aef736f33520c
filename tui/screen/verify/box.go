package verify

import (
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/unlock"
)

// boxWidth is how wide the dialog is where the window allows.
const boxWidth = 70

// View draws the dialog.
func (d *countersign) View(w, h int) []string {
	w = min(w, boxWidth)
	inner := w - 4
	if inner < 1 {
		return nil
	}
	lines := d.wrapped(inner, "", themes.Strong, d.s.about())
	switch d.phase {
	case signs:
		l := d.env.Paint.Line(inner)
		l.Gap(1).Add(themes.Running, themes.SignRunning).Gap(1).Add(themes.Text, unlock.Waiting(d.key()))
		lines = append(lines, paint.Blank(inner), l.String(), paint.Blank(inner), d.foot(inner, "", "", screen.KeyGivesUp(d.env.Key(action.DialogNo))))
	case locked:
		lines = append(append(lines, paint.Blank(inner)), d.passphrase(inner)...)
	default:
		lines = append(lines, d.fields(inner, h-len(lines)-2)...)
	}
	return d.env.Paint.Box(w, countersignTitle, lines)
}

// fields are the form and what is to know, which goes first where there is no room.
func (d *countersign) fields(w, h int) []string {
	f := *d.Form
	f.Err = "" // it is wrapped here
	var notes []string
	notes = append(notes, d.wrapped(w, "", themes.Muted, countersignWords)...)
	if d.note != "" {
		notes = append(notes, d.wrapped(w, themes.SignWarn, themes.Warn, d.note)...)
	}
	if len(d.keys) > 0 && unlock.Forwarded(d.key()) {
		notes = append(notes, d.wrapped(w, themes.SignWarn, themes.Warn, screen.AgentForwarded)...)
	}
	var wrong []string
	switch {
	case d.Err != "":
		wrong = d.wrapped(w, "!", themes.Error, d.Err)
	case d.loaded && len(d.keys) == 0:
		wrong = d.wrapped(w, "!", themes.Error, screen.KeyNone)
	}
	if len(f.Fields)+len(wrong)+len(notes)+4 > h {
		notes = nil
	}
	var out []string
	if h > 8 {
		out = append(out, paint.Blank(w))
	}
	out = append(out, f.Fit(d.env.Paint, w, max(h-len(wrong)-len(notes)-len(out)-2, 1))...)
	out = append(out, wrong...)
	if h > 8 {
		out = append(out, paint.Blank(w))
	}
	if len(notes) > 0 {
		out = append(append(out, notes...), paint.Blank(w))
	}
	next := screen.KeysNextNotNow(d.env.Key(action.FieldNext), d.env.Key(action.DialogNo))
	return append(out, d.foot(w, d.env.Key(action.FieldSave), countersignYes, next))
}

// passphrase asks for it: dots for what was typed.
func (d *countersign) passphrase(w int) []string {
	l := d.env.Paint.Line(w)
	l.Add(themes.Focus, themes.SignCursor).Gap(1).Fit(themes.Muted, screen.PassphraseOf(unlock.Label(d.key())), min(30, w/2)).Gap(1)
	l.Add(themes.Text, strings.Repeat(themes.SignRadio, min(d.secret.Len(), max(l.Room()-3, 0)))).Add(themes.Focus, themes.SignCaret)
	out := []string{l.String()}
	if d.Err != "" {
		out = append(out, d.wrapped(w, "!", themes.Error, d.Err)...)
	}
	return append(out, paint.Blank(w), d.foot(w, "Enter", countersignYes, screen.KeyAnotherKey(d.env.Key(action.FieldLeave))))
}

// wrapped is a sentence over as many lines as it takes, a sign before the first.
func (d *countersign) wrapped(w int, sign string, t themes.Token, text string) []string {
	var out []string
	for _, part := range paint.Wrap(text, max(w-5, 1)) {
		l := d.env.Paint.Line(w)
		l.Gap(1)
		if sign != "" {
			l.Fit(t, sign, 1).Gap(1)
		}
		out = append(out, l.Add(t, part).String())
		if sign != "" {
			sign = " "
		}
	}
	return out
}

func (d *countersign) foot(w int, key, yes, right string) string {
	l := d.env.Paint.Line(w)
	l.Gap(1).Add(themes.Strong, key).Gap(1).Add(themes.Text, yes)
	return l.End(themes.Muted, right+"  ").String()
}
