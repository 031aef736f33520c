package themes

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestEveryBuiltInIsReadable(t *testing.T) {
	for _, name := range Names() {
		theme, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range theme.Problems() {
			t.Errorf("%s: %s", name, p)
		}
		if len(theme.On) == 0 && name != "mono" {
			t.Errorf("%s names no background", name)
		}
		if want := strings.HasPrefix(name, "contrast-"); want != (theme.Contrast == 7) {
			t.Errorf("%s promises a contrast of %v", name, theme.Contrast)
		}
		kind := Vision(strings.TrimSuffix(name, "-light"))
		if _, made := seen[kind]; made && !slices.Contains(theme.Eyes, kind) {
			t.Errorf("%s is not made for %s", name, kind)
		}
	}
}

// On sixteen colours the terminal's own palette decides; these two are the most common of
// those that are hard to read.
var palettes16 = map[string][16]string{
	"xterm": {"#000000", "#cd0000", "#00cd00", "#cdcd00", "#0000ee", "#cd00cd", "#00cdcd", "#e5e5e5",
		"#7f7f7f", "#ff0000", "#00ff00", "#ffff00", "#5c5cff", "#ff00ff", "#00ffff", "#ffffff"},
	"vga": {"#000000", "#aa0000", "#00aa00", "#aa5500", "#0000aa", "#aa00aa", "#00aaaa", "#aaaaaa",
		"#555555", "#ff5555", "#55ff55", "#ffff55", "#5555ff", "#ff55ff", "#55ffff", "#ffffff"},
}

func TestSixteenColoursAreReadable(t *testing.T) {
	for _, name := range Names() {
		theme, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		bg := "#ffffff"
		if theme.Dark {
			bg = "#000000"
		}
		for i := range Count {
			ansi := theme.Styles[i].ANSI
			if ansi == nil || !Token(i).Readable() {
				continue
			}
			shown := []int{*ansi}
			if theme.Styles[i].Bold && *ansi < 8 { // many terminals brighten what is bold
				shown = append(shown, *ansi+8)
			}
			for terminal, palette := range palettes16 {
				for _, n := range shown {
					if ratio, err := Contrast(palette[n], bg); err != nil || ratio < theme.Contrast {
						t.Errorf("%s: %s is colour %d, on %s %.1f:1, want %.1f", name, Token(i), n, terminal, ratio, theme.Contrast)
					}
				}
			}
		}
	}
}

// On 256 colours text stays readable on the backgrounds and on the fill.
func TestContrastOn256Colours(t *testing.T) {
	for _, name := range Names() {
		theme, err := Load(name, "")
		if err != nil {
			t.Fatal(err)
		}
		for i, s := range theme.Styles {
			for _, hex := range []*string{&s.Fg, &s.Bg} {
				if *hex == "" {
					continue
				}
				n, err := Indexed(*hex)
				if err != nil {
					t.Fatal(err)
				}
				if hex == &s.Fg && s.XTerm != nil {
					n = *s.XTerm
				}
				*hex = IndexedHex(n)
			}
			theme.Styles[i] = s
		}
		for _, p := range theme.Problems() {
			t.Errorf("%s: %s", name, p)
		}
	}
}

func TestIndexed(t *testing.T) {
	for hex, want := range map[string]int{"#000000": 16, "#ffffff": 231, "#ff0000": 196, "#5f87af": 67, "#080808": 232, "#eeeeee": 255, "#303648": 237} {
		if got, err := Indexed(hex); err != nil || got != want {
			t.Errorf("%s is %d, want %d (%v)", hex, got, want, err)
		}
	}
	for n := 16; n < 256; n++ {
		if got, err := Indexed(IndexedHex(n)); err != nil || IndexedHex(got) != IndexedHex(n) {
			t.Errorf("%d reads back as %d (%v)", n, got, err)
		}
	}
	if _, err := Indexed("red"); err == nil {
		t.Error("a colour name passed as #rrggbb")
	}
}

func TestProblemsSeeWhatIsWrong(t *testing.T) {
	mend := func(change func(*Theme)) string {
		theme, err := Load("deuteranopia", "")
		if err != nil {
			t.Fatal(err)
		}
		change(theme)
		return strings.Join(theme.Problems(), "\n")
	}
	for _, c := range []struct {
		want   string
		change func(*Theme)
	}{
		{"muted: #555555 on", func(t *Theme) { t.Styles[Muted].Fg = "#555555" }},
		{"want 7.0", func(t *Theme) { t.Contrast = 7 }},
		{"on #ffffff", func(t *Theme) { t.On = []string{"#ffffff"} }},
		{"look alike to eyes with deuteranopia", func(t *Theme) { t.Styles[Pass].Fg, t.Styles[Fail].Fg = "#8bd49c", "#ff8f8f" }},
		{"p50 #6cb0ff and p99 #6cb0ff look alike:", func(t *Theme) { t.Styles[P99].Fg = "#6cb0ff" }},
	} {
		if got := mend(c.change); !strings.Contains(got, c.want) {
			t.Errorf("problems\n%s\nlack %q", got, c.want)
		}
	}
}

// What is known of the matrices: greys stay as they are, and each kind of eye loses its pair.
func TestVisions(t *testing.T) {
	for _, v := range []Vision{Protanopia, Deuteranopia, Tritanopia} {
		for _, grey := range []string{"#000000", "#808080", "#ffffff"} {
			a, _ := lab(grey, Ordinary)
			b, err := lab(grey, v)
			if err != nil || math.Abs(a[0]-b[0])+math.Abs(a[1]-b[1])+math.Abs(a[2]-b[2]) > 0.1 {
				t.Errorf("%s sees %s as %v, want %v (%v)", v, grey, b, a, err)
			}
		}
	}
	for _, c := range []struct {
		a, b string
		v    Vision
		near bool
	}{
		{"#8bd49c", "#ff8f8f", Ordinary, false}, {"#8bd49c", "#ff8f8f", Deuteranopia, true}, {"#8bd49c", "#ff8f8f", Tritanopia, false},
		{"#0000ff", "#ffff00", Deuteranopia, false}, {"#8cb8ff", "#c9a6ff", Deuteranopia, true},
	} {
		if d, err := Difference(c.a, c.b, c.v); err != nil || (d < apart) != c.near {
			t.Errorf("%s and %s are %.1f apart to %q (%v)", c.a, c.b, d, c.v, err)
		}
	}
	if d, _ := Difference("#ffffff", "#000000", Ordinary); math.Abs(d-100) > 0.1 {
		t.Errorf("white and black are %.1f apart, want 100 (CIE 1976)", d)
	}
	if _, err := Difference("#ffffff", "#000000", "owl"); err == nil {
		t.Error("an unknown vision was simulated")
	}
}

func TestOldNamesStillLoad(t *testing.T) {
	for old, now := range aliases {
		if theme, err := Load(old, ""); err != nil || theme.Name != now {
			t.Errorf("%s is %v, %v", old, theme, err)
		}
		if slices.Contains(Names(), old) {
			t.Errorf("%s is listed", old)
		}
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dark-colourblind.toml"), []byte("extends = 'light'"), 0o600); err != nil {
		t.Fatal(err)
	}
	if theme, err := Load("dark-colourblind", dir); err != nil || theme.Dark {
		t.Errorf("the person's own theme of that name: %v, %v", theme, err)
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
		{"extends = 'dark'\n[tokens]\nmutd = {}", "mine.toml:3: unknown token mutd; did you mean muted"},
		{"extends = 'dark'\n[tokens.mutd]\nfg = '#ffffff'", "mine.toml:2: unknown token mutd"},
		{"extends = 'dark'\n# fgg is none\n[tokens]\nmuted = { fgg = '#ffffff' }", "mine.toml:4: unknown key tokens.muted.fgg; did you mean fg"},
		{"extends = 'dark'\n[tokens]\n\nmuted = { fg = 'grey' }", "mine.toml:4: muted: colour \"grey\": must be #rrggbb"},
		{"extends = 'dark'\n[tokens]\nmuted = { ansi = 16 }", "0 to 15"},
		{"extends = 'dark'\n[tokens]\nmuted = { xterm = 3 }", "16 to 255"},
		{"extends = 'dark'\n[tokens]\nmuted = { ansi = 'x' }", "mine.toml:3: tokens.muted.ansi: incompatible types"},
		{"extends = 'dark'\n[tokens\n", "mine.toml:3: "},
		{"background = 'dark'\n[tokens]\nmuted = {}", "mine.toml:2: token text is missing"},
		{"extends = 'mine'", "extends itself"},
		{"extends = 'drak'", `mine.toml:1: extends: no such theme "drak"; the nearest is "dark"`},
		{"extends = 'dark'\neyes = ['tritanopie']", `did you mean "tritanopia"`},
		{"extends = 'dark'\ncontrast = nan", "4.5 to 21"},
		{"extends = 'dark'\non = ['black']", "mine.toml:2: on: "},
		{"# " + strings.Repeat("x", maxSize), "larger than 64 KiB"},
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
