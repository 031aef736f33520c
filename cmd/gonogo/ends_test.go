//go:build linux

package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// blocked is the review of the five questions on a terminal that takes nothing any more: its
// buffer is full, and the program waits to paint.
func blocked(t *testing.T, dir string) (*exec.Cmd, func(keys string)) {
	t.Helper()
	cmd := gonogo(dir, "resume", "latest")
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: 200, Rows: 60})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait(); _ = tty.Close() })
	types := func(keys string) {
		t.Helper()
		_ = tty.SetWriteDeadline(time.Now().Add(10 * time.Second))
		if _, err := tty.WriteString(keys); err != nil {
			t.Fatalf("keys are not read: %v", err)
		}
	}
	buf := make([]byte, 4096) // only until it is there
	for seen := ""; !strings.Contains(seen, "One?"); {
		_ = tty.SetReadDeadline(time.Now().Add(10 * time.Second))
		n, err := tty.Read(buf)
		if err != nil {
			t.Fatalf("%v after %q", err, seen)
		}
		seen += string(buf[:n])
	}
	for range 20 { // each time all anew
		types("?\x0c")
		time.Sleep(20 * time.Millisecond)
		types("\x1b")
		time.Sleep(80 * time.Millisecond) // Esc waits whether it begins an arrow
	}
	return cmd, types
}

// A terminal that takes nothing holds up neither what is typed nor the end.
func TestATerminalThatTakesNothing(t *testing.T) {
	for _, end := range []string{"SIGTERM", "Ctrl+C"} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			dir, first := questioned(t)
			first.types("\x03")
			first.ends(0)
			cmd, types := blocked(t, dir)
			types("f")
			time.Sleep(100 * time.Millisecond)
			types("half a word")
			holds(t, filepath.Join(dir, "home", "sessions"), "half a word")
			if end == "Ctrl+C" {
				types("\x03")
			} else {
				_ = cmd.Process.Signal(syscall.SIGTERM)
			}
			done := make(chan error, 1)
			go func() { done <- cmd.Wait() }()
			select {
			case <-done:
			case <-time.After(15 * time.Second):
				t.Fatal("it does not end")
			}
			again := onTerminal(t, gonogo(dir, "resume", "latest"))
			again.until("half a word")
		})
	}
}

// A terminal that goes without a signal ends the program, which says so by its exit code.
func TestTheTerminalGoes(t *testing.T) {
	dir, first := questioned(t)
	first.types("\x03")
	first.ends(0)
	cmd := gonogo(dir, "resume", "latest")
	master, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = tty, tty, nil
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // it is nobody's terminal: nothing is signalled
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cmd.Process.Kill() }()
	_ = tty.Close()
	if err := pty.Setsize(master, &pty.Winsize{Cols: 100, Rows: 30}); err != nil {
		t.Fatal(err)
	}
	p := &page{t: t, cmd: cmd, tty: master, more: make(chan struct{}, 1)}
	go p.listen()
	p.until("One?")
	p.types("f")
	p.until("Reason")
	p.types("half a word")
	holds(t, filepath.Join(dir, "home", "sessions"), "half a word")
	_ = master.Close()
	p.ends(-1)
	if cmd.ProcessState.ExitCode() == 0 {
		t.Error("it says that all went well")
	}
	again := onTerminal(t, gonogo(dir, "resume", "latest"))
	again.until("half a word")
}
