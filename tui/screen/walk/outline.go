package walk

import (
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// tally are the columns of the outline.
var tally = []checks.Verdict{checks.Pass, checks.Warn, checks.Fail, checks.Inconclusive, checks.Pending}

// labelCells is the outline's first column.
const labelCells = 13

func countOf(c sessions.Counts, v checks.Verdict) int {
	switch v {
	case checks.Pass:
		return c.Pass
	case checks.Warn:
		return c.Warn
	case checks.Fail:
		return c.Fail
	case checks.Inconclusive:
		return c.Inconclusive
	case checks.NA:
		return c.NA
	}
	return c.Pending
}

// tallyCells are the widths of the tally's columns: three cells, and one more where a number
// has three digits; the label gives them up.
func (s *walk) tallyCells() (cells [5]int, label int) {
	label = labelCells
	all := s.figures().counts
	for i, v := range tally {
		cells[i] = max(3, len(strconv.Itoa(countOf(all, v)))+1)
		label -= cells[i] - 3
	}
	return cells, max(label, 1)
}

// tallyHead is the head of the outline.
func (s *walk) tallyHead(w int, label string) string {
	cells, room := s.tallyCells()
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Fit(themes.Muted, label, room)
	for i, v := range tally {
		sign, token := screen.VerdictSign(v)
		l.Right(token, sign, cells[i])
	}
	if label == headOutline && l.Room() > paint.Width(s.drop) {
		l.End(themes.Muted, s.drop)
	}
	return l.String()
}

// tallied appends a label and the counts of what it stands for; a zero is blank.
func (s *walk) tallied(l *paint.Line, label string, c sessions.Counts) {
	cells, room := s.tallyCells()
	l.Fit(themes.Text, short(label, room), room)
	for i, v := range tally {
		text := ""
		if n := countOf(c, v); n > 0 {
			text = strconv.Itoa(n)
		}
		_, token := screen.VerdictSign(v)
		if v == checks.Pass || v == checks.Pending {
			token = themes.Text
		}
		l.Right(token, text, cells[i])
	}
}

// total counts all categories together.
func (s *walk) total() (sessions.Counts, int) {
	f := s.figures()
	return f.counts, len(f.items)
}

// outline is the pane of categories and of what else the review comes to.
func (s *walk) outline(w, h int) []string {
	focused := s.focus == outlinePane && s.sheet == nil
	var lines []string
	from, to := s.side.Window(max(h-2, 0))
	if s.side.At < max(h-2, 0) {
		from, to = 0, min(len(s.lines), max(h-2, 0))
	}
	for i := from; i < to; i++ {
		marked := i == s.side.At && s.lines[i].place == s.place && s.place != ""
		lines = append(lines, s.outlineLine(w, s.lines[i], marked, focused))
	}
	return s.headed(w, h, s.tallyHead(w, headCategories), focused, lines)
}

func (s *walk) outlineLine(w int, at line, marked, focused bool) string {
	p, r := s.env.Paint, s.review()
	a := r.Assessment
	l := p.Row(w+1, marked && focused)
	l.Add(themes.Focus, cursor(marked, focused))
	switch at.kind {
	case categoryLine:
		c := a.Categories[at.n]
		s.tallied(&l, c.Category.Title, c.Counts)
	case beforeLine:
		l.Add(themes.Text, listOfFailures).End(themes.Text, strconv.Itoa(len(s.failures())))
	case allLine:
		t, n := s.total()
		label := fmt.Sprintf(allCounted, n)
		if _, room := s.tallyCells(); paint.Width(label) > room { // a number is whole, or not there
			label = allBrief
		}
		s.tallied(&l, label, t)
	case blockersLine:
		n := s.figures().blockers
		token := themes.Muted
		if n > 0 {
			token = themes.Blocker
		}
		l.Add(token, openBlockersWords(n))
		l.End(themes.Muted, fmt.Sprintf(keyWhy, s.env.Key(action.GoDecision)))
	case gatesLine:
		n := 0
		for _, g := range a.Gates {
			if g.Matches && g.Says == sessions.NoGo {
				n++
			}
		}
		token := themes.Muted
		if n > 0 {
			token = themes.Fail
		}
		l.Add(token, gatesWords(n))
	case coverageLine:
		l.Add(themes.Text, outlineCoverage).End(themes.Text, fmt.Sprintf("%.0f %%", a.Score.Coverage))
	case causesLine:
		l.Add(themes.Strong, headCauses).End(themes.Muted, s.env.Key(action.GoFindings))
	case causeLine:
		if causes := s.causes(); at.n < len(causes) {
			l.Fit(themes.Text, causes[at.n].Title.String(), w-4).Right(themes.Text, strconv.Itoa(len(causes[at.n].Items)), 4)
		}
	case findingsLine:
		l.Add(themes.Strong, headFindings).End(themes.Muted, s.env.Key(action.GoFindings))
	case findingCount:
		l.Fit(themes.Text, findingGroups[at.n], w-4).Right(themes.Text, strconv.Itoa(s.countFindings(at.n)), 4)
	case sentLine:
		l.Add(themes.Strong, headSent)
		if r.Running != nil {
			l.End(themes.Muted, sentLater)
		} else {
			l.End(themes.Text, requestsWords(r.State.RequestsSent))
		}
	}
	return l.String()
}

// outlineList is outline and list in one pane, where there is no room for both.
func (s *walk) outlineList(w, h int) []string {
	focused := s.sheet == nil
	from, to, head := s.window(max(h-2, 0))
	indent := 1 // under the categories
	if s.order != byCategory {
		indent = 0
	}
	var lines []string
	for i := from; i < to; i++ {
		r := s.rows[i]
		if i == from && head >= 0 {
			r = s.rows[head]
		}
		marked := i == s.list.At
		if r.kind == headRow {
			lines = append(lines, s.categoryRow(w, r.id, marked, focused))
			continue
		}
		if r.kind == textRow {
			lines = append(lines, s.heading(r, w))
			continue
		}
		l := s.env.Paint.Row(w+1, marked && focused)
		l.Add(themes.Focus, cursor(marked, focused)).Gap(indent)
		s.itemCells(&l, r, w-indent, false)
		lines = append(lines, l.String())
	}
	if len(s.rows) == 0 {
		lines = append(lines, s.nothing(w))
	}
	s.below(lines, w, to)
	title := s.listHead(w)
	if s.order == byCategory {
		title = s.tallyHead(w, headOutline)
	}
	return s.headed(w, h, title, focused, lines)
}

func (s *walk) categoryRow(w int, id string, marked, focused bool) string {
	l := s.env.Paint.Row(w+1, marked && focused)
	l.Add(themes.Focus, cursor(marked, focused))
	if id == failedBefore {
		l.Add(themes.Text, listOfFailures).End(themes.Text, s.beforeTally())
	}
	for _, c := range s.review().Assessment.Categories {
		if c.Category.ID != id {
			continue
		}
		s.tallied(&l, c.Category.Title, c.Counts)
		if known(c) && l.Room() >= 9 {
			l.End(themes.Text, s.categoryScore(c))
		}
	}
	return l.String()
}

// beforeTally is how many of the items that failed before pass now.
func (s *walk) beforeTally() string {
	mended := 0
	for it := range s.failedItems {
		if it.Counts() == checks.Pass {
			mended++
		}
	}
	return fmt.Sprintf(passNow, mended, len(s.failures()))
}

// short is the part of a title that fits, in whole words where the first one does: "Security"
// of "Security audit".
func short(title string, cells int) string {
	if paint.Width(title) <= cells {
		return title
	}
	out := ""
	for _, word := range strings.Fields(title) {
		if paint.Width(out)+1+paint.Width(word) > cells && (out != "" || paint.Width(word) > cells) {
			break
		}
		out = strings.TrimSpace(out + " " + word)
	}
	for _, loose := range looseWords {
		out = strings.TrimSuffix(out, loose)
	}
	if out == "" {
		return title
	}
	return out
}

// known reports whether anything of a category is decided.
func known(c sessions.CategoryScore) bool { return c.Counts.Pass+c.Counts.Warn+c.Counts.Fail > 0 }

// categoryScore has two decimals where the profile counts passes.
func (s *walk) categoryScore(c sessions.CategoryScore) string {
	if s.review().State.Profile.Scoring.Method == "passrate" {
		return screen.Percent(c.Score, 2)
	}
	return screen.Percent(c.Score, 1)
}

// nothing says why the list is empty.
func (s *walk) nothing(w int) string {
	l := s.env.Paint.Line(w + 1)
	text := nothingHere
	if s.filter != "" {
		text = screen.NothingMatches(s.filter, s.env.Key(action.Back))
	}
	return l.Gap(1).Add(themes.Muted, text).String()
}
