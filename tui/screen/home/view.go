package home

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// offer is one line of the first start.
type offer struct {
	id   action.ID
	key  action.ID // the key that is shown
	name string
	hint string
}

func (s *home) Status() screen.Status {
	st := s.env.Review.Status(s.env.Now())
	st.Right = ""
	if r := s.env.Review; r == nil || r.Running == nil {
		st.Left = screen.NothingRuns
	} else {
		st.Left = string(r.State.Opened.Target) + ": " + st.Left
	}
	return st
}

func (s *home) View(w, h int) string {
	p := s.env.Paint
	lines := []string{p.Title(w, "gonogo", s.summary()), p.Across(w, true)}
	switch {
	case s.err != nil:
		lines = append(lines, s.text(w, themes.Error, "! "+fmt.Sprintf(unreadable, s.err))...)
	case !s.loaded:
	case len(s.all) == 0:
		lines = append(lines, s.firstStart(w)...)
	default:
		lines = append(lines, s.table(w, h-len(lines))...)
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// summary is the title's right end: how many reviews, how many need the person.
func (s *home) summary() string {
	if !s.loaded || s.err != nil {
		return ""
	}
	need := 0
	for _, sum := range s.all {
		if waits(sum) {
			need++
		}
	}
	parts := []string{screen.Count(len(s.all), "review", "reviews")}
	switch {
	case need == 1:
		parts = append(parts, oneNeedsYou)
	case need > 1:
		parts = append(parts, fmt.Sprintf(needYou, need))
	}
	if r := s.env.Review; r != nil && r.Unsaved() {
		parts = append(parts, r.Saved())
	} else {
		parts = append(parts, saved)
	}
	return strings.Join(parts, " · ")
}

func waits(s sessions.Summary) bool {
	return s.Questions+s.NeedConsent > 0 && s.State != "accepted" && s.State != "submitted"
}

func (s *home) firstStart(w int) []string {
	p := s.env.Paint
	head := p.Line(w)
	lines := []string{head.Gap(1).Add(themes.Strong, noReviews).String()}
	for i, o := range offers {
		l := p.Row(w, i == s.list.At)
		l.Add(themes.Focus, cursor(i == s.list.At))
		l.Fit(themes.Strong, s.env.Key(o.key), 5).Fit(themes.Text, o.name, 13).Add(themes.Muted, o.hint)
		lines = append(lines, l.String())
	}
	return lines
}

func cursor(marked bool) string {
	if marked {
		return themes.SignCursor
	}
	return " "
}

// table is what is overdue, the list, and under it what waits in the marked review, which
// goes first where there is no room.
func (s *home) table(w, h int) []string {
	p := s.env.Paint
	c := columnsFor(w)
	lines := s.overdueLines(w, h)
	detail := s.details(w)
	if h < 12 || h-len(lines)-1-len(detail) < 3 {
		detail = nil
	}
	lines = append(lines, s.header(c, w))
	s.rowsFrom = 2 + len(lines)
	if len(s.rows) == 0 {
		lines = append(lines, s.text(w, themes.Muted, fmt.Sprintf(nothingMatches, s.filter, s.env.Key(action.Enter), s.env.Key(action.Back)))...)
	}
	now := s.env.Now()
	room := h - len(lines)
	if len(detail) > 0 {
		room -= len(detail) + 1
	}
	from, to := s.list.Window(room)
	for i := from; i < to; i++ {
		lines = append(lines, s.row(c, w, s.all[s.rows[i]], i == s.list.At, now))
	}
	if len(detail) == 0 {
		return lines
	}
	if n := s.list.Below(); n > 0 {
		l := p.Line(w)
		lines = append(lines, l.Gap(4).Add(themes.Muted, fmt.Sprintf(moreBelow, n)).String())
	} else {
		lines = append(lines, paint.Blank(w))
	}
	return append(lines, detail...)
}

// columns are the table's widths; zero leaves a column out.
type columns struct{ target, version, profile, judged, score, trend, age, state int }

// columnsFor divides the row. What lacks room goes in order: trend, age, state, profile;
// what is over goes to the target, then to its version and to how much is judged.
func columnsFor(w int) columns {
	c := columns{target: 16, profile: 10, score: 6, trend: 5, age: 4, state: 9}
	spare := w - 80
	drop := func(col *int, gap int) {
		if spare < 0 {
			spare += *col + gap
			*col = 0
		}
	}
	drop(&c.trend, 2)
	drop(&c.age, 1)
	drop(&c.state, 2)
	drop(&c.profile, 2)
	if spare >= 12 {
		c.version, spare = 10, spare-12
	}
	if spare >= 11 {
		c.judged, spare = 9, spare-11
	}
	if spare >= 8 && c.age > 0 {
		c.age, spare = c.age+8, spare-8
	}
	c.target = max(c.target+min(spare, 24), 4)
	return c
}

func (s *home) header(c columns, w int) string {
	l := s.env.Paint.Line(w)
	l.Gap(4)
	m := themes.Muted
	l.Fit(m, "Target", c.target+2)
	if c.version > 0 {
		l.Fit(m, "Version", c.version+2)
	}
	if c.profile > 0 {
		l.Fit(m, "Profile", c.profile+2)
	}
	l.Fit(m, "Decision", 14).Gap(1)
	if c.judged > 0 {
		l.Right(m, "Judged", c.judged+1).Gap(1)
	}
	l.Right(m, "Score", c.score+1).Gap(2)
	if c.trend > 0 {
		l.Fit(m, "Trend", c.trend).Gap(1)
	}
	if c.age > 0 {
		l.Right(m, "Age", c.age).Gap(2)
	}
	if c.state > 0 {
		l.Fit(m, "State", c.state)
	}
	return l.String()
}

func (s *home) row(c columns, w int, sum sessions.Summary, marked bool, now time.Time) string {
	l := s.env.Paint.Row(w, marked)
	d := decision(sum)
	sign, tok := screen.DecisionSign(d)
	l.Add(themes.Focus, cursor(marked)).Add(tok, sign)
	switch {
	case !sum.Baseline.IsZero():
		l.Add(themes.Muted, "b").Gap(1)
	default:
		l.Gap(2)
	}
	if tick := "[" + themes.SignTick + "]"; s.ticked[sum.ID] && c.target > 2*paint.Width(tick) {
		l.Fit(themes.Text, sum.Target, c.target-paint.Width(tick)-1).Gap(1).Add(themes.Strong, tick).Gap(2)
	} else {
		l.Fit(themes.Text, sum.Target, c.target).Gap(2)
	}
	if c.version > 0 {
		l.Fit(themes.Muted, sum.Version, c.version).Gap(2)
	}
	if c.profile > 0 {
		l.Fit(themes.Text, sum.Profile, c.profile).Gap(2)
	}
	l.Fit(tok, d.Words(), 14).Gap(1)
	share := ""
	if sum.Items > 0 {
		share = fmt.Sprintf("%d/%d", sum.Judged, sum.Items)
	}
	if c.judged > 0 {
		l.Right(themes.Text, share, c.judged+1).Gap(1)
		share = ""
	}
	if !undecided(sum) {
		share = screen.Percent(sum.Score, 1)
	}
	l.Right(themes.Text, share, c.score+1).Gap(2)
	if c.trend > 0 {
		l.Fit(themes.Text, s.trends[sum.ID], c.trend).Gap(1)
	}
	if c.age > 0 {
		l.Right(themes.Text, age(sum.Touched, now, c.age), c.age).Gap(2)
	}
	if c.state > 0 {
		l.Fit(themes.Text, stateWord(sum), c.state)
	}
	return l.String()
}

func stateWord(s sessions.Summary) string {
	if s.Damaged != "" {
		return damaged
	}
	return s.State
}

// age is how old a review is, in at most width cells: a narrow column counts weeks on
// where a wide one has room for a date.
func age(t, now time.Time, width int) string {
	a := screen.Age(t, now)
	if paint.Width(a) <= width {
		return a
	}
	weeks := int(now.Sub(t).Hours() / 24 / 7)
	if weeks > 99 {
		return t.Local().Format("2006")
	}
	return fmt.Sprintf("%d w", weeks)
}

// details is what waits in the marked review.
func (s *home) details(w int) []string {
	sum, ok := s.at()
	if !ok {
		return nil
	}
	p := s.env.Paint
	line := func(t themes.Token, label string, vt themes.Token, value string) string {
		l := p.Line(w)
		return l.Gap(1).Fit(t, label, 19).Add(vt, value).String()
	}
	blockers := line(themes.Muted, noBlockers, themes.Text, "")
	if n := len(sum.Blockers); n > 0 {
		blockers = line(themes.Blocker, screen.Count(n, openBlockerOne, openBlockerMany), themes.Text,
			some(sum.Blockers, w-21))
	}
	out := []string{blockers, line(themes.Muted, waitingForYou, themes.Text, s.waiting(sum))}
	if due := sessions.Overdue(sum.Deadlines, s.env.Now()); len(due) > 0 {
		out = append(out, line(themes.Error, overdueLabel, themes.Text, overdueWords(due[0], len(due)-1)))
	}
	if text := s.against(sum, w-21); text != "" {
		out = append(out, line(themes.Muted, comparedLabel, themes.Text, text))
	}
	if sum.Damaged == "" {
		return append(out, line(themes.Muted, journalLabel, themes.Text, journalOf(int(sum.Events), sum.Touched.Local().Format("2 Jan 15:04"))))
	}
	label := journalLabel
	for _, part := range paint.Wrap(fmt.Sprintf(journalDamaged, sum.Damaged), min(w-21, 80)) {
		out = append(out, line(themes.Muted, label, themes.Error, part))
		label = ""
	}
	return out
}

// some lists the first ids that fit in so many cells, and how many more there are.
func some(ids []string, room int) string {
	out := strings.Join(ids, " ")
	for n := len(ids) - 1; n > 0 && paint.Width(out) > room; n-- {
		out = fmt.Sprintf("%s +%d", strings.Join(ids[:n], " "), len(ids)-n)
	}
	return out
}

func (s *home) waiting(sum sessions.Summary) string {
	var parts []string
	if sum.Questions > 0 {
		parts = append(parts, screen.Count(sum.Questions, "question", "questions"))
	}
	if sum.NeedConsent > 0 {
		parts = append(parts, screen.NeedConsent(sum.NeedConsent))
	}
	out := strings.Join(parts, ", ")
	if out == "" {
		out = nothingWaits
	}
	if s.known == sum.ID {
		if at := draftsAt(s.drafts); at != "" {
			out = fmt.Sprintf(draftKept, out, at)
		}
	}
	return out
}

// draftsAt says where half-typed text is kept: drafts are named "what:where".
func draftsAt(texts map[string]string) string {
	var at []string
	for name := range texts {
		what, where, ok := strings.Cut(name, ":")
		if what == "place" || what == "sitting" {
			continue
		}
		if !ok {
			where = what
		}
		at = append(at, where)
	}
	sort.Strings(at)
	return strings.Join(at, ", ")
}

// text wraps a sentence over the screen's width.
func (s *home) text(w int, t themes.Token, text string) []string {
	var out []string
	for _, part := range paint.Wrap(text, min(w-2, 80)) {
		l := s.env.Paint.Line(w)
		out = append(out, l.Gap(1).Add(t, part).String())
	}
	return out
}
