package search_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// world is home with two reviews, of which one says "gateway" twice.
func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Session, o.Run = true, true
	o.Record = []sessions.Payload{
		sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "the gateway ends them after 30 minutes"},
		sessions.Noted{Item: "SEC-02", Text: "ask the Gateway team"},
	}
	w := drive.NewWorld(t, o)
	w.Again()
	w.Keys("H")
	return w
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 60, 16}} {
		t.Run(c.name, func(t *testing.T) {
			frame := ""
			synctest.Test(t, func(t *testing.T) { // where the clock stands
				w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
				w.Send(screen.OpenMsg{Name: screen.Search, Args: screen.Args{Query: "gateway"}})
				frame = w.Frame()
			})
			golden.RequireEqual(t, frame)
		})
	}
}

// What no row of home says is looked for in the journals, and opens in its review.
func TestFromTheFilterToTheItem(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Keys("/gateway")
	w.Has("Nothing here matches “gateway”. Enter looks in the journals")
	w.Press("enter")
	w.Has("Search   “gateway”", "2 events in 1 review", "SEC-02 noted: ask the Gateway team", "SEC-03 judged pass")
	w.Keys("j")
	w.Press("enter")
	if r := w.Review(); r == nil || r.ID() != w.ID {
		t.Fatalf("another review is open:\n%s", w.Screen())
	}
	w.Has("▸", "SEC-03", "the gateway ends them")
}

func TestByThePalette(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Keys(":search")
	w.Press("enter")
	w.Has("Search all reviews")
	w.Keys("GATEWAY TEAM")
	w.Press("enter")
	w.Has("1 event in 1 review", "ask the Gateway team")
	w.Keys("e")
	w.Has("GATEWAY TEAM▏")
	w.Press("ctrl+u")
	w.Keys("nobody ever said this")
	w.Press("enter")
	w.Has("No review says “nobody ever said this”")
}

func TestItNarrowsAndStays(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Send(screen.OpenMsg{Name: screen.Search, Args: screen.Args{Query: "gateway"}})
	w.Keys("/sec-03")
	w.Press("enter")
	w.Has("SEC-03 judged")
	w.Lacks("SEC-02 noted")
	w.Press("esc")
	w.Has("SEC-02 noted")
	w.Keys("G")
	w.Sweep(130, 30)
	w.Has("▸phase5-dashboard")
}

// What is about no item is found in the review's history.
func TestWhatIsAboutNoItem(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Send(screen.OpenMsg{Name: screen.Search, Args: screen.Args{Query: "phase5-dashboard"}})
	w.Has("2 events in 2 reviews")
	w.Press("enter")
	w.Has("History", "opened on phase5-dashboard")
}

func TestTell(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Send(screen.OpenMsg{Name: screen.Search, Args: screen.Args{Query: "gateway"}})
	told := w.Model.Focus().(screen.Told).Tell()
	if len(told.Rows) != 2 || !strings.Contains(told.Rows[0], "ask the Gateway team, phase5-dashboard 1.4, event") {
		t.Fatalf("told %q", told.Rows)
	}
	w.Send(told.Pick(0)())
	w.Has("SEC-02")
}

func TestClickMarks(t *testing.T) {
	w := world(t, drive.Options{W: 80, H: 24})
	w.Send(screen.OpenMsg{Name: screen.Search, Args: screen.Args{Query: "gateway"}})
	w.Frame()
	w.Click(10, 4)
	if l := w.Line(5); !strings.Contains(l, "▸") || !strings.Contains(l, "SEC-03") {
		t.Errorf("line 5 is %q", l)
	}
}
