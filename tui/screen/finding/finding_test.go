package finding_test

import (
	"errors"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/exp/golden"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/screen/finding"
)

func open(t *testing.T, o drive.Options, args screen.Args) *drive.World {
	t.Helper()
	walk := &drive.Stub{}
	o.Screens = walk.Table(screen.Walk)
	o.Screens[screen.Finding] = finding.New
	o.Session, o.Run = true, true
	if o.W == 0 {
		o.W, o.H = 80, 24
	}
	w := drive.NewWorld(t, o)
	send(w, screen.OpenMsg{Name: screen.Finding, Args: args})
	return w
}

// send gives a message to the root and lets the next frame come.
func send(w *drive.World, msg tea.Msg) {
	w.Send(msg)
	w.Advance(100 * time.Millisecond)
}

func TestFrames(t *testing.T) {
	cause := sessions.CauseLinked{ID: "RC-1", Title: "open to every origin", Items: []string{"SEC-02"}}
	for _, c := range []struct {
		name, theme string
		w, h        int
		ascii       bool
	}{{"wide mono", "mono", 120, 40, false}, {"wide dark", "dark", 120, 40, false}, {"mono", "mono", 80, 24, false},
		{"dark", "dark", 80, 24, false}, {"narrow ascii", "mono", 50, 14, true}} {
		t.Run(c.name, func(t *testing.T) {
			w := open(t, drive.Options{W: c.w, H: c.h, Theme: c.theme, ASCII: c.ascii, Record: []sessions.Payload{cause}}, screen.Args{Item: "SEC-02"})
			w.Keys("Any site may read the answers")
			w.Press("tab", "tab", "tab")
			w.Keys("backend")
			w.Press("tab")
			w.Keys("half a day")
			w.Press("tab", "tab", "tab", "tab")
			w.Keys("The API answers every origin with Access-Control-Allow-Origin and credentials, so that any page may read what a person sees.")
			w.Advance(time.Second)
			golden.RequireEqual(t, w.Frame())
		})
	}
}

// The life of a finding: begun, left, come back to, saved, edited, undone, redone.
func TestDraftSaveEditUndo(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Item: "SEC-02"})
	w.Has("new, from SEC-02", "[high]", "[immediate]")
	w.Keys("Open to all")
	w.Press("tab", "right", "tab", "tab")
	w.Keys("backend")
	w.Press("esc")
	w.Lacks("Open to all")
	if len(w.Review().State.Findings) != 0 {
		t.Fatal("Esc recorded a finding")
	}
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Item: "SEC-02"}})
	w.Has("Open to all", "[medium]", "backend", "draft kept")
	w.Press("ctrl+s")
	w.Lacks("Open to all")
	w.Has("F-1 saved", "z undoes")
	f := w.Review().State.Findings[0]
	if f.Title != "Open to all" || f.Severity != checks.Medium || f.Owner != "backend" || f.Items[0] != "SEC-02" || f.Category != "security" || len(f.Evidence) != 1 {
		t.Errorf("recorded %+v", f)
	}
	if n := len(w.Review().Drafts()); n != 0 {
		t.Errorf("%d drafts are left: %v", n, w.Review().Drafts())
	}
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Finding: "F-1"}})
	w.Has("F-1, from SEC-02")
	w.Keys("!")
	w.Press("ctrl+s")
	if got := w.Review().State.Findings; len(got) != 1 || got[0].Title != "Open to all!" {
		t.Errorf("edited: %+v", got)
	}
	w.Keys("z")
	if got := w.Review().State.Findings[0].Title; got != "Open to all" {
		t.Errorf("undone: %s", got)
	}
	w.Press("ctrl+r")
	if got := w.Review().State.Findings[0].Title; got != "Open to all!" {
		t.Errorf("redone: %s", got)
	}
}

func TestATitleIsNeeded(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Finding: "new"})
	w.Press("tab", "ctrl+s")
	w.Has("! Title is needed")
	if len(w.Review().State.Findings) != 0 {
		t.Error("it was recorded")
	}
}

func TestAStrength(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Finding: "new"})
	w.Keys("Answers are quick")
	w.Press("tab", "right", "right", "right", "right", "right", "right", "ctrl+s")
	if f := w.Review().State.Findings; len(f) != 1 || !f[0].Strength {
		t.Errorf("recorded %+v", f)
	}
}

func TestANewCauseAndEvidenceLeftOut(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Items: []string{"SEC-02", "REL-01"}})
	w.Keys("Two of a kind")
	w.Press("tab", "tab", "tab", "tab", "tab", "tab", "tab")
	w.Has("▸Root cause    none")
	w.Press("right")
	w.Has("a new one")
	w.Press("shift+tab", "tab", "tab", "tab", "tab")
	w.Has("▸Evidence      SEC-02 1 of 1   observed")
	w.Press("right")
	w.Keys(" ")
	w.Has("left out")
	w.Press("esc")
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Draft: "finding:SEC-02 REL-01"}})
	w.Has("a new one")
	w.Press("ctrl+s")
	st := w.Review().State
	if len(st.Causes) != 1 || st.Causes[0].Title != "Two of a kind" || len(st.Causes[0].Items) != 2 {
		t.Fatalf("causes %+v", st.Causes)
	}
	f := st.Findings[0]
	if f.Cause != st.Causes[0].ID || len(f.Evidence) != 1 || f.Evidence[0] != st.Items["SEC-02"].Machine.Evidence[0].SHA256 {
		t.Errorf("recorded %+v", f)
	}
}

// A full disk loses nothing: the form stays, and so does its draft.
func TestWhatCanNotBeSavedStays(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Item: "SEC-02"})
	w.Keys("Open to all")
	w.Advance(time.Second)
	w.Store.Fail = errors.New("disk full")
	w.Press("ctrl+s")
	w.Has("Open to all", "disk full")
	if w.Review().DraftOf("finding:SEC-02") == "" {
		t.Error("the draft is gone")
	}
}

func TestTheEditorsAnswer(t *testing.T) {
	w := open(t, drive.Options{}, screen.Args{Item: "SEC-02"})
	w.Press("ctrl+e")
	w.Has("the editor is for description")
	send(w, form.Edited{Field: "description", Text: "Line one\nline two"})
	w.Has("Line one", "line two")
	send(w, form.Edited{Field: "description", Err: errors.New("the editor failed (exit status 1)")})
	w.Has("Line one", "the editor failed")
	if w.Review().DraftOf("finding:SEC-02") == "" {
		t.Error("what the editor wrote is no draft")
	}
}

func TestReadOnly(t *testing.T) {
	walk := &drive.Stub{}
	o := drive.Options{W: 80, H: 24, Session: true, Run: true, Screens: walk.Table(screen.Walk),
		Record: []sessions.Payload{sessions.FindingRecorded{Finding: sessions.Finding{Title: "Old", Severity: checks.Low}}}}
	o.Screens[screen.Finding] = finding.New
	w := drive.NewWorld(t, o)
	w.Store.Fail = errors.New("disk full")
	send(w, w.Review().Record(sessions.Marked{Items: []string{"SEC-02"}, On: true})())
	if w.Review().ReadOnly() == "" {
		t.Fatal("still writable")
	}
	send(w, screen.OpenMsg{Name: screen.Finding, Args: screen.Args{Finding: "F-1"}})
	w.Keys("x")
	w.Lacks("Oldx")
	w.Press("ctrl+s")
	w.Has("not now: not saved: disk full")
}

func TestEverySize(t *testing.T) {
	w := open(t, drive.Options{Theme: "dark"}, screen.Args{Item: "SEC-02"})
	w.Keys("Open to all")
	for range 11 {
		w.Sweep(100, 16)
		w.Resize(40, 12)
		w.Has("▸")
		w.Press("tab")
	}
}
