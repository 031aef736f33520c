package app

import (
	"fmt"

	"assess/gonogo/tui/screen"
)

// Screens are the names in the table of screens.
func Screens() []screen.Name {
	var out []screen.Name
	for name := range screens {
		out = append(out, name)
	}
	return out
}

// Shown names what has the focus: the screen, or the type of the dialog over it.
func (m *Model) Shown() string {
	if n := len(m.dialogs); n > 0 {
		return fmt.Sprintf("%T", m.dialogs[n-1].d)
	}
	return string(m.top().name)
}
