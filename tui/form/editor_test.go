package form

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/tui/config"
)

// script writes an editor that runs these shell commands on its file, $1.
func script(t *testing.T, text string) *config.Config {
	t.Helper()
	name := filepath.Join(t.TempDir(), "editor")
	if err := os.WriteFile(name, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return &config.Config{Editor: name}
}

func run(t *testing.T, c *config.Config, text string) (*Editor, Edited) {
	t.Helper()
	msg := StartEditor(c, "description", text)()
	e, ok := msg.(*Editor)
	if !ok {
		t.Fatalf("%+v", msg)
	}
	info, err := os.Stat(e.dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v, %v", info.Mode(), err)
	}
	return e, e.done(e.cmd.Run())
}

func TestEditor(t *testing.T) {
	e, got := run(t, script(t, `printf 'more\033[31m\n' >> "$1"`), "old ")
	if got.Err != nil || !strings.HasPrefix(got.Text, "old more") || strings.ContainsRune(got.Text, 0x1b) {
		t.Errorf("edited %+v", got)
	}
	if _, err := os.Stat(e.dir); err == nil {
		t.Error("the folder is left behind")
	}
}

func TestAnEditorThatFailsLosesNothing(t *testing.T) {
	e, got := run(t, script(t, `exit 1`), "old")
	if got.Err == nil || got.Text != "" {
		t.Errorf("edited %+v", got)
	}
	if _, err := os.Stat(e.dir); err == nil {
		t.Error("the folder is left behind")
	}
	e, got = run(t, script(t, `echo new > "$1"; exit 1`), "old")
	if got.Err == nil || !strings.Contains(got.Err.Error(), e.file) {
		t.Errorf("edited %+v", got)
	}
	if text, _ := os.ReadFile(e.file); string(text) != "new\n" {
		t.Errorf("the file holds %q", text)
	}
	os.RemoveAll(e.dir)
}

func TestNoEditor(t *testing.T) {
	t.Setenv("VISUAL", "")
	t.Setenv("EDITOR", "")
	t.Setenv("PATH", t.TempDir())
	msg := StartEditor(&config.Config{}, "description", "x")()
	if got, ok := msg.(Edited); !ok || got.Err == nil || !strings.Contains(got.Err.Error(), "$EDITOR") {
		t.Errorf("%+v", msg)
	}
}
