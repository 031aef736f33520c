package report_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/sessions"
	document "assess/gonogo/sessions/report"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/report"
)

func world(t *testing.T, o drive.Options) *drive.World {
	t.Helper()
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.Screens[screen.Report] = report.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	w := drive.NewWorld(t, o)
	w.Keys("R")
	return w
}

var clock = regexp.MustCompile(`saved \d\d:\d\d`)

func TestFrames(t *testing.T) {
	for _, c := range []struct {
		name, theme string
		w, h        int
	}{{"wide mono", "mono", 120, 40}, {"wide dark", "dark", 120, 40}, {"mono", "mono", 80, 24}, {"narrow", "mono", 50, 20}} {
		t.Run(c.name, func(t *testing.T) {
			w := world(t, drive.Options{W: c.w, H: c.h, Theme: c.theme})
			w.Keys("jj")
			golden.RequireEqual(t, clock.ReplaceAllString(w.Frame(), "saved 14:51"))
		})
	}
}

// The sections are those of the report, and each shows its text; t shows the JSON document.
func TestSectionsAndFormats(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Has("Header", "Executive summary", "How the scores were")
	w.Keys("G")
	w.Has("A category of which less than")
	w.Keys("t")
	w.Has(`"schema": "gonogo.session.v1"`, "JSON")
}

// A text of one's own replaces the draft; emptied it brings the draft back. Half of it is
// kept when one leaves.
func TestEditTheSummary(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	for !strings.Contains(w.Line(2)+w.Line(3)+w.Line(4), "▸Executive summary") {
		w.Keys("j")
	}
	before := w.Review()
	draft := document.Drafts(before.State, *before.Assessment)["summary"]
	w.Keys("e")
	w.Has(strings.Join(strings.Fields(draft)[:5], " "))
	w.Press("ctrl+u")
	w.Keys("All is well but the pool. ")
	w.Press("esc")
	w.Keys("e")
	w.Has("All is well but the pool.")
	w.Press("ctrl+s")
	if got := w.Review().State.Texts["summary"]; !strings.HasPrefix(string(got), "All is well but the pool.") {
		t.Errorf("recorded %q", got)
	}
	w.Has("All is well but the pool.", "Written by R. Okafor")
	if over := w.Review().State.Edits["summary"].Over; over != document.DraftSum(draft) {
		t.Errorf("the text remembers the draft as %q", over)
	}
}

// at goes down to a section.
func at(t *testing.T, w *drive.World, title string) {
	t.Helper()
	for !strings.Contains(w.Screen(), "▸"+title) {
		before := w.Screen()
		if w.Keys("j"); w.Screen() == before {
			t.Fatalf("there is no section %s\n%s", title, before)
		}
	}
}

// The rationale, the closing words and each category's recommendation are written too: e
// asks which; the report says whose they are, and when the facts changed since.
func TestEditOneOfSeveralTexts(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	at(t, w, "Decision")
	w.Keys("e")
	w.Has("Which text?", "rationale", "closing")
	w.Press("right", "enter")
	w.Press("ctrl+u")
	w.Keys("Ship it on Monday.")
	w.Press("ctrl+s")
	if got := w.Review().State.Texts["closing"]; !strings.HasPrefix(string(got), "Ship it on Monday.") {
		t.Fatalf("recorded %q", got)
	}
	w.Press("tab")
	w.Keys("G")
	w.Press("tab")
	w.Has("Ship it on Monday.", "Written by R. Okafor")
	w.Keys("g")
	at(t, w, "Assessment by")
	w.Keys("e")
	w.Has("Which text?", "recommendation of")
	w.Press("enter")
	w.Press("ctrl+u")
	w.Keys("Mend the headers. ")
	w.Press("ctrl+s")
	var name string
	for n := range w.Review().State.Texts {
		if id, ok := strings.CutPrefix(n, "category:"); ok && w.Review().State.Profile.Categories[0].ID == id {
			name = n
		}
	}
	if name == "" || !strings.HasPrefix(string(w.Review().State.Texts[name]), "Mend the headers.") {
		t.Fatalf("recorded %v", w.Review().State.Texts)
	}
	w.Has("Mend the headers.", "Written by R. Okafor")
	w.Lacks("the facts changed since")
	w.Send(w.Review().Record(sessions.TextEdited{Section: name, Text: "Of last week.", Over: document.DraftSum("other facts")})())
	w.Advance(time.Second)
	w.Has("e!", "the facts changed since")
	w.Keys("e")
	w.Has("written by R. Okafor; the facts changed since")
	w.Press("enter")
	w.Has("Of last week.", "The facts changed since; gonogo would write now")
	w.Sweep(90, 14)
}

// c asks for the format and writes a file that was not there before, never over one that was.
func TestWriteFile(t *testing.T) {
	t.Chdir(t.TempDir())
	w := world(t, drive.Options{W: 120, H: 40})
	w.Keys("c")
	w.Has("Export the report", "[md]", "html", "junit", "oscal", "evidence")
	w.Sweep(90, 14)
	for range 2 {
		w.Press("ctrl+s")
		w.Has("wrote ")
		w.Keys("c")
	}
	w.Press("right", "tab") // html, into a file that is named
	w.Keys("house.html")
	w.Press("enter")
	w.Has("wrote ", "house.html")
	if page, err := os.ReadFile("house.html"); err != nil || !strings.Contains(string(page), "<html") {
		t.Errorf("%.80q, %v", page, err)
	}
	w.Keys("c")
	w.Press("right", "tab")
	w.Keys("house.html")
	w.Press("enter")
	w.Has("house.html is there already")
	w.Keys("c")
	w.Press("right", "right", "right", "right", "right", "right", "right", "ctrl+s") // the last one is a folder
	w.Has("-evidence")
	if in, err := filepath.Glob("*-evidence/*.json"); err != nil || len(in) == 0 {
		t.Errorf("the folder holds %v, %v", in, err)
	}
	files, err := filepath.Glob("phase5-dashboard-????-??-??*.md") // as a signed file is called
	if err != nil || len(files) != 2 {
		t.Fatalf("files %v, %v", files, err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(text), "## Executive summary") {
		t.Errorf("%.80q, %v", text, err)
	}
}

func TestEverySize(t *testing.T) {
	w := world(t, drive.Options{})
	w.Sweep(130, 45)
}

// From Compare the report tells what changed since the session it was compared with.
func TestChangesSinceTheOtherSession(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Press("esc")
	s := w.Again()
	w.Send(screen.ResumeMsg{ID: s, Name: screen.Report, Args: screen.Args{Sessions: []string{w.ID, s}}})
	for !strings.Contains(w.Screen(), "▸Changes since") {
		before := w.Screen()
		if w.Keys("j"); w.Screen() == before {
			t.Fatalf("no such section\n%s", before)
		}
	}
	w.Has("Against session", w.ID)
}

// What was typed when the sitting was cut off is opened again.
func TestADraftIsGoneOnWith(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Send(w.Review().Draft("text:rationale", "It holds becau")())
	w.Press("esc")
	w.Send(screen.OpenMsg{Name: screen.Report, Args: screen.Args{Draft: "text:rationale"}})
	w.Has("It holds becau")
	w.Press("ctrl+s")
	if got := w.Review().State.Texts["rationale"]; got != "It holds becau" {
		t.Errorf("the rationale is %q", got)
	}
}

// A key that scrolls lays nothing out anew; what is rendered anew is laid out anew.
func TestTheLayoutIsKept(t *testing.T) {
	w := world(t, drive.Options{W: 120, H: 40})
	w.Keys("t")
	w.Has("JSON document", "\"schema\"")
	w.Press("tab")
	if n := testing.AllocsPerRun(20, func() { w.Keys("j"); w.Frame() }); n > 1_000 {
		t.Errorf("a key costs %.0f allocations", n)
	}
	w.Keys("t")
	w.Has("Executive summary")
	w.Lacks("\"schema\"")
	w.Resize(80, 24)
	w.Has("Executive summary")
}
