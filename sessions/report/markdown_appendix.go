package report

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"assess/gonogo/sessions"
)

func (m *markdown) findings() {
	m.h(2, "Findings")
	if len(m.d.Findings) == 0 {
		m.none()
	}
	for _, f := range m.d.Findings {
		m.h(3, f.ID+": "+string(f.Title))
		state := "open"
		if f.Closed {
			state = "closed"
		}
		lines := []string{"- **Severity**: " + text(string(f.Severity)), "- **State**: " + state}
		for _, l := range [][2]string{{"Horizon", f.Horizon}, {"Owner", string(f.Owner)}, {"Effort", string(f.Effort)},
			{"Impact", f.Impact}, {"Probability", f.Probability}, {"Items", strings.Join(f.Items, ", ")}, {"Evidence", strings.Join(f.Evidence, ", ")}} {
			if l[1] != "" {
				lines = append(lines, "- **"+l[0]+"**: "+text(l[1]))
			}
		}
		m.list(lines)
		if f.Description != "" {
			m.para(block(string(f.Description)))
		}
		if f.Recommendation != "" {
			m.para("**Recommendation.** " + block(string(f.Recommendation)))
		}
	}
}

func (m *markdown) overrides() {
	m.h(2, "Overrides")
	rows := [][]string{}
	for _, o := range m.d.Overrides {
		rows = append(rows, []string{code(o.Item), verdict(o.Machine), verdict(o.Verdict), text(o.Reason), text(o.By)})
	}
	m.table([]string{"Item", "Machine", "Reviewer", "Reason", "By"}, rows)
}

func (m *markdown) waivers() {
	m.h(2, "Waivers")
	rows := [][]string{}
	for _, w := range m.d.Waivers {
		state := "holds"
		if w.Expired {
			state = "expired"
		}
		rows = append(rows, []string{code(w.Item), text(string(w.Reason)), text(string(w.Compensating)), text(string(w.ApprovedBy)), text(w.Expires), state})
	}
	m.table([]string{"Item", "Reason", "Compensating control", "Approved by", "Expires", "State"}, rows)
}

func (m *markdown) consent() {
	m.h(2, "Consent and requests")
	rows := [][]string{}
	for _, c := range m.d.Consent {
		rows = append(rows, []string{text(string(c.Class)), code(c.Host), text(c.By), stamp(c.At), ids(c.Items)})
	}
	m.table([]string{"Class", "Host", "By", "At", "Items"}, rows)
	m.f("%s sent to the target in all.", capital(plural(m.d.RequestsSent, "request")))
}

func (m *markdown) changes() {
	m.h(2, "Changes since the previous session")
	c := m.d.Changes
	if c == nil {
		m.none(" (no earlier session is named)")
		return
	}
	m.f("Against session %s: %s → %s, %s → %s.", code(c.Old.ID), c.Old.Decision.Words(), c.New.Decision.Words(), percent1(c.Old.Score), percent1(c.New.Score))
	m.scores()
	var out []string
	for _, s := range c.Split {
		if told(s.Points) {
			out = append(out, fmt.Sprintf("- %s %+.1f", text(s.Title), s.Points))
		}
	}
	m.list(out)
	var changed []change
	same, open := 0, []string{}
	for _, g := range c.Groups {
		if g.Kind == sessions.Same {
			same = len(g.Items)
			continue
		}
		for _, i := range g.Items {
			if g.Kind == sessions.StillOpen && i.Old == i.New { // its category's chapter tells of it
				open = append(open, i.Item)
				continue
			}
			changed = tellChange(changed, g.Title, i, m.byID()[i.Item].Row)
		}
	}
	m.table([]string{"Change", "What", "Verdict", "Items"}, changeCells(changed))
	if len(open) > 0 {
		m.f("Still open, as before: %s.", ids(open))
	}
	if same > 0 {
		m.f("%s as before.", were(same, "item"))
	}
}

// told reports whether so many points are shown: those that round to nothing are not.
func told(points float64) bool { return sessions.Rounded(max(points, -points), 1) > 0 }

// change is what became of an item, or in the same way of several of one row.
type change struct {
	how, row, title, verdict string
	items                    []string
}

// tellChange adds what became of an item to the last change, where that was the same.
func tellChange(told []change, how string, i sessions.ItemChange, row string) []change {
	x := change{how: how, row: row, title: i.Title, verdict: text(string(i.Old)) + " → " + text(string(i.New)), items: []string{i.Item}}
	at := slices.IndexFunc(told, func(c change) bool { return row != "" && c.how == how && c.row == row && c.verdict == x.verdict })
	if at < 0 {
		return append(told, x)
	}
	told[at].items = append(told[at].items, i.Item)
	return told
}

func changeCells(told []change) [][]string {
	rows := [][]string{}
	for _, c := range told {
		what := text(c.title)
		if len(c.items) > 1 {
			what = "**" + text(c.row) + "**"
		}
		rows = append(rows, []string{text(c.how), what, c.verdict, ids(c.items)})
	}
	return rows
}

// scores lists the reviews before, where more than the last one is known.
func (m *markdown) scores() {
	list := alike(m.d)
	if len(list) < 3 {
		return
	}
	rows := [][]string{}
	for _, s := range list {
		rows = append(rows, []string{text(reviewDay(s)), text(s.Version), s.Decision.Words(), percent1(s.Score), code(s.ID)})
	}
	m.table([]string{"Review of", "Version", "Decision", "Score", "Session"}, rows)
}

// appendix begins what is there to be looked up.
func (m *markdown) appendix() {
	m.h(2, "Appendix")
	m.para("What follows is to look things up: the checklist to tick, how each action is done, what the decision follows from, every category at length, every item, every answer, the evidence and the arithmetic.")
}

// items is every item of every category, one by one, both verdicts where they differ.
func (m *markdown) items() {
	m.h(2, "Every item")
	for i, s := range m.d.Report.Sections {
		m.h(3, fmt.Sprintf("%d. %s, item by item", i+1, s.Title))
		items := m.byID()
		rows := [][]string{}
		for _, r := range s.Rows {
			for _, id := range r.Items {
				it := items[id]
				rows = append(rows, []string{code(it.ID), rowOfOne(it), text(string(it.Severity)), verdict(it.Verdict), text(it.Summary) + m.today(it)})
			}
		}
		m.table([]string{"Item", "Check", "Severity", "Verdict", "What was found"}, rows)
	}
}

// rowOfOne is an item's title, after its row's name where the profile gives it one.
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

// answers are what people said, with the question each was asked.
func (m *markdown) answers() {
	m.h(2, "Answers")
	rows := [][]string{}
	for _, s := range m.d.Report.Sections {
		for _, a := range s.Answers {
			rows = append(rows, []string{code(a.Item), text(a.Question), verdict(a.Verdict), text(a.Reason), text(a.By)})
		}
	}
	m.table([]string{"Item", "Question", "Verdict", "Reason", "By"}, rows)
	m.assignments()
}

// assignments say who was to look at what, where anybody said so.
func (m *markdown) assignments() {
	to := map[string][]string{}
	for _, it := range m.d.Items {
		if it.Assigned != "" {
			to[it.Assigned] = append(to[it.Assigned], code(it.ID))
		}
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(to)) {
		lines = append(lines, "- **Assigned to "+text(name)+"**: "+strings.Join(to[name], ", "))
	}
	if len(lines) > 0 {
		m.list(lines)
	}
}

func (m *markdown) evidence() {
	m.h(2, "Evidence index")
	rows := [][]string{}
	seen := map[string]bool{}
	for _, it := range m.d.Items {
		for _, e := range it.Evidence {
			if seen[e.SHA256+it.ID] {
				continue
			}
			seen[e.SHA256+it.ID] = true
			rows = append(rows, []string{code(it.ID), code(short(e.What)), stamp(e.At), fmt.Sprint(e.Bytes), text(string(e.Strength)), code(e.SHA256)})
		}
	}
	m.table([]string{"Item", "What", "At", "Bytes", "Known by", "SHA-256"}, rows)
}

func (m *markdown) footer() {
	d := m.d
	m.h(2, "Sign-off")
	m.list([]string{
		"- **Assessment completed**: " + stamp(d.Report.CompletedAt),
		"- **Next review**: " + orNone(d.Report.NextReview),
		"- **Emergency contact**: " + text(orNone(d.Target.Contact)),
		"- **State**: " + text(d.Session.State) + suffix(", ", text(d.Session.Comment)),
		"- **Signatures**: a signed copy carries them beside this text; " + code("gonogo verify FILE") + " tells who signed and what it covers",
		"- **Journal**: " + fmt.Sprintf("%d events, head %s", d.Session.Events, code(d.Session.Head)),
		"- **Made by**: gonogo " + text(d.Tool.Version),
	})
	m.para("*" + text(d.Report.Method) + "*")
}

func (m *markdown) scoring() {
	m.h(2, "How the scores were computed")
	m.list(bullets(m.d.Report.Scoring))
}
