package walk

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// assign asks who looks at the targets; what is nobody's is one's own where no name is given.
func (s *walk) assign() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	to, empty := s.review().Item(ids[0]).Assigned, clean.Text("")
	hint, note := assignNobody, assignEmpty
	if to == "" {
		empty = s.env.By()
		hint, note = empty.String(), fmt.Sprintf(assignYours, empty)
	}
	f := form.New(form.Line("to", assignTo, hint).With(to.String()))
	d := form.NewDialog(s.env, fmt.Sprintf(assignTitle, names(ids)), "assign:"+ids[0], assignYes, f)
	d.Note = assignSays + " " + note
	if others := s.colleagues(); len(others) > 0 {
		d.Note += " " + fmt.Sprintf(assignOthers, strings.Join(others, ", "))
	}
	d.Save = func() tea.Cmd {
		to := cmp.Or(clean.Line(strings.TrimSpace(f.Value("to"))), empty)
		return s.review().Record(sessions.Assigned{Items: ids, To: to})
	}
	return screen.Ask(d)
}

// colleagues are the others who judged here or have items assigned, in alphabetical order.
func (s *walk) colleagues() []string {
	var out []string
	add := func(name clean.Text) {
		if name != "" && name != s.env.By() && !slices.Contains(out, name.String()) {
			out = append(out, name.String())
		}
	}
	for _, name := range s.review().State.Assessors {
		add(name)
	}
	for it := range s.items() {
		add(it.Assigned)
	}
	slices.Sort(out)
	return out
}

// assigned says what was recorded, and unticks.
func (s *walk) assigned(a sessions.Assigned, err error) tea.Cmd {
	if err != nil {
		return nil // the root says why
	}
	clear(s.ticked)
	to := a.To.String()
	if to == "" {
		to = assignNobody
	}
	return screen.Tell(screen.Good, s.undoable(fmt.Sprintf(assignedSaved, names(a.Items), to, s.review().WaitsWords())))
}

// mine reports whether an item is assigned to the person of this sitting.
func (s *walk) mine(it *sessions.ItemState) bool {
	return it.Assigned != "" && it.Assigned == s.env.By()
}

// byAssessors groups by who is to look: the person of this sitting first, nobody last.
func (s *walk) byAssessors() []section {
	mine := fmt.Sprintf(assignedToYou, s.env.By())
	return s.grouped(slices.Concat([]string{mine}, s.colleagues(), []string{assignedToNobody}), func(it *sessions.ItemState) string {
		switch {
		case it.Assigned == "":
			return assignedToNobody
		case s.mine(it):
			return mine
		}
		return it.Assigned.String()
	})
}

// assignee is who is to look at an item, in words.
func (s *walk) assignee(it *sessions.ItemState) string {
	if s.mine(it) {
		return you
	}
	return it.Assigned.String()
}
