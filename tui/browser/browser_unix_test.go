//go:build unix

package browser

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// A browser that is started directly stays when it runs longer than an opener would.
func TestTheBrowserIsNotEnded(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "closed")
	script := "#!/bin/sh\nread line < " + filepath.Join(dir, "window") + "\nprintf %s \"$line\" > " + out + "\n"
	if err := os.WriteFile(filepath.Join(dir, "firefox"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "window"), 0o600); err != nil {
		t.Skip(err)
	}
	t.Setenv("PATH", dir)
	t.Setenv("BROWSER", "firefox")
	defer func(was time.Duration) { patience = was }(patience)
	patience = 50 * time.Millisecond
	if name, err := Open(t.Context(), "http://127.0.0.1/"); err != nil || name != "firefox" {
		t.Fatal(name, err)
	}
	for end := time.Now().Add(4 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		// Until the script has it open this fails; one that was ended never has.
		if window, err := os.OpenFile(filepath.Join(dir, "window"), os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
			_, _ = window.WriteString("by the person\n")
			_ = window.Close()
		}
		if b, _ := os.ReadFile(out); string(b) == "by the person" {
			return
		}
	}
	t.Error("it was ended")
}
