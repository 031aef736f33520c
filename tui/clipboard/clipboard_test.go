package clipboard

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSequence(t *testing.T) {
	if got, want := Sequence("a\x1b]0;x\a"), "\x1b]52;c;YRtdMDt4Bw==\a"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheDesktopsToolGetsTheText(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "took")
	script := "#!/bin/sh\nexec /bin/cat > " + out + "\n"
	if err := os.WriteFile(filepath.Join(dir, "xclip"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("DISPLAY", ":0")
	t.Setenv("WAYLAND_DISPLAY", "")
	if got := native("curl -i 'x'"); got != "xclip" {
		t.Fatalf("%q took it", got)
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "curl -i 'x'" {
		t.Errorf("it took %q, %v", b, err)
	}
	t.Setenv("DISPLAY", "")
	if got := native("x"); got != "" {
		t.Errorf("%q took it without a display", got)
	}
	if ask(strings.Repeat("x", most+1)) {
		t.Error("a text too long for OSC 52 was sent")
	}
}
