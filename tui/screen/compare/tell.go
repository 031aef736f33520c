package compare

import (
	"fmt"
	"strings"

	"assess/gonogo/tui/screen"
)

// Tell says what became of every item, what got worse first.
func (s *compare) Tell() screen.Telling {
	t := screen.Telling{Title: "Compare"}
	switch {
	case s.loaded == nil:
		t.Lines = append(t.Lines, "Reading both reviews.")
		return t
	case s.loaded.err != nil:
		t.Say("Error", s.loaded.err.Error())
		return t
	}
	c := s.loaded.c
	t.Say("Decision", fmt.Sprintf("%s to %s, %.1f to %s", c.Old.Decision.Words(), c.New.Decision.Words(), c.Old.Score, screen.Percent(c.New.Score, 1)))
	for _, g := range c.Groups {
		t.Say("Group", fmt.Sprintf("%s, %d", g.Title, len(g.Items)))
		if !s.open[g.Kind] && len(g.Items) > 20 {
			continue
		}
		for _, i := range g.Items {
			t.Say(i.Item, strings.TrimSpace(fmt.Sprintf("%s to %s, %s", word(string(i.Old)), word(string(i.New)), i.Title)))
		}
	}
	return t
}

// word is a verdict, or that there was none.
func word(v string) string {
	if v == "" {
		return "nothing"
	}
	return v
}
