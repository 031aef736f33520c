package settings_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assess/gonogo/themes"
	"assess/gonogo/tui/app"
	"assess/gonogo/tui/config"
	"assess/gonogo/tui/drive"
	"assess/gonogo/tui/paint"
)

// A theme of one's own that is configured is the one marked, though it is found only after
// the built-in ones: writing the settings must not take it away.
func TestYourOwnThemeStays(t *testing.T) {
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Theme: "dark", Change: func(o *app.Options) {
		o.Config.Theme = "mine"
		o.ThemeNames = func() []string { return append(themes.Names(), "mine") }
	}})
	w.Keys(":settings")
	w.Press("enter")
	w.Has("[mine]")
}

func TestSettingsHoldAtOnceAndAreWrittenWhenAsked(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte("# mine\n[me]\nname = \"R. Okafor\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := drive.NewWorld(t, drive.Options{W: 80, H: 24, Theme: "dark", Change: func(o *app.Options) {
		c, _, err := config.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		o.Config = c
		o.ThemeNames = func() []string { return append(themes.Names(), "mine") }
		o.Themes = func(name string) (*paint.Palette, error) { return drive.Palette(t, name, false), nil }
	}})
	w.Keys(":settings")
	w.Press("enter")
	w.Has("Settings", "[auto]", "Assessor    R. Okafor")
	w.Press("right", "right", "right")
	if got := w.Model.Env().Paint.Theme.Name; got != "dark" {
		t.Errorf("paints with %s", got)
	}
	w.Press("right", "right")
	w.Has("[deuteranopia-light]  6 of 11", "✘ fail")
	if got := w.Model.Env().Paint.Theme.Name; got != "deuteranopia-light" {
		t.Errorf("paints with %s", got)
	}
	w.Keys("j ")
	if !w.Model.Env().Paint.ASCII {
		t.Error("the signs are not ASCII")
	}
	w.Keys("jl")
	w.Has("[calm]")
	if src, _ := os.ReadFile(file); strings.Contains(string(src), "theme") {
		t.Error("the file was written unasked")
	}
	w.Press("ctrl+s")
	src, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(src), "theme = \"deuteranopia-light\"\nascii = true\nmouse = false\nreduce_motion = true\n# mine\n") {
		t.Errorf("the file holds\n%s (%v)", src, err)
	}
	w.Sweep(90, 24)
}
