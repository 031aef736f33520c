package demo_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/demo"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
)

// analyticsWarns and analyticsUnclear are the items of the full-stack profile that neither
// pass nor fail with every flaw present; those that a switch mends and that are not among
// them fail, all others pass.
var (
	analyticsWarns = []string{
		"S2-FE-08", "S2-FE-09", "S2-BE-09", "S2-BE-11", "S2-BE-12", "S2-DB-06", "S2-DB-07", "S2-DB-08",
		"S2-IN-09", "S2-IN-10", "S2-IN-11", "S2-IN-12", "S2-IN-13", "S2-SE-06", "S2-SE-13", "S2-SE-14",
		"S2-SE-15", "S2-SE-16", "S2-MO-07", "S2-MO-08", "S2-MO-09", "S2-QA-04", "S2-QA-06",
	}
	analyticsUnclear = []string{"S2-IN-08"}
)

// wantedAnalytics are the verdicts that must come out with these switches on, by item.
func wantedAnalytics(p *checks.Profile, fix []string) map[string]checks.Verdict {
	want := map[string]checks.Verdict{}
	for _, c := range p.Categories {
		for _, i := range c.Items {
			want[i.ID] = checks.Pass
		}
	}
	mended := map[string]bool{}
	for _, w := range demo.AnalyticsSwitches {
		for _, id := range w.Items {
			if want[id] = checks.Fail; slices.Contains(fix, w.Name) {
				want[id], mended[id] = checks.Pass, true
			}
		}
	}
	for _, id := range analyticsWarns {
		if !mended[id] {
			want[id] = checks.Warn
		}
	}
	for _, id := range analyticsUnclear {
		want[id] = checks.Inconclusive
	}
	if slices.Contains(fix, "tls") {
		want["S2-IN-07"] = checks.Warn // browsers don't know a private authority
	}
	return want
}

// answered are the verdicts of the demo's answers, by item.
func (r review) answered(t *testing.T) map[string]checks.Verdict {
	t.Helper()
	answers, err := sessions.ParseAnswers("answers.toml", []byte(r.answers), r.profile)
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]checks.Verdict{}
	for _, a := range answers {
		j := a.(sessions.Judged)
		said[j.Items[0]] = j.Verdict
	}
	return said
}

// TestAnalytics reviews the scenario as it is, with each switch on and with all: exactly
// the items that the table lists change. An item whose check can't run here must be
// answered, and no other may hang on an answer.
func TestAnalytics(t *testing.T) {
	sets := [][]string{nil}
	var all []string
	for _, w := range demo.AnalyticsSwitches {
		sets = append(sets, []string{w.Name})
		all = append(all, w.Name)
	}
	for _, fix := range append(sets, all) {
		t.Run(fmt.Sprint("fix ", strings.Join(fix, " ")), func(t *testing.T) {
			t.Parallel()
			r := runReview(t, demo.Options{Scenario: "analytics", Fix: fix}, "full-stack")
			want, said := wantedAnalytics(r.profile, fix), r.answered(t)
			r.compare(t, want)
			for _, id := range r.left {
				if said[id] == "" {
					t.Errorf("%s has neither a check that runs here nor an answer", id)
				}
			}
			for id, v := range said {
				if v != want[id] {
					t.Errorf("%s is answered %s, want %s", id, v, want[id])
				}
			}
			for id, o := range r.outcomes {
				if o.Verdict == checks.Inconclusive && !slices.Contains(r.left, id) {
					t.Errorf("%s is inconclusive: %s", id, o.Reason)
				}
			}
		})
	}
}

// TestAnalyticsDecision follows the scenario through a session: colours, scores, risks and
// the decision of the full-stack profile.
func TestAnalyticsDecision(t *testing.T) {
	t.Parallel()
	a := assess(t, demo.Options{Scenario: "analytics"})
	if a.Computed != sessions.ConditionalGo || a.RAG != sessions.Amber || math.Abs(a.Score.Overall-61.9) > 0.05 {
		t.Errorf("%s, %s, overall %.2f, want a conditional go, amber, 61.9", a.Computed, a.RAG, a.Score.Overall)
	}
	want := map[string]struct {
		score  float64
		colour string
	}{
		"frontend": {81.25, sessions.Green}, "backend": {72.66, sessions.Amber}, "data": {73.81, sessions.Green},
		"infrastructure": {61.46, sessions.Amber}, "security": {63.77, sessions.Amber},
		"monitoring": {21.28, sessions.Red}, "quality": {58.82, sessions.Amber},
	}
	for _, c := range a.Categories {
		if w := want[c.Category.ID]; math.Abs(c.Score-w.score) > 0.01 || c.RAG != w.colour {
			t.Errorf("%s: %.2f %s, want %.2f %s", c.Category.ID, c.Score, c.RAG, w.score, w.colour)
		}
	}
	for _, o := range a.Open {
		if o.Gate == checks.Blocker {
			t.Errorf("%v blocks", o)
		}
	}
	for _, c := range a.Conditions {
		if !c.Complete() {
			t.Errorf("condition %s lacks %v", c.ID, c.Missing())
		}
	}
}

// TestAnalyticsAllMended: with every switch on, and the answers as they then are, the
// decision is GO.
func TestAnalyticsAllMended(t *testing.T) {
	t.Parallel()
	var all []string
	for _, w := range demo.AnalyticsSwitches {
		all = append(all, w.Name)
	}
	a := assess(t, demo.Options{Scenario: "analytics", Fix: all})
	if a.Computed != sessions.Go || a.RAG != sessions.Green {
		t.Errorf("%s, %s, overall %.2f, open %v; want GO, green", a.Computed, a.RAG, a.Score.Overall, a.Open)
	}
}

// assess runs the full-stack profile in a session, with the demo's answers.
func assess(t *testing.T, o demo.Options) sessions.Assessment {
	t.Helper()
	var a sessions.Assessment
	serving(t, o, func(ctx context.Context, info demo.Info) {
		n := sessions.NewSession{Registry: kinds.Registry(), Tool: "gonogo test", By: clean.Line("tester")}
		n.Target, n.Profile = load(t, info, "full-stack")
		store, err := filestore.Open(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s, err := sessions.Create(ctx, store, n)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		answers, err := sessions.ParseAnswers(info.Answers, []byte(read(t, info.Answers)), n.Profile)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Run(ctx, n.By, checks.RunOptions{Allow: []checks.Class{checks.Intrusive}}, func(checks.Event) {})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Record(ctx, n.By, answers...); err != nil {
			t.Fatal(err)
		}
		a = sessions.Assess(s.State())
	})
	return a
}
