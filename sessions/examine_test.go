package sessions_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// examined is a session with a run, a finding with evidence and one piece taken out.
func examined(t *testing.T) (home string, reg *checks.Registry, id, seen, redacted string) {
	f := &fakes{local: says(checks.Fail, "first")}
	home, reg = t.TempDir(), f.registry(t)
	s := create(t, open(t, home), newSession(t, reg))
	if err := s.Run(ctx, "ann", checks.RunOptions{}, nil); err != nil {
		t.Fatal(err)
	}
	redacted, err := s.PutEvidence(ctx, []byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	record(t, s, sessions.FindingRecorded{Finding: sessions.Finding{ID: "F-1", Title: "t", Severity: checks.High, Evidence: []string{redacted}}})
	if err := s.Redact(ctx, "ann", redacted, "a password"); err != nil {
		t.Fatal(err)
	}
	seen = s.State().Items["A-01"].Machine.Evidence[0].SHA256
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return home, reg, s.ID(), seen, redacted
}

func TestExamine(t *testing.T) {
	blob := func(dir, sha string) string { return filepath.Join(dir, "evidence", sha[:2], sha) }
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(dir, seen, redacted string)
		wrong int
		says  []string
	}{
		"whole": {func(string, string, string) {}, 0,
			[]string{"ok journal 6 events, one whole chain", "ok opening", "note evidence", "taken out by ann", "a password", "ok evidence 3 pieces of 4", "ok lock nobody"}},
		"changed evidence": {func(dir, seen, _ string) {
			must(os.Chmod(blob(dir, seen), 0o600))
			must(os.WriteFile(blob(dir, seen), []byte("Xirst"), 0o600))
		}, 1, []string{"of A-01 has other bytes", "run those checks again"}},
		"missing evidence": {func(dir, seen, _ string) { must(os.Remove(blob(dir, seen))) }, 1, []string{"of A-01 is missing"}},
		"taken out, still there": {func(dir, _, redacted string) {
			must(os.MkdirAll(filepath.Dir(blob(dir, redacted)), 0o700))
			must(os.WriteFile(blob(dir, redacted), []byte("secret"), 0o600))
		}, 1, []string{"of finding F-1 was taken out, and its bytes are still here", "gonogo redact"}},
		"a cut tail": {func(dir, _, _ string) {
			f, err := os.OpenFile(filepath.Join(dir, "journal.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
			must(err)
			_, err = f.WriteString("0011 {half")
			must(err)
			must(f.Close())
		}, 1, []string{"the 6 events before it are one whole chain", "nothing that was saved is lost"}},
		"a changed line": {func(dir, _, _ string) {
			name := filepath.Join(dir, "journal.jsonl")
			j, err := os.ReadFile(name)
			must(err)
			must(os.WriteFile(name, bytes.Replace(j, []byte(`"F-1"`), []byte(`"F-2"`), 1), 0o600))
		}, 1, []string{"journal line 5", "can be looked at"}},
		"events gone": {func(dir, _, _ string) {
			name := filepath.Join(dir, "journal.jsonl")
			j, err := os.ReadFile(name)
			must(err)
			must(os.WriteFile(name, j[:bytes.LastIndexByte(j[:len(j)-1], '\n')+1], 0o600))
		}, 2, []string{"HEAD names 6", "of finding F-1 is missing"}},
		"no journal": {func(dir, _, _ string) { must(os.Remove(filepath.Join(dir, "journal.jsonl"))) }, 1, []string{"there is no journal"}},
		"strangers": {func(dir, seen, _ string) {
			must(os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o600))
			must(os.WriteFile(filepath.Join(dir, "tmp-abc"), nil, 0o600))
			must(os.WriteFile(filepath.Join(dir, "evidence", seen[:2], "x\x1b[31m"), nil, 0o600))
			must(os.MkdirAll(filepath.Join(dir, "evidence", "00"), 0o700))
			must(os.WriteFile(filepath.Join(dir, "evidence", "00", strings.Repeat("0", 64)), nil, 0o600))
		}, 0, []string{"1 piece of evidence that no event names: 000000000000…", "2 pieces of files that are none", "notes.txt", "1 piece left half-written"}},
	} {
		t.Run(name, func(t *testing.T) {
			home, reg, id, seen, redacted := examined(t)
			dir := filepath.Join(home, "sessions", id)
			c.spoil(dir, seen, redacted)
			before := tree(t, dir)
			got, err := sessions.Examine(ctx, open(t, home), reg, id)
			if err != nil {
				t.Fatal(err)
			}
			text, wrong := "", 0
			for _, d := range got {
				text += fmt.Sprintf("%s %s %s %s\n", d.State, d.Part, d.What, d.Do)
				if d.State == sessions.Wrong {
					wrong++
				}
			}
			if wrong != c.wrong {
				t.Errorf("%d wrong, want %d", wrong, c.wrong)
			}
			for _, w := range c.says {
				if !strings.Contains(text, w) {
					t.Errorf("%q is not said", w)
				}
			}
			if strings.Contains(text, "\x1b") {
				t.Error("an escape sequence got through")
			}
			if t.Failed() {
				t.Log("\n" + text)
			}
			if after := tree(t, dir); after != before {
				t.Errorf("it changed something:\n%s\n%s", before, after)
			}
		})
	}
}

// tree lists a folder's files with their sizes.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.Walk(dir, func(name string, info os.FileInfo, err error) error {
		fmt.Fprintf(&b, "%s %d\n", name, info.Size())
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestRedactGoesOn: where the process ended between the word and the deed, the bytes go the
// second time, and nothing is said twice.
func TestRedactGoesOn(t *testing.T) {
	home, reg, id, _, redacted := examined(t)
	name := filepath.Join(home, "sessions", id, "evidence", redacted[:2], redacted)
	if err := os.WriteFile(name, []byte("secret"), 0o400); err != nil {
		t.Fatal(err)
	}
	s := reopened(t, home, reg, id)
	events := len(s.Events())
	if err := s.Redact(ctx, "bo", redacted, "again"); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) || len(s.Events()) != events {
		t.Errorf("%v, %d events of %d", err, len(s.Events()), events)
	}
	if err := s.Redact(ctx, "bo", redacted, "again"); err == nil || !strings.Contains(err.Error(), "already: a password") {
		t.Errorf("%v", err)
	}
	if sha, err := s.FindEvidence(redacted[:8]); err != nil || sha != redacted {
		t.Errorf("%q, %v", sha, err)
	}
	for _, prefix := range []string{"", "zz", redacted + "0"} {
		if sha, err := s.FindEvidence(prefix); err == nil {
			t.Errorf("%q finds %s", prefix, sha)
		}
	}
}
