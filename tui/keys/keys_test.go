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

func runes(s string) tea.KeyMsg { return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s)} }
func alt(s string) tea.KeyMsg {
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(s), Alt: true}
}

var esc = tea.KeyMsg{Type: tea.KeyEsc}

// The table lists what terminals and slow lines do to keys: what Bubble Tea reports at the
// left, the keys that are meant at the right. "wait" lets 50 ms pass.
func TestResolver(t *testing.T) {
	paste := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("jq"), Paste: true}
	wait := tea.KeyMsg{Type: tea.KeyType(9999)}
	for _, c := range []struct {
		name  string
		in    []tea.KeyMsg
		field bool
		want  string
	}{
		{"one key", []tea.KeyMsg{runes("j")}, false, "j"},
		{"jjj in one read", []tea.KeyMsg{runes("jjj")}, false, "j j j"},
		{"a blank in one read", []tea.KeyMsg{runes("j k")}, false, "j   k"},
		{"letters stay together in a field", []tea.KeyMsg{runes("jjj")}, true, "jjj"},
		{"Esc alone acts after the wait", []tea.KeyMsg{esc, wait}, false, "esc"},
		{"Esc does not act before", []tea.KeyMsg{esc}, false, ""},
		{"Esc acts before the next key", []tea.KeyMsg{esc, runes("j")}, false, "esc j"},
		{"two Esc", []tea.KeyMsg{esc, esc, wait}, false, "esc esc"},
		{"Up split after Esc", []tea.KeyMsg{esc, runes("[A"), wait}, false, "up"},
		{"Down in application mode, split", []tea.KeyMsg{esc, runes("OB"), wait}, false, "down"},
		{"split in a field", []tea.KeyMsg{esc, runes("[D"), wait}, true, "left"},
		{"Up split after Esc [", []tea.KeyMsg{alt("["), runes("A"), wait}, false, "up"},
		{"PgDn split after Esc [", []tea.KeyMsg{alt("["), runes("6~"), wait}, false, "pgdown"},
		{"an unknown sequence is dropped whole", []tea.KeyMsg{esc, runes("[99~"), wait}, false, ""},
		{"Esc and a letter in one read", []tea.KeyMsg{alt("j")}, false, "esc j"},
		{"alt+[ that nothing follows", []tea.KeyMsg{alt("["), wait}, false, "esc"},
		{"a paste is never keys", []tea.KeyMsg{paste}, false, ""},
		{"a paste goes into a field", []tea.KeyMsg{paste}, true, "[jq]"},
		{"a late reply is swallowed", []tea.KeyMsg{alt("]"), runes("11;rgb:1e1e/1e1e/2e2e"), alt(`\`), runes("j")}, false, "j"},
		{"a late reply is swallowed in a field", []tea.KeyMsg{alt("]"), runes("11;rgb:1e1e/1e1e/2e2e"), alt(`\`), runes("j")}, true, "j"},
		{"no reply after all", []tea.KeyMsg{alt("]"), runes("x")}, false, "x"},
		{"Ctrl+H is Backspace", []tea.KeyMsg{{Type: tea.KeyCtrlH}}, true, "backspace"},
		{"Alt+Enter stays", []tea.KeyMsg{{Type: tea.KeyEnter, Alt: true}}, true, "alt+enter"},
	} {
		var r Resolver
		var got []string
		var ticket uint64
		note := func(ks []tea.KeyMsg) {
			for _, k := range ks {
				got = append(got, k.String())
			}
		}
		for _, k := range c.in {
			if k.Type == wait.Type {
				note(r.Due(ticket))
				continue
			}
			out, n := r.Feed(k, c.field)
			note(out)
			if n != 0 {
				ticket = n
			}
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: got %q, want %q", c.name, s, c.want)
		}
	}
}

func TestDueOfAnOlderEsc(t *testing.T) {
	var r Resolver
	_, first := r.Feed(esc, false)
	_, second := r.Feed(esc, false)
	if out := r.Due(first); len(out) != 0 {
		t.Error("the first Esc's timer released the second")
	}
	if out := r.Due(second); len(out) != 1 {
		t.Error("the second Esc never came")
	}
}
