package settings

import (
	"fmt"
	"strings"

	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/widget"
)

// View shows the settings, under each what the choice means, then what holds besides.
func (s *settings) View(w, h int) string {
	p := s.env.Paint
	lines := []string{p.Title(w, title, s.saved), p.Across(w, true)}
	lines = append(lines, s.themeLines(w)...)
	for _, c := range []struct {
		row     int
		label   string
		options []string
		second  bool
		means   string
	}{
		{signsRow, signsLabel, signsChoices, p.ASCII, signsMean},
		{motionRow, motionLabel, motionChoices, s.env.Config.ReduceMotion, motionMeans},
		{mouseRow, mouseLabel, mouseChoices, s.env.Config.Mouse, mouseMeans},
	} {
		choice := widget.Choice{Options: c.options}
		if c.second {
			choice.At = 1
		}
		lines = append(lines, s.line(w, c.row, c.label, func(l *paint.Line) { choice.Paint(l, 2) }), s.note(w, c.means))
	}
	return paint.Page(w, h, paint.Pad(append(lines, s.facts(w)...), w, h))
}

// line is one row: the label, then its value.
func (s *settings) line(w, row int, label string, value func(*paint.Line)) string {
	l := s.env.Paint.Row(w, row == s.row)
	sign := " "
	if row == s.row {
		sign = themes.SignCursor
	}
	l.Add(themes.Focus, sign).Fit(themes.Muted, label, 12)
	value(&l)
	return l.String()
}

// note is what stands under a row.
func (s *settings) note(w int, text string) string {
	l := s.env.Paint.Line(w)
	return l.Gap(13).Fit(themes.Muted, text, max(w-14, 0)).String()
}

// themeLines are the theme with its place among all, what it is for, and the colours of
// the states in it.
func (s *settings) themeLines(w int) []string {
	p := s.env.Paint
	name := s.theme.Value()
	about := p.Theme.About
	if name == "auto" {
		about = themeAuto
	}
	if p.Plain {
		about = noColour
	}
	sample := p.Line(w)
	sample.Gap(13)
	for i, c := range samples {
		if i > 0 {
			sample.Gap(2)
		}
		sample.Add(c.token, c.text)
	}
	return []string{
		s.line(w, themeRow, themeLabel, func(l *paint.Line) {
			l.Add(themes.Strong, "["+name+"]").Gap(2)
			l.Add(themes.Muted, fmt.Sprintf(themeOf, s.theme.At+1, len(s.theme.Options)))
		}),
		s.note(w, about), sample.String(),
	}
}

// samples are the states as the theme paints them.
var samples = []struct {
	token themes.Token
	text  string
}{
	{themes.Pass, themes.SignPass + " pass"}, {themes.Warn, themes.SignWarn + " warn"}, {themes.Fail, themes.SignFail + " fail"},
	{themes.Unknown, themes.SignInconclusive + " inconclusive"},
	{themes.Consent, themes.SignConsent + " consent"}, {themes.Blocker, "B blocker"},
}

// facts are what is not chosen here.
func (s *settings) facts(w int) []string {
	file := s.env.Config.Path()
	dir := strings.TrimSuffix(file, "config.toml")
	if file == "" {
		file = noFile
	}
	middle := func(text string) func(*paint.Line) {
		return func(l *paint.Line) {
			room := max(l.Room()-1, 0)
			l.Middle(themes.Text, text, min(paint.Width(text), room))
		}
	}
	return []string{
		paint.Blank(w),
		s.line(w, -1, assessorLabel, middle(s.env.By().String())),
		s.line(w, -1, fileLabel, middle(file)),
		s.line(w, -1, keysLabel, middle(dir+"keys.toml")), s.note(w, boundKeys(len(s.env.Keys.Changed()))),
		s.line(w, -1, themesLabel, middle(dir+"themes/NAME.toml")), s.note(w, themesRead),
	}
}
