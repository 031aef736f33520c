package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// draftSummary is the executive summary from the facts alone: the decision and its
// figures, what stands in the way with its causes first, what is in order, what is not
// known, and how long the way is.
func (b *builder) draftSummary(d *Document) string {
	var out []string
	for _, s := range []string{
		b.decisionSentence(d), b.countSentence(d), b.gateSentence(), b.causeSentence(),
		b.goodSentence(d), b.incompleteSentence(d), b.waitingSentence(), b.conditionSentence(d), b.timeSentence(d),
	} {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " ")
}

// readiness says what a decision means for the target.
var readiness = map[sessions.Decision]string{
	sessions.Go:            "is ready for production: GO",
	sessions.ConditionalGo: "may go into production under conditions: CONDITIONAL GO",
	sessions.NoGo:          "is not ready for production: NO-GO",
	sessions.Incomplete:    "is not judged yet",
}

func (b *builder) decisionSentence(d *Document) string {
	s := join(" ", d.Target.Name, d.Target.Version) + " " + readiness[d.Decision.Stands]
	if d.Decision.Declared != "" && d.Decision.Stands != d.Decision.Computed {
		s += fmt.Sprintf(", as %s declares; the gates say %s", d.Decision.By, d.Decision.Computed.Words())
	}
	if d.Decision.Partial {
		s += ". Only a selection of the profile was reviewed"
	}
	if d.Decision.Stands == sessions.Incomplete {
		return s + "."
	}
	return fmt.Sprintf("%s. It scores %s (%s, coverage %s).", s, percent1(d.Score.Overall), span1(d.Score.Low, d.Score.High), percent1(d.Score.Coverage))
}

// total adds up the counts of all categories.
func total(d *Document) sessions.Counts {
	var c sessions.Counts
	for _, cat := range d.Score.Categories {
		c.Pass += cat.Counts.Pass
		c.Warn += cat.Counts.Warn
		c.Fail += cat.Counts.Fail
		c.Inconclusive += cat.Counts.Inconclusive
		c.NA += cat.Counts.NA
		c.Pending += cat.Counts.Pending
	}
	return c
}

func (b *builder) countSentence(d *Document) string {
	c := total(d)
	parts := []string{}
	for _, p := range []struct {
		n         int
		one, many string
	}{{c.Pass, "passes", "pass"}, {c.Warn, "warns", "warn"}, {c.Fail, "fails", "fail"}, {c.Inconclusive, "could not be told", "could not be told"},
		{c.Pending, "is not judged yet", "are not judged yet"}, {c.NA, "does not apply", "do not apply"}} {
		switch p.n {
		case 0:
		case 1:
			parts = append(parts, "1 "+p.one)
		default:
			parts = append(parts, fmt.Sprintf("%d %s", p.n, p.many))
		}
	}
	return fmt.Sprintf("Of %s, %s.", plural(len(d.Items), "item"), and(parts))
}

// and lists words as a sentence does: "a, b and c".
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// gateSentence counts what is open, and how much of that only because nobody knows yet.
func (b *builder) gateSentence() string {
	blockers, conditions := opened(b.a.Open, nil)
	unknown := 0
	for _, o := range b.a.Open {
		if it := b.byID[o.Item]; it != nil && !o.Waived && !it.Verdict.Decided() && (o.Gate == checks.Blocker || o.Gate == checks.Condition) {
			unknown++
		}
	}
	s := ""
	switch all := blockers + conditions; {
	case all == 0:
		return ""
	case blockers == 0:
		s = were(conditions, "condition") + " open"
	case conditions == 0:
		s = were(blockers, "blocker") + " open"
	default:
		s = fmt.Sprintf("%s and %s are open", plural(blockers, "blocker"), plural(conditions, "condition"))
	}
	switch {
	case unknown == 0:
		return s + "."
	case unknown == 1 && blockers+conditions == 1:
		return s + ", because the answer is not known yet."
	case unknown == blockers+conditions:
		return s + ", because the answers are not known yet."
	}
	return fmt.Sprintf("%s, %d of them because the answer is not known yet.", s, unknown)
}

// opened counts the blockers and the conditions among what is open and not waived; of the
// items named, where some are.
func opened(open []sessions.OpenItem, items []string) (blockers, conditions int) {
	for _, o := range open {
		switch {
		case o.Waived, items != nil && !slices.Contains(items, o.Item):
		case o.Gate == checks.Blocker:
			blockers++
		case o.Gate == checks.Condition:
			conditions++
		}
	}
	return blockers, conditions
}

// causeSentence names the causes that explain most.
func (b *builder) causeSentence() string {
	causes := b.sharedCauses()
	if len(causes) == 0 || b.a.Decision == sessions.Incomplete { // too little is known to explain it
		return ""
	}
	slices.SortStableFunc(causes, func(x, y sharedCause) int { return len(y.items) - len(x.items) })
	explained := map[string]bool{}
	var parts []string
	for n, c := range causes {
		if n < 3 {
			parts = append(parts, fmt.Sprintf("%s (%s)", c.title, plural(len(c.items), "item")))
			tell(explained, c.items)
		}
	}
	if len(parts) == 1 {
		return "One cause explains " + plural(len(explained), "open item") + ": " + parts[0] + "."
	}
	return fmt.Sprintf("%s causes explain %s: %s.", capital(numberWords[len(parts)]), plural(len(explained), "open item"), and(parts))
}

var numberWords = map[int]string{2: "two", 3: "three"}

// goodSentence names what is in order, so that a reader knows what need not be touched.
func (b *builder) goodSentence(d *Document) string {
	var names []string
	for _, c := range d.Score.Categories {
		if c.RAG == "green" && !c.Incomplete && !c.Empty && c.Counts.Pass > 0 {
			names = append(names, c.Title)
		}
	}
	switch {
	case len(names) == 0 || len(names) == len(d.Score.Categories):
		return ""
	case len(names) == 1:
		return names[0] + " is in good order."
	}
	return and(names) + " are in good order."
}

func (b *builder) incompleteSentence(d *Document) string {
	var names []string
	for _, c := range d.Score.Categories {
		if c.Incomplete {
			names = append(names, c.Title)
		}
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0] + " is incomplete and counts 0."
	case n == len(d.Score.Categories):
		return fmt.Sprintf("All %d categories are incomplete and count 0.", n)
	}
	return and(names) + " are incomplete and count 0."
}

func (b *builder) waitingSentence() string {
	questions, consent := sessions.Waiting(b.st)
	var parts []string
	if n := len(questions); n > 0 {
		parts = append(parts, were(n, "question")+" not answered")
	}
	if n := len(consent); n > 0 {
		parts = append(parts, waiting(n)+" for consent")
	}
	if len(parts) == 0 {
		return ""
	}
	return and(parts) + "."
}

// conditionSentence counts the conditions in force that are not met; before a decision
// nobody agreed to any.
func (b *builder) conditionSentence(d *Document) string {
	if d.Decision.Stands == sessions.Incomplete {
		return ""
	}
	open, late, owners := 0, 0, map[string]bool{}
	for _, c := range d.Decision.Conditions {
		if c.Met {
			continue
		}
		open++
		owners[string(c.Owner)] = true
		if c.Overdue {
			late++
		}
	}
	if open == 0 {
		return ""
	}
	s := plural(open, "agreed condition") + " must be met"
	if late > 0 {
		s += ", " + strconv.Itoa(late) + " overdue"
	}
	switch {
	case owners[""] && open == 1:
		return s + "; it has no owner."
	case owners[""]:
		return s + "; not every one has an owner."
	}
	return fmt.Sprintf("%s, by %s.", s, plural(len(owners), "owner"))
}

// timeSentence is the estimate, where the profile carries one.
func (b *builder) timeSentence(d *Document) string {
	lines := b.timeline(d.Actions)
	if len(lines) == 0 {
		return ""
	}
	last := lines[len(lines)-1]
	if lines[0].Title == last.Title {
		return ""
	}
	return fmt.Sprintf("The %s are estimated at %s, the whole way with its re-test at %s.", strings.ToLower(lines[0].Title), lines[0].Text, last.Text)
}
