package command

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"time"
)

// What is kept of a program's output, in bytes. More is read than is shown, so that a
// secret which the cut goes through lies in the part that is dropped.
const (
	readEnd   = 48 << 10 // of the beginning, and of the end
	shownEnd  = 28 << 10
	margin    = 16 << 10
	lastLine  = 2 << 10 // a longer line is no progress
	tellEvery = 200 * time.Millisecond
)

// output keeps the beginning and the end of what is written to it, and tells the last
// whole line as progress.
type output struct {
	tell func(string)

	mu    sync.Mutex
	head  []byte
	tail  []byte // the last bytes behind head, at most twice readEnd
	total int64
	line  []byte // unfinished, for progress
	told  time.Time
}

func newOutput(tell func(string)) *output { return &output{tell: tell} }

// Write never fails.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := len(b)
	o.total += int64(n)
	o.progress(b)
	if room := readEnd - len(o.head); room > 0 {
		take := min(room, len(b))
		o.head = append(o.head, b[:take]...)
		b = b[take:]
	}
	o.tail = append(o.tail, b...)
	if over := len(o.tail) - readEnd; over > readEnd {
		o.tail = append(o.tail[:0], o.tail[over:]...)
	}
	return n, nil
}

// progress tells the last line that is whole. A carriage return ends one too: progress
// bars use it.
func (o *output) progress(b []byte) {
	o.line = append(o.line, b...)
	at := bytes.LastIndexAny(o.line, "\r\n")
	if at < 0 {
		if len(o.line) > 2*lastLine {
			o.line = append(o.line[:0], o.line[len(o.line)-lastLine-1:]...) // longer than a line that is told
		}
		return
	}
	whole := bytes.TrimRight(o.line[:at], "\r\n\t ")
	whole = whole[bytes.LastIndexAny(whole, "\r\n")+1:]
	if text := strings.TrimSpace(string(whole)); text != "" && len(text) <= lastLine && time.Since(o.told) >= tellEvery {
		o.told = time.Now()
		o.tell(text)
	}
	o.line = append(o.line[:0], o.line[at+1:]...)
}

// text is what is kept, redacted, with a mark where the middle is left out.
func (o *output) text(redacted func([]byte) []byte) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.total == 0 {
		return "\nno output\n"
	}
	if o.total <= readEnd {
		return "\noutput\n" + string(redacted(o.head))
	}
	all := append(bytes.Clone(o.head), o.tail...)
	if int64(len(all)) == o.total {
		all = redacted(all)
		if len(all) <= 2*shownEnd {
			return "\noutput\n" + string(all)
		}
		return o.cut(all[:shownEnd], all[len(all)-shownEnd:])
	}
	head, tail := redacted(o.head), redacted(o.tail)
	head = head[:max(0, min(shownEnd, len(head)-margin))]
	tail = tail[min(len(tail), max(len(tail)-shownEnd, margin)):]
	return o.cut(head, tail)
}

func (o *output) cut(head, tail []byte) string {
	return fmt.Sprintf("\noutput, %d bytes; the middle is left out\n%s\n[…]\n%s", o.total, head, tail)
}
