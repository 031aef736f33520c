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
	t := screen.Telling{Title: "Conditions and waivers"}
	if s.env.Review == nil {
		return t
	}
	if len(s.rows) == 0 {
		t.Lines = append(t.Lines, "No conditions and no waivers yet.")
	}
	for _, x := range s.rows {
		if x.waiver != nil {
			t.Rows = append(t.Rows, s.waiverWords(*x.waiver))
		} else {
			t.Rows = append(t.Rows, s.conditionWords(*x.condition))
		}
	}
	if x := s.at(); x != nil {
		t.Say("Marked", x.key()+", a number marks another; edit and remove are for it")
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
	proof := "none"
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
	out := fmt.Sprintf("Condition %s: %s, owner %s, due %s, proof %s", c.ID, c.Text, cmp.Or(string(c.Owner), "not named"), cmp.Or(string(c.Due), "not said"), proof)
	if _, late := s.late[c.ID]; late {
		out += ", overdue"
	}
	if missing := c.Missing(); len(missing) > 0 {
		out += ", broken: " + strings.Join(missing, ", ")
	}
	return out
}

func (s *conditions) waiverWords(x sessions.Waiver) string {
	verdict := ""
	if it := s.env.Review.Item(x.Item); it != nil {
		verdict = ", " + string(it.Counts()) + ", " + it.Planned.Item.Title
	}
	if s.over(x) == 1 {
		verdict += ", lapsed"
	}
	return fmt.Sprintf("Waiver of %s%s, until %s, approved by %s, because %s, instead %s", x.Item, verdict, s.until(x), s.approved(x),
		screen.OneLine(string(x.Reason)), screen.OneLine(string(x.Compensating)))
}
