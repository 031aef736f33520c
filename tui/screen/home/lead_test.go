package home_test

import (
	"strings"
	"testing"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// What is overdue stands over the list: of the newest review of a target and profile only,
// as that one took the conditions over.
func TestOverdueStandsFirst(t *testing.T) {
	list := saved()
	due := func(text string, days int) sessions.Deadline {
		return sessions.Deadline{ID: "CO-1", Text: text, Owner: "platform", Due: drive.Start.AddDate(0, 0, days)}
	}
	list[1].Deadlines = []sessions.Deadline{due("Show a restore", -2), due("Rotate the key", 3)}
	list[4].Deadlines = []sessions.Deadline{due("Superseded", -9)}
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: list})
	if l := w.Line(3); !strings.Contains(l, "! ") || !strings.Contains(l, "Overdue  013a-analytics 0.9: Show a restore (platform, since 15 Jan 2025)") {
		t.Errorf("line 3 is %q", l)
	}
	w.Lacks("Superseded", "Rotate the key")
	w.Keys("j")
	w.Has("Overdue            Show a restore (platform, since 15 Jan 2025)")
	w.Sweep(90, 20)
	for n := range list {
		list[n].Deadlines = []sessions.Deadline{due("Late", -2)}
	}
	w = drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: list, Theme: "dark"})
	w.Has("+2")
	w.Sweep(90, 16)
}

// C compares the marked review with the one before it, of the same target and profile; a
// pinned baseline goes first.
func TestWhatTheMarkedOneIsComparedWith(t *testing.T) {
	list := saved()
	other := list[4]
	other.ID, other.Profile, other.Created = "later", "production", drive.Start.Add(-time.Hour)
	base := list[4]
	base.ID, base.Created, base.Version = "base", drive.Start.Add(-200*24*time.Hour), "1.0"
	list = append(list, other, base)
	compare := &drive.Stub{}
	run := func(want string, texts ...string) {
		t.Helper()
		w := drive.NewWorld(t, drive.Options{W: 120, H: 40, Saved: list, Screens: compare.Table(screen.Compare)})
		w.Has(texts...)
		w.Keys("C")
		if got := strings.Join(compare.Args.Sessions, " "); got != want {
			t.Errorf("compares %q, want %q", got, want)
		}
	}
	run("s4 s0", "Compared           with the newest earlier one, 9 Oct 2024: NO-GO → NO-GO, 22.0 → 35.2 %")
	list[len(list)-1].Baseline = drive.Start
	run("base s0", "Compared           with the baseline,", "✘b phase5-dashboard")
}

func TestPinABaseline(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Session: true, Run: true})
	first, second := w.ID, w.Again()
	w.Keys("Hgb")
	w.Has("▸")
	w.Has("are compared with this one now", "b phase5-dashboard")
	pins := func() string {
		var list []sessions.Summary
		for _, id := range []string{first, second} {
			sum, err := sessions.Refresh(t.Context(), w.Store, w.Registry, id)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, sum)
		}
		base, _ := sessions.Baseline(list, "phase5-dashboard", "small")
		n := 0
		for _, s := range list {
			if !s.Baseline.IsZero() {
				n++
			}
		}
		if n > 1 {
			t.Errorf("%d baselines", n)
		}
		return base.ID
	}
	one := pins()
	if one != first && one != second {
		t.Fatalf("pinned %q", one)
	}
	if l := w.Line(4); !strings.Contains(l, "▸") {
		t.Errorf("the rows moved under the eye: %s", l)
	}
	w.Keys("Gb") // the other one takes its place
	if got := pins(); got == one || got == "" {
		t.Errorf("pinned %q after %q", got, one)
	}
	w.Keys("b")
	w.Has("any more")
	if got := pins(); got != "" {
		t.Errorf("still pinned: %q", got)
	}
	w.Lacks("b phase5-dashboard")
}

// r begins a re-test: New review with the target's file, its profile and this review to
// begin from.
func TestRetestFromTheList(t *testing.T) {
	setup := &drive.Stub{}
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Session: true, Run: true, Screens: setup.Table(screen.Setup)})
	w.Keys("Hr")
	if a := setup.Args; len(a.Sessions) != 1 || a.Sessions[0] != w.ID || a.Profile != "small" || !strings.HasSuffix(a.File, "target.toml") {
		t.Errorf("New review is opened on %+v", a)
	}
}

func TestOrderComesBack(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Saved: saved()})
	w.Keys("ooo")
	w.Has("sorted by score, lowest first")
	w.Has("▸✘  phase5-dashboard  phase5      NO-GO           35.2 %")
	if l := w.Line(4); !strings.Contains(l, "22.0 %") {
		t.Errorf("first row: %s", l)
	}
	w.Keys("o")
	w.Has("sorted by what waits for you")
	if l := w.Line(4); !strings.Contains(l, "35.2 %") {
		t.Errorf("first row: %s", l)
	}
}
