package tui

import (
	"context"
	"fmt"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"assess/gonogo/tui/app"
	"assess/gonogo/tui/plain"
)

// runPlain is Run without a painted screen.
func runPlain(ctx context.Context, o Options) error {
	o.Theme = "mono" // the terminal is asked nothing
	err := plain.Run(ctx, plain.Options{In: o.In, Out: o.Out, Terminal: o.Terminal, Calm: o.Calm,
		New: func(after func(time.Duration, tea.Msg) tea.Cmd) *app.Model { return root(ctx, o, after) }})
	if err != nil {
		return fmt.Errorf("not everything could be saved or said: %w", err)
	}
	return ctx.Err()
}

// Colours paints with at most so many colours, whatever the terminal takes: none, 16 (the
// terminal's own, which a person may have chosen), 256 or full. NO_COLOR, and a terminal
// without any, stay stronger. It reports whether the word is one of these.
func Colours(word string) bool {
	p, ok := map[string]termenv.Profile{"none": termenv.Ascii, "16": termenv.ANSI, "256": termenv.ANSI256, "full": termenv.TrueColor}[word]
	if ok && lipgloss.ColorProfile() != termenv.Ascii {
		lipgloss.SetColorProfile(p)
	}
	return ok
}
