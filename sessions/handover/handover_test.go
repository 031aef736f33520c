package handover

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
)

func TestFileName(t *testing.T) {
	st := &sessions.State{LastAt: time.Date(2025, 1, 17, 23, 30, 0, 0, time.FixedZone("", -3600))}
	for target, want := range map[string]string{
		"Phase5 Dashboard": "phase5-dashboard-2025-01-18.gonogo",
		"../../etc/x":      "etc-x-2025-01-18.gonogo",
	} {
		st.Opened.Target = clean.Line(target)
		if got := FileName(st); got != want {
			t.Errorf("%s: %s", target, got)
		}
	}
}

func TestWrite(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "a.gonogo")
	if err := Write(name, []byte("one"), false); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, []byte("two"), false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if got, _ := os.ReadFile(name); string(got) != "one" {
		t.Errorf("it holds %q", got)
	}
	if err := Write(name, []byte("two"), true); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other")
	link := filepath.Join(dir, "link")
	if err := os.WriteFile(other, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(other, link); err != nil {
		t.Skip("no links here")
	}
	if err := Write(link, []byte("three"), true); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(other); string(got) != "mine" {
		t.Errorf("a link was followed: %q", got)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".gonogo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// Of many who write one name at the same time one does, and the others are told.
func TestWriteIsNotOvertaken(t *testing.T) {
	for range 20 {
		name := filepath.Join(t.TempDir(), "a.gonogo")
		var wrote atomic.Int32
		var all sync.WaitGroup
		start := make(chan struct{})
		for i := range 8 {
			all.Go(func() {
				<-start
				switch err := Write(name, []byte{byte(i)}, false); {
				case err == nil:
					wrote.Add(1)
				case !errors.Is(err, fs.ErrExist):
					t.Error(err)
				}
			})
		}
		close(start)
		all.Wait()
		if wrote.Load() != 1 {
			t.Fatalf("%d wrote the same file", wrote.Load())
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(name), ".gonogo-*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
}

// A file system without links still gets the file, once.
func TestWriteWithoutLinks(t *testing.T) {
	link = func(string, string) error { return errors.ErrUnsupported }
	defer func() { link = os.Link }()
	name := filepath.Join(t.TempDir(), "a.gonogo")
	if err := Write(name, []byte("one"), false); err != nil {
		t.Fatal(err)
	}
	if err := Write(name, []byte("two"), false); !errors.Is(err, fs.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if err := place(filepath.Join(filepath.Dir(name), "none"), filepath.Join(filepath.Dir(name), "b"), false); err == nil {
		t.Error("a file that is not there was placed")
	}
	left, err := os.ReadDir(filepath.Dir(name))
	if got, _ := os.ReadFile(name); string(got) != "one" || len(left) != 1 || err != nil {
		t.Errorf("it holds %q, beside it %v, %v", got, left, err)
	}
}

// What could not be written is named as it was given, never by a temporary file.
func TestNotWritten(t *testing.T) {
	name := filepath.Join(t.TempDir(), "gone", "a.gonogo")
	err := Write(name, []byte("x"), false)
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != "write "+name+": no such file or directory" {
		t.Errorf("%v", err)
	}
}
