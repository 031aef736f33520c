package home

import (
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
		t.Say("Error", "the saved reviews can't be read: "+s.err.Error())
		return t
	case len(s.all) == 0:
		t.Lines = append(t.Lines, "No reviews yet.")
		for _, o := range offers {
			t.Rows = append(t.Rows, o.name+": "+o.hint)
		}
		t.Pick = func(i int) tea.Cmd { return screen.Run(offers[i].id) }
		return t
	}
	t.Title += ", " + strings.ReplaceAll(s.summary(), " · ", ", ")
	for _, x := range s.overdue() {
		t.Say("Overdue", strings.TrimSpace(x.sum.Target+" "+x.sum.Version)+", "+overdueWords(x.due, 0))
	}
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	if s.filter != "" && len(s.rows) == 0 {
		t.Way("journals", "looks for it in the journals of all reviews", s.Look)
	}
	for _, i := range s.rows {
		t.Rows = append(t.Rows, s.rowWords(s.all[i]))
	}
	if sum, ok := s.at(); ok {
		t.Say("Marked", strings.TrimSpace(sum.Target+" "+sum.Version)+", "+sum.ID+"; re-test, remove and the like are for it")
	}
	if s.env.Review == nil && len(s.all) > 1 {
		t.Say("To compare", "tick two by their numbers, such as tick 1 2, then say compare")
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
	parts := []string{strings.TrimSpace(sum.Target + " " + sum.Version), "profile " + sum.Profile}
	d := decision(sum).Words()
	if !undecided(sum) {
		d += " " + screen.Percent(sum.Score, 1)
	}
	parts = append(parts, d, stateWord(sum), sum.ID)
	if s.ticked[sum.ID] {
		parts = append(parts, "ticked")
	}
	if a := screen.Age(sum.Touched, s.env.Now()); a == "now" {
		parts = append(parts, "touched just now")
	} else if a != "" {
		parts = append(parts, "touched "+a+" ago")
	}
	if w := s.waiting(sum); w != "" {
		parts = append(parts, "waiting for you: "+strings.ReplaceAll(w, " · ", ", "))
	}
	return strings.Join(parts, ", ")
}
