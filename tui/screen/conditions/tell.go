package conditions

import (
	"cmp"
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/screen"
)

// Tell lists conditions and waivers; choosing one marks it, so that it can be edited or
// removed.
func (s *conditions) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	if s.env.Review == nil {
		return t
	}
	if len(s.rows) == 0 {
		t.Lines = append(t.Lines, toldNone)
	}
	for _, x := range s.rows {
		if x.waiver != nil {
			t.Rows = append(t.Rows, s.waiverWords(*x.waiver))
		} else {
			t.Rows = append(t.Rows, s.conditionWords(*x.condition))
		}
	}
	if x := s.at(); x != nil {
		t.Say("Marked", fmt.Sprintf(toldMarked, x.key()))
		t.Say("Note", s.Status().Left)
	}
	t.Mark = func(i int) tea.Cmd {
		s.list.At = i
		s.mark()
		return nil
	}
	t.Pick = t.Mark
	return t
}

func (s *conditions) conditionWords(c sessions.Condition) string {
	proof := noProof
	if len(c.VerifiedBy) > 0 {
		var parts []string
		for _, id := range c.VerifiedBy {
			if it := s.env.Review.Item(id); it != nil {
				id += " " + string(it.Counts())
			}
			parts = append(parts, id)
		}
		proof = strings.Join(parts, ", ")
	}
	out := fmt.Sprintf(toldCondition, c.ID, c.Text, cmp.Or(string(c.Owner), noOwner), cmp.Or(string(c.Due), noDue), proof)
	if _, late := s.late[c.ID]; late {
		out += ", " + isOverdue
	}
	if missing := c.Missing(); len(missing) > 0 {
		out = fmt.Sprintf(toldBroken, out, strings.Join(missing, ", "))
	}
	return out
}

func (s *conditions) waiverWords(x sessions.Waiver) string {
	verdict := ""
	if it := s.env.Review.Item(x.Item); it != nil {
		verdict = ", " + string(it.Counts()) + ", " + it.Planned.Item.Title
	}
	if s.over(x) == 1 {
		verdict += ", " + isLapsed
	}
	return fmt.Sprintf(toldWaiver, x.Item, verdict, s.until(x), s.approved(x),
		screen.OneLine(string(x.Reason)), screen.OneLine(string(x.Compensating)))
}
