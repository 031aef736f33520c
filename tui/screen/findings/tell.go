package findings

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell lists findings, strengths and drafts.
func (s *findings) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	if len(s.rows) == 0 {
		t.Lines = append(t.Lines, fmt.Sprintf(noFindings, s.env.Key(action.Create)))
	}
	for _, x := range s.rows {
		parts := []string{words(x), strings.TrimSpace(x.ID + " " + title(x))}
		for _, p := range []string{x.Horizon, string(x.Owner), strings.Join(x.Items, " ")} {
			if p != "" {
				parts = append(parts, p)
			}
		}
		t.Rows = append(t.Rows, fmt.Sprintf(findingRow, strings.Join(parts, ", ")))
	}
	if x := s.at(); x != nil {
		t.Say("Marked", strings.TrimSpace(x.ID+" "+title(*x)))
	}
	t.Mark = func(i int) tea.Cmd {
		s.list.At = i
		s.mark()
		return nil
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		s.mark()
		cmd, _ := s.Do(action.Enter)
		return cmd
	}
	return t
}
