package plain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// Of every action it was decided whether it can be said.
func TestEveryActionIsSpokenOrNot(t *testing.T) {
	for _, a := range action.Table {
		said, not := slices.Contains(spoken, a.ID), slices.Contains(unspoken, a.ID) || strings.HasPrefix(string(a.ID), "nav.category.")
		if said == not {
			t.Errorf("%s: spoken %v, unspoken %v", a.ID, said, not)
		}
	}
}

// Every screen has words, also where nothing is open in it.
func TestEveryScreenIsTold(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{})
	for _, name := range []screen.Name{screen.Setup, screen.Walk, screen.Live, screen.Decision, screen.Report, screen.Findings, screen.Finding,
		screen.Search, screen.Settings, screen.HelpText, screen.Conditions, screen.Sign, screen.Verify, screen.Compare, screen.Messages,
		screen.History, screen.Home} {
		w.Send(screen.OpenMsg{Name: name})
		told, ok := w.Model.Focus().(screen.Told)
		if !ok {
			t.Errorf("%s has no words", name)
			continue
		}
		if w.Model.FocusName() != name || told.Tell().Title == "" {
			t.Errorf("%s: %s has the focus, titled %q", name, w.Model.FocusName(), told.Tell().Title)
		}
	}
}

// ran makes a review say a run of so many results, a millisecond apart, and returns the lines.
func ran(t *testing.T, calm bool, fails, passes int) []string {
	t.Helper()
	w := drive.NewWorld(t, drive.Options{Session: true})
	var out strings.Builder
	now := drive.Start
	f := &front{model: w.Model, out: &speaker{w: &out}, calm: calm, now: func() time.Time { return now }}
	r := w.Review()
	r.Running = &screen.Running{Items: make([]string, fails+passes)}
	for n := range fails + passes {
		now = now.Add(time.Millisecond)
		v := checks.Pass
		if n < fails {
			v = checks.Fail
		}
		f.sayProgress(screen.StateChanged{Review: r, Events: []checks.Event{checks.Finished{Outcome: checks.Outcome{Item: "SEC-01", Verdict: v, Reason: "seen"}}}})
	}
	now = now.Add(howOften)
	f.sayProgress(screen.StateChanged{Review: r, Events: []checks.Event{checks.Progressed{Text: "10 users, 5 good/s"}}})
	r.Running = nil
	f.sayProgress(screen.StateChanged{Review: r, Ended: true})
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

// A run is told in sentences, however fast its results come: no voice keeps up with a line
// each. What fails is named once it is over, and nobody has to hear more than some.
func TestARunIsToldInSentences(t *testing.T) {
	for _, c := range []struct {
		name          string
		calm          bool
		fails, passes int
		want          []string
	}{
		{"many", false, 2, 98, []string{"Running: 100 items", "Running: 100 of 100: 98 pass, 2 fail; now 10 users, 5 good a second",
			"Run over: 100 items: 98 pass, 2 fail; ", "Decision: ", "fail SEC-01", "fail SEC-01"}},
		{"calm", true, 1, 98, []string{"Running: 99 items", "Run over: 99 items: 98 pass, 1 fail; ", "Decision: ", "fail SEC-01"}},
		{"few, as they come", false, 1, 1, []string{"Running: 2 items", "fail SEC-01", "pass SEC-01", "Run over: 2 items: 1 pass, 1 fail; ", "Decision: "}},
		{"few, at the end", true, 1, 1, []string{"Running: 2 items", "Run over: 2 items", "Decision: ", "fail SEC-01", "pass SEC-01"}},
	} {
		got := ran(t, c.calm, c.fails, c.passes)
		if len(got) != len(c.want) {
			t.Errorf("%s: %d lines:\n%s", c.name, len(got), strings.Join(got, "\n"))
			continue
		}
		for i := range got {
			if !strings.HasPrefix(got[i], c.want[i]) {
				t.Errorf("%s: line %d is %q, want %q", c.name, i+1, got[i], c.want[i])
			}
		}
	}
	got := ran(t, true, atEnd+7, 0)
	if last := got[len(got)-1]; len(got) != 3+atEnd+1 || last != "Held back: 7 more that fail; failure goes from one to the next" {
		t.Errorf("%d lines, the last %q", len(got), last)
	}
}

// A command with numbers is for those rows, and for no others.
func TestACommandForRows(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true})
	var out strings.Builder
	f := &front{ctx: context.Background(), model: w.Model, out: &speaker{w: &out}, msgs: make(chan arrival), done: make(chan struct{})}
	defer close(f.done)
	w.Send(screen.OpenMsg{Name: screen.Home})
	var marked []int
	telling := screen.Telling{Rows: []string{"a", "b", "c"}, Mark: func(row int) tea.Cmd { marked = append(marked, row); return nil }}
	for text, want := range map[string]string{"tick 1 3": "[0 2]", "tick 4": "[]", "tick": "[]", "4": "[]", "nonsense 1": "[]", "tick 0": "[]"} {
		marked = []int{}
		is := f.sayOfRows(telling, text)
		if got := fmt.Sprint(marked); got != want {
			t.Errorf("%q marks %s, want %s", text, got, want)
		}
		if words := text == "tick 1 3" || text == "tick 4" || text == "tick 0"; is != words {
			t.Errorf("%q is a command for rows: %v", text, is)
		}
	}
	telling.Mark = nil
	if f.sayOfRows(telling, "tick 1") {
		t.Error("rows are taken where nothing can be marked")
	}
}
