package report

import (
	"fmt"
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
	late := map[string]bool{}
	for _, d := range sessions.Overdue(sessions.Deadlines(b.st), b.asOf) {
		late[d.ID] = true
	}
	out := []Condition{}
	for _, c := range b.a.Conditions {
		out = append(out, Condition{Condition: c, Complete: c.Complete(), Met: sessions.Met(b.st, c), Overdue: late[c.ID]})
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
			if a.List == list.id && a.todo() {
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
