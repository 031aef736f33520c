package compare

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/screen"
)

// Tell says what became of every item, what got worse first.
func (s *compare) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	switch {
	case s.loaded == nil:
		t.Lines = append(t.Lines, toldReading)
		return t
	case s.loaded.err != nil:
		t.Say("Error", s.loaded.err.Error())
		return t
	}
	c := s.loaded.c
	t.Say("Decision", fmt.Sprintf(toldDecision, c.Old.Decision.Words(), c.New.Decision.Words(), sessions.Rounded(c.Old.Score, 1), screen.Percent(c.New.Score, 1)))
	t.Say("Before", s.loaded.why)
	if s.filter != "" {
		t.Say("Filter", s.filter)
	}
	for _, r := range s.rows {
		switch {
		case r.item != nil:
			t.Rows = append(t.Rows, changeWords(r.item))
		case s.open[r.group.Kind] || s.filter != "":
			t.Rows = append(t.Rows, fmt.Sprintf(toldGroupOpen, r.group.Title, screen.Number(len(r.group.Items))))
		default:
			t.Rows = append(t.Rows, fmt.Sprintf(toldGroup, r.group.Title, screen.Number(len(r.group.Items))))
		}
	}
	if len(t.Rows) > 0 {
		t.Say("Rows", rowsHint)
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		s.mark()
		cmd, _ := s.Do(action.Enter)
		return cmd
	}
	return t
}

// changeWords is what became of an item: "SEC-02, from fail to pass, title".
func changeWords(i *sessions.ItemChange) string {
	return strings.TrimSuffix(fmt.Sprintf(toldChange, i.Item, word(string(i.Old)), word(string(i.New)))+", "+i.Title, ", ")
}

// Tell says the item in both reviews.
func (d *sides) Tell() screen.Telling {
	t := screen.Telling{Title: changeWords(&d.change)}
	t.Say("Note", d.change.Note)
	for _, side := range []struct {
		role string
		st   *sessions.State
	}{{toldBefore, d.old}, {toldNow, d.new}} {
		t.Say(side.role, versionWords(side.st, "2 Jan 2006 15:04"))
		it := side.st.Items[d.change.Item]
		if it == nil {
			t.Say(side.role, notAsked)
			continue
		}
		t.Say(side.role, fmt.Sprintf(countsAs, verdictOf(it.Counts())))
		for _, x := range d.said(side.st, it) {
			t.Say(side.role+", "+x[0], x[1])
		}
	}
	return t
}

// word is a verdict, or that there was none.
func word(v string) string {
	if v == "" {
		return noVerdict
	}
	return v
}
