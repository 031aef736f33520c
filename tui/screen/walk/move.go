package walk

import (
	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// sideStep is how far h and l scroll evidence, in cells.
const sideStep = 8

// move moves the cursor and the focus.
func (s *walk) move(id action.ID) (tea.Cmd, bool) {
	if n, ok := action.CategoryOf(id); ok {
		if c := s.categories(); n <= len(c) {
			s.openPlace(c[n-1].ID)
			s.focus = listPane
		}
		return nil, true
	}
	if id == action.NeedsYou {
		if to := s.next(); to != "" {
			s.goTo(to)
		}
		return nil, true
	}
	if id == action.NextFailure || id == action.PrevFailure {
		step := 1
		if id == action.PrevFailure {
			step = -1
		}
		if to := s.failure(step); to != "" {
			s.goTo(to)
		}
		return nil, true
	}
	switch {
	case s.page && !s.wide:
		return s.movePage(id)
	case s.focus == detailPane:
		return s.moveDetail(id)
	case s.focus == outlinePane:
		return s.moveOutline(id)
	}
	return s.moveList(id)
}

func (s *walk) moveList(id action.ID) (tea.Cmd, bool) {
	at := s.list.At
	if s.list.Do(id) {
		step := 1
		if s.list.At < at {
			step = -1
		}
		if id == action.Top {
			step = 1
		}
		s.settle(step)
		return nil, true
	}
	switch id {
	case action.Enter, action.Right:
		s.enter()
		return nil, true
	case action.Left:
		if s.wide {
			s.focus = outlinePane
		} else if s.order != byCategory {
			s.place = allItems
			s.build()
		} else if it := s.item(); it != nil {
			s.at = headKey + it.Planned.Category.ID
			if s.place == failedBefore {
				s.at = headKey + failedBefore
			}
			s.seek()
		} else {
			s.place = allItems
			s.build()
		}
		return nil, true
	case action.NextPane:
		s.enter()
		return nil, true
	case action.PrevPane:
		if s.wide {
			s.focus = outlinePane
		}
		return nil, true
	}
	return nil, false
}

// enter opens what is marked: a category, or the item.
func (s *walk) enter() {
	if s.list.At < len(s.rows) && s.rows[s.list.At].kind == headRow {
		id := s.rows[s.list.At].id
		if s.place == id {
			s.openPlace(id)
			return
		}
		s.place = id
		s.build()
		return
	}
	if s.item() == nil {
		return
	}
	if s.wide {
		s.focus = detailPane
	} else {
		s.page = true
	}
	s.ev.scroll = 0
}

func (s *walk) moveOutline(id action.ID) (tea.Cmd, bool) {
	at := s.side.At
	if s.side.Do(id) {
		step := 1
		if s.side.At < at || id == action.Bottom {
			step = -1
		}
		for s.side.At >= 0 && s.side.At < len(s.lines) && s.lines[s.side.At].place == "" {
			s.side.At += step
		}
		if s.side.At < 0 || s.side.At >= len(s.lines) {
			s.side.At = at
		}
		s.openPlace(s.lines[s.side.At].place)
		return nil, true
	}
	switch id {
	case action.Enter, action.Right, action.NextPane:
		s.focus = listPane
		return nil, true
	case action.PrevPane:
		s.focus = detailPane
		return nil, true
	case action.Left:
		return nil, true
	}
	return nil, false
}

func (s *walk) moveDetail(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Left:
		if s.ev.side == 0 {
			s.focus = listPane
		}
		s.ev.side = max(s.ev.side-sideStep, 0)
	case action.Right:
		s.ev.side = min(s.ev.side+sideStep, max(s.ev.width-sideStep, 0))
	case action.NextPane:
		if !s.ev.step(1, s.item()) {
			s.focus = outlinePane
		}
		return s.load(), true
	case action.PrevPane:
		if !s.ev.step(-1, s.item()) {
			s.focus = listPane
		}
		return s.load(), true
	case action.Back:
		s.focus = listPane
	case action.Enter:
		return s.openHistory(), true
	default:
		return nil, s.ev.move(id)
	}
	return nil, true
}

// movePage moves on an item's own page: j and k go to the next item, the rest reads.
func (s *walk) movePage(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.Down, action.Up:
		at := s.list.At
		for s.list.Do(id) {
			s.settle(map[action.ID]int{action.Down: 1, action.Up: -1}[id])
			if s.item() != nil {
				return nil, true
			}
			if s.list.At == at || s.list.At == 0 || s.list.At == len(s.rows)-1 {
				break
			}
		}
		s.list.At = at
		s.settle(1)
		return nil, true
	case action.Left:
		if s.ev.side == 0 {
			s.page = false
		}
		s.ev.side = max(s.ev.side-sideStep, 0)
		return nil, true
	case action.Back:
		s.page = false
		return nil, true
	case action.Right:
		s.ev.side = min(s.ev.side+sideStep, max(s.ev.width-sideStep, 0))
		return nil, true
	case action.NextPane, action.PrevPane:
		step := 1
		if id == action.PrevPane {
			step = -1
		}
		if !s.ev.step(step, s.item()) {
			return screen.Tell(screen.Note, noMoreEvidence), true
		}
		return s.load(), true
	case action.Enter:
		return s.openHistory(), true
	}
	return nil, s.ev.move(id)
}
