package setup_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// files writes a house with the small profile and a target file, and goes there.
func files(t *testing.T) (configDir string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	house := filepath.Join(dir, "config")
	if err := os.MkdirAll(filepath.Join(house, "profiles"), 0o700); err != nil {
		t.Fatal(err)
	}
	target := drive.Target + "env_files = [\".env\"]\n[services.db]\nkind = \"tcp\"\nurl = \"tcp://127.0.0.1:5432\"\n"
	for name, text := range map[string]string{
		filepath.Join(house, "profiles", "small.toml"): drive.Profile, "target.toml": target, ".env": "A=1\n",
		"broken.toml": "name = \"x\"\nverson = \"1\"\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return house
}

func setup(t *testing.T, o drive.Options) (*drive.World, *drive.Stub) {
	t.Helper()
	house := files(t)
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.NewFile = "target.toml"
	o.Change = func(a *app.Options) {
		a.ConfigDir, a.NewProfile = house, "small"
		if o.NoName {
			c, _, err := config.Load(house)
			if err != nil {
				t.Fatal(err)
			}
			a.Config = c
		}
	}
	return drive.NewWorld(t, o), walk
}

func TestFrames(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"dark", "dark", 80, 24}, {"narrow mono", "mono", 60, 16}} {
		t.Run(c.name, func(t *testing.T) {
			w, _ := setup(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, Saved: []sessions.Summary{
				{ID: "a", Target: "phase5-dashboard", Profile: "small", Decision: sessions.NoGo, Score: 35.2, Created: drive.Start.Add(-time.Hour)},
			}})
			frame := steady(w.Frame())
			t.Chdir(here) // the files' folder is a temporary one
			golden.RequireEqual(t, frame)
		})
	}
}

// steady takes out the built-in profiles, whose counts and words are their own.
func steady(frame string) string {
	var out []string
	for _, l := range strings.Split(frame, "\n") {
		if !strings.Contains(l, "production ") && !strings.Contains(l, "full-stack") && !strings.Contains(l, "phase5 ") {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

func TestBeginRunsWhatIsSafe(t *testing.T) {
	w, walk := setup(t, drive.Options{W: 80, H: 24})
	w.Has("✓ read, no errors", "1 service", "env file found", "only 127.0.0.1:1 and 1 service will be spoken to")
	w.Press("tab", "tab")
	w.Keys(" ")
	w.Press("ctrl+s")
	r := w.Review()
	if r == nil {
		t.Fatalf("no review is open:\n%s", w.Screen())
	}
	if r.State.Opened.Profile != "small" || r.State.By != "R. Okafor" {
		t.Errorf("opened %+v by %s", r.State.Opened, r.State.By)
	}
	if it := r.Item("SEC-02"); it.Machine == nil || it.Machine.Verdict != checks.Fail {
		t.Errorf("SEC-02 was not run: %+v", it.Machine)
	}
	if m := r.Item("REL-02").Machine; m != nil && m.Verdict != checks.Pending || r.State.RequestsSent != 0 {
		t.Errorf("something intrusive ran: %+v", m)
	}
	if got := walk.Args.Classes; len(got) != 1 || got[0] != checks.Intrusive {
		t.Errorf("Walk is to ask for %v", got)
	}
}

func TestErrorsStandUnderTheirField(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	w.Press("ctrl+u")
	w.Keys("broken.toml")
	w.Lacks("read, no errors")
	w.Advance(250 * time.Millisecond)
	w.Has("✘ has errors", "broken.toml:2", "version")
	w.Press("ctrl+s")
	w.Has("not now: the target file has errors")
	if w.Review() != nil {
		t.Error("a review was begun without a target")
	}
}

// An answer for a path that was typed over is dropped.
func TestALateAnswerIsDropped(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	w.Keys("x")
	w.Press("backspace")
	w.Lacks("read, no errors")
	w.Advance(time.Second)
	w.Has("read, no errors")
}

func TestWhatWasTypedComesBack(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	w.Press("ctrl+u")
	w.Keys("broken.toml")
	w.Has("• draft kept")
	w.Press("esc")
	w.Has("gonogo")
	w.Keys("c")
	w.Has("broken.toml")
}

func TestFirstStartAsksTheName(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24, NoName: true})
	w.Has("your name, printed in the report")
	w.Press("ctrl+s")
	w.Has("not now: say who assesses")
	w.Keys("A. Näme")
	w.Press("ctrl+s")
	r := w.Review()
	if r == nil || r.State.By != "A. Näme" {
		t.Fatalf("no review by that name:\n%s", w.Screen())
	}
	src, err := os.ReadFile(filepath.Join("config", "config.toml"))
	if err != nil || !strings.Contains(string(src), "name = \"A. Näme\"") {
		t.Errorf("config.toml: %s, %v", src, err)
	}
}

// The level is told with where it comes from, not as a choice.
func TestTheLevelIsAFact(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	bare := strings.Replace(drive.Target, "level = \"A\"", "", 1)
	for _, c := range []struct{ line, words string }{
		{"", "A, as the target says neither level nor slo"},
		{"slo = 99.5\n", "B, as slo = 99.5 in the target says"},
		{"level = \"C\"\n", "C, as level in the target says"},
	} {
		if err := os.WriteFile("level.toml", []byte(c.line+bare), 0o600); err != nil {
			t.Fatal(err)
		}
		w.Press("ctrl+u")
		w.Keys("level.toml")
		w.Advance(time.Second)
		w.Has(c.words)
		w.Lacks("[A", "[B", "[C")
	}
}

// What may be sent is not asked where nothing would be.
func TestNothingToSendIsNotAsked(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	w.Has("May send")
	local := strings.SplitAfter(drive.Profile, "[[category]]")[0] + `
id = "docs"
title = "Documentation"
weight = 100
[[category.item]]
id = "DOC-01"
title = "There is a runbook"
severity = "low"
question = "Is there a runbook?"
`
	if err := os.WriteFile(filepath.Join("config", "profiles", "small.toml"), []byte(local), 0o600); err != nil {
		t.Fatal(err)
	}
	w.Press("esc")
	w.Keys("c")
	w.Has("small", "1 item")
	w.Lacks("May send", "intrusive")
	w.Press("tab", "tab")
	w.Keys("x")
	w.Has("▸Assessor    R. Okaforx")
}

// Half a name must not begin a review that was to begin by itself.
func TestTypingKeepsAReviewFromBeginning(t *testing.T) {
	for _, typed := range []string{"", "Al"} {
		house := files(t)
		walk := &drive.Stub{}
		w := drive.NewWorld(t, drive.Options{W: 80, H: 24, NoName: typed != "", Screens: walk.Table(screen.Walk), Change: func(a *app.Options) { a.ConfigDir = house }})
		_, reading := w.Model.Update(screen.OpenMsg{Name: screen.Setup, Args: screen.Args{File: "target.toml", Profile: "small", Begin: true}})
		w.Keys(typed)
		w.Send(reading())
		if begun := w.Review() != nil; begun != (typed == "") {
			t.Errorf("after %q: begun %v\n%s", typed, begun, w.Screen())
		}
		if typed != "" {
			w.Has("✓ read, no errors", "▸Assessor    Al")
		}
	}
}

// What is wrong with a profile of one's own is read on a narrow screen too.
func TestABrokenProfileSaysWhat(t *testing.T) {
	house := files(t)
	broken := filepath.Join(house, "profiles", "wrong.toml")
	if err := os.WriteFile(broken, []byte("id = \"wrong\"\nversion = 1\ntitle = \"x\"\nextends = \"production\"\ntitel = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	walk := &drive.Stub{}
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, NewFile: "target.toml", Screens: walk.Table(screen.Walk), Change: func(a *app.Options) { a.ConfigDir = house }})
	w.Has(`! wrong.toml:5: unknown key "titel"`)
}

func TestEverySize(t *testing.T) {
	w, _ := setup(t, drive.Options{Theme: "dark"})
	for range 6 {
		w.Sweep(100, 24)
		w.Press("tab")
	}
	// The field with the cursor is in sight in the smallest window.
	w.Resize(40, 12)
	for range 6 {
		if !strings.Contains(w.Screen(), "▸") {
			t.Fatalf("the cursor is out of sight:\n%s", w.Screen())
		}
		w.Press("tab")
	}
}

// A review that was held to a profile of a file nobody names any more is tested again
// against its own copy.
func TestRetestAgainstTheReviewsOwnProfile(t *testing.T) {
	house := files(t)
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true,
		Profile: strings.Replace(drive.Profile, `id = "small"`, `id = "ten"`, 1),
		Change:  func(a *app.Options) { a.ConfigDir = house }})
	w.Send(screen.OpenMsg{Name: screen.Setup, Args: screen.Args{File: "target.toml", Profile: "ten", Sessions: []string{w.ID}}})
	w.Lacks("no profile")
	w.Press("ctrl+s")
	r := w.Review()
	if r == nil || r.ID() == w.ID {
		t.Fatalf("nothing began:\n%s", w.Screen())
	}
	if o := r.State.Opened; o.Profile != "ten" || o.From != w.ID {
		t.Errorf("it is held to %q, from %q", o.Profile, o.From)
	}
}
