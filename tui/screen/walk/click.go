package walk

import (
	tea "github.com/charmbracelet/bubbletea"
)

// rowsFrom is the line on which the rows of a pane begin: under title, heading and rule.
const rowsFrom = 3

// Click marks the row under the mouse and gives its pane the focus. While a verdict is
// being given, and on an item's own page, there are no rows to mark.
func (s *walk) Click(x, y int) tea.Cmd {
	if s.review() == nil || s.sheet != nil || s.page && !s.wide || y < rowsFrom {
		return nil
	}
	spans := s.spans(s.w)
	pane := 0
	for i, at := range spans {
		if x >= at.X-1 {
			pane = i
		}
	}
	switch {
	case len(spans) < 3 && pane > 0:
	case len(spans) < 3 || pane == 1:
		if i, ok := s.list.Row(y - rowsFrom); ok {
			s.clickRow(i)
		}
	case pane == 0:
		s.clickLine(y - rowsFrom)
	case s.item() != nil:
		s.focus = detailPane
	}
	return nil
}

// clickRow marks a row of the list; a heading that can't be marked gives way to what is
// under it.
func (s *walk) clickRow(i int) {
	s.focus, s.list.At = listPane, i
	s.settle(1)
}

// clickLine opens a place of the outline.
func (s *walk) clickLine(y int) {
	i := y
	if s.side.At >= max(s.h-1-2, 0) { // else it stands at its top
		i += s.side.Top
	}
	if i < len(s.lines) && s.lines[i].place != "" {
		s.focus, s.side.At = outlinePane, i
		s.openPlace(s.lines[i].place)
	}
}
