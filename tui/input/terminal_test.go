//go:build unix

package input

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// reads gives a terminal the chunks, each once the one before is read and more is waited
// for, and returns what each Read gave. After the last chunk nothing comes any more.
func reads(t *testing.T, term *Terminal, chunks ...string) []string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	term.File = r
	next := func() bool {
		for len(chunks) > 0 && chunks[0] == "" {
			chunks = chunks[1:]
		}
		if len(chunks) == 0 {
			return false
		}
		if _, err := w.WriteString(chunks[0]); err != nil {
			t.Fatal(err)
		}
		chunks = chunks[1:]
		return true
	}
	term.wait = func(time.Duration) bool { return next() }
	var out []string
	p := make([]byte, 256)
	for next() {
		n, err := term.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(p[:n]))
	}
	w.Close()
	return out
}

// However a slow line splits them, keys arrive whole, and answers do not arrive.
func TestKeysAreWholeWhereverTheyAreSplit(t *testing.T) {
	for in, want := range map[string]string{
		"j": "j", "\x03": "\x03", "ö": "ö", "語": "語", "\x1b[A": "\x1b[A", "\x1bOB": "\x1bOB", "\x1b[6~": "\x1b[6~",
		"\x1b[1;5C": "\x1b[1;5C", "\x1b[<64;10;20M": "\x1b[<64;10;20M", "\x1b[M !!": "\x1b[M !!", "\x1b[[A": "\x1b[[A",
		"\x1b\r": "\x1b\r", "\x1bj": "\x1bj", "\x1b\x1b[B": "\x1b\x1b[B", "\x1bö": "\x1bö",
		"\x1b[200~pf\x1b[2J\x1b\x1b[201~":  "\x1b[200~pf\x1b[2J\x1b\x1b[201~",
		"\x1b]11;rgb:ffff/ffff/ffff\a":     "",
		"\x1b]11;rgb:ffff/ffff/ffff\x1b\\": "",
		"\x1b]11;rgb:ffff/fff":             "", // cut off
		"\x1b]11;rgb:ff\x03":               "\x03",
		"\x1b[12;":                         "",
		"\x1b[12\x03":                      "\x03",
		"\x1b[?62;4c":                      "\x1b[?62;4c", // Bubble Tea knows it for no key
	} {
		for i := range len(in) {
			out := reads(t, &Terminal{}, in[:i], in[i:])
			if got := strings.Join(out, ""); got != want {
				t.Errorf("%q split after %d: %q, want %q", in, i, got, want)
			}
		}
		var single []string
		for _, c := range []byte("k" + in + "k") {
			single = append(single, string([]byte{c}))
		}
		wanted := "k" + want + "k"
		if strings.HasSuffix(in, "fff") || strings.HasSuffix(in, "12;") { // the k after it ends it
			continue
		}
		if got := strings.Join(reads(t, &Terminal{}, single...), ""); got != wanted {
			t.Errorf("%q byte by byte: %q, want %q", in, got, wanted)
		}
	}
}

// What a key has begun is never handed on before it is whole.
func TestNoReadEndsWithinAKey(t *testing.T) {
	for _, in := range []string{"\x1b[A", "\x1bOB", "\x1b[200~", "ö", "\x1b[<0;1;1M"} {
		for i := 1; i < len(in); i++ {
			if out := reads(t, &Terminal{}, "j"+in[:i], in[i:]); len(out) != 1 || out[0] != "j"+in {
				t.Errorf("%q split after %d: %q", in, i, out)
			}
		}
	}
}

// An Esc that nothing follows is a key, and so are Esc and a letter that begins sequences.
func TestEscAlone(t *testing.T) {
	for _, in := range []string{"\x1b", "\x1b[", "\x1bO", "\x1b]", "\xc3"} {
		if out := reads(t, &Terminal{}, in); len(out) != 1 || out[0] != in {
			t.Errorf("%q: %q", in, out)
		}
	}
}

func TestAnAnswerIsTold(t *testing.T) {
	var told []string
	term := &Terminal{Answer: func(b []byte) { told = append(told, string(b)) }}
	if out := reads(t, term, "j\x1b]11;rgb:ff", "ff/ffff/ffff\x07k"); strings.Join(out, "") != "jk" {
		t.Errorf("read %q", out)
	}
	if len(told) != 1 || told[0] != "\x1b]11;rgb:ffff/ffff/ffff\x07" {
		t.Errorf("told %q", told)
	}
}

// A flood of something that never ends is dropped in pieces, and what follows it is heard.
func TestEndlessAnswer(t *testing.T) {
	out := strings.Join(reads(t, &Terminal{}, "\x1b]11;"+strings.Repeat("1", longest-5)+"\x03"), "")
	if out != "\x03" {
		t.Errorf("read %q", out)
	}
}

// A paste whose end was lost ends at the first key that comes long after it.
func TestABrokenPasteDoesNotSwallowKeys(t *testing.T) {
	term := &Terminal{}
	if out := reads(t, term, "\x1b[200~half\x1b[20"); strings.Join(out, "") != "\x1b[200~half\x1b[20" {
		t.Errorf("read %q", out)
	}
	if out := reads(t, term, "more"); strings.Join(out, "") != "more" {
		t.Errorf("the paste goes on: %q", out)
	}
	reads(t, term, "\x1b[20")
	term.last = time.Now().Add(-pasteWait - time.Second)
	if out := reads(t, term, "\x03"); strings.Join(out, "") != "1~\x03" {
		t.Errorf("a key long after: %q", out)
	}
	if out := reads(t, term, "\x1b", "[A"); len(out) != 1 || out[0] != "\x1b[A" {
		t.Errorf("after the paste: %q", out)
	}
}

// On a real terminal the wait for a key's rest ends by itself, and a rest that comes is read.
func TestRealTerminal(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer master.Close()
	defer tty.Close()
	term := New(tty)
	if term.readable(time.Millisecond) {
		t.Error("there is nothing to read yet")
	}
	if _, err := master.WriteString("\x1b[A\n"); err != nil { // not raw: a line is read
		t.Fatal(err)
	}
	if !term.readable(5 * time.Second) {
		t.Fatal("the line cannot be read")
	}
	p := make([]byte, 256)
	if n, err := term.Read(p); err != nil || !bytes.Equal(p[:n], []byte("\x1b[A\n")) {
		t.Errorf("read %q, %v", p[:n], err)
	}
}

func BenchmarkTake(b *testing.B) {
	term, p := &Terminal{}, make([]byte, 256)
	for b.Loop() {
		copy(p, "\x1b[B")
		term.take(p, 0, 3)
	}
}
