package screen

import (
	"strings"
	"testing"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
)

// elsewhere is a session whose target came with it, or not.
type elsewhere struct {
	Session
	foreign bool
}

func (e elsewhere) Foreign() bool { return e.foreign }

// What is attached loses the target's own secrets. Of a target from elsewhere none is
// filled to know them: it would choose what is read here.
func TestAttachingFillsNothingOfATargetFromElsewhere(t *testing.T) {
	t.Setenv("THEIR_CHOICE", "plain-words-of-mine")
	target, err := checks.ParseTarget("target.toml", []byte("name = \"x\"\nversion = \"1\"\nbase_url = \"http://127.0.0.1:1\"\n[auth.user]\ntoken = \"${env:THEIR_CHOICE}\"\n"), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for foreign, want := range map[bool]bool{true: true, false: false} {
		r := &Review{Session: elsewhere{foreign: foreign}, State: &sessions.State{Target: target}}
		out := string(r.redactor().Redact([]byte("plain-words-of-mine password=hunter2hunter2")))
		if kept := strings.Contains(out, "plain-words-of-mine"); kept != want {
			t.Errorf("foreign %v: %q", foreign, out)
		}
		if strings.Contains(out, "hunter2hunter2") {
			t.Errorf("foreign %v: the shape of a secret stays: %q", foreign, out)
		}
	}
}
