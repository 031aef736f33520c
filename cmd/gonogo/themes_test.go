package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/cmd/gonogo/help"
	"assess/gonogo/themes"
)

// TestHelpThemeIsSound holds that the theme of `gonogo help themes` reads and has no
// problems of its own, and that the topic names every built-in theme.
func TestHelpThemeIsSound(t *testing.T) {
	text, ok := help.Topic("themes")
	if !ok {
		t.Fatal("no topic")
	}
	_, rest, _ := strings.Cut(text, "    extends = ")
	block, _, _ := strings.Cut("    extends = "+rest, "\n\n`fg`")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "mine.toml"), []byte(block), 0o600); err != nil {
		t.Fatal(err)
	}
	mine, err := themes.Load("mine", dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(mine.Eyes) != 1 || mine.Contrast != 7 || mine.Styles[themes.Fail].XTerm == nil {
		t.Errorf("mine is %+v", mine)
	}
	for _, name := range themes.Names() {
		if base, _ := strings.CutSuffix(name, "-light"); !strings.Contains(text, base) {
			t.Errorf("the topic does not name %s", name)
		}
	}
}
