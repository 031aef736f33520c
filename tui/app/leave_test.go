package app_test

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// endless is a session whose run goes on until it is stopped.
type endless struct {
	screen.Session
	stopped chan struct{}
}

func (e endless) Run(ctx context.Context, _ clean.Text, _ checks.RunOptions, listen func(checks.Event)) error {
	listen(checks.Started{Item: "REL-02"})
	<-ctx.Done()
	close(e.stopped)
	return ctx.Err()
}

// running makes a world in which an intrusive run goes on, and returns what delivers its
// end.
func running(t *testing.T) (w *drive.World, r *screen.Review, stopped chan struct{}, end func()) {
	t.Helper()
	w, _ = open(t, drive.Options{})
	stopped = make(chan struct{})
	r, err := screen.NewReview(w.Model.Env(), endless{w.Review().Session, stopped})
	if err != nil {
		t.Fatal(err)
	}
	w.Model.Env().Review = r
	run := r.Run(nil, []checks.Class{checks.Local, checks.Safe, checks.Intrusive}, "127.0.0.1")
	first := run() // starts the run and brings its first event
	r.Apply(first.(screen.StateChanged), w.Now())
	return w, r, stopped, func() {
		next := r.Next(first.(screen.StateChanged))
		w.Send(next())
	}
}

func has(t *testing.T, c chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(2 * time.Second):
		t.Fatal("the run was not stopped")
	}
}

func TestEscStopsIntrusiveRequestsFirst(t *testing.T) {
	w, r, stopped, end := running(t)
	w.Keys("D?")
	w.Has("Keys here")
	w.Press("esc")
	has(t, stopped)
	w.Has("Keys here")
	if !r.Running.Stopped {
		t.Error("the run does not know that it was stopped")
	}
	w.Press("esc")
	w.Lacks("Keys here")
	end()
	if r.Running != nil {
		t.Error("the run has no end")
	}
}

// Esc counts after 50 ms at most, also where the rest of an arrow key could follow.
func TestEscStopsAfterTheWait(t *testing.T) {
	w, _, stopped, end := running(t)
	w.Send(tea.KeyMsg{Type: tea.KeyEsc})
	select {
	case <-stopped:
		t.Error("a split arrow key would have stopped the run")
	default:
	}
	w.Advance(50 * time.Millisecond)
	has(t, stopped)
	end()
}

func TestQAsksWhenARunWouldBeCutOff(t *testing.T) {
	w, _, stopped, end := running(t)
	w.Keys("qq")
	w.Has("Leave now?", "A run is going on")
	w.Press("enter")
	w.Has("Leave now?")
	w.Keys("y")
	has(t, stopped)
	if w.Quit {
		t.Fatal("left before the run's end was saved")
	}
	w.Has("stopping, then leaving")
	end()
	if !w.Quit {
		t.Error("did not leave when the run had ended")
	}
}

func TestCtrlCTwiceLeavesAtOnce(t *testing.T) {
	w, _, stopped, _ := running(t)
	w.Keys("D?/x")
	w.Press("ctrl+c")
	has(t, stopped)
	if w.Quit {
		t.Fatal("left before the run's end was saved")
	}
	w.Advance(time.Second)
	w.Press("ctrl+c")
	if !w.Quit {
		t.Error("the second Ctrl+C does not leave at once")
	}
}

func TestAbandonSavesWhatItCan(t *testing.T) {
	w, _, stopped, _ := running(t)
	w.Review().Draft("reason:SEC-03", "half a sentence")
	if err := w.Model.Abandon(); err != nil {
		t.Fatal(err)
	}
	has(t, stopped)
	d, _ := w.Store.Drafts(t.Context(), w.ID)
	if d["reason:SEC-03"] != "half a sentence" || d["sitting"] == "" {
		t.Errorf("drafts are %v", d)
	}
	if c, err := w.Store.Lock(t.Context(), w.ID); err != nil {
		t.Error("the session is still locked")
	} else {
		_ = c.Close()
	}
}
