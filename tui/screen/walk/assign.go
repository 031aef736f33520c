package walk

import (
	"cmp"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// mineWord is what finds the person's own items in the list's filter.
const mineWord = "mine"

// assign asks who looks at the targets; what is nobody's is one's own where no name is given.
func (s *walk) assign() tea.Cmd {
	ids := s.targets()
	if len(ids) == 0 {
		return nil
	}
	to, empty := s.review().Item(ids[0]).Assigned, clean.Text("")
	hint, note := "nobody", "An empty name takes it back."
	if to == "" {
		empty = s.env.By()
		hint, note = empty.String(), "Left empty, it is yours: "+empty.String()+"."
	}
	f := form.New(form.Line("to", "To", hint).With(to.String()))
	d := form.NewDialog(s.env, "Assign "+names(ids), "assign:"+ids[0], "assign", f)
	d.Note = "A note for those who work on this review: anybody’s judgement counts. " + note
	if others := s.colleagues(); len(others) > 0 {
		d.Note += " Here are also: " + strings.Join(others, ", ") + "."
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
		to = "nobody"
	}
	return screen.Tell(screen.Good, names(a.Items)+" assigned to "+to+s.review().WaitsWords()+" · "+s.env.Key("edit.undo")+" undoes")
}

// mine reports whether an item is assigned to the person of this sitting.
func (s *walk) mine(it *sessions.ItemState) bool {
	return it.Assigned != "" && it.Assigned == s.env.By()
}

// byAssessors groups by who is to look: the person of this sitting first, nobody last.
func (s *walk) byAssessors() []section {
	const nobody = "assigned to nobody"
	you := s.env.By().String() + " (you)"
	return s.grouped(slices.Concat([]string{you}, s.colleagues(), []string{nobody}), func(it *sessions.ItemState) string {
		switch {
		case it.Assigned == "":
			return nobody
		case s.mine(it):
			return you
		}
		return it.Assigned.String()
	})
}

// assignee is who is to look at an item, in words.
func (s *walk) assignee(it *sessions.ItemState) string {
	if s.mine(it) {
		return "you"
	}
	return it.Assigned.String()
}
