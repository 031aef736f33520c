package report

import (
	"fmt"
	"strings"
)

func (m *markdown) decision() {
	d := m.d.Decision
	m.h(2, "Decision")
	m.f("%s — computed: %s; declared: %s.", m.verdictOfAll(), d.Computed.Words(), m.declared())
	if d.Lapsed != "" {
		m.f("The declared decision no longer stands: %s.", text(d.Lapsed))
	}
	m.h(3, "Rationale")
	m.orNone(m.rationale())
	m.written("rationale")
	m.h(3, "Conditions")
	rows := [][]string{}
	for _, c := range d.Conditions {
		rows = append(rows, []string{code(c.ID), text(string(c.Text)), text(orNone(string(c.Owner))), text(orNone(string(c.Due))) + notBefore(c), ids(c.VerifiedBy), conditionState(c)})
	}
	m.table([]string{"Id", "Condition", "Owner", "Due", "Verified by", "State"}, rows)
	m.h(3, "Estimated timeline")
	var lines []string
	for _, t := range m.d.Report.Timeline {
		lines = append(lines, "- **"+text(t.Title)+"**: "+t.Text)
	}
	m.list(lines)
	if m.d.Report.Closing != "" {
		m.para(block(m.d.Report.Closing))
		m.written("closing")
	}
}

// wayToGo is what the decision follows from, and the fewest things that would change it.
func (m *markdown) wayToGo() {
	m.h(2, "Gates and path to GO")
	m.gates()
	m.h(3, "Path to GO")
	rows := [][]string{}
	for _, p := range m.d.Decision.PathToGo {
		rows = append(rows, []string{text(p.Title), ids(p.Items), percent1(p.Score), p.Decision.Words()})
	}
	m.table([]string{"Mend", "Items", "Score then", "Decision then"}, rows)
	m.causes()
}

// causes are what explains several failures at once.
func (m *markdown) causes() {
	m.h(3, "Root causes")
	var out []string
	for _, c := range m.d.Causes {
		out = append(out, "- **"+text(string(c.Title))+"** explains "+ids(c.Items))
	}
	m.list(out)
}

// gates lists those that match, and names the others.
func (m *markdown) gates() {
	m.h(3, "Gates")
	rows := [][]string{}
	var others []string
	for _, g := range m.d.Decision.Gates {
		if !g.Matches {
			others = append(others, text(g.Title))
			continue
		}
		by := text(named(g.By, 12, ", "))
		if g.ID == "category-floor" {
			by = "" // its figure names the categories
		}
		rows = append(rows, []string{text(g.Title), "✘ matches", g.Says.Words(), text(g.Detail), by})
	}
	m.table([]string{"Gate", "State", "Says", "Figure", "By"}, rows)
	if len(others) > 0 {
		m.f("✓ Not matched: %s.", strings.Join(others, "; "))
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
	return strings.Join(lines, "\n")
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
	case c.Overdue:
		return "✘ overdue"
	}
	return "· open"
}
