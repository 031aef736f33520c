package widget

import (
	"io"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
)

func mono(t testing.TB) *paint.Palette {
	t.Helper()
	theme, err := themes.Load("mono", "")
	if err != nil {
		t.Fatal(err)
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return paint.New(theme, false, r)
}

func typed(f *Field, keys ...any) {
	for _, k := range keys {
		switch k := k.(type) {
		case string:
			f.Type(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)})
		case tea.KeyType:
			f.Type(tea.KeyMsg{Type: k})
		}
	}
}

func TestFieldEdits(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []any
		want string // with | for the cursor
	}{
		{"typing", []any{"abc"}, "abc|"},
		{"left and insert", []any{"ac", tea.KeyLeft, "b"}, "ab|c"},
		{"backspace a cluster", []any{"xe\u0301", tea.KeyBackspace}, "x|"},
		{"left over a wide character", []any{"漢字", tea.KeyLeft, "x"}, "漢x|字"},
		{"home, end", []any{"abc", tea.KeyHome, "x", tea.KeyEnd, "y"}, "xabcy|"},
		{"delete", []any{"abc", tea.KeyHome, tea.KeyDelete}, "|bc"},
		{"word back", []any{"one two", tea.KeyCtrlW}, "one |"},
		{"kill to start", []any{"abc", tea.KeyLeft, tea.KeyCtrlU}, "|c"},
		{"kill to end", []any{"abc", tea.KeyHome, tea.KeyCtrlK}, "|"},
		{"one line only", []any{"a\nb\tc"}, "a b c|"},
		{"controls are left out", []any{"a\x1b[31mb\x07"}, "a[31mb|"},
		{"backspace at the start", []any{tea.KeyBackspace, "a"}, "a|"},
	} {
		f := &Field{}
		typed(f, c.keys...)
		if got := f.text[:f.at] + "|" + f.text[f.at:]; got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestFieldLimits(t *testing.T) {
	f := &Field{Limit: 5}
	typed(f, "abcdefgh")
	if f.Text() != "abcde" {
		t.Errorf("limit: %q", f.Text())
	}
	var large string
	g := &Field{Large: func(s string) tea.Cmd { large = s; return nil }}
	g.Type(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(strings.Repeat("x", LargePaste+1)), Paste: true})
	if g.Text() != "" || len(large) != LargePaste+1 {
		t.Errorf("a large paste went into the field: %d and %d characters", len(g.Text()), len(large))
	}
	g.Type(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("small"), Paste: true})
	if g.Text() != "small" {
		t.Errorf("a small paste: %q", g.Text())
	}
	if _, ok := f.Type(tea.KeyMsg{Type: tea.KeyEnter}); ok {
		t.Error("a field of one line took Enter")
	}
}

func TestFieldShowsItsCursor(t *testing.T) {
	p := mono(t)
	for _, c := range []struct {
		text string
		left int
		w    int
		want string
	}{
		{"abc", 0, 6, "abc▏  "},
		{"abc", 2, 6, "a▏bc  "},
		{"abcdef", 0, 4, "…ef▏"},
		{"abcdef", 6, 4, "▏ab…"},
		{"漢字", 0, 4, "… 字▏"[:len("… ")] + "▏ "},
	} {
		f := &Field{}
		f.Set(c.text)
		for range c.left {
			f.Type(tea.KeyMsg{Type: tea.KeyLeft})
		}
		got := f.Lines(p, themes.Text, c.w, 1, true)[0]
		if ansi.StringWidth(got) != c.w || !strings.Contains(got, "▏") {
			t.Errorf("%q at %d cells: %q", c.text, c.w, got)
		}
		if c.text != "漢字" && got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFieldOfSeveralLines(t *testing.T) {
	p := mono(t)
	f := &Field{Multi: true}
	typed(f, "one two three four", tea.KeyEnter, "five")
	got := f.Lines(p, themes.Text, 10, 4, true)
	want := []string{"one two   ", "three     ", "four      ", "five▏     "}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
	typed(f, tea.KeyUp, tea.KeyUp, "X")
	if f.Text() != "one two threXe four\nfive" {
		t.Errorf("after two lines up: %q", f.Text())
	}
	for w := 1; w < 15; w++ {
		for h := 1; h < 6; h++ {
			lines := f.Lines(p, themes.Text, w, h, true)
			if len(lines) != h || !strings.Contains(strings.Join(lines, ""), "▏") {
				t.Fatalf("%d×%d: %q", w, h, lines)
			}
			for _, l := range lines {
				if ansi.StringWidth(l) != w {
					t.Fatalf("%d×%d: %q", w, h, l)
				}
			}
		}
	}
}

// Every byte but line feeds belongs to exactly one shown line, whatever the width.
func TestWrapLosesNothing(t *testing.T) {
	for _, s := range []string{"", " ", "one two  three", "abcdefghij", "漢字 漢字漢字", "a\n\nb\n", "e\u0301e\u0301e\u0301 x"} {
		for w := 1; w < 12; w++ {
			at := 0
			for i, l := range wrap(s, w) {
				if i > 0 && at < len(s) && s[at] == '\n' {
					at++
				}
				if l.from != at || l.to < l.from {
					t.Fatalf("%q at %d: line %d is %v after %d", s, w, i, l, at)
				}
				if got := paint.Width(strings.TrimRight(s[l.from:l.to], " ")); got > w && w > 1 {
					t.Fatalf("%q at %d: line %q has %d cells", s, w, s[l.from:l.to], got)
				}
				at = l.to
			}
			if at != len(s) {
				t.Fatalf("%q at %d: ends at %d of %d", s, w, at, len(s))
			}
		}
	}
}

func TestList(t *testing.T) {
	var l List
	l.Resize(100)
	for range 12 {
		l.Do(action.Down)
	}
	if from, to := l.Window(10); l.At != 12 || from != 3 || to != 13 || l.Below() != 87 {
		t.Errorf("at %d, %d to %d, %d below", l.At, from, to, l.Below())
	}
	l.Do(action.Bottom)
	l.Resize(5)
	if from, to := l.Window(10); l.At != 4 || from != 0 || to != 5 {
		t.Errorf("after shrinking: at %d, %d to %d", l.At, from, to)
	}
	place := map[string]string{}
	l.Keep(place, "list.")
	var m List
	m.Restore(place, "list.")
	if m.At != 4 {
		t.Errorf("comes back at %d", m.At)
	}
	if l.Do(action.JudgePass) {
		t.Error("a list judges")
	}
	l.Resize(0)
	l.Do(action.Up)
	if l.At != 0 {
		t.Errorf("an empty list is at %d", l.At)
	}
}

func TestMeter(t *testing.T) {
	for _, c := range []struct {
		share float64
		want  string
	}{{0, "────"}, {0.01, "━───"}, {0.5, "━━──"}, {0.99, "━━━─"}, {1, "━━━━"}, {2, "━━━━"}, {-1, "────"}} {
		if full, rest := Meter(c.share, 4); full+rest != c.want {
			t.Errorf("%.2f: %s%s", c.share, full, rest)
		}
	}
}

func TestSpark(t *testing.T) {
	if got := Spark([]float64{0, 35.2, 100, 120, -5}, 0, 100); got != "▁▃██▁" {
		t.Error(got)
	}
	if got := Spark([]float64{5, 5}, 5, 5); got != "▁▁" {
		t.Error(got)
	}
}

func TestChoice(t *testing.T) {
	c := Choice{Options: []string{"high", "medium", "low"}}
	c.Do(action.Right)
	p := mono(t)
	l := p.Line(24)
	c.Paint(&l, 2)
	if got := l.String(); got != "high  [medium]  low     " || c.Value() != "medium" {
		t.Errorf("%q", got)
	}
	c.Do(action.ItemTick)
	c.Do(action.ItemTick)
	if c.Value() != "high" {
		t.Errorf("Space goes round to %s", c.Value())
	}
}
