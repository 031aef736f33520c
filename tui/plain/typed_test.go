package plain

import (
	"strings"
	"testing"

	"assess/gonogo/tui/form"
)

func TestTyping(t *testing.T) {
	for _, c := range []struct {
		name string
		in   []string // as it comes, piece by piece
		text string
		how  ending
	}{
		{"a word", []string{"p", "ass", "\r"}, "pass", entered},
		{"rubbed out", []string{"pasx\x7fs\r"}, "pass", entered},
		{"a word rubbed out", []string{"two words\x17x\r"}, "two x", entered},
		{"all rubbed out", []string{"no\x15yes\r"}, "yes", entered},
		{"a character in two pieces", []string{"f\xc3", "\xbcr\r"}, "für", entered},
		{"arrows", []string{"a\x1b[A\x1b[1;5Cb\x1bOP\r"}, "ab", entered},
		{"an arrow in two pieces", []string{"a\x1b[", "Ab\r"}, "ab", entered},
		{"a paste of lines is one answer", []string{"p\rq\ry\r"}, "p\nq\ny", entered},
		{"the end", []string{"half\x04"}, "half", left},
		{"stopped", []string{"half\x03"}, "half", stopped},
		{"not ended", []string{"half"}, "half", goesOn},
		{"control bytes", []string{"a\x07\x00\x1b]0;x\r"}, "a0;x", entered},
		{"characters that turn the line", []string{"a\u202eb\u0085c\r"}, "abc", entered},
		{"broken bytes", []string{"a\xff\xfeb\r"}, "ab", entered},
	} {
		t.Run(c.name, func(t *testing.T) {
			var l typed
			how := goesOn
			for _, in := range c.in {
				var echo string
				echo, how = l.feed([]byte(in))
				if strings.ContainsAny(echo, "\x1b\x07\r\n\x00") {
					t.Errorf("echoes %q", echo)
				}
			}
			if l.text != c.text || how != c.how {
				t.Errorf("%q ended %d, want %q ended %d", l.text, how, c.text, c.how)
			}
		})
	}
}

func TestASecretIsNotEchoed(t *testing.T) {
	l := typed{secret: true}
	if echo, _ := l.feed([]byte("geheim\x7f")); echo != "" || l.text != "gehei" {
		t.Errorf("echoes %q of %q", echo, l.text)
	}
}

func TestWhatIsSaidIsFlat(t *testing.T) {
	for in, want := range map[string]string{
		"a · b → c":          "a, b to c",
		"✓ done":             "pass done",
		"red \x1b[31mtext\a": "red ^[[31mtext^G",
		"two\nlines":         "two lines",
	} {
		if got := flat(in); got != want {
			t.Errorf("%q is said as %q, want %q", in, got, want)
		}
	}
}

func TestChoosing(t *testing.T) {
	for _, c := range []struct{ text, value, wrong string }{
		{"", "low", ""}, {"2", "high", ""}, {"HIGH", "high", ""}, {"med", "medium", ""},
		{"4", "low", "no number 4"}, {"0", "low", "no number 0"}, {"x", "low", "none of these"}, {"m", "low", "more than one"},
	} {
		f := form.OneOf("x", "X", "low", "high", "medium", "mild")
		if c.text == "4" {
			f = form.OneOf("x", "X", "low", "high", "medium")
		}
		wrong := take(&f, c.text)
		if f.Value() != c.value || (wrong == "") != (c.wrong == "") || !strings.Contains(wrong, c.wrong) {
			t.Errorf("%q takes %q, says %q", c.text, f.Value(), wrong)
		}
	}
}

func TestTextAnswers(t *testing.T) {
	for _, c := range []struct{ before, text, value, wrong string }{
		{"", "", "", "is needed"}, {"old", "", "old", ""}, {"old", "new", "new", ""}, {"old", "+ new", "old new", ""},
		{"old", "+", "old", ""}, {"old", "-", "old", "is needed"}, {"", "+1 to that", "+1 to that", ""},
	} {
		f := form.Line("x", "X", "").Must().With(c.before)
		wrong := take(&f, c.text)
		if f.Value() != c.value || (wrong == "") != (c.wrong == "") || !strings.Contains(wrong, c.wrong) {
			t.Errorf("%q on %q is %q, says %q", c.text, c.before, f.Value(), wrong)
		}
	}
}

func TestFindingCommands(t *testing.T) {
	all := []command{{key: "p", word: "pass"}, {key: "D", word: "decision"}, {key: "d", word: "declare"}, {word: "previous"}}
	for text, want := range map[string]string{"p": "pass", "PASS": "pass", "d": "declare", "D": "decision", "prev": "previous", "dec": "", "P": "", "xx": ""} {
		if c, ok := find(all, text); c.word != want || ok != (want != "") {
			t.Errorf("%q finds %q", text, c.word)
		}
	}
}
