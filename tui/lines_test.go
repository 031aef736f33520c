package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/lipgloss"
	"github.com/creack/pty"
	"github.com/muesli/termenv"

	"assess/gonogo/sessions/filestore"
	"assess/gonogo/tui/drive"
)

// On a terminal with colours a theme's file may change at any time; a plain sitting asks
// for its command all the same.
func TestAPlainSittingAsksOnATerminalWithColours(t *testing.T) {
	terminal, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	defer terminal.Close()
	defer tty.Close()
	was := lipgloss.ColorProfile()
	lipgloss.SetColorProfile(termenv.TrueColor)
	defer lipgloss.SetColorProfile(was)
	store, err := filestore.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- Run(ctx, Options{Plain: true, Store: store, Registry: drive.Registry(t), ConfigDir: t.TempDir(), In: tty, Out: tty, Terminal: true})
	}()
	go func() {
		var heard strings.Builder
		buf := make([]byte, 4096)
		for {
			n, err := terminal.Read(buf)
			if err != nil {
				return
			}
			heard.Write(buf[:n])
			if strings.Contains(heard.String(), "Command?") {
				_, _ = terminal.WriteString("quit\r")
				heard.Reset()
			}
		}
	}()
	if err := <-ended; err != nil {
		t.Errorf("no command is asked for: %v", err)
	}
}
