package wire

import (
	"bytes"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// What Bubble Tea writes that concerns frames (ECMA-48 and xterm's private modes).
var (
	enter = []byte("\x1b[?1049h") // the screen of its own
	leave = []byte("\x1b[?1049l")
	erase = []byte("\x1b[2J")
	home  = []byte("\x1b[H") // what every frame of its renderer begins with
)

// On the screen of its own no line goes on in the next one (DECAWM): what a terminal takes for
// wider than it is would move all that is below.
var (
	cut  = []byte("\x1b[?7l")
	wrap = []byte("\x1b[?7h")
)

// patience is how long the program waits for a terminal to take what it is told. One that
// takes nothing for longer is left behind: whoever writes must be able to leave and to save.
const patience = 3 * time.Second

// Terminal shows frames on a terminal, and is the output of a Bubble Tea program: what that
// writes goes through, but for its own frames. Show and Resize are for one goroutine.
type Terminal struct {
	tty  *os.File
	last frame
	turn int

	wanted atomic.Pointer[frame]
	more   chan struct{}
	ended  chan struct{}
	erased atomic.Bool // since the last Resize
	stuck  atomic.Bool // nobody waits for it any more

	mu   sync.Mutex
	said []said // and not taken yet

	// What follows belongs to the goroutine that writes.
	page  *page
	own   bool // the screen of its own is shown, and was erased
	shown *frame
}

// said is something that the program tells the terminal.
type said struct {
	b     []byte
	taken chan struct{}
}

// New makes a terminal that paints until it is closed.
func New(tty *os.File) *Terminal {
	t := &Terminal{tty: tty, more: make(chan struct{}, 1), ended: make(chan struct{}), page: newPage()}
	go func() {
		for {
			select {
			case <-t.more:
				for t.step() {
				}
			case <-t.ended:
				return
			}
		}
	}()
	return t
}

// Resize says that the terminal has h lines of w cells now, and that what it shows may be
// anywhere, unless it was erased and has the size it had.
func (t *Terminal) Resize(w, h int) {
	if erased := t.erased.Swap(false); erased && w == t.last.w && h == t.last.h {
		return
	}
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

// step writes what was said first or else a piece of what is wanted, and reports whether
// there may be more.
func (t *Terminal) step() bool {
	t.mu.Lock()
	var next said
	if len(t.said) > 0 {
		next, t.said = t.said[0], t.said[1:]
	}
	t.mu.Unlock()
	if next.b == nil {
		return t.piece()
	}
	t.tell(next.b)
	close(next.taken)
	return true
}

// piece writes a piece of what is wanted: a newer frame replaces the rest.
func (t *Terminal) piece() (more bool) {
	f := t.wanted.Load()
	if !t.own || f == nil || f == t.shown {
		return false
	}
	out, whole := t.page.update(f)
	if whole {
		t.shown = f
	}
	if len(out) > 0 {
		t.put(out)
	}
	return true
}

// put writes; a terminal that is gone ends the program by its signal or by what is read.
func (t *Terminal) put(b []byte) {
	_, _ = t.tty.Write(b)
	t.stuck.Store(false)
}

// tell writes what else the program tells the terminal, and follows what that does to the
// frame.
func (t *Terminal) tell(b []byte) {
	switch {
	case t.own && len(b) > len(home) && bytes.HasPrefix(b, home): // its frame
	case bytes.Contains(b, enter): // and is erased next
		t.put(append(bytes.Clone(b), cut...))
	case bytes.Contains(b, leave):
		t.own = false
		t.put(append(bytes.Clone(wrap), b...))
	case bytes.Contains(b, erase):
		t.page.clear()
		t.own, t.shown = true, nil
		t.put(b)
	default:
		t.put(b)
	}
}

// Write passes on what else the program tells the terminal, in turn, and waits until the
// terminal has it, but not for one that takes nothing.
func (t *Terminal) Write(b []byte) (int, error) {
	s := said{append([]byte{}, b...), make(chan struct{})}
	if bytes.Contains(b, erase) {
		t.erased.Store(true)
	}
	t.mu.Lock()
	t.said = append(t.said, s)
	t.mu.Unlock()
	t.signal()
	if t.stuck.Load() {
		return len(b), nil
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-s.taken:
	case <-late.C:
		t.stuck.Store(true)
	}
	return len(b), nil
}

// Close ends painting once the terminal has all that it was told, or takes nothing. The file
// stays open: it is not ours. Nothing may be written after it.
func (t *Terminal) Close() error {
	t.stuck.Store(false)
	_, _ = t.Write(nil)
	close(t.ended)
	return nil
}

// Read reads from the terminal. Like Fd it is there for Bubble Tea, which asks only a file for
// the terminal's size.
func (t *Terminal) Read(b []byte) (int, error) { return t.tty.Read(b) }

// Fd is the terminal's descriptor.
func (t *Terminal) Fd() uintptr { return t.tty.Fd() }
