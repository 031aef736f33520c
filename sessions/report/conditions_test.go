package report_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
)

// reviewed is a session with a seed's outcomes and what more somebody recorded.
func reviewed(t *testing.T, name string, more ...sessions.Payload) *report.Document {
	t.Helper()
	return begun(t, name, func(ctx context.Context, s *sessions.Session) []sessions.Payload {
		return append(recorded(t, ctx, s, name), more...)
	})
}

// begun is the document of a session with what was recorded.
func begun(t *testing.T, name string, what func(context.Context, *sessions.Session) []sessions.Payload) *report.Document {
	t.Helper()
	s := recordedSession(t, name, what)
	return report.Build(s.State(), sessions.Assess(s.State()), nil, "test")
}

// A condition is met when what verifies it is settled, a closed finding too, and overdue
// once its time was over at the session's last event; what is due before the deployment
// stands on that checklist whoever wrote it.
func TestConditionsStandAsTheyAre(t *testing.T) {
	finding := sessions.Finding{ID: "F-1", Title: "a key is shared", Severity: checks.High, Closed: true}
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	condition := func(id, due, by string) sessions.Payload {
		return sessions.ConditionRecorded{Condition: sessions.Condition{ID: id, Text: clean.Text(id + " is done"), Owner: "ops", Due: clean.Text(due), VerifiedBy: []string{by}, Since: long}}
	}
	d := reviewed(t, "phase5", sessions.FindingRecorded{Finding: finding},
		condition("CO-1", "before deploy", "F-1"), condition("CO-2", "24h after", "P5-SEC-RAT-02"), condition("CO-3", "2999-01-01", "P5-SEC-RAT-02"))
	md := string(report.Markdown(d))
	for id, want := range map[string]string{"CO-1": "✓ met", "CO-2": "✘ overdue", "CO-3": "· open"} {
		row := line(md, "| `"+id+"` |")
		if !strings.Contains(row, want) {
			t.Errorf("%s: %q, want %q", id, row, want)
		}
	}
	if !strings.Contains(md, "- [x] CO-1 is done") || strings.Contains(md, "] CO-2 is done") {
		t.Error("the list of what is due before deployment is not that")
	}
	if !strings.Contains(d.Report.Summary, "2 agreed conditions must be met, 1 overdue, by 1 owner.") {
		t.Errorf("summary %q", d.Report.Summary)
	}
	if page := string(output(t, named(t, "html"), d, nil)); !strings.Contains(page, "✘ overdue") {
		t.Error("the page lacks what is overdue")
	}
}

// line is the first line that begins with start.
func line(text, start string) string {
	for l := range strings.Lines(text) {
		if strings.HasPrefix(l, start) {
			return l
		}
	}
	return ""
}

// A finding that holds the decision is among the reasons in its own words, and what it
// recommends is what to do.
func TestFindingsAreReasonsAndSteps(t *testing.T) {
	long := strings.Repeat("and then this ", 20)
	for advice, want := range map[string]string{"Name a second.": "One key holder: Name a second.", "First.\nThen.": "One key holder", long: "One key holder"} {
		d := reviewed(t, "phase5", sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "One key holder", Severity: checks.Critical,
			Category: "reliability", Description: "Only one.\nTwo.", Recommendation: clean.Text(advice), Horizon: "immediate"}})
		if i := slices.IndexFunc(d.Report.Why, func(r report.Reason) bool { return r.Title == "One key holder" }); i < 0 || d.Report.Why[i].Text != "Only one." {
			t.Errorf("reasons %+v", d.Report.Why)
		}
		for _, words := range []string{"- **One key holder**: Only one. (`F-1`)", "- **Critical**: One key holder: Only one. (`F-1`)", "Only one.\nTwo."} {
			if md := strings.ReplaceAll(string(report.Markdown(d)), `\`, ""); !strings.Contains(md, words) {
				t.Errorf("no %q", words)
			}
		}
		if !slices.ContainsFunc(d.Report.Next, func(s report.NextStep) bool { return s.Text == want }) {
			t.Errorf("no step %q", want)
		}
		if md := string(report.Markdown(d)); !strings.Contains(md, strings.ReplaceAll(strings.TrimSpace(advice), "\n", " ")) && !strings.Contains(md, "Then.") {
			t.Errorf("the advice %q is nowhere", advice)
		}
	}
}

// Of what nobody looked at nothing is said to be wrong: no action, no estimate, no cause.
func TestNothingIsInvented(t *testing.T) {
	for _, name := range []string{"phase5", "full-stack"} {
		d := begun(t, name, func(context.Context, *sessions.Session) []sessions.Payload { return nil })
		for _, g := range d.Report.Plan {
			if len(g.Actions) > 0 {
				t.Errorf("%s: to do, %s: %+v", name, g.Title, g.Actions)
			}
		}
		if len(d.Report.NextSteps)+len(d.Report.Timeline)+len(d.Report.Why) > 0 {
			t.Errorf("%s: next %v, timeline %v, why %v", name, d.Report.NextSteps, d.Report.Timeline, d.Report.Why)
		}
		if s := d.Report.Summary; strings.Contains(s, "explain") || strings.Contains(s, "estimated") || strings.Contains(s, "agreed") || !strings.Contains(s, "because the answers are not known yet.") {
			t.Errorf("%s: %s", name, s)
		}
		for format, words := range map[string]string{"md": "None: not enough is judged yet.", "html": "None: not enough is judged yet."} {
			if out := string(output(t, named(t, format), d, nil)); !strings.Contains(out, words) {
				t.Errorf("%s %s: no reason why there is no reason", name, format)
			}
		}
	}
}

// An action is owned by who answers for the condition that it settles, wherever it stands.
func TestActionsAreOwned(t *testing.T) {
	d := reviewed(t, "full-stack")
	md := string(report.Markdown(d))
	for _, row := range []string{"| 1 | Deploy the monitoring stack | Platform team | before deploy |", "| Immediate, must fix | Deploy the monitoring stack | Platform team |", "| Short term, should fix | Enhance test coverage | nobody named |"} {
		if !strings.Contains(md, row) {
			t.Errorf("no row %s", row)
		}
	}
}
