package walk

import (
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// openHistory opens the item's history where its events can be marked, and the review seen
// as it was then; in other views there is nothing to open.
func (s *walk) openHistory() tea.Cmd {
	it := s.item()
	if it == nil || s.ev.view != historyView {
		return nil
	}
	return screen.Go(screen.History, screen.Args{Item: it.Planned.Item.ID})
}

// happenings are the lines of the marked item's history, latest first, made once per state.
func (s *walk) happenings(it *sessions.ItemState) []string {
	e, st, id := &s.ev, s.review().State, it.Planned.Item.ID
	if e.pastAt == st && e.pastOf == id {
		return e.past
	}
	e.past, e.pastOf, e.pastAt = nil, id, st
	for _, h := range slices.Backward(sessions.History(s.review().Session.Events(), id)) {
		line := s.when(h.At) + "  " + strings.TrimPrefix(h.What, id+" ")
		if who := h.Who(); who != "" {
			line += ", " + who
		}
		if h.Undone {
			line = fmt.Sprintf(historyUndone, line)
		}
		e.past = append(e.past, line)
	}
	if len(e.past) == 0 {
		e.past = []string{historyEmpty}
	}
	return e.past
}
