//go:build unix

// Package input reads a terminal's bytes and hands them on in whole keys.
//
// Bubble Tea v1 takes the end of every read for the end of a key. On a slow line a read is
// a byte: an arrow key is then Esc, a bracket and a letter, an umlaut is lost, and a
// terminal's late answer about its colours is a row of letters, each of which may judge an
// item. Terminal waits for the rest of what has begun, and keeps answers from being keys.
//
// It may import the standard library and golang.org/x/sys for select(2); nothing of ours.
package input

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// keyWait is how long the rest of a key may take: an Esc that nothing follows within it
	// is the key Esc. At 300 baud two bytes are 33 ms apart.
	keyWait = 50 * time.Millisecond
	// answerWait is how long the next byte of an answer may take; no key begins like one.
	answerWait = time.Second
	// pasteWait is after how long without a byte Esc or Ctrl+C ends a paste: its end may have
	// been lost, and every key would go on into it. Nothing else ends it, or what a line that
	// stands still brings later would be keys, each of which may judge an item.
	pasteWait = 2 * time.Second
	// PasteMost is how many bytes of a paste are taken in. More is dropped to its end.
	PasteMost = 1 << 18

	ctrlC = 3
)

var errGone = errors.New("the terminal is gone")

var pasteBegins, pasteEnds = []byte("\x1b[200~"), []byte("\x1b[201~")

// Terminal is a terminal's input, for tea.WithInput. It is still the file: its mode can be
// set, a read of it can be cancelled.
type Terminal struct {
	*os.File
	// Answer is told what the terminal answered after Bubble Tea had begun to read, the
	// whole sequence; nil: nobody wants to know. It is called while reading, so it must not
	// wait.
	Answer func(reply []byte)
	// Cut is told that a paste was longer than is taken in; nil: nobody wants to know. It
	// must not wait either.
	Cut func()

	pasting bool
	ending  int       // bytes of pasteEnds that the paste ends with so far
	pasted  int       // bytes of the paste that were handed on
	last    time.Time // when the paste's last bytes came

	dropping bool // the rest of something is no key: see rest
	text     bool // that something is text

	wait func(time.Duration) bool // stands in for readable in tests
}

// New reads file, which has to be a terminal.
func New(file *os.File) *Terminal {
	t := &Terminal{File: file}
	t.wait = t.readable
	return t
}

// Read puts whole keys into p, which should have room for some hundred bytes. It waits for
// the first byte without limit, and for the rest of a key for as long as one takes that a
// terminal sends. It may return 0 bytes: what came was no key. It never fills p, which
// Bubble Tea would take for a key's having more to come.
func (t *Terminal) Read(p []byte) (int, error) {
	done, open := 0, 0                                // bytes of whole keys, and bytes after them that wait for their rest
	at := p[:max(len(p)-longest-len(pasteEnds)-1, 1)] // leaves room for that rest
	for {
		n, err := t.File.Read(at)
		done, open = t.take(p, done, open+n)
		if err != nil {
			if done+open > 0 {
				return done + open, nil // it comes again
			}
			if err == io.EOF { // which Bubble Tea takes for nothing more to read, and goes on unseen
				err = errGone
			}
			return 0, err
		}
		if open == 0 || done+open == len(p) {
			return done + open, nil
		}
		wait := keyWait
		if isAnswer(p[done : done+open]) {
			wait = answerWait
		}
		if !t.wait(wait) {
			return done + t.left(p[done:], open), nil
		}
		at = p[done+open : done+open+1] // no further than its end
	}
}

// left hands on what is a key after all of the open bytes that p begins with and that nothing
// followed: an Esc, an Esc and a letter. A longer sequence was cut off; what may come of it
// yet is no key.
func (t *Terminal) left(p []byte, open int) int {
	switch {
	case t.pasting: // an Esc long after
		return t.giveUp(p, escape)
	case p[0] == escape && open > 2:
		t.dropping, t.text = true, isAnswer(p[:open])
		return 0
	}
	return open
}

// giveUp ends a paste for a key.
func (t *Terminal) giveUp(p []byte, key byte) int {
	t.pasting = false
	n := 0
	if t.pasted <= PasteMost {
		n = copy(p, pasteEnds[t.ending:])
	}
	return n + copy(p[n:], []byte{key})
}

func isAnswer(b []byte) bool { return len(b) > 2 && b[0] == escape && b[1] != '[' }

// take sorts the open bytes of p that follow its done ones: whole keys are done, answers are
// taken out, what has only begun stays open.
func (t *Terminal) take(p []byte, done, open int) (int, int) {
	b := p[done : done+open]
	if t.pasting && len(b) == 1 && time.Since(t.last) > pasteWait {
		switch b[0] {
		case escape: // or the paste's end, or an arrow in it
			return done, 1
		case ctrlC:
			return done + t.giveUp(p[done:], ctrlC), 0
		}
	}
	for len(b) > 0 {
		if t.pasting {
			n := t.paste(b)
			done += t.pasteOn(p[done:], b[:n])
			b = b[n:]
			continue
		}
		if t.dropping {
			n, over := rest(b, t.text)
			t.dropping = !over
			b = b[n:]
			continue
		}
		n, what := first(b)
		switch what {
		case part:
			return done, copy(p[done:], b)
		case endless:
			t.dropping, t.text = true, isAnswer(b)
		case reply:
			if t.Answer != nil {
				t.Answer(bytes.Clone(b[:n]))
			}
		case whole:
			if bytes.Equal(b[:n], pasteBegins) {
				t.pasting, t.ending, t.pasted, t.last = true, 0, 0, time.Now()
			}
			done += copy(p[done:], b[:n])
		}
		b = b[n:]
	}
	return done, 0
}

// paste is how many bytes of b belong to the paste; all of them where it does not end here.
func (t *Terminal) paste(b []byte) int {
	t.last = time.Now()
	for i, c := range b {
		switch {
		case c == pasteEnds[t.ending]:
			t.ending++
		case c == escape:
			t.ending = 1
		default:
			t.ending = 0
		}
		if t.ending == len(pasteEnds) {
			t.pasting = false
			return i + 1
		}
	}
	return len(b)
}

// pasteOn hands on bytes of a paste. One that is too long ends here, and what is to come of it
// is dropped: Bubble Tea copies all of it with every read.
func (t *Terminal) pasteOn(p, b []byte) int {
	if t.pasted > PasteMost {
		return 0
	}
	n := copy(p, b)
	if t.pasted += n; t.pasted > PasteMost && t.pasting {
		n += copy(p[n:], pasteEnds)
		if t.Cut != nil {
			t.Cut()
		}
	}
	return n
}

// readable waits until something can be read. It uses select, because poll does not know
// terminals on macOS.
func (t *Terminal) readable(wait time.Duration) bool {
	fd := int(t.Fd())
	until := time.Now().Add(wait)
	for {
		var set unix.FdSet
		set.Set(fd)
		limit := unix.NsecToTimeval(max(time.Until(until), 0).Nanoseconds())
		n, err := unix.Select(fd+1, &set, nil, nil, &limit)
		if err == unix.EINTR {
			continue
		}
		return err == nil && n > 0
	}
}
