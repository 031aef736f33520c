package browser

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "took")
	script := "#!/bin/sh\nprintf %s \"$1\" > " + out + "\n"
	if err := os.WriteFile(filepath.Join(dir, "firefox"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("BROWSER", "firefox")
	name, err := Open(t.Context(), "http://127.0.0.1:8000/api/health?x=$(id)")
	if err != nil || name != "firefox" {
		t.Fatal(name, err)
	}
	if b, _ := os.ReadFile(out); string(b) != "http://127.0.0.1:8000/api/health?x=$(id)" {
		t.Errorf("it took %q", b)
	}
	for _, bad := range []string{"", "--help", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://a:b@c/", "http://\x1b[2J"} {
		if name, err := Open(t.Context(), bad); err == nil {
			t.Errorf("%q opened %q", name, bad)
		}
	}
	t.Setenv("BROWSER", "")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if _, err := Open(t.Context(), "http://a/"); !errors.Is(err, ErrNone) {
		t.Errorf("without one: %v", err)
	}
}
