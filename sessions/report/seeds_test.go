package report_test

import (
	"context"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/checks/profiles"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
	"assess/gonogo/sessions/report"
	"assess/gonogo/sessions/signing"
)

var (
	update  = flag.Bool("update", false, "write the golden reports anew")
	rebuild = flag.Bool("rebuild", false, "make the sessions in testdata anew from their outcomes, with today's profiles")
)

// outcome is one item's verdict in a seed, by the machine or, where By says so, a person.
type outcome struct {
	Item    string         `json:"item"`
	Verdict checks.Verdict `json:"verdict"`
	Today   checks.Verdict `json:"today"`
	Changed string         `json:"changed"`
	Reason  string         `json:"reason"`
	By      string         `json:"by"`
}

// seeds are the two reviews that were once put together by hand. Their sessions are
// journals in testdata, packed as any session can be.
var seeds = []struct {
	name  string
	more  []sessions.Payload // what the assessor recorded beside the verdicts
	facts []string           // rows, numbers and words the report has to have
}{
	{name: "phase5", facts: []string{
		"**Overall score**: 35.2 % (35.2–43.9 %, coverage 80.0 %)", "**Decision**: **NO-GO FOR PRODUCTION**",
		"| Security audit | 40.00 % |", "| Reliability testing | 23.08 % |", "| Scalability | incomplete, counts 0 |",
		"| Deployment readiness | 59.38 % |", "| Quality assurance | 40.00 % |",
		"8 pass, 12 warn", "3 pass, 6 warn, 4 fail", "19 pass, 11 warn, 2 fail", "6 pass, 2 warn, 7 fail",
		"Overall: 3515.1442 ÷ 100 = 35.1514, shown as 35.2 %; by today's rules 37.5 %",
		"**Critical fixes**: 2–3 days", "**Total estimated time**: 8–15 days (2–3 weeks)",
		"1. **Security vulnerabilities**", "2. **Reliability failures**", "3. **API integration**", "4. **Deployment configuration**",
		"**DO NOT DEPLOY**", "**CRITICAL FIXES REQUIRED**", "**PERFORMANCE OPTIMIZATION REQUIRED**", "**DEPLOYMENT BLOCKED**", "**CRITICAL QUALITY ISSUES**",
		"| **Connection Pool** | ✘ FAIL |", "| **Authentication** | ✓ PASS |", "### What to do next", "EXCELLENT",
	}},
	{name: "full-stack", more: []sessions.Payload{
		sessions.ColourDeclared{Category: "backend", RAG: "green", Health: "Good with Minor Issues", Reason: "only the test environment is affected"},
		sessions.Promoted{Item: "S2-FE-07", On: true},
	}, facts: []string{
		"**Decision**: **CONDITIONAL GO FOR PRODUCTION DEPLOYMENT**", "**Overall score**: 61.9 %", "**YELLOW** — Production Ready with Critical Improvements Needed",
		"| Frontend application | 81.3 % |", "| Backend API | 72.7 % |", "| Database & data layer | 73.8 % |", "| Infrastructure & deployment | 61.5 % |",
		"| Security | 63.8 % |", "| Monitoring & observability | 21.3 % |", "| Testing & QA | 58.8 % |",
		"GREEN, Excellent", "RED, Poor",
		"Declared by Assessor: only the test environment is affected. Computed: YELLOW, Good with Critical Gaps",
		"| Monitoring absence | HIGH | HIGH | CERTAIN | IMMEDIATE |", "| SSL configuration | MEDIUM | HIGH | LIKELY | IMMEDIATE |",
		"| Test failures | MEDIUM | MEDIUM | CERTAIN | SHORT-TERM |", "| Secrets management | MEDIUM | HIGH | MEDIUM | SHORT-TERM |",
		"| Database performance | LOW | MEDIUM | LOW | LONG-TERM |",
		"| `C1` |", "| `C8` |", "deploy 48h after it is met at the earliest", "**Risk level**: MEDIUM",
		"**Emergency contact**: Production Team On-Call", "### Before deployment",
	}},
}

// The report of each seed's session is the golden one, byte for byte, and has every
// section, row and number that the seed had.
func TestSeedReports(t *testing.T) {
	for _, seed := range seeds {
		t.Run(seed.name, func(t *testing.T) {
			packed := filepath.Join("testdata", seed.name+".gonogo")
			if *rebuild {
				pack(t, seed.name, packed, seed.more)
			}
			doc := open(t, packed)
			got := report.Markdown(doc)
			plain := strings.ReplaceAll(string(got), `\`, "")
			for _, f := range seed.facts {
				if !strings.Contains(plain, f) {
					t.Errorf("the report lacks %q", f)
				}
			}
			golden := filepath.Join("testdata", seed.name+".md")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != string(got) {
				t.Errorf("the report is not the golden one in %s: look at the difference, then run go test ./sessions/report -update\n%s", golden, firstDifference(string(want), string(got)))
			}
		})
	}
}

func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return "- " + w[i] + "\n+ " + g[i]
		}
	}
	return "one is longer"
}

// mostMain is how many lines of a report are read rather than looked up.
const mostMain = 290

// Every section that a report promises is there, in both, and what is read is short.
func TestEverySectionIsAlwaysThere(t *testing.T) {
	sections := []string{"# ", "## Executive summary", "### Why", "### What to do next", "## Key figures", "## Critical issues",
		"## Changes since the previous session", "## Assessment by category", "## Risk matrix", "## Action plan",
		"## Technology compliance", "## Decision", "### Rationale", "### Conditions", "### Estimated timeline",
		"## Next steps", "### Re-testing", "## Findings", "## Overrides", "## Waivers", "## Sign-off",
		"## Appendix", "## Readiness checklist", "### Must fix", "### Should fix", "## Action plan, step by step", "### Immediate",
		"### Short term", "### Long term", "## Gates and path to GO", "### Gates", "### Path to GO", "### Root causes",
		"## Category by category", "#### Strengths", "#### Issues", "#### Recommendations",
		"## Every item", "## Answers", "## Consent and requests", "## Evidence index", "## How the scores were computed"}
	for _, seed := range seeds {
		text := "\n" + string(report.Markdown(open(t, filepath.Join("testdata", seed.name+".gonogo"))))
		if main := strings.Count(text[:strings.Index(text, "\n## Appendix")], "\n"); main > mostMain {
			t.Errorf("%s: what stands before the appendix has %d lines", seed.name, main)
		}
		at := 0
		for _, s := range sections {
			n := strings.Index(text[at:], "\n"+s)
			if n < 0 {
				t.Errorf("%s: %q is missing, or not after what comes before it", seed.name, s)
				continue
			}
			at += n
		}
	}
}

func open(t *testing.T, packed string) *report.Document {
	t.Helper()
	file, err := os.ReadFile(packed)
	if err != nil {
		t.Fatal(err)
	}
	st, id, err := signing.NewStore(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Open(context.Background(), st, kinds.Registry(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	return report.Build(s.State(), sessions.Assess(s.State()), nil, "test")
}

// recordedSession is a session of a seed's target and profile with what was recorded.
func recordedSession(t *testing.T, name string, what func(context.Context, *sessions.Session) []sessions.Payload) *sessions.Session {
	t.Helper()
	ctx := context.Background()
	target, err := checks.LoadTarget(filepath.Join("testdata", name+".target.toml"))
	if err != nil {
		t.Fatal(err)
	}
	target.Dir = ""
	profile, err := profiles.Load(name, "")
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { store.Close() })
	s, err := sessions.Create(ctx, store, sessions.NewSession{Target: target, Profile: profile, Registry: kinds.Registry(), Tool: "gonogo test", By: "Assessor"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	if _, err := s.Record(ctx, "Assessor", what(ctx, s)...); err != nil {
		t.Fatal(err)
	}
	return s
}

// pack records a seed's outcomes as a session and packs it.
func pack(t *testing.T, name, packed string, more []sessions.Payload) {
	t.Helper()
	s := recordedSession(t, name, func(ctx context.Context, s *sessions.Session) []sessions.Payload {
		return append(recorded(t, ctx, s, name), more...)
	})
	contents, facts, err := signing.Collect(context.Background(), s, []byte("# rendered by the test\n"), []byte("{}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(packed, signing.Pack(contents, facts), 0o644); err != nil {
		t.Fatal(err)
	}
}

// recorded turns outcomes into the events of a run and of a reviewer.
func recorded(t *testing.T, ctx context.Context, s *sessions.Session, name string) []sessions.Payload {
	t.Helper()
	src, err := os.ReadFile(filepath.Join("testdata", name+".outcomes.json"))
	if err != nil {
		t.Fatal(err)
	}
	var all []outcome
	if err := json.Unmarshal(src, &all); err != nil {
		t.Fatal(err)
	}
	out := []sessions.Payload{sessions.RunStarted{Run: "seed", Vantage: "seed"}}
	var said []sessions.Payload
	for _, o := range all {
		if o.By != "" {
			said = append(said, sessions.Judged{Items: []string{o.Item}, Verdict: o.Verdict, Reason: clean.Line(o.Reason), Strength: checks.Stated})
			continue
		}
		body := []byte(o.Reason + "\n")
		sum, err := s.PutEvidence(ctx, body)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sessions.Checked{Item: o.Item, Run: "seed", Verdict: o.Verdict, Today: o.Today, Changed: o.Changed, Reason: clean.Line(o.Reason),
			Strength: checks.ObservedLive, Vantage: "seed", Evidence: []checks.Evidence{{SHA256: sum, What: "observation", At: s.State().CreatedAt, Bytes: int64(len(body)), Media: "txt", Strength: checks.ObservedLive}}})
	}
	out = append(out, sessions.RunEnded{Run: "seed", RequestsSent: 250, Reached: true})
	return append(out, said...)
}
