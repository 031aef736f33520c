package source

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// checkout makes a repository with one commit a map of files, a day apart from 2026-01-01.
func checkout(t *testing.T, commits ...map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	repository, err := git.PlainInit(dir, false)
	if err != nil {
		t.Fatal(err)
	}
	work, err := repository.Worktree()
	if err != nil {
		t.Fatal(err)
	}
	for day, files := range commits {
		for name, content := range files {
			if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
			if _, err := work.Add(name); err != nil {
				t.Fatal(err)
			}
		}
		who := &object.Signature{Name: "a", Email: "a@b.lan", When: time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC)}
		if _, err := work.Commit("change", &git.CommitOptions{Author: who, Committer: who}); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestChanges(t *testing.T) {
	dir := checkout(t,
		map[string]string{"a/x": "1", "b": "1", "c/d/e": "1"},
		map[string]string{"a/x": "2"},
		map[string]string{"c/d/f": "1"})
	for _, at := range []string{"", "c"} { // a repository within the checkout counts from its own root
		tree, err := Open(filepath.Join(dir, at))
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{"a/x": 2, "a": 2, "b": 1, "c/d/e": 1, "c": 3, "gone": 0}
		if at == "c" {
			want = map[string]int{"d/e": 1, "d/f": 3, "d": 3, "a/x": 0}
		}
		names := []string{}
		for name := range want {
			names = append(names, name)
		}
		dates, err := tree.Changes(t.Context(), names...)
		if err != nil {
			t.Fatal(err)
		}
		for name, day := range want {
			if when, ok := dates[name]; ok != (day > 0) || ok && when.UTC().Day() != day {
				t.Errorf("in %q: %s changed %v, want day %d", at, name, when, day)
			}
		}
		tree.Close()
	}
}

func TestChangesWithoutHistory(t *testing.T) {
	dir := checkout(t, map[string]string{"a": "1"}, map[string]string{"b": "1"}, map[string]string{"b": "2"})
	open := func() *Tree {
		tree, err := Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tree.Close() })
		return tree
	}
	// A shallow clone lacks the commits before a certain one.
	head, err := open().Head()
	if err != nil {
		t.Fatal(err)
	}
	objects, err := filepath.Glob(filepath.Join(dir, ".git/objects/??/*"))
	if err != nil || len(objects) == 0 {
		t.Fatal(err, objects)
	}
	repository, err := git.PlainOpen(dir)
	if err != nil {
		t.Fatal(err)
	}
	log, err := repository.Log(&git.LogOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = log.Next()
	middle, err2 := log.Next()
	first, err3 := log.Next()
	if err = errors.Join(err, err2, err3); err != nil {
		t.Fatal(err)
	}
	remove := func(hash string) {
		if err := os.Remove(filepath.Join(dir, ".git/objects", hash[:2], hash[2:])); err != nil {
			t.Fatal(err)
		}
	}
	remove(first.Hash.String())
	if _, err := open().Changes(t.Context(), "a"); err == nil || errors.Is(err, ErrHistory) {
		t.Errorf("a commit that is missing: %v, want another error than a shallow clone's", err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git/shallow"), []byte(middle.Hash.String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dates, err := open().Changes(t.Context(), "a", "b")
	if !errors.Is(err, ErrHistory) || len(dates) != 1 || dates["b"].UTC().Day() != 3 {
		t.Errorf("a shallow clone: %v, %v, want b's date alone", dates, err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".git/objects", head[:2], head[2:]+"x"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	remove(head)
	if _, err := open().Changes(t.Context(), "a"); err == nil {
		t.Error("no head: no error")
	}
	plain, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	if _, err := plain.Changes(t.Context(), "a"); err == nil {
		t.Error("no checkout: no error")
	}
}
