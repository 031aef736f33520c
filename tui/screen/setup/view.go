package setup

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/checks/load"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/layout"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// label is how wide the column of labels is; values stand one cell after the margin.
const label = 12

func newest(list []sessions.Summary) []sessions.Summary {
	out := slices.Clone(list)
	slices.SortFunc(out, func(a, b sessions.Summary) int { return b.Created.Compare(a.Created) })
	return out
}

// Heading names the screen in the help.
func (s *setup) Heading() string { return heading }

// Status says who will be spoken to.
func (s *setup) Status() screen.Status {
	if s.surveying {
		return screen.Status{Sign: themes.SignRunning, Token: themes.Running, Left: looking}
	}
	if p := s.read.look; p != nil && p.folder == "" {
		return screen.Status{Left: speaksTo([]string{p.address.Origin})}
	}
	t := s.read.target
	if t == nil || t.BaseURL == "" {
		return screen.Status{Left: speaksToNone}
	}
	hosts := []string{t.BaseURL}
	if u, err := url.Parse(t.BaseURL); err == nil {
		hosts[0] = u.Host
	}
	hosts = append(hosts, t.Scope.Hosts...)
	if n := len(t.Services); n > 0 {
		hosts = append(hosts, servicesWords(n))
	}
	return screen.Status{Left: speaksTo(hosts)}
}

func (s *setup) View(w, h int) string {
	p := s.env.Paint
	f := form{p: p, w: w}
	s.targetLines(&f)
	f.blank(h)
	s.profileLines(&f)
	s.levelLine(&f)
	f.blank(h)
	s.sendLines(&f)
	s.assessorLine(&f)
	s.fromLine(&f)
	if s.err != nil {
		f.text(themes.Error, "! "+s.err.Error())
	}
	saved := ""
	if s.touched {
		saved = themes.SignDraft + " " + screen.DraftKept
	}
	lines := []string{p.Title(w, heading, saved), p.Across(w, true)}
	from := layout.Window(0, f.at, len(f.lines), h-2)
	return paint.Page(w, h, append(lines, paint.Pad(f.lines[from:], w, h-2)...))
}

// form collects the lines of the form and where the cursor is among them.
type form struct {
	p     *paint.Palette
	w     int
	lines []string
	at    int
}

// blank parts two groups, where there is room.
func (f *form) blank(h int) {
	if h >= 18 {
		f.lines = append(f.lines, paint.Blank(f.w))
	}
}

// start begins a line: the cursor where marked, then the label. A marked choice has the
// background of the cursor's row, what is typed has not: the text cursor says where it is.
func (f *form) start(name string, marked bool) paint.Line {
	return f.begin(f.p.Row(f.w, marked), name, marked)
}

// typed begins the line of a field that is typed in.
func (f *form) typed(name string, marked bool) paint.Line {
	return f.begin(f.p.Line(f.w), name, marked)
}

func (f *form) begin(l paint.Line, name string, marked bool) paint.Line {
	sign := " "
	if marked {
		sign = themes.SignCursor
		f.at = len(f.lines)
	}
	l.Add(themes.Focus, sign).Fit(themes.Muted, name, min(label, max(f.w/4, 8)))
	return l
}

func (f *form) end(l paint.Line) { f.lines = append(f.lines, l.String()) }

// maxText is how many lines a sentence or an error may take under its field.
const maxText = 4

// text adds a sentence under a field.
func (f *form) text(t themes.Token, s string) {
	parts := paint.Wrap(s, min(f.w-label-2, layout.Prose))
	if n := len(parts) - maxText; n > 0 {
		parts = append(parts[:maxText:maxText], fmt.Sprintf(moreLines, n))
	}
	for _, part := range parts {
		l := f.start("", false)
		l.Add(t, part)
		f.end(l)
	}
}

func (s *setup) targetLines(f *form) {
	on := s.focus == targetField
	l := f.typed(targetLabel, on)
	state, tok := "", themes.Muted
	switch {
	case s.read.err != nil:
		state, tok = themes.SignFail+" "+targetWrong, themes.Fail
	case s.read.target != nil:
		state, tok = themes.SignPass+" "+targetRight, themes.Pass
	case s.read.look != nil:
		state = themes.SignPending + " " + noTargetFile
	}
	room := l.Room() - 1 - paint.Width(state) - 2
	l.Splice(s.target.Lines(s.env.Paint, themes.Text, room, 1, on)[0], room)
	l.Gap(2).Add(tok, state)
	f.end(l)
	if s.read.err != nil {
		f.text(themes.Error, "! "+s.read.err.Error())
		if (s.from > 0 || s.again != "") && errors.Is(s.read.err, fs.ErrNotExist) {
			f.text(themes.Muted, takesOwnCopy)
		}
		return
	}
	t := s.read.target
	if t == nil {
		text := targetHint
		if s.read.look != nil {
			text = fmt.Sprintf(keyDoes, s.read.look.what(), s.env.Key(action.FieldSave), s.read.look.does())
		}
		f.text(themes.Muted, text)
		return
	}
	f.text(themes.Text, strings.Join(nonEmpty(strings.TrimSpace(t.Name+" "+t.Version), t.Environment, t.BaseURL), " · "))
	f.text(themes.Muted, strings.Join(nonEmpty(services(t), envFiles(t, s.read.envFiles), tokens(t), waiting(s.read.waiting)), " · "))
	if s.read.planErr != nil {
		f.text(themes.Error, "! "+s.read.planErr.Error())
	}
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(s string) bool { return s == "" })
}

func services(t *checks.Target) string {
	if len(t.Services) == 0 {
		return noServices
	}
	return servicesWords(len(t.Services))
}

func envFiles(t *checks.Target, found int) string {
	switch {
	case len(t.EnvFiles) == 0:
		return noEnvFile
	case found < len(t.EnvFiles):
		return fmt.Sprintf(someEnvFiles, found, len(t.EnvFiles))
	case found == 1:
		return oneEnvFile
	}
	return fmt.Sprintf(allEnvFiles, found)
}

func tokens(t *checks.Target) string {
	switch {
	case t.Auth.User.Token != "" && t.Auth.Admin.Token != "":
		return twoTokens
	case t.Auth.User.Token != "" || t.Auth.Admin.Token != "":
		return oneToken
	}
	return noToken
}

func waiting(n int) string {
	if n == 0 {
		return ""
	}
	return itemsWait(n)
}

func (s *setup) profileLines(f *form) {
	name, width := profileLabel, 12
	for _, r := range s.profiles {
		width = max(width, min(paint.Width(r.name)+1, 30))
	}
	for i, r := range s.profiles {
		marked := s.focus == profileField && i == s.profile
		l := f.start(name, marked)
		name = ""
		tok := themes.Text
		if i == s.profile {
			tok = themes.Strong
		}
		l.Add(tok, widget.Radio(i == s.profile)).Gap(1).Fit(tok, r.name, width)
		if r.err != nil {
			l.Add(themes.Error, "! "+s.wrong(r.err))
		} else {
			l.Right(themes.Text, screen.Count(r.items, "item", "items"), 10).Gap(3)
			l.Add(themes.Muted, clauses(about(r.profile), l.Room()-1))
		}
		f.end(l)
	}
	if len(s.profiles) == 0 {
		l := f.start(name, s.focus == profileField)
		f.end(l)
	}
}

// wrong is what is wrong with a profile, without the folder that all of one's own are in:
// on a narrow row nothing else would be seen.
func (s *setup) wrong(err error) string {
	return strings.ReplaceAll(err.Error(), filepath.Join(s.env.ConfigDir, "profiles")+string(filepath.Separator), "")
}

// about is the first sentence of what a profile says of itself.
func about(p *checks.Profile) string {
	text := p.About
	if text == "" {
		text = p.Title
	}
	if i := strings.IndexAny(text, ".:"); i > 0 {
		text = text[:i]
	}
	return strings.TrimSuffix(text, ".")
}

// clauses leaves out a sentence's last clauses while it is wider than room.
func clauses(text string, room int) string {
	for paint.Width(text) > room {
		i := max(strings.LastIndex(text, ", "), strings.LastIndex(text, " with "))
		if i <= 0 {
			break
		}
		text = text[:i]
	}
	return text
}

// levelLine shows which items apply. The level is a fact of the target, not a choice.
func (s *setup) levelLine(f *form) {
	t := s.read.target
	if t == nil {
		return
	}
	l := f.start(levelLabel, false)
	l.Add(themes.Text, levelWords(t))
	if l.Room() > paint.Width(levelMeans)+3 {
		l.Gap(3).Add(themes.Muted, levelMeans)
	}
	f.end(l)
}

func (s *setup) sendLines(f *form) {
	if s.sendsNothing() {
		return
	}
	rate, users := safeRate, fmt.Sprintf(loadHint, load.MostUsers)
	if s.read.target != nil && loopback(s.read.target.BaseURL) {
		rate, users = safeRateHere, fmt.Sprintf(loadHintHere, load.MostUsers)
	}
	s.sendLine(f, sendLabel, false, true, checks.Safe, rate)
	s.sendLine(f, "", s.focus == intrusiveField, s.intrusive, checks.Intrusive, intrusiveHint)
	s.sendLine(f, "", s.focus == loadField, s.load, checks.Load, users)
}

func (s *setup) sendLine(f *form, name string, marked, on bool, c checks.Class, hint string) {
	l := f.start(name, marked)
	l.Add(themes.Strong, widget.Tick(on)).Gap(1).Fit(themes.Text, string(c), 10)
	count := ""
	if s.read.counts != nil {
		count = checksWords(s.read.counts[c])
	}
	l.Right(themes.Text, count, 11).Gap(3).Add(themes.Muted, hint)
	f.end(l)
}

func (s *setup) assessorLine(f *form) {
	on := s.focus == assessorField
	l := f.typed(assessorLabel, on)
	room := min(max(l.Room()-33, l.Room()/2), 33)
	l.Splice(s.assessor.Lines(s.env.Paint, themes.Text, room, 1, on)[0], room)
	hint := assessorHint
	if s.assessor.Text() == "" {
		hint = assessorEmpty
	}
	l.Gap(1).Add(themes.Muted, hint)
	f.end(l)
}

func (s *setup) fromLine(f *form) {
	if len(s.earlier) == 0 {
		return
	}
	l := f.start(fromLabel, s.focus == fromField)
	options := []string{fromNothing}
	for _, e := range s.earlier {
		options = append(options, e.words)
	}
	// As many as fit, with the chosen one among them.
	first := 0
	for first < s.from && paint.Width(strings.Join(options[first:s.from+1], "   "))+2 > l.Room()-2 {
		first++
	}
	c := widget.Choice{Options: options[first:], At: s.from - first}
	c.Paint(&l, 3)
	if hint := fromHint; l.Room() > len(hint)+4 && s.from > 0 {
		l.Gap(5).Add(themes.Muted, hint)
	}
	f.end(l)
}
