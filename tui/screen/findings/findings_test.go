package findings_test

import (
	"regexp"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/finding"
	"assess/gonogo/tui/screen/findings"
)

func recorded() []sessions.Payload {
	rec := func(f sessions.Finding) sessions.Payload { return sessions.FindingRecorded{Finding: f} }
	return []sessions.Payload{
		sessions.CauseLinked{ID: "RC-1", Title: "open", Items: []string{"SEC-02", "REL-01", "REL-02"}},
		rec(sessions.Finding{Title: "Rate limits are wide", Severity: checks.Low, Horizon: "long term"}),
		rec(sessions.Finding{Title: "Any site may read the answers of people who are signed in", Severity: checks.High, Horizon: "immediate", Owner: "backend",
			Items: []string{"SEC-02"}, Cause: "RC-1", Description: "The API answers every origin.", Recommendation: "Name the origins.", Effort: "half a day"}),
		rec(sessions.Finding{Title: "Answers are quick", Strength: true, Severity: checks.Info}),
	}
}

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.Screens[screen.Finding], o.Screens[screen.Findings] = finding.New, findings.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	w := drive.NewWorld(t, o)
	w.Keys("F")
	return w
}

func send(w *drive.World, msg tea.Msg) {
	w.Send(msg)
	w.Advance(100 * time.Millisecond)
}

var clock = regexp.MustCompile(`saved \d\d:\d\d`)

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 60, 16}} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, Record: recorded()})
			w.Keys("c")
			w.Keys("Half a title")
			w.Press("esc")
			w.Keys("j")
			golden.RequireEqual(t, clock.ReplaceAllString(w.Frame(), "saved 14:51"))
		})
	}
}

func TestEmpty(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("No findings. c writes one.", "0 findings")
}

func TestRemoveUndoRedo(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	w.Keys("j")
	w.Press("delete", "enter")
	w.Has("Remove this finding?", "F-2")
	w.Keys("y")
	w.Lacks("Any site may")
	w.Has("1 finding, 1 strength")
	w.Keys("z")
	w.Has("Any site may", "2 findings, 1 strength")
	w.Press("ctrl+r")
	w.Lacks("Any site may")
}

func TestEditFromTheList(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	w.Keys("e")
	w.Has("Finding   F-1")
	w.Keys("!")
	w.Press("esc")
	w.Has("✘•", "a draft is kept; Enter goes on")
	w.Press("enter", "ctrl+s")
	w.Has("Rate limits are wide!")
}

func TestADraftIsARow(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Item: "SEC-02"}})
	w.Keys("Half a title")
	w.Press("esc")
	w.Has("Half a title", "draft")
	w.Keys("G")
	w.Press("enter")
	w.Has("new, from SEC-02", "Half a title")
	w.Press("esc", "delete")
	w.Has("Remove this draft?")
	w.Keys("y")
	w.Lacks("Half a title")
}

func TestFilterAndOrder(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	w.Keys("o")
	w.Has("sorted worst first")
	if l := w.Line(4); !regexp.MustCompile(`Any site`).MatchString(l) {
		t.Errorf("first row: %s", l)
	}
	w.Keys("/strength")
	w.Lacks("Any site")
	w.Has("Answers are quick")
	w.Keys("x")
	w.Has("Nothing matches “strengthx”. Esc clears.")
	w.Press("esc")
	w.Has("Any site")
}

func TestEverySize(t *testing.T) {
	w := world(t, drive.Options{Theme: "dark", Record: recorded()})
	w.Keys("j")
	w.Sweep(125, 22)
	w.Resize(40, 12)
	w.Has("▸✘", "Any site")
}

func TestAStrengthIsOneKey(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("+")
	w.Has("Finding   new strength", "[strength]")
	w.Keys("Answers are quick")
	w.Press("ctrl+s")
	w.Has("0 findings, 1 strength")
	if f := w.Review().State.Findings; len(f) != 1 || !f[0].Strength {
		t.Errorf("recorded %+v", f)
	}
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Items: []string{"SEC-02"}, Strength: true}})
	w.Has("new strength, from SEC-02")
	w.Keys("Half")
	w.Press("esc")
	w.Keys("G")
	w.Has("Half", "draft")
	w.Press("enter")
	w.Has("new strength, from SEC-02", "Half", "[strength]")
}

func TestAFindingAsMarkdown(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	st := w.Review().State
	got := findings.Markdown(st, st.Findings[1])
	want := "## F-2 Any site may read the answers of people who are signed in\n\n- **Severity**: high\n- **Horizon**: immediate\n- **Owner**: backend\n" +
		"- **Effort**: half a day\n- **SEC-02**: Cross-origin reads are refused (fail)\n- **Target**: phase5-dashboard 1.4\n\nThe API answers every origin.\n\n### Recommendation\n\nName the origins.\n"
	if got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestFilterFindsDescriptions(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	w.Keys("/answers every")
	w.Has("Any site may read")
	w.Lacks("Rate limits are wide")
}
