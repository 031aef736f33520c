package walk

import (
	"fmt"
	"strconv"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
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
	f := form.New(
		form.Block("reason", labelReason, waiveWhy, 3).With(old.Reason.String()).Must(),
		form.Block("compensating", waiveControl, waiveKeeps, 2).With(old.Compensating.String()).Must(),
		form.Line("approved", waiveBy, waiveByWhom).With(old.ApprovedBy.String()).Must(),
		form.Line("expires", waiveUntil, waiveDay).With(old.Expires).Must(),
	)
	d := form.NewDialog(s.env, fmt.Sprintf(waiveTitle, id), "waiver:"+id, waiveYes, f)
	d.Note = waiveSays
	now := s.env.Now()
	d.Save = func() tea.Cmd {
		day, err := time.Parse(time.DateOnly, f.Value("expires"))
		switch {
		case err != nil:
			f.Refuse("expires", waiveDay)
			return nil
		case day.Before(now.Truncate(24 * time.Hour)):
			f.Refuse("expires", waiveDayOver)
			return nil
		}
		return s.review().Record(sessions.Waived{Waiver: sessions.Waiver{Item: id, Reason: clean.Block(f.Value("reason")),
			Compensating: clean.Block(f.Value("compensating")), ApprovedBy: clean.Line(f.Value("approved")), Expires: f.Value("expires")}})
	}
	return screen.Ask(d)
}
