package report

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// What the first page has room for.
const (
	mostReasons = 6
	mostSteps   = 6
	fewItems    = 3   // ids beside a line
	mostAdvice  = 160 // bytes of a recommendation beside its finding's title
)

// why tells what holds the decision where it is. The steps of the path to GO are its
// causes; those that hold a blocker open come first, then those that hold most.
func (b *builder) why() []Reason {
	out := []Reason{}
	for _, step := range b.a.Path {
		r := Reason{Title: step.Title, Items: orEmpty(step.Items)}
		r.Blockers, r.Conditions = opened(b.a.Open, step.Items)
		if worst := b.worst(step.Items); worst != nil {
			r.Text = worst.Summary
			if !b.isCause(step.Title) || !b.established(step) {
				r.Title = b.issueOf(worst)
			}
		} else {
			r.Text = b.described(step.Items)
		}
		if r.Blockers+r.Conditions > 0 {
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(x, y Reason) int {
		if (x.Blockers > 0) != (y.Blockers > 0) {
			return y.Blockers - x.Blockers
		}
		return y.Blockers + y.Conditions - x.Blockers - x.Conditions
	})
	return out
}

// worst is the first of the items that holds the strictest gate open.
func (b *builder) worst(items []string) *Item {
	for _, o := range b.a.Open { // strictest first
		if it := b.byID[o.Item]; it != nil && slices.Contains(items, o.Item) {
			return it
		}
	}
	return nil
}

// described is how the first finding among the ids is described, in its first line.
func (b *builder) described(ids []string) string {
	for _, f := range b.st.Findings {
		if slices.Contains(ids, f.ID) {
			return firstLine(string(f.Description))
		}
	}
	return ""
}

func firstLine(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return strings.TrimSpace(first)
}

// established reports whether something of a step was seen: a cause that the profile
// offers for items which nobody judged yet is only a guess.
func (b *builder) established(step sessions.PathStep) bool {
	blockers, conditions := 0, 0
	for _, id := range step.Items {
		if it := b.byID[id]; it != nil && needsWork(it.Verdict) {
			bl, co := opened(b.a.Open, []string{id})
			blockers, conditions = blockers+bl, conditions+co
		}
	}
	return blockers+conditions > 0
}

// isCause reports whether a title is that of a root cause; others are actions.
func (b *builder) isCause(title string) bool {
	return slices.ContainsFunc(b.st.Causes, func(c sessions.Cause) bool { return string(c.Title) == title }) ||
		slices.ContainsFunc(b.st.Profile.Causes, func(c checks.Cause) bool { return c.Title == title })
}

// next is what to do next: the most urgent actions with who does them, what the reviewer
// still owes (first of all where nothing is decided yet), the later actions, the sign-off.
func (b *builder) next(d *Document) []NextStep {
	out := []NextStep{}
	questions, consent := sessions.Waiting(b.st)
	add := func(n int, text, by string, items []string) {
		if n > 0 {
			out = append(out, NextStep{Text: text, By: by, When: "before the review is signed", Items: orEmpty(items)})
		}
	}
	owed := func() {
		add(len(questions), "Answer "+plural(len(questions), "question"), "the assessor", questions)
		add(len(consent), "Give consent to "+plural(len(consent), "check")+", or say why not", "the assessor", consent)
	}
	if d.Decision.Computed == sessions.Incomplete {
		owed()
	}
	for _, h := range horizons {
		for _, a := range d.Actions {
			if a.Horizon == h && a.todo() {
				out = append(out, b.step(a))
			}
		}
		if h == "immediate" && d.Decision.Computed != sessions.Incomplete {
			owed()
		}
	}
	switch d.Session.State {
	case sessions.Draft, sessions.Returned:
		out = append(out, NextStep{Text: "Submit the review", By: "the assessor", When: "when the facts above are settled", Items: []string{}})
	case sessions.Submitted:
		out = append(out, NextStep{Text: "Accept the review, or return it with a comment", By: "a lead", When: "now", Items: []string{}})
	}
	return out
}

// step is an action as a thing to do next.
func (b *builder) step(a Action) NextStep {
	s := NextStep{Text: a.title(), By: a.Owner, When: a.Horizon, Effort: a.Effort, Items: orEmpty(a.Items)}
	if a.DaysHigh > 0 {
		s.Effort = dayRange(a.DaysLow, a.DaysHigh)
	}
	for _, c := range b.conditionsOn(a.Items) {
		if c.Due != "" && s.When == a.Horizon {
			s.When = string(c.Due)
		}
	}
	return s
}

// conditionsOn are the conditions that one of the items verifies.
func (b *builder) conditionsOn(items []string) []sessions.Condition {
	return slices.DeleteFunc(slices.Clone(b.a.Conditions), func(c sessions.Condition) bool {
		return !slices.ContainsFunc(c.VerifiedBy, func(id string) bool { return slices.Contains(items, id) })
	})
}

// title is an action in the words of what is to be done: an item's action is its fix, as
// the item's title says what should hold; a finding's title says what is wrong, and what is
// recommended follows where it is a line.
func (a Action) title() string {
	if a.fromFinding && len(a.Text) <= mostAdvice && !strings.Contains(a.Text, "\n") {
		return a.Title + ": " + a.Text
	}
	if a.Text != "" && len(a.Lines) == 0 && len(a.Items) > 0 && a.fromItem {
		return a.Text
	}
	return a.Title
}

// DraftSum is how an edited text remembers the draft that it was written over.
func DraftSum(draft string) string {
	sum := sha256.Sum256([]byte(draft))
	return hex.EncodeToString(sum[:])
}

// edited tells of the texts that people wrote, in the order of their sections' names.
func (b *builder) edited(d *Document) []EditedText {
	if len(b.st.Edits) == 0 {
		return []EditedText{}
	}
	drafts := b.drafts(d)
	out := []EditedText{}
	for _, section := range slices.Sorted(maps.Keys(b.st.Edits)) {
		e := b.st.Edits[section]
		out = append(out, EditedText{Section: section, By: string(e.By), At: e.At, Draft: drafts[section],
			Changed: e.Over != "" && e.Over != DraftSum(drafts[section])})
	}
	return out
}

func (b *builder) drafts(d *Document) map[string]string {
	out := map[string]string{
		"summary":   b.draftSummary(d),
		"rationale": b.draftRationale(),
		"closing":   b.st.Profile.Phrases.Closing[string(d.Decision.Stands)],
	}
	for _, c := range d.Score.Categories {
		out["category:"+c.ID] = b.draftRecommendation(d, c)
	}
	return out
}

// Edit tells of the person's text of a section, or of none.
func (n Narrative) Edit(section string) (EditedText, bool) {
	for _, e := range n.Edited {
		if e.Section == section {
			return e, true
		}
	}
	return EditedText{}, false
}

// draftRationale says why: what the critical issues are, by theme, then which gates match.
func (b *builder) draftRationale() string {
	var lines []string
	for _, g := range b.critical() {
		var titles []string
		for _, l := range g.Lines {
			titles = append(titles, l.Title)
		}
		lines = append(lines, "- "+g.Title+": "+named(titles, 6, "; "))
	}
	for _, g := range b.a.Gates {
		if !g.Matches || g.Says != b.a.Computed && b.a.Computed == sessions.NoGo {
			continue // what would say less than NO-GO is no reason for it
		}
		by := ""
		if b.namesItems(g.By) {
			by = named(g.By, 8, ", ")
		}
		lines = append(lines, fmt.Sprintf("- %s says %s: %s", capital(g.Title), g.Says.Words(), join("; ", g.Detail, by)))
	}
	if len(lines) == 0 {
		return "No gate stands in the way."
	}
	return strings.Join(lines, "\n")
}

// namesItems reports whether a gate names items, findings or conditions; categories are in
// its figure already.
func (b *builder) namesItems(by []string) bool {
	return !slices.ContainsFunc(by, func(id string) bool {
		return slices.ContainsFunc(b.st.Profile.Categories, func(c checks.Category) bool { return c.ID == id })
	})
}

// named lists up to most names and says how many more there are.
func named(names []string, most int, sep string) string {
	if len(names) <= most {
		return strings.Join(names, sep)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], sep), len(names)-most)
}
