package decision_test

import (
	"regexp"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/decision"
)

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk, screen.Conditions)
	o.Screens[screen.Decision] = decision.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	w := drive.NewWorld(t, o)
	w.Keys("D")
	return w
}

var clock = regexp.MustCompile(`\d\d:\d\d`)

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
			w.Keys(" ")
			golden.RequireEqual(t, clock.ReplaceAllString(w.Frame(), "14:51"))
		})
	}
}

// Ticking a step of the path shows what would be; ticking it again takes that back.
func TestWhatIf(t *testing.T) {
	w := world(t, drive.Options{})
	w.Lacks("What if")
	w.Keys(" ")
	w.Has("What if the", "ticked passed", "[✓]")
	w.Keys(" ")
	w.Lacks("What if")
}

// Stricter takes a reason, milder a lead's name too; the declaration is journalled, and z
// takes it back.
func TestDeclare(t *testing.T) {
	w := world(t, drive.Options{})
	computed := w.Review().Assessment.Computed
	if computed != sessions.NoGo {
		t.Fatalf("the fixture computes %s", computed)
	}
	w.Keys("d")
	w.Has("Declare the decision", "[as computed]")
	w.Press("right")
	w.Has("[GO]")
	w.Press("ctrl+s")
	w.Has("needs its reason")
	w.Keys("launch is on Monday")
	w.Press("ctrl+s")
	w.Has("milder than NO-GO takes a lead’s name")
	w.Keys("L. Brandt")
	w.Press("ctrl+s")
	w.Lacks("Declare the decision")
	w.Has("on the word of L. Brandt")
	d := w.Review().State.Declared
	if d == nil || d.Decision != sessions.Go || d.Reason != "launch is on Monday" || d.Lead != "L. Brandt" {
		t.Errorf("recorded %+v", d)
	}
	if got := w.Review().Assessment.Computed; got != computed {
		t.Errorf("declaring changed what is computed to %s", got)
	}
	w.Keys("z")
	w.Has("nothing yet")
}

// What was typed before Esc is there when the dialog opens again.
func TestDeclareKeepsItsDraft(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("d")
	w.Press("tab")
	w.Keys("half a reason")
	w.Press("esc")
	w.Lacks("Declare the decision")
	w.Keys("d")
	w.Has("half a reason")
}

func TestEverySize(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys(" ")
	w.Sweep(130, 45)
}

// A declaration that was being typed when the sitting was cut off is opened again.
func TestADraftIsGoneOnWith(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("d")
	w.Press("tab")
	w.Keys("because")
	w.Press("esc")
	w.Send(screen.OpenMsg{Name: screen.Decision, Args: screen.Args{Draft: "declare"}})
	w.Has("Declare the decision", "because")
}
