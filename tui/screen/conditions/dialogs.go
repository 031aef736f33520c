package conditions

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks"
	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/waiver"
)

// condition makes the dialog that writes a condition; nil begins a new one.
func (s *conditions) condition(was *sessions.Condition) screen.Dialog {
	title, draft, c := newTitle, "condition:new", sessions.Condition{}
	if was != nil {
		title, draft, c = changeTitle, "condition:"+was.ID, *was
	}
	f := form.New(
		form.Line("text", textLabel, textHint).Must().With(string(c.Text)),
		form.Line("owner", ownerLabel, ownerHint).With(string(c.Owner)),
		form.Line("due", dueLabel, dueHint).With(string(c.Due)),
		form.Line("not-before", notBeforeLabel, notBeforeHint).With(string(c.DeployNotBefore)),
		form.Line("proof", proofLabel, proofHint).With(strings.Join(c.VerifiedBy, " ")),
	)
	d := form.NewDialog(s.env, title, draft, saveWord, f)
	d.Note = conditionNote
	d.Save = func() tea.Cmd {
		proof, wrong := s.items(f.Value("proof"))
		if wrong != "" {
			f.Refuse("proof", wrong)
			return nil
		}
		if c.ID == "" {
			c.ID = sessions.NextCondition(s.env.Review.State)
		}
		c.Text, c.Owner, c.Due = line(f.Value("text")), line(f.Value("owner")), line(f.Value("due"))
		c.DeployNotBefore, c.VerifiedBy = line(f.Value("not-before")), proof
		s.marked = c.ID
		return s.env.Review.Record(sessions.ConditionRecorded{Condition: c})
	}
	return d
}

func line(s string) clean.Text { return clean.Line(strings.TrimSpace(s)) }

// items reads ids parted by blanks or commas, and says which one is none of the review's. The
// walk shows ids without what all of a list begin with, so an end that one item alone has will do.
func (s *conditions) items(text string) (ids []string, wrong string) {
	for _, id := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		id = strings.ToUpper(id)
		if s.env.Review.Item(id) == nil && !s.finding(id) {
			switch like := ending(s.env.Review.State.Plan.Items, id); len(like) {
			case 0:
				return nil, fmt.Sprintf(noSuchItem, id)
			case 1:
				id = like[0]
			default:
				return nil, fmt.Sprintf(severalItems, id, like[0], like[1])
			}
		}
		ids = append(ids, id)
	}
	return ids, ""
}

// ending are the ids that end in what was typed, after a hyphen.
func ending(items []checks.Planned, typed string) (ids []string) {
	for _, p := range items {
		if strings.HasSuffix(p.Item.ID, "-"+typed) {
			ids = append(ids, p.Item.ID)
		}
	}
	return ids
}

// finding reports whether there is a finding of that id, whose closing proves a condition.
func (s *conditions) finding(id string) bool {
	return slices.ContainsFunc(s.env.Review.State.Findings, func(f sessions.Finding) bool { return f.ID == id })
}

// waive makes the dialog that accepts an item's risk, or changes how it was accepted.
func (s *conditions) waive(item string) screen.Dialog {
	w := s.env.Review.State.Waivers[item]
	now := s.env.Now()
	f := form.New(append([]form.Field{form.Line("item", itemLabel, itemHint).Must().With(item)}, waiver.Fields(w)...)...)
	if item != "" {
		f.At = 1
	}
	d := form.NewDialog(s.env, waiveTitle, "waiver:"+cmp.Or(item, "new"), waiver.Yes, f)
	d.Note = waiver.Note
	d.Save = func() tea.Cmd {
		ids, wrong := s.items(f.Value("item"))
		switch {
		case wrong == "" && len(ids) != 1:
			wrong = oneItemOnly
			fallthrough
		case wrong != "":
			f.Refuse("item", wrong)
			return nil
		}
		w, ok := waiver.Read(f, ids[0], now)
		if !ok {
			return nil
		}
		s.marked = "waiver " + w.Item
		return s.env.Review.Record(sessions.Waived{Waiver: w})
	}
	return d
}
