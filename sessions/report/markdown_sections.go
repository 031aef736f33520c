package report

import (
	"fmt"
	"strings"
)

func (m *markdown) sections() {
	m.h(2, "Assessment by category")
	for i, s := range m.d.Report.Sections {
		m.section(i+1, s, m.d.Score.Categories[i])
	}
}

func (m *markdown) section(n int, s Section, c Category) {
	m.h(3, fmt.Sprintf("%d. %s", n, s.Title))
	word := c.Health
	if c.Incomplete {
		word = "INCOMPLETE"
	}
	m.list([]string{
		"- **Status**: " + colourWords[c.RAG] + suffix(" — ", text(s.Status)),
		"- **" + text(s.HealthLabel) + "**: " + text(orNone(word)),
		"- **Score**: " + m.sectionScore(c),
	})
	if c.DeclaredBy != "" {
		m.f("Declared by %s: %s. Computed: %s, %s.", text(c.DeclaredBy), text(c.DeclaredWhy), colourWords[c.ComputedRAG], text(orNone(c.ComputedHealth)))
	}
	if s.Edited != "" {
		m.para(block(s.Edited))
	}
	m.rows(s)
	if len(s.Attempts) > 0 {
		m.h(4, "How far it got")
		m.list(bullets(s.Attempts))
	}
	m.h(4, "Strengths")
	var strengths []string
	for _, x := range s.Strengths {
		strengths = append(strengths, "- ✓ "+text(x.Text)+suffix(" ", paren(x.Item)))
	}
	for _, h := range s.Highlights {
		strengths = append(strengths, "- ✓ "+text(h))
	}
	m.list(strengths)
	m.h(4, "Issues")
	m.list(issues(s.Issues))
	m.h(4, "Recommendations")
	if s.Advice != "" {
		m.f("**%s**", text(s.Advice))
	}
	var rec []string
	for _, g := range s.Recommendations {
		for _, a := range g.Actions {
			rec = append(rec, "- **"+capital(g.Title)+"**: "+text(a.Text)+suffix(" ", paren(strings.Join(a.Items, ", "))))
		}
	}
	m.list(rec)
	m.h(4, "Answers")
	rows := [][]string{}
	for _, a := range s.Answers {
		rows = append(rows, []string{code(a.Item), verdict(a.Verdict), text(a.Reason), text(a.By)})
	}
	m.table([]string{"Item", "Verdict", "Reason", "By"}, rows)
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

// rows is the category's table; a row of several items unfolds to them.
func (m *markdown) rows(s Section) {
	byID := map[string]Item{}
	for _, it := range m.d.Items {
		byID[it.ID] = it
	}
	rows := [][]string{}
	for _, r := range s.Rows {
		if len(r.Items) == 1 {
			it := byID[r.Items[0]]
			rows = append(rows, []string{rowOfOne(it), code(it.ID), verdict(it.Verdict), text(it.Summary) + m.today(it)})
			continue
		}
		rows = append(rows, []string{"**" + text(r.Title) + "**", fmt.Sprintf("%d items", len(r.Items)), "**" + verdict(r.Verdict) + "**", ""})
		for _, id := range r.Items {
			it := byID[id]
			rows = append(rows, []string{text(it.Title), code(it.ID), verdict(it.Verdict), text(it.Summary) + m.today(it)})
		}
	}
	m.table([]string{"Check", "Item", "Verdict", "What was found"}, rows)
}

// rowOfOne is a row of one item: the row's name where the profile gives it one.
func rowOfOne(it Item) string {
	if it.Row == "" {
		return text(it.Title)
	}
	return "**" + text(it.Row) + "**: " + text(it.Title)
}

// today prints the rule's own verdict where the profile reads it otherwise.
func (m *markdown) today(it Item) string {
	if it.Machine == nil || it.Machine.Today == "" || it.Machine.Today == it.Machine.Verdict {
		return ""
	}
	return fmt.Sprintf(" (today's rule: %s; counted as %s by %s)", it.Machine.Today, it.Machine.Verdict, code(it.Machine.Changed))
}

func issues(in []Issue) []string {
	var out []string
	for _, i := range in {
		mark := ""
		if i.Waived {
			mark = " (waived)"
		}
		out = append(out, "- **"+capital(string(i.Severity))+"**: "+text(i.Title)+suffix(": ", text(i.Text))+" ("+code(i.ID)+")"+mark)
	}
	return out
}

func bullets(in []string) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = "- " + text(s)
	}
	return out
}

func paren(ids string) string {
	if ids == "" {
		return ""
	}
	return "(" + code(ids) + ")"
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (m *markdown) plan() {
	m.h(2, "Action plan")
	for _, g := range m.d.Report.Plan {
		m.h(3, capital(g.Title))
		if len(g.Actions) == 0 {
			m.para("None.")
		}
		for i, a := range g.Actions {
			m.action(i+1, a)
		}
	}
}

func (m *markdown) action(n int, a Action) {
	notes := []string{}
	if a.DaysHigh > 0 {
		notes = append(notes, dayRange(a.DaysLow, a.DaysHigh))
	}
	if a.Effort != "" {
		notes = append(notes, text(a.Effort))
	}
	if a.Owner != "" {
		notes = append(notes, "owner "+text(a.Owner))
	}
	if len(a.Items) > 0 {
		notes = append(notes, ids(a.Items))
	}
	m.b.WriteString(fmt.Sprintf("%d. **%s**%s\n", n, text(a.Title), suffix(" — ", strings.Join(notes, "; "))))
	if a.Text != "" {
		m.b.WriteString("   - " + text(a.Text) + "\n")
	}
	for _, l := range a.Lines {
		m.b.WriteString("   - " + text(l.Text) + "\n")
	}
	m.b.WriteString("\n")
	if a.Snippet != "" {
		m.para(indent(fenced(a.Snippet, ""), "   "))
	}
}

func indent(s, by string) string {
	return by + strings.ReplaceAll(s, "\n", "\n"+by)
}

func (m *markdown) decision() {
	d := m.d.Decision
	m.h(2, "Decision")
	m.f("**%s**%s", d.Stands.Words(), suffix(" — ", text(m.d.Report.Headline)))
	m.list([]string{
		"- **Computed**: " + d.Computed.Words(),
		"- **Declared**: " + m.declared(),
	})
	if d.Lapsed != "" {
		m.f("The declared decision no longer stands: %s.", text(d.Lapsed))
	}
	m.h(3, "Rationale")
	m.para(m.rationale())
	m.h(3, "Gates")
	rows := [][]string{}
	for _, g := range d.Gates {
		state := "✓ does not match"
		if g.Matches {
			state = "✘ matches"
		}
		rows = append(rows, []string{text(g.Title), state, g.Says.Words(), text(g.Detail), text(named(g.By, 12))})
	}
	m.table([]string{"Gate", "State", "Says", "Figure", "By"}, rows)
	m.h(3, "Conditions")
	rows = [][]string{}
	for _, c := range d.Conditions {
		rows = append(rows, []string{code(c.ID), text(string(c.Text)), text(orNone(string(c.Owner))), text(orNone(string(c.Due))) + notBefore(c), ids(c.VerifiedBy), conditionState(c)})
	}
	m.table([]string{"Id", "Condition", "Owner", "Due", "Verified by", "State"}, rows)
	m.h(3, "Path to GO")
	rows = [][]string{}
	for _, p := range d.PathToGo {
		rows = append(rows, []string{text(p.Title), ids(p.Items), percent1(p.Score), p.Decision.Words()})
	}
	m.table([]string{"Mend", "Items", "Score then", "Decision then"}, rows)
	m.h(3, "Estimated timeline")
	var lines []string
	for _, t := range m.d.Report.Timeline {
		lines = append(lines, "- **"+text(t.Title)+"**: "+t.Text)
	}
	m.list(lines)
	if m.d.Report.Closing != "" {
		m.para(block(m.d.Report.Closing))
	}
}

func (m *markdown) declared() string {
	d := m.d.Decision
	if d.Declared == "" {
		return "as computed"
	}
	return fmt.Sprintf("%s, by %s%s, %s", d.Declared.Words(), text(d.By), suffix(", on the word of ", text(d.Lead)), d.At)
}

// rationale keeps the drafted list a list: its lines are gonogo's own.
func (m *markdown) rationale() string {
	lines := strings.Split(m.d.Decision.Rationale, "\n")
	for i, l := range lines {
		if rest, ok := strings.CutPrefix(l, "- "); ok {
			lines[i] = "- " + text(rest)
		} else {
			lines[i] = block(l)
		}
	}
	return orText(strings.Join(lines, "\n"))
}

func orText(s string) string {
	if strings.TrimSpace(s) == "" {
		return "None."
	}
	return s
}

func notBefore(c Condition) string {
	if c.DeployNotBefore == "" {
		return ""
	}
	return "; deploy " + text(string(c.DeployNotBefore)) + " after it is met at the earliest"
}

func conditionState(c Condition) string {
	switch {
	case c.Met:
		return "✓ met"
	case !c.Complete:
		return "✘ incomplete"
	}
	return "· open"
}

func (m *markdown) nextSteps() {
	m.h(2, "Next steps")
	if len(m.d.Report.NextSteps) == 0 {
		m.para("None.")
	}
	for _, g := range m.d.Report.NextSteps {
		var out []string
		for _, a := range g.Actions {
			out = append(out, "- "+text(a.Title))
		}
		m.h(3, g.Title)
		m.list(out)
	}
	m.h(3, "Re-testing")
	m.list(bullets(m.d.Report.Retest))
}
