package report

import (
	"fmt"
	"slices"
	"strings"

	"assess/gonogo/checks"
)

func (m *markdown) sections() {
	m.h(2, "Assessment by category")
	for i, s := range m.d.Report.Sections {
		m.section(i+1, s, m.d.Score.Categories[i])
	}
}

// section is one category on a few lines: where it stands and what is not in order.
func (m *markdown) section(n int, s Section, c Category) {
	m.h(3, fmt.Sprintf("%d. %s", n, s.Title))
	word := c.Health
	if c.Incomplete {
		word = "INCOMPLETE"
	}
	m.f("**Status**: %s. **%s**: %s. **Score**: %s.%s", colourWords[c.RAG]+suffix(" — ", text(strings.TrimSuffix(s.Status, "."))),
		text(s.HealthLabel), text(orNone(word)), m.sectionScore(c), recommends(s))
	if c.DeclaredBy != "" {
		m.f("Declared by %s: %s. Computed: %s, %s.", text(c.DeclaredBy), text(c.DeclaredWhy), colourWords[c.ComputedRAG], text(orNone(c.ComputedHealth)))
	}
	if s.Edited != "" {
		m.para("**Recommendation**: " + block(s.Edited))
		m.written("category:" + s.Category)
	}
	if last := join(" ", m.rows(s), goodWords(s)); last != "" {
		m.para(last)
	}
}

// recommends is the drafted recommendation, its advice in strong letters; a person's own
// words have a paragraph of their own.
func recommends(s Section) string {
	if s.Edited != "" || s.Recommendation == "" {
		return ""
	}
	rest := strings.TrimPrefix(s.Recommendation, s.Advice)
	if s.Advice == "" || rest == s.Recommendation {
		return " **Recommendation**: " + rich(s.Recommendation)
	}
	return " **Recommendation**: **" + text(s.Advice) + "**" + rich(rest)
}

// mostStrengths is how many strengths a category's chapter names.
const mostStrengths = 3

// mostHighlights is how many highlights it tells.
const mostHighlights = 6

// goodWords name a category's strengths; where it has highlights, these say more.
func goodWords(s Section) string {
	var good []string
	for _, h := range s.Highlights {
		good = append(good, strings.TrimRight(text(h), ". "))
	}
	if len(good) > 0 {
		return "**Highlights**: " + named(good, mostHighlights, "; ") + "."
	}
	for _, x := range s.Strengths {
		good = append(good, strings.TrimRight(rich(x.Text), ". "))
	}
	if len(good) == 0 {
		return ""
	}
	return "**Strengths**: " + named(good, mostStrengths, "; ") + "."
}

// details are the categories' chapters at length: every strength, issue and recommendation.
func (m *markdown) details() {
	m.h(2, "Category by category")
	for i, s := range m.d.Report.Sections {
		m.detail(i+1, s)
	}
}

func (m *markdown) detail(n int, s Section) {
	m.h(3, fmt.Sprintf("%d. %s, at length", n, s.Title))
	if inRows(s) {
		items, rows := m.byID(), [][]string{}
		for _, r := range s.Rows {
			rows = append(rows, rowCells(r, items))
		}
		m.table(rowHead, rows)
	}
	if len(s.Attempts) > 0 {
		m.h(4, "How far it got")
		m.list(m.attempts(s))
	}
	m.h(4, "Strengths")
	m.list(strengths(s))
	m.h(4, "Issues")
	m.issues(s)
	m.h(4, "Recommendations")
	if s.Advice != "" {
		m.f("**%s**", text(s.Advice))
	}
	var rec []string
	for _, g := range s.Recommendations {
		for _, a := range g.Actions {
			rec = append(rec, "- **"+capital(g.Title)+"**: "+rich(a.Text)+suffix(" ", paren(a.Items)))
		}
	}
	switch {
	case len(rec) > 0:
		m.list(rec)
	case s.Advice == "":
		m.none()
	}
}

func strengths(s Section) []string {
	var out []string
	for _, x := range s.Strengths {
		one := []string{}
		if x.Item != "" {
			one = []string{x.Item}
		}
		out = append(out, "- ✓ "+rich(x.Text)+suffix(" ", paren(one)))
	}
	for _, h := range s.Highlights {
		out = append(out, "- ✓ "+text(h))
	}
	return out
}

func (m *markdown) sectionScore(c Category) string {
	method := m.d.Profile.Method
	if c.Incomplete {
		return "incomplete, counts 0 (" + countNote(c.Counts) + ")"
	}
	out := fmt.Sprintf("%s (%s)", categoryPercent(c.Score, method), countNote(c.Counts))
	if c.Today != c.Score {
		out += ", " + categoryPercent(c.Today, method) + " by today's rules"
	}
	return out
}

// rowHead heads a table of checks.
var rowHead = []string{"Check", "Verdict", "What was found", "Items"}

// inRows reports whether the profile gathers the category's items in rows.
func inRows(s Section) bool {
	return slices.ContainsFunc(s.Rows, func(r Row) bool { return len(r.Items) > 1 })
}

// rowCells is a row of gathered items, as bad as its worst item.
func rowCells(r Row, items map[string]Item) []string {
	return []string{"**" + text(r.Title) + "**", verdict(r.Verdict), rowFound(r, items), fewIDs(r.Items, 2)}
}

// rows is the category's table: a line a row, or an item where they are not gathered, that
// is not in order. What ended alike follows on one line. It returns what is to be said
// under them: what nobody knows yet, or that there is nothing else.
func (m *markdown) rows(s Section) string {
	items, waived, grouped := m.byID(), waivedIn(s), inRows(s)
	rows, waits := [][]string{}, []string{}
	for _, r := range s.Rows {
		switch id := r.Items[0]; {
		case grouped && r.Verdict != checks.Pass && r.Verdict != checks.NA:
			rows = append(rows, rowCells(r, items))
		case grouped:
		case r.Verdict == checks.Pending:
			waits = append(waits, id)
		case needsWork(r.Verdict) && (r.Verdict.Decided() || len(s.Attempts) == 0):
			it := items[id]
			rows = append(rows, []string{rowOfOne(it), verdict(it.Verdict) + waived[id], text(it.Summary), code(id) + ", " + text(string(it.Severity))})
		}
	}
	if len(rows) > 0 {
		m.table(rowHead, rows)
	}
	switch {
	case len(s.Attempts) > 0 && !grouped:
		m.h(4, "How far it got")
		m.list(m.attempts(s))
	case len(waits) > 0:
		return "**Not known yet**: " + fewIDs(waits, 12) + "."
	case len(rows) == 0 && len(s.Rows) > 0:
		return "✓ Everything that applies is in order."
	}
	return ""
}

// waivedIn marks the items of a category whose risk is accepted.
func waivedIn(s Section) map[string]string {
	out := map[string]string{}
	for _, i := range s.Issues {
		if i.Waived {
			out[i.ID] = ", waived"
		}
	}
	return out
}

// rowFound tells what a row's open items found, each thing once; a row in order says how
// many items it stands for, or what its only one saw.
func rowFound(r Row, items map[string]Item) string {
	var found []string
	passed := 0
	for _, id := range r.Items {
		it := items[id]
		switch {
		case it.Verdict == checks.Pass:
			passed++
		case it.Verdict != checks.NA && !slices.Contains(found, it.Summary):
			found = append(found, it.Summary)
		}
	}
	switch {
	case len(found) == 0 && len(r.Items) == 1:
		return text(items[r.Items[0]].Summary)
	case len(found) == 0:
		return fmt.Sprintf("%d of %d pass", passed, len(r.Items))
	case passed > 0:
		return fmt.Sprintf("%s; %d of %d pass", text(named(found, 3, "; ")), passed, len(r.Items))
	}
	return text(named(found, 3, "; "))
}

func (m *markdown) byID() map[string]Item {
	out := map[string]Item{}
	for _, it := range m.d.Items {
		out[it.ID] = it
	}
	return out
}

// attempts tell how far each test got; those that ended alike share a line.
func (m *markdown) attempts(s Section) []string {
	type end struct {
		how    string
		titles []string
		ids    []string
	}
	var ends []end
	items := m.byID()
	for _, r := range s.Rows {
		for _, id := range r.Items {
			it := items[id]
			if it.Verdict.Decided() || it.Verdict == checks.NA {
				continue
			}
			how := attempt(it)
			i := slices.IndexFunc(ends, func(e end) bool { return e.how == how })
			if i < 0 {
				ends, i = append(ends, end{how: how}), len(ends)
			}
			ends[i].titles, ends[i].ids = append(ends[i].titles, it.Title), append(ends[i].ids, id)
		}
	}
	var out []string
	for _, e := range ends {
		out = append(out, "- "+capital(text(e.how))+": "+text(strings.Join(e.titles, "; "))+" "+paren(e.ids))
	}
	return out
}

// issues lists what is open by severity. Items of one severity with the same finding share
// a line; what an incomplete category could not tell stands under how far it got.
func (m *markdown) issues(s Section) {
	items := m.byID()
	type line struct {
		Issue
		titles, ids []string
	}
	var lines []line
	for _, i := range s.Issues {
		if it, known := items[i.ID]; known && len(s.Attempts) > 0 && !it.Verdict.Decided() {
			continue
		}
		at := slices.IndexFunc(lines, func(l line) bool {
			return !i.Finding && !l.Finding && l.Severity == i.Severity && l.Text == i.Text && l.Waived == i.Waived
		})
		if at < 0 {
			lines, at = append(lines, line{Issue: i}), len(lines)
		}
		lines[at].titles, lines[at].ids = append(lines[at].titles, i.Title), append(lines[at].ids, i.ID)
	}
	var out []string
	for _, l := range lines {
		mark := ""
		if l.Waived {
			mark = " (waived)"
		}
		out = append(out, "- **"+text(capital(string(l.Severity)))+"**: "+issueWords(l.titles, l.Text)+" "+paren(l.ids)+mark)
	}
	if len(out) == 0 && len(s.Attempts) > 0 {
		m.para("None beyond what could not be told.")
		return
	}
	m.list(out)
}

// issueWords are the issue's own sentence and what was found; where that begins with the
// same words, it alone.
func issueWords(titles []string, found string) string {
	title := strings.Join(titles, "; ")
	switch {
	case found == "":
		return rich(title)
	case strings.HasPrefix(found, strings.TrimSuffix(title, ".")):
		return text(found)
	}
	return rich(title) + ": " + text(found)
}

func bullets(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = "- " + text(s)
	}
	return out
}

func paren(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "(" + ids(items) + ")"
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func joined(notes []string) string { return strings.Join(notes, "; ") }

func spaces(n int) string { return strings.Repeat(" ", n) }

func indent(s, by string) string {
	return by + strings.ReplaceAll(s, "\n", "\n"+by)
}
