package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"assess/gonogo/sessions"
)

func (b *builder) decision() Decision {
	d := Decision{
		Computed: b.a.Computed, Stands: b.a.Decision, Lapsed: b.a.Lapsed, Partial: b.a.Partial, Gates: orEmpty(b.a.Gates), PathToGo: orEmpty(b.a.Path),
		Conditions: b.conditions(), Rationale: b.text("rationale", b.draftRationale),
	}
	if dec := b.st.Declared; dec != nil {
		d.Declared, d.By, d.Lead, d.At = dec.Decision, string(dec.By), string(dec.Lead), dec.At.UTC().Format(time.RFC3339)
		if b.st.Texts["rationale"] == "" && dec.Reason != "" {
			d.Rationale = string(dec.Reason) + "\n\n" + d.Rationale
		}
	}
	return d
}

func (b *builder) conditions() []Condition {
	out := []Condition{}
	for _, c := range b.a.Conditions {
		out = append(out, Condition{Condition: c, Complete: c.Complete(), Met: b.settled(c.VerifiedBy)})
	}
	return out
}

// text is a section's text: a person's where there is one, else the draft.
func (b *builder) text(section string, draft func() string) string {
	if t := b.st.Texts[section]; t != "" {
		return string(t)
	}
	return draft()
}

// draftRationale says which gates match and by what.
func (b *builder) draftRationale() string {
	var lines []string
	for _, g := range b.a.Gates {
		if g.Matches {
			lines = append(lines, fmt.Sprintf("- %s says %s: %s", g.Title, g.Says.Words(), join("; ", g.Detail, named(g.By, 8))))
		}
	}
	if len(lines) == 0 {
		return "No gate stands in the way."
	}
	return strings.Join(lines, "\n")
}

// named lists up to most names and says how many more there are.
func named(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}

// draftSummary is the executive summary from the facts alone.
func (b *builder) draftSummary(d *Document) string {
	sentences := []string{
		fmt.Sprintf("%s. The overall score is %s (%s, coverage %s).", d.Decision.Stands.Words(),
			percent1(d.Score.Overall), span1(d.Score.Low, d.Score.High), percent1(d.Score.Coverage)),
		b.countSentence(d),
	}
	if s := b.gateSentence(); s != "" {
		sentences = append(sentences, s)
	}
	if s := b.causeSentence(); s != "" {
		sentences = append(sentences, s)
	}
	if s := b.incompleteSentence(d); s != "" {
		sentences = append(sentences, s)
	}
	q, c := sessions.Waiting(b.st)
	if len(q) > 0 {
		sentences = append(sentences, were(len(q), "question")+" not answered.")
	}
	if len(c) > 0 {
		sentences = append(sentences, waiting(len(c))+" for consent.")
	}
	return strings.Join(sentences, " ")
}

func (b *builder) countSentence(d *Document) string {
	var c sessions.Counts
	for _, cat := range d.Score.Categories {
		c.Pass += cat.Counts.Pass
		c.Warn += cat.Counts.Warn
		c.Fail += cat.Counts.Fail
		c.Inconclusive += cat.Counts.Inconclusive
		c.NA += cat.Counts.NA
		c.Pending += cat.Counts.Pending
	}
	parts := []string{}
	for _, p := range []struct {
		n    int
		word string
	}{{c.Pass, "pass"}, {c.Warn, "warn"}, {c.Fail, "fail"}, {c.Inconclusive, "could not be told"}, {c.Pending, "are not judged yet"}, {c.NA, "do not apply"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.word))
		}
	}
	return fmt.Sprintf("Of %s, %s.", plural(len(d.Items), "item"), strings.Join(parts, ", "))
}

func (b *builder) gateSentence() string {
	blockers, conditions := 0, 0
	for _, o := range b.a.Open {
		switch {
		case o.Waived:
		case o.Gate == "blocker":
			blockers++
		case o.Gate == "condition":
			conditions++
		}
	}
	switch {
	case blockers+conditions == 0:
		return ""
	case blockers == 0:
		return were(conditions, "condition") + " open."
	case conditions == 0:
		return were(blockers, "blocker") + " open."
	}
	return fmt.Sprintf("%s and %s are open.", plural(blockers, "blocker"), plural(conditions, "condition"))
}

// causeSentence names the causes that explain most.
func (b *builder) causeSentence() string {
	causes := b.sharedCauses()
	if len(causes) == 0 {
		return ""
	}
	slices.SortStableFunc(causes, func(x, y sharedCause) int { return len(y.items) - len(x.items) })
	var parts []string
	for _, c := range causes {
		parts = append(parts, fmt.Sprintf("%s (%s)", c.title, plural(len(c.items), "item")))
	}
	return "Shared causes: " + named(parts, 3) + "."
}

type sharedCause struct {
	title string
	items []string
}

// sharedCauses are root causes that explain at least two items which need work: those
// that a person linked, then those the profile knows.
func (b *builder) sharedCauses() []sharedCause {
	var out []sharedCause
	seen := map[string]bool{}
	add := func(title string, items []string) {
		open := []string{}
		for _, id := range items {
			if it := b.byID[id]; it != nil && needsWork(it.Verdict) {
				open = append(open, id)
			}
		}
		if len(open) >= 2 && !seen[title] {
			seen[title] = true
			out = append(out, sharedCause{title, open})
		}
	}
	for _, c := range b.st.Causes {
		add(string(c.Title), c.Items)
	}
	for _, c := range b.st.Profile.Causes {
		add(c.Title, b.open(c.Items))
	}
	return out
}

func (b *builder) incompleteSentence(d *Document) string {
	var names []string
	for _, c := range d.Score.Categories {
		if c.Incomplete {
			names = append(names, c.Title)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0] + " is incomplete and counts 0."
	}
	return strings.Join(names, ", ") + " are incomplete and count 0."
}

// timeline adds up the days of what is still to do, by list.
func (b *builder) timeline(actions []Action) []TimelineLine {
	out := []TimelineLine{}
	var low, high float64
	add := func(title string, l, h float64) {
		if h == 0 {
			return
		}
		out = append(out, TimelineLine{Title: title, DaysLow: l, DaysHigh: h, Text: dayRange(l, h)})
		low, high = low+l, high+h
	}
	for _, list := range []struct{ id, title string }{{"must", "Critical fixes"}, {"should", "Important improvements"}} {
		var l, h float64
		for _, a := range actions {
			if a.List == list.id && !a.Done {
				l, h = l+a.DaysLow, h+a.DaysHigh
			}
		}
		add(list.title, l, h)
	}
	if len(out) > 0 {
		add("Re-testing and validation", b.st.Profile.Timeline.Retest[0], b.st.Profile.Timeline.Retest[1])
		out = append(out, TimelineLine{Title: "Total estimated time", DaysLow: low, DaysHigh: high, Text: dayRange(low, high)})
	}
	return out
}

// nextReview is when the profile wants to look again, counted from the last event.
func (b *builder) nextReview() string {
	after, err := parseDays(b.st.Profile.ReviewAfter)
	if err != nil || after == 0 {
		return ""
	}
	return b.asOf.AddDate(0, 0, after).UTC().Format(time.DateOnly)
}

// parseDays reads "7d".
func parseDays(s string) (int, error) {
	var n int
	if s == "" {
		return 0, nil
	}
	_, err := fmt.Sscanf(s, "%dd", &n)
	return n, err
}
