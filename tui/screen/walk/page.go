package walk

import (
	"fmt"
	"slices"

	"assess/gonogo/checks"
	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
)

// besideFrom is the width from which the two verdicts of a page stand side by side.
const besideFrom = 70

// viewPage is one item on the whole screen.
func (s *walk) viewPage(w, h int) []string {
	p, it := s.env.Paint, s.item()
	if it == nil {
		s.page = false
		return s.viewPanes(w, h)
	}
	inner := w - 2
	head := p.Line(w)
	id := it.Planned.Item.ID
	saved := s.review().Saved()
	head.Gap(1).Add(themes.Strong, id).Gap(2)
	head.Fit(themes.Text, it.Planned.Item.Title, max(head.Room()-paint.Width(saved)-3, 0))
	head.End(savedToken(s.review()), saved+" ")
	out := []string{head.String(), p.Across(w, s.sheet == nil)}
	top := s.pageVerdicts(it, inner)
	rest := s.background(it, inner)
	lines := s.withEvidence(it, inner, max(h-2, 0), top, rest, true)
	for _, l := range paint.Pad(lines, inner+1, max(h-2, 0)) {
		out = append(out, l+" ")
	}
	return out
}

// pageVerdicts are the two verdicts, side by side where there is room.
func (s *walk) pageVerdicts(it *sessions.ItemState, w int) []string {
	blank := paint.Blank(w + 1)
	var out []string
	if q := it.Planned.Item.Question; q != "" {
		out = append(s.para(out, w, themes.Strong, q), blank)
	}
	if paint.Width(it.Planned.Item.Title) > w-len(it.Planned.Item.ID)-16 {
		out = append(s.para(out, w, themes.Text, it.Planned.Item.Title), blank)
	}
	half := (w - 3) / 2
	if w < besideFrom {
		half = w
	}
	machine := s.machineHalf(it, half)
	you := s.yourHalf(it, half)
	if w < besideFrom {
		return append(append(append(append(out, machine...), blank), you...), blank)
	}
	n := max(len(machine), len(you))
	machine, you = paint.Pad(machine, half+1, n), paint.Pad(you, half+1, n)
	for i := range n {
		l := s.env.Paint.Line(w + 1)
		l.Splice(machine[i], half+1).Gap(2).Splice(you[i], half+1)
		out = append(out, l.String())
	}
	return append(out, blank)
}

func (s *walk) halfHead(label string, v checks.Verdict, w int, counts, running bool) string {
	sign, token := screen.VerdictSign(v)
	word := string(v)
	if running {
		sign, token, word = themes.SignRunning, themes.Running, runsNow
	}
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Fit(themes.Muted, label, 10).Add(token, sign+" "+word)
	if counts {
		l.Gap(3).Add(themes.Strong, countsOnPage)
	}
	return l.String()
}

func (s *walk) machineHalf(it *sessions.ItemState, w int) []string {
	out := []string{s.halfHead(labelMachine, it.MachineVerdict(), w, !it.ReviewerCounts(), s.running(it.Planned.Item.ID))}
	switch {
	case it.Planned.NA != "":
		out = s.para(out, w, themes.Text, it.Planned.NA)
	case it.Machine != nil:
		out = s.para(out, w, themes.Text, it.Machine.Reason.String())
	case it.Planned.Waits != "":
		out = s.para(out, w, themes.Text, it.Planned.Waits)
	}
	says := s.machineSays(it, false)
	if it.Machine != nil && it.Machine.Vantage != "" {
		says = fmt.Sprintf(knownFrom, says, it.Machine.Vantage)
	}
	return s.para(out, w, themes.Muted, says)
}

func (s *walk) yourHalf(it *sessions.ItemState, w int) []string {
	if it.Reviewer == nil {
		out := []string{s.halfHead(labelYou, checks.Pending, w, false, false)}
		if draft := s.review().DraftOf(reasonDraft(it.Planned.Item.ID)); draft != "" {
			out = s.para(out, w, themes.Text, fmt.Sprintf(draftOf, draft))
		}
		return s.para(out, w, themes.Muted, s.judgeKeys())
	}
	j := it.Reviewer
	out := []string{s.halfHead(labelYou, j.Verdict, w, it.ReviewerCounts(), false)}
	if j.Reason != "" {
		out = s.para(out, w, themes.Text, fmt.Sprintf(quoted, j.Reason))
	}
	says := string(j.Strength)
	if j.By != "" {
		says = fmt.Sprintf(strengthBy, says, j.By)
	}
	out = s.para(out, w, themes.Muted, says+", "+s.when(j.At))
	if why := s.whyCounts(it); why != "" {
		out = s.para(out, w, themes.Warn, "! "+why)
	}
	return out
}

// readsOn is how one comes to the lines below.
func (s *walk) readsOn(focused bool) string {
	switch {
	case s.sheet != nil:
		return ""
	case !focused && s.wide:
		return thenReadsOn
	}
	return fmt.Sprintf(thenKeyReads, s.env.Key(action.PageDown))
}

// sayCut says in the last of the lines that are seen how many there are below, and what
// shows them.
func (s *walk) sayCut(lines []string, w, room int, shows string) []string {
	if len(lines) <= room || room < 2 {
		return lines
	}
	says := belowWords(len(lines) - room + 1)
	if paint.Width(says+shows) <= w { // whole words or none
		says += shows
	}
	l := s.env.Paint.Line(w + 1)
	l.Gap(1).Add(themes.Muted, says)
	return append(slices.Clone(lines[:room-1]), l.String())
}
