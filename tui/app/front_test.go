package app

import (
	"slices"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// What a re-test begins with is told with a role at each line: what is overdue, what lapsed,
// every condition still due, and where y and n lead.
func TestARetestIsTold(t *testing.T) {
	d := newRetest(&screen.Env{}, sessions.CarriedOver{From: "S-1", Failures: []string{"SEC-02"}, Lapsed: []string{"SEC-01"}, Answers: 4,
		Overdue: []sessions.Condition{{Text: "Name a rota", Owner: "Ann", Due: "2026-01-02"}},
		Due:     []sessions.Condition{{Text: "Rotate", Owner: "Bo", Due: "2026-02-01"}, {Text: "Restore"}}})
	want := []string{"The checks run again. What failed comes first.", "Overdue: due 2026-01-02, Ann: Name a rota",
		"Expired: SEC-01: waiver or answer counts no more", "Still due: 2026-02-01, Bo: Rotate", "Still due: no day said, no owner: Restore",
		"Failed: 1 item in S-1", "Carried: 4 answers, 0 open findings", "y goes to the first of them; n begins with all categories."}
	if got := d.Tell().Lines; !slices.Equal(got, want) {
		t.Errorf("told:\n%q\nwant\n%q", got, want)
	}
}

// What a key asked for is told as it is, whoever it goes to: a run that is over at once is
// heard of by nothing else.
func TestWhatAKeyAskedForIsSaid(t *testing.T) {
	want := screen.StateChanged{Ended: true}
	for _, msg := range []tea.Msg{want, addressed{3, want}, aheadMsg{1, want}, aheadMsg{1, addressed{3, want}}} {
		if got, ok := Said(msg).(screen.StateChanged); !ok || !got.Ended {
			t.Errorf("%#v says %#v", msg, Said(msg))
		}
	}
}
