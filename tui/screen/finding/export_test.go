package finding

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions/library"
)

// LibraryRead is the answer that brings these texts.
func LibraryRead(all []library.Entry) tea.Msg { return libraryRead{all: all} }
