package verify

import (
	"fmt"
	"path/filepath"
	"strings"

	"assess/gonogo/tui/screen"
)

// Tell says the end first, then every step with its word.
func (s *verify) Tell() screen.Telling {
	t := screen.Telling{Title: fmt.Sprintf(titleFile, filepath.Base(s.file))}
	switch {
	case s.file == "":
		t.Title = title
		t.Say("Note", saysNoFile)
		return t
	case s.err != nil:
		t.Say("Error", s.wrong())
		return t
	case s.stage == reading || s.stage == checking:
		t.Say("Running", s.Status().Left)
		return t
	}
	if words := headline(s.found); len(words) > 0 {
		t.Say(words[0], words[1])
		for _, w := range words[2:] {
			t.Say("Lead", w)
		}
	}
	t.Say("Covers", strings.ReplaceAll(s.about(), " · ", ", "))
	for _, r := range rows(s.found, s.stage) {
		for i, text := range r.text {
			if word := r.word(); i == 0 && word != "" {
				text = word + ", " + text
			}
			t.Say(strings.ToUpper(r.what[:1])+r.what[1:], s.keyed(text))
		}
	}
	return t
}
