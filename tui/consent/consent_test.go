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

// TestAllOfItCanBeRead holds that what does not fit can be scrolled to, by the keys that
// the dialog names, to its last line.
func TestAllOfItCanBeRead(t *testing.T) {
	var asks []checks.Ask
	for _, id := range []string{"A-01", "A-02", "A-03", "A-04", "A-05", "A-06", "A-07", "A-08", "A-09", "A-10"} {
		asks = append(asks, checks.Ask{Item: id, Sends: "a burst for " + id})
	}
	d := dialog(t, func(bool, string) tea.Cmd { return nil }, asks...)
	low := func() string { return ansi.Strip(strings.Join(d.View(76, 18), "\n")) }
	if got := low(); !strings.Contains(got, "below: ↓ ↑ scroll") || strings.Contains(got, "A-10") {
		t.Fatalf("nothing says how to scroll:\n%s", got)
	}
	for _, k := range []tea.KeyType{tea.KeyCtrlEnd, tea.KeyCtrlHome, tea.KeyPgDown, tea.KeyPgDown, tea.KeyPgDown, tea.KeyPgDown} {
		d.Type(tea.KeyMsg{Type: k})
		if got := low(); strings.Contains(got, "a burst for A-10") == (k == tea.KeyCtrlHome) && k != tea.KeyPgDown {
			t.Errorf("%v shows\n%s", k, got)
		}
	}
	if got := low(); !strings.Contains(got, "a burst for A-10") || strings.Contains(got, "below:") {
		t.Errorf("paging does not reach the end:\n%s", got)
	}

	d.local = true // letters are keys
	if got := strings.Join(labels(d), " · "); got != "allow once · not now · scroll" {
		t.Errorf("the footer offers %s", got)
	}
	if d.Do(action.Top); !strings.Contains(low(), "lines more below: j k scroll") {
		t.Errorf("g shows\n%s", low())
	}
	if d.Do(action.Bottom); !strings.Contains(low(), "a burst for A-10") {
		t.Errorf("G shows\n%s", low())
	}
}

// labels are the entries of the footer.
func labels(d *Dialog) []string {
	var out []string
	for _, s := range d.Actions() {
		if !s.Quiet {
			out = append(out, s.Label())
		}
	}
	return out
}
