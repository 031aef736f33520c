package app_test

import (
	"regexp"
	"strings"
	"testing"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// row finds the palette's line with a text.
func row(t *testing.T, w *drive.World, text string) (at int, line string) {
	t.Helper()
	for i, l := range strings.Split(w.Screen(), "\n") {
		if strings.Contains(l, text) {
			return i, l
		}
	}
	t.Fatalf("%q is not in\n%s", text, w.Screen())
	return 0, ""
}

func TestEveryPaletteActionSaysWhatItDoes(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 120, H: 40, Session: true, Run: true})
	w.Keys(":")
	blank := regexp.MustCompile(`│[ ▸]+\S+( \S+)? {3,}\S* +action`)
	for range 40 {
		if l := blank.FindString(w.Screen()); l != "" {
			t.Fatalf("no description: %s", l)
		}
		w.Press("down")
	}
}

func TestThePaletteReachesEverything(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 120, H: 40, Session: true, Run: true, Change: func(o *app.Options) {
		o.Topics = []screen.Topic{{Name: "signing", Title: "Signing a report", Text: "# Signing a report"}}
	}})
	again := w.Again()
	for _, c := range []struct{ typed, kind, opens string }{
		{"sec-02", "item", "Cross-origin reads are refused"},
		{"signing", "help", "Signing a report"},
		{"settings", "action", "Assessor"},
		{"messages", "action", "Messages"},
		{again, "review", "phase5-dashboard"},
	} {
		w.Keys(":" + c.typed)
		if _, l := row(t, w, "│▸"); !strings.Contains(l, c.kind) {
			t.Errorf("%s marks %s", c.typed, l)
		}
		w.Press("enter")
		w.Has(c.opens)
	}
	if got := w.Review().Session.ID(); got != again {
		t.Errorf("the palette opened %s, want %s", got, again)
	}
}

func TestTheLastCommandsComeFirst(t *testing.T) {
	w, _ := open(t, drive.Options{})
	for _, typed := range []string{"go.decision", "app.messages", "go.walk"} {
		w.Keys(":" + typed)
		w.Press("enter")
	}
	w.Keys(":")
	walk, _ := row(t, w, "the review’s items")
	messages, _ := row(t, w, "all messages of this sitting")
	decision, _ := row(t, w, "gates, path to GO")
	if walk+1 != messages || messages+1 != decision {
		t.Errorf("rows %d, %d, %d:\n%s", walk, messages, decision, w.Screen())
	}
	if _, first := row(t, w, "│▸"); !strings.Contains(first, "walk") {
		t.Errorf("first stands %s", first)
	}
}

// Everything a screen offers does something: an action that is listed as possible is
// answered, so that footer, help and palette promise nothing.
func TestNothingIsOfferedInVain(t *testing.T) {
	for _, id := range []action.ID{action.GoHome, action.GoWalk, action.GoFindings, action.GoDecision, action.GoReport, action.Settings, action.Messages} {
		w := drive.NewWorld(t, drive.Options{W: 120, H: 40, Session: true, Run: true})
		w.Send(screen.DoMsg{ID: id})
		for _, s := range w.Model.Offers() {
			if !s.Enabled() {
				continue
			}
			for _, do := range append([]action.ID{s.ID}, s.With...) {
				if !w.Model.Answers(do) {
					t.Errorf("%s offers %s, and nothing answers it", id, do)
				}
			}
		}
	}
}

func TestAFileIsOpenedByItsPath(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Keys(":app.open")
	w.Press("enter")
	w.Has("Open a signed report")
	w.Keys("/nowhere/none.gonogo")
	w.Press("enter")
	w.Has("! can't open /nowhere/none.gonogo: there is no such file")
}
