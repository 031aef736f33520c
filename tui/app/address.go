package app

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"
)

// addressed is an answer on its way back to the screen or dialog that asked for it. When
// that is gone, so is the answer.
type addressed struct {
	to  int
	msg tea.Msg
}

// address wraps a command so that its answer goes back to its owner.
func address(to int, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return readdress(to, cmd()) }
}

func readdress(to int, msg tea.Msg) tea.Msg {
	switch msg := msg.(type) {
	case nil:
		return nil
	case addressed:
		return msg
	case tea.BatchMsg:
		out := make(tea.BatchMsg, len(msg))
		for i, c := range msg {
			out[i] = address(to, c)
		}
		return out
	}
	if reflect.TypeOf(msg).PkgPath() == teaPath {
		return msg // Bubble Tea's own: quitting, suspending, running an editor
	}
	return addressed{to, msg}
}

var teaPath = reflect.TypeFor[tea.QuitMsg]().PkgPath()
