package conditions_test

import (
	"errors"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/conditions"
	"assess/gonogo/tui/screen/decision"
)

func recorded() []sessions.Payload {
	rec := func(c sessions.Condition) sessions.Payload { return sessions.ConditionRecorded{Condition: c} }
	return []sessions.Payload{
		rec(sessions.Condition{ID: "CO-1", Text: "Name the allowed origins", Owner: "platform", Due: "24h after", VerifiedBy: []string{"SEC-02"}}),
		rec(sessions.Condition{ID: "CO-2", Text: "Certificates on every public endpoint", Owner: "platform", Due: "before deploy", VerifiedBy: []string{"SEC-01"}}),
		rec(sessions.Condition{ID: "CO-3", Text: "Isolate the test database", Due: "before deploy", VerifiedBy: []string{"REL-03", "REL-02"}}),
		sessions.Waived{Waiver: sessions.Waiver{Item: "SEC-02", Reason: "the vault arrives with the new cluster on 12 Oct",
			Compensating: "env files readable by root only; every read is logged", ApprovedBy: "L. Brandt", Expires: "2099-10-14"}},
	}
}

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.Screens[screen.Conditions], o.Screens[screen.Decision] = conditions.New, decision.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	w := drive.NewWorld(t, o)
	w.Keys("D")
	w.Press("tab")
	w.Advance(100 * time.Millisecond)
	return w
}

// frame is what is shown after some keys, where the clock stands.
func frame(t *testing.T, o drive.Options, keys string) (frame string) {
	synctest.Test(t, func(t *testing.T) {
		w := world(t, o)
		w.Keys(keys)
		frame = w.Frame()
	})
	return frame
}

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 60, 16}} {
		t.Run(c.name, func(t *testing.T) {
			golden.RequireEqual(t, frame(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, Record: recorded()}, "jj"))
		})
	}
}

func TestTheDialog(t *testing.T) {
	golden.RequireEqual(t, frame(t, drive.Options{Theme: "dark", Record: recorded()}, "v"))
}

func TestANewCondition(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("No conditions, no waivers. c writes a condition, v waives an item.")
	w.Keys("cShow a restore")
	w.Press("esc")
	w.Keys("c")
	w.Has("Show a restore")
	w.Press("tab")
	w.Keys("data")
	w.Press("tab")
	w.Keys("before deploy")
	w.Press("tab", "tab")
	w.Keys("NIX-1")
	w.Press("enter")
	w.Has("! the review has no item NIX-1")
	w.Press("ctrl+u")
	w.Keys("01")
	w.Press("enter")
	w.Has("! which 01: SEC-01 or REL-01?")
	w.Press("ctrl+u")
	w.Keys("sec-01")
	w.Press("enter")
	w.Has("✓  Show a restore", "data", "✓ SEC-01", "met: its proof passes")
	c := w.Review().State.Conditions
	if len(c) != 1 || c[0].ID != "CO-1" || c[0].Owner != "data" || !c[0].Complete() {
		t.Fatalf("recorded %+v", c)
	}
	if n := len(w.Review().Drafts()); n != 0 {
		t.Errorf("drafts left: %v", w.Review().Drafts())
	}
	w.Keys("e")
	w.Keys(" tonight")
	w.Press("ctrl+s")
	w.Has("Show a restore tonight")
	w.Keys("z")
	w.Lacks("tonight")
	w.Press("ctrl+r")
	w.Has("tonight")
	w.Press("delete")
	w.Keys("y")
	w.Has("No conditions")
}

func TestWaive(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("vSEC-02")
	w.Press("tab")
	w.Keys("the vault arrives later")
	w.Press("ctrl+s")
	w.Has("! Control is needed")
	w.Keys("root only")
	w.Press("tab")
	w.Keys("L. Brandt")
	w.Press("tab")
	w.Keys("soon")
	w.Press("enter")
	w.Has("! write the day as YYYY-MM-DD")
	w.Press("ctrl+u")
	w.Keys("2020-01-01")
	w.Press("enter")
	w.Has("! 2020-01-01 is over already")
	w.Press("ctrl+u")
	w.Keys("2099-01-31")
	w.Press("enter")
	w.Has("✘w SEC-02", "31 Jan 2099", "reason", "the vault arrives later", "control", "root only", "L. Brandt", "adjusted")
	if x := w.Review().State.Waivers["SEC-02"]; x.Expires != "2099-01-31" || x.Compensating != "root only" {
		t.Errorf("recorded %+v", x)
	}
	w.Press("delete")
	w.Has("Take the waiver of SEC-02 back?")
	w.Keys("y")
	w.Lacks("SEC-02")
	w.Keys("z")
	w.Has("✘w SEC-02")
}

// A full disk loses nothing: the dialog stays open with what was typed.
func TestWhatCanNotBeSavedStays(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("cShow a restore")
	w.Advance(time.Second)
	w.Store.Fail = errors.New("disk full")
	w.Press("ctrl+s")
	w.Has("Show a restore", "! not saved: disk full", "This review can't be saved where it is")
	w.Advance(time.Second) // the offer of another folder opened by itself
	w.Press("esc")
	w.Press("esc")
	w.Keys("c")
	w.Has("not now: not saved: disk full")
}

func TestEverySize(t *testing.T) {
	w := world(t, drive.Options{Theme: "dark", Record: recorded()})
	w.Sweep(120, 16)
	w.Keys("jjj")
	w.Sweep(90, 16)
	w.Resize(40, 12)
	w.Has("▸✘w SEC-02")
	w.Keys("c")
	for range 5 {
		w.Sweep(90, 14)
		w.Resize(40, 12)
		w.Has("▸")
		w.Press("tab")
	}
}

// What was typed when the sitting was cut off is opened again.
func TestADraftIsGoneOnWith(t *testing.T) {
	w := world(t, drive.Options{Record: recorded()})
	w.Keys("cShow a res")
	w.Press("esc")
	w.Send(screen.OpenMsg{Name: screen.Conditions, Args: screen.Args{Item: "new", Draft: "condition:new"}})
	w.Has("New condition", "Show a res")
	w.Press("esc")
	w.Keys("e soon")
	w.Press("esc")
	w.Send(screen.OpenMsg{Name: screen.Conditions, Args: screen.Args{Item: "CO-1", Draft: "condition:CO-1"}})
	w.Has("Name the allowed origins soon")
	w.Press("esc")
	w.Keys("vSEC-03")
	w.Press("esc")
	w.Send(screen.OpenMsg{Name: screen.Conditions, Args: screen.Args{Item: "new", Draft: "waiver:new"}})
	w.Has("Waive an item", "SEC-03")
}

// What is overdue stands first and says since when; what lapsed says so.
func TestOverdueAndLapsed(t *testing.T) {
	data := append(recorded(),
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-4", Text: "Show a restore", Owner: "data", Due: "2020-01-31", VerifiedBy: []string{"REL-03"}}},
		sessions.ConditionRecorded{Condition: sessions.Condition{ID: "CO-5", Text: "Met long ago", Owner: "data", Due: "2020-01-31", VerifiedBy: []string{"SEC-01"}}},
		sessions.Waived{Waiver: sessions.Waiver{Item: "REL-01", Reason: "soon", Compensating: "watched", ApprovedBy: "L. Brandt", Expires: "2024-12-31"}})
	w := world(t, drive.Options{Record: data})
	if l := w.Line(4); !regexp.MustCompile(`^▸✘  Show a restore .* data +overdue +· REL-03`).MatchString(l) {
		t.Errorf("first is %q", l)
	}
	w.Has("1 overdue · NO-GO")
	w.Keys("g")
	w.Has("overdue since 1 Feb 2020")
	w.Keys("jjjjj")
	w.Has("▸!w REL-01", "expired", "expired: the gates count")
	w.Sweep(90, 14)
}
