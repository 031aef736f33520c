package settings

import (
	"cmp"
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell says what holds for somebody who hears it, and lets the one thing be changed that
// has a meaning then. Theme, signs and mouse have none.
func (s *settings) Tell() screen.Telling {
	t := screen.Telling{Title: title}
	t.Say(assessorLabel, fmt.Sprintf(assessorIs, s.env.By()))
	calm := isNotCalm
	if s.env.Config.ReduceMotion {
		calm = isCalm
	}
	t.Say(calmLabel, calm)
	t.Say(fileLabel, cmp.Or(s.env.Config.Path(), noFile))
	t.Say(keysLabel, boundKeys(len(s.env.Keys.Changed())))
	t.Say("Note", plainAlways)
	t.Say(savedLabel, s.saved)
	t.Way("calm", calmTurns, func() tea.Cmd { s.saved = ""; return screen.Run(action.Calm) })
	if s.env.Config.Path() != "" {
		t.Way("save", saveWrites, s.save)
	}
	return t
}
