package app_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"assess/gonogo/sessions"
	"assess/gonogo/sessions/filestore"
	"assess/gonogo/tui/drive"
)

// full is a review whose folder takes nothing any more, after a change that it refused.
func full(t *testing.T) *drive.World {
	t.Helper()
	w := drive.NewWorld(t, drive.Options{Session: true, Run: true})
	w.Store.Fail = errors.New("no space left on device")
	w.Send(w.Review().Record(sessions.Noted{Item: "SEC-01", Text: "the last word"})())
	w.Advance(time.Second) // the dialog opened by itself
	return w
}

// What a full disk refuses is offered to another folder, and is whole there.
func TestAReviewThatCannotBeSavedIsKeptElsewhere(t *testing.T) {
	w := full(t)
	w.Has("This review can't be saved where it is", "1 change is in memory only", "gonogo-kept")
	folder := filepath.Join(t.TempDir(), "kept")
	for range 200 {
		w.Press("backspace")
	}
	w.Keys("/dev/null/nowhere")
	w.Press("enter")
	w.Has("not kept in /dev/null/nowhere")
	w.Press("esc")
	w.Keys(":save elsewhere")
	w.Press("enter")
	w.Has("This review can't be saved where it is")
	for range 200 {
		w.Press("backspace")
	}
	w.Keys(folder)
	w.Press("enter")
	w.Has("the whole review is kept in")
	st, err := filestore.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	s, err := sessions.Open(t.Context(), st, w.Registry, w.ID)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := s.State().Items["SEC-01"].Note; got != "the last word" || s.ReadOnly() != "" {
		t.Errorf("the note is %q, read-only %q", got, s.ReadOnly())
	}
	w.Press("esc")
	w.Press("ctrl+c") // nothing is lost now: it leaves
	if !w.Quit {
		t.Error("it did not leave")
	}
}

// Leaving asks first while something is in memory only.
func TestLeavingAsksWhileSomethingIsInMemoryOnly(t *testing.T) {
	w := full(t)
	w.Press("esc")
	w.Keys("H")
	w.Keys("q")
	w.Has("Leave and lose it?", "in another folder")
	w.Press("esc")
	w.Press("ctrl+c")
	w.Has("in memory only; again loses it, : save elsewhere keeps it")
	if w.Quit {
		t.Fatal("it left and lost a change")
	}
	w.Press("ctrl+c")
	if !w.Quit {
		t.Error("asked twice, it did not leave")
	}
}
