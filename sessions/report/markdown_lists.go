package report

import (
	"fmt"
	"slices"
	"strings"
)

func (m *markdown) checklist() {
	m.h(2, "Readiness checklist")
	for _, list := range []struct{ id, title string }{{"must", "Must fix"}, {"should", "Should fix"}, {"before deploy", "Before deployment"}} {
		m.h(3, list.title)
		var out []string
		group := ""
		for _, l := range m.d.Checklist {
			if l.List != list.id {
				continue
			}
			if l.Group != group {
				group = l.Group
				if list.id != "before deploy" {
					out = append(out, "- **"+text(group)+"**")
				}
			}
			indent := "  "
			if list.id == "before deploy" {
				indent = ""
			}
			out = append(out, indent+"- ["+tick(l.Ticked)+"] "+rich(l.Text)+byHand(l.ByHand))
		}
		m.list(out)
	}
}

func tick(on bool) string {
	if on {
		return "x"
	}
	return " "
}

func byHand(on bool) string {
	if on {
		return " (ticked by hand)"
	}
	return ""
}

func (m *markdown) risks() {
	m.h(2, "Risk matrix")
	rows := [][]string{}
	for _, r := range m.d.Risks {
		rows = append(rows, []string{text(r.Component), text(r.Level), text(r.Impact), text(r.Probability), text(r.Priority), ids(r.Items)})
	}
	m.table([]string{"Component", "Level", "Impact", "Probability", "Priority", "Items"}, rows)
}

func (m *markdown) compliance() {
	m.h(2, "Technology compliance")
	var out []string
	for _, side := range []struct {
		title string
		good  bool
	}{{"Strengths", true}, {"To improve", false}} {
		var lines []string
		for _, c := range m.d.Report.Compliance {
			if c.Good == side.good {
				note := ""
				if !c.Known {
					note = " (not fully known)"
				}
				lines = append(lines, "  - **"+text(c.Title)+"**"+suffix(": ", rich(c.Text))+note)
			}
		}
		if len(lines) > 0 {
			out = append(append(out, "- "+side.title), lines...)
		}
	}
	m.list(out)
}

// plan is one line an action; how each is done stands in the appendix. Owner and effort
// have a column where anybody named them.
func (m *markdown) plan() {
	m.h(2, "Action plan")
	var all []Action
	when := []string{}
	for _, g := range m.d.Report.Plan {
		for _, a := range g.Actions {
			all, when = append(all, a), append(when, join(", ", capital(g.Title), listWords[a.List]))
		}
	}
	owned := slices.ContainsFunc(all, func(a Action) bool { return a.Owner != "" })
	sized := slices.ContainsFunc(all, func(a Action) bool { return effortOf(a) != "" })
	head, rows := planCells(owned, sized, "When", "What", "Owner", "Effort", "Items", "Done"), [][]string{}
	for i, a := range all {
		rows = append(rows, planCells(owned, sized, when[i], rich(a.title()), text(orNot(a.Owner)), text(effortOf(a)), fewIDs(a.Items, 3), doneWords(a)))
	}
	m.table(head, rows)
}

// planCells leaves the third and fourth cell out unless they are wanted.
func planCells(third, fourth bool, cells ...string) []string {
	if !fourth {
		cells = slices.Delete(cells, 3, 4)
	}
	if !third {
		cells = slices.Delete(cells, 2, 3)
	}
	return cells
}

// listWords name the readiness lists that an action may stand on.
var listWords = map[string]string{"must": "must fix", "should": "should fix"}

// effortOf is how long an action takes, in days where they are known.
func effortOf(a Action) string {
	days := ""
	if a.DaysHigh > 0 {
		days = dayRange(a.DaysLow, a.DaysHigh)
	}
	return join(", ", days, a.Effort)
}

// doneWords tell how much of an action is done.
func doneWords(a Action) string {
	if a.Done {
		return "✓ done"
	}
	ticked := 0
	for _, l := range a.Lines {
		if l.Ticked {
			ticked++
		}
	}
	if ticked == 0 {
		return "· open"
	}
	return fmt.Sprintf("· %d of %d", ticked, len(a.Lines))
}

// steps are the actions with what each consists of.
func (m *markdown) steps() {
	m.h(2, "Action plan, step by step")
	for _, g := range m.d.Report.Plan {
		m.h(3, capital(g.Title))
		if len(g.Actions) == 0 {
			m.none()
		}
		for i, a := range g.Actions {
			m.action(i+1, a)
		}
	}
}

func (m *markdown) action(n int, a Action) {
	notes := []string{}
	if effort := effortOf(a); effort != "" {
		notes = append(notes, text(effort))
	}
	if a.Owner != "" {
		notes = append(notes, "owner "+text(a.Owner))
	}
	if len(a.Items) > 0 {
		notes = append(notes, ids(a.Items))
	}
	lead := fmt.Sprintf("%d. ", n)
	m.b.WriteString(fmt.Sprintf("%s**%s**%s\n", lead, rich(a.title()), suffix(" — ", joined(notes))))
	under := spaces(len(lead))
	if a.Text != "" && !strings.HasSuffix(a.title(), a.Text) {
		m.b.WriteString(under + "- " + rich(a.Text) + "\n")
	}
	for _, l := range a.Lines {
		m.b.WriteString(under + "- " + rich(l.Text) + "\n")
	}
	m.b.WriteString("\n")
	if a.Snippet != "" {
		m.para(indent(fenced(a.Snippet, ""), under))
	}
}

func (m *markdown) nextSteps() {
	m.h(2, "Next steps")
	var out []string
	for _, g := range m.d.Report.NextSteps {
		var titles []string
		for _, a := range g.Actions {
			titles = append(titles, rich(a.title()))
		}
		out = append(out, "- **"+text(g.Title)+"**: "+strings.Join(titles, "; "))
	}
	m.list(out)
	m.h(3, "Re-testing")
	out = nil
	for _, s := range m.d.Report.Retest {
		out = append(out, "- "+rich(s))
	}
	m.list(out)
}
