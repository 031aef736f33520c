package home_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
)

func saved() []sessions.Summary {
	now := drive.Start
	list := []sessions.Summary{
		{Target: "phase5-dashboard", Version: "1.4", Profile: "phase5", Decision: sessions.NoGo, Score: 35.2, Judged: 82, Items: 87, State: "draft", Touched: now.Add(-4 * time.Minute), Blockers: []string{"REL-01", "REL-05", "SEC-25", "DEP-01", "DAT-01", "API-01"}, Questions: 1, NeedConsent: 4, Events: 412, Head: "7c1e09b4aa5200"},
		{Target: "013a-analytics", Version: "0.9", Profile: "full-stack", Decision: sessions.NoGo, Declared: sessions.ConditionalGo, Score: 74, Judged: 71, Items: 71, State: "returned", Touched: now.Add(-50 * time.Hour), Events: 300, Head: "aa11"},
		{Target: "billing-api", Version: "2.0", Profile: "production", Decision: sessions.Incomplete, Judged: 41, Items: 138, State: "draft", Touched: now.Add(-73 * time.Hour), Events: 50, Head: "bb22"},
		{Target: "demo-healthy", Version: "1", Profile: "production", Decision: sessions.Go, Score: 96.4, Judged: 138, Items: 138, State: "accepted", Touched: now.Add(-36 * 24 * time.Hour), Events: 700, Head: "cc33"},
		{Target: "phase5-dashboard", Version: "1.3", Profile: "phase5", Decision: sessions.NoGo, Score: 22, Judged: 87, Items: 87, State: "submitted", Touched: now.Add(-100 * 24 * time.Hour), Events: 380, Head: "dd44"},
		{Target: "old", Profile: "production", State: "draft", Touched: now.Add(-400 * 24 * time.Hour), Damaged: "line 318 does not fit its chain"},
	}
	for i := range list {
		list[i].ID, list[i].Created = fmt.Sprintf("s%d", i), list[i].Touched
	}
	return list
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 60, 16}} {
		t.Run(c.name, func(t *testing.T) {
			w := drive.NewWorld(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, Saved: saved()})
			golden.RequireEqual(t, w.Frame())
		})
	}
}

func TestFirstStart(t *testing.T) {
	for _, ascii := range []bool{false, true} {
		t.Run(fmt.Sprintf("ascii %v", ascii), func(t *testing.T) {
			w := drive.NewWorld(t, drive.Options{W: 80, H: 24, ASCII: ascii})
			golden.RequireEqual(t, w.Frame())
		})
	}
}

func TestWhatWaitsFollowsTheCursor(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	if err := w.Store.PutDraft(t.Context(), "s1", "reason:REL-07", "All 12"); err != nil {
		t.Fatal(err)
	}
	w.Has("6 open blockers", "1 question, 4 need consent", "412 events, last touched")
	w.Keys("j")
	w.Has("No open blockers", "nothing; a draft is kept at REL-07")
	w.Keys("G")
	w.Has("! line 318 does not fit its chain; opens read-only,", "was deleted", "damaged")
}

func TestTwoTickedCompare(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	w.Keys("jC")
	w.Has("not now: nothing of its kind before it; tick two reviews with Space")
	w.Keys("k jC")
	w.Has("not now: tick two reviews with Space")
	w.Keys("jjj ")
	if n := strings.Count(w.Screen(), "[✓]"); n != 2 {
		t.Errorf("%d rows are ticked", n)
	}
}

func TestFilterAndOrder(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	w.Keys("/phase5")
	w.Lacks("billing-api")
	w.Keys("x")
	w.Has("Nothing here matches “phase5x”. Enter looks in the journals of all reviews,", "Esc clears.")
	w.Press("esc")
	w.Has("billing-api")
	w.Keys("jo")
	w.Has("sorted by decision, worst first")
	if l := w.Line(4); !strings.Contains(l, "NO-GO") {
		t.Errorf("first row: %s", l)
	}
	for n := 4; n < 10; n++ {
		if l := w.Line(n); strings.HasPrefix(l, "▸") && !strings.Contains(l, "013a-analytics") {
			t.Errorf("the cursor left its review: %s", l)
		}
	}
}

func TestRemoveAsksFirst(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	w.Press("delete")
	w.Has("Remove this review?", "phase5-dashboard 1.4")
	w.Press("enter")
	w.Has("Remove this review?")
	w.Keys("y")
	w.Has("5 reviews")
	w.Lacks("1.4", "Remove this")
}

func TestTheMouseMarks(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	w.Has("billing-api")
	w.Send(tea.MouseMsg{X: 10, Y: 5, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	if l := w.Line(6); !strings.HasPrefix(l, "▸·  billing-api") {
		t.Errorf("row 6 is %q", l)
	}
	w.Send(tea.MouseMsg{Button: tea.MouseButtonWheelUp, Action: tea.MouseActionPress})
	w.Has("▸!  013a-analytics")
	w.Send(tea.MouseMsg{X: 10, Y: 20, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
	w.Has("▸!  013a-analytics")
}

func TestColumnsAlwaysFit(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Theme: "dark", Saved: saved()})
	w.Sweep(130, 20)
	w.Resize(40, 12)
	w.Has("phase5", "NO-GO", "35.2 %")
}
