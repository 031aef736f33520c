package decision

import (
	"fmt"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"assess/gonogo/checks/clean"
	"assess/gonogo/sessions"
	"assess/gonogo/tui/action"
	"assess/gonogo/tui/form"
	"assess/gonogo/tui/screen"
)

// Tell says the decision, its gates and the path to GO; a step that is chosen is ticked,
// and what would be then is said.
func (s *decision) Tell() screen.Telling {
	t := screen.Telling{Title: heading}
	r := s.env.Review
	if r == nil {
		return t
	}
	a := r.Assessment
	t.Say("Decision", screen.DecisionWords(a))
	t.Say("Declared", s.declaredWords(true))
	if a.Lapsed != "" {
		t.Say("Error", fmt.Sprintf(noLongerStands, a.Lapsed))
	}
	t.Say("Sign-off", signOffWords(r.State.SignOff))
	if n := len(sessions.Overdue(sessions.Deadlines(r.State), s.env.Now())); n > 0 {
		t.Say("Overdue", deadlinesOver(n))
	}
	quiet := 0
	for _, g := range a.Gates {
		if !g.Matches {
			quiet++
			continue
		}
		t.Say("Gate", s.gateWords(g))
	}
	if quiet > 0 {
		t.Say("Gates", moreQuiet(quiet))
	}
	if s.byGate {
		s.tellHeld(&t)
	} else {
		s.tellPath(&t)
	}
	t.Way("conditions", condsHint, func() tea.Cmd { return screen.Go(screen.Conditions, screen.Args{}) })
	s.signOff(&t)
	return t
}

// tellHeld lists what holds a gate open; choosing one goes to it.
func (s *decision) tellHeld(t *screen.Telling) {
	t.Kind = "gates"
	var at []int
	for i, x := range s.held() {
		if x.id == "" {
			continue
		}
		row := x.id
		if it := s.env.Review.Item(x.id); it != nil {
			row += ", " + string(it.Counts()) + ", " + it.Planned.Item.Title
		}
		t.Rows, at = append(t.Rows, fmt.Sprintf(toldHeld, row, x.gate.Title)), append(at, i)
	}
	t.Say("Holding", thingsHold(len(t.Rows)))
	t.Pick = func(i int) tea.Cmd {
		s.list.At = at[i]
		return s.openHeld()
	}
}

// tellPath lists the path to GO; choosing a step ticks it.
func (s *decision) tellPath(t *screen.Telling) {
	a := s.env.Review.Assessment
	for _, step := range s.path() {
		row := fmt.Sprintf(toldStep, step.Title, stepItems(len(step.Items)), screen.Percent(step.Score, 1), step.Decision.Words())
		if s.ticked[step.Title] {
			row = fmt.Sprintf(toldTicked, row)
		}
		t.Rows = append(t.Rows, row+": "+strings.Join(step.Items, " "))
	}
	if len(t.Rows) > 0 {
		t.Say(pathHeadShort, tickHint)
	} else {
		t.Lines = append(t.Lines, noPath(a.Computed))
	}
	if s.what != nil {
		t.Say(whatIfLabel, fmt.Sprintf(toldWhatIf, a.Computed.Words(), s.what.Computed.Words(), sessions.Rounded(a.Score.Overall, 1), screen.Percent(s.what.Score.Overall, 1)))
	}
	t.Pick = func(i int) tea.Cmd {
		s.list.At = i
		cmd, _ := s.Do(action.ItemTick)
		return cmd
	}
}

// signOffWords is where sign-off is, by whom and with which comment.
func signOffWords(o sessions.SignOff) string {
	if o.State == "" || o.State == sessions.Draft {
		return string(o.State)
	}
	out := fmt.Sprintf(signedOffBy, o.State, o.By, o.At.Local().Format("2 Jan 15:04"))
	if o.Comment != "" {
		out += ": " + screen.OneLine(string(o.Comment))
	}
	return out
}

// gateWords is a gate that matches, what it says and by what.
func (s *decision) gateWords(g sessions.GateResult) string {
	by := g.Detail
	if len(g.By) > 0 {
		by = fmt.Sprintf("%d: %s", len(g.By), strings.Join(s.by(g), " "))
	}
	if by == "" {
		return fmt.Sprintf(toldGate, g.Title, g.Says.Words())
	}
	return fmt.Sprintf(toldGateBy, g.Title, g.Says.Words(), by)
}

// signOff is the way that moves the review along: submitting it, or a lead's word on it.
func (s *decision) signOff(t *screen.Telling) {
	if s.whyNot() != "" {
		return
	}
	way := func(word, hint string) { t.Way(word, hint, func() tea.Cmd { return s.moveOn() }) }
	switch s.env.Review.State.SignOff.State {
	case sessions.Submitted:
		way("accept", acceptHint)
		t.Way("return", leadReturns, func() tea.Cmd { return screen.Ask(s.returning()) })
	case sessions.Accepted:
		way("return", leadReturns)
	default:
		way("submit", submitsIt)
	}
}

// returning asks for the comment with which the review is returned.
func (s *decision) returning() screen.Dialog {
	f := form.New(form.Block("comment", commentLabel, returnHint, 4).Must())
	d := form.NewDialog(s.env, returnTitle, "return", returnYes, f)
	d.Save = func() tea.Cmd {
		return s.env.Review.Record(sessions.SignedOff{State: sessions.Returned, Comment: clean.Block(f.Value("comment"))})
	}
	return d
}
