// Package drive drives the reviewer without a terminal and without time passing: it holds
// the root model, sends it messages, runs the commands it returns to their end and checks
// every frame. Tests of the root and of the screens use it.
//
// It imports tui/app and what app needs; nothing but tests imports it.
package drive

import (
	"fmt"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"assess/gonogo/tui/app"
)

// T is what the driver needs of *testing.T.
type T interface {
	Helper()
	Fatalf(format string, args ...any)
	TempDir() string
}

// Driver holds a model and everything that is on its way to it.
type Driver struct {
	t      T
	Model  *app.Model
	W, H   int
	Quit   bool // the program has ended
	Frames int  // times View was asked for

	mu     sync.Mutex
	now    time.Time
	timers []timer
}

type timer struct {
	at  time.Time
	msg tea.Msg
}

// New makes a driver of w×h cells whose clock stands at start until Advance moves it.
func New(t T, w, h int, start time.Time, make func(now func() time.Time, after func(time.Duration, tea.Msg) tea.Cmd) *app.Model) *Driver {
	d := &Driver{t: t, W: w, H: h, now: start}
	d.Model = make(d.Now, d.after)
	d.run(d.Model.Init())
	d.Resize(w, h)
	return d
}

// Now is the driver's clock.
func (d *Driver) Now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

// after keeps a message until Advance reaches its time.
func (d *Driver) after(wait time.Duration, msg tea.Msg) tea.Cmd {
	return func() tea.Msg {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.timers = append(d.timers, timer{d.now.Add(wait), msg})
		return nil
	}
}

// Advance lets time pass and delivers what was due, in order.
func (d *Driver) Advance(by time.Duration) {
	d.t.Helper()
	end := d.Now().Add(by)
	for {
		d.mu.Lock()
		next := -1
		for i, t := range d.timers {
			if !t.at.After(end) && (next < 0 || t.at.Before(d.timers[next].at)) {
				next = i
			}
		}
		if next < 0 {
			d.now = end
			d.mu.Unlock()
			return
		}
		due := d.timers[next]
		d.timers = append(d.timers[:next], d.timers[next+1:]...)
		if due.at.After(d.now) {
			d.now = due.at
		}
		d.mu.Unlock()
		d.Send(due.msg)
	}
}

// Timers is how many messages wait for their time.
func (d *Driver) Timers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.timers)
}

// Send gives messages to the model and runs what they ask for to its end.
func (d *Driver) Send(msgs ...tea.Msg) {
	d.t.Helper()
	for _, m := range msgs {
		if m == nil || d.Quit {
			continue
		}
		switch m := m.(type) {
		case tea.QuitMsg:
			d.Quit = true
			continue
		case tea.BatchMsg:
			for _, c := range m {
				d.run(c)
			}
			continue
		}
		_, cmd := d.Model.Update(m)
		d.run(cmd)
	}
}

// run runs a command and delivers its answer. Batches run one after the other.
func (d *Driver) run(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	d.Send(cmd())
}

// Resize changes the window.
func (d *Driver) Resize(w, h int) {
	d.t.Helper()
	d.W, d.H = w, h
	d.Send(tea.WindowSizeMsg{Width: w, Height: h})
}

// Keys types every rune of s as a key of its own.
func (d *Driver) Keys(s string) {
	d.t.Helper()
	for _, r := range s {
		k := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}
		if r == ' ' {
			k.Type = tea.KeySpace
		}
		d.Send(k)
	}
}

// Press presses named keys: "enter", "esc", "tab", "ctrl+s", "down" ….
func (d *Driver) Press(names ...string) {
	d.t.Helper()
	for _, n := range names {
		k, ok := named[n]
		if !ok {
			d.t.Fatalf("drive: no key %q", n)
		}
		d.Send(tea.KeyMsg{Type: k.t, Alt: k.alt})
	}
}

// Click clicks the left button on a cell, counted from the top left one.
func (d *Driver) Click(x, y int) {
	d.t.Helper()
	d.Send(tea.MouseMsg{X: x, Y: y, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
}

// Paste pastes a text, bracketed.
func (d *Driver) Paste(s string) {
	d.Send(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Paste: true})
}

type key struct {
	t   tea.KeyType
	alt bool
}

var named = map[string]key{
	"enter": {t: tea.KeyEnter}, "esc": {t: tea.KeyEsc}, "tab": {t: tea.KeyTab}, "shift+tab": {t: tea.KeyShiftTab},
	"up": {t: tea.KeyUp}, "down": {t: tea.KeyDown}, "left": {t: tea.KeyLeft}, "right": {t: tea.KeyRight},
	"home": {t: tea.KeyHome}, "end": {t: tea.KeyEnd}, "pgup": {t: tea.KeyPgUp}, "pgdown": {t: tea.KeyPgDown},
	"delete": {t: tea.KeyDelete}, "backspace": {t: tea.KeyBackspace}, "alt+enter": {t: tea.KeyEnter, alt: true},
	"ctrl+c": {t: tea.KeyCtrlC}, "ctrl+d": {t: tea.KeyCtrlD}, "ctrl+e": {t: tea.KeyCtrlE}, "ctrl+h": {t: tea.KeyCtrlH},
	"ctrl+k": {t: tea.KeyCtrlK}, "ctrl+l": {t: tea.KeyCtrlL}, "ctrl+p": {t: tea.KeyCtrlP}, "ctrl+r": {t: tea.KeyCtrlR},
	"ctrl+f": {t: tea.KeyCtrlF}, "ctrl+g": {t: tea.KeyCtrlG}, "ctrl+o": {t: tea.KeyCtrlO},
	"ctrl+s": {t: tea.KeyCtrlS}, "ctrl+u": {t: tea.KeyCtrlU}, "ctrl+w": {t: tea.KeyCtrlW}, "ctrl+z": {t: tea.KeyCtrlZ},
}

// Frame returns the painted frame after checking what holds for every frame: exactly H
// lines, each exactly W cells, valid UTF-8, nothing but text and colours.
func (d *Driver) Frame() string {
	d.t.Helper()
	d.Frames++
	frame := d.Model.View()
	if err := Check(frame, d.W, d.H); err != nil {
		d.t.Fatalf("%v\n%s", err, ansi.Strip(frame))
	}
	return frame
}

// Screen is the frame without colours.
func (d *Driver) Screen() string {
	d.t.Helper()
	return ansi.Strip(d.Frame())
}

// Line is one line of the screen, from 1; from -1 backwards.
func (d *Driver) Line(n int) string {
	d.t.Helper()
	lines := strings.Split(d.Screen(), "\n")
	if n < 0 {
		n += len(lines) + 1
	}
	if n < 1 || n > len(lines) {
		d.t.Fatalf("drive: no line %d", n)
	}
	return lines[n-1]
}

// Has fails unless every text is on the screen.
func (d *Driver) Has(texts ...string) {
	d.t.Helper()
	s := d.Screen()
	for _, text := range texts {
		if !strings.Contains(s, text) {
			d.t.Fatalf("%q is not on the screen:\n%s", text, compact(s))
		}
	}
}

// Lacks fails when any of the texts is on the screen.
func (d *Driver) Lacks(texts ...string) {
	d.t.Helper()
	s := d.Screen()
	for _, text := range texts {
		if strings.Contains(s, text) {
			d.t.Fatalf("%q is on the screen:\n%s", text, compact(s))
		}
	}
}

// compact leaves blank lines out, for messages.
func compact(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimRight(l, " "); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// Sweep checks the frame at every size from 1×1 on.
func (d *Driver) Sweep(maxW, maxH int) {
	d.t.Helper()
	w, h := d.W, d.H
	for y := 1; y <= maxH; y++ {
		for x := 1; x <= maxW; x++ {
			d.Resize(x, y)
			d.Frame()
		}
	}
	d.Resize(w, h)
}

// Check reports what is wrong with a frame: it has exactly h lines of exactly w cells, in
// valid UTF-8, with no control character but those of colour sequences.
func Check(frame string, w, h int) error {
	if !utf8.ValidString(frame) {
		return fmt.Errorf("frame %d×%d is not valid UTF-8", w, h)
	}
	lines := strings.Split(frame, "\n")
	if len(lines) != h {
		return fmt.Errorf("frame %d×%d has %d lines", w, h, len(lines))
	}
	for i, l := range lines {
		if got := ansi.StringWidth(l); got != w {
			return fmt.Errorf("frame %d×%d: line %d has %d cells: %q", w, h, i+1, got, ansi.Strip(l))
		}
		if bad := stray(l); bad != "" {
			return fmt.Errorf("frame %d×%d: line %d holds %s", w, h, i+1, bad)
		}
	}
	return nil
}

// stray finds a control character that is no part of a colour sequence.
func stray(l string) string {
	for i := 0; i < len(l); i++ {
		c := l[i]
		if c == 0x1b && i+1 < len(l) && l[i+1] == '[' {
			j := i + 2
			for j < len(l) && (l[j] >= '0' && l[j] <= '9' || l[j] == ';' || l[j] == ':') {
				j++
			}
			if j < len(l) && l[j] == 'm' {
				i = j
				continue
			}
			return fmt.Sprintf("the escape sequence %q", l[i:min(j+1, len(l))])
		}
		if c < 0x20 || c == 0x7f {
			return fmt.Sprintf("the control character %#x", c)
		}
	}
	return ""
}
