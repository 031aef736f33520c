package background_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/creack/pty"

	"assess/gonogo/tui/background"
)

// child makes this test binary, which links Bubble Tea, a program that starts and ends.
const child = "GONOGO_TEST_START"

func TestMain(m *testing.M) {
	if os.Getenv(child) != "" {
		var _ tea.Model // linked, and so initialised
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// On a terminal that answers nothing, starting must not wait for an answer. The best of
// three counts: other work on the machine can only make it slower.
func TestStartOnASilentTerminal(t *testing.T) {
	best := time.Hour
	for range 3 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), child+"=1", "TERM=xterm-256color", "COLORFGBG=", "TMUX=", "NO_COLOR=")
		began := time.Now()
		terminal, err := pty.Start(cmd)
		if err != nil {
			t.Skipf("no pseudo-terminal here: %v", err)
		}
		done := make(chan error, 1)
		go func() { done <- cmd.Wait() }()
		select {
		case err = <-done:
		case <-time.After(4 * time.Second):
			_ = cmd.Process.Kill()
			err = <-done
		}
		took := time.Since(began)
		_ = terminal.Close()
		if best = min(best, took); err == nil && best < 200*time.Millisecond {
			return
		}
	}
	t.Errorf("starting on a silent terminal took %v, want less than 200 ms", best)
}

func TestGuess(t *testing.T) {
	for in, want := range map[string]background.Shade{
		"": background.Unknown, "15;0": background.Dark, "0;15": background.Light, "0;default;15": background.Light,
		"7;8": background.Dark, "0;7": background.Light, "15;default": background.Unknown, "0;99": background.Unknown,
	} {
		if got := background.Guess(in); got != want {
			t.Errorf("Guess(%q) = %v, want %v", in, got, want)
		}
	}
}

func TestTheAnswerIsGiven(t *testing.T) {
	want := background.Guess(os.Getenv("COLORFGBG")) != background.Light
	if lipgloss.HasDarkBackground() != want {
		t.Error("Lip Gloss was not told the background")
	}
}
