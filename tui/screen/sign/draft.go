package sign

import (
	"encoding/json"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/tui/screen"
)

// draftName is the name under which what is typed is kept.
const draftName = "sign"

// draft is what is kept of it: never a passphrase, which is typed elsewhere.
type draft struct {
	As   string `json:"as"`
	Into string `json:"into"`
}

// keepTyped keeps the name and the file as typed. A report file that is open has no drafts.
func (s *sign) keepTyped() tea.Cmd {
	text, err := json.Marshal(draft{s.as.Text(), s.into.Text()})
	if err != nil || s.env.Review.File != "" {
		return nil // strings always have a JSON form
	}
	return s.env.Review.Draft(draftName, string(text))
}

// restore puts back what was typed.
func (s *sign) restore(text string) {
	var d draft
	if text == "" || json.Unmarshal([]byte(text), &d) != nil {
		return
	}
	s.as.Set(d.As)
	s.into.Set(d.Into)
}

// drop forgets what was typed and begins anew.
func (s *sign) drop() tea.Cmd {
	return tea.Batch(s.env.Review.Draft(draftName, ""), s.Open(screen.Args{}))
}
