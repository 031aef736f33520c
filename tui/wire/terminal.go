package wire

import (
	"bytes"
	"context"
	"os"
	"sync"
	"sync/atomic"
)

// What Bubble Tea writes that concerns frames (ECMA-48 and xterm's private modes).
var (
	enter = []byte("\x1b[?1049h") // the screen of its own
	leave = []byte("\x1b[?1049l")
	erase = []byte("\x1b[2J")
	home  = []byte("\x1b[H") // what every frame of its renderer begins with
)

// Terminal shows frames on a terminal, and is the output of a Bubble Tea program: what that
// writes goes through, but for its own frames. Show and Resize are for one goroutine.
type Terminal struct {
	tty  *os.File
	last frame
	turn int

	wanted atomic.Pointer[frame]
	more   chan struct{}

	mu    sync.Mutex // of what follows, and of writing
	page  *page
	own   bool // the screen of its own is shown
	shown *frame
}

// New makes a terminal that paints until ctx ends.
func New(ctx context.Context, tty *os.File) *Terminal {
	t := &Terminal{tty: tty, more: make(chan struct{}, 1), page: newPage()}
	go func() {
		for {
			select {
			case <-t.more:
				t.paint()
			case <-ctx.Done():
				return
			}
		}
	}()
	return t
}

// Resize says that the terminal has h lines of w cells now, and that what it shows may be
// anywhere.
func (t *Terminal) Resize(w, h int) {
	t.turn++
	t.last = frame{w: w, h: h, turn: t.turn}
}

// Show shows a frame of the terminal's size as soon as the terminal takes it, unless another
// one comes first. It does not wait.
func (t *Terminal) Show(text string) {
	if text == t.last.text || t.turn == 0 {
		return
	}
	t.last.text = text
	f := t.last
	t.wanted.Store(&f)
	t.signal()
}

func (t *Terminal) signal() {
	select {
	case t.more <- struct{}{}:
	default:
	}
}

// paint writes what is wanted, a piece at a time: a newer frame replaces the rest.
func (t *Terminal) paint() {
	for whole := false; !whole; {
		whole = t.piece()
	}
}

func (t *Terminal) piece() (whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.wanted.Load()
	if !t.own || f == nil || f == t.shown {
		return true
	}
	out, whole := t.page.update(f)
	if whole {
		t.shown = f
	}
	if len(out) > 0 {
		_, _ = t.tty.Write(out) // a terminal that is gone ends the program by its signal
	}
	return whole
}

// Write passes on what else the program tells the terminal, and follows what that does to
// the frame.
func (t *Terminal) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.own && len(b) > len(home) && bytes.HasPrefix(b, home) {
		return len(b), nil
	}
	n, err := t.tty.Write(b)
	switch {
	case bytes.Contains(b, enter):
		t.own = true
	case bytes.Contains(b, leave):
		t.own = false
	case bytes.Contains(b, erase):
		t.page.clear()
		t.shown = nil
		t.signal()
	}
	return n, err
}

// Read reads from the terminal. Like Fd and Close it is there for Bubble Tea, which asks only
// a file for the terminal's size.
func (t *Terminal) Read(b []byte) (int, error) { return t.tty.Read(b) }

// Fd is the terminal's descriptor.
func (t *Terminal) Fd() uintptr { return t.tty.Fd() }

// Close closes nothing: the terminal is not ours.
func (t *Terminal) Close() error { return nil }
