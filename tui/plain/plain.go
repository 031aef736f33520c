// Package plain is the reviewer line by line, for screen readers, braille displays and
// terminals that can't be painted on. It runs the same root and the same screens as the
// full screen does; instead of painting a screen it says what that tells (screen.Told),
// and instead of keys it takes lines: a command, a number, or a text.
//
// What it writes is flat text: no control bytes but line ends, nothing is painted twice,
// every state is a word. It imports tui/app and what app needs.
package plain

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"golang.org/x/term"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/screen"
)

// Options are what Run needs.
type Options struct {
	// New makes the root. What it wants to hear later it gives to after.
	New func(after func(time.Duration, tea.Msg) tea.Cmd) *app.Model
	In  *os.File
	Out io.Writer
	// Terminal says that In and Out are one: keys are taken as they come, so that a draft is
	// kept in the middle of a word. Else In is a file or a pipe of answers, a line each.
	Terminal bool
	// Calm says nothing of a run until it is over, unless asked with Enter.
	Calm bool
}

// Run talks until the person leaves: Ctrl+D, Ctrl+C, quit, or the end of the answers. It
// returns what could not be written.
func Run(ctx context.Context, o Options) error {
	f := &front{ctx: ctx, calm: o.Calm, now: time.Now, msgs: make(chan arrival), heard: map[string]bool{}, out: &speaker{w: o.Out}}
	if o.Terminal {
		state, err := term.MakeRaw(int(o.In.Fd()))
		if err != nil {
			return fmt.Errorf("read the terminal key by key: %w", err)
		}
		defer func() { _ = term.Restore(int(o.In.Fd()), state) }()
		f.terminal, f.out.raw = true, true
		f.out.width = func() int {
			w, _, err := term.GetSize(int(o.In.Fd()))
			if err != nil {
				return 0
			}
			return w
		}
	}
	f.done = make(chan struct{})
	defer close(f.done)
	f.in = input(o.In, f.terminal, f.done)
	f.model = o.New(f.later)
	f.perform(f.model.Init())
	f.talk()
	if !f.quit { // taken away, not left
		return f.model.Abandon()
	}
	if err := f.model.Err(); err != nil {
		return err
	}
	f.out.line(parting)
	return f.out.err
}

// front is the root with everything that is on its way to it and to the person.
type front struct {
	ctx      context.Context
	model    *app.Model
	in       <-chan keys
	out      *speaker
	terminal bool
	calm     bool
	now      func() time.Time

	msgs chan arrival
	done chan struct{}
	due  int  // commands that have not answered yet
	quit bool // the root has ended
	gone bool // nothing more can be heard: end of the answers, or taken away

	toast    screen.Toast // the last message that was said
	last     said
	under    said            // what was said last of the screen, whatever dialog stood over it since
	heard    map[string]bool // kinds of screens whose commands were said
	rest     []string        // what a long telling holds back, for more
	progress progress
}

// said is what was said last of what has the focus.
type said struct {
	of      any
	telling screen.Telling
	dialog  bool
}

// talk is the conversation: everything settles, what is new is said, a line is taken.
func (f *front) talk() {
	for !f.quit {
		f.settle()
		if f.ctx.Err() != nil {
			return
		}
		if f.quit {
			break
		}
		if f.gone {
			f.leave()
			continue
		}
		f.turn()
	}
}

// turn says what has the focus and takes one answer.
func (f *front) turn() {
	f.sayToasts()
	focus := f.model.Focus()
	told, ok := focus.(screen.Told)
	if !ok {
		f.out.wrong(untold)
		f.perform(f.model.Leave())
		return
	}
	if asking := asks(focus); asking != nil {
		f.tell(focus, told.Tell(), false)
		f.ask(focus, asking)
		return
	}
	f.tell(focus, told.Tell(), true)
	f.command(focus, told.Tell())
}

// leave stops what runs, saves and ends.
func (f *front) leave() { f.perform(f.act(quitNow)) }
