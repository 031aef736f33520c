package keys

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
)

// Every action has a key, or is made for the palette; judgement and dialogs always have
// one.
func TestEveryActionIsReachable(t *testing.T) {
	m := Default()
	for _, a := range action.Table {
		bound := len(m.Keys(a.ID)) > 0
		if a.Scope == action.Palette && bound || a.Scope != action.Palette && !bound {
			t.Errorf("%s: scope %d, keys %v", a.ID, a.Scope, m.Keys(a.ID))
		}
	}
}

func TestDefaultsDoNotConflict(t *testing.T) {
	if c := Default().Conflicts(); len(c) > 0 {
		t.Error(strings.Join(c, "\n"))
	}
	for key := range Default().actions {
		if why, bad := Never[key]; bad {
			t.Errorf("%s %s", key, why)
		}
		if rest, ok := strings.CutPrefix(key, "alt+"); ok && rest != "enter" {
			t.Errorf("%s: alt is Esc and a letter in one read", key)
		}
		if len(key) > 1 && key[0] == 'f' && key[1] <= '9' {
			t.Errorf("%s: function keys belong to terminals", key)
		}
	}
}

// Capitals go somewhere and change nothing, so Caps Lock can't judge.
func TestCapitalsNeverJudge(t *testing.T) {
	for key, ids := range Default().actions {
		if len(key) != 1 || key[0] < 'A' || key[0] > 'Z' {
			continue
		}
		for _, id := range ids {
			if a, _ := action.Find(id); a.Dangerous {
				t.Errorf("%s changes something: %s", key, id)
			}
		}
	}
}

func TestLoad(t *testing.T) {
	for _, c := range []struct{ src, want string }{
		{`[keys]` + "\n" + `"judge.pass" = ["1"]`, "1 means both"},
		{`[keys]` + "\n" + `"judge.pas" = ["p"]`, `did you mean "judge.pass"`},
		{`[keys]` + "\n" + `"judge.pass" = ["ctrl+i"]`, "is Tab to a terminal"},
		{`[kyes]` + "\n" + `"judge.pass" = ["p"]`, "unknown key"},
		{`[keys`, "keys.toml"},
	} {
		path := filepath.Join(t.TempDir(), "keys.toml")
		if err := os.WriteFile(path, []byte(c.src), 0o600); err != nil {
			t.Fatal(err)
		}
		m, err := Load(path)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.src, err, c.want)
		}
		if m == nil || m.Key(action.JudgePass) != "p" {
			t.Errorf("%s: the defaults do not hold", c.src)
		}
	}
	path := filepath.Join(t.TempDir(), "keys.toml")
	if err := os.WriteFile(path, []byte("[keys]\n\"judge.pass\" = [\"ö\", \"ctrl+y\"]\n\"judge.warn\" = []"), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if m.Key(action.JudgePass) != "ö" || m.Key(action.JudgeWarn) != "" || len(m.Actions("p")) != 0 || m.Actions("ö")[0] != action.JudgePass {
		t.Error("the person's bindings do not hold")
	}
	if m, err := Load(filepath.Join(t.TempDir(), "none.toml")); err != nil || m.Key(action.Down) != "j" {
		t.Errorf("a missing file: %v", err)
	}
}

func TestLabel(t *testing.T) {
	for key, want := range map[string]string{" ": "Space", "ctrl+s": "Ctrl+S", "pgdown": "PgDn", "j": "j", "alt+enter": "Alt+Enter"} {
		if got := Label(key); got != want {
			t.Errorf("Label(%q) = %q", key, got)
		}
	}
}

// The table lists what Bubble Tea reports of a read at the left, the keys that are meant at
// the right.
func TestSingle(t *testing.T) {
	runes := func(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }
	paste := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jq"), Paste: true}
	alt := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("j"), Alt: true}
	for _, c := range []struct {
		name  string
		in    tea.KeyMsg
		field bool
		want  string
	}{
		{"one key", runes("j"), false, "j"},
		{"jjj in one read", runes("jjj"), false, "j j j"},
		{"a blank in one read", runes("j k"), false, "j   k"},
		{"letters stay together in a field", runes("jjj"), true, "jjj"},
		{"Esc and a letter in one read", alt, false, "esc j"},
		{"Esc and a letter in a field", alt, true, "esc j"},
		{"a paste is never keys", paste, false, ""},
		{"a paste goes into a field", paste, true, "[jq]"},
		{"Ctrl+H is Backspace", tea.KeyMsg{Type: tea.KeyCtrlH}, true, "backspace"},
		{"Alt+Enter stays", tea.KeyMsg{Type: tea.KeyEnter, Alt: true}, true, "alt+enter"},
	} {
		var got []string
		for _, k := range Single(c.in, c.field) {
			got = append(got, k.String())
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}
