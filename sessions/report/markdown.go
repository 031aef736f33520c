package report

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// Markdown renders the document as GitHub-flavoured Markdown. The first page is for those
// who decide: the decision, why, and what to do next, by whom. The chapters that follow
// give everything that is not in order a line; the appendix has it all, for those who mend
// it and those who check it. Every section is always there; an empty one says "None."
func Markdown(d *Document) []byte {
	m := &markdown{d: d}
	for _, part := range []func(){
		m.header, m.summary, m.status, m.keyFigures, m.critical, m.changes, m.sections, m.risks, m.plan,
		m.compliance, m.decision, m.nextSteps, m.findings, m.overrides, m.waivers, m.footer,
		m.appendix, m.checklist, m.steps, m.wayToGo, m.details, m.items, m.answers, m.consent, m.evidence, m.scoring,
	} {
		part()
	}
	return []byte(strings.TrimRight(m.b.String(), "\n") + "\n")
}

// markdown writes blocks parted by one empty line.
type markdown struct {
	d    *Document
	b    bytes.Buffer
	head bool // the last block is a heading
}

func (m *markdown) para(s string) {
	m.b.WriteString(s + "\n\n")
	m.head = false
}

func (m *markdown) h(level int, s string) {
	m.para(strings.Repeat("#", level) + " " + text(s))
	m.head = true
}

func (m *markdown) f(format string, args ...any) { m.para(fmt.Sprintf(format, args...)) }

// none says that there is nothing, why where a reader may wonder; on the line of its
// heading, so that what is empty takes no room.
func (m *markdown) none(why ...string) {
	s := "None" + strings.Join(why, "") + "."
	if m.head {
		m.b.Truncate(m.b.Len() - len("\n\n"))
		s = ": " + s
	}
	m.para(s)
}

// list writes the lines as a list, or "None."
func (m *markdown) list(lines []string) {
	if len(lines) == 0 {
		m.none()
		return
	}
	m.para(strings.Join(lines, "\n"))
}

// table writes a table, or "None." when it has no rows.
func (m *markdown) table(head []string, rows [][]string) {
	if len(rows) == 0 {
		m.none()
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
	return strings.TrimSpace(verdictSigns[v] + " " + text(word))
}

func ids(items []string) string {
	out := make([]string, len(items))
	for i, id := range items {
		out[i] = code(id)
	}
	return strings.Join(out, ", ")
}

// fewIDs are the first ids of a list and how many more there are.
func fewIDs(items []string, most int) string {
	if len(items) <= most+1 { // "and 1 more" would take as much room
		return ids(items)
	}
	return fmt.Sprintf("%s and %d more", ids(items[:most]), len(items)-most)
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (m *markdown) header() {
	d := m.d
	m.h(1, d.Target.Name+": production readiness assessment")
	if d.Target.Subtitle != "" {
		m.f("%s", text(d.Target.Subtitle))
	}
	m.list([]string{
		"- **Decision**: " + m.verdictOfAll(),
		"- **Overall score**: " + m.overall(),
		"- **Overall health**: " + m.health(),
		"- **Date**: " + d.Report.CompletedAt.UTC().Format("2 January 2006"),
		"- **Assessor**: " + text(orNone(strings.Join(d.Session.Assessors, ", "))),
		"- **System**: " + text(join(" ", d.Target.Name, d.Target.Version)) + ", " + text(d.Target.Environment),
		"- **Profile**: " + text(d.Profile.Title) + " (" + code(d.Profile.ID) + ", version " + fmt.Sprint(d.Profile.Version) + ")",
		"- **Scope**: " + m.scope(),
		"- **Session**: " + code(d.Session.ID) + ", " + text(d.Session.State),
	})
}

func (m *markdown) status() {
	if len(m.d.Report.Status) == 0 {
		return // a profile without status lines has no such section
	}
	m.h(2, "System status")
	var out []string
	for _, s := range m.d.Report.Status {
		out = append(out, "- **"+text(s.Title)+"**: "+verdict(s.Verdict)+suffix(" — ", text(s.Text)))
	}
	m.list(out)
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

// verdictOfAll is the decision that stands, in the profile's headline where it has one:
// a headline that begins with the decision's own word replaces it.
func (m *markdown) verdictOfAll() string {
	d := m.d.Decision
	word, headline := d.Stands.Words(), m.d.Report.Headline
	if d.Stands == sessions.Incomplete {
		return "**" + word + "**"
	}
	out := "**" + word + "**" + suffix(" — ", text(headline))
	if strings.HasPrefix(headline, word) {
		out = "**" + text(headline) + "**"
	}
	if d.Declared != "" && d.Declared != d.Computed {
		out += fmt.Sprintf(" (declared by %s; computed: %s)", text(d.By), d.Computed.Words())
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
	m.orNone(block(m.d.Report.Summary))
	m.written("summary")
	m.h(3, "Why")
	if why := m.reasons(); len(why) > 0 {
		m.list(why)
	} else {
		m.para(noReason(m.d))
	}
	m.h(3, "What to do next")
	rows := [][]string{}
	next := m.d.Report.Next
	for i, s := range next[:min(len(next), mostSteps)] {
		rows = append(rows, []string{fmt.Sprint(i + 1), rich(s.Text), text(orNot(s.By)), text(join(", ", s.When, s.Effort)), fewIDs(s.Items, 3)})
	}
	m.table([]string{"No.", "What", "Who", "When", "Items"}, rows)
	if more := len(next) - mostSteps; more > 0 {
		m.f("%s in the action plan.", capital(plural(more, "more step")))
	}
}

func orNot(by string) string {
	if by == "" {
		return "nobody named"
	}
	return by
}

// noReason is what stands where nothing holds the decision.
func noReason(d *Document) string {
	if d.Decision.Computed == sessions.Incomplete {
		return "None: not enough is judged yet."
	}
	return "None: no gate stands in the way."
}

func (m *markdown) reasons() []string {
	var out []string
	why := m.d.Report.Why
	for _, r := range why[:min(len(why), mostReasons)] {
		out = append(out, "- **"+text(r.Title)+"**, "+r.holds()+suffix(": ", text(r.Text))+" ("+fewIDs(r.Items, 3)+")")
	}
	if more := len(why) - mostReasons; more > 0 {
		out = append(out, "- and "+fmt.Sprint(more)+" more: see the path to GO")
	}
	return out
}

// written says of an edited text who wrote it, and whether the facts changed since.
func (m *markdown) written(section string) {
	if s := writtenWords(m.d.Report, section, text); s != "" {
		m.para("*" + s + "*")
	}
}

// writtenWords is the sentence, or nothing of a text as drafted; how escapes a name.
func writtenWords(n Narrative, section string, how func(string) string) string {
	e, ok := n.Edit(section)
	if !ok {
		return ""
	}
	s := fmt.Sprintf("Written by %s, %s, over gonogo's draft", how(e.By), stamp(e.At))
	if e.Changed {
		s += "; the facts changed since"
	}
	return s + "."
}

// orNone writes rendered prose, or "None."
func (m *markdown) orNone(s string) {
	if strings.TrimSpace(s) == "" {
		m.none()
		return
	}
	m.para(s)
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

// critical is one list, by theme.
func (m *markdown) critical() {
	m.h(2, "Critical issues")
	var out []string
	for i, g := range m.d.Report.Critical {
		lead := fmt.Sprintf("%d. ", i+1)
		out = append(out, lead+"**"+text(g.Title)+"**")
		for _, l := range g.Lines {
			out = append(out, spaces(len(lead))+"- **"+rich(l.Title)+"**"+suffix(": ", text(l.Text))+" ("+fewIDs(l.Items, 3)+")")
		}
	}
	m.list(out)
}
