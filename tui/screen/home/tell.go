package home

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell lists the saved reviews, or what the first start offers.
func (s *home) Tell() screen.Telling {
	t := screen.Telling{Title: "Home"}
	switch {
	case s.err != nil:
		t.Say("Error", fmt.Sprintf(unreadable, s.err))
		return t
	case len(s.all) == 0:
		t.Lines = append(t.Lines, noReviews)
		for _, o := range offers {
			t.Rows = append(t.Rows, o.name+": "+o.hint)
		}
		t.Pick = func(i int) tea.Cmd { return screen.Run(offers[i].id) }
		return t
	}
	t.Title += ", " + strings.ReplaceAll(s.summary(), " · ", ", ")
	for _, x := range s.overdue() {
		t.Say(overdueLabel, strings.TrimSpace(x.sum.Target+" "+x.sum.Version)+", "+overdueWords(x.due, 0))
	}
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	if s.filter != "" && len(s.rows) == 0 {
		t.Way("journals", searchesJournals, s.Look)
	}
	for _, i := range s.rows {
		t.Rows = append(t.Rows, s.rowWords(s.all[i]))
	}
	if sum, ok := s.at(); ok {
		t.Say("Marked", fmt.Sprintf(markedIs, strings.TrimSpace(sum.Target+" "+sum.Version), sum.ID))
	}
	if s.env.Review == nil && len(s.all) > 1 {
		t.Say(toCompareLabel, howToCompare)
	}
	t.Mark = func(i int) tea.Cmd {
		s.list.At = i
		return s.look()
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		s.marked = s.all[s.rows[i]].ID
		cmd, _ := s.Do(action.Enter)
		return cmd
	}
	return t
}

// rowWords is a review's row in words.
func (s *home) rowWords(sum sessions.Summary) string {
	parts := []string{strings.TrimSpace(sum.Target + " " + sum.Version), fmt.Sprintf(profileOf, sum.Profile)}
	d := decision(sum).Words()
	if !undecided(sum) {
		d += " " + screen.Percent(sum.Score, 1)
	}
	parts = append(parts, d, stateWord(sum), sum.ID)
	if s.ticked[sum.ID] {
		parts = append(parts, "ticked")
	}
	if a := screen.Age(sum.Touched, s.env.Now()); a == "now" {
		parts = append(parts, touchedNow)
	} else if a != "" {
		parts = append(parts, fmt.Sprintf(touchedAgo, a))
	}
	if w := s.waiting(sum); w != "" {
		parts = append(parts, fmt.Sprintf(waitingFor, strings.ReplaceAll(w, " · ", ", ")))
	}
	return strings.Join(parts, ", ")
}
