package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// After it is told to end, a program has mercy to do so; after its end, what it left in its
// pipe is read for drain. Both together stay under the half second that a stopped check has.
const (
	mercy = 200 * time.Millisecond
	drain = 150 * time.Millisecond
)

// start is what to start.
type start struct {
	Program string // absolute
	Argv    []string
	Dir     string
	Env     []string
	Limit   time.Duration
}

// locate finds the program: by its name in PATH, with a slash below dir. Whatever anybody
// on the machine may replace is not started.
func locate(name, dir string) (string, error) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", fmt.Errorf("its folder %s is not there", dir)
	}
	program := name
	if !strings.ContainsAny(name, `/`+string(filepath.Separator)) {
		found, err := exec.LookPath(name)
		switch {
		case errors.Is(err, exec.ErrDot):
			return "", fmt.Errorf("%s is only found in the current folder, which PATH should not name", name)
		case err != nil:
			return "", fmt.Errorf("%s is not a program in PATH", name)
		}
		program = found
	} else if !filepath.IsAbs(name) {
		program = filepath.Join(dir, name)
	}
	program, err := filepath.Abs(program)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(program)
	if err != nil {
		return "", fmt.Errorf("%s: %w", program, plainError(err))
	}
	info, err := os.Stat(real)
	switch {
	case err != nil:
		return "", fmt.Errorf("%s: %w", program, plainError(err))
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("%s is not a file", program)
	}
	return program, trusted(real, info)
}

// plainError is err without the path, which the caller names.
func plainError(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// run starts the program and waits until it ended or had to be ended. Nothing of its group
// is left behind.
func run(ctx context.Context, s start, out io.Writer) (exit, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, s.Limit, errLimit)
	defer cancel()
	read, write, err := os.Pipe()
	if err != nil {
		return exit{}, err
	}
	defer read.Close()
	cmd := &exec.Cmd{Path: s.Program, Args: s.Argv, Dir: s.Dir, Env: s.Env, Stdout: write, Stderr: write, SysProcAttr: ownGroup()}
	err = cmd.Start()
	write.Close()
	if err != nil {
		return exit{}, fmt.Errorf("%s: %w", s.Program, plainError(err))
	}
	copied := make(chan struct{})
	go func() {
		_, _ = io.Copy(out, read)
		close(copied)
	}()
	ended := make(chan struct{})
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		watch(ctx, cmd.Process, ended)
	}()
	waited := cmd.Wait()
	close(ended)
	<-watched
	killGroup(cmd.Process) // what it left running in its group
	select {
	case <-copied:
	case <-time.After(drain): // a process that left the group holds the pipe
		read.Close()
		<-copied
	}
	return outcome(ctx, s, cmd.ProcessState, waited)
}

var errLimit = errors.New("time limit")

// watch ends the group when ctx ends: first politely, then not.
func watch(ctx context.Context, p *os.Process, ended <-chan struct{}) {
	select {
	case <-ended:
		return
	case <-ctx.Done():
	}
	endGroup(p)
	select {
	case <-ended:
	case <-time.After(mercy):
		killGroup(p)
	}
}

// outcome says how the program ended.
func outcome(ctx context.Context, s start, state *os.ProcessState, waited error) (exit, error) {
	switch {
	case errors.Is(context.Cause(ctx), errLimit):
		return exit{Ended: fmt.Sprintf("by its time limit of %s", s.Limit)}, nil
	case ctx.Err() != nil:
		return exit{Ended: "when the run was stopped"}, nil
	case state == nil:
		return exit{}, waited
	case !state.Exited():
		return exit{Ended: "by " + state.String()}, nil
	}
	return exit{Code: state.ExitCode()}, nil
}
