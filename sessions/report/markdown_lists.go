package report

import "fmt"

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
		rows = append(rows, []string{text(r.Component), r.Level, r.Impact, r.Probability, r.Priority, ids(r.Items)})
	}
	m.table([]string{"Component", "Level", "Impact", "Probability", "Priority", "Items"}, rows)
}

func (m *markdown) compliance() {
	m.h(2, "Technology compliance")
	for _, side := range []struct {
		title string
		good  bool
	}{{"Strengths", true}, {"To improve", false}} {
		m.h(3, side.title)
		var out []string
		for _, c := range m.d.Report.Compliance {
			if c.Good == side.good {
				note := ""
				if !c.Known {
					note = " (not fully known)"
				}
				out = append(out, "- **"+text(c.Title)+"**"+suffix(": ", rich(c.Text))+note)
			}
		}
		m.list(out)
	}
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
	lead := fmt.Sprintf("%d. ", n)
	m.b.WriteString(fmt.Sprintf("%s**%s**%s\n", lead, rich(a.title()), suffix(" — ", joined(notes))))
	under := spaces(len(lead))
	if a.Text != "" && a.Text != a.title() {
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
	if len(m.d.Report.NextSteps) == 0 {
		m.para("None.")
	}
	for _, g := range m.d.Report.NextSteps {
		var out []string
		for _, a := range g.Actions {
			out = append(out, "- "+rich(a.title()))
		}
		m.h(3, g.Title)
		m.list(out)
	}
	m.h(3, "Re-testing")
	var out []string
	for _, s := range m.d.Report.Retest {
		out = append(out, "- "+rich(s))
	}
	m.list(out)
}
