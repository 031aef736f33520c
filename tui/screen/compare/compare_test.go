package compare_test

import (
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/compare"
)

// world holds an older review and a newer one, in which one item got better, one worse and
// one is known now. Compare is open on both.
func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	o.Screens = (&drive.Stub{}).Table(screen.Walk, screen.Report)
	o.Screens[screen.Compare] = compare.New
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	o.Session, o.Run = true, true
	o.Record = []sessions.Payload{
		sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "after 8 hours", Strength: checks.Stated},
	}
	w := drive.NewWorld(t, o)
	time.Sleep(2 * time.Millisecond) // the newer one is newer, also where the clock stands
	newer := again(t, w,
		sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Fail, Reason: "never, says the new setting", Strength: checks.Stated},
		sessions.Judged{Items: []string{"SEC-02"}, Verdict: checks.Pass, Reason: "the origins are named since 1.5", Strength: checks.Stated},
		sessions.Judged{Items: []string{"REL-03"}, Verdict: checks.Pass, Reason: "none of 12", Strength: checks.Stated},
		sessions.Waived{Waiver: sessions.Waiver{Item: "REL-01", Reason: "later", Compensating: "a person looks every hour", ApprovedBy: "L. Brandt", Expires: "2099-01-01"}},
	)
	send(w, screen.OpenMsg{Name: screen.Compare, Args: screen.Args{Sessions: []string{w.ID, newer}}})
	return w
}

// again makes a second review of the same target.
func again(t *testing.T, w *drive.World, data ...sessions.Payload) string {
	t.Helper()
	ctx := t.Context()
	target, err := checks.ParseTarget("target.toml", []byte(strings.Replace(drive.Target, `"1.4"`, `"1.5"`, 1)), ".")
	if err != nil {
		t.Fatal(err)
	}
	profile, err := checks.ParseProfile("small.toml", []byte(drive.Profile), nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Create(ctx, w.Store, sessions.NewSession{Target: target, Profile: profile, Registry: w.Registry, Tool: "test", By: "R. Okafor"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(ctx, "R. Okafor", checks.RunOptions{Version: "test"}, func(checks.Event) {}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(ctx, "R. Okafor", data...); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return s.ID()
}

func send(w *drive.World, msg tea.Msg) {
	w.Send(msg)
	w.Advance(100 * time.Millisecond)
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
				w.Keys("j")
				frame = w.Frame()
			})
			golden.RequireEqual(t, frame)
		})
	}
}

func TestWorstFirstAndGroupsOpen(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("1 regressed", "SEC-03 Sessions end", "✓ → ✘", "1 fixed", "1 waiver added", "regressed −")
	w.Lacks("SEC-02 Cross")
	w.Keys("jj")
	for range 8 {
		if l := w.Line(1); l == "" {
			t.Fatal("no title")
		}
		w.Keys("l")
		w.Keys("j")
	}
	w.Has("SEC-02 Cross-origin reads are refused", "✘ → ✓")
	w.Keys("g")
	w.Keys("h")
	w.Lacks("Sessions end")
}

func TestBothSides(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("j")
	w.Press("enter")
	w.Has("before", "after 8 hours", "now", "never, says the new setting", "1.5")
	w.Press("enter")
	w.Lacks("after 8 hours")
}

func TestTheOneBefore(t *testing.T) {
	w := world(t, drive.Options{})
	send(w, screen.ResumeMsg{ID: again(t, w)})
	w.Keys("C")
	w.Has("→", "1.5", "the newest earlier one")
}

func TestFilter(t *testing.T) {
	w := world(t, drive.Options{})
	w.Keys("/origin")
	w.Has("SEC-02 Cross")
	w.Lacks("Sessions end")
	w.Keys("x")
	w.Has("Nothing matches “originx”. Esc clears.")
}

func TestWhatCanNotBeRead(t *testing.T) {
	w := world(t, drive.Options{})
	w.Press("esc")
	send(w, screen.OpenMsg{Name: screen.Compare, Args: screen.Args{Sessions: []string{w.ID, "nowhere"}}})
	w.Has("! can't read nowhere", "Esc goes back")
}

func TestEverySize(t *testing.T) {
	w := world(t, drive.Options{Theme: "dark"})
	w.Keys("j")
	w.Sweep(120, 20)
	w.Press("enter")
	w.Sweep(90, 20)
	w.Resize(40, 12)
	w.Has("SEC-03")
}

// The table has every item once, in the profile's order, and what became of it.
func TestEveryItemInATable(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Keys("j")
	w.Keys("t")
	w.Has("old new  became", "▸ SEC-03", "never, says the new setting")
	var ids []string
	for n := 4; n < 36; n++ {
		if id := regexp.MustCompile(`(SEC|REL)-\d\d`).FindString(w.Line(n)); id != "" {
			ids = append(ids, id)
		}
	}
	if got := strings.Join(ids, " "); got != "SEC-01 SEC-02 SEC-03 REL-01 REL-02 REL-03" {
		t.Errorf("the table has %s", got)
	}
	for id, became := range map[string]string{"SEC-02": "✘ → ✓     fixed", "SEC-03": "✓ → ✘     regressed", "REL-03": "· → ✓     newly known", "SEC-01": "✓ → ✓     the same"} {
		if !regexp.MustCompile(id + ` .*` + became).MatchString(w.Screen()) {
			t.Errorf("%s is not %s:\n%s", id, became, w.Screen())
		}
	}
	w.Press("enter")
	w.Has("before", "after 8 hours")
	w.Press("esc")
	w.Sweep(120, 12)
	w.Keys("t")
	w.Has("1 regressed", "▸     SEC-03")
}

// What C compares with is said; a review of another profile is never it.
func TestWhichOneItIsComparedWith(t *testing.T) {
	w := world(t, drive.Options{})
	w.Has("compared with the newest earlier one")
	send(w, screen.OpenMsg{Name: screen.Home})
	other := saved(w, "elsewhere", "production", -time.Hour)
	w.Store.Put(other)
	w.Keys("W")
	w.Keys("C")
	w.Has("there is no earlier review of phase5-dashboard against Small to compare")
	base := again(t, w)
	s, err := sessions.Open(t.Context(), w.Store, w.Registry, base)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Record(t.Context(), "L. Brandt", sessions.BaselineSet{On: true}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sessions.Refresh(t.Context(), w.Store, w.Registry, base); err != nil {
		t.Fatal(err)
	}
	w.Press("esc")
	w.Keys("C")
	w.Has("compared with the baseline")
}

func saved(w *drive.World, id, profile string, ago time.Duration) sessions.Summary {
	return sessions.Summary{ID: id, Target: "phase5-dashboard", Profile: profile, Created: w.Review().State.CreatedAt.Add(ago), Touched: w.Review().State.CreatedAt}
}
