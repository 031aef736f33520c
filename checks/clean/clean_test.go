package clean

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// hostile is text that moves cursors, sets clipboards, hides, reverses or piles up, with
// what Line must make of it; an empty want means that only safety is asserted.
var hostile = []struct{ name, in, want string }{
	{"cursor up over a verdict", "FAIL\x1b[1A\x1b[2K\rPASS", "FAIL^[[1A^[[2K^MPASS"},
	{"colour", "ok \x1b[32mPASS\x1b[0m", "ok ^[[32mPASS^[[0m"},
	{"clear screen", "\x1b[2J\x1b[3J\x1b[H", "^[[2J^[[3J^[[H"},
	{"leave alternate screen", "\x1b[?1049l\x1b[?25l", "^[[?1049l^[[?25l"},
	{"title", "\x1b]0;pwned\a\x1b[21t", "^[]0;pwned^G^[[21t"},
	{"clipboard", "\x1b]52;c;cm0gLXJmIH4K\a", "^[]52;c;cm0gLXJmIH4K^G"},
	{"hyperlink", "\x1b]8;;http://evil.example\x1b\\https://good.example\x1b]8;;\x1b\\",
		"^[]8;;http://evil.example^[\\https://good.example^[]8;;^[\\"},
	{"open hyperlink", "\x1b]8;;http://evil.example", "^[]8;;http://evil.example"},
	{"notification", "\x1b]777;notify;a;b\a\x1b]9;x\a", "^[]777;notify;a;b^G^[]9;x^G"},
	{"inline file", "\x1b]1337;File=name=eA==;inline=0:AAAA\a", "^[]1337;File=name=eA==;inline=0:AAAA^G"},
	{"shell marks", "\x1b]633;E;rm -rf\a\x1b]133;A\a", "^[]633;E;rm -rf^G^[]133;A^G"},
	{"sixel", "\x1bPq\"1;1;99999;99999#0!99999~\x1b\\", "^[Pq\"1;1;99999;99999#0!99999~^[\\"},
	{"tmux passthrough", "\x1bPtmux;\x1b\x1b]52;c;eA==\a\x1b\\", "^[Ptmux;^[^[]52;c;eA==^G^[\\"},
	{"kitty picture", "\x1b_Gf=100,a=T;AAAA\x1b\\", "^[_Gf=100,a=T;AAAA^[\\"},
	{"settings request", "\x1bP$q\"p\x1b\\\x05", "^[P$q\"p^[\\^E"},
	{"reports", "\x1b[6n\x1b[c\x1b[>c", "^[[6n^[[c^[[>c"},
	{"end of paste", "\x1b[201~ rm -rf\r", "^[[201~ rm -rf^M"},
	{"mouse and modes", "\x1b[?1003h\x1b[>1u\x1b[?2004l", "^[[?1003h^[[>1u^[[?2004l"},
	{"line drawing", "\x1b(0lqqk\x0e", "^[(0lqqk^N"},
	{"C1 as UTF-8", "\u009b31m\u009d52;c;eA==\u009c", "<U+009B>31m<U+009D>52;c;eA==<U+009C>"},
	{"C1 raw", "a\x9bb", "a<9B>b"},
	{"broken UTF-8", "\xff\xfe\xc0\xaf\xc0\x9b\xed\xa0\x80", "<FF><FE><C0><AF><C0><9B><ED><A0><80>"},
	{"backspaces", "\x00\x7fFAIL\b\b\b\b", "^@^?FAIL^H^H^H^H"},
	{"other line ends", "a\rb\vc\fd\u0085e\u2028f\u2029g", "a^Mb^Kc^Ld<U+0085>e<U+2028>f<U+2029>g"},
	{"line feed", "a\nb", "a␊b"},
	{"tabs", strings.Repeat("\t", 200), strings.Repeat(" ", 800)},
	{"bidi", "user\u202eSSAP\u202c\u2066\u2067\u2068\u2069", "user<U+202E>SSAP<U+202C><U+2066><U+2067><U+2068><U+2069>"},
	{"invisible", "PA\u200bSS\u00ad\ufeff\u2060", "PA<U+200B>SS<U+00AD><U+FEFF><U+2060>"},
	{"tags and selectors", "\U000E0041\U000E007F\ufe01\U000E0100", "<U+E0041><U+E007F><U+FE01><U+E0100>"},
	{"500 marks", "a" + strings.Repeat("\u0301", 500), "a" + strings.Repeat("\u0301", 4) + "<+496 marks>"},
	{"mark without a base", "\u0301x", "<U+0301>x"},
	{"200 joined pictures", strings.Repeat("\U0001F468\u200d", 200), strings.Repeat("\U0001F468", 200) + "<U+200D>"},
	{"fillers", "\ufdfd\u3164\u115f\u2800", "<U+FDFD><U+3164><U+115F><U+2800>"},
	{"full width", "ＰＡＳＳ", "ＰＡＳＳ"},
	{"Cyrillic a", "аlice@example.com", "аlice@example.com"},
	{"mojibake", "‚ùå FAILED", "‚ùå FAILED"},
	{"UTF-16", "\xff\xfeF\x00A\x00", "<FF><FE>F^@A^@"},
	{"Latin-1", "caf\xe9", "caf<E9>"},
	{"odd spaces", "a\u00a0b\u3000c", "a<U+00A0>b<U+3000>c"},
	{"private use", "\ue000\U000F0000", "<U+E000><U+F0000>"},
	{"coloured heart", "❤️ ok", "❤ ok"},
	{"selector on a letter", "PA\ufe0fSS", "PA<U+FE0F>SS"},
	{"skin tone", "👍🏽 done", "👍 done"},
	{"skin tone alone", "x🏽", "x<U+1F3FD>"},
	{"joined profession", "👩🏽‍💻", "👩💻"},
	{"keycap", "1️⃣", "1⃣"},
	{"joiner between Latin letters", "ad\u200dmin", "ad<U+200D>min"},
	{"Persian non-joiner", "می\u200cخواهم", "می\u200cخواهم"},
	{"eight Devanagari joiners", strings.Repeat("क\u200d", 8) + "क",
		strings.Repeat("क\u200d", 6) + "क<U+200D>क\u200dक"},
	{"plain", "GET /api/health 200", "GET /api/health 200"},
	{"accents", "Zoë naïve façade", "Zoë naïve façade"},
}

func TestLine(t *testing.T) {
	for _, c := range hostile {
		t.Run(c.name, func(t *testing.T) {
			got := Line(c.in)
			if string(got) != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			assertSafe(t, got, MaxLine, false)
			if again := Line(string(got)); again != got {
				t.Errorf("cleaning again made %q of %q", again, got)
			}
		})
	}
}

func TestBlock(t *testing.T) {
	got := Block("one\r\ntwo\n\tthree\rfour\n")
	if want := "one\ntwo\n    three^Mfour\n"; string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Block("a\n\u0301b"); got != "a\n<U+0301>b" {
		t.Errorf("a mark may not sit on a line feed: %q", got)
	}
}

func TestCut(t *testing.T) {
	inputs := map[string]string{
		"ascii":      strings.Repeat("x", 1<<20),
		"wide":       strings.Repeat("漢", 9000),
		"controls":   strings.Repeat("\x1b", 5000),
		"marks":      strings.Repeat("a\u0301\u0302\u0303\u0304", 2000),
		"joiners":    strings.Repeat("क\u200d", 9000),
		"code point": strings.Repeat("\u202e", 5000),
		"lines":      strings.Repeat("a\n", 200_000),
	}
	for name, in := range inputs {
		t.Run(name, func(t *testing.T) {
			for limit, f := range map[int]func(string) Text{MaxLine: Line, MaxBlock: Block} {
				got := f(in)
				assertSafe(t, got, limit, limit == MaxBlock)
				if again := f(string(got)); again != got {
					t.Errorf("limit %d: cleaning again changed the end to %q", limit, tail(again))
				}
				if Block(string(got)) != got {
					t.Errorf("limit %d: Block changed a cleaned text", limit)
				}
			}
		})
	}
	got := Line(strings.Repeat("x", MaxLine+1))
	kept := strings.Count(string(got), "x")
	if want := "…[+" + itoa(MaxLine+1-kept) + " bytes]"; !strings.HasSuffix(string(got), want) {
		t.Errorf("ends %q, want %q", tail(got), want)
	}
	if s := strings.Repeat("é", MaxLine); string(Line(s)) != s {
		t.Error("a text of exactly the limit was cut")
	}
}

func TestUnmarshalCleansAgain(t *testing.T) {
	var v struct {
		T Text
		M map[Text]Text
	}
	if err := json.Unmarshal([]byte(`{"T":"a\u001b[31mb\nc","M":{"k\u202e":"v\u0000"}}`), &v); err != nil {
		t.Fatal(err)
	}
	if v.T != "a^[[31mb\nc" || v.M["k<U+202E>"] != "v^@" {
		t.Errorf("got %q", v)
	}
	if err := json.Unmarshal([]byte(`{"T":7}`), &v); err == nil {
		t.Error("a number was taken for a text")
	}
}

func TestMixed(t *testing.T) {
	for s, want := range map[Text]bool{
		"alice@example.com": false,
		"аlice@example.com": true, // Cyrillic а
		"Борис alice":       false,
		"Ωmega":             true,
		"日本 alice":          false,
	} {
		if Mixed(s) != want {
			t.Errorf("Mixed(%q) = %v", s, !want)
		}
	}
	if Line("аlice") == Line("alice") {
		t.Error("different names became equal")
	}
}

func TestPlainTextCostsNothing(t *testing.T) {
	line := strings.Repeat("GET /api/health 200 OK ", 20)
	block := strings.Repeat(line+"\n", 50)
	n := testing.AllocsPerRun(100, func() {
		if len(Line(line)) != len(line) || len(Block(block)) != len(block) {
			t.Fatal("plain text changed")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations for plain text", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, c := range hostile {
		f.Add(c.in)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, s := range []string{s, strings.Repeat(s, 5000/(len(s)+1)+1)} {
			l, b := Line(s), Block(s)
			assertSafe(t, l, MaxLine, false)
			assertSafe(t, b, MaxBlock, true)
			if Line(string(l)) != l || Block(string(b)) != b || Block(string(l)) != l {
				t.Fatalf("not idempotent for %q", s)
			}
		}
	})
}

func BenchmarkLinePlain(b *testing.B) {
	s := strings.Repeat("GET /api/health 200 OK ", 40)
	for b.Loop() {
		Line(s)
	}
}

func BenchmarkLineHostile(b *testing.B) {
	s := strings.Repeat("\x1b[31mé\u202e", 1<<16)
	for b.Loop() {
		Line(s)
	}
}

// assertSafe holds everything a terminal must never see from a cleaned text.
func assertSafe(t *testing.T, text Text, limit int, block bool) {
	t.Helper()
	s := string(text)
	if !utf8.ValidString(s) {
		t.Fatalf("invalid UTF-8: %q", s)
	}
	if n := utf8.RuneCountInString(s); n > limit {
		t.Fatalf("%d characters, limit %d", n, limit)
	}
	marks, joiners := 0, 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.M, r):
			marks++
		case r == zwj || r == zwnj:
			joiners++
		case r == '\n' && block:
			marks, joiners = 0, 0
		case unicode.Is(unicode.C, r) || (unicode.IsSpace(r) && r != ' ') || hidden(r):
			t.Fatalf("%U left in %q", r, s)
		default:
			marks = 0
			if !joins(r) {
				joiners = 0
			}
		}
		if marks > maxMarks || joiners > maxJoiners {
			t.Fatalf("%d marks and %d joiners in one place in %q", marks, joiners, s)
		}
	}
}

func tail(t Text) string { return string(t[max(0, len(t)-60):]) }

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }
