package walk

import (
	"cmp"
	"fmt"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// itemList is the pane of the items; rich adds severity and how it is known.
func (s *walk) itemList(w, h int, rich bool) []string {
	focused := s.focus == listPane && s.sheet == nil
	from, to, head := s.window(max(h-2, 0))
	var lines []string
	for i := from; i < to; i++ {
		r := s.rows[i]
		if i == from && head >= 0 {
			r = s.rows[head]
		}
		marked := i == s.list.At
		if r.kind == textRow {
			lines = append(lines, s.heading(r, w))
			continue
		}
		l := s.env.Paint.Row(w+1, marked && focused)
		l.Add(themes.Focus, cursor(marked, focused))
		s.itemCells(&l, r, w, rich)
		lines = append(lines, l.String())
	}
	if len(s.rows) == 0 {
		lines = append(lines, s.nothing(w))
	}
	s.below(lines, w, to)
	return s.headed(w, h, s.listHead(w), focused, lines)
}

// heading paints a heading with what its ids share and how many there are.
func (s *walk) heading(r row, w int) string {
	l := s.env.Paint.Line(w + 1)
	if r.title == "" {
		return l.String()
	}
	n := fmt.Sprint(r.n)
	l.Gap(1).Fit(themes.Strong, r.title, min(paint.Width(r.title), max(w-paint.Width(n+r.drop)-3, 0)))
	if r.drop != "" {
		l.Gap(1).Add(themes.Muted, r.drop)
	}
	return l.End(themes.Text, n).String()
}

// leastName is how much of the list's name stays before numbers at its right go.
const leastName = 8

// whole leaves parts out at the end of a text until it fits: half a number would be another.
func whole(text string, cells int) string {
	for paint.Width(text) > cells {
		i := strings.LastIndex(text, " · ")
		if i < 0 {
			return ""
		}
		text = text[:i]
	}
	return text
}

// listHead names what the list shows, with its score.
func (s *walk) listHead(w int) string {
	l := s.env.Paint.Line(w + 1)
	l.Gap(1)
	name, right := s.placeName()
	drop := 0
	if s.drop != "" {
		drop = paint.Width(s.drop) + 1
	}
	right = whole(right, w-drop-1-min(paint.Width(name), leastName))
	room := w - paint.Width(right) - 1 - drop
	if paint.Width(name) > room {
		name = short(name, max(room, 1))
	}
	l.Fit(themes.Strong, name, min(paint.Width(name), max(room, 0)))
	if s.drop != "" {
		l.Gap(1).Add(themes.Muted, s.drop)
	}
	return l.End(themes.Muted, right).String()
}

// placeName is the list's head: "Security audit", "8 of 20 · 40.00 %"; where it is grouped
// otherwise, by what.
func (s *walk) placeName() (name, right string) {
	name = s.nameOf(s.place)
	if s.order != byCategory {
		return name, s.order.words()
	}
	switch {
	case s.place == allItems:
		_, n := s.total()
		return name, fmt.Sprint(n)
	case s.place == failedBefore:
		return name, s.beforeTally()
	case strings.HasPrefix(s.place, causePrefix):
		if c := s.causeAt(s.place); c != nil {
			return name, fmt.Sprintf(explainsMany, len(c.Items))
		}
		return name, ""
	}
	for _, c := range s.review().Assessment.Categories {
		if c.Category.ID == s.place {
			return name, s.passed(c)
		}
	}
	return name, ""
}

// nameOf is what a place is called.
func (s *walk) nameOf(place string) string {
	switch place {
	case allItems:
		return listOfAll
	case failedBefore:
		return listOfFailures
	case openBlockers:
		return listOfBlockers
	}
	if c := s.causeAt(place); c != nil {
		return c.Title.String()
	}
	for _, c := range s.categories() {
		if c.ID == place {
			return c.Title
		}
	}
	return listOfACause
}

// causeAt is the root cause that is a place, or nil.
func (s *walk) causeAt(place string) *sessions.Cause {
	id, ok := strings.CutPrefix(place, causePrefix)
	if !ok {
		return nil
	}
	for _, c := range s.causes() {
		if c.ID == id {
			return &c
		}
	}
	return nil
}

// passed is how many items of a category pass, and its score.
func (s *walk) passed(c sessions.CategoryScore) string {
	n := c.Counts
	all := n.Pass + n.Warn + n.Fail + n.Inconclusive + n.Pending
	text := fmt.Sprintf(passOf, n.Pass, all)
	if known(c) {
		text += " · " + s.categoryScore(c)
	}
	return text
}

// itemCells paints an item's row in w cells: the machine's and the person's verdict, what
// else is to know of it in one letter, id, title, and its gate while it does not pass.
func (s *walk) itemCells(l *paint.Line, r row, w int, rich bool) {
	id := r.id
	it := s.review().Item(id)
	if it == nil {
		return
	}
	sign, token := s.machineSign(it)
	l.Fit(token, sign, 1)
	sign, token = " ", themes.Text
	if it.Reviewer != nil {
		sign, token = screen.VerdictSign(it.Reviewer.Verdict)
		if !it.ReviewerCounts() {
			token = themes.Muted
		}
	}
	l.Fit(token, sign, 1)
	l.Fit(themes.Muted, s.letter(it), 1).Gap(1)
	shown := strings.TrimPrefix(id, r.drop)
	l.Add(themes.Muted, shown+" ")
	room := w - 4 - paint.Width(shown) - 1 - 2
	ticked := s.ticked[id]
	if ticked {
		room -= 4
	}
	where := s.whereHit(it, room)
	if where != "" {
		room -= paint.Width(where) + 1
	}
	severity, how := "", ""
	if rich {
		room -= 14
		severity = shortSeverity(it.Planned.Item.Severity)
		how = shortStrength(strengthOf(it))
	}
	s.matched(l, it.Planned.Item.Title, max(room, 0))
	if rich {
		l.Gap(2).Fit(themes.Muted, severity, 4).Gap(2).Fit(themes.Muted, how, 6)
	}
	if where != "" {
		l.Gap(1).Add(themes.Muted, where)
	}
	if ticked {
		l.Gap(1).Add(themes.Strong, "["+themes.SignTick+"]")
	}
	gate, gateToken := s.gateLetter(id)
	l.Gap(1).Fit(gateToken, gate, 1)
}

// whereHit is the word for what the filter was found in, where no title shows it and there
// is room to say so.
func (s *walk) whereHit(it *sessions.ItemState, room int) string {
	if s.filter == "" {
		return ""
	}
	if where, _ := s.hit(it); room-paint.Width(where) > 12 {
		return where
	}
	return ""
}

// matched paints a title with the filter's hit in it.
func (s *walk) matched(l *paint.Line, title string, room int) {
	before, hit, after, ok := hitIn(title, s.filter)
	if !ok || paint.Width(before)+paint.Width(hit) > room-1 {
		l.Fit(themes.Text, title, room)
		return
	}
	l.Add(themes.Text, before).Add(themes.Match, hit)
	l.Fit(themes.Text, after, room-paint.Width(before)-paint.Width(hit))
}

// hitIn splits a text around what is searched for, without case.
func hitIn(text, find string) (before, hit, after string, ok bool) {
	if find == "" {
		return "", "", "", false
	}
	low, f := strings.ToLower(text), strings.ToLower(find)
	i := strings.Index(low, f)
	if i < 0 || len(low) != len(text) || i+len(f) > len(text) {
		return "", "", "", false
	}
	return text[:i], text[i : i+len(f)], text[i+len(f):], true
}

// running reports whether the item's checks run at this moment.
func (s *walk) running(id string) bool {
	r := s.review().Running
	if r == nil {
		return false
	}
	_, on := r.Now[id]
	return on
}

// machineSign is the machine's cell.
func (s *walk) machineSign(it *sessions.ItemState) (string, themes.Token) {
	switch {
	case s.running(it.Planned.Item.ID):
		return themes.SignRunning, themes.Running
	case s.consent[it.Planned.Item.ID]:
		return themes.SignConsent, themes.Consent
	}
	return screen.VerdictSign(it.MachineVerdict())
}

// letter says in one cell what else there is: waived, marked, carried over.
func (s *walk) letter(it *sessions.ItemState) string {
	var all []string
	if _, waived := s.review().State.Waivers[it.Planned.Item.ID]; waived {
		all = append(all, "w")
	}
	if it.Marked {
		all = append(all, "m")
	}
	if it.Reviewer != nil && it.Reviewer.Carried {
		all = append(all, "c")
	}
	switch len(all) {
	case 0:
		return " "
	case 1:
		return all[0]
	}
	return themes.SignRadio
}

// gateLetter is B or C while the item holds a gate open.
func (s *walk) gateLetter(id string) (string, themes.Token) {
	switch s.open[id].Gate {
	case checks.Blocker:
		return "B", themes.Blocker
	case checks.Condition:
		return "C", themes.Text
	}
	return " ", themes.Text
}

// strengthOf is how the verdict that counts is known.
func strengthOf(it *sessions.ItemState) checks.Strength {
	switch {
	case it.ReviewerCounts():
		return it.Reviewer.Strength
	case it.Machine != nil:
		return it.Machine.Strength
	}
	return ""
}

func shortStrength(s checks.Strength) string { return knownShort[s] }

func shortSeverity(s checks.Severity) string { return cmp.Or(severityShort[s], string(s)) }
