//go:build unix

package main

import (
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
)

// glass is a terminal: a program runs on it, and what it writes makes a screen. It knows
// what gonogo uses: the cursor's moves, erasing and the screen of its own.
type glass struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File
	bps int // bytes a second it takes and gives, 0 for as many as there are

	mu   sync.Mutex
	more *sync.Cond
	rows [][]rune
	x, y int
	part []byte // of a sequence or a character whose rest has not come
	read int    // bytes so far
	at   time.Time
	over bool
}

// onGlass starts a program in colour on a terminal of that size that takes bps bytes a second.
func onGlass(t *testing.T, cmd *exec.Cmd, cols, rows, bps int) *glass {
	t.Helper()
	cmd.Env = append(slices.DeleteFunc(cmd.Env, func(e string) bool { return strings.HasPrefix(e, "NO_COLOR") }), "COLORFGBG=15;0")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)})
	if err != nil {
		t.Fatal(err)
	}
	g := &glass{t: t, cmd: cmd, tty: tty, bps: bps, rows: make([][]rune, rows)}
	g.more = sync.NewCond(&g.mu)
	for y := range g.rows {
		g.rows[y] = []rune(strings.Repeat(" ", cols))
	}
	go g.listen()
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); _ = tty.Close() })
	return g
}

func (g *glass) listen() {
	size := 64 << 10
	if g.bps > 0 {
		size = max(g.bps/20, 1)
	}
	b := make([]byte, size)
	for {
		n, err := g.tty.Read(b)
		g.mu.Lock()
		g.over = err != nil
		g.read, g.at = g.read+n, time.Now()
		g.take(b[:n])
		g.more.Broadcast()
		g.mu.Unlock()
		if err != nil {
			return
		}
		if g.bps > 0 {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(g.bps))
		}
	}
}

// take shows what was written.
func (g *glass) take(b []byte) {
	b = append(g.part, b...)
	for len(b) > 0 {
		n := 1
		switch c := b[0]; {
		case c == 0x1b:
			n = g.sequence(b)
		case c == '\r':
			g.x = 0
		case c == '\n':
			g.y = min(g.y+1, len(g.rows)-1)
		case c >= 0x20:
			if !utf8.FullRune(b) {
				n = 0
				break
			}
			var r rune
			r, n = utf8.DecodeRune(b)
			if g.x < len(g.rows[g.y]) {
				g.rows[g.y][g.x] = r
			}
			g.x++
		}
		if n == 0 {
			break
		}
		b = b[n:]
	}
	g.part = slices.Clone(b)
}

// sequence obeys the escape sequence that b begins with and returns its length, zero where
// it has no end yet.
func (g *glass) sequence(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	if b[1] == ']' {
		if i := strings.IndexAny(string(b), "\x07\\"); i > 0 {
			return i + 1
		}
		return 0
	}
	if b[1] != '[' {
		return 2
	}
	end := 2
	for ; end < len(b) && (b[end] < 0x40 || b[end] > 0x7e); end++ {
	}
	if end == len(b) {
		return 0
	}
	args := strings.Split(string(b[2:end]), ";")
	arg := func(i, or int) int {
		if i < len(args) {
			if n, err := strconv.Atoi(args[i]); err == nil && n > 0 {
				return n
			}
		}
		return or
	}
	switch b[end] {
	case 'H':
		g.y, g.x = min(arg(0, 1), len(g.rows))-1, arg(1, 1)-1
	case 'C':
		g.x += arg(0, 1)
	case 'K':
		g.erase(g.y, g.x)
		if arg(0, 0) == 2 {
			g.erase(g.y, 0)
		}
	case 'J':
		for y := range g.rows {
			g.erase(y, 0)
		}
	}
	return end + 1
}

func (g *glass) erase(y, x int) {
	for ; x < len(g.rows[y]); x++ {
		g.rows[y][x] = ' '
	}
}

// text is what the screen shows. The lock has to be held.
func (g *glass) text() string {
	lines := make([]string, len(g.rows))
	for y, r := range g.rows {
		lines[y] = string(r)
	}
	return strings.Join(lines, "\n")
}

// until waits until the screen is as wanted and returns when the bytes came that made it so.
func (g *glass) until(what string, wanted func(screen string) bool) time.Time {
	g.t.Helper()
	return g.untilIn(20*time.Second, what, wanted)
}

func (g *glass) untilIn(most time.Duration, what string, wanted func(screen string) bool) time.Time {
	g.t.Helper()
	late := false
	timer := time.AfterFunc(most, func() { g.mu.Lock(); late = true; g.more.Broadcast(); g.mu.Unlock() })
	defer timer.Stop()
	g.mu.Lock()
	defer g.mu.Unlock()
	for !wanted(g.text()) {
		if late || g.over {
			g.t.Fatalf("no %s on the screen (over: %v):\n%s", what, g.over, g.text())
		}
		g.more.Wait()
	}
	return g.at
}

// shows waits for a text on the screen.
func (g *glass) shows(text string) time.Time {
	g.t.Helper()
	return g.until(text, func(s string) bool { return strings.Contains(s, text) })
}

// quiet waits until nothing was written for that long, and returns the bytes written so far.
func (g *glass) quiet(long time.Duration) int {
	for {
		g.mu.Lock()
		read := g.read
		g.mu.Unlock()
		time.Sleep(long)
		g.mu.Lock()
		now := g.read
		g.mu.Unlock()
		if now == read {
			return now
		}
	}
}

// types presses keys; a slow terminal sends their bytes one by one.
func (g *glass) types(keys string) {
	g.t.Helper()
	step := len(keys)
	if g.bps > 0 {
		step = 1
	}
	for len(keys) > 0 {
		if _, err := g.tty.WriteString(keys[:step]); err != nil {
			g.t.Fatal(err)
		}
		if keys = keys[step:]; g.bps > 0 {
			time.Sleep(time.Second / time.Duration(g.bps))
		}
	}
}
