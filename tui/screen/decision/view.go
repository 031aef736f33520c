package decision

import (
	"fmt"
	"strconv"
	"strings"

	"assess/gonogo/sessions"
	"assess/gonogo/themes"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/paint"
	"assess/gonogo/tui/screen"
	"assess/gonogo/tui/widget"
)

func (s *decision) Status() screen.Status {
	st := s.env.Review.Status(s.env.Now())
	if r := s.env.Review; r != nil && r.Running == nil {
		st.Left = s.whereItIs()
	}
	return st
}

func (s *decision) View(w, h int) string {
	p := s.env.Paint
	r := s.env.Review
	if r == nil {
		return paint.Page(w, h, paint.Pad([]string{p.Title(w, heading, "")}, w, h))
	}
	o := r.State.Opened
	lines := []string{
		p.Title(w, heading+"   "+strings.TrimSpace(string(o.Target)+" "+string(o.Version)), r.State.SignOff.State+" · "+r.Saved()),
		p.Across(w, true),
	}
	lines = append(lines, s.headline(w)...)
	if s.byGate {
		lines = append(lines, s.heldLines(w, h-len(lines))...)
		return paint.Page(w, h, paint.Pad(lines, w, h))
	}
	lines = append(lines, s.gates(w, h-len(lines))...)
	what := 2 // kept for the what-if, so that a tick moves nothing, where there is room to keep
	if s.what == nil && h < 18 {
		what = 0
	}
	lines = append(lines, s.steps(w, h-len(lines)-what)...)
	if s.what != nil {
		lines = append(lines, paint.Blank(w), s.whatIf(w))
	}
	return paint.Page(w, h, paint.Pad(lines, w, h))
}

// headline is the decision with its score, and what was declared.
func (s *decision) headline(w int) []string {
	p, r := s.env.Paint, s.env.Review
	a := r.Assessment
	sign, token := screen.DecisionSign(a.Computed)
	matching := 0
	for _, g := range a.Gates {
		if g.Matches {
			matching++
		}
	}
	says := gatesMatch(matching)
	whole := says
	if matching > 1 && a.Computed != sessions.Incomplete {
		whole = fmt.Sprintf(firstDecides, says)
	}
	if left := s.stillRuns(); left != "" {
		says = fmt.Sprintf(soFar, says)
		whole = says + ", " + left
	}
	score := screen.Percent(a.Score.Overall, 1) + " "
	l := p.Line(w)
	l.Gap(1).Add(token, sign).Gap(1).Fit(token, a.Computed.Words(), 15)
	if paint.Width(whole)+paint.Width(score)+2 <= l.Room() {
		says = whole
	}
	l.Add(themes.Text, says)
	if ranged := score + fmt.Sprintf(scoreRange, sessions.Rounded(a.Score.Low, 1), sessions.Rounded(a.Score.High, 1)) + " "; paint.Width(ranged)+2 <= l.Room() {
		score = ranged
	}
	l.End(themes.Strong, score)
	declared := p.Line(w)
	coverage := fmt.Sprintf(coverageOf, a.Score.Coverage) + " "
	declared.Gap(3).Fit(themes.Muted, declaredLabel, 15)
	room := max(declared.Room()-paint.Width(coverage)-2, 0)
	words := s.declaredWords(true)
	if paint.Width(words) > room {
		words = s.declaredWords(false)
	}
	declared.Fit(themes.Text, words, min(paint.Width(words), room))
	declared.End(themes.Muted, coverage)
	out := []string{l.String(), declared.String()}
	if a.Lapsed != "" {
		lapsed := p.Line(w)
		lapsed.Gap(18).Add(themes.Error, "! "+fmt.Sprintf(noLongerStands, a.Lapsed))
		out = append(out, lapsed.String())
	}
	return append(append(out, s.standing(w)...), paint.Blank(w))
}

// declaredWords say what was declared and by whom; at what time where there is room.
func (s *decision) declaredWords(clock bool) string {
	d := s.env.Review.State.Declared
	if d == nil {
		return noneDeclared
	}
	words := d.Decision.Words()
	if d.Decision == "" {
		words = asComputed
	}
	who := string(d.By)
	if clock {
		who += " " + d.At.Local().Format("15:04")
	}
	if d.Lead != "" {
		who = fmt.Sprintf(onWordOf, who, d.Lead)
	}
	return words + "; " + who
}

// gates lists them all; where the path would lack room, those that do not match fold to
// one line.
func (s *decision) gates(w, h int) []string {
	p, a := s.env.Paint, s.env.Review.Assessment
	quiet, more, fold := 0, 0, len(a.Gates)+len(a.Path)+5 > h
	title := s.gateWidth(w, fold)
	head := p.Line(w)
	head.Gap(3).Fit(themes.Muted, gateColumn, title+2).Fit(themes.Muted, saysColumn, saysWidth+2).Add(themes.Muted, byColumn)
	out := []string{head.String()}
	room := max(h-len(out)-2-min(len(a.Path), leastPath)-3, 1) // the rest is the path's
	for _, g := range a.Gates {
		switch {
		case !g.Matches && fold:
			quiet++
		case fold && len(out) > room:
			more++
		default:
			out = append(out, s.gate(w, title, g))
		}
	}
	if quiet+more > 0 {
		words := moreQuiet(quiet)
		if more > 0 {
			words = gatesFolded(more, quiet, s.env.Key(action.Turn))
		}
		l := p.Line(w)
		out = append(out, l.Gap(3).Add(themes.Muted, words).String())
	}
	return append(out, paint.Blank(w))
}

// leastPath is how many steps of the path are in sight before gates are.
const leastPath = 3

// saysWidth is the width of what a gate says: NO-GO or CONDITIONAL.
const saysWidth = 11

// gateWidth is the width of a gate's name: that of the longest that is shown, as long as it
// leaves room for what it matches by.
func (s *decision) gateWidth(w int, fold bool) int {
	longest := 0
	for _, g := range s.env.Review.Assessment.Gates {
		if g.Matches || !fold {
			longest = max(longest, paint.Width(g.Title))
		}
	}
	return max(min(longest, w-3-saysWidth-4-16), 16)
}

func (s *decision) gate(w, title int, g sessions.GateResult) string {
	l := s.env.Paint.Line(w)
	sign, token, text := themes.SignPass, themes.Pass, themes.Muted
	if g.Matches {
		sign, token = screen.DecisionSign(g.Says)
		text = themes.Text
	}
	l.Gap(1).Add(token, sign).Gap(1)
	if !g.Matches {
		return l.Fit(text, g.Title, title).Gap(2).Add(text, gateIsQuiet).String()
	}
	says, _, _ := strings.Cut(g.Says.Words(), " ")
	l.Fit(text, g.Title, title).Gap(2).Fit(text, says, saysWidth).Gap(2)
	by := g.Detail
	if len(g.By) > 0 {
		by = fmt.Sprintf("%-2d %s", len(g.By), strings.Replace(some(s.by(g), l.Room()-5), ", +", " +", 1))
	}
	if paint.Width(by) > l.Room() && len(g.By) == 0 { // the gate's name says what is wanted
		by, _, _ = strings.Cut(by, ", ")
	}
	l.Add(text, by)
	return l.String()
}

// some lists the names that fit into room cells, and how many more there are.
func some(names []string, room int) string {
	out := ""
	for i, n := range names {
		more := ""
		if i < len(names)-1 {
			more = " +" + strconv.Itoa(len(names)-i-1)
		}
		if i > 0 && paint.Width(out)+1+paint.Width(n)+len(more) > room {
			return out + " +" + strconv.Itoa(len(names)-i)
		}
		out = strings.TrimSpace(out + " " + n)
	}
	return out
}

// steps is the path to GO: scores add up downwards.
func (s *decision) steps(w, h int) []string {
	p := s.env.Paint
	path := s.path()
	head := p.Line(w)
	title := 42 // no wider than its titles need, so that numbers stay near them
	for i := range path {
		title = max(title, paint.Width(path[i].Title))
	}
	title = max(min(title, w-38), 8)
	head.Gap(1)
	if len(path) == 0 {
		return []string{head.Add(themes.Text, noPath(s.env.Review.Assessment.Computed)).String()}
	}
	words := pathHead
	if paint.Width(words) > title+4 {
		words = pathHeadShort
	}
	head.Fit(themes.Muted, words, title+6).Right(themes.Muted, itemsColumn, 5).Gap(2)
	head.Add(themes.Muted, thenColumn)
	out := []string{head.String()}
	from, to := s.list.Window(max(h-1, 1))
	for i := from; i < to; i++ {
		step := path[i]
		l := p.Row(w, i == s.list.At)
		sign := " "
		if i == s.list.At {
			sign = themes.SignCursor
		}
		l.Add(themes.Focus, sign).Add(themes.Text, widget.Tick(s.ticked[step.Title])).Gap(1)
		l.Fit(themes.Text, step.Title, title+2).Right(themes.Text, strconv.Itoa(len(step.Items)), 5).Gap(2)
		l.Right(themes.Text, screen.Percent(step.Score, 1), 7).Gap(2)
		_, token := screen.DecisionSign(step.Decision)
		l.Fit(token, step.Decision.Words(), 14)
		out = append(out, l.String())
	}
	if n := s.list.Below(); n > 0 && s.list.At < to-1 {
		l := p.Line(w)
		out[len(out)-1] = l.Gap(5).Add(themes.Muted, fmt.Sprintf(moreSteps, n+1, themes.SignDown)).String()
	}
	return out
}

func (s *decision) whatIf(w int) string {
	a := s.env.Review.Assessment
	items := 0
	for _, step := range s.path() {
		if s.ticked[step.Title] {
			items += len(step.Items)
		}
	}
	l := s.env.Paint.Line(w)
	l.Gap(1).Add(themes.Strong, ifPassed(items)).Gap(3)
	_, token := screen.DecisionSign(s.what.Computed)
	l.Add(themes.Text, a.Computed.Words()+" "+themes.SignArrow+" ").Add(token, s.what.Computed.Words())
	l.End(themes.Strong, fmt.Sprintf("%.1f %s %s ", sessions.Rounded(a.Score.Overall, 1), themes.SignArrow, screen.Percent(s.what.Score.Overall, 1)))
	return l.String()
}
