package app_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
)

func TestThePaletteListsAnItemOnce(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true})
	w.Keys(":sec-03")
	if n := strings.Count(dialog(w), "SEC-03"); n != 1 {
		t.Errorf("SEC-03 stands there %d times\n%s", n, w.Screen())
	}
	if n := strings.Count(dialog(w), " item "); n != 1 {
		t.Errorf("%d rows are items\n%s", n, w.Screen())
	}
}

// dialog is what stands within the box over the screen.
func dialog(w *drive.World) string {
	var out []string
	for _, l := range strings.Split(w.Screen(), "\n") {
		if parts := strings.Split(l, "│"); len(parts) == 3 {
			out = append(out, parts[1])
		}
	}
	return strings.Join(out, "\n")
}

// The sitting that did not end goes on in another terminal: nobody is welcomed back to it.
func TestASecondReaderIsNotWelcomedBack(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{Session: true, Change: func(o *app.Options) {
		if err := o.Store.PutDraft(context.Background(), o.Open, "sitting", "open"); err != nil {
			t.Fatal(err)
		}
		if _, err := o.Store.Lock(context.Background(), o.Open); err != nil {
			t.Fatal(err)
		}
	}})
	if w.Review().ReadOnly() == "" || !w.Review().CutOff {
		t.Fatal("the session is not open elsewhere")
	}
	w.Lacks("Welcome back")
	w.Has("read-only")
}

func TestUndoAndRedoSaySo(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Send(w.Review().Record(sessions.CauseLinked{ID: "C-1", Title: "one cause", Items: []string{"SEC-01"}})())
	w.Keys("z")
	w.Has("✓ undone · Ctrl+R redoes")
	w.Press("ctrl+r")
	w.Has("✓ redone · z undoes")
}

// Why a key did nothing is told until the next key, not beside what that one does.
func TestANoteEndsWithTheNextKey(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Keys("z")
	w.Has("not now: nothing to undo")
	w.Keys("j")
	w.Lacks("not now")
}

func TestOneWordingForWhatWaits(t *testing.T) {
	w, _ := open(t, drive.Options{Run: true})
	w.Has("2 questions · 1 needs consent")
	w.Send(w.Review().Record(sessions.Marked{Items: []string{"SEC-02"}, On: true})())
	w.Advance(time.Second)
	w.Has("2 questions · 1 needs consent · 1 marked")
	w.Send(w.Review().Record(sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass})())
	w.Advance(time.Second)
	w.Has("1 question · 1 needs consent · 1 marked")
	w.Resize(60, 16)
	w.Has(" 4 of 6 judged ", "1 marked")
	w.Lacks("nothing is running") // left out whole, so that nothing is cut
}
