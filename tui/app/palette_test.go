package app_test

import (
	"os"
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

// The palette opens a report file by its path, those of this folder by a part of it, and a
// review by its id, each with the word open before it or without.
func TestThePaletteOpensFilesAndReviews(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("atlas-2026.gonogo", []byte("no archive"), 0o600); err != nil {
		t.Fatal(err)
	}
	w, _ := open(t, drive.Options{})
	for _, typed := range []string{"atlas-2", "open atlas-2", "atlas-2026.gonogo", "open atlas-2026.gonogo"} {
		w.Keys(":" + typed)
		if _, l := row(t, w, "│▸"); !strings.Contains(l, "atlas-2026.gonogo") || !strings.Contains(l, "file") {
			t.Errorf("%s marks %s", typed, l)
		}
		if n := strings.Count(dialog(w), " file "); n != 1 {
			t.Errorf("%s: %d rows are files\n%s", typed, n, w.Screen())
		}
		w.Press("enter")
		w.Has("Verify   atlas-2026.gonogo")
		w.Press("esc")
	}
	w.Keys(":open /nowhere/none.gonogo")
	w.Press("enter")
	w.Has("! can't open /nowhere/none.gonogo: there is no such file")
	w.Press("esc")
	again := w.Again()
	w.Keys(":open " + again)
	w.Press("enter")
	if got := w.Review().Session.ID(); got != again {
		t.Errorf("the palette opened %s, want %s", got, again)
	}
}

// What is called as was typed stands before what only tells of it.
func TestThePaletteRanksNamesFirst(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 120, H: 40, Session: true, Run: true})
	w.Keys(":re")
	name, _ := row(t, w, "re-run  ")
	item, _ := row(t, w, "REL-01")
	hint, _ := row(t, w, "the review’s items")
	if name > item || item > hint {
		t.Errorf("rows %d, %d, %d\n%s", name, item, hint, w.Screen())
	}
}
