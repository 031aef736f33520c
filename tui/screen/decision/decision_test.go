package decision_test

import (
	"regexp"
	"strings"
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
	w.Has("What if the", "ticked item passed", "[✓]")
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
	w.Resize(74, 24) // the lead's name rather than the time
	w.Has("on the word of L. Brandt", "coverage ")
	w.Resize(80, 24)
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

// Where a gate's reason has no room, what the gate's name says too goes whole.
func TestANarrowGateSaysItsNumber(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("% wanted")
	w.Resize(58, 40)
	w.Lacks("wanted", "at le")
	w.Has("overall under", "37.5 %")
}

// In a low window gates give way to the path, and words go before numbers.
func TestLowWindow(t *testing.T) {
	w := world(t, drive.Options{})
	w.Resize(58, 16)
	w.Has("4 more match, 6 do not; t lists them", "Path to GO ", "▸[ ] A flood of requests", "5 gates match  ", " 37.5 % (31.6–62.5 %)")
	w.Lacks("the first decides")
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

// Every gate is shown with what it matches by: categories by their titles, items with
// their verdict and reason; Enter goes there.
func TestGatesWithTheirItems(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("a category under 50 %", "NO-GO        1  Reliability")
	w.Lacks("1   reliability")
	w.Keys("t")
	w.Has("▸✘ coverage under 90 %", "an open condition", "REL-02 A flood of requests", "✘ SEC-02 Cross-origin reads are refused")
	w.Keys("jjjjjjjj")
	w.Sweep(100, 20)
	w.Keys("t")
	w.Has("Path to GO")
}

func TestAGateLeadsToItsItem(t *testing.T) {
	walk := &drive.Stub{}
	o := drive.Options{W: 80, H: 24, Session: true, Run: true, Screens: walk.Table(screen.Walk)}
	o.Screens[screen.Decision] = decision.New
	w := drive.NewWorld(t, o)
	w.Keys("Dt")
	for n := range 30 {
		if n == 29 {
			t.Fatalf("SEC-02 is not reached:\n%s", w.Screen())
		}
		if strings.Contains(w.Screen(), "▸   ✘ SEC-02") {
			break
		}
		w.Keys("j")
	}
	w.Press("enter")
	if walk.Args.Item != "SEC-02" {
		t.Errorf("Walk is opened on %+v", walk.Args)
	}
}

// The assessor submits, a lead accepts or returns with a comment; all of it is journalled.
func TestSignOff(t *testing.T) {
	w := world(t, drive.Options{})
	state := func() string { return w.Review().State.SignOff.State }
	w.Has("a draft: c submits it to a lead")
	w.Keys("c")
	w.Has("Submit the review?", "still wait")
	w.Press("enter")
	if state() != sessions.Draft {
		t.Fatalf("Enter made it %s", state())
	}
	w.Keys("y")
	w.Has("sign-off       submitted by R. Okafor", "submitted: c for a lead to accept or return it")
	w.Keys("c")
	w.Has("Accept or return")
	w.Press("right", "tab", "ctrl+s")
	w.Has("say what has to be done first")
	w.Keys("SEC-02 first")
	w.Press("ctrl+s")
	w.Has("returned by R. Okafor", "SEC-02 first", "returned: c submits it again")
	w.Keys("cycs")
	w.Press("esc")
	w.Keys("c")
	w.Press("ctrl+s")
	if state() != sessions.Accepted {
		t.Errorf("it is %s:\n%s", state(), w.Screen())
	}
	w.Has("accepted: c returns it with a comment")
	w.Keys("c")
	w.Has("Return the review")
	w.Sweep(90, 20)
}

// What the decision stands on is said: conditions that are broken or overdue, waivers.
func TestWhatItStandsOn(t *testing.T) {
	w := world(t, drive.Options{H: 30, W: 100, Record: []sessions.Payload{
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-1", Text: "Show a restore", Owner: "data", Due: "2020-01-31", VerifiedBy: []string{"REL-03"}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-2", Text: "Name the origins"}},
		sessions.Waived{Waiver: sessions.Waiver{Item: "SEC-02", Reason: "later", Compensating: "watched", ApprovedBy: "L. Brandt", Expires: "2099-01-01"}},
	}})
	w.Has("1 overdue · 2 conditions, 1 broken · 1 waiver, adjusted")
}

// While items run the decision is the one so far, and how many are to come is said.
func TestItIsTheDecisionSoFar(t *testing.T) {
	w := world(t, drive.Options{})
	r := w.Review()
	r.Running = &screen.Running{Items: []string{"SEC-01", "SEC-02", "REL-01"}, Done: 1, Started: w.Now()}
	w.Resize(81, 24) // paints anew
	w.Has("gates match so far, 2 items still run", "running, 1 done")
	w.Lacks("submits it to a lead")
	r.Running.Items = nil // all that can run
	w.Resize(80, 24)
	w.Has("gates match so far, a run is going on")
	r.Running = nil
	w.Resize(81, 24)
	w.Has("gates match, the first decides")
}

// A gate that does not match says so: its name alone reads as if it did.
func TestAGateThatDoesNotMatchSaysSo(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	for _, l := range strings.Split(w.Screen(), "\n") {
		if strings.HasPrefix(l, " ✓ ") && !strings.Contains(l, "no match") {
			t.Errorf("%q", l)
		}
	}
	w.Has("✓ a waived blocker")
}

// While nothing is judged no gate decides, and no path is said to be missing.
func TestBeforeAnythingIsJudged(t *testing.T) {
	screens := (&drive.Stub{}).Table(screen.Walk)
	screens[screen.Decision] = decision.New
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Session: true, Screens: screens})
	w.Keys("D")
	w.Has("undecided", "gates match", "Nothing is judged yet")
	w.Lacks("the first decides", "No set of items")
}
