package consent

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/keys"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// dialog asks for consent to intrusive checks of a target on another machine.
func dialog(t *testing.T, answer func(bool, string) tea.Cmd, asks ...checks.Ask) *Dialog {
	t.Helper()
	theme, err := themes.Load("mono", "")
	if err != nil {
		t.Fatal(err)
	}
	env := &screen.Env{Paint: paint.New(theme, false, nil), Keys: keys.Default(),
		Review: &screen.Review{State: &sessions.State{Target: &checks.Target{Name: "x", BaseURL: "https://pay.example"}}}}
	return New(env, checks.Intrusive, asks, answer)
}

func view(d *Dialog) string { return ansi.Strip(strings.Join(d.View(80, 40), "\n")) }

// bare is a text without frame and blanks: a long word is broken over lines.
func bare(s string) string { return strings.NewReplacer("│", "", " ", "", "\n", "").Replace(s) }

const argv = `make "smoke test" --verbose --report=/srv/application/reports/a-rather-long-name-of-a-file.xml  in ../app`

// TestACommandIsShownAsItIs holds that who consents sees every word of what is started, and
// types no host for it.
func TestACommandIsShownAsItIs(t *testing.T) {
	var allowed bool
	var host string
	d := dialog(t, func(a bool, h string) tea.Cmd { allowed, host = a, h; return nil }, checks.Ask{Item: "QA-03", Runs: argv})
	got := view(d)
	for _, word := range append(strings.Fields(argv), "QA-03", "starts", "It starts on this machine, as you.") {
		if !strings.Contains(bare(got), bare(word)) {
			t.Errorf("%q is not shown:\n%s", word, got)
		}
	}
	if strings.Contains(got, "pay.example") || d.TextFocus() {
		t.Errorf("a command asks for a host:\n%s", got)
	}
	if _, done := d.Do(action.Enter); !done || allowed {
		t.Error("Enter allows it")
	}
	if _, done := d.Do(action.DialogYes); !done || !allowed || host != "" {
		t.Errorf("y: allowed %v, host %q", allowed, host)
	}
}

// TestACommandBesideRequests holds that requests to another machine need its name typed,
// whatever is asked for beside them.
func TestACommandBesideRequests(t *testing.T) {
	d := dialog(t, func(bool, string) tea.Cmd { return nil }, checks.Ask{Item: "SEC-14", Sends: "a burst"}, checks.Ask{Item: "QA-03", Runs: argv})
	got := view(d)
	for _, part := range []string{"Type the host", "pay.example", "a burst", "starts"} {
		if !strings.Contains(got, part) {
			t.Errorf("%q is not shown:\n%s", part, got)
		}
	}
	if _, done := d.Do(action.DialogYes); done {
		t.Error("y stands for the host's name")
	}
}
