package report

import (
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// section is one category's chapter.
func (b *builder) section(d *Document, c Category) Section {
	cat := b.categoryOf(c.ID)
	s := Section{
		Category: c.ID, Title: c.Title, Status: b.sectionStatus(cat, c), HealthLabel: cat.WordLabel,
		Advice: cat.Advice[outcomeOf(c)], Rows: []Row{}, Strengths: []Strength{}, Issues: []Issue{},
		Recommendations: []PlanGroup{}, Attempts: []string{}, Highlights: []string{}, Answers: []Answer{},
		Edited: string(b.st.Texts["category:"+c.ID]),
	}
	s.Recommendation = b.text("category:"+c.ID, func() string { return b.draftRecommendation(d, c) })
	if s.HealthLabel == "" {
		s.HealthLabel = "Health"
	}
	for _, it := range d.Items {
		if it.Category == c.ID {
			s.add(it, c, b)
		}
	}
	for _, str := range d.Strengths {
		if str.Category == c.ID {
			s.Strengths = append(s.Strengths, str)
		}
	}
	for _, f := range d.Findings {
		if f.Category == c.ID && !f.Closed {
			s.Issues = append(s.Issues, Issue{ID: f.ID, Severity: f.Severity, Title: string(f.Title), Text: firstLine(string(f.Description)), Finding: true})
		}
	}
	slices.SortStableFunc(s.Issues, func(x, y Issue) int {
		return slices.Index(checks.Severities, x.Severity) - slices.Index(checks.Severities, y.Severity)
	})
	s.Recommendations = b.recommendations(d, c.ID)
	return s
}

// draftRecommendation is a category's advice with the first things to do about it.
func (b *builder) draftRecommendation(d *Document, c Category) string {
	var titles []string
	for _, a := range d.Actions {
		touches := slices.ContainsFunc(a.Items, func(id string) bool { return b.byID[id] != nil && b.byID[id].Category == c.ID })
		if touches && !a.Done {
			titles = append(titles, strings.TrimRight(a.title(), ". "))
		}
	}
	return join(": ", b.categoryOf(c.ID).Advice[outcomeOf(c)], named(titles, mostStrengths, "; "))
}

// add puts one item into the parts of its section.
func (s *Section) add(it Item, c Category, b *builder) {
	s.addRow(it)
	if needsWork(it.Verdict) {
		_, waived := b.st.Waivers[it.ID]
		s.Issues = append(s.Issues, Issue{ID: it.ID, Severity: it.Severity, Title: b.issueOf(&it), Text: it.Summary, Waived: waived})
	}
	if c.Incomplete && !it.Verdict.Decided() && it.Verdict != checks.NA {
		s.Attempts = append(s.Attempts, it.Title+": "+attempt(it))
	}
	if c.Weight == 0 && it.Verdict == checks.Pass {
		s.Highlights = append(s.Highlights, it.Summary)
	}
	if r := it.Reviewer; r != nil {
		s.Answers = append(s.Answers, Answer{Item: it.ID, Question: it.Question, Verdict: r.Verdict, Reason: r.Reason, By: r.By})
	}
}

// attempt says how far an undecided item got.
func attempt(it Item) string {
	if it.Machine == nil && it.Reviewer == nil {
		return "not judged"
	}
	return it.Summary
}

// addRow joins the item to the row of its name, or begins one: the row's verdict is the
// worst of its items and its issue tells those that do not pass.
func (s *Section) addRow(it Item) {
	title := it.Row
	if title == "" {
		title = it.Title
	}
	i := slices.IndexFunc(s.Rows, func(r Row) bool { return r.Title == title })
	if i < 0 || it.Row == "" {
		s.Rows = append(s.Rows, Row{Title: title, Verdict: it.Verdict, Items: []string{}})
		i = len(s.Rows) - 1
	}
	r := &s.Rows[i]
	r.Items = append(r.Items, it.ID)
	r.Verdict = checks.Worst(r.Verdict, it.Verdict)
	if it.Verdict != checks.Pass && it.Verdict != checks.NA && !strings.Contains(r.Issue, it.Summary) {
		r.Issue = join("; ", r.Issue, it.Summary)
	}
}

func (b *builder) categoryOf(id string) *checks.Category {
	for i := range b.st.Profile.Categories {
		if b.st.Profile.Categories[i].ID == id {
			return &b.st.Profile.Categories[i]
		}
	}
	return &checks.Category{ID: id}
}

func (b *builder) itemOf(id string) *checks.Item {
	if is, ok := b.st.Items[id]; ok {
		return is.Planned.Item
	}
	return &checks.Item{ID: id}
}

// outcomeOf chooses a category's advice: incomplete, failed or passed.
func outcomeOf(c Category) string {
	switch {
	case c.Incomplete:
		return "incomplete"
	case c.RAG == "green":
		return "passed"
	}
	return "failed"
}

// sectionStatus is the status phrase: the profile's for the colour, else what stands in
// the way.
func (b *builder) sectionStatus(cat *checks.Category, c Category) string {
	ph := b.st.Profile.Phrases
	values := map[string]int{"fails": c.Counts.Fail, "warnings": c.Counts.Warn,
		"pending": c.Counts.Pending, "inconclusive": c.Counts.Inconclusive}
	switch phrase := cat.Status[c.RAG]; {
	case phrase != "":
		return fill(phrase, values)
	case c.Incomplete:
		return fill(ph.Incomplete, values)
	case c.Counts.Fail > 0:
		return fill(ph.Failed, values)
	case c.Counts.Warn > 0 && c.RAG != "green":
		return fill(ph.Warnings, values)
	}
	return ""
}

// recommendations are the actions that touch the category, by horizon.
func (b *builder) recommendations(d *Document, category string) []PlanGroup {
	out := []PlanGroup{}
	for _, h := range horizons {
		g := PlanGroup{Title: h, Actions: []Action{}}
		for _, it := range d.Items {
			item := b.itemOf(it.ID)
			if it.Category != category || item.Fix == "" || (it.Verdict != checks.Fail && it.Verdict != checks.Warn) || horizonOf(item.Horizon, item.Severity) != h {
				continue
			}
			if !slices.ContainsFunc(g.Actions, func(a Action) bool { return a.Text == item.Fix }) {
				g.Actions = append(g.Actions, Action{Title: item.Title, Text: item.Fix, Effort: item.Effort, Horizon: h, Items: []string{it.ID}, Lines: []Tick{}})
			}
		}
		for _, f := range b.st.Findings {
			if f.Category == category && !f.Strength && !f.Closed && f.Recommendation != "" && horizonOf(f.Horizon, f.Severity) == h {
				g.Actions = append(g.Actions, findingAction(f, h))
			}
		}
		out = append(out, g)
	}
	return out
}

func findingAction(f sessions.Finding, horizon string) Action {
	return Action{Title: string(f.Title), Text: string(f.Recommendation), Effort: string(f.Effort), Owner: string(f.Owner),
		Horizon: horizon, Items: orEmpty(f.Items), Lines: []Tick{}, fromFinding: true}
}
