package plain

import (
	"bufio"
	"errors"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"assess/gonogo/checks/clean"
	"assess/gonogo/tui/paint"
)

// The control keys that are heard.
const (
	ctrlC     = 0x03
	ctrlD     = 0x04
	backspace = 0x08
	newline   = '\n'
	enter     = '\r'
	ctrlU     = 0x15
	ctrlW     = 0x17
	escape    = 0x1b
	del       = 0x7f
)

// keys is what came from the person at once: some bytes of a terminal, or one line of a
// pipe; end says that nothing follows.
type keys struct {
	bytes []byte
	end   bool
}

func (k keys) has(b byte) bool { return strings.IndexByte(string(k.bytes), b) >= 0 }

// maxAnswer is how much of a pipe's line is read at once; maxText how long a line may be,
// both in bytes.
const (
	maxAnswer = 64 << 10
	maxText   = 1 << 20
)

// input reads in a goroutine of its own until done: a terminal as keys come, anything else
// line by line. A last line without its end was typed and not entered.
func input(in *os.File, terminal bool, done <-chan struct{}) <-chan keys {
	out := make(chan keys)
	send := func(k keys) bool {
		select {
		case out <- k:
			return true
		case <-done:
			return false
		}
	}
	go func() {
		lines := bufio.NewReaderSize(in, maxAnswer)
		buf := make([]byte, 4096)
		for {
			var k keys
			var err error
			if terminal {
				var n int
				n, err = in.Read(buf)
				k.bytes = append(k.bytes, buf[:n]...)
			} else {
				var line []byte
				if line, err = lines.ReadSlice('\n'); errors.Is(err, bufio.ErrBufferFull) {
					err = nil
				}
				k.bytes = append(k.bytes, line...)
			}
			k.end = err != nil
			if err != nil && !errors.Is(err, io.EOF) && len(k.bytes) == 0 {
				k.bytes = nil
			}
			if !send(k) || k.end {
				return
			}
		}
	}()
	return out
}

// typed is a line while it is typed.
type typed struct {
	text   string
	secret bool   // nothing of it is echoed
	part   []byte // of a character, or of an escape sequence, that is not whole yet

	tooLong bool // it was longer than maxText, and is not kept any more
}

// ending is how typing a line ended.
type ending int

const (
	goesOn  ending = iota
	entered        // Enter
	left           // Ctrl+D, the end of the answers, or taken away
	stopped        // Ctrl+C
)

// feed takes what came and returns what to echo. An Enter in the middle of what came at
// once was pasted: it is part of the text, so that no paste is ever a command.
func (l *typed) feed(b []byte) (echo string, how ending) {
	b = append(l.part, b...)
	l.part = nil
	var out strings.Builder
	say := func(s string) {
		if !l.secret {
			out.WriteString(s)
		}
	}
	var more []byte // joined at once: a long paste comes as many characters
	join := func() {
		l.text += string(more)
		more = more[:0]
	}
	defer join()
	for len(b) > 0 {
		switch c := b[0]; {
		case c == escape:
			n := sequence(b)
			if n == 0 {
				l.part = b
				return out.String(), goesOn
			}
			b = b[n:]
			continue
		case c == ctrlC:
			return out.String(), stopped
		case c == ctrlD:
			return out.String(), left
		case c == enter || c == newline:
			if len(strings.TrimLeft(string(b), "\r\n")) == 0 {
				return out.String(), entered
			}
			more = append(more, '\n')
			say(" ")
		case c == backspace || c == del:
			join()
			say(l.erase(1))
		case c == ctrlU:
			join()
			say(l.erase(utf8.RuneCountInString(l.text)))
		case c == ctrlW:
			join()
			head := strings.TrimRight(l.text, " \n")
			head = head[:strings.LastIndexAny(head, " \n")+1]
			say(l.erase(utf8.RuneCountInString(l.text[len(head):])))
		case c == '\t':
			more = append(more, ' ')
			say(" ")
		case c >= ' ':
			if !utf8.FullRune(b) {
				l.part = b
				return out.String(), goesOn
			}
			r, n := utf8.DecodeRune(b)
			if r != utf8.RuneError && (r == ' ' || clean.Line(string(r)).String() == string(r)) {
				more = utf8.AppendRune(more, r)
				say(string(r))
			}
			b = b[n:]
			continue
		}
		b = b[1:]
	}
	return out.String(), goesOn
}

// erase takes characters off the end and returns what rubs them out.
func (l *typed) erase(n int) string {
	var out strings.Builder
	for ; n > 0 && l.text != ""; n-- {
		r, size := utf8.DecodeLastRuneInString(l.text)
		l.text = l.text[:len(l.text)-size]
		w := paint.Width(string(r))
		if r == '\n' {
			w = 1
		}
		out.WriteString(strings.Repeat("\b", w) + strings.Repeat(" ", w) + strings.Repeat("\b", w))
	}
	return out.String()
}

// sequence is how long the escape sequence is that b begins with; 0: it is not whole yet.
// Arrows and function keys mean nothing here and are passed over (ECMA-48).
func sequence(b []byte) int {
	if len(b) == 1 {
		return 1 // the key Esc by itself
	}
	if b[1] == 'O' {
		if len(b) < 3 {
			return 0
		}
		return 3
	}
	if b[1] != '[' {
		return 2
	}
	for i := 2; i < len(b); i++ {
		if b[i] >= '@' && b[i] <= '~' {
			return i + 1
		}
	}
	if len(b) > 32 {
		return len(b)
	}
	return 0
}
