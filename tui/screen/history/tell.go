package history

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell lists the events, latest first.
func (s *history) Tell() screen.Telling {
	t := screen.Telling{Title: s.heading()}
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	if len(s.rows) == 0 && s.read {
		t.Lines = append(t.Lines, toldNothing)
	}
	for _, x := range s.rows {
		words := fmt.Sprintf(toldEvent, x.Seq, x.At.Local().Format("2 Jan 15:04"), x.Who(), x.What)
		if x.Undone {
			words = fmt.Sprintf(undoneLater, words)
		}
		t.Rows = append(t.Rows, words)
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		s.marked = s.rows[i].Seq
		cmd, _ := s.Do(action.Enter)
		return cmd
	}
	return t
}
