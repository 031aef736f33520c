package tui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"assess/gonogo/tui/background"
)

func TestParseReply(t *testing.T) {
	for reply, want := range map[string]background.Shade{
		"\x1b]11;rgb:1e1e/1e1e/2e2e\x07\x1b[?62c":    background.Dark,
		"\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1b[?1;2c": background.Light,
		"\x1b]11;rgb:fd/f6/e3\x07":                   background.Light,
		"\x1b[?62c":                                  background.Unknown,
		"\x1b]11;rgb:zz/zz/zz\x07":                   background.Unknown,
		"\x1b]11;rgb:12\x07":                         background.Unknown,
		"":                                           background.Unknown,
	} {
		if got := parseReply(reply); got != want {
			t.Errorf("%q: %v, want %v", reply, got, want)
		}
	}
}

// ask runs shade on a pseudo-terminal that answers a question with reply.
func ask(t *testing.T, reply string) (background.Shade, time.Duration) {
	t.Helper()
	t.Setenv("COLORFGBG", "")
	t.Setenv("TERM", "xterm-256color")
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer terminal.Close()
	defer tty.Close()
	go func() {
		buf := make([]byte, 256)
		n, _ := terminal.Read(buf)
		if strings.Contains(string(buf[:n]), "]11;?") {
			_, _ = terminal.WriteString(reply)
		}
		_, _ = terminal.Read(buf)
	}()
	began := time.Now()
	s := shade(tty, tty)
	return s, time.Since(began)
}

func TestATerminalIsAskedOnce(t *testing.T) {
	if s, took := ask(t, "\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?62c"); s != background.Light || took > askTime {
		t.Errorf("a light terminal is %v after %v", s, took)
	}
	if s, took := ask(t, "\x1b[?62c"); s != background.Unknown || took > askTime {
		t.Errorf("a terminal without the answer is %v after %v", s, took)
	}
	if s, took := ask(t, ""); s != background.Unknown || took > 5*askTime {
		t.Errorf("a silent terminal is %v after %v", s, took)
	}
}

func TestKeyHelpListsEveryGroup(t *testing.T) {
	help := KeyHelp(t.TempDir())
	for _, want := range []string{"Judge", "judge.pass", "saves and goes to the next", "Ctrl+S", "palette"} {
		if !strings.Contains(help, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestDumbTerminalIsRefused(t *testing.T) {
	t.Setenv("TERM", "dumb")
	if err := Run(t.Context(), Options{}); err == nil {
		t.Error("the screen opened on a dumb terminal")
	}
}

func TestKeyHelpKnowsThePersonsKeys(t *testing.T) {
	dir := t.TempDir()
	save := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "keys.toml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	save("[keys]\n\"judge.pass\" = [\"K\"]\n")
	if got := KeyHelp(dir); !strings.Contains(got, "* K                  pass ") || !strings.Contains(got, "* is yours.") {
		t.Errorf("the person's key is missing:\n%s", got)
	}
	save("[keys]\n\n\"judge.pas\" = [\"K\"]\n")
	if got := KeyHelp(dir); !strings.HasPrefix(got, "! "+filepath.Join(dir, "keys.toml")+":3: no action \"judge.pas\"; did you mean \"judge.pass\"?") {
		t.Errorf("the mistake is not told:\n%.300s", got)
	}
	save("[keys]\n\"judge.pass\" = [\"j\"]\n")
	if got := KeyHelp(dir); !strings.HasPrefix(got, "! "+filepath.Join(dir, "keys.toml")+": j means both nav.down and judge.pass") || !strings.Contains(got, "  p                  pass ") {
		t.Errorf("the conflict is not told:\n%.300s", got)
	}
}
