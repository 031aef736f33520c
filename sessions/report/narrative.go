package report

import (
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

func (b *builder) narrative(d *Document) Narrative {
	p := b.st.Profile
	n := Narrative{
		Headline:    p.Phrases.Decision[string(d.Decision.Stands)],
		Health:      p.Phrases.Overall[d.Score.RAG],
		Status:      b.status(),
		Summary:     b.text("summary", func() string { return b.draftSummary(d) }),
		KeyFigures:  b.keyFigures(d),
		Critical:    b.critical(),
		Plan:        plan(d.Actions),
		Compliance:  b.compliance(),
		Closing:     b.text("closing", func() string { return p.Phrases.Closing[string(d.Decision.Stands)] }),
		Timeline:    b.timeline(d.Actions),
		NextSteps:   nextSteps(d.Actions),
		Retest:      orEmpty(p.Retest),
		CompletedAt: b.asOf,
		NextReview:  b.nextReview(),
		Method:      b.method(d),
		Scoring:     b.scoring(d),
		Sections:    []Section{},
	}
	n.Why, n.Next, n.Edited = b.why(), b.next(d), b.edited(d)
	for i := range d.Score.Categories {
		n.Sections = append(n.Sections, b.section(d, d.Score.Categories[i]))
	}
	return n
}

// status is the system status under the header: one line for what the profile names.
func (b *builder) status() []StatusLine {
	out := []StatusLine{}
	for _, s := range b.st.Profile.Status {
		vs := b.verdicts(s.Items)
		if len(vs) == 0 {
			continue
		}
		v := checks.Worst(vs...)
		out = append(out, StatusLine{Title: s.Title, Verdict: v, Text: s.Words[string(v)]})
	}
	return out
}

func (b *builder) keyFigures(d *Document) []KeyFigure {
	out := []KeyFigure{}
	for _, c := range d.Score.Categories {
		k := KeyFigure{Category: c.Title, Figure: categoryPercent(c.Score, b.st.Profile.Scoring.Method), Note: countNote(c.Counts)}
		switch {
		case c.Empty:
			k.Figure = "nothing applies"
		case c.Incomplete:
			k.Figure = "incomplete, counts 0"
		case c.Weight == 0:
			k.Figure = join(", ", c.Health, "not scored")
			k.Note = join("; ", k.Note, b.firstSummary(d, c.ID))
		}
		out = append(out, k)
	}
	return out
}

// firstSummary is what the first decided item of a category found.
func (b *builder) firstSummary(d *Document, category string) string {
	for _, it := range d.Items {
		if it.Category == category && it.Verdict.Decided() {
			return it.Summary
		}
	}
	return ""
}

// countNote is "8 pass, 12 warn": zeros are left out.
func countNote(c sessions.Counts) string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{c.Pass, "pass"}, {c.Warn, "warn"}, {c.Fail, "fail"}, {c.Inconclusive, "inconclusive"}, {c.Pending, "pending"}, {c.NA, "na"}} {
		if p.n > 0 {
			parts = append(parts, strconv.Itoa(p.n)+" "+p.word)
		}
	}
	return strings.Join(parts, ", ")
}

// critical lists what must not be overlooked: the profile's themes with their open lines,
// conditions that the profile calls critical, what the assessor promoted, critical
// findings, and every open blocker that no theme names.
func (b *builder) critical() []CriticalGroup {
	out := []CriticalGroup{}
	told := map[string]bool{}
	for _, t := range b.st.Profile.Themes {
		g := CriticalGroup{Title: t.Title, Lines: b.themeLines(t)}
		for _, id := range checks.MatchItems(b.st.Profile, t.Items) {
			told[id] = true
		}
		if len(g.Lines) > 0 {
			out = append(out, g)
		}
	}
	rest := CriticalGroup{Title: "Also critical", Lines: []CriticalLine{}}
	for _, c := range b.st.Profile.Conditions {
		if open := b.open(c.Items); c.Critical && len(open) > 0 {
			rest.Lines = append(rest.Lines, CriticalLine{Title: c.Text, Items: open})
			tell(told, open)
		}
	}
	for _, o := range b.a.Open {
		switch {
		case told[o.Item], o.Waived && !b.st.Promoted[o.Item]:
		case o.Gate == checks.Blocker || b.st.Promoted[o.Item]:
			rest.Lines = append(rest.Lines, b.criticalLine(o))
		}
	}
	for _, f := range b.st.Findings {
		if !f.Strength && !f.Closed && f.Severity == checks.Critical && len(f.Items) > 0 {
			rest.Lines = append(rest.Lines, CriticalLine{Title: string(f.Title), Text: firstLine(string(f.Description)), Items: f.Items})
		}
	}
	if len(out) == 0 {
		rest.Title = "Needs attention before anything else"
	}
	if len(rest.Lines) > 0 {
		out = append(out, rest)
	}
	return out
}

func tell(told map[string]bool, ids []string) {
	for _, id := range ids {
		told[id] = true
	}
}

func (b *builder) criticalLine(o sessions.OpenItem) CriticalLine {
	l := CriticalLine{Title: o.Title, Items: []string{o.Item}}
	if it := b.byID[o.Item]; it != nil {
		l.Title, l.Text = b.issueOf(it), it.Summary
	} else {
		l.Text = b.described(l.Items)
	}
	return l
}

// issueOf is what is wrong with an item, in the profile's sentence; else its title, which
// says what should hold. Of what nobody knows nothing is said to be wrong.
func (b *builder) issueOf(it *Item) string {
	issue := b.itemOf(it.ID).Issue
	switch {
	case it.Verdict == checks.Inconclusive:
		return "Could not be told: " + it.Title
	case it.Verdict == checks.Pending:
		return "Not known yet: " + it.Title
	case issue != "":
		return issue
	}
	return it.Title
}

// themeLines are a theme's own lines whose items need work; a theme without lines tells
// each open item.
func (b *builder) themeLines(t checks.Theme) []CriticalLine {
	out := []CriticalLine{}
	if len(t.Lines) > 0 {
		for _, l := range t.Lines {
			if open := b.open(l.Items); len(open) > 0 {
				out = append(out, CriticalLine{Title: l.Text, Text: b.byID[open[0]].Summary, Items: open})
			}
		}
		return out
	}
	for _, id := range b.open(t.Items) {
		out = append(out, CriticalLine{Title: b.issueOf(b.byID[id]), Text: b.byID[id].Summary, Items: []string{id}})
	}
	return out
}

func (b *builder) compliance() []Compliance {
	out := []Compliance{}
	for _, c := range b.st.Profile.Compliance {
		vs := b.verdicts(c.Items)
		known := len(vs) > 0
		for _, v := range vs {
			known = known && (v.Decided() || v == checks.NA)
		}
		out = append(out, Compliance{Title: c.Title, Text: c.Text, Good: b.settled(c.Items), Known: known})
	}
	return out
}

// method says how the review was made, from counts.
func (b *builder) method(d *Document) string {
	machine, person, without, unknown := 0, 0, 0, 0
	for _, it := range d.Items {
		switch {
		case it.Verdict == checks.Pending, it.Verdict == checks.Inconclusive:
			unknown++
		case it.Reviewer != nil && it.Reviewer.Counts:
			person++
		case it.Verdict == checks.NA:
			without++
		default:
			machine++
		}
	}
	s := fmt.Sprintf("%s checked by gonogo, %d judged by a person, %d without a verdict", plural(machine, "item"), person, unknown)
	if without > 0 {
		s += fmt.Sprintf(", %d not applicable", without)
	}
	s += "; " + plural(d.RequestsSent, "request") + " sent to the target."
	return join(" ", b.st.Profile.Phrases.Method, s)
}

// scoring prints the arithmetic, so that anybody can follow it.
func (b *builder) scoring(d *Document) []string {
	p := b.st.Profile
	out := []string{}
	if p.Scoring.Method == "passrate" {
		out = append(out, "Pass rate: items that pass, divided by all items that apply; a warning earns nothing.")
	} else {
		out = append(out, "Weighted: Σ weight × credit ÷ Σ weight over the items with pass, warn or fail; weights critical 10, high 6, medium 3, low 1, info 0; credit pass 1, warn 0.5, fail 0.")
	}
	out = append(out, fmt.Sprintf("A category of which less than %.0f %% is decided is incomplete and counts 0. The range reads every unknown once as a failure and once as left out.", p.Scoring.CompleteAt*100))
	var sum, weights float64
	for _, c := range d.Score.Categories {
		line := fmt.Sprintf("%s: %s; %s × %s", c.Title, countNote(c.Counts), categoryPercent(c.Score, p.Scoring.Method), trimFloat(c.Weight))
		if c.Incomplete {
			line = fmt.Sprintf("%s: %s; incomplete, 0 × %s", c.Title, countNote(c.Counts), trimFloat(c.Weight))
		}
		if c.Today != c.Score && !c.Incomplete {
			line += "; by today's rules " + categoryPercent(c.Today, p.Scoring.Method)
		}
		if c.Empty {
			out = append(out, c.Title+": nothing applies, weighs nothing")
			continue
		}
		out = append(out, line)
		sum, weights = sum+c.Weight*c.Score, weights+c.Weight
	}
	if weights > 0 {
		line := fmt.Sprintf("Overall: %.4f ÷ %s = %.4f, shown as %s", sum, trimFloat(weights), sum/weights, percent1(d.Score.Overall))
		if d.Score.Today != d.Score.Overall {
			line += "; by today's rules " + percent1(d.Score.Today)
		}
		out = append(out, line)
	}
	if d.Score.Adjusted != d.Score.Overall {
		out = append(out, fmt.Sprintf("With waived items left out the overall score would be %s.", percent1(d.Score.Adjusted)))
	}
	return out
}
