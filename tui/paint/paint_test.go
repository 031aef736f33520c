package paint

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"

	"assess/gonogo/themes"
)

func palette(t testing.TB, profile termenv.Profile, ascii bool) *Palette {
	t.Helper()
	theme, err := themes.Load("dark", "")
	if err != nil {
		t.Fatal(err)
	}
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(profile)
	r.SetHasDarkBackground(true)
	return New(theme, ascii, r)
}

// texts hold what makes widths hard: wide characters, combining marks, emoji with
// modifiers, controls, escapes, broken UTF-8.
var texts = []string{
	"", "a", "plain text", "✓ pass", "▸…│━", "漢字漢字", "e\u0301cole", "❤️", "👍🏽", "👩‍👩‍👧", "tab\there",
	"\x1b[31mred\x1b[0m", "\x07bell", "\u009bcsi", "bad\xffutf8", "\u202eevil", "flag 🇩🇪", "a\r\nb", "ﷺ", "👩\u200d\xa9👧",
}

func TestFitIsExact(t *testing.T) {
	for _, s := range texts {
		for w := range 12 {
			for name, got := range map[string]string{"Fit": Fit(s, w), "Middle": Middle(s, w)} {
				if ansi.StringWidth(got) != w || !utf8.ValidString(got) || strings.ContainsAny(got, "\x1b\x07\u009b\t\r\n") {
					t.Errorf("%s(%q, %d) = %q, %d cells", name, s, w, got, ansi.StringWidth(got))
				}
			}
		}
		if got := ansi.StringWidth(Fit(s, Width(s))); got != Width(s) {
			t.Errorf("Width(%q) = %d, shown as %d", s, Width(s), got)
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Fit("pass", 6), "pass  "},
		{Fit("inconclusive", 6), "incon…"},
		{Fit("漢字漢", 4), "漢… "},
		{Fit("x", 0), ""},
		{Middle("/api/health/detailed", 11), "/api/…tailed"[:5] + "…" + "ailed"},
		{Fit("❤️", 2), "❤ "},
		{Cut("漢字", 1, 2), "  "},
		{Cut("abcdef", 2, 3), "cde"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

// Brushes have to paint exactly what Lip Gloss paints, in every colour profile.
func TestBrushesAreLipGloss(t *testing.T) {
	for _, profile := range []termenv.Profile{termenv.TrueColor, termenv.ANSI256, termenv.ANSI, termenv.Ascii} {
		p := palette(t, profile, false)
		r := lipgloss.NewRenderer(io.Discard)
		r.SetColorProfile(profile)
		s := p.Theme.Styles[themes.Strong]
		style := r.NewStyle().Bold(s.Bold).Foreground(lipgloss.CompleteColor{TrueColor: s.Fg, ANSI256: s.Fg, ANSI: "15"}).Inline(true)
		if got, want := p.Paint(themes.Strong, "GO"), style.Render("GO"); got != want {
			t.Errorf("profile %v: %q, Lip Gloss %q", profile, got, want)
		}
		if (profile == termenv.Ascii) != p.Plain {
			t.Errorf("profile %v: Plain is %v", profile, p.Plain)
		}
	}
}

func TestLineIsExact(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, ascii := range []bool{false, true} {
		p := palette(t, termenv.TrueColor, ascii)
		for range 2000 {
			w := r.IntN(40)
			l := p.Row(w, r.IntN(2) == 0)
			for range r.IntN(6) {
				text := texts[r.IntN(len(texts))]
				tok := themes.Token(r.IntN(themes.Count))
				n := r.IntN(30) - 5
				switch r.IntN(6) {
				case 0:
					l.Add(tok, text)
				case 1:
					l.Fit(tok, text, n)
				case 2:
					l.Right(tok, text, n)
				case 3:
					l.To(n)
				case 4:
					l.Middle(tok, text, n)
				case 5:
					l.End(tok, text)
				}
			}
			got := l.String()
			if ansi.StringWidth(got) != w {
				t.Fatalf("%d cells, want %d: %q", ansi.StringWidth(got), w, got)
			}
			if ascii && !plain(Strip(got)) {
				t.Fatalf("not ASCII: %q", Strip(got))
			}
		}
	}
}

// Going to ASCII replaces cell by cell: every line keeps its columns.
func TestASCIIKeepsColumns(t *testing.T) {
	for _, s := range texts {
		for w := range 12 {
			if got := string(fit(nil, s, w, true)); len(got) != w || !plain(got) {
				t.Errorf("fit(%q, %d) = %q", s, w, got)
			}
		}
	}
	p := palette(t, termenv.Ascii, true)
	if got, want := p.Sign("▸✓ ✘ ! · ━━── … “x” – −1"), `>+ x ! . ==-- ~ "x" - -1`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestOverKeepsColumns(t *testing.T) {
	p := palette(t, termenv.TrueColor, false)
	page := []string{}
	for _, s := range []string{"漢字漢字漢字漢字漢字", "plain text that is long", "✓✘", ""} {
		l := p.Line(20)
		l.Fit(themes.Pass, s, 20)
		page = append(page, l.String())
	}
	for w := 6; w <= 30; w++ {
		inner := p.Line(w - 4)
		box := p.Box(w, "Title", []string{inner.String()})
		for i, l := range p.Over(page, 20, box) {
			if got := ansi.StringWidth(l); got != 20 {
				t.Errorf("box of %d: line %d has %d cells: %q", w, i, got, ansi.Strip(l))
			}
		}
	}
}

func TestTitleGivesWay(t *testing.T) {
	p := palette(t, termenv.Ascii, false)
	for w := 1; w < 100; w++ {
		got := p.Title(w, "phase5-dashboard 1.4 · phase5", "NO-GO  35.2 %  saved 14:51")
		if ansi.StringWidth(got) != w {
			t.Errorf("%d: %q", w, got)
		}
	}
	if got, want := p.Title(40, "New review", "• draft kept"), " New review                • draft kept "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWrap(t *testing.T) {
	got := Wrap("one two three\nfour abcdefghijkl", 7)
	want := []string{"one two", "three", "four", "abcdefg", "hijkl"}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
	if got := Wrap("score 71.4 %), after 200 ms by a m", 12); strings.Join(got, "|") != "score|71.4 %),|after 200 ms|by a m" {
		t.Errorf("a number has lost its unit: %q", got)
	}
	for w := 1; w < 10; w++ {
		for _, l := range Wrap("漢字 one e\u0301cole", w) {
			if Width(l) > w && w > 1 {
				t.Errorf("%q is wider than %d", l, w)
			}
		}
	}
}

func TestLineAllocates(t *testing.T) {
	p := palette(t, termenv.TrueColor, false)
	n := testing.AllocsPerRun(100, func() {
		l := p.Row(120, true)
		l.Add(themes.Focus, "▸").Fit(themes.Pass, "✓", 2).Fit(themes.Text, "SEC-01 HTTPS is offered; user-facing", 40).Right(themes.Muted, "35.2 %", 10)
		_ = l.String()
	})
	if n > 4 {
		t.Errorf("a line takes %.0f allocations, want at most 4", n)
	}
}

func FuzzFit(f *testing.F) {
	for _, s := range texts {
		f.Add(s, 5)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		if w < 0 || w > 300 || len(s) > 2000 {
			return
		}
		got := Fit(s, w)
		if ansi.StringWidth(got) != w || !utf8.ValidString(got) {
			t.Errorf("Fit(%q, %d) = %q, %d cells", s, w, got, ansi.StringWidth(got))
		}
		for _, r := range got {
			if r < 0x20 || r >= 0x7f && r < 0xa0 {
				t.Errorf("Fit(%q) keeps control %#x", s, r)
			}
		}
	})
}

// In ASCII the sign of a pass and that of a tick are different ones.
func TestATickIsNoPassInASCII(t *testing.T) {
	p := palette(t, termenv.Ascii, true)
	if got := p.Sign("[✓] ✓"); got != "[x] +" {
		t.Errorf("got %q", got)
	}
}

// On 256 colours the brushes paint with those that themes finds, foreground and fill.
func TestBrushesOn256Colours(t *testing.T) {
	p := palette(t, termenv.ANSI256, false)
	fill, err := themes.Indexed(p.Theme.Styles[themes.Select].Bg)
	if err != nil {
		t.Fatal(err)
	}
	fail, _ := themes.Indexed(p.Theme.Styles[themes.Fail].Fg)
	l := p.Row(4, true)
	got := l.Add(themes.Fail, "fail").String()
	if !strings.Contains(got, fmt.Sprintf("38;5;%d", fail)) || !strings.Contains(got, fmt.Sprintf("48;5;%d", fill)) {
		t.Errorf("%q, want the colours %d on %d", got, fail, fill)
	}
}
