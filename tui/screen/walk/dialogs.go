package walk

import (
	"fmt"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/waiver"
)

func cleanLine(s string) clean.Text { return clean.Line(s) }

// number is a measured value, as short as it is exact.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 6, 64) }

// note asks for a note on the marked item.
func (s *walk) note() tea.Cmd {
	it := s.item()
	if it == nil {
		return nil
	}
	id := it.Planned.Item.ID
	f := form.New(form.Block("text", labelNote, "", 5).With(it.Note.String()))
	f.Fields[0].Text.Large = s.pasted([]string{id})
	d := form.NewDialog(s.env, fmt.Sprintf(noteTitle, id), "note:"+id, noteYes, f)
	d.Note = noteSays
	d.Save = func() tea.Cmd {
		return s.review().Record(sessions.Noted{Item: id, Text: clean.Block(f.Value("text"))})
	}
	return screen.Ask(d)
}

// whyNoWaiver says why the marked item's risk can't be accepted, or is empty.
func (s *walk) whyNoWaiver(it *sessions.ItemState) string {
	if it == nil {
		return markFirst
	}
	if v := it.Counts(); v == checks.Pass || v == checks.NA {
		return fmt.Sprintf(nothingToAccept, v)
	}
	return ""
}

// waive asks for everything a waiver needs. It never turns a fail into a pass.
func (s *walk) waive() tea.Cmd {
	it := s.item()
	if it == nil || s.whyNoWaiver(it) != "" {
		return nil
	}
	id := it.Planned.Item.ID
	old := s.review().State.Waivers[id]
	now := s.env.Now()
	f := form.New(waiver.Fields(old)...)
	d := form.NewDialog(s.env, fmt.Sprintf(waiver.Title, id), "waiver:"+id, waiver.Yes, f)
	d.Note = waiver.Note
	d.Save = func() tea.Cmd {
		w, ok := waiver.Read(f, id, now)
		if !ok {
			return nil
		}
		return s.review().Record(sessions.Waived{Waiver: w})
	}
	return screen.Ask(d)
}
