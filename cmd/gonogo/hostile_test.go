package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A demo whose parent is gone before it is ready takes its folder away all the same.
func TestDemoWithoutAParentLeavesNothing(t *testing.T) {
	temp := t.TempDir()
	cmd := exec.Command(filepath.Join(binaries, "gonogo"), "demo-serve")
	for _, c := range (&app{out: io.Discard}).root().Commands() {
		if c.Hidden {
			cmd.Args[1] = c.Name()
		}
	}
	cmd.Env = append(os.Environ(), "TMPDIR="+temp)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	cmd.Stdout = w // writing to it raises SIGPIPE
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close() // open: only the broken pipe says that nobody is there
	if err := cmd.Run(); err == nil {
		t.Error("it ended well")
	}
	left, err := os.ReadDir(temp)
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

// What is no regular file is refused at once: a pipe would be waited for, a device has no end.
func TestInputsMustBeRegularFiles(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target.toml")
	if err := os.WriteFile(target, []byte("name = \"x\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"run", os.DevNull}, {"run", target, "--answers", os.DevNull}, {"run", target, "--profile", os.DevNull},
		{"verify", os.DevNull}, {"unpack", os.DevNull}, {"countersign", os.DevNull, "--decision", "accept", "--as", "lena@example.com"},
	} {
		var out, errOut strings.Builder
		code := run(t.Context(), append(args, "--home", filepath.Join(dir, "home"), "--by", "somebody"), &out, &errOut)
		if code != exitUsage || !strings.Contains(errOut.String(), "not a regular file") || strings.Count(errOut.String(), "\n") != 2 {
			t.Errorf("%v: exit %d, said %q", args, code, errOut.String())
		}
	}
}

// An interrupt that comes before the session is begun exits as one that comes later does.
func TestInterruptedBeforeAnythingRan(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "target.toml")
	if err := os.WriteFile(target, []byte("name = \"x\"\nbase_url = \"http://127.0.0.1:1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errOut strings.Builder
	code := run(ctx, []string{"run", target, "--json", "--home", filepath.Join(dir, "home"), "--by", "somebody"}, &out, &errOut)
	if code != exitUnknown || out.Len() != 0 || !strings.Contains(errOut.String(), "interrupted") {
		t.Errorf("exit %d, wrote %q, said %q", code, out.String(), errOut.String())
	}
}
