package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func house(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.toml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestLoad(t *testing.T) {
	c, warnings, err := Load(house(t, "theme = 'light'\nmuose = true\n[me]\nname = 'R. Okafor'\nmial = 'x'\n"))
	if err != nil || c.Theme != "light" || c.Me.Name != "R. Okafor" {
		t.Fatalf("%+v, %v", c, err)
	}
	if all := strings.Join(warnings, "\n"); len(warnings) != 2 || !strings.Contains(all, "did you mean mouse?") || !strings.Contains(all, "did you mean mail?") {
		t.Errorf("warnings: %q", warnings)
	}
	if c, warnings, err := Load(t.TempDir()); err != nil || len(warnings) > 0 || c.Theme != "" {
		t.Errorf("no file: %+v, %v, %v", c, warnings, err)
	}
	if c, _, err := Load(house(t, "theme = [")); err == nil || c == nil {
		t.Errorf("a broken file: %+v, %v", c, err)
	}
}

func TestReduceMotion(t *testing.T) {
	for _, c := range []struct {
		file, env string
		want      bool
	}{{"", "", false}, {"", "1", true}, {"reduce_motion = true", "", true}, {"theme = [", "1", true}} {
		t.Setenv("GONOGO_NO_SPINNER", c.env)
		if got, _, _ := Load(house(t, c.file)); got.ReduceMotion != c.want {
			t.Errorf("%q with %q: %v", c.file, c.env, got.ReduceMotion)
		}
	}
}

func TestSaveName(t *testing.T) {
	for _, c := range []struct{ before, after string }{
		{"", "[me]\nname = \"A \\\"B\\\" Näme\"\n"},
		{"theme = 'light' # mine", "theme = 'light' # mine\n\n[me]\nname = \"A \\\"B\\\" Näme\"\n"},
		{"[me]\nrole = 'lead'\n", "[me]\nrole = 'lead'\n"}, // never rewritten
	} {
		dir := house(t, c.before)
		config, _, err := Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := config.SaveName(`A "B" Näme`); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, "config.toml"))
		if err != nil || string(got) != c.after {
			t.Errorf("%q became %q, want %q (%v)", c.before, got, c.after, err)
		}
		if again, _, err := Load(dir); err != nil || c.before != c.after && again.Me.Name != `A "B" Näme` {
			t.Errorf("reads back as %+v, %v", again, err)
		}
	}
	dir := house(t, "theme = [")
	config, _, _ := Load(dir)
	if err := config.SaveName("x"); err == nil {
		t.Error("a broken file was written to")
	}
	if err := (&Config{}).SaveName("x"); err != nil {
		t.Error(err)
	}
}

func TestSet(t *testing.T) {
	for _, c := range []struct {
		before, key string
		value       any
		after       string
	}{
		{"", "theme", "light", "theme = \"light\"\n"},
		{"# mine\ntheme = 'dark'\n[me]\ntheme = 1\n", "theme", "light", "# mine\ntheme = \"light\"\n[me]\ntheme = 1\n"},
		{"[me]\nname = 'x'\n", "ascii", true, "ascii = true\n[me]\nname = 'x'\n"},
		{"# theme = 'dark'\n", "theme", "mono", "theme = \"mono\"\n# theme = 'dark'\n"},
	} {
		dir := house(t, c.before)
		config, _, _ := Load(dir)
		if err := config.Set(c.key, c.value); err != nil {
			t.Error(err)
		}
		got, _ := os.ReadFile(filepath.Join(dir, "config.toml"))
		if string(got) != c.after {
			t.Errorf("%q became %q, want %q", c.before, got, c.after)
		}
	}
	dir := house(t, "theme = [\n")
	config, _, _ := Load(dir)
	if err := config.Set("ascii", true); err == nil {
		t.Error("a broken file was written to")
	}
	if err := (&Config{}).Set("ascii", true); err == nil {
		t.Error("a file was written without a folder")
	}
}
