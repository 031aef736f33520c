//go:build unix

package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A re-test names a session, not a file: a target that was changed where everybody may write
// is not taken as the owner's word, unless it is named.
func TestRetestOfATargetAnybodyMayWrite(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, "house.toml", crashProfile)
	app := filepath.Join(dir, "app")
	if err := os.Mkdir(app, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, app, "target.toml", "name = \"shop\"\n")
	_ = gonogo(dir, "run", "app/target.toml", "--profile", "house.toml").Run() // its exit code is the decision's
	again := func(more ...string) string {
		out, _ := gonogo(dir, append([]string{"retest", "latest", "--headless"}, more...)...).CombinedOutput()
		return string(out)
	}
	if err := os.Chmod(app, 0o777); err != nil {
		t.Fatal(err)
	}
	if out := again(); !strings.Contains(out, "session ") || strings.Contains(out, "writable by all") {
		t.Errorf("unchanged, it is refused: %s", out)
	}
	put(t, app, "target.toml", "name = \"shop\"\nversion = \"2\"\n")
	if out := again(); !strings.Contains(out, app+" is writable by all") || strings.Contains(out, "carried over") {
		t.Errorf("taken: %s", out)
	}
	if out := again("--target", "app/target.toml"); !strings.Contains(out, "carried over") {
		t.Errorf("named, it is refused: %s", out)
	}
	if os.Getuid() == 0 { // only root gives a folder to a group that is not its own
		if err := errors.Join(os.Chown(app, -1, 54321), os.Chmod(app, 0o770)); err != nil {
			t.Fatal(err)
		}
		put(t, app, "target.toml", "name = \"shop\"\nversion = \"2b\"\n")
		if out := again(); !strings.Contains(out, app+" is writable by group 54321") || strings.Contains(out, "carried over") {
			t.Errorf("taken from another group: %s", out)
		}
		if err := os.Chown(app, -1, os.Getegid()); err != nil {
			t.Fatal(err)
		}
		if out := again(); !strings.Contains(out, "as it is now") {
			t.Errorf("one's own group's, it is refused: %s", out)
		}
		put(t, app, "target.toml", "name = \"shop\"\nversion = \"2c\"\n")
		if err := os.Chown(filepath.Join(app, "target.toml"), 54321, -1); err != nil {
			t.Fatal(err)
		}
		if out := again(); !strings.Contains(out, "target.toml is writable by user 54321") || strings.Contains(out, "carried over") {
			t.Errorf("taken from another user: %s", out)
		}
		if err := os.Remove(filepath.Join(app, "target.toml")); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(app, 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, app, "target.toml", "name = \"shop\"\nversion = \"3\"\n")
	if out := again(); !strings.Contains(out, "as it is now") {
		t.Errorf("its owner's alone, it is refused: %s", out)
	}
}
