//go:build unix

package input

import (
	"bytes"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	xterm "github.com/charmbracelet/x/term"
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
	more := func() bool { return term.readable(0) || next() }
	term.wait = func(time.Duration) bool { return more() }
	var out []string
	p := make([]byte, 256)
	for more() {
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

// What no key sends is no key, wherever it is split, and what follows it is heard.
func TestNoKeyComesOf(t *testing.T) {
	flood := strings.Repeat("p", 5000)
	for _, in := range []string{
		"\x1bOp", "\x1bOM", // a keypad's keys
		"\x1b[[p",
		"\x1b[ 3p", "\x1b[1$2p",
		"\x1bP>|xterm(370)p\x1b\\", "\x1bP1$r0p\x1b\\", "\x1bP0+r\x1b\\", // what an editor asked and did not wait for
		"\x1b_Gi=1;OKp\x1b\\",
		"\x1b]52;c;" + flood + "\x1b\\",
		"\x1b]52;c;" + flood + "\a",
		"\x1bP1+r" + flood + "\x1b\\",
		"\x1b[" + strings.Repeat("1;", 500) + "p",
	} {
		step := 1 + len(in)/100
		for i := 0; i < len(in); i += step {
			if out := strings.Join(reads(t, &Terminal{}, in[:i], in[i:]+"k"), ""); out != "k" {
				t.Errorf("%.30q split after %d: %.40q", in, i, out)
			}
		}
	}
	for in, want := range map[string]string{
		"\x1b]52;c;" + flood + "\x03":               "\x03", // it never ends
		"\x1b]52;c;" + flood + "\x1b[A":             "\x1b[A",
		"\x1b[" + strings.Repeat("1", 500) + "\x03": "\x03",
		"\x1b[Mp\x03": "\x03",
		"\x1bPp":      "\x1bPp", "\x1b_p": "\x1b_p", // Alt and a letter
	} {
		if out := strings.Join(reads(t, &Terminal{}, in), ""); out != want {
			t.Errorf("%.30q: %.40q, want %q", in, out, want)
		}
	}
}

// A line that stands still within a sequence and goes on later makes no key of its rest.
func TestARestThatComesLate(t *testing.T) {
	for _, c := range [][2]string{{"\x1b[1;5", "p"}, {"\x1b]11;rgb:ff", "ff/ffff/ffff\a"}, {"\x1bP>|xt", "erm\x1b\\"}, {"\x1b[<64;1", "0;20M"}} {
		term := &Terminal{}
		out := strings.Join(reads(t, term, c[0]), "") + strings.Join(reads(t, term, c[1]+"k"), "")
		if out != "k" {
			t.Errorf("%q: %q", c, out)
		}
	}
}

// A read is never full, and what is read ahead is cut into whole keys.
func TestReadAhead(t *testing.T) {
	for _, key := range []string{"p", "\x1b[A", "ö", "\x1bOB", "\x1b[200~ab\x1b[201~"} {
		in := strings.Repeat(key, 1000)
		out := reads(t, &Terminal{}, in)
		if strings.Join(out, "") != in {
			t.Errorf("%q: not all arrives", key)
		}
		for _, o := range out {
			if len(o) >= 256 || len(o)%len(key) != 0 && len(key) < 5 {
				t.Errorf("%q: a read of %d bytes", key, len(o))
			}
		}
	}
}

// Of a paste of any length its beginning arrives, as a paste, and what follows it as keys.
func TestAHugePaste(t *testing.T) {
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer master.Close()
	defer tty.Close()
	state, err := xterm.MakeRaw(tty.Fd())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = xterm.Restore(tty.Fd(), state) }()
	cuts := 0
	term := New(tty)
	term.Cut = func() { cuts++ }
	go func() {
		_, _ = master.WriteString("\x1b[200~" + strings.Repeat("päste\x1b[20\x00\xff ", 4*PasteMost/14) + "\x1b[201~k\x1b[200~short\x1b[201~\x03")
	}()
	var out bytes.Buffer
	p := make([]byte, 256)
	for !bytes.HasSuffix(out.Bytes(), []byte("\x03")) {
		n, err := term.Read(p)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(p[:n])
	}
	if n := out.Len(); n < PasteMost || n > PasteMost+300 {
		t.Errorf("%d bytes", n)
	}
	if !bytes.HasSuffix(out.Bytes(), []byte("\x1b[201~k\x1b[200~short\x1b[201~\x03")) || bytes.Count(out.Bytes(), pasteEnds) != 2 {
		t.Errorf("it ends with %q", out.Bytes()[out.Len()-40:])
	}
	if cuts != 1 {
		t.Errorf("told %d times", cuts)
	}
}

// A paste that stands still goes on as a paste. Where its end was lost, Esc or Ctrl+C ends it.
func TestAPasteWhoseEndIsLate(t *testing.T) {
	stalled := func() *Terminal {
		term := &Terminal{}
		if out := reads(t, term, "\x1b[200~half\x1b[20"); strings.Join(out, "") != "\x1b[200~half\x1b[20" {
			t.Errorf("read %q", out)
		}
		term.last = time.Now().Add(-pasteWait - time.Second)
		return term
	}
	for _, c := range []struct {
		comes []string
		want  string
	}{
		{[]string{"ppp\x1b[201~k"}, "ppp\x1b[201~k"},
		{[]string{"p", "\x1b[201~k"}, "p\x1b[201~k"},
		{[]string{"\x1b", "[201~k"}, "\x1b[201~k"},
		{[]string{"\x03", "k"}, "1~\x03k"},
		{[]string{"\x1b"}, "1~\x1b"},
	} {
		if out := strings.Join(reads(t, stalled(), c.comes...), ""); out != c.want {
			t.Errorf("%q: %q, want %q", c.comes, out, c.want)
		}
	}
	term := stalled()
	reads(t, term, "\x1b")
	if out := reads(t, term, "\x1b", "[A"); len(out) != 1 || out[0] != "\x1b[A" {
		t.Errorf("after the paste: %q", out)
	}
}

// Whatever comes, reading goes on, and Ctrl+C and Esc are heard.
func TestGarbage(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		garbage := make([]byte, r.IntN(2000))
		for i := range garbage {
			garbage[i] = byte(r.IntN(256))
			if r.IntN(8) == 0 {
				garbage[i] = "\x1b[]OP"[r.IntN(5)]
			}
		}
		out := strings.Join(reads(t, &Terminal{}, string(garbage)+"\x18", "\x03"), "")
		if !strings.HasSuffix(out, "\x03") {
			t.Fatalf("after %q: %q", garbage, out)
		}
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
