package sessions

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"assess/gonogo/checks"
	"assess/gonogo/checks/secrets"
)

func TestOnlyOrdinaryFilesAreAttached(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(path("big.log"), []byte(strings.Repeat("x", MaxAttached+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path("app.log"), []byte("line 4412"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mkfifo(path("pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, says := range map[string]string{
		dir: "folder", path("pipe"): "no ordinary file", "/dev/zero": "no ordinary file", path("big.log"): "over 1024 KiB",
		path("none"): "can't attach " + path("none") + ": no such file", "": "no such file",
	} {
		if body, err := ReadAttachment(name); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %d bytes, %v", name, len(body), err)
		}
	}
	if body, err := ReadAttachment(path("app.log")); err != nil || string(body) != "line 4412" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestAnAttachmentIsTextWithoutSecrets(t *testing.T) {
	r := secrets.NewRedactor(map[string]string{"hunter2-is-long-enough": "password"})
	e, err := Attachment("log of hunter2-is-long-enough\x1b[2J", []byte("login hunter2-is-long-enough ok\npassword=Tr0ub4dor&3xyz\n"), time.Now(), r)
	if err != nil {
		t.Fatal(err)
	}
	if all := string(e.Body) + string(e.What); strings.Contains(all, "hunter2") || strings.Contains(all, "Tr0ub4dor") || strings.Contains(all, "\x1b") {
		t.Errorf("kept %q as %q", e.Body, e.What)
	}
	if e.Strength != checks.Stated || e.Media != "txt" || e.Bytes != int64(len(e.Body)) {
		t.Errorf("%+v", e)
	}
	for _, body := range []string{"", " \n", "\x89PNG\r\n\x1a\n", "a\x00b", "\xff\xfea\x00"} {
		if e, err := Attachment("x", []byte(body), time.Now(), r); err == nil {
			t.Errorf("%q was taken as %+v", body, e)
		}
	}
}
