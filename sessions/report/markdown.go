package report

import (
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// Markdown renders the document as GitHub-flavoured Markdown. Every section is always
// there; an empty one says "None."
func Markdown(d *Document) []byte {
	m := &markdown{d: d}
	for _, part := range []func(){
		m.header, m.summary, m.keyFigures, m.critical, m.sections, m.checklist, m.risks, m.plan,
		m.compliance, m.decision, m.nextSteps, m.findings, m.overrides, m.waivers, m.consent, m.changes,
		m.evidence, m.footer, m.scoring,
	} {
		part()
	}
	return []byte(strings.TrimRight(m.b.String(), "\n") + "\n")
}

// markdown writes blocks parted by one empty line.
type markdown struct {
	d *Document
	b strings.Builder
}

func (m *markdown) para(s string)                { m.b.WriteString(s + "\n\n") }
func (m *markdown) h(level int, s string)        { m.para(strings.Repeat("#", level) + " " + text(s)) }
func (m *markdown) f(format string, args ...any) { m.para(fmt.Sprintf(format, args...)) }

// list writes the lines as a list, or "None."
func (m *markdown) list(lines []string) {
	if len(lines) == 0 {
		m.para("None.")
		return
	}
	m.para(strings.Join(lines, "\n"))
}

// table writes a table, or "None." when it has no rows.
func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		m.para("None.")
		return
	}
	line := func(cells []string) string {
		for i := range cells {
			cells[i] = cell(cells[i])
		}
		return "| " + strings.Join(cells, " | ") + " |"
	}
	rule := make([]string, len(head))
	for i := range rule {
		rule[i] = "---"
	}
	out := []string{line(head), line(rule)}
	for _, r := range rows {
		out = append(out, line(r))
	}
	m.para(strings.Join(out, "\n"))
}

// verdict is a verdict as the report prints it: its sign beside its word.
func verdict(v checks.Verdict) string {
	word := strings.ToUpper(string(v))
	if v == checks.NA {
		word = "N/A"
	}
	return verdictSigns[v] + " " + word
}

func ids(items []string) string {
	out := make([]string, len(items))
	for i, id := range items {
		out[i] = code(id)
	}
	return strings.Join(out, ", ")
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (m *markdown) header() {
	d := m.d
	m.h(1, d.Target.Name+": production readiness assessment")
	if d.Target.Subtitle != "" {
		m.f("%s", text(d.Target.Subtitle))
	}
	lines := []string{
		"- **Date**: " + d.Report.CompletedAt.UTC().Format("2 January 2006"),
		"- **Assessor**: " + text(orNone(strings.Join(d.Session.Assessors, ", "))),
		"- **System**: " + text(join(" ", d.Target.Name, d.Target.Version)) + ", " + text(d.Target.Environment),
		"- **Profile**: " + text(d.Profile.Title) + " (" + code(d.Profile.ID) + ", version " + fmt.Sprint(d.Profile.Version) + ")",
		"- **Scope**: " + m.scope(),
		"- **Session**: " + code(d.Session.ID) + ", " + d.Session.State,
		"- **Overall score**: " + m.overall(),
		"- **Overall health**: " + m.health(),
		"- **Decision**: **" + d.Decision.Stands.Words() + "**" + m.headline(),
	}
	m.list(lines)
	if len(d.Report.Status) > 0 {
		m.h(2, "System status")
		var out []string
		for _, s := range d.Report.Status {
			out = append(out, "- **"+text(s.Title)+"**: "+verdict(s.Verdict)+suffix(" — ", text(s.Text)))
		}
		m.list(out)
	}
}

func (m *markdown) scope() string {
	parts := []string{}
	if m.d.Target.BaseURL != "" {
		parts = append(parts, code(m.d.Target.BaseURL))
	}
	for _, h := range m.d.Target.Hosts {
		parts = append(parts, code(h))
	}
	s := orNone(strings.Join(parts, ", "))
	if m.d.Target.Authorised != "" {
		s += ", authorised by " + text(m.d.Target.Authorised)
	}
	if m.d.Decision.Partial {
		s += "; **partial**: only a selection of the profile was reviewed"
	}
	return s
}

func (m *markdown) overall() string {
	s := m.d.Score
	out := fmt.Sprintf("%s (%s, coverage %s)", percent1(s.Overall), span1(s.Low, s.High), percent1(s.Coverage))
	if s.Adjusted != s.Overall {
		out += ", " + percent1(s.Adjusted) + " with waived items left out"
	}
	return out
}

func (m *markdown) health() string {
	if m.d.Decision.Computed == sessions.Incomplete {
		return "not known yet: nothing is judged"
	}
	return "**" + colourWords[m.d.Score.RAG] + "**" + suffix(" — ", text(m.d.Report.Health))
}

func (m *markdown) headline() string {
	if m.d.Decision.Stands == sessions.Incomplete {
		return ""
	}
	out := suffix(" — ", text(m.d.Report.Headline))
	if m.d.Decision.Declared != "" && m.d.Decision.Declared != m.d.Decision.Computed {
		out += fmt.Sprintf(" (declared by %s; computed: %s)", text(m.d.Decision.By), m.d.Decision.Computed.Words())
	}
	return out
}

// suffix is sep and s, or nothing when s is empty.
func suffix(sep, s string) string {
	if s == "" {
		return ""
	}
	return sep + s
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

func (m *markdown) summary() {
	m.h(2, "Executive summary")
	m.para(orNoneBlock(m.d.Report.Summary))
}

func orNoneBlock(s string) string {
	if strings.TrimSpace(s) == "" {
		return "None."
	}
	return block(s)
}

func (m *markdown) keyFigures() {
	m.h(2, "Key figures")
	rows := [][]string{}
	for i, k := range m.d.Report.KeyFigures {
		c := m.d.Score.Categories[i]
		rows = append(rows, []string{text(k.Category), text(k.Figure), trimFloat(c.Weight), fmt.Sprintf("%.0f %%", c.Coverage),
			colourWords[c.RAG] + suffix(", ", text(c.Health)), text(k.Note)})
	}
	m.table([]string{"Category", "Score", "Weight", "Coverage", "Health", "Items"}, rows)
}

func (m *markdown) critical() {
	m.h(2, "Critical issues")
	if len(m.d.Report.Critical) == 0 {
		m.para("None.")
	}
	for i, g := range m.d.Report.Critical {
		m.h(3, fmt.Sprintf("%d. %s", i+1, g.Title))
		var out []string
		for _, l := range g.Lines {
			out = append(out, "- **"+text(l.Title)+"**"+suffix(": ", text(l.Text))+" ("+ids(l.Items)+")")
		}
		m.list(out)
	}
}

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
			out = append(out, indent+"- ["+tick(l.Ticked)+"] "+text(l.Text)+byHand(l.ByHand))
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
				out = append(out, "- **"+text(c.Title)+"**"+suffix(": ", text(c.Text))+note)
			}
		}
		m.list(out)
	}
}
