package plain

import (
	"io"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/screen"
)

// A command that waits for what may never happen, such as somebody else's change to the
// review, holds no question back; what it brings at last is taken.
func TestWhatMayNeverComeIsNotWaitedFor(t *testing.T) {
	f := &front{ctx: t.Context(), model: drive.NewWorld(t, drive.Options{Session: true}).Model, msgs: make(chan arrival),
		done: make(chan struct{}), heard: map[string]bool{}, out: &speaker{w: io.Discard}}
	defer close(f.done)
	comes := make(chan tea.Msg)
	f.perform(func() tea.Msg {
		return screen.WaitMsg{For: func() tea.Msg { return <-comes }}
	})
	settled := make(chan struct{})
	go func() { f.settle(); close(settled) }()
	select {
	case <-settled:
	case <-time.After(3 * time.Second):
		t.Fatal("it waits for what may never come")
	}
	comes <- tea.QuitMsg{}
	f.take(<-f.msgs)
	if !f.quit || f.due != 0 {
		t.Errorf("what came at last is not taken: quit %v, %d due", f.quit, f.due)
	}
}
