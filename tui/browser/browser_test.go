package browser

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
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
	if b, _ := os.ReadFile(out); string(b) != "http://127.0.0.1:8000/api/health?x=%24(id)" {
		t.Errorf("it took %q", b)
	}
	for _, bad := range []string{"", "--help", "file:///etc/passwd", "javascript:alert(1)", "http://", "http://a:b@c/", "http://\x1b[2J"} {
		if name, err := Open(t.Context(), bad); err == nil {
			t.Errorf("%q opened %q", name, bad)
		}
	}
	if _, err := Open(t.Context(), "http://127.0.0.1:8000/a'\"`b?x=`id`\"$x y\\#$(id)"); err != nil {
		t.Fatal(err)
	}
	if b, _ := os.ReadFile(out); strings.ContainsAny(string(b), "$`\"' \\") {
		t.Errorf("a shell would act on %q", b)
	}
	t.Setenv("BROWSER", "")
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	if _, err := Open(t.Context(), "http://a/"); !errors.Is(err, ErrNone) {
		t.Errorf("without one: %v", err)
	}
}
