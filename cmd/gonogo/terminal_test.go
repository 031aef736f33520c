//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// questions is a profile of five questions.
const questions = `
id = "house"
title = "House"
version = 1
[[category]]
id = "security"
title = "Security"
weight = 1
[[category.item]]
id = "H-01"
title = "First"
severity = "high"
question = "One?"
[[category.item]]
id = "H-02"
title = "Second"
severity = "high"
question = "Two?"
[[category.item]]
id = "H-03"
title = "Third"
severity = "high"
question = "Three?"
[[category.item]]
id = "H-04"
title = "Fourth"
severity = "high"
question = "Four?"
[[category.item]]
id = "H-05"
title = "Fifth"
severity = "high"
question = "Five?"
`

// answering makes a terminal answer what the program asks of its background, or not.
func (p *page) answering() {
	go func() {
		p.until("\x1b]11;?")
		p.types("\x1b]11;rgb:1111/1111/1111\x1b\\\x1b[1;1R")
	}()
}

// questioned is a saved review of the five questions, opened on a terminal with the cursor on
// the first.
func questioned(t *testing.T) (dir string, p *page) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range map[string]string{"house.toml": questions, "target.toml": "name = \"shop\"\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	_ = gonogo(dir, "run", "target.toml", "--profile", "house.toml").Run() // its exit code is the decision's
	p = onTerminal(t, gonogo(dir, "resume", "latest"))
	p.until("One?")
	return dir, p
}

// Bytes that terminals, slow lines and tmux make of keys mean what the person pressed.
func TestBytesOfKeys(t *testing.T) {
	for _, c := range []struct {
		name   string
		writes []string // a short while apart
		shows  string
	}{
		{"three keys in one write", []string{"jjj"}, "Four?"},
		{"an arrow key whole", []string{"\x1b[B"}, "Two?"},
		{"an arrow key split after ESC", []string{"\x1b", "[B"}, "Two?"},
		{"an arrow key split after ESC [", []string{"\x1b[", "B"}, "Two?"},
		{"an arrow key byte by byte", strings.Split("\x1b[B", ""), "Two?"},
		{"Esc and j in one read", []string{"\x1bj"}, "Two?"},
		{"application arrows", []string{"\x1bOB"}, "Two?"},
		{"a late answer about the background", []string{"\x1b]11;rgb:1111/1111/1111\x1b\\", "j"}, "Two?"},
		{"a late answer byte by byte", append(strings.Split("\x1b]11;rgb:11ff/1111/1111\x1b\\", ""), "j"), "Two?"},
		{"an answer whose end was lost", []string{"\x1b]11;rgb:11ff/11", "\x1b[B"}, "Two?"},
		{"a paste is no keys", []string{"\x1b[200~jjppff\x1b[201~", "j"}, "Two?"},
		{"a paste of what terminals obey", []string{"\x1b[200~\x1b]0;owned\x07\x1b[2Jqqq\x1b[201~", "j"}, "Two?"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, p := questioned(t)
			for i, w := range c.writes {
				if i > 0 {
					time.Sleep(10 * time.Millisecond) // the write before has to be a read of its own
				}
				p.types(w)
			}
			p.types("\x0c") // Ctrl+L paints all anew: what is on the screen then is what counts
			p.until("\x1b[2J")
			p.until(c.shows)
			p.lacks("owned")
			p.types("\x03")
			p.ends(0)
		})
	}
}

// The terminal is given back however the program ends.
func TestTheTerminalIsGivenBack(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(p *page)
		code int
	}{
		{"Ctrl+C", func(p *page) { p.types("\x03") }, 0},
		{"q at home", func(p *page) { p.types("q"); p.until("1 review"); p.types("q") }, 0},
		{"SIGTERM", func(p *page) { _ = p.cmd.Process.Signal(syscall.SIGTERM) }, -1},
		{"SIGHUP, as of a dropped line", func(p *page) { _ = p.cmd.Process.Signal(syscall.SIGHUP) }, -1},
		{"SIGINT", func(p *page) { _ = p.cmd.Process.Signal(syscall.SIGINT) }, -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, p := questioned(t)
			p.types("f")
			p.until("Reason")
			p.types("half a word")
			holds(t, filepath.Join(dir, "home", "sessions"), "half a word")
			if c.name == "q at home" {
				p.types("\x1b")
				time.Sleep(80 * time.Millisecond) // Esc waits whether it begins an arrow
			}
			c.end(p)
			p.until("\x1b[?1049l") // the screen of before
			p.ends(c.code)
			again := onTerminal(t, gonogo(dir, "resume", "latest"))
			again.until("half a word")
		})
	}
}

// Whatever sizes a window goes through, what is on the screen after is whole.
func TestResizeStorm(t *testing.T) {
	_, p := questioned(t)
	for i := range 60 {
		size := &pty.Winsize{Cols: uint16(1 + i*13%150), Rows: uint16(1 + i*7%50)}
		if err := pty.Setsize(p.tty, size); err != nil {
			t.Fatal(err)
		}
		p.types("j")
	}
	for _, size := range []pty.Winsize{{Cols: 1, Rows: 1}, {Cols: 100, Rows: 30}} {
		if err := pty.Setsize(p.tty, &size); err != nil {
			t.Fatal(err)
		}
	}
	p.types("g\x0c")
	p.until("\x1b[2J")
	p.until("One?")
	p.types("\x03")
	p.ends(0)
}

// Ctrl+Z gives the terminal back and stops; going on paints all anew, once, as Ctrl+L does.
func TestSuspend(t *testing.T) {
	_, p := questioned(t)
	p.types("\x1a")
	p.until("\x1b[?1049l")
	on := make(chan struct{})
	go func() { // it is stopped some time after it gave the terminal back
		for tick := time.NewTicker(50 * time.Millisecond); ; {
			select {
			case <-tick.C:
				_ = p.cmd.Process.Signal(syscall.SIGCONT)
			case <-on:
				tick.Stop()
				return
			}
		}
	}()
	p.until("\x1b[?1049h")
	close(on)
	p.until("One?")
	p.once("One?")
	p.types("\x0c")
	p.until("\x1b[2J")
	p.until("One?")
	p.once("One?")
	p.types("\x03")
	p.ends(0)
}

// The first frame is there soon, also on a terminal that answers nothing it is asked. The
// best of five counts: other work on the machine can only make it slower.
func TestStartToFirstFrame(t *testing.T) {
	dir, p := questioned(t)
	p.types("\x03")
	p.ends(0)
	for name, answers := range map[string]bool{"answering": true, "silent": false} {
		var took []time.Duration
		for range 5 {
			cmd := gonogo(dir, "resume", "latest")
			cmd.Env = slices.DeleteFunc(cmd.Env, func(e string) bool { return strings.HasPrefix(e, "NO_COLOR") })
			began := time.Now()
			p := onTerminal(t, cmd)
			if answers {
				p.answering()
			}
			p.until("H-01")
			took = append(took, time.Since(began))
			p.kill()
		}
		fastest := slices.Min(took)
		t.Logf("%s: %v, best %v", name, took, fastest)
		if fastest > 5*200*time.Millisecond {
			t.Errorf("on a terminal that is %s the first frame takes %v, want less than 200 ms", name, fastest)
		}
	}
}

// once fails when a text that was waited for is painted again.
func (p *page) once(text string) {
	p.t.Helper()
	time.Sleep(200 * time.Millisecond)
	p.lacks(text)
}

// lacks fails when a text was painted since the last one that was waited for.
func (p *page) lacks(text string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	if bytes.Contains(p.seen.Bytes(), []byte(text)) {
		p.t.Errorf("%q was painted", text)
	}
}

// ends waits for the program's end; a code of -1 takes any.
func (p *page) ends(code int) {
	p.t.Helper()
	done := make(chan error, 1)
	go func() { done <- p.cmd.Wait() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		_ = p.cmd.Process.Kill()
		p.t.Fatal("it does not end")
	}
	if got := p.cmd.ProcessState.ExitCode(); code >= 0 && got != code {
		p.t.Errorf("exit code %d, want %d", got, code)
	}
}

// In tmux, whose widths are a real terminal's, no row is longer than the window and no sign
// pushes another: the right edge of the title stays where it is.
func TestWidthsInTmux(t *testing.T) {
	tmux, err := exec.LookPath("tmux")
	if err != nil {
		t.Skip("tmux is not here")
	}
	t.Setenv("LC_ALL", "C.UTF-8") // elsewhere nothing but ASCII is painted
	dir, p := questioned(t)
	p.types("\x03")
	p.ends(0)
	socket := filepath.Join(dir, "tmux")
	run := func(args ...string) string {
		out, err := exec.Command(tmux, append([]string{"-u", "-f", "/dev/null", "-S", socket}, args...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %v: %v %s", args, err, out)
		}
		return string(out)
	}
	cmd := gonogo(dir, "resume", "latest")
	line := "env " + strings.Join(cmd.Env, " ") + " " + strings.Join(cmd.Args, " ")
	line = strings.Replace(line, "TERM=xterm-256color", "TERM=tmux-256color", 1)
	run("new-session", "-d", "-x", "80", "-y", "24", "-c", dir, line)
	pid, err := strconv.Atoi(strings.TrimSpace(run("list-panes", "-F", "#{pane_pid}")))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = exec.Command(tmux, "-S", socket, "kill-server").Run()
		for range 250 { // it still writes what was typed
			if syscall.Kill(pid, 0) != nil {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}()
	screen := func(has string) []string {
		for range 250 {
			if s := run("capture-pane", "-p"); strings.Contains(s, has) {
				return strings.Split(s, "\n")
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("%q is not on the screen:\n%s", has, run("capture-pane", "-p"))
		return nil
	}
	screen("One?")
	run("send-keys", "jjj")
	screen("Four?")
	run("send-keys", "e")
	screen("Note on")
	run("send-keys", "-l", "漢字 ✅ ❤️ 👍🏽 e\u0301 ok")
	for _, l := range screen("ok▏") {
		if strings.Contains(l, "漢字") && !strings.Contains(l, "│") {
			t.Errorf("the dialog's edge is gone: %q", l)
		}
	}
	run("resize-window", "-x", "40", "-y", "12")
	screen("Note on")
}
