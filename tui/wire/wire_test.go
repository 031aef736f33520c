package wire

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// screen is a terminal as ECMA-48 has it, as far as frames go.
type screen struct {
	cells [][]string // character and style
	x, y  int
	look  style
}

func newScreen(w, h int) *screen {
	s := &screen{cells: make([][]string, h)}
	for y := range s.cells {
		s.cells[y] = make([]string, w)
		s.erase(y, 0)
	}
	return s
}

func (s *screen) erase(y, x int) {
	for ; x < len(s.cells[y]); x++ {
		s.cells[y][x] = " "
	}
}

// named is a character in a style; a blank shows no more of it than its ground.
func named(c string, st style) string {
	if c == " " && letters(st.attr) {
		st.fg, st.attr = "", ""
	}
	if st == (style{}) {
		return c
	}
	return fmt.Sprint(c, st.fg, "/", st.bg, "/", st.attr)
}

func (s *screen) take(t *testing.T, out string) {
	for len(out) > 0 {
		if strings.HasPrefix(out, "\x1b[") {
			end := strings.IndexFunc(out[2:], func(r rune) bool { return r >= 0x40 }) + 2
			s.obey(t, out[2:end], out[end])
			out = out[end+1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(out)
		w := displaywidth.Rune(r)
		if w == 0 {
			s.cells[s.y][s.x-1] += string(r)
			out = out[n:]
			continue
		}
		if s.x+w > len(s.cells[s.y]) {
			t.Fatalf("written over the edge of row %d", s.y)
		}
		s.cells[s.y][s.x] = named(string(r), s.look)
		if w == 2 {
			s.cells[s.y][s.x+1] = ""
		}
		s.x += w
		out = out[n:]
	}
}

func (s *screen) obey(t *testing.T, args string, final byte) {
	first, second, _ := strings.Cut(args, ";")
	a, _ := strconv.Atoi(first)
	b, _ := strconv.Atoi(second)
	switch final {
	case 'm':
		s.look = apply(s.look, args)
	case 'H':
		s.y, s.x = max(a, 1)-1, max(b, 1)-1
	case 'C':
		s.x += a
	case 'K':
		if s.look.bg != "" || s.x >= len(s.cells[s.y]) {
			t.Fatal("erased in a colour, or behind the last cell")
		}
		s.erase(s.y, s.x)
	default:
		t.Fatalf("not known: %q %c", args, final)
	}
}

func (s *screen) String() string {
	var b strings.Builder
	for _, r := range s.cells {
		fmt.Fprintf(&b, "%q\n", r)
	}
	return b.String()
}

// draw is a random frame in which much is as in the one before.
func draw(r *rand.Rand, w, h int, last []string) []string {
	looks := []string{"", "", "1", "38;5;254", "1;38;5;82", "38;2;1;2;3", "48;5;236", "38;5;254;48;5;236", "4", "7;31", "91"}
	words := []string{"pass", "fail", "needs you", " ", "        ", "▸", "────────", "é", "漢字", "e\u0301", "17 of 20"}
	lines := make([]string, h)
	for y := range lines {
		if len(last) == h && r.IntN(3) > 0 {
			lines[y] = last[y]
			continue
		}
		var b strings.Builder
		left := w
		for left > 0 {
			text := words[r.IntN(len(words))]
			n := displaywidth.String(text)
			if n > left || r.IntN(6) == 0 {
				text, n = strings.Repeat(" ", min(left, 1+r.IntN(w))), 0
				n = len(text)
			}
			if look := looks[r.IntN(len(looks))]; look != "" {
				text = "\x1b[" + look + "m" + text + "\x1b[0m"
			}
			b.WriteString(text)
			left -= n
		}
		lines[y] = b.String()
	}
	return lines
}

// Whatever the frames, in whatever pieces, the terminal shows the last one.
func TestTheTerminalShowsTheFrame(t *testing.T) {
	for seed := range uint64(120) {
		r := rand.New(rand.NewPCG(seed, 1))
		p, turn := newPage(), 0
		p.clear()
		var got *screen
		var last []string
		w, h := 0, 0
		for range 12 {
			if turn == 0 || r.IntN(5) == 0 {
				w, h, last = 1+r.IntN(70), 1+r.IntN(30), nil
				blank := got == nil
				got = newScreen(w, h)
				turn++
				if !blank { // what was there may be anywhere
					for y := range got.cells {
						for x := range got.cells[y] {
							got.cells[y][x] = "#"
						}
					}
				}
			}
			last = draw(r, w, h, last)
			f := &frame{text: strings.Join(last, "\n"), w: w, h: h, turn: turn}
			for whole := false; !whole; {
				var out []byte
				out, whole = p.update(f)
				got.take(t, string(out))
				if r.IntN(3) == 0 && !whole { // a newer one comes first
					last = draw(r, w, h, last)
					f = &frame{text: strings.Join(last, "\n"), w: w, h: h, turn: turn}
				}
			}
			want := newScreen(w, h)
			for y, l := range last {
				want.y, want.x, want.look = y, 0, style{}
				want.take(t, l)
			}
			if got.String() != want.String() {
				t.Fatalf("seed %d:\n%s\nwant\n%s", seed, got, want)
			}
		}
	}
}

func TestStyles(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"", "1", "\x1b[1m"},
		{"1", "", "\x1b[m"},
		{"38;5;1", "38;5;2", "\x1b[38;5;2m"},
		{"38;5;1", "1;38;5;1", "\x1b[1m"},
		{"1;38;5;1", "38;5;1", "\x1b[0;38;5;1m"},
		{"31;44", "31", "\x1b[0;31m"},
		{"31", "0;31", ""},
		{"38;2;1;2;3", "38;2;1;2;3;48;5;7", "\x1b[48;5;7m"},
		{"31;44", "39;44", "\x1b[0;44m"},
	} {
		s := newStyles()
		from, to := s.then(0, c.from), s.then(0, c.to)
		if got := string(s.turn(nil, from, to)); got != c.want {
			t.Errorf("%q to %q: %q, want %q", c.from, c.to, got, c.want)
		}
	}
}

// What a change costs in bytes.
func TestBytes(t *testing.T) {
	line := func(text string) string {
		return "\x1b[38;5;254m" + text + strings.Repeat(" ", 40-len(text)) + "\x1b[0m"
	}
	for _, c := range []struct{ name, was, is, want string }{
		{"nothing", line("as it was"), line("as it was"), ""},
		{"the same in other sequences", "\x1b[1mab\x1b[0m" + strings.Repeat(" ", 38), "\x1b[1ma\x1b[0m\x1b[1mb\x1b[0;7;0m" + strings.Repeat(" ", 38), ""},
		{"a word whole", line("it says pass now"), line("it says past now"), "\x1b[1;9H\x1b[38;5;254mpast\x1b[m"},
		{"a rest that goes", line("one two three"), line("one"), "\x1b[1;5H\x1b[K"},
		{"two places", line("a    far from here         b"), line("c    far from here         d"), "\x1b[1H\x1b[38;5;254mc\x1b[26Cd\x1b[m"},
	} {
		p := newPage()
		p.update(&frame{text: c.was, w: 40, h: 1, turn: 1})
		out, whole := p.update(&frame{text: c.is, w: 40, h: 1, turn: 1})
		if string(out) != c.want || !whole {
			t.Errorf("%s: %q, want %q", c.name, out, c.want)
		}
	}
}

// The cursor rests where a letter will stand, whatever was written last and however wide what
// stands before it is.
func TestTheCursorRestsAtTheCaret(t *testing.T) {
	p, got := newPage(), newScreen(20, 3)
	for i, f := range []struct {
		lines []string
		y, x  int
	}{
		{[]string{"name  \x1b[1mabc\x1b[0m\x1b[38;5;4m▏\x1b[0m          ", "漢字                ", strings.Repeat(" ", 20)}, 0, 9},
		{[]string{"name  \x1b[1mabc\x1b[0m           ", "漢字e\u0301\x1b[38;5;4m▏\x1b[0m              ", strings.Repeat("x", 20)}, 1, 5},
		{[]string{"name  \x1b[1mabc\x1b[0m           ", "漢字e\u0301\x1b[38;5;4m▏\x1b[0m              ", strings.Repeat("y", 20)}, 1, 5},
	} {
		out, _ := p.update(&frame{text: strings.Join(f.lines, "\n"), w: 20, h: 3, turn: 1})
		got.take(t, string(out))
		if got.y != f.y || got.x != f.x {
			t.Errorf("frame %d: the cursor is at %d;%d, want %d;%d", i, got.y, got.x, f.y, f.x)
		}
	}
}

// A frame with fewer lines than the terminal has leaves nothing of the one before.
func TestAShortFrame(t *testing.T) {
	p, got := newPage(), newScreen(3, 3)
	for _, text := range []string{"abc\ndef\nghi", "xyz"} {
		out, _ := p.update(&frame{text: text, w: 3, h: 3, turn: 1})
		got.take(t, string(out))
	}
	want := newScreen(3, 3)
	want.take(t, "xyz")
	if got.String() != want.String() {
		t.Errorf("%s", got)
	}
}

// A terminal that takes nothing and is told to be cleared holds up nobody for longer than
// patience, and has everything in turn once it takes more.
func TestWritingToATerminalThatTakesNothing(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	term := New(w)
	for _, s := range []string{"\x1b[?1049h", "\x1b[2J"} {
		_, _ = io.WriteString(term, s)
	}
	term.Resize(400, 400)
	began := time.Now()
	for i := range 50 { // more than a pipe holds
		term.Show(strings.Repeat(fmt.Sprintf("%0400d\n", i), 399) + "end")
		_, _ = io.WriteString(term, "\x1b[2J")
	}
	_, _ = io.WriteString(term, "\x1b[?1049l")
	if took := time.Since(began); took > patience+time.Second {
		t.Errorf("writing took %v", took)
	}
	go func() { _ = term.Close(); _ = w.Close() }()
	all, _ := io.ReadAll(r)
	if !strings.HasSuffix(string(all), "\x1b[?7h\x1b[?1049l") {
		t.Errorf("it ends with %q", all[len(all)-40:])
	}
	if n := strings.Count(string(all), "\x1b[2J"); n != 51 {
		t.Errorf("cleared %d times", n)
	}
}

// What Bubble Tea writes goes through, but for its frames; frames go out on the screen of
// their own alone, and all of them anew when that was cleared.
func TestTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	term := New(w)
	expect := func(want string) {
		t.Helper()
		_ = r.SetReadDeadline(time.Now().Add(5 * time.Second))
		got := make([]byte, len(want))
		if n, err := io.ReadFull(r, got); string(got) != want {
			t.Fatalf("%q (%v), want %q", got[:n], err, want)
		}
	}
	say := func(s string) {
		t.Helper()
		if n, err := io.WriteString(term, s); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	term.Show("too early")
	term.Resize(3, 1)
	term.Show("one")
	say("\x1b[?25l")
	expect("\x1b[?25l")
	say("\x1b[?1049h")
	say("\x1b[2J")
	expect("\x1b[?1049h\x1b[?7l\x1b[2J\x1b[1Hone")
	say("\x1b[H \r\n")
	term.Show("one")
	term.Show("two")
	expect("\x1b[1Htwo")
	say("\x1b[2J")
	expect("\x1b[2J\x1b[1Htwo")
	term.Resize(3, 1) // what it has was asked; nothing moved
	term.Show("two")
	term.Resize(3, 1)
	term.Show("two")
	expect("\x1b[1Htwo")
	say("\x1b[?1049l")
	term.Show("six")
	say("$ ")
	expect("\x1b[?7h\x1b[?1049l$ ")
	say("\x1b[?1049h")
	say("\x1b[2J")
	expect("\x1b[?1049h\x1b[?7l\x1b[2J\x1b[1Hsix")
}

// A terminal that takes nothing holds nobody up, and then shows the newest frame.
func TestASlowTerminal(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	term := New(w)
	_, _ = io.WriteString(term, "\x1b[?1049h")
	_, _ = io.WriteString(term, "\x1b[2J")
	term.Resize(100, 100)
	for i := range 1000 {
		term.Show(strings.Repeat(fmt.Sprintf("%0100d\n", i), 99) + "end")
	}
	got := make(chan string)
	go func() {
		var b strings.Builder
		buf := make([]byte, 4096)
		for !strings.Contains(b.String(), "999") || !strings.Contains(b.String(), "end") {
			n, err := r.Read(buf)
			if err != nil {
				break
			}
			b.Write(buf[:n])
		}
		got <- b.String()
	}()
	select {
	case s := <-got:
		if len(s) > 500_000 {
			t.Errorf("%d bytes: frames nobody could see were written", len(s))
		}
	case <-time.After(5 * time.Second):
		t.Fatal("the last frame never comes")
	}
}

func BenchmarkUpdate(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	one := draw(r, 120, 40, nil)
	two := draw(r, 120, 40, one)
	frames := []*frame{{text: strings.Join(one, "\n"), w: 120, h: 40, turn: 1}, {text: strings.Join(two, "\n"), w: 120, h: 40, turn: 1}}
	p := newPage()
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		for whole := false; !whole; {
			_, whole = p.update(frames[i%2])
		}
		i++
	}
}
