package config

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestWatchThemesTellsOnce(t *testing.T) {
	dir := t.TempDir()
	told := WatchThemes(t.Context(), dir)
	folder := filepath.Join(dir, "themes")
	save := func(name, text string) {
		t.Helper()
		next := filepath.Join(folder, name+".swp") // as editors do
		if err := os.WriteFile(next, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(folder, name)); err != nil {
			t.Fatal(err)
		}
	}
	hears := func(what string) {
		t.Helper()
		select {
		case <-told:
		case <-time.After(4 * time.Second):
			t.Fatalf("%s was not told", what)
		}
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	hears("the new folder")
	save("mine.toml", "extends = 'dark'")
	save("mine.toml", "extends = 'light'")
	hears("a changed theme")
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	save("notes.txt", "no theme")
	select {
	case <-told:
		t.Error("told about what is no theme, or twice about one")
	case <-time.After(4 * settle):
	}
}

func TestWatchThemesWithoutAFolder(t *testing.T) {
	for _, dir := range []string{"", filepath.Join(t.TempDir(), "none")} {
		select {
		case <-WatchThemes(t.Context(), dir):
			t.Errorf("%q told something", dir)
		default:
		}
	}
}
