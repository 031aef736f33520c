package report

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

// A pair of backticks in a profile's prose is code; everything else in it stays text.
func TestRich(t *testing.T) {
	for in, want := range map[string]string{
		"Send `max-age=63072000` and `a|b`.": "Send `max-age=63072000` and `a|b`.",
		"`--flag` first":                     "`--flag` first",
		"no code *here*":                     `no code \*here\*`,
		"one ` alone":                        "one \\` alone",
		"`@team` and @team":                  "`@team` and `@team`",
		"`` nothing":                         "\\`\\` nothing",
		"<b>`x`</b>":                         `\<b\>` + "`x`" + `\</b\>`,
	} {
		if got := rich(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// Whatever a profile's prose holds, and wherever its backticks stand, it makes no element
// but code.
func TestRichIsInert(t *testing.T) {
	for _, s := range hostile {
		for _, in := range []string{s, "`" + s, s + "`", "`" + s + "`", "a `" + s + "` b ` " + s} {
			got := html(t, "- **"+rich(in)+"**: next\n")
			got = strings.NewReplacer("<ul>", "", "</ul>", "", "<li>", "", "</li>", "", "<strong>", "", "</strong>", "", "<code>", "", "</code>", "", "<br />", "").Replace(got)
			if strings.Contains(got, "<") {
				t.Errorf("%q becomes %s", in, got)
			}
		}
	}
}

// A person's text says whose it is, and whether the facts would draft another one now.
func TestEditedTexts(t *testing.T) {
	draft := "No gate stands in the way."
	for _, c := range []struct {
		over    string
		changed bool
	}{{DraftSum(draft), false}, {DraftSum("an older draft"), true}, {"", false}} {
		st := &sessions.State{Profile: &checks.Profile{}, Plan: &checks.Plan{}, Target: &checks.Target{}, Edits: map[string]sessions.TextEdit{
			"rationale": {By: "Ada", At: time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC), Over: c.over}}, Texts: map[string]clean.Text{"rationale": "Because."}}
		b := &builder{st: st, byID: map[string]*Item{}}
		edits := b.edited(&Document{})
		if len(edits) != 1 || edits[0].By != "Ada" || edits[0].Changed != c.changed || edits[0].Draft != draft {
			t.Fatalf("over %q: %+v", c.over, edits)
		}
		m := &markdown{d: &Document{Report: Narrative{Edited: edits}}}
		m.written("rationale")
		m.written("summary")
		want := "*Written by Ada, 2026-01-02 03:04 UTC, over gonogo's draft"
		if got := m.b.String(); !strings.HasPrefix(got, want) || strings.Contains(got, "the facts changed since") != c.changed || strings.Count(got, "Written") != 1 {
			t.Errorf("over %q: %q", c.over, got)
		}
	}
}

// The decision is said once: a headline that begins with its word replaces it.
func TestTheDecisionIsSaidOnce(t *testing.T) {
	for headline, want := range map[string]string{
		"":                     "**NO-GO**",
		"NO-GO FOR PRODUCTION": "**NO-GO FOR PRODUCTION**",
		"not yet":              "**NO-GO** — not yet",
	} {
		m := &markdown{d: &Document{Decision: Decision{Stands: sessions.NoGo}, Report: Narrative{Headline: headline}}}
		if got := m.verdictOfAll(); got != want {
			t.Errorf("%q: %q, want %q", headline, got, want)
		}
	}
}

// The reasons begin with what holds blockers, and tell of the item that holds the
// strictest gate.
func TestWhy(t *testing.T) {
	item := func(id, issue string) *checks.Item {
		return &checks.Item{ID: id, Title: "title of " + id, Issue: issue}
	}
	st := &sessions.State{Profile: &checks.Profile{Causes: []checks.Cause{{Title: "One cause"}}}, Items: map[string]*sessions.ItemState{}}
	for _, it := range []*checks.Item{item("A", ""), item("B", "B is broken"), item("C", "C is broken")} {
		st.Items[it.ID] = &sessions.ItemState{Planned: &checks.Planned{Item: it}}
	}
	b := &builder{st: st, byID: map[string]*Item{}, a: sessions.Assessment{
		Open: []sessions.OpenItem{{Item: "B", Gate: checks.Blocker}, {Item: "A", Gate: checks.Condition}, {Item: "C", Gate: checks.Condition}},
		Path: []sessions.PathStep{{Title: "Do A and C", Items: []string{"A", "C"}}, {Title: "One cause", Items: []string{"B"}}, {Title: "nothing open", Items: []string{"D"}}},
	}}
	for id := range st.Items {
		b.byID[id] = &Item{ID: id, Title: "title of " + id, Summary: "saw " + id, Verdict: checks.Fail}
	}
	got := b.why()
	if len(got) != 2 || got[0].Title != "One cause" || got[0].Text != "saw B" || got[0].Blockers != 1 ||
		got[1].Title != "title of A" || got[1].Conditions != 2 || got[1].Text != "saw A" {
		t.Errorf("%+v", got)
	}
	b.byID["B"].Verdict = checks.Pending
	if got := b.why(); got[0].Title != "Not known yet: title of B" {
		t.Errorf("a cause that nobody saw is told as %q", got[0].Title)
	}
	b.byID["B"].Verdict = checks.Inconclusive
	if got := b.why(); got[0].Title != "One cause" {
		t.Errorf("a cause of what could not be told is told as %q", got[0].Title)
	}
}
