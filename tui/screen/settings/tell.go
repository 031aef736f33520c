package settings

import (
	"cmp"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell says what holds for somebody who hears it, and lets the one thing be changed that
// has a meaning then. Theme, signs and mouse have none.
func (s *settings) Tell() screen.Telling {
	t := screen.Telling{Title: "Settings"}
	t.Say("Assessor", s.env.By().String()+"; --by NAME, or assessor in the file, says another")
	calm := "no, it says now and then how far it is"
	if s.env.Config.ReduceMotion {
		calm = "yes, it says nothing until it is over, unless asked with Enter"
	}
	t.Say("Calm while something runs", calm)
	t.Say("File", cmp.Or(s.env.Config.Path(), "none: there is no configuration folder"))
	t.Say("Keys", s.bound()+"; gonogo help keys lists all")
	t.Say("Note", "plain = true in the file makes every sitting speak line by line")
	t.Say("Saved", s.saved)
	t.Way("calm", "turns calm on, or off", func() tea.Cmd { s.saved = ""; return screen.Run(action.Calm) })
	if s.env.Config.Path() != "" {
		t.Way("save", "writes it to the file", s.save)
	}
	return t
}
