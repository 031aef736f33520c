package themes

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestContrastOfEveryBuiltIn(t *testing.T) {
	for _, name := range Names() {
		theme, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		fill := theme.Styles[Select].Bg
		if len(theme.On) == 0 && name != "mono" {
			t.Errorf("%s names no background", name)
		}
		for i := range Count {
			tok := Token(i)
			fg := theme.Styles[tok].Fg
			if !tok.Readable() || fg == "" {
				continue
			}
			for _, bg := range append([]string{fill}, theme.On...) {
				if ratio, err := Contrast(fg, bg); err != nil || ratio < 4.5 {
					t.Errorf("%s: %s %s on %s is %.2f:1, want 4.5 (%v)", name, tok, fg, bg, ratio, err)
				}
			}
		}
	}
}

func TestContrastKnownValues(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{{"#000000", "#ffffff", 21}, {"#777777", "#ffffff", 4.48}, {"#123456", "#123456", 1}} {
		if got, err := Contrast(c.a, c.b); err != nil || got < c.want-0.01 || got > c.want+0.01 {
			t.Errorf("Contrast(%s, %s) = %.3f, %v; want %.2f", c.a, c.b, got, err, c.want)
		}
	}
	if _, err := Contrast("red", "#ffffff"); err == nil {
		t.Error("a colour name passed as #rrggbb")
	}
}

// States must differ without colour, so every sign of a state is its own in both sets.
func TestNoStateByColourAlone(t *testing.T) {
	signs := []string{SignPass, SignWarn, SignFail, SignInconclusive, SignNA, SignPending, SignRunning, SignConsent}
	unicode, plain := map[string]bool{}, map[byte]bool{}
	for _, s := range signs {
		if n := len([]rune(s)); n != 1 {
			t.Errorf("sign %q has %d runes", s, n)
		}
		a := ASCII([]rune(s)[0])
		if unicode[s] || plain[a] {
			t.Errorf("sign %q (%c) stands for two states", s, a)
		}
		unicode[s], plain[a] = true, true
	}
}

func TestEverySignHasATwin(t *testing.T) {
	all := SignPass + SignWarn + SignFail + SignInconclusive + SignNA + SignPending + SignRunning + SignConsent +
		SignCursor + SignOther + SignRadio + SignRule + SignHeavy + SignCut + SignCaret + SignArrow + SignDown +
		SignRange + SignSeparator + SignDraft + SignMinus + SignTimes + SignBoxTop + SignBoxBottom + SignBoxSide +
		SignAxisTick + SignAxisCorner + SignStep + SparkSigns
	for _, r := range all {
		if r != '?' && ASCII(r) == '?' {
			t.Errorf("%c has no ASCII twin", r)
		}
	}
}

func TestLoadIsStrict(t *testing.T) {
	cases := []struct{ src, want string }{
		{"extends = 'dark'\n[tokens]\nmutd = {}", "did you mean muted"},
		{"extends = 'dark'\n[tokens]\nmuted = { fgg = '#ffffff' }", "did you mean fg"},
		{"extends = 'dark'\n[tokens]\nmuted = { fg = 'grey' }", "must be #rrggbb"},
		{"extends = 'dark'\n[tokens]\nmuted = { ansi = 16 }", "0 to 15"},
		{"background = 'dark'\n[tokens]\nmuted = {}", "is missing"},
		{"extends = 'mine'", "extends itself"},
		{"extends = 'drak'", `the nearest is "dark"`},
	}
	for _, c := range cases {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "mine.toml"), []byte(c.src), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Load("mine", dir); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want %q", c.src, err, c.want)
		}
	}
	if _, err := Load("drak", ""); !errors.Is(err, ErrUnknown) || !strings.Contains(err.Error(), `"dark"`) {
		t.Errorf("unknown name: %v", err)
	}
	if _, err := Load("../dark", t.TempDir()); err == nil {
		t.Error("a path passed as a theme's name")
	}
}

func TestUserThemeExtends(t *testing.T) {
	dir := t.TempDir()
	src := "extends = 'light'\n[tokens]\npass = { fg = '#123456' }"
	if err := os.WriteFile(filepath.Join(dir, "mine.toml"), []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	mine, err := Load("mine", dir)
	if err != nil {
		t.Fatal(err)
	}
	light, _ := Load("light", "")
	if mine.Name != "mine" || mine.Dark || mine.Styles[Pass].Fg != "#123456" || mine.Styles[Fail].Fg != light.Styles[Fail].Fg {
		t.Errorf("mine is %+v", mine)
	}
}
