package report

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/sessions/report"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

// learn takes from the document what may be written over.
func (s *preview) learn(d *report.Document) {
	s.titles, s.order, s.edits = map[string]string{}, nil, map[string]report.EditedText{}
	for _, c := range d.Score.Categories {
		s.order, s.titles[c.ID] = append(s.order, c.ID), c.Title
	}
	for _, e := range d.Report.Edited {
		s.edits[e.Section] = e
	}
}

// texts are the names of what a person may write in a section.
func (s *preview) texts(title string) []string {
	switch title {
	case summarySection:
		return []string{"summary"}
	case decisionSection:
		return []string{"rationale", "closing"}
	case byCategory:
		var out []string
		for _, id := range s.order {
			out = append(out, "category:"+id)
		}
		return out
	}
	return nil
}

// textWords name a text for a person.
func (s *preview) textWords(name string) string {
	if id, ok := strings.CutPrefix(name, "category:"); ok {
		return fmt.Sprintf(recommendationText, s.titles[id])
	}
	if name == "summary" {
		return summaryText
	}
	return name
}

// stateWords say whose a text is, and whether the facts would say something else by now.
func (s *preview) stateWords(name string) string {
	e, ok := s.edits[name]
	switch {
	case !ok:
		return asDrafted
	case e.Changed:
		return fmt.Sprintf(writtenByChanged, e.By)
	}
	return fmt.Sprintf(writtenBy, e.By)
}

// chooseText edits the section's text, or asks which of several.
func (s *preview) chooseText() tea.Cmd {
	sec := s.section()
	if sec == nil || s.json || s.env.Review.ReadOnly() != "" {
		return nil
	}
	names := s.texts(sec.title)
	switch len(names) {
	case 0:
		return nil
	case 1:
		s.startEdit(names[0])
		return nil
	}
	var words, notes []string
	for _, n := range names {
		words = append(words, s.textWords(n))
		if _, ok := s.edits[n]; ok {
			notes = append(notes, s.textWords(n)+": "+s.stateWords(n))
		}
	}
	f := form.New(form.OneOf("text", textLabel, words...))
	d := form.NewDialog(s.env, whichText, "", editWord, f)
	d.Note = strings.Join(notes, ". ")
	d.Save = func() tea.Cmd {
		for i, w := range words {
			if w == f.Value("text") {
				s.startEdit(names[i])
			}
		}
		return screen.Close(nil)
	}
	return screen.Ask(d)
}

// startEdit opens a text where it was left: what was being typed, what was written, else
// the draft.
func (s *preview) startEdit(name string) {
	if s.env.Review.ReadOnly() != "" {
		return
	}
	s.editing = name
	s.edit = &widget.Field{Multi: true, Limit: 8000}
	switch draft := s.env.Review.DraftOf("text:" + name); {
	case draft != "":
		s.edit.Set(draft)
	case s.env.Review.State.Texts[name] != "":
		s.edit.Set(string(s.env.Review.State.Texts[name]))
	default:
		s.edit.Set(s.drafts[name])
	}
}

func (s *preview) doEdit(id action.ID) (tea.Cmd, bool) {
	switch id {
	case action.FieldSave:
		text := s.edit.Text()
		s.edit = nil
		return tea.Batch(s.env.Review.Draft("text:"+s.editing, ""),
			s.env.Review.Record(sessions.TextEdited{Section: s.editing, Text: clean.Block(text), Over: report.DraftSum(s.drafts[s.editing])})), true
	case action.FieldLeave, action.Back:
		s.edit = nil
		return nil, true
	}
	return nil, false
}

func (s *preview) Type(k tea.KeyMsg) tea.Cmd {
	if s.edit == nil {
		return nil
	}
	cmd, _ := s.edit.Type(k)
	return tea.Batch(cmd, s.env.Review.Draft("text:"+s.editing, s.edit.Text()))
}
