package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Command is the hidden command of the program that ServeChild stands behind.
const Command = "demo-serve"

// How long a child may take to be ready, and to end by itself.
const (
	readyWithin = 20 * time.Second
	endsWithin  = 5 * time.Second
)

// Process is a demo system in a process of its own.
type Process struct {
	cmd     *exec.Cmd
	stdin   io.Closer
	temp    string // folder that the child made, to remove should it not
	ended   chan struct{}
	stopped sync.Once
}

// Spawn starts exe, the program itself, as `exe demo-serve …` and waits until it serves.
// The child ends with Stop, with ctx, or when this process dies, since its standard input
// is then closed. An error carries what the child said on its standard error.
func Spawn(ctx context.Context, exe string, o Options) (*Process, Info, error) {
	cmd := exec.CommandContext(ctx, exe, arguments(o)...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, Info{}, fmt.Errorf("demo: %w", err)
	}
	said := &stderrHead{}
	cmd.Stderr = said
	cmd.Cancel, cmd.WaitDelay = stdin.Close, endsWithin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return nil, Info{}, fmt.Errorf("demo: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, Info{}, fmt.Errorf("demo: %w", err)
	}
	p := &Process{cmd: cmd, stdin: stdin, ended: make(chan struct{})}
	info, err := readInfo(ctx, stdout)
	go func() { // Wait only after the last read from stdout
		io.Copy(io.Discard, stdout)
		cmd.Wait()
		close(p.ended)
	}()
	if err != nil {
		p.Stop()
		if text := said.String(); text != "" {
			err = errors.New(text)
		}
		return nil, Info{}, fmt.Errorf("demo did not start: %w", err)
	}
	if o.Dir == "" && strings.HasPrefix(filepath.Base(info.Dir), tempPattern) {
		p.temp = info.Dir
	}
	return p, info, nil
}

func arguments(o Options) []string {
	args := []string{Command}
	for _, a := range []struct{ flag, value string }{{"--scenario", o.Scenario}, {"--dir", o.Dir}, {"--addr", o.Addr}} {
		if a.value != "" {
			args = append(args, a.flag, a.value)
		}
	}
	for _, f := range o.Fix {
		args = append(args, "--fix", f)
	}
	return args
}

// readInfo waits for the child's one line.
func readInfo(ctx context.Context, stdout io.ReadCloser) (Info, error) {
	type answer struct {
		info Info
		err  error
	}
	got := make(chan answer, 1)
	go func() {
		var a answer
		line, err := bufio.NewReader(io.LimitReader(stdout, 64<<10)).ReadBytes('\n')
		if a.err = err; err == nil {
			a.err = json.Unmarshal(line, &a.info)
		}
		got <- a
	}()
	late := time.NewTimer(readyWithin)
	defer late.Stop()
	select {
	case a := <-got:
		return a.info, a.err
	case <-late.C:
		stdout.Close() // ends the reader
		<-got
		return Info{}, fmt.Errorf("not ready within %s", readyWithin)
	case <-ctx.Done():
		stdout.Close()
		<-got
		return Info{}, ctx.Err()
	}
}

// Stop ends the child, waits for it and leaves nothing behind. It may be called more than
// once and from several goroutines.
func (p *Process) Stop() {
	p.stopped.Do(func() {
		p.stdin.Close()
		select {
		case <-p.ended:
		case <-time.After(endsWithin):
			p.cmd.Process.Kill()
			<-p.ended
		}
		if p.temp != "" {
			os.RemoveAll(p.temp)
		}
	})
	<-p.ended
}

// Ended is closed when the child is gone, for whatever reason.
func (p *Process) Ended() <-chan struct{} { return p.ended }

// ServeChild is the child's side of Spawn: it serves until stdin closes or ctx ends and
// prints Info as one line of JSON once it is ready. Interrupts of the terminal are left to
// the parent, which may want the demo a little longer; a pipe that broke because the parent
// is gone must not end it before its folder is taken away.
func ServeChild(ctx context.Context, o Options, stdin io.Reader, stdout io.Writer) error {
	signal.Ignore(os.Interrupt, syscall.SIGHUP, syscall.SIGPIPE)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		io.Copy(io.Discard, stdin)
		cancel()
	}()
	var said error
	err := Serve(ctx, o, func(i Info) {
		if said = json.NewEncoder(stdout).Encode(i); said != nil {
			cancel()
		}
	})
	return errors.Join(err, said)
}

// stderrHead keeps the beginning of what is written to it, enough for an error message.
type stderrHead struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (t *stderrHead) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if room := 4096 - t.buf.Len(); room > 0 {
		t.buf.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}

func (t *stderrHead) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(t.buf.String())
}
