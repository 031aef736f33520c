package handover

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/kinds"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/signing"
)

// replayed signs what alter makes of the session's contents as a build would, and renders
// it again with this one.
func replayed(t *testing.T, s *sessions.Session, build string, alter func(*signing.Contents)) signing.Verification {
	t.Helper()
	key, signers := signer(t)
	c, f, err := Contents(context.Background(), s, build)
	if err != nil {
		t.Fatal(err)
	}
	alter(&c)
	f.Signer, f.SignedAt = "alice@example.com", s.State().LastAt.UTC().Truncate(time.Second)
	file, err := signing.Sign(c, f, key)
	if err != nil {
		t.Fatal(err)
	}
	return signing.Verify(file, signing.Options{Signers: signers, Now: s.State().LastAt.Add(time.Hour), Tool: "gonogo test",
		Replay: Replay(context.Background(), kinds.Registry(), file, "test")})
}

// A report that its journal does not give is never good; what is told is exact: the
// sections, whether the facts are the same, and which build made it.
func TestReplayTellsWhatDiffers(t *testing.T) {
	s, _ := seeded(t)
	if _, err := s.Record(t.Context(), "ann", sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "open", Severity: checks.High}}); err != nil {
		t.Fatal(err)
	}
	instead := func(part *[]byte, old, now string) {
		t.Helper()
		if !bytes.Contains(*part, []byte(old)) {
			t.Fatalf("no %q to alter", old)
		}
		*part = bytes.Replace(*part, []byte(old), []byte(now), 1)
	}
	for _, c := range []struct {
		name, build string
		alter       func(*signing.Contents)
		want        []string
		not         string
	}{
		{"an older build, the same texts", "0.9", func(*signing.Contents) {}, nil, ""},
		{"an older build's wording", "0.9", func(c *signing.Contents) {
			instead(&c.JSON, `"closing": "`, `"closing": "In those days: `)
			instead(&c.Markdown, "\n## Sign-off", "\n## Closing words")
		}, []string{"report.json differs in report.closing;", "report.md differs in ", "“Closing words”", "“Sign-off”",
			"decision, score, verdicts, findings and waivers are the same", "gonogo 0.9 made it, this is gonogo test"}, "of the facts differ"},
		{"a verdict of this build", "test", func(c *signing.Contents) {
			instead(&c.JSON, `"verdict": "fail"`, `"verdict": "pass"`)
		}, []string{"report.json differs in items;", "of the facts differ the verdicts"}, "made it"},
		{"a decision of an older build", "0.9", func(c *signing.Contents) {
			instead(&c.JSON, `"stands": "no-go"`, `"stands": "go"`)
		}, []string{"report.json differs in decision;", "of the facts differ the decision", "gonogo 0.9 made it"}, "are the same"},
		{"a decision that only some read", "0.9", func(c *signing.Contents) { // the last of several keys counts for some readers
			instead(&c.JSON, `"stands": "no-go"`, `"stands": "go", "Stands": "no-go"`)
		}, []string{"report.json differs in decision;", "the facts can't be compared"}, "are the same"},
		{"a finding closed afterwards", "0.9", func(c *signing.Contents) {
			instead(&c.JSON, `"closed": false`, `"closed": true`)
		}, []string{"of the facts differ the findings"}, "are the same"},
		{"another decision in the Markdown", "0.9", func(c *signing.Contents) {
			instead(&c.Markdown, "NO-GO", "GO")
		}, []string{"report.md differs in its head;", "in the JSON document decision, score"}, "report.json"},
		{"one more line", "test", func(c *signing.Contents) {
			c.Markdown = append([]byte("Approved.\n"), c.Markdown...)
		}, []string{"report.md differs in its head;", "verdicts, findings and waivers are the same"}, "report.json"},
		{"no JSON at all", "test", func(c *signing.Contents) { c.JSON = []byte("[]\n") },
			[]string{"report.json differs in ", "and ", " more", "the facts can't be compared"}, "are the same"},
		{"the layout alone", "test", func(c *signing.Contents) { c.JSON = append(c.JSON, '\n') },
			[]string{"report.json differs from line "}, "differs in"},
	} {
		v := replayed(t, s, c.build, c.alter)
		if c.want == nil {
			if !v.Good || v.Replay != "same" {
				t.Errorf("%s: %s", c.name, v.Sentence)
			}
			continue
		}
		if v.Good || v.Replay == "same" || !strings.Contains(string(v.Sentence), v.Replay) {
			t.Errorf("%s: good %v, replay %q: %s", c.name, v.Good, v.Replay, v.Sentence)
		}
		for _, want := range c.want {
			if !strings.Contains(v.Replay, want) {
				t.Errorf("%s: no %q in %s", c.name, want, v.Replay)
			}
		}
		if c.not != "" && strings.Contains(v.Replay, c.not) {
			t.Errorf("%s: %q in %s", c.name, c.not, v.Replay)
		}
	}
}
