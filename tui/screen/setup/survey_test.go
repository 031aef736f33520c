package setup_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/tui/drive"
)

// name fills the target's field and waits until it was read.
func name(w *drive.World, text string) {
	w.Press("ctrl+u")
	w.Paste(text)
	w.Advance(time.Second)
}

func repository(t *testing.T) string {
	t.Helper()
	if err := os.Mkdir("app", 0o700); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"go.mod": "module example.com/app\n\ngo 1.22\n", "main.go": "package main\n\nfunc main() {}\n", "Dockerfile": "FROM scratch\n",
	} {
		if err := os.WriteFile(filepath.Join("app", file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "app"
}

func TestARepositoryGetsItsTargetFile(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	name(w, repository(t))
	w.Has("· no target file", "a repository without a target file", "Ctrl+S look, draft a target file")
	w.Press("ctrl+s")
	w.Has("Save the draft of a target file", "app/target.toml", "seen: Go")
	if _, err := os.Stat("app/target.toml"); err == nil {
		t.Fatal("it was written before anybody said so")
	}
	w.Sweep(70, 14)
	w.Press("enter")
	text, err := os.ReadFile("app/target.toml")
	if err != nil || !strings.Contains(string(text), "repository = \".\"") {
		t.Fatalf("%v\n%s", err, text)
	}
	w.Has("✓ read, no errors", "saved app/target.toml")
	w.Press("ctrl+s")
	if w.Review() == nil {
		t.Fatalf("no review is open:\n%s", w.Screen())
	}
}

// A folder that holds a target file is that target.
func TestAFolderWithATargetFile(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	name(w, ".")
	w.Has("✓ read, no errors", "phase5-dashboard 1.4")
}

func TestNoFileIsOverwritten(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	before, err := os.ReadFile("target.toml")
	if err != nil {
		t.Fatal(err)
	}
	name(w, repository(t))
	w.Press("ctrl+s", "ctrl+u")
	w.Paste("target.toml")
	w.Press("enter")
	w.Has("target.toml is there already")
	if after, _ := os.ReadFile("target.toml"); string(after) != string(before) {
		t.Error("it was overwritten")
	}
}

func TestARunningSystemIsAskedOnlyWhenSaidSo(t *testing.T) {
	var asked atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.URL.Path == "/health" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"status":"ok"}`))
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	name(w, server.URL)
	w.Has("a running system", "ordinary GETs", "will be spoken to")
	if n := asked.Load(); n != 0 {
		t.Fatalf("%d requests were sent unasked", n)
	}
	w.Press("ctrl+s")
	w.Has("Save the draft of a target file", "127.0.0.1.toml", "/health")
	w.Press("enter")
	w.Has("✓ read, no errors")
	text, err := os.ReadFile("127.0.0.1.toml")
	if err != nil || !strings.Contains(string(text), server.URL) {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestASystemThatDoesNotAnswer(t *testing.T) {
	w, _ := setup(t, drive.Options{W: 80, H: 24})
	name(w, "http://127.0.0.1:1/")
	w.Press("ctrl+s")
	w.Has("! ", "nothing was written")
	w.Lacks("Save the draft")
	name(w, "ftp://127.0.0.1/")
	w.Has("✘ has errors", "the URL: not an http or https URL")
}
