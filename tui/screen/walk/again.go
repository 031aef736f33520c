package walk

import (
	"fmt"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
)

// runnable are those of some items that a run would check.
func (s *walk) runnable(ids []string) []string {
	var out []string
	for _, id := range ids {
		if p := s.review().Item(id).Planned; p.NA == "" && len(p.Checks) > 0 && p.Waits == "" {
			out = append(out, id)
		}
	}
	return out
}

// unsettled reports whether an item's checks fail, warn or could not tell.
func unsettled(it *sessions.ItemState) bool {
	switch it.MachineVerdict() {
	case checks.Fail, checks.Warn, checks.Inconclusive:
		return it.Machine != nil
	}
	return false
}

// whyNoneAgain says why several items can't be run again, or is empty.
func (s *walk) whyNoneAgain(ids []string, none string) string {
	switch {
	case s.review().Running != nil:
		return s.isRunning()
	case len(ids) == 0:
		return none
	}
	return ""
}

// isRunning says that a run is going on, and what stops it.
func (s *walk) isRunning() string { return fmt.Sprintf(isRunning, s.env.Key(action.RunStop)) }

// runAgain runs items again; what needs consent asks it.
func (s *walk) runAgain(ids []string) tea.Cmd {
	var ask []checks.Class
	for _, class := range []checks.Class{checks.Intrusive, checks.Load} {
		if len(s.asksOf(class, ids)) > 0 {
			ask = append(ask, class)
		}
	}
	if len(ask) > 0 {
		return s.askConsent(ask, ids, false)
	}
	return s.start(pending{items: ids, classes: free})
}
