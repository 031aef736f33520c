package sign

import (
	"cmp"
	"encoding/json"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// draftName is the name under which what is typed is kept.
const draftName = "sign"

// draft is what was typed: where it is empty, nobody typed. Never a passphrase, which is
// typed elsewhere.
type draft struct {
	As   string `json:"as,omitempty"`
	Into string `json:"into,omitempty"`
}

// keepTyped keeps the name and the file as typed. A report file that is open has no drafts.
func (s *sign) keepTyped() tea.Cmd {
	if s.env.Review.File != "" {
		return nil
	}
	d := draft{s.as.Text(), s.into.Text()}
	if d.As == s.begun.As {
		d.As = ""
	}
	if d.Into == s.begun.Into {
		d.Into = ""
	}
	text, err := json.Marshal(d)
	if err != nil || d == (draft{}) {
		return s.env.Review.Draft(draftName, "") // strings always have a JSON form
	}
	return s.env.Review.Draft(draftName, string(text))
}

// restore puts back what was typed.
func (s *sign) restore(text string) {
	s.begun = draft{s.as.Text(), s.into.Text()}
	var d draft
	if text == "" || json.Unmarshal([]byte(text), &d) != nil {
		return
	}
	s.as.Set(cmp.Or(d.As, s.begun.As))
	s.into.Set(cmp.Or(d.Into, s.begun.Into))
}

// drop forgets what was typed and begins anew.
func (s *sign) drop() tea.Cmd {
	return tea.Batch(s.env.Review.Draft(draftName, ""), s.Open(screen.Args{}))
}
