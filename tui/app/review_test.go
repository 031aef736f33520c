package app_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

func TestRecordIsOnDiskBeforeItShows(t *testing.T) {
	w, made := open(t, drive.Options{})
	r := w.Review()
	cmd := r.Record(sessions.Judged{Items: []string{"SEC-03"}, Verdict: checks.Pass, Reason: "30 minutes"})
	if r.Saved() != "saving" || r.Item("SEC-03").Reviewer != nil {
		t.Fatalf("before the command ran: %s", r.Saved())
	}
	w.Send(cmd())
	if r.Item("SEC-03").Reviewer == nil || made[screen.Walk].got != 1 || !strings.HasPrefix(r.Saved(), "saved ") {
		t.Fatalf("not taken in: %s, told %d times", r.Saved(), made[screen.Walk].got)
	}
	w.Keys("z")
	if r.Item("SEC-03").Reviewer != nil {
		t.Error("z did not undo")
	}
	w.Press("ctrl+r")
	if r.Item("SEC-03").Reviewer == nil {
		t.Error("Ctrl+R did not redo")
	}
}

func TestRecordsKeepTheirOrder(t *testing.T) {
	w, _ := open(t, drive.Options{})
	r := w.Review()
	first := r.Record(sessions.Noted{Item: "SEC-01", Text: "one"})
	second := r.Record(sessions.Noted{Item: "SEC-01", Text: "two"})
	// The later command runs first; what it journals is still the earlier change.
	w.Send(second(), first())
	if got := r.Item("SEC-01").Note; got != "two" {
		t.Errorf("the note is %q", got)
	}
}

// A change whose command has not run yet is journalled before the program ends.
func TestLeavingFinishesWhatWasRecorded(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Review().Record(sessions.Noted{Item: "SEC-01", Text: "the last word"})
	w.Press("ctrl+c")
	s, err := sessions.Open(t.Context(), w.Store, w.Registry, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := s.State().Items["SEC-01"].Note; !w.Quit || got != "the last word" {
		t.Errorf("the note is %q", got)
	}
}

func TestAFailedRecordSaysSo(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Store.Fail = errors.New("disk full")
	r := w.Review()
	w.Send(r.Record(sessions.Noted{Item: "SEC-01", Text: "one"})())
	w.Has("! not saved: ", "disk full")
	if !strings.HasPrefix(r.Saved(), "NOT SAVED") || !r.Unsaved() {
		t.Errorf("the title says %q", r.Saved())
	}
	w.Resize(20, 5)
	if !strings.Contains(w.Screen(), "Not everything is") {
		t.Errorf("the notice says\n%s", w.Screen())
	}
}

func TestRunStreams(t *testing.T) {
	w, made := open(t, drive.Options{})
	r := w.Review()
	w.Send(r.Run(nil, []checks.Class{checks.Local}, "")())
	if r.Running != nil {
		t.Error("the run has no end")
	}
	if it := r.Item("SEC-02"); it.Machine == nil || it.Machine.Verdict != checks.Fail {
		t.Errorf("SEC-02: %+v", it.Machine)
	}
	if it := r.Item("REL-02"); it.Machine != nil && it.Machine.Verdict != checks.Pending {
		t.Errorf("an intrusive check ran without consent: %+v", it.Machine)
	}
	if made[screen.Walk].got == 0 || r.Assessment.Computed != sessions.NoGo {
		t.Errorf("told %d times, %s", made[screen.Walk].got, r.Assessment.Computed)
	}
}

func TestDraftsAreWrittenAfterAPause(t *testing.T) {
	w, _ := open(t, drive.Options{})
	r := w.Review()
	w.Send(r.Draft("reason:SEC-03", "half a sen")())
	r.Draft("reason:SEC-03", "half a sentence")
	if d, _ := w.Store.Drafts(t.Context(), w.ID); d["reason:SEC-03"] != "" {
		t.Error("written at once")
	}
	w.Advance(250 * time.Millisecond)
	if d, _ := w.Store.Drafts(t.Context(), w.ID); d["reason:SEC-03"] != "half a sentence" {
		t.Errorf("drafts are %v", d)
	}
	w.Press("ctrl+c")
	if !w.Quit {
		t.Error("Ctrl+C does not leave")
	}
}

func TestLeavingWritesDraftsAndPlace(t *testing.T) {
	w, _ := open(t, drive.Options{})
	w.Keys("D")
	w.Review().Draft("reason:SEC-03", "half a sentence")
	w.Press("ctrl+c")
	d, _ := w.Store.Drafts(t.Context(), w.ID)
	if !w.Quit || d["reason:SEC-03"] != "half a sentence" || !strings.Contains(d["place:at"], "decision") {
		t.Errorf("quit %v, drafts %v", w.Quit, d)
	}
	if _, err := w.Store.Lock(t.Context(), w.ID); err != nil {
		t.Error("the session is still locked")
	}
	// The next sitting comes back to where this one was.
	made := map[screen.Name]*stub{}
	next := drive.New(t, 80, 24, drive.Start, func(now func() time.Time, after func(time.Duration, tea.Msg) tea.Cmd) *app.Model {
		return app.New(t.Context(), app.Options{Store: w.Store, Registry: w.Registry, Paint: drive.Palette(t, "mono", false),
			Open: w.ID, Screens: stubs(made, screen.Walk, screen.Decision), Now: now, After: after})
	})
	next.Has("decision")
	if got := next.Model.Env().Review.DraftOf("reason:SEC-03"); got != "half a sentence" {
		t.Errorf("the draft is %q", got)
	}
}

func TestWelcomeBack(t *testing.T) {
	w, _ := open(t, drive.Options{Run: true})
	w.Send(w.Review().Draft("reason:SEC-03", "All 12 open requests")())
	w.Advance(time.Second)
	w.Lacks("Welcome back")
	// The terminal goes away: nobody closes the session, its lock ends with the process.
	made := map[screen.Name]*stub{}
	w.Store.Unlock(w.ID)
	next := drive.New(t, 80, 24, drive.Start, func(now func() time.Time, after func(time.Duration, tea.Msg) tea.Cmd) *app.Model {
		return app.New(t.Context(), app.Options{Store: w.Store, Registry: w.Registry, Paint: drive.Palette(t, "mono", false),
			Open: w.ID, Screens: stubs(made, screen.Walk), Now: now, After: after})
	})
	next.Has("Welcome back", "SEC-03 reason, 20 characters: “All 12 open requests”", "the journal is whole", "go on at SEC-03, draft open")
	next.Press("enter")
	next.Has("Welcome back")
	next.Advance(500 * time.Millisecond)
	next.Sweep(90, 26)
	next.Press("enter")
	next.Lacks("Welcome back")
	if a := made[screen.Walk].args; a.Item != "SEC-03" || a.Draft != "reason:SEC-03" {
		t.Errorf("Walk was opened on %+v", a)
	}
	next.Press("ctrl+c")
	if d, _ := w.Store.Drafts(t.Context(), w.ID); d["sitting"] != "" {
		t.Error("closing left the sitting open")
	}
}

// flood is a session whose run finds nothing and says so twenty thousand times.
type flood struct{ screen.Session }

func (f flood) Run(_ context.Context, _ clean.Text, _ checks.RunOptions, listen func(checks.Event)) error {
	for i := range 20_000 {
		listen(checks.Progressed{Item: "SEC-01", Text: clean.Line(fmt.Sprint(i))})
	}
	return nil
}

func TestAFloodOfEventsIsBatched(t *testing.T) {
	w, made := open(t, drive.Options{})
	r, err := screen.NewReview(w.Model.Env(), flood{w.Review().Session})
	if err != nil {
		t.Fatal(err)
	}
	w.Model.Env().Review = r
	before := w.Model.Painted()
	began := time.Now()
	w.Send(r.Run(nil, nil, "")())
	if took := time.Since(began); took > 2500*time.Millisecond {
		t.Errorf("20 000 events took %v", took)
	}
	if n := made[screen.Walk].got; n == 0 || n > 20_000/200 {
		t.Errorf("Walk was told %d times", n)
	}
	if r.Running != nil {
		t.Error("the run has no end")
	}
	if n := w.Model.Painted() - before; n > 30 {
		t.Errorf("%d frames", n)
	}
}

// What could not be saved names no path, and stays the reason when nothing is written any more.
func TestAFullDiskIsSaidFirst(t *testing.T) {
	w, _ := open(t, drive.Options{W: 120, H: 30})
	w.Store.Fail = fmt.Errorf("write the journal: %w", &fs.PathError{Op: "write", Path: "/srv/a/very/long/journal.jsonl", Err: syscall.ENOSPC})
	r := w.Review()
	w.Send(r.Record(sessions.Noted{Item: "SEC-01", Text: "one"})())
	w.Has("! not saved: write the journal: no space left on device")
	w.Send(r.Record(sessions.Noted{Item: "SEC-01", Text: "two"})())
	w.Has("no space left on device")
	w.Lacks("/srv/a")
	if got := r.Saved(); got != "NOT SAVED: disk full" {
		t.Errorf("the title says %q", got)
	}
	if why := r.ReadOnly(); why != "not saved: write the journal: no space left on device" {
		t.Error(why)
	}
}
