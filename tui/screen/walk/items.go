package walk

import (
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
	from, to := s.list.Window(max(h-2, 0))
	var lines []string
	for i := from; i < to; i++ {
		r := s.rows[i]
		marked := i == s.list.At
		if r.kind == textRow {
			l := s.env.Paint.Line(w + 1)
			l.Gap(1).Add(themes.Strong, r.title)
			if r.title != "" {
				l.End(themes.Text, fmt.Sprint(r.n))
			}
			lines = append(lines, l.String())
			continue
		}
		l := s.env.Paint.Row(w+1, marked && focused)
		l.Add(themes.Focus, cursor(marked, focused))
		s.itemCells(&l, r.id, w, rich)
		lines = append(lines, l.String())
	}
	if len(s.rows) == 0 {
		lines = append(lines, s.nothing(w))
	}
	if n := s.list.Below(); n > 0 && len(lines) > 0 && s.list.At < to-1 {
		l := s.env.Paint.Line(w + 1)
		lines[len(lines)-1] = l.Gap(5).Add(themes.Muted, fmt.Sprintf("%d more %s", n+1, themes.SignDown)).String()
	}
	return s.headed(w, h, s.listHead(w), focused, lines)
}

// listHead names what the list shows, with its score.
func (s *walk) listHead(w int) string {
	l := s.env.Paint.Line(w + 1)
	l.Gap(1)
	name, right := s.placeName()
	rw := paint.Width(right)
	l.Fit(themes.Strong, name, max(w-rw-2, 0))
	return l.End(themes.Muted, right).String()
}

// placeName is the list's head: "Security audit", "8 of 20 · 40.00 %".
func (s *walk) placeName() (name, right string) {
	switch {
	case s.place == allItems:
		_, n := s.total()
		return "All items", fmt.Sprint(n)
	case s.place == failedBefore:
		return "Failed before", s.beforeTally()
	case s.place == openBlockers:
		return "Open blockers", ""
	case strings.HasPrefix(s.place, causePrefix):
		for _, c := range s.causes() {
			if c.ID == s.place[len(causePrefix):] {
				return c.Title.String(), "explains " + fmt.Sprint(len(c.Items))
			}
		}
		return "Root cause", ""
	}
	for _, c := range s.review().Assessment.Categories {
		if c.Category.ID == s.place {
			return c.Category.Title, s.passed(c)
		}
	}
	return "", ""
}

// passed is how many items of a category pass, and its score.
func (s *walk) passed(c sessions.CategoryScore) string {
	n := c.Counts
	all := n.Pass + n.Warn + n.Fail + n.Inconclusive + n.Pending
	text := fmt.Sprintf("%d of %d", n.Pass, all)
	if known(c) {
		text += " · " + s.categoryScore(c)
	}
	return text
}

// itemCells paints an item's row in w cells: the machine's and the person's verdict, what
// else is to know of it in one letter, id, title, and its gate while it does not pass.
func (s *walk) itemCells(l *paint.Line, id string, w int, rich bool) {
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
	l.Add(themes.Muted, id+" ")
	room := w - 4 - paint.Width(id) - 1 - 2
	ticked := s.ticked[id]
	if ticked {
		room -= 4
	}
	severity, how := "", ""
	if rich {
		room -= 14
		severity = map[checks.Severity]string{checks.Critical: "crit", checks.Medium: "med"}[it.Planned.Item.Severity]
		if severity == "" {
			severity = string(it.Planned.Item.Severity)
		}
		how = shortStrength(strengthOf(it))
	}
	s.matched(l, it.Planned.Item.Title, max(room, 0))
	if rich {
		l.Gap(2).Fit(themes.Muted, severity, 4).Gap(2).Fit(themes.Muted, how, 6)
	}
	if ticked {
		l.Gap(1).Add(themes.Strong, "["+themes.SignTick+"]")
	}
	gate, gateToken := s.gateLetter(id)
	l.Gap(1).Fit(gateToken, gate, 1)
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

func shortStrength(s checks.Strength) string {
	return map[checks.Strength]string{checks.ObservedLive: "live", checks.Configuration: "config",
		checks.Stated: "stated", checks.Inferred: "infer"}[s]
}
