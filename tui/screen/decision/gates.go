package decision

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// by names what a gate matches by: categories by their titles, all else by its id.
func (s *decision) by(g sessions.GateResult) []string {
	out := make([]string, 0, len(g.By))
	for _, id := range g.By {
		for _, c := range s.env.Review.Assessment.Categories {
			if c.Category.ID == id {
				id = c.Category.Title
				if c.Incomplete {
					id = fmt.Sprintf(titledIncomplete, id)
				}
				if len(g.By) > 1 {
					id += ","
				}
			}
		}
		out = append(out, id)
	}
	if n := len(out) - 1; n >= 0 {
		out[n] = strings.TrimSuffix(out[n], ",")
	}
	return out
}

// holder is a row of the gates' items: a gate that matches, or one thing it matches by.
type holder struct {
	gate sessions.GateResult
	id   string // empty: the gate itself
}

// held are the gates that match, each followed by what it matches by.
func (s *decision) held() []holder {
	if s.env.Review == nil {
		return nil
	}
	var out []holder
	for _, g := range s.env.Review.Assessment.Gates {
		if !g.Matches {
			continue
		}
		out = append(out, holder{gate: g})
		for _, id := range g.By {
			out = append(out, holder{g, id})
		}
	}
	return out
}

// openHeld goes to the marked item, category, condition or finding.
func (s *decision) openHeld() tea.Cmd {
	rows := s.held()
	if s.list.At >= len(rows) {
		return nil
	}
	r, id := s.env.Review, rows[s.list.At].id
	switch {
	case id == "":
		return nil
	case r.Item(id) != nil:
		return screen.Go(screen.Walk, screen.Args{Item: id})
	case strings.HasPrefix(id, "F-"):
		return screen.Go(screen.Finding, screen.Args{Finding: id})
	}
	for _, c := range r.Assessment.Categories {
		if c.Category.ID == id {
			return screen.Go(screen.Walk, screen.Args{Category: id})
		}
	}
	return screen.Go(screen.Conditions, screen.Args{})
}

// heldLines list the gates that match with everything they match by.
func (s *decision) heldLines(w, h int) []string {
	p := s.env.Paint
	rows := s.held()
	if len(rows) == 0 {
		l := p.Line(w)
		return []string{l.Gap(1).Add(themes.Text, noGateHolds).String()}
	}
	var out []string
	from, to := s.list.Window(h)
	for i := from; i < to; i++ {
		x := rows[i]
		l := p.Row(w, i == s.list.At)
		cursor := " "
		if i == s.list.At {
			cursor = themes.SignCursor
		}
		l.Add(themes.Focus, cursor)
		if x.id == "" {
			sign, token := screen.DecisionSign(x.gate.Says)
			l.Add(token, sign).Gap(1).Add(themes.Strong, x.gate.Title).Gap(2).Add(token, x.gate.Says.Words())
			if x.gate.Detail != "" && len(x.gate.By) == 0 {
				l.Gap(2).Add(themes.Muted, x.gate.Detail)
			}
			out = append(out, l.String())
			continue
		}
		l.Gap(3)
		s.thing(&l, x)
		out = append(out, l.String())
	}
	return out
}

// thing is one item, category, condition or finding that a gate matches by.
func (s *decision) thing(l *paint.Line, x holder) {
	r := s.env.Review
	if it := r.Item(x.id); it != nil {
		sign, token := screen.VerdictSign(it.Counts())
		l.Add(token, sign).Gap(1).Add(themes.Text, x.id).Gap(1)
		reason := ""
		if it.Machine != nil {
			reason = string(it.Machine.Reason)
		}
		if it.ReviewerCounts() && it.Reviewer.Reason != "" {
			reason = string(it.Reviewer.Reason)
		}
		l.Add(themes.Text, it.Planned.Item.Title)
		if l.Room() > 24 && reason != "" {
			l.Gap(2).Fit(themes.Muted, screen.OneLine(reason), l.Room()-1)
		}
		return
	}
	for _, c := range r.Assessment.Categories {
		if c.Category.ID == x.id {
			l.Gap(2).Add(themes.Text, c.Category.Title).Gap(2)
			text := screen.Percent(c.Score, 2)
			if c.Incomplete {
				text = isIncomplete
			}
			l.Add(themes.Muted, text)
			return
		}
	}
	for _, c := range r.Assessment.Conditions {
		if c.ID == x.id {
			text := string(c.Text)
			if missing := c.Missing(); len(missing) > 0 {
				text += ": " + strings.Join(missing, ", ")
			}
			l.Gap(2).Add(themes.Text, x.id+" "+text)
			return
		}
	}
	for _, f := range r.State.Findings {
		if f.ID == x.id {
			l.Gap(2).Add(themes.Text, x.id+" "+string(f.Title))
			return
		}
	}
	l.Gap(2).Add(themes.Text, x.id)
}
